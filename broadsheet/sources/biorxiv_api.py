"""Answers of api.biorxiv.org ("details" and "pubs", bioRxiv and medRxiv) -> entries, one for every version listed.

The DOI of the journal version is another work's ("published version"), never an id of the preprint. An answer without
posts is empty; any other status but "ok" is a refusal, though it comes with HTTP 200.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .. import ids
from ..errors import ParseFailed
from ..types import Entry
from . import json_records, stated
from .biorxiv_marks import mend
from .feeds.people import split
from .feeds.wording import body_lines, title_words
from .head import Head
from .reading import Reading

NAME = "biorxiv-api"
TITLE = "answers of the API of bioRxiv and medRxiv"

_MESSAGE = re.compile(r"""\{\s*"messages"\s*:\s*\[?\s*\{\s*"status"\s*:""")
_RECORD = frozenset({"doi", "authors", "version", "category", "server"})


def sniff(head: Head) -> float:
    """How sure it is that a dump that begins so is such an answer."""
    keys = head.keys
    if "messages" in keys and ("collection" in keys or _MESSAGE.match(head.start)):
        return 0.95
    if "collection" in keys and keys >= _RECORD - {"server"}:
        return 0.9
    return 0.9 if keys >= _RECORD and "jatsxml" in keys else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of an answer, or of its bare list of records."""
    answer = json_records.load(reading)
    records = answer.get("collection", []) if isinstance(answer, dict) else answer
    if isinstance(answer, dict) and ("collection" in answer or "messages" in answer):
        _look_at_messages(reading, answer.get("messages"))
    elif not isinstance(answer, list):
        raise ParseFailed(reading.dump.name, "is JSON without a collection of preprints; fetch it again")
    if not isinstance(records, list):
        raise ParseFailed(reading.dump.name, "has a collection that is no list; fetch it again")
    first_dates = {
        (record.get("server"), record.get("doi")): _text(record, "date")
        for record in records
        if isinstance(record, dict) and _text(record, "version") == "1" and isinstance(record.get("doi"), str)
    }
    for record in records:
        if not isinstance(record, dict):
            reading.refuse("error", "is no record of a preprint", text=str(record)[:10_000])
        elif entry := _entry(reading, record, first_dates):
            yield entry


def _look_at_messages(reading: Reading, messages: object) -> None:
    for message in messages if isinstance(messages, list) else [messages]:
        if not isinstance(message, dict):
            continue
        status = _text(message, "status")
        if status and status.lower() != "ok" and "no posts found" not in status.lower():
            reading.refusal = status
        count = _text(message, "count")
        if count.isascii() and count.isdigit() and len(count) < 8:
            reading.announced = int(count)


def _entry(reading: Reading, record: Mapping[str, Any], first_dates: Mapping[tuple[Any, Any], str]) -> Entry | None:
    place = (reading.total + 1, reading.total + 1)
    doi = ids.doi(_text(record, "doi", "preprint_doi", "biorxiv_doi"))
    if doi is None:
        text = _text(record, "doi", "preprint_doi", "biorxiv_doi") or _text(record, "title", "preprint_title")
        reading.note("note", "the preprint has no DOI that is one", place=place, text=text)
    version_text = _text(record, "version")
    version = int(version_text) if version_text.isascii() and version_text.isdigit() and len(version_text) < 4 else None
    day, precision = stated.day(_text(record, "date", "preprint_date"))
    is_first = version in {None, 1}
    published, published_precision = day, precision
    if not is_first:
        key = record.get("server"), record.get("doi")
        published, published_precision = stated.day(first_dates.get(key) if isinstance(key[1], str) else None)
    journal = ids.doi(_text(record, "published", "published_doi"))
    return reading.entry(
        title=title_words(_text(record, "title", "preprint_title")),
        abstract=mend("\n".join(body_lines(_text(record, "abstract", "preprint_abstract")))),
        authors=split(_text(record, "authors", "preprint_authors")),
        published=published,
        published_precision=published_precision,
        updated=None if is_first else day,
        categories=[_text(record, "category", "preprint_category")],
        ids={"doi": doi} if doi else {},
        links=_links(record, doi, version) | ({"published": f"https://doi.org/{journal}"} if journal else {}),
        related={f"doi:{journal}": "published version"} if journal and journal != doi else {},
        version=version,
    )


def _links(record: Mapping[str, Any], doi: str | None, version: int | None) -> dict[str, str]:
    if doi is None:
        return {}
    server = "medrxiv" if "medrxiv" in _text(record, "server", "preprint_platform").lower() else "biorxiv"
    page = f"https://www.{server}.org/content/{doi}{f'v{version}' if version else ''}"
    return {"abstract": page, "pdf": f"{page}.full.pdf"}


def _text(record: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that is text or a number and says something; "NA" says nothing."""
    for name in names:
        value = record.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)[:40]
        if isinstance(value, str) and value.strip() not in {"", "NA"}:
            return value.encode("utf-8", "replace").decode()
    return ""
