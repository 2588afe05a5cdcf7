"""Crossref, answers of its works API -> entries.

Everything with a title is a paper here, data sets, reviews and chapters too; what is no work of its own (components,
journals, issues, grants) is furniture. Dates are those of publication or, of a preprint, of posting: never that of the
deposit. Does not read the XML that Crossref also answers with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..text import fold_space
from ..types import Entry
from . import jats, stated
from .answers import (
    Api,
    Record,
    Stated,
    best_day,
    dicts,
    inside,
    known_ids,
    named,
    number,
    records,
    shown,
    string,
    strings,
)
from .head import Head
from .reading import Reading

NAME = "crossref"
TITLE = "Crossref JSON"

#: Types of records that are no work of their own.
_NO_WORKS = frozenset(
    {"component", "grant", "journal", "journal-issue", "journal-volume", "book-series", "book-set"}
    | {"proceedings-series", "report-series"}
)
#: What the answers of its other routes are about: no works.
_ABOUT = re.compile(r"(?:journal|funder|member|prefix|type|license)(?:-list)?|work-agency|deposit")
_OWN = {"reference-count", "is-referenced-by-count", "content-domain", "container-title", "message-type", "date-parts"}
#: What a relation says that the other work is.
_RELATIONS = {
    "is-preprint-of": "published version",
    "has-preprint": "preprint",
    "is-version-of": "other version",
    "has-version": "other version",
    "is-identical-to": "other version",
}


def sniff(head: Head) -> float:
    """Whether it begins as an answer of Crossref, or with one of its works."""
    if not head.is_json:
        return 0.0
    if head.keys >= {"message-type", "message"}:
        return 0.97
    return 0.93 if "DOI" in head.keys and len(head.keys & _OWN) >= 2 else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The works of answers, of a list, or of JSON lines."""
    for work in records(reading, _API):
        kind = string(work.get("type"))
        title = _title(work)
        if not title:
            reading.refuse("error", "a work without a title", text=f"{string(work.get('DOI'))} {shown(work)}")
            continue
        known = known_ids(reading, {"doi": work.get("DOI")})
        related = _related(work)
        published, precision = _published(work, kind)
        entry = reading.entry(
            title=title,
            abstract=jats.abstract(string(work.get("abstract"))),
            authors=[name for name in map(_name, dicts(work.get("author"))) if name],
            published=published,
            published_precision=precision,
            categories=strings(work.get("subject")) + strings(work.get("group-title")),
            ids=known,
            links=_links(work, known, related),
            related=related,
        )
        if entry:
            yield entry


def _total(answer: Record) -> tuple[int | None, bool]:
    message = answer.get("message")
    count, size = number(inside(message, "total-results")), number(inside(message, "items-per-page"))
    return count, count is not None and size is not None and count <= size


def _accept(record: Record) -> bool:
    return "DOI" in record and ("title" in record or len(record.keys() & _OWN) >= 2)


def _about(answer: Record) -> str:
    kind = string(answer.get("message-type"))
    return kind if _ABOUT.fullmatch(kind) else ""


def _is_no_work(record: Record) -> bool:
    return string(record.get("type")) in _NO_WORKS


_API = Api(
    name="Crossref",
    lists=("message.items", "items"),
    accept=_accept,
    single="message",
    total=_total,
    furniture=_is_no_work,
    about=_about,
)


def _title(work: Record) -> str:
    """The title, and behind a colon the subtitle, where the title does not hold it."""
    titles, subtitles = strings(work.get("title")), strings(work.get("subtitle"))
    title = fold_space(jats.text(titles[0])) if titles else ""
    subtitle = fold_space(jats.text(subtitles[0])) if subtitles and title else ""
    if not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title} {subtitle}" if title.endswith((":", "?", "!", ".", "—", "–")) else f"{title}: {subtitle}"


def _name(author: Record) -> str:
    parts = [jats.text(string(author.get(key))).strip() for key in ("given", "family", "suffix")]
    return " ".join(filter(None, parts)) or jats.text(string(author.get("name") or author.get("literal")))


def _day(value: Any) -> Stated:
    parts = inside(value, "date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    # Seen as [[2019, 1, 18]] and, flattened by those who saved it, as [2019, 1, 18].
    numbers = [number(one) for one in (first if isinstance(first, list) else parts or ())][:3]
    return stated.parts(*numbers) if numbers and numbers[0] else (None, None)


def _published(work: Record, kind: str) -> Stated:
    order = ["published", "issued", "published-online", "published-print", "posted"]
    if kind == "posted-content":
        order.insert(0, order.pop())
    return best_day(*(_day(work.get(name)) for name in order))


def _related(work: Record) -> dict[str, str]:
    related: dict[str, str] = {}
    own = string(work.get("DOI")).lower()
    for relation, meaning in _RELATIONS.items():
        for other in dicts(inside(work, "relation", relation)):
            scheme = string(other.get("id-type")).lower()
            name = named(scheme, string(other.get("id")))
            if name and name != f"doi:{own}":
                related.setdefault(name, meaning)
    return related


def _links(work: Record, known: dict[str, str], related: dict[str, str]) -> dict[str, str]:
    links = {"abstract": f"https://doi.org/{known['doi']}" if "doi" in known else string(work.get("URL"))}
    for link in dicts(work.get("link")):
        if string(link.get("content-type")) == "application/pdf":
            links.setdefault("pdf", string(link.get("URL")))
    for name, meaning in related.items():
        if meaning == "published version" and name.startswith("doi:"):
            links.setdefault("published", f"https://doi.org/{name[4:]}")
    return links
