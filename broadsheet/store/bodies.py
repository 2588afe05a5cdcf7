"""Entries, papers, reports, digests <-> the JSON that the store keeps of them.

Bodies are lean: what is unknown or empty is left out, and so is a raw text that equals the clean one. What is missing
takes its default when read, so that a body outlives the fields that are added later. Does not know tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from ..types import Entry, FieldChange, Paper
from .failures import Damaged

_T = TypeVar("_T")

# Maps have no order of their own, so it must not come from who wrote first.
_encode = msgspec.json.Encoder(order="deterministic").encode
_ENTRY = tuple(field.name for field in fields(Entry))
_EMPTY: tuple[object, ...] = (None, (), {})
_RAW = {"title": "title_raw", "abstract": "abstract_raw"}


def pack(value: object) -> str:
    """A value of plain types and dataclasses as JSON. Lone surrogates, which UTF-8 has no bytes for, become "?"."""
    try:
        return _encode(value).decode()
    except UnicodeEncodeError:
        return _encode(_scrubbed(msgspec.to_builtins(value))).decode()


def unpack(text: str | bytes, kind: type[_T]) -> _T:
    """The value that `pack` was given. Raises Damaged where the text does not hold one."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Damaged(f"a {kind.__name__}: {error}") from error


def pack_entry(entry: Entry) -> str:
    """An entry as lean JSON."""
    return pack(_lean(entry))


def unpack_entry(text: str) -> Entry:
    """The entry that `pack_entry` was given. Raises Damaged where the text does not hold one."""
    try:
        return msgspec.convert(_whole(msgspec.json.decode(text)), Entry)
    except (msgspec.MsgspecError, UnicodeError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"an entry: {error}") from error


def pack_paper(paper: Paper) -> str:
    """A paper as lean JSON."""
    body: dict[str, object] = {
        "guid": paper.guid,
        "best": _lean(paper.best),
        "first_seen": paper.first_seen,
        "last_seen": paper.last_seen,
        "version": paper.version,
    }
    if paper.stamps:
        body["stamps"] = paper.stamps
    if paper.said:
        body["said"] = paper.said
    return pack(body)


def unpack_paper(text: str) -> Paper:
    """The paper that `pack_paper` was given. Raises Damaged where the text does not hold one."""
    try:
        body = msgspec.json.decode(text)
        body["best"] = _whole(body["best"])
        return msgspec.convert(body, Paper)
    except (msgspec.MsgspecError, UnicodeError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"a paper: {error}") from error


def pack_fields(changed: tuple[FieldChange, ...]) -> str:
    """The fields of a change as JSON."""
    return pack(changed) if changed else "[]"


def unpack_fields(text: str) -> tuple[FieldChange, ...]:
    """The fields that `pack_fields` was given. Raises Damaged where the text does not hold them."""
    return () if text == "[]" else unpack(text, tuple[FieldChange, ...])


def storable(text: str) -> str:
    """The text as a column can hold it: without lone surrogates, and without NUL, which PostgreSQL refuses."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def moment(time: datetime) -> str:
    """An aware time as the store writes it: UTC, with six decimals, so that text sorts as time does."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """The time that `moment` was given. Raises Damaged where the text is none."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Damaged(f"a time: {text!r}") from error


def _lean(entry: Entry) -> dict[str, object]:
    lean = {name: value for name in _ENTRY if (value := getattr(entry, name)) not in _EMPTY}
    for clean, raw in _RAW.items():
        if clean in lean:
            if lean[clean] == lean.get(raw):
                del lean[raw]
            else:
                lean[raw] = lean.get(raw)
    return lean


def _whole(lean: dict[str, object]) -> dict[str, object]:
    for clean, raw in _RAW.items():
        if clean in lean:
            lean.setdefault(raw, lean[clean])
    return lean


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_scrubbed(key): _scrubbed(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(one) for one in value]
    return value
