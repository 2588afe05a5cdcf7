"""Ovid's plain-text export -> entries.

A record begins with its number, "<8>", and has a line for the name of each field and indented lines for its value.
Cited references are no papers of the listing.
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

NAME = "ovid"
TITLE = "Ovid's plain-text exports"

_MARK = re.compile(r"<\d{1,7}\s*\.?\s*>\s*")
_NAME = re.compile(r"[A-Z][A-Za-z()/ -]{1,60}\s*")
_START = re.compile(r"(?:^|[\r\n])\ufeff?<\d{1,7}\s*\.?\s*>[ \t]*[\r\n]+[A-Z][A-Za-z ]{1,60}[\r\n]+[ \t]+\S")
_FIELD = re.compile(r"[\r\n](?:Accession Number|Unique Identifier|Title|Authors?|Source|Abstract)[ \t]*[\r\n]+[ \t]+\S")
# What Ovid adds to a title: "[Article]", "[Review]", and a full stop before it.
_KIND = re.compile(r"\s*\[(?:Article|Articles|Review|Miscellaneous|Letter|Editorial|Report|Comment)\]\s*$", re.I)
# Numbers of affiliations: "Doe, Jane 1", "Roe, R. 1,2".
_NUMBERS = re.compile(r"(?:\s+\d{1,2}(?:\s*,\s*\d{1,2})*|\s*\*)+$")


def sniff(head: Head) -> float:
    """Sure where a numbered record has Ovid's names of fields."""
    if head.is_json or not _START.search(head.text):
        return 0.0
    return 0.95 if len(set(_FIELD.findall(head.text))) >= 2 else 0.5


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each record that has a title."""
    reading.unit = "lines"
    text = text_of(reading)
    record: Record | None = None
    for number, line in numbered(text):
        if not line:
            continue
        if _MARK.fullmatch(line):
            if record is not None:
                yield from _entry(reading, record)
            record = Record(number)
            record.field(number, line, "", "")
        elif record is None:
            reading.refuse("warning", "text before the first record", place=(number, number), text=line)
        elif _NAME.fullmatch(line):
            record.field(number, line, line.strip().casefold(), "")
        else:
            record.more(number, line)
    # Behind the references stand language, kind and DOI, so that no record ends with them.
    if record is not None and ends_whole(text) and record.last_tag != "references":
        yield from _entry(reading, record)
    elif record is not None:
        record.refuse(reading, "the file ends within this record")


def _entry(reading: Reading, record: Record) -> Iterator[Entry]:
    title = _KIND.sub("", record.one("title", "chapter title", "article title")[:4_000])
    title = title[:-1] if title.endswith(".") and not title.endswith("..") else title
    if not title:
        record.refuse(reading, "a record without a title")
        return
    works, wrong = named(
        dois=record.all("doi number", "doi", "digital object identifier"),
        pmid=record.one("pmid", "pubmed id"),
        urls=record.all("url", "link to the ovid full text or citation"),
        journal=True,
    )
    for doi in wrong:
        reading.note("note", "no DOI; left out", place=record.place, text=doi)
    source = record.one("source")[-200:]
    published, precision = date_of(
        *record.all("date of publication", "year of publication"), source[source.rfind(",") :]
    )
    if published is None:
        published, precision = date_of(source)
    people = record.one("author", "authors", "author/editor", "author(s)").rstrip(".")
    entry = reading.entry(
        place=record.place,
        weight=record.weight,
        title=title,
        abstract=record.one("abstract"),
        authors=[names.upright(_NUMBERS.sub("", name[:500].strip())) for name in people.split(";")],
        published=published,
        published_precision=precision,
        **works,
    )
    if entry:
        yield entry
