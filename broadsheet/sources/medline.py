"""MEDLINE text (.nbib, as PubMed, PubMed Central and ERIC export it) -> entries.

A line is a tag of four signs, "- " and a value; what is indented goes on with the line before. A blank line ends a
record, and so does its source (SO), the last of its fields; one that ends with neither was torn. Reads days as
pubmed.py does. Does not read what "Abstract" or "Summary" exports show to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..text import fold_space
from ..types import Entry
from . import names, pubmed_text
from .answers import known_ids
from .decode import decode
from .head import Head
from .reading import Reading

NAME = "medline"
TITLE = "MEDLINE text (.nbib)"

_BREAK = re.compile(r"\r\n|\r|\n")
_FIELD = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)", re.DOTALL)
_BEGIN = re.compile(r"(?:\A|[\r\n])(?:PMID- ?\d|PMC {0,2}- ?PMC\d|OWN {1,2}- ?ERIC\b)")
_TITLED = re.compile(r"[\r\n](?:TI|BTI|TT) {1,2}- ")
_ABBREVIATED = re.compile(r"(\S.*?) ([A-Z]{1,5})(?: (Jr|Sr|2nd|3rd|II|III|IV))?")
#: Tags that are the first of a record, and stand in it once: ERIC's begin with the owner.
_FIRST = {"PMID", "PMC", "OWN"}


def sniff(head: Head) -> float:
    """Whether it begins with a record's fields."""
    begin = _BEGIN.search(head.start)
    if not begin or not _TITLED.search(head.text):
        return 0.0
    return 0.96 if not head.start[: begin.start()].strip() else 0.75


@dataclass
class _Record:
    """One record while its lines come in."""

    begin: int
    end: int
    weight: int = 0
    #: Tag and value, in order; "" for a value that is empty.
    fields: list[tuple[str, list[str]]] = field(default_factory=list)

    def all(self, tag: str) -> list[str]:
        """The values of a tag, unwrapped."""
        return [text for name, lines in self.fields if name == tag and (text := fold_space(" ".join(lines)))]

    def one(self, *tags: str) -> str:
        """The first value that one of the tags has, tried in order."""
        return next((text for tag in tags for text in self.all(tag)), "")

    def has(self, tag: str) -> bool:
        """Whether the tag stands in it, with or without a value."""
        return any(name == tag for name, _ in self.fields)


def read(reading: Reading) -> Iterator[Entry]:
    """One entry a record; lines that belong to none are told."""
    reading.unit = "lines"
    with reading.content() as stream:
        decoded = decode(stream.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    lines = _BREAK.split(decoded.text.lstrip("\ufeff"))
    record: _Record | None = None
    has_source = True
    for number, line in enumerate(lines, start=1):
        if not line.strip(" \t\0\f\x1a\u200b"):
            # What stands behind the last line break is no line, however blank.
            if record and number < len(lines):
                yield from _entry(reading, record)
                has_source, record = record.has("SO"), None
            continue
        found = _FIELD.match(line) if not line[0].isspace() else None
        if found and record and found[1] in _FIRST and record.has(found[1]):
            yield from _entry(reading, record)
            has_source, record = record.has("SO"), None
        if record is None:
            if not found:
                reading.refuse("warning", "a line outside of any record", place=(number, number), text=line)
                continue
            record = _Record(number, number)
        if found:
            record.fields.append((found[1], [found[2]]))
        elif record.fields:
            record.fields[-1][1].append(line)
        record.weight += 1
        record.end = number
    if record:
        # Records that never name their source are whole where they end with a line.
        if record.has("SO") or (not has_source and not lines[-1]):
            yield from _entry(reading, record)
        else:
            _torn(reading, record, lines)


def _torn(reading: Reading, record: _Record, lines: list[str]) -> None:
    text = "\n".join(lines[record.begin - 1 : record.end])
    place = record.begin, record.end
    reading.refuse("error", "the file ends in the middle of this record", place=place, text=text, weight=record.weight)


def _entry(reading: Reading, record: _Record) -> Iterator[Entry]:
    place = record.begin, record.end
    raw = record.one("TI", "CTI", "BTI", "TT")
    title = pubmed_text.unbracketed(raw) or record.one("TT")
    if not title:
        text = "\n".join(f"{tag}: {' '.join(lines)}" for tag, lines in record.fields)
        reading.refuse("error", "a record without a title", place=place, text=text, weight=record.weight)
        return
    dois = [value for tag in ("LID", "AID", "DO", "DOI") for value in record.all(tag) if _is_doi(tag, value)]
    known = known_ids(reading, {"doi": dois[0].partition(" [")[0] if dois else "", "pmid": record.one("PMID")})
    published, precision = pubmed_text.first(pubmed_text.day(record.one("DP")), pubmed_text.day(record.one("DEP")))
    entry = reading.entry(
        place=place,
        weight=record.weight,
        title=title,
        abstract=record.one("AB"),
        authors=_authors(record),
        published=published,
        published_precision=precision,
        categories=[value.partition("/")[0].strip("* ") for value in record.all("MH")] or record.all("OT"),
        ids=known,
        links=_links(record, known),
    )
    if entry:
        # Brackets mark a translation, and stay in what the dump says.
        yield replace(entry, title_raw=raw) if pubmed_text.unbracketed(raw) == title else entry


def _is_doi(tag: str, value: str) -> bool:
    if tag == "AID" and value.startswith(("http://dx.doi.org/10.", "https://doi.org/10.", "https://dx.doi.org/10.")):
        return True
    return value.endswith("[doi]") or (tag in {"DO", "DOI"} and value.startswith("10."))


def _authors(record: _Record) -> list[str]:
    """Full names and groups in their order; the short form only of who has no other."""
    found: list[str] = []
    full = False
    for tag, lines in record.fields:
        value = fold_space(" ".join(lines))
        if tag == "FAU" or tag == "CN":
            found.append(names.upright(value) if tag == "FAU" else value)
        elif tag == "AU" and not full:
            short = _ABBREVIATED.fullmatch(value)
            found.append(" ".join(filter(None, (short[2], short[1], short[3]))) if short else names.upright(value))
        if tag in {"FAU", "AU"}:
            full = tag == "FAU"
    return [name for name in found if name]


def _links(record: _Record, known: dict[str, str]) -> dict[str, str]:
    links = {}
    if "pmid" in known:
        links["abstract"] = f"https://pubmed.ncbi.nlm.nih.gov/{known['pmid']}/"
    elif "doi" in known:
        links["abstract"] = f"https://doi.org/{known['doi']}"
    free = re.fullmatch(r"(?:PMC)?(\d+)", record.one("PMC"))
    if free:
        links["pmc"] = f"https://pmc.ncbi.nlm.nih.gov/articles/PMC{free[1]}/"
    return links
