"""Semantic Scholar, answers of its Graph API and JSON lines of its data sets -> entries.

A record with an arXiv id is the arXiv paper, and another DOI that it names is its published version (`related`). The
summary that a machine wrote (tldr) is no abstract. A record whose title was not asked for is an untitled paper. Does
not read authors, venues or recommendations' scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import ids
from ..text import UNTITLED
from ..types import Entry
from . import jats, stated
from .answers import Api, Record, dicts, inside, known_ids, number, records, shown, string, strings
from .head import Head
from .reading import Reading

NAME = "semantic-scholar"
TITLE = "Semantic Scholar JSON"

_NO_ANSWER = re.compile(r"Too Many Requests|semanticscholar|Paper with id|api-key-form|No valid paper ids", re.I)

# Of a paper in the Graph API (https://api.semanticscholar.org/api-docs/graph); a name that is not here may be a damaged
# one, and then the title may be there under it.
_FIELDS = frozenset(
    (
        *("paperId", "corpusId", "externalIds", "url", "title", "abstract", "venue", "publicationVenue", "year"),
        *("referenceCount", "citationCount", "influentialCitationCount", "isOpenAccess", "openAccessPdf"),
        *("fieldsOfStudy", "s2FieldsOfStudy", "publicationTypes", "publicationDate", "journal", "citationStyles"),
        *("authors", "citations", "references", "embedding", "tldr", "textAvailability", "matchScore"),
    )
)


def sniff(head: Head) -> float:
    """Whether it begins as an answer of Semantic Scholar, or with one of its papers."""
    if not head.is_json:
        return 0.0
    if "paperId" in head.keys and head.keys & {"title", "authors", "externalIds", "openAccessPdf", "abstract", "year"}:
        return 0.93
    if "corpusid" in head.keys and "externalids" in head.keys:
        return 0.93
    if "paperId" in head.keys:
        return 0.8
    if head.keys == {"total", "offset", "data"} or head.keys == {"total", "token", "data"}:
        return 0.7
    return 0.5 if head.keys & {"error", "message"} and len(head.keys) < 5 and _NO_ANSWER.search(head.text) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The papers of answers, of a list (null for what it does not know), or of JSON lines."""
    untitled = 0
    for record in records(reading, _API):
        # Citations and references wrap the paper.
        wrapped = record.get("citingPaper") or record.get("citedPaper")
        paper = wrapped if isinstance(wrapped, dict) else record
        title = jats.text(string(paper.get("title")))
        if not title.strip():
            # Answers hold the fields that were asked for; what a paper is asked by is always among them.
            name = string(paper.get("paperId"))
            if not name or paper.keys() - _FIELDS:
                reading.refuse("error", "a paper without a title", text=shown(record))
                continue
            title = UNTITLED + name
            untitled += 1
        known, related = _ids(reading, paper)
        published, precision = stated.day(string(paper.get("publicationDate") or paper.get("publicationdate")))
        if published is None:
            published, precision = stated.parts(number(paper.get("year")))
        fields = dicts(paper.get("s2FieldsOfStudy") or paper.get("s2fieldsofstudy"))
        entry = reading.entry(
            title=title,
            abstract=jats.text(string(paper.get("abstract"))),
            authors=[string(one.get("name")) for one in dicts(paper.get("authors"))],
            published=published,
            published_precision=precision,
            categories=strings(paper.get("fieldsOfStudy")) + [string(one.get("category")) for one in fields],
            ids=known,
            links=_links(paper, known, related),
            related=related,
        )
        if entry:
            yield entry
    if untitled:
        reading.note("warning", f"{untitled:,} untitled: their titles were not asked for; ask for the field `title`")


def _total(answer: Record) -> tuple[int | None, bool]:
    total = number(answer.get("total"))
    all_here = not answer.get("offset") and answer.get("next") is None and answer.get("token") is None
    # Without a page's bounds, more than the largest page is no promise of this file.
    return total, total is not None and all_here and "data" in answer and total <= len(answer["data"] or ())


def _accept(record: Record) -> bool:
    return bool(record.keys() & {"paperId", "corpusid", "corpusId", "citingPaper", "citedPaper"}) and (
        # What stands inside a paper (journal, openAccessPdf, authors) has none of these; references have them all.
        "authorId" not in record
    )


_API = Api(name="Semantic Scholar", lists=("data", "recommendedPapers"), accept=_accept, total=_total)


def _ids(reading: Reading, paper: Record) -> tuple[dict[str, str], dict[str, str]]:
    outside = paper.get("externalIds") or paper.get("externalids")
    given = {
        "arxiv": inside(outside, "ArXiv"),
        "doi": inside(outside, "DOI") or paper.get("doi"),
        "pmid": inside(outside, "PubMed"),
    }
    known = known_ids(reading, given)
    if own := ids.s2(string(paper.get("paperId"))):
        known["s2"] = own
    related: dict[str, str] = {}
    if "arxiv" in known and "doi" in known and not known["doi"].startswith("10.48550/arxiv."):
        related = {
            f"{scheme}:{known.pop(scheme)}": "published version" for scheme in ("doi", "pmid") if scheme in known
        }
    return known, related


def _links(paper: Record, known: dict[str, str], related: dict[str, str]) -> dict[str, str]:
    links = {"abstract": string(paper.get("url")), "pdf": string(inside(paper, "openAccessPdf", "url"))}
    if not links["abstract"] and string(paper.get("paperId")):
        links["abstract"] = f"https://www.semanticscholar.org/paper/{string(paper.get('paperId'))}"
    published = next((name[4:] for name in related if name.startswith("doi:")), None)
    if published:
        links["published"] = f"https://doi.org/{published}"
    return links
