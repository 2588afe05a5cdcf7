"""One record of arXiv's metadata snapshot, as it should be and as it may be.

Apart from the format so that msgspec is imported only where such a snapshot is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec


class Version(msgspec.Struct, gc=False):
    """One version of a paper."""

    #: "v1".
    version: str = ""
    #: RFC 822: "Mon, 2 Apr 2007 19:18:42 GMT".
    created: str = ""


class Record(msgspec.Struct, gc=False):
    """The fields that are read; the snapshot has more."""

    id: str
    title: str
    abstract: str | None = None
    #: One string, as the authors wrote it, TeX included.
    authors: str | None = None
    #: Blanks between; the primary one first.
    categories: str | None = None
    #: Of the published version; several with blanks between.
    doi: str | None = None
    versions: list[Version] = []
    #: Year, month, day.
    update_date: str | None = None
    #: Family name, first names, suffix; in Unicode.
    authors_parsed: list[list[str | None]] | None = None


#: Bytes of a record -> the record. Raises ValueError where a field is missing or of another type.
decode: Callable[[bytes], Record] = msgspec.json.Decoder(Record).decode


def lenient(value: Any) -> Record | None:
    """The record that a value is which `decode` refused; None for what has no title at all."""
    if not isinstance(value, dict) or not _text(value.get("title")).strip():
        return None
    versions, parsed = value.get("versions"), value.get("authors_parsed")
    return Record(
        id=_number(value.get("id")),
        title=_text(value["title"]),
        abstract=_text(value.get("abstract")),
        authors=_text(value.get("authors"), ", "),
        categories=_text(value.get("categories")),
        doi=_text(value.get("doi")),
        versions=[
            Version(_text(one.get("version")), _text(one.get("created")))
            for one in (versions if isinstance(versions, list) else ())
            if isinstance(one, dict)
        ],
        update_date=_text(value.get("update_date")),
        authors_parsed=[
            [_text(part) for part in name] if isinstance(name, list) else [_text(name)]
            for name in (parsed if isinstance(parsed, list) else ())
        ],
    )


def _text(value: Any, between: str = " ") -> str:
    if isinstance(value, list):
        return between.join(filter(None, map(_text, value)))
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _number(value: Any) -> str:
    """An id that was written as a number: 704.0001 has lost a zero, and 2401.0123 may have; both are certain."""
    if isinstance(value, float) and 0 < value < 9999:
        return f"{value:010.5f}" if value >= 1501 else f"{value:09.4f}"
    return _text(value)
