"""OpenReview, answers of its notes API (versions 1 and 2) -> entries.

A submission is a paper whatever became of it, withdrawn and rejected ones too. Replies (reviews, comments, decisions)
and deleted notes are furniture. Days are those of UTC. Does not read groups, profiles or venues.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from .. import ids
from ..types import Entry
from .answers import Api, Record, known_ids, number, records, shown, string, strings
from .head import Head
from .reading import Reading

NAME = "openreview"
TITLE = "OpenReview JSON"

_SITE = "https://openreview.net"


def sniff(head: Head) -> float:
    """Whether it begins as an answer of OpenReview, or with one of its notes."""
    if not head.is_json:
        return 0.0
    is_note = head.keys >= {"content", "forum"} and head.keys & {"invitation", "invitations", "cdate", "tcdate"}
    if is_note:
        return 0.96 if head.keys & {"notes", "signatures", "readers"} else 0.9
    if head.keys >= {"notes", "content", "id"} or head.keys == {"notes"} or head.keys == {"notes", "count"}:
        return 0.8
    return 0.6 if head.keys >= {"name", "message", "status"} and "Error" in head.text and len(head.keys) < 10 else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The notes of answers, of a list, or of JSON lines."""
    for note in records(reading, _API):
        held = note.get("content")
        content: Record = held if isinstance(held, dict) else {}
        forum = string(note.get("forum")) or string(note.get("id"))
        title = string(_value(content, "title"))
        if not title.strip():
            reading.refuse("error", "a submission without a title", text=shown(note))
            continue
        created = _day(note.get("cdate")) or _day(note.get("tcdate"))
        changed = _day(note.get("mdate")) or _day(note.get("tmdate"))
        published = _day(note.get("pdate")) or created
        entry = reading.entry(
            title=title,
            abstract=string(_value(content, "abstract")),
            authors=_authors(_value(content, "authors")),
            published=published,
            updated=changed if changed and (published is None or changed > published) else None,
            categories=_categories(content),
            ids=known_ids(reading, {"openreview": forum}),
            links=_links(content, forum),
        )
        if entry:
            yield entry


def _total(answer: Record) -> tuple[int | None, bool]:
    total, notes = number(answer.get("count")), answer.get("notes")
    return total, isinstance(notes, list) and total == len(notes)


def _accept(record: Record) -> bool:
    return isinstance(record.get("content"), dict) and bool(
        record.keys() & {"forum", "id", "invitation", "invitations"}
    )


def _is_reply(note: Record) -> bool:
    """Whether it is no submission: a review, a comment, a decision, or deleted."""
    name, forum = string(note.get("id")), string(note.get("forum"))
    return bool(note.get("ddate") or note.get("replyto") or (name and forum and name != forum))


_API = Api(name="OpenReview", lists=("notes",), accept=_accept, total=_total, furniture=_is_reply)


def _value(content: Record, key: str) -> Any:
    """A field of a note: itself in version 1, its "value" in version 2."""
    held = content.get(key)
    return held.get("value") if isinstance(held, dict) else held


def _authors(held: Any) -> list[str]:
    if isinstance(held, str):
        return [name.strip() for name in held.split(",") if name.strip()]
    if not isinstance(held, list):
        return []
    names = [one.get("fullname") or one.get("name") if isinstance(one, dict) else one for one in held]
    return [name for name in names if isinstance(name, str) and name.strip()]


def _categories(content: Record) -> list[str]:
    found: list[str] = []
    for key in ("primary_area", "subject_areas", "keywords"):
        found += strings(_value(content, key))
    return found


def _day(milliseconds: Any) -> date | None:
    """The day of a time in milliseconds since 1970."""
    count = number(milliseconds)
    try:
        return datetime.fromtimestamp(count / 1000, UTC).date() if count else None
    except (OverflowError, ValueError, OSError):
        return None


def _links(content: Record, forum: str) -> dict[str, str]:
    links = {"abstract": f"{_SITE}/forum?id={forum}"} if ids.openreview(forum) else {}
    for name, keys in {"pdf": ("pdf",), "code": ("code", "code_url"), "project": ("project_page", "website")}.items():
        for key in keys:
            url = string(_value(content, key)).strip()
            if url:
                links.setdefault(name, _SITE + url if url.startswith("/") else url)
    return links
