"""EndNote's tagged export (.enw, refer) -> entries.

A record begins with %0; where that is missing, behind a blank line. Nothing marks the end of a record, so that of the
last one is taken for whole only where its last line is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..types import Entry
from . import names
from .head import Head
from .reading import Reading
from .references import date_of, named
from .text_records import Record, ends_whole, numbered, text_of

NAME = "endnote"
TITLE = "EndNote's tagged export (.enw)"

_TAG = re.compile(r"%([0-9A-Z@~+!?$^&*#><\[\]()|])(?:\s(.*)|\s*)$", re.DOTALL)
_TYPE = re.compile(r"(?:^|[\r\n])\ufeff?%0(?: [A-Z]|[\r\n])")
_FIELD = re.compile(r"(?:^|[\r\n])\ufeff?%[TADJXBRU] \S")
_JOURNALS = ("journal", "conference", "book", "magazine", "proceedings")


def sniff(head: Head) -> float:
    """Sure where records begin with %0; nearly so where lines begin with %T, %A and their like."""
    if head.root or head.is_json:
        return 0.0
    fields = len(_FIELD.findall(head.text, 0, 8_000))
    if _TYPE.search(head.text) and fields:
        return 0.95
    return 0.6 if fields >= 3 else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each record that has a title (%T)."""
    reading.unit = "lines"
    text = text_of(reading)
    record: Record | None = None
    apart = False
    for number, line in numbered(text):
        if not line:
            apart = True
            continue
        found = _TAG.match(line)
        tag, value = (found[1], (found[2] or "").strip()) if found else ("", "")
        if record is not None and tag and (tag == "0" or (apart and tag in "TA" and record.has("T"))):
            yield from _entry(reading, record)
            record = None
        if record is None and not tag:
            reading.refuse("warning", "text outside of any record", place=(number, number), text=line)
        elif tag:
            record = record or Record(number)
            record.field(number, line, tag, value)
        elif record is not None:
            record.more(number, line)
        apart = False
    if record is not None and ends_whole(text):
        yield from _entry(reading, record)
    elif record is not None:
        record.refuse(reading, "the file ends within this record")


def _entry(reading: Reading, record: Record) -> Iterator[Entry]:
    title = record.one("T")
    if not title:
        record.refuse(reading, "a record without a title (%T)")
        return
    kind = record.one("0").lower()
    works, wrong = named(
        dois=record.all("R"),
        arxiv=[*record.all("M"), *record.all("J"), *record.all("@"), *record.all("N")],
        urls=record.all("U"),
        pdfs=record.all(">"),
        journal=kind.startswith(_JOURNALS) and "arxiv" not in record.one("J").lower(),
    )
    for doi in wrong:
        reading.note("note", "no DOI; left out", place=record.place, text=doi)
    published, precision = date_of(*record.all("D"), *record.all("8"))
    entry = reading.entry(
        place=record.place,
        weight=record.weight,
        title=title,
        abstract=record.one("X"),
        authors=[names.upright(name.rstrip(",")) for name in record.all("A")],
        published=published,
        published_precision=precision,
        **works,
    )
    if entry:
        yield entry
