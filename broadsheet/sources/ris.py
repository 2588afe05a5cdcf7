"""RIS, the exchange format of reference managers and publishers -> entries.

Splits the file into records itself, so that every line is accounted for and a damaged record costs no other; what the
tags of one record mean is rispy's. Does not read MEDLINE's format, which looks much like it, nor ISI's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from ..types import Entry
from . import names
from .head import Head
from .reading import Reading
from .references import date_of, links_in, named
from .text_records import Record, ends_whole, numbered, text_of

if TYPE_CHECKING:
    from rispy import RisParser  # type: ignore[import-untyped]

NAME = "ris"
TITLE = "RIS files of reference managers and publishers"

_TAG = re.compile(r"([A-Z][A-Z0-9])(?:  -|(?: |\t)-(?:\s|$))(.*)", re.DOTALL)
# Tags that may have lost a blank before the hyphen; of any others that is more likely text ("AI - a survey").
_COMMON = frozenset(
    {"TY", "TI", "T1", "T2", "AU", "A1", "AB", "N2", "PY", "Y1", "DA", "DO", "UR", "JO", "JF", "KW", "ER"}
)
_END = re.compile(r"ER(?:\s*-)?\s*")
_START = re.compile(r"(?:^|[\r\n])\ufeff?TY {1,2}- *\S")
_ANY = re.compile(r"(?:^|[\r\n])\ufeff?[A-Z][A-Z0-9]  -")
_CLOSE = re.compile(r"[\r\n]ER  ?- *(?=[\r\n]|$)")
# What providers write between records: "Record #1 of 2", "Provider: ...", "1.".
_BETWEEN = re.compile(
    r"Record #?\d+ of \d+|(?:Provider|Database|Content|Source|Exported|Date)\b[^:]{0,40}:.*|\d+\s*[.)]?"
    # Ovid: the journal's name once more, and where the record is found.
    r"|NL  - .*|Link to the Ovid .*"
)
#: Types of whole journals and series: no papers.
_NO_PAPERS = {"JFULL", "SER"}
_JOURNALS = {"JOUR", "CONF", "CPAPER", "CHAP", "BOOK", "MGZN", "EJOUR", "ECHAP", "JOURNAL ARTICLE"}

_READ = (
    *("T1", "TI", "CT", "BT", "ST", "TT", "T2", "AU", "A1", "AB", "N2", "PY", "Y1", "DA"),
    *("DO", "M1", "M3", "N1", "L1", "L2", "L3", "UR", "AN", "C7", "PB", "JO", "JF"),
)


def sniff(head: Head) -> float:
    """Sure where a line is "TY  - " and others have such tags; nearly so of records that lost that line."""
    if head.root or head.is_json or re.search(r"(?:^|[\r\n])PMID- ", head.text):
        return 0.0
    if _START.search(head.text):
        return 0.95 if len(_ANY.findall(head.text, 0, 8_000)) > 1 else 0.7
    return 0.6 if _CLOSE.search(head.text) and _ANY.search(head.text) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each record that has a title; lines outside of records are furniture or told."""
    reading.unit = "lines"
    text = text_of(reading)
    record: Record | None = None
    ended = unended = False  # whether records end with ER, or do without
    for number, line in numbered(text):
        if not line:
            continue
        tag, value = _tag(line)
        if tag == "ER" and record is None:
            reading.refuse("warning", "the end of a record (ER) that has no begin", place=(number, number), text=line)
        elif tag == "ER" and record is not None:
            record.field(number, line, tag, "")
            yield from _entry(reading, record)
            record, ended = None, True
        elif tag == "TY" and record is not None:
            unended = True
            reading.note("note", "a record without its end (ER)", place=record.place)
            yield from _entry(reading, record)
            record = Record(number)
            record.field(number, line, tag, value)
        elif record is not None:
            if tag:
                record.field(number, line, tag, value)
            else:
                record.more(number, line)
        elif tag and not _BETWEEN.fullmatch(line.strip()):
            record = Record(number)
            record.field(number, line, tag, value)
            if tag != "TY":
                reading.note("warning", "a record without its begin (TY)", place=(number, number), text=line)
        else:
            _outside(reading, number, line)
    if record is None:
        return
    if unended and not ended and ends_whole(text):
        reading.note("warning", "the last record may be cut: no record here has its end (ER)", place=record.place)
        yield from _entry(reading, record)
    else:
        record.refuse(reading, "the file ends within this record: its end (ER) is missing")


def _tag(line: str) -> tuple[str, str]:
    if _END.fullmatch(line):
        return "ER", ""
    found = _TAG.match(line)
    if not found or (line[2:5] != "  -" and found[1] not in _COMMON):
        return "", ""
    return found[1], found[2].strip()


def _outside(reading: Reading, number: int, line: str) -> None:
    if _BETWEEN.fullmatch(line.strip()):
        reading.furniture()
    else:
        reading.refuse("warning", "text outside of any record", place=(number, number), text=line)


def _entry(reading: Reading, record: Record) -> Iterator[Entry]:
    kind = record.one("TY").upper()
    if kind in _NO_PAPERS:
        reading.furniture(record.weight)
        return
    said = _said(record)
    titles = [*said("T1"), *said("TI")] or [*said("CT"), *said("BT"), *said("ST"), *said("TT")]
    if not titles:
        record.refuse(reading, "a record without a title")
        return
    if any(other != titles[0] for other in titles):
        reading.note("note", "more than one title; the first is taken", place=record.place, text="\n".join(titles))
    series = [*said("JO"), *said("JF"), *said("T2")]
    works, wrong = named(
        dois=said("DO"),
        notes=[*said("M3"), *said("N1"), *said("L3")],
        arxiv=[*said("AN"), *said("M1"), *said("C7"), *said("PB"), *series],
        urls=[*said("UR"), *said("L2")],
        pdfs=[url for text in said("L1") for url in links_in(text)],
        journal=kind in _JOURNALS
        and not any("arxiv" in text.lower() for text in [*said("JO"), *said("T2"), *said("JF")]),
    )
    for doi in wrong:
        reading.note("note", "no DOI; left out", place=record.place, text=doi)
    published, precision = date_of(*said("PY"), *said("Y1"), *said("DA"))
    entry = reading.entry(
        place=record.place,
        weight=record.weight,
        title=titles[0],
        abstract=next(iter([*said("AB"), *said("N2")]), None),
        authors=[names.upright(name) for name in said("AU") or said("A1")],
        published=published,
        published_precision=precision,
        **works,
    )
    if entry:
        yield entry


class _Said:
    """What rispy understood of one record, by tag again."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __call__(self, tag: str) -> list[str]:
        value = self._fields.get(tag) or []
        return [one for one in (value if isinstance(value, list) else [value]) if one]


def _said(record: Record) -> _Said:
    # Wrapped lines are joined already: rispy would take those of a list (authors) for further values.
    lines = [f"{tag}  - {value}" for tag, value in record.fields() if tag not in ("TY", "ER")]
    found = _parser().parse("\n".join(["TY  - " + record.one("TY"), *lines, "ER  - "]))
    return _Said(found[0] if found else {})


@cache
def _parser() -> RisParser:
    from rispy import RisParser

    # By tag, not by rispy's names for them, which lack some; and URLs hold semicolons of their own.
    return RisParser(
        mapping={"TY": "TY", **{tag: tag for tag in _READ}},
        list_tags=list(_READ),
        delimiter_tags_mapping={},
        skip_unknown_tags=True,
    )
