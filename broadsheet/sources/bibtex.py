"""BibTeX and biblatex -> entries.

Splits the file at lines that begin with "@", where BibTeX's own parsers recover too, and hands each block to
bibtexparser, so that what one block costs is bounded and a broken one costs no other. TeX stays in titles, abstracts
and names; clean() knows it. Proceedings, journals and sets as a whole are no papers. Does not follow crossref.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..types import Entry
from .bibtex_values import Macros, authors, field_values, plain
from .decode import decode
from .head import Head
from .reading import Place, Reading
from .references import date_of, named
from .text_records import numbered

if TYPE_CHECKING:
    from bibtexparser import model

NAME = "bibtex"
TITLE = "BibTeX and biblatex files"

#: Characters of one block; the longest of real files are author lists of collaborations, of about 200,000.
LONGEST_BLOCK = 2_000_000
_BLOCK = re.compile(r"[ \t]*@[ \t]*[A-Za-z_]*[ \t]*[{(]")
_SNIFF = re.compile(
    r"(?:^|[\r\n])\ufeff?[ \t]*@[ \t]*(?:[A-Za-z]{3,20}\s{0,3}\{|(?:article|book|misc|in\w{5,12}|\w{2,6}thesis)\s?\()"
    r"\s{0,9}[^\s{}=\",()]{0,200}\s{0,9},\s{0,200}(?:[\w-]{2,30}\s{0,30}=|\})",
    re.IGNORECASE,
)
_MACRO = re.compile(r"(?:^|[\r\n])\ufeff?[ \t]*@(?:string|preamble|comment)\s{0,3}[{(]", re.IGNORECASE)
_ENCODING = re.compile(r"(?im)^\s{0,9}%\s{0,9}Encoding:\s{0,9}([\w.-]{2,30})\s*$")
# Text between entries is a comment to BibTeX; this looks like an entry that lost its begin.
_LOST = re.compile(r"[A-Za-z][\w-]{1,20}\s{0,20}=\s{0,9}[{\"]|\w{0,20}\s{0,9}\{[^{}\s]{1,80},$")
#: No papers: whole proceedings and journals, biblatex's sets and containers, settings.
_NO_PAPERS = {"proceedings", "mvproceedings", "collection", "mvcollection", "periodical", "set", "xdata", "control"}
_IN_PRINT = ("journal", "journaltitle", "booktitle")


def sniff(head: Head) -> float:
    """Sure of entries with their keys at the begin; less so of those behind other text, and of macros alone."""
    if head.root or head.is_json:
        return 0.0
    if _SNIFF.search(head.text):
        # Other text may hold an example of it.
        return 0.95 if head.start.startswith(("@", "%")) else 0.6
    return 0.5 if _MACRO.search(head.text) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each entry of a paper, in any order of macros that are defined before they are used."""
    reading.unit = "lines"
    macros, keys = Macros(), dict[str, int]()
    for first, lines in _blocks(_text(reading)):
        if not lines:
            continue
        if not _BLOCK.match(lines[0]):
            _between(reading, first, lines)
        elif sum(map(len, lines)) > LONGEST_BLOCK:
            _refuse(reading, first, lines, f"an entry of more than {LONGEST_BLOCK:,} characters")
        else:
            yield from _block(reading, first, lines, macros, keys)


def _text(reading: Reading) -> str:
    with reading.content() as stream:
        content = stream.read()
    decoded = decode(content)
    claimed = _ENCODING.search(decoded.text[:2_000]) if decoded.remarks and decoded.encoding == "utf-8" else None
    # What a file says of its encoding is often false (editors convert and leave it); it counts where UTF-8 fails.
    if claimed and claimed[1].lower().replace("-", "") not in ("utf8", "ascii", "usascii"):
        try:
            if codecs.lookup(claimed[1]).name != "utf-7":
                return content.decode(claimed[1])
        except (LookupError, ValueError, AttributeError):
            pass
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    return decoded.text


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of each block, and of what stands before the first, with the number of the first line."""
    first, lines = 1, list[str]()
    for number, line in numbered(text):
        if line and _BLOCK.match(line):
            yield first, lines
            first, lines = number, []
        lines.append(line)
    yield first, lines


def _between(reading: Reading, first: int, lines: list[str]) -> None:
    """Account for text outside of entries, which BibTeX takes for a comment."""
    weight = sum(1 for line in lines if line)
    if not weight:
        return
    if any(_LOST.match(line.strip()) for line in lines):
        _refuse(reading, first, lines, "text outside of any entry that looks like one")
    else:
        reading.furniture(weight)


def _refuse(reading: Reading, first: int, lines: list[str], reason: str) -> None:
    used = [number for number, line in enumerate(lines, start=first) if line] or [first]
    text = "\n".join(line for line in lines if line)
    reading.refuse("error", reason, place=(used[0], used[-1]), text=text, weight=sum(1 for line in lines if line))


def _block(reading: Reading, first: int, lines: list[str], macros: Macros, keys: dict[str, int]) -> Iterator[Entry]:
    """What one block says, and what stands behind it up to the next line that begins with "@"."""
    from bibtexparser import model, splitter
    from bibtexparser.exceptions import ParserStateException

    # It tells of what it cannot read through logging too.
    splitter.logger.disabled = True
    try:
        found = splitter.Splitter("\n".join(lines)).split().blocks
    except (ParserStateException, IndexError, ValueError, RecursionError) as error:
        _refuse(reading, first, lines, f"an entry that cannot be read: {error}")
        return
    counted = 0
    for at, block in enumerate(found):
        # Up to the begin of the next, so that several in one line share that line's count.
        end = len(lines) if at + 1 == len(found) else max(counted, min(found[at + 1].start_line or 0, len(lines)))
        part, begin, counted = lines[counted:end], first + counted, end
        weight = sum(1 for line in part if line)
        if isinstance(block, model.DuplicateFieldKeyBlock) and isinstance(block.ignore_error_block, model.Entry):
            block = block.ignore_error_block
            reading.note("note", "a field twice in one entry; the first is taken", place=(begin, begin), text=block.key)
        if isinstance(block, model.DuplicateBlockKeyBlock) and block.ignore_error_block is not None:
            # Its key is that of another in the same line, which _entry tells.
            block = block.ignore_error_block
        if isinstance(block, model.ParsingFailedBlock):
            # What stands behind may be a piece of it.
            _refuse(reading, begin, lines[counted - len(part) :], _reason(block.error))
            return
        if isinstance(block, model.Entry):
            last = max((number for number, line in enumerate(part) if line), default=0)
            entry = _entry(reading, block, (begin, begin + last), weight, macros, keys)
            if entry:
                yield entry
        elif isinstance(block, model.ImplicitComment):
            _between(reading, begin, part)
        else:
            if isinstance(block, model.String):
                macros.define(block.key, block.value)
            reading.furniture(weight)


def _reason(error: Exception) -> str:
    return f"an entry that cannot be read: {getattr(error, 'abort_reason', '') or error}"


def _entry(
    reading: Reading, block: model.Entry, place: Place, weight: int, macros: Macros, keys: dict[str, int]
) -> Entry | None:
    kind = block.entry_type.strip().lower()
    if kind in _NO_PAPERS:
        reading.furniture(weight)
        return None
    if block.key in keys and block.key:
        reading.note("note", f"its key is that of line {keys[block.key]} too", place=place, text=block.key)
    keys.setdefault(block.key, place[0])
    said = field_values(block, macros)
    title = plain(said.get("title", ""))
    if not title.strip():
        reading.refuse("error", "an entry without a title", place=place, text=block.raw or "", weight=weight)
        return None
    works, wrong = named(
        dois=[said.get("doi", "")],
        arxiv=_eprints(said),
        urls=[said.get("url", "") or said.get("howpublished", "")],
        pdfs=[said.get("pdf", "")],
        pmid=said.get("pmid", "") or (said.get("eprint", "") if _archive(said) == "pubmed" else ""),
        journal=any(said.get(name) and "arxiv" not in said[name].lower() for name in _IN_PRINT) and not _is_corr(said),
    )
    for doi in wrong:
        reading.note("note", "no DOI; left out", place=place, text=doi)
    dated = said.get("date", "").partition("/")[0]
    month = f"{said.get('day', '')} {said.get('month', '')} {said.get('year', '')}"
    if said.get("month", "").strip().isdigit():
        month = "-".join(said[name].strip() for name in ("year", "month", "day") if said.get(name))
    published, precision = date_of(dated, month, said.get("year", ""))
    return reading.entry(
        place=place,
        weight=weight,
        title=title,
        abstract=said.get("abstract"),
        authors=authors(said.get("author", "")),
        published=published,
        published_precision=precision,
        categories=re.split(r"[,;\s]+", said.get("primaryclass", "") or said.get("eprintclass", "")),
        **works,
    )


def _archive(said: dict[str, str]) -> str:
    return (said.get("archiveprefix") or said.get("eprinttype") or "").strip().lower()


def _is_corr(said: dict[str, str]) -> bool:
    return said.get("journal", "").strip().lower() in ("corr", "computing research repository")


def _eprints(said: dict[str, str]) -> list[str]:
    """The fields in which arXiv's id may stand."""
    texts = [said.get("eprint", "")] if _archive(said) in ("", "arxiv") else []
    if _is_corr(said):
        texts.append(said.get("volume", "").strip().removeprefix("abs/"))
    # The first word alone: "2401.01234 [cs]".
    texts = [word for text in texts for word in text.split()[:1]]
    named_in = ("arxivid", "arxiv", "journal", "journaltitle", "number", "howpublished", "publisher", "note", "eid")
    return texts + [said[name] for name in named_in if name in said]
