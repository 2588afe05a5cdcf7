"""A tar archive -> its members, in one pass over a stream that need not be seekable; nothing is ever extracted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from ...errors import ParseFailed
from ...types import Dump, Problem
from .bounds import Opening, Refused, stream_of
from .members import hidden, no_listing
from .streams import Window, buffered, skip, take_in

_BLOCK = 512
# A longer name, or more of what POSIX lets one say about a member, is an attempt on memory.
_LONGEST_HEADER = 1 << 20
_ENDS = "the tar archive ends within {}; what is there was read: fetch it again"
_FILES = b"0\x007"
_KINDS = {b"5": "a folder", b"1": "a link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a pipe"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    name: str
    size: int
    when: datetime | None
    kind: bytes


def begins(head: bytes) -> bool:
    """Whether content begins as a tar archive does."""
    return len(head) >= _BLOCK and _header(head[:_BLOCK]) is not None


def opened(opening: Opening) -> Iterator[Dump | Problem | Refused]:
    """The members of a tar archive. What stands before a cut or a damaged header is read."""
    with opening.begin() as stream:
        at, said = 0, dict[str, str]()
        while True:
            block = stream.read(_BLOCK)
            if len(block) == _BLOCK and not block.strip(b"\0"):
                break
            header = _header(block) if len(block) == _BLOCK else None
            if header is None:
                what = "ends too early" if len(block) < _BLOCK else f"is damaged at byte {at:,}"
                reason = f"the tar archive {what}; what stands before was read: fetch it again"
                yield opening.problem("error", reason)
                break
            opening.count()
            at += _BLOCK
            padded = -(-header.size // _BLOCK) * _BLOCK
            if header.kind in b"xgLK":
                if header.size > _LONGEST_HEADER:
                    reason = "is a tar archive with a header of many megabytes; pack it again"
                    raise ParseFailed(opening.dump.name, reason)
                said.update(_said(header.kind, stream.read(header.size)))
                skip(stream, padded - header.size)
            else:
                size = int(said["size"][:18]) if said.get("size", "").isdecimal() else header.size
                # Whatever they say, nothing follows the headers of links, devices, folders and pipes.
                size = 0 if header.kind in _KINDS else size
                padded = -(-size // _BLOCK) * _BLOCK
                yield from _member(opening, stream, header, at, size, said)
                said = {}
            at += padded
    yield from opening.notes()


def _member(
    opening: Opening, stream: BinaryIO, header: _Header, at: int, size: int, said: dict[str, str]
) -> Iterator[Dump | Problem | Refused]:
    name = said.get("path") or header.name
    rest = -(-size // _BLOCK) * _BLOCK
    why = _KINDS.get(header.kind, "" if header.kind in _FILES else "a special member") or hidden(name)
    why = why or ("" if size else "empty")
    if why:
        opening.passed(name, why)
        if not skip(stream, rest):
            yield opening.problem("error", _ENDS.format(name))
        return
    outer = opening.dump

    def again() -> BinaryIO:
        fresh = stream_of(outer)
        skip(fresh, at)
        return buffered(_Owning(fresh, size))

    window = Window(stream, size)
    when = _time(said["mtime"]) if "mtime" in said else header.when
    dump = take_in(opening, name, window, again, when=when or outer.modified)
    if window.left or not skip(stream, rest - size):
        yield opening.problem("error", _ENDS.format(name))
    if dump.stream is None and (why := no_listing(dump.content[:4096])):
        opening.passed(name, why)
    elif dump.size:
        yield dump


class _Owning(Window):
    """A window that closes the stream it is on."""

    def close(self) -> None:
        """Close the stream, too."""
        self._source.close()
        super().close()


def _header(block: bytes) -> _Header | None:
    """The header of a member; None for what is none."""
    checksum = _number(block[148:156])
    if checksum is None or checksum != sum(block[:148]) + 8 * 32 + sum(block[156:]):
        return None
    size = _number(block[124:136])
    if size is None or not block[0]:
        return None
    name = block[:100].split(b"\0", 1)[0]
    prefix = block[345:500].split(b"\0", 1)[0] if block[257:263] == b"ustar\0" else b""
    seconds = _number(block[136:148])
    return _Header(
        name=(prefix + b"/" + name if prefix else name).decode("utf-8", "replace"),
        size=size,
        when=_time(str(seconds)) if seconds else None,
        kind=block[156:157],
    )


def _number(field: bytes) -> int | None:
    """A number in octal digits, or in 256s as GNU tar writes large ones; None for anything else."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if not digits:
        return 0
    return int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else None


def _time(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(float(seconds)), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _said(kind: bytes, content: bytes) -> dict[str, str]:
    """What a header before a member says of it: GNU's long name, or POSIX's records "length key=value"."""
    if kind == b"L":
        return {"path": content.split(b"\0", 1)[0].decode("utf-8", "replace")}
    said: dict[str, str] = {}
    while kind == b"x" and content:
        length, _, _ = content.partition(b" ")
        if not length.isdigit() or not 3 < int(length[:9]) <= len(content):
            break
        record, content = content[: int(length)], content[int(length) :]
        key, _, value = record[len(length) + 1 : -1].partition(b"=")
        said[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    return said
