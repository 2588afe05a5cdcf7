"""What stands in the body of a record -> its abstract, and what publishers write around it, as small tables.

Citations ("Science, Volume 391, Issue 6780, August 2026.") are no abstracts; nor are "Abstract not available" and the
title once more. Names, DOI and votes that stand only there are handed out. Takes lines of words; knows no markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...text import fold_space

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = rf"(?:\d{{1,2}}\s+)?(?:{_MONTH}(?:[/-]{_MONTH})?\s+)?(?:\d{{1,2}},?\s+)?\d{{4}}"
_DOI = r"(?:(?:https?://(?:dx\.)?doi\.org/|doi:?)\s*)?10\.\d{4,9}/[^\s|;<>]{1,200}"
_JOURNAL = r"(?:[^\n,]{1,100},[ \n]?)"

#: What is cut from the begin of a body, in this order.
_CITATIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Nature: journal, date and DOI.
        rf"[^\n;]{{0,100}}?Published online:?\s*{_DATE}\s*[;,|.]*\s*(?:(?P<doi>{_DOI}))?\s*[;|]*\s*",
        # Science, ACM, Wiley, PNAS, SAGE: "Science, Volume 391, Issue 6780, Page 12-19, August 2026."
        rf"{_JOURNAL}{{0,4}}?Vol(?:ume|\.)\s*[\w-]{{1,10}},(?:\s*(?:Issue|No\.?|Number)\s*[\w/ -]{{1,15}}?,)?"
        rf"(?:\s*(?:Pages?|pp?\.)\s*[\w.,/ ()\u2010-\u2015-]{{1,40}}?,)?\s*{_DATE}(?:,?\s*Pages?\s*[\w.\u2010-\u2015-]"
        rf"{{1,40}}(?:\s*-\s*\w{{1,10}})?)?\s*\.?\s*",
        rf"{_JOURNAL}{{1,4}}?(?:Ahead of Print|EarlyView|Early View|Accepted Article|Just Accepted)\s*\.?"
        rf"(?:\s*{_DATE}\.?)?\s*",
        # ACS: journal and DOI alone.
        rf"[^\n]{{0,100}}?DOI:\s*(?P<doi>{_DOI})\s*$",
        # Quantum: the DOI as an address, on a line of its own.
        r"(?P<doi>https?://(?:dx\.)?doi\.org/10\.\d{4,9}/[^\s|;<>]{1,200})\s*$",
    )
)
_ABSTRACT = re.compile(r"(?:abstract|summary|zusammenfassung|résumé)\s*[.:]?\s*$", re.IGNORECASE)
#: In capitals before the abstract in one line: "Abstract Wiener spaces ..." is one.
_HEADING = re.compile(r"ABSTRACT\s+(?=[A-Z])")
_LABELLED = re.compile(
    r"(authors?(?:\(s\))?|upvotes?|summary|abstract|publication date|available online(?: date)?|source|journal doi|doi"
    r"|announce type)\s*:\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ARXIV = re.compile(r"arXiv:\S{1,40}\s+Announce Type:\s*\S{1,20}\s*(?:Abstract:\s*)?", re.IGNORECASE)
_BY = re.compile(r"[Bb]y\s+([^\n]{3,5000})$")
_APS_PLACE = re.compile(r"\s*\[(?:Phys|PRX|Rev|Physics)[^\[\]]{1,100}\]\s*Published\s+[^\n\[\]]{1,60}$")
_MDPI = re.compile(r"[^\n]{1,150}, Vol\. \w{1,10}, Pages? [\w-]{1,20}: ")
_NONE = re.compile(
    r"[\[(]?\s*(?:no abstract(?: (?:is )?available)?|abstract (?:is )?not available|abstract|n/?a|none|not available)"
    r"\s*[\])]?\.?",
    re.IGNORECASE,
)
_APPEARED = re.compile(r"\s*The post\s.{1,1000}?\sappeared first on\s[^\n]{1,200}$", re.IGNORECASE | re.DOTALL)
_CUT = re.compile(
    r"(?:\[\s*)?(?:…|\.\.\.)\s*\]?(?:\s*(?:Read more|Continue reading)\b[^\n]{0,200})?\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a body says."""

    abstract: str = ""
    #: All of them in one string, as written.
    authors: str = ""
    doi: str = ""
    upvotes: int | None = None
    #: When the publisher says there that it appeared: "April 2024", "Available online 5 May 2024".
    published: str = ""

    @property
    def cut(self) -> bool:
        """The publisher left the end out."""
        return bool(_CUT.search(self.abstract[-300:]))


def read_body(lines: list[str], title: str) -> Body:
    """What the lines of one body say; title: of the same record, in words, to know it where it is said again."""
    lines = _of_pubmed(lines)
    abstract: list[str] = []
    found: dict[str, str] = {}
    for line in _apart(lines):
        rest = _after_citation(line, found) if not abstract else line
        label = _LABELLED.match(rest)
        if label and not (abstract and label[1].lower() in {"summary", "abstract", "source"}):
            name, rest = label[1].lower().removesuffix("(s)").removesuffix("s"), label[2]
            if name == "source" and "publication date" not in found:
                rest = line
                name = "abstract"
            if name not in {"summary", "abstract"}:
                found.setdefault(name.removeprefix("journal "), rest.strip())
                if name == "doi" and len(abstract) == 1 and len(abstract[0]) < 100:
                    # The name of the journal, on a line of its own above.
                    abstract.clear()
                continue
        elif not abstract and (by := _BY.fullmatch(rest)) and len(lines) > 1 and _are_names(by[1]):
            found.setdefault("author", by[1])
            continue
        elif not abstract and title and f": {title}" in rest[:5000] and len(rest.partition(f": {title}")[2]) < 150:
            # DBLP: "Names: Title. Journal, year".
            found.setdefault("author", rest.partition(f": {title}")[0])
            continue
        if not rest or _ABSTRACT.fullmatch(rest) or (not abstract and _same(rest, title)):
            continue
        abstract.append(rest)
    text = _APPEARED.sub("", _APS_PLACE.sub("", "\n".join(abstract))).strip()
    if _NONE.fullmatch(text) or _same(text, title) or not any(map(str.isalnum, text)):
        text = ""
    votes = found.get("upvote", "")
    return Body(
        abstract=text,
        authors=found.get("author", ""),
        doi=found.get("doi", ""),
        upvotes=int(votes) if votes.isascii() and votes.isdigit() and len(votes) < 8 else None,
        published=found.get("publication date", "") or found.get("available online", ""),
    )


def own_title(title: str) -> str:
    """A title without what some publishers write around it: "[ASAP] ", "Journal, Vol. 12, Pages 345: "."""
    return _MDPI.sub("", title.removeprefix("[ASAP] "), count=1)


def _after_citation(line: str, found: dict[str, str]) -> str:
    """The line without a citation at its begin."""
    line = _ARXIV.sub("", line, count=1) if line.startswith("arXiv:") else line
    if heading := _HEADING.match(line):
        line = line[heading.end() :]
    for citation in _CITATIONS:
        if cited := citation.match(line):
            if "doi" in citation.groupindex and cited["doi"]:
                found.setdefault("doi", cited["doi"])
            return line[cited.end() :].lstrip(" .|;")
    mdpi = _MDPI.match(line)
    return line[mdpi.end() :] if mdpi else line


def _apart(lines: list[str]) -> list[str]:
    """Of a body as MDPI writes them the last line alone: the citation, the DOI and the names stand above it."""
    parts = lines[0].split("\n") if len(lines) == 1 and _MDPI.match(lines[0]) else []
    return parts[-1:] if len(parts) > 2 else lines


def _of_pubmed(lines: list[str]) -> list[str]:
    """Of a body as PubMed writes them the abstract alone: it stands between its heading and the ids."""
    last = next((at for at, line in enumerate(lines) if re.match(r"PMID:\s*\d+", line)), None)
    if last is None:
        return lines
    first = next((at for at, line in enumerate(lines[:last]) if line.strip().upper() == "ABSTRACT"), last - 1)
    return lines[first + 1 : last]


def _are_names(text: str) -> bool:
    """Whether "by ..." names people: "By doubling the depth we show ..." begins an abstract."""
    parts = re.split(r",\s*(?:and\s+)?|\s+and\s+", text)
    return all(part[:1].isupper() or part[:3] in {"van", "de ", "von"} for part in parts) and not any(
        len(part.split()) > 6 for part in parts
    )


def _same(text: str, title: str) -> bool:
    return fold_space(text).rstrip(".").casefold() == fold_space(title).rstrip(".").casefold()
