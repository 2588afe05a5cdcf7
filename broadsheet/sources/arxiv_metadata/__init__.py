"""arXiv's metadata snapshot (JSON lines, or one array of the same records) -> entries, in bounded memory.

The file that Kaggle hands out as arxiv-metadata-oai-snapshot.json. Does not keep comments, licences and report numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from ... import ids
from ...types import Entry, Precision
from .. import json_lines, names, stated
from ..head import Head
from ..reading import Reading

if TYPE_CHECKING:
    from .record import Record

NAME = "arxiv-metadata"
TITLE = "arXiv's metadata snapshot (Kaggle's arxiv-metadata-oai-snapshot)"
STREAMS = True

_ID = re.compile(r'"id"\s*:\s*(?:"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})"|\d{3,4}\.\d)')
_VERSION = re.compile(r"v?(\d{1,3})")


def sniff(head: Head) -> float:
    """By the keys that only arXiv's own records have together."""
    keys = head.keys
    if not {"id", "title", "abstract", "categories"} <= keys or not _ID.search(head.text):
        return 0.0
    return 0.97 if {"authors_parsed", "update_date"} & keys else 0.6


def read(reading: Reading) -> Iterator[Entry]:
    """One entry a record; see `Format.read`."""
    from .record import Record, decode, lenient

    for number, value in json_lines.values(reading, decode):
        record = value if isinstance(value, Record) else lenient(value)
        if record is None:
            text = json.dumps(value, ensure_ascii=False)
            reading.refuse("error", "a record that is no paper: it has no title", place=(number, number), text=text)
            continue
        entry = _entry(reading, record, (number, number))
        if entry:
            yield entry


def _entry(reading: Reading, record: Record, place: tuple[int, int]) -> Entry | None:
    found = ids.arxiv_id(record.id)
    if not found:
        reading.note("warning", "what stands for its id is no id of arXiv", place=place, text=record.id)
    published, precision, updated, version = _dates(record)
    links = ids.arxiv_links(found[0]) if found else {}
    related: dict[str, str] = {}
    for doi in _dois(reading, record.doi, place) if record.doi else ():
        related[f"doi:{doi}"] = "published version"
        links.setdefault("published", f"https://doi.org/{doi}")
    return reading.entry(
        place=place,
        title=record.title,
        abstract=record.abstract,
        authors=_authors(record),
        published=published,
        published_precision=precision,
        updated=updated,
        categories=record.categories.split() if record.categories else (),
        ids={"arxiv": found[0]} if found else {},
        links=links,
        related=related,
        version=version or (found[1] if found else None),
    )


def _authors(record: Record) -> tuple[str, ...] | list[str]:
    if record.authors_parsed:
        # Family name, first names, suffix.
        return [" ".join(filter(None, (*one[1:2], *one[:1], *one[2:3]))) for one in record.authors_parsed]
    return names.split(record.authors or "")


def _dates(record: Record) -> tuple[date | None, Precision | None, date | None, int | None]:
    """Published, with its precision; updated; the newest version."""
    published: date | None = None
    precision: Precision | None = None
    updated, newest = (_day(record.update_date)[0] if record.update_date else None), None
    if record.versions:
        published, precision = _day(record.versions[0].created[:16])
        last = record.versions[-1]
        updated = updated or _day(last.created[:16])[0]
        named = _VERSION.fullmatch(last.version)
        newest = int(named[1]) if named else len(record.versions)
    return published, precision, updated, newest


@lru_cache(maxsize=1 << 15)
def _day(text: str) -> tuple[date, Precision] | tuple[None, None]:
    # "Mon, 2 Apr 2007 " or "2007-04-02T19:18": the day, which thousands of papers share.
    return stated.day(text if text[:1].isdigit() else text + " 00:00")


def _dois(reading: Reading, text: str, place: tuple[int, int]) -> Iterator[str]:
    """The DOIs of the published version; some records have several."""
    for part in text.split():
        doi = ids.doi(part.rstrip(",;"))
        if doi is None and part.rstrip(":,;").lower() not in {"doi", "and"}:
            reading.note("note", "what stands for a DOI is none; left out", place=place, text=part)
        elif doi and not doi.startswith(ids.ARXIV_DOI):
            yield doi
