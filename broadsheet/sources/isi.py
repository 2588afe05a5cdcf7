"""ISI's tagged export, as the Web of Science writes it -> entries.

Splits the file into records itself, so that every line is accounted for; what the tags of one record mean is rispy's.
Cited references are no papers of the listing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ..types import Entry
from . import names
from .head import Head
from .reading import Reading
from .references import date_of, named
from .text_records import Record, numbered, text_of

if TYPE_CHECKING:
    from rispy import WokParser  # type: ignore[import-untyped]

NAME = "isi"
TITLE = "Web of Science exports (ISI, plain text)"

_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*)$", re.DOTALL)
_FILE = {"FN", "VR", "EF"}
_HEADER = re.compile(r"(?:^|[\r\n])\ufeff?FN [^\r\n]{1,80}[\r\n]+VR ")
_TYPE = re.compile(r"(?:^|[\r\n])\ufeff?PT [A-Z]")
_CLOSE = re.compile(r"[\r\n]ER\s*(?:[\r\n]|$)")
_FIELD = re.compile(r"[\r\n](?:AU|TI|SO|UT|AF|DT|PY) \S")
# Of these each line is a value of its own; all others are wrapped text.
_LISTS = ("AU", "AF", "CR", "CA", "GP")


def sniff(head: Head) -> float:
    """Sure of the header; nearly so where records begin with PT and end with ER."""
    if head.root or head.is_json:
        return 0.0
    if _HEADER.search(head.text):
        return 0.97
    if _TYPE.search(head.text) and _FIELD.search(head.text):
        return 0.85 if _CLOSE.search(head.text) else 0.6
    return 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each record that has a title."""
    reading.unit = "lines"
    record: Record | None = None
    for number, line in numbered(text_of(reading)):
        if not line:
            continue
        tag, value = _tag(line)
        if tag in _FILE and record is None:
            reading.furniture()
        elif tag == "ER" and record is None:
            reading.refuse("warning", "the end of a record (ER) that has no begin", place=(number, number), text=line)
        elif tag == "ER" and record is not None:
            record.field(number, line, tag, "")
            yield from _entry(reading, record)
            record = None
        elif tag in ("PT", "EF") and record is not None:
            record.refuse(reading, "a record without its end (ER)")
            record = _begin(reading, number, line, tag, value)
        elif record is None and tag:
            record = _begin(reading, number, line, tag, value)
        elif record is None:
            reading.refuse("warning", "text outside of any record", place=(number, number), text=line)
        elif tag:
            record.field(number, line, tag, value)
        else:
            record.more(number, line)
    if record is not None:
        record.refuse(reading, "the file ends within this record: its end (ER) is missing")


def _tag(line: str) -> tuple[str, str]:
    found = _TAG.match(line)
    return (found[1], (found[2] or "").strip()) if found else ("", "")


def _begin(reading: Reading, number: int, line: str, tag: str, value: str) -> Record | None:
    if tag in _FILE:
        reading.furniture()
        return None
    if tag != "PT":
        reading.note("warning", "a record without its begin (PT)", place=(number, number), text=line)
    record = Record(number)
    record.field(number, line, tag, value)
    return record


def _entry(reading: Reading, record: Record) -> Iterator[Entry]:
    said = _said(record)
    title = " ".join(said.get("TI", []))
    if not title:
        record.refuse(reading, "a record without a title")
        return
    works, wrong = named(dois=said.get("DI", []), pmid=record.one("PM"), arxiv=said.get("AR", []), journal=True)
    for doi in wrong:
        reading.note("note", "no DOI; left out", place=record.place, text=doi)
    day, year = " ".join(said.get("PD", [])), " ".join(said.get("PY", []))
    early = " ".join(said.get("EA", []))
    # "MAR-APR" is no month; the year is sure.
    published, precision = date_of(f"{day} {year}") if year and "-" not in day else date_of(year, early)
    subjects = " ".join(said.get("WC") or said.get("SC") or [])
    entry = reading.entry(
        place=record.place,
        weight=record.weight,
        title=title,
        abstract=" ".join(said.get("AB", [])),
        authors=[names.upright(name) for name in said.get("AF") or said.get("AU") or said.get("CA") or []],
        published=published,
        published_precision=precision,
        categories=[subject.strip() for subject in subjects.split(";")],
        **works,
    )
    if entry:
        yield entry


def _said(record: Record) -> dict[str, list[str]]:
    """What rispy understood of one record, by tag: the values of lists, and wrapped text in one piece."""
    lines = [f"{tag} {value}" for tag, value in record.fields() if tag not in (*_LISTS, "PT", "ER", *_FILE)]
    lines += [f"{tag} {value}" for tag in _LISTS for value in record.rows(tag)]
    found = _parser().parse("\n".join(["PT " + record.one("PT"), *lines, "ER"]))
    return {tag: value if isinstance(value, list) else [value] for tag, value in (found[0] if found else {}).items()}


@cache
def _parser() -> WokParser:
    from rispy import WokParser

    tags = ("AU", "AF", "CA", "TI", "AB", "DI", "PD", "PY", "EA", "SC", "WC", "AR")
    return WokParser(mapping={"PT": "PT", **{tag: tag for tag in tags}}, list_tags=list(tags), skip_unknown_tags=True)
