"""Feeds in a format whose records say their links in a way of their own (CDF, say) -> their fields, by feedparser.

feedparser raises on some damage and invents the end of what is torn, so what it says counts only of sound documents.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from .wording import body_lines, title_words

#: Bytes; what is larger and of such a kind is no feed that anybody reads.
_LARGEST = 4 << 20


def others_in(content: bytes) -> list[dict[str, Any]]:
    """The arguments for Reading.entry of each record that feedparser finds; empty where the document is not sound."""
    import feedparser  # type: ignore[import-untyped]

    if len(content) > _LARGEST:
        return []
    try:
        parsed = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # it promises to raise nothing, and does
        return []
    return [] if parsed.bozo else [_fields(one) for one in parsed.entries]


def _fields(one: Any) -> dict[str, Any]:
    return {
        "title": title_words(one.get("title", "")),
        "abstract": "\n".join(body_lines(one.get("summary", ""))),
        "authors": [author.get("name", "") for author in one.get("authors", ())],
        "published": _day(one.get("published_parsed") or one.get("updated_parsed")),
        "links": {"abstract": one["link"]} if one.get("link") else {},
    }


def _day(parsed: Any) -> date | None:
    try:
        return date(*parsed[:3]) if parsed else None
    except ValueError:
        return None
