"""JSON Feed 1.0 and 1.1 -> entries: a feed like others (feeds/), written in JSON.

Every record with a title is an entry, as in other feeds; extensions ("_...") are not looked at.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ParseFailed
from ..types import Entry
from . import json_records, stated
from .feeds.fields import Field, Record
from .feeds.papers import entry_of
from .head import Head
from .reading import Reading

NAME = "json-feed"
TITLE = "JSON Feeds"

#: Fields that are text or a URL, and what they are called in other feeds.
_NAMES = {
    "title": "title",
    "url": "link",
    "external_url": "prism:url",
    "id": "guid",
    "summary": "description",
    "content_html": "content",
    "date_published": "published",
    "date_modified": "updated",
}


def sniff(head: Head) -> float:
    """How sure it is that a dump that begins so is a JSON Feed."""
    if not head.is_json:
        return 0.0
    return 0.97 if "jsonfeed.org/version/" in head.text.replace("\\/", "/") else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of a feed. Raises ParseFailed where it is no JSON, or no feed."""
    feed = json_records.load(reading)
    records = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(records, list):
        raise ParseFailed(reading.dump.name, "is JSON, but no JSON Feed: it has no list of items; fetch it again")
    home = feed.get("home_page_url")
    if moment := stated.moment(_text(feed.get("date_modified"))[:100]):
        reading.dated(moment)
    for record in records:
        source = json.dumps(record, ensure_ascii=False)[:100_000]
        if not isinstance(record, dict):
            reading.refuse("error", "is no record of a feed", text=source)
        elif entry := entry_of(reading, _record(record), home if isinstance(home, str) else "", source):
            yield entry


def _record(record: Mapping[str, Any]) -> Record:
    """A record as one of any other feed."""
    fields = [Field(name, {}, _escaped(record.get(key))) for key, name in _NAMES.items() if record.get(key)]
    # Plain text, which holds no markup: so it is escaped once more.
    fields.append(Field("content", {}, html.escape(_escaped(record.get("content_text")), quote=False)))
    authors = record.get("authors") or [record.get("author")]
    for author in authors if isinstance(authors, list) else [authors]:
        name = author.get("name") if isinstance(author, dict) else author
        fields.append(Field("dc:creator", {}, _escaped(name)))
    tags = record.get("tags")
    fields.extend(Field("category", {}, _escaped(tag)) for tag in (tags if isinstance(tags, list) else []))
    attached = record.get("attachments")
    fields.extend(
        Field("link", {"type": "application/pdf"}, _escaped(file.get("url")))
        for file in (attached if isinstance(attached, list) else [])
        if isinstance(file, dict) and file.get("mime_type") == "application/pdf"
    )
    return Record(tuple(field for field in fields if field.inner), faulty=False)


def _escaped(value: object) -> str:
    """Text as it would stand in XML."""
    return html.escape(_text(value), quote=False)


def _text(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)[:40]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
