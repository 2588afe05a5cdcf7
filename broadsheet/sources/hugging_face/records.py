"""One record of a paper as Hugging Face has it -> an entry.

The API and the page wrap the paper ({"paper": {...}, "title": ..., "numComments": ...}); /api/papers/ID, search results
and the archives of others have its fields at the top. Fields came and went over the years; each is taken where it is.

Does not look for records, and does not decide which day a list is of.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ... import ids
from ...text import whole
from ...types import Entry
from .. import names, stated
from ..reading import Place, Reading

Record = Mapping[str, Any]

_IDS = ("id", "arxiv_id", "arxivId", "url", "link", "arxiv_url", "pdf_url", "paper_url")
_ABSTRACTS = ("summary", "abstract")
_PUBLISHED = ("publishedAt", "published_at", "published_date", "published")
_ORGANIZATIONS = ("organization", "submitterOrganization")


def entry_of(reading: Reading, record: object, *, place: Place | None = None) -> Entry | None:
    """The entry for one record; None, with the record told as a problem, where it is no paper.

    Says when the paper was put on a daily list, too (`Reading.dated`). place: of the record, if its number is not it.
    """
    place = place or (reading.total + 1, reading.total + 1)
    if not isinstance(record, Mapping):
        reading.refuse("error", "a record that is no paper", place=place, text=_shown(record))
        return None
    inner = record.get("paper")
    paper: Record = inner if isinstance(inner, Mapping) else record
    named = _named(paper) or _named(record)
    # paper.title keeps arXiv's line breaks for years in which the outer one does not.
    title = _text(record, "title") or _text(paper, "title")
    abstract = _first(paper, _ABSTRACTS) or _first(record, _ABSTRACTS)
    authors = _authors(reading, paper.get("authors") or record.get("authors"), place)
    if not title.strip() or not (named or (abstract.strip() and authors)):
        reason = "a record that is no paper" if not title.strip() else "a record that names no paper of arXiv"
        reading.refuse("error", reason, place=place, text=_shown(record))
        return None
    if not named:
        stood = _text(paper, "id")
        reading.note("warning", f"{stood!r} is no id of arXiv; the paper is kept without one", place=place, text=title)
    for when in (_text(paper, "submittedOnDailyAt"), _text(record, "submittedOnDailyAt")):
        day, precision = stated.day(when)
        if day and precision == "day":
            reading.dated(day)
    published, known = stated.day(_first(paper, _PUBLISHED))
    comments = _number(record.get("numComments"))
    return reading.entry(
        place=place,
        title=title,
        abstract=abstract,
        authors=authors,
        organization=_organization(paper) or _organization(record),
        published=published,
        published_precision=known,
        comments=comments if comments is not None else _number(paper.get("numComments")),
        upvotes=_number(paper.get("upvotes", record.get("upvotes"))),
        ids={"arxiv": named[0]} if named else {},
        links={**(links_of(named[0]) if named else {}), **_made(paper)},
        version=named[1] if named else None,
    )


def links_of(arxiv: str) -> dict[str, str]:
    """Where a paper with this id of arXiv stands: at arXiv, and on its page at Hugging Face."""
    return {**ids.arxiv_links(arxiv), "page": f"https://huggingface.co/papers/{arxiv}"}


def _named(record: Record) -> tuple[str, int | None] | None:
    found = (ids.arxiv_id(_text(record, key).strip()) for key in _IDS)
    return next(filter(None, found), None)


def _made(paper: Record) -> dict[str, str]:
    """Where what the paper made is: its code, its own page."""
    found = {"code": _text(paper, "githubRepo").strip(), "project": _text(paper, "projectPage").strip()}
    return {kind: url for kind, url in found.items() if url.lower().startswith(("http://", "https://"))}


def _authors(reading: Reading, value: object, place: Place) -> list[str]:
    """The names in their order, those included that the site hides (it hides whom the wrong account was given to)."""
    if isinstance(value, str):
        return list(names.split(value))
    found: list[str] = []
    for author in value if isinstance(value, list) else []:
        user = author.get("user") if isinstance(author, Mapping) else None
        name = author if isinstance(author, str) else _text(author, "name") or _text(user, "fullname")
        if name.strip():
            found.append(whole(name))
        else:
            reading.note("warning", "an author without a name is left out", place=place, text=_shown(author))
    return found


def _organization(record: Record) -> str:
    for key in _ORGANIZATIONS:
        value = record.get(key)
        name = value if isinstance(value, str) else _text(value, "fullname") or _text(value, "name")
        if name.strip():
            return whole(name)
    return ""


def _first(record: Record, keys: tuple[str, ...]) -> str:
    return next((text for text in (_text(record, key) for key in keys) if text.strip()), "")


def _text(record: object, key: str) -> str:
    value = record.get(key) if isinstance(record, Mapping) else None
    return whole(value) if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        value = int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if is_count and isinstance(value, int) else None


def _shown(record: object) -> str:
    try:
        return whole(json.dumps(record, ensure_ascii=False, default=str))
    except (ValueError, RecursionError):
        return whole(str(type(record).__name__))
