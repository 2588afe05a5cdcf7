"""A zip archive -> its members, each read where it lies; nothing is ever extracted.

Believes the directory at the end of the archive about where members are, and nothing about how large they become.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import RawIOBase
from typing import Any, BinaryIO

from ...errors import ParseFailed, SourceError
from ...types import Dump, Problem
from .bounds import MOST_MEMBERS, Allowance, Opening, Refused, stream_of
from .members import hidden, no_listing
from .streams import Unpacked, Window, buffered, take_in

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
# Ten thousand members with long names need two; more is an attempt on memory.
_LARGEST_DIRECTORY = 8 << 20
_DAMAGED = "is a damaged or cut zip archive ({}); fetch it again"
#: Names that only office documents and books have.
_DOCUMENTS = ("[content_types].xml", "mimetype", "meta-inf/manifest.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    flags: int
    method: int
    when: datetime | None
    crc: int
    packed: int
    size: int
    offset: int
    is_link: bool


class _Damaged(Exception):
    """The archive as a whole cannot be read; its text says why."""


def opened(opening: Opening) -> Iterator[Dump | Problem | Refused]:
    """The members of a zip archive."""
    with opening.begin() as stream:
        if not stream.seekable():
            reason = "is a large zip archive within another container; take it out of there first"
            yield Refused(error=ParseFailed(opening.dump.name, reason))
            return
        try:
            members, shift = _directory(stream)
            _check_places(members)
        except (_Damaged, struct.error) as error:
            yield Refused(error=ParseFailed(opening.dump.name, _DAMAGED.format(error)), dump=opening.dump)
            return
        if members and members[0].name.lower() in _DOCUMENTS:
            reason = "is an office document or a book, not a listing; save the listing as text"
            yield Refused(error=ParseFailed(opening.dump.name, reason), dump=opening.dump)
            return
        for member in members:
            opening.count()
            yield from _member(opening, stream, member, shift)
        if not members:
            yield opening.problem("warning", "is an empty zip archive")
    yield from opening.notes()


def _member(opening: Opening, stream: BinaryIO, member: _Member, shift: int) -> Iterator[Dump | Refused]:
    if member.name.endswith(("/", "\\")):
        opening.passed(member.name, "a folder")
    elif why := hidden(member.name):
        opening.passed(member.name, why)
    elif member.is_link:
        opening.passed(member.name, "a link")
    elif member.flags & 0x2041:
        reason = "is encrypted; unpack the archive with its password and bring the files in it"
        yield opening.refused(member.name, reason)
    elif member.method not in (0, 8):
        reason = f"is packed in a way that is not read here (method {member.method}); pack the archive again"
        yield opening.refused(member.name, reason)
    else:
        name, outer = opening.name(member.name), opening.dump

        def again() -> BinaryIO:
            fresh = stream_of(outer)
            return buffered(_Content(name, fresh, member, shift, owned=fresh))

        try:
            content = _Content(name, stream, member, shift, allowance=opening.allowance)
            dump = take_in(opening, member.name, content, again, when=member.when or outer.modified)
        except SourceError as error:
            if opening.allowance.spent:
                raise
            yield Refused(error=error)
            return
        except (struct.error, _Damaged) as error:
            yield opening.refused(member.name, _DAMAGED.format(error))
            return
        if not dump.size:
            opening.passed(member.name, "empty")
        elif dump.stream is None and (why := no_listing(dump.content[:4096])):
            opening.passed(member.name, why)
        else:
            yield dump


class _Content(RawIOBase):
    """What a member holds, checked against its checksum at its end."""

    def __init__(
        self,
        name: str,
        stream: BinaryIO,
        member: _Member,
        shift: int,
        *,
        allowance: Allowance | None = None,
        owned: BinaryIO | None = None,
    ) -> None:
        super().__init__()
        self._owned = owned
        stream.seek(member.offset + shift)
        local = _LOCAL.unpack(stream.read(_LOCAL.size))
        if local[0] != b"PK\x03\x04":
            raise _Damaged("a member is not where it should be")
        stream.seek(local[9] + local[10], 1)
        window = Window(stream, member.packed)
        self._inner: RawIOBase = window
        if member.method == 8:
            self._inner = Unpacked(name, "deflate", buffered(window), allowance)
        self._name, self._member, self._crc, self._size = name, member, 0, 0

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as something is at hand; 0 at the end, which is checked."""
        count = self._inner.readinto(buffer) or 0
        if count:
            self._crc = zlib.crc32(memoryview(buffer).cast("B")[:count], self._crc)
            self._size += count
        elif (self._crc, self._size) != (self._member.crc, self._member.size):
            reason = "is damaged: its checksum is wrong, so nothing of it can be trusted; fetch the archive again"
            raise ParseFailed(self._name, reason)
        return count

    def close(self) -> None:
        """Close the archive, where it was opened for this member alone."""
        if self._owned:
            self._owned.close()
        super().close()


def _directory(stream: BinaryIO) -> tuple[list[_Member], int]:
    """The members, in the order of the directory, and by how much all places in it are off."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - (1 << 16) - _END.size - _LOCATOR.size))
    begin = stream.tell()
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise _Damaged("its directory is missing")
    _, _, _, _, count, length, place, _ = _END.unpack_from(tail, at)
    end = begin + at
    if count == 0xFFFF or length == 0xFFFFFFFF or place == 0xFFFFFFFF:
        count, length, place, end = _large(stream, tail, at, end, (count, length, place))
    if count > MOST_MEMBERS or length > _LARGEST_DIRECTORY:
        raise _Damaged(f"it claims {count:,} members in a directory of {length:,} bytes, more than are read")
    shift = end - length - place
    if shift < 0 or end - length < 0:
        raise _Damaged("its directory is not where it should be")
    stream.seek(end - length)
    return list(_members(stream.read(length), end - length - shift)), shift


def _large(stream: BinaryIO, tail: bytes, at: int, end: int, small: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Count, length, place and end of the directory of an archive beyond 4 GiB or 65,535 members."""
    if at < _LOCATOR.size:
        return *small, end
    mark, _, place, _ = _LOCATOR.unpack_from(tail, at - _LOCATOR.size)
    if mark != b"PK\x06\x07":
        return *small, end
    stream.seek(place)
    record = stream.read(_END_64.size)
    if record[:4] != b"PK\x06\x06":
        raise _Damaged("its directory is not where it should be")
    fields = _END_64.unpack(record)
    return fields[7], fields[8], fields[9], place


def _members(directory: bytes, limit: int) -> Iterator[_Member]:
    at = 0
    while at + _ENTRY.size <= len(directory):
        fields = _ENTRY.unpack_from(directory, at)
        if fields[0] != b"PK\x01\x02":
            raise _Damaged("its directory is damaged")
        flags, method, time, day, crc, packed, size = fields[3:10]
        name_length, extra_length, comment_length, _, _, outside, offset = fields[10:]
        at += _ENTRY.size
        name = directory[at : at + name_length]
        extra = directory[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        size, packed, offset = _wide(extra, size, packed, offset)
        if offset + _LOCAL.size + name_length + packed > limit:
            raise _Damaged("a member reaches beyond its end")
        yield _Member(
            name=name.decode("utf-8" if flags & 0x800 else "cp437", "replace"),
            flags=flags,
            method=method,
            when=_when(day, time),
            crc=crc,
            packed=packed,
            size=size,
            offset=offset,
            is_link=fields[1] >> 8 == 3 and (outside >> 16) & 0o170000 == 0o120000,
        )


def _wide(extra: bytes, *values: int) -> list[int]:
    """Sizes and place, taken from the zip64 field where they are too large for the entry itself."""
    wide = list(values)
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        field = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if kind != 1:
            continue
        for index, value in enumerate(wide):
            if value == 0xFFFFFFFF and len(field) >= 8:
                wide[index] = int.from_bytes(field[:8], "little")
                field = field[8:]
        break
    return wide


def _check_places(members: list[_Member]) -> None:
    """No byte may belong to two members: that is how few bytes become very many."""
    end = 0
    for member in sorted(members, key=lambda member: member.offset):
        if member.offset < end:
            raise _Damaged("its members overlap, which no honest archive does")
        end = member.offset + _LOCAL.size + member.packed


def _when(day: int, time: int) -> datetime | None:
    try:
        return datetime(
            1980 + (day >> 9), day >> 5 & 15, day & 31, time >> 11, time >> 5 & 63, (time & 31) * 2, tzinfo=UTC
        )
    except ValueError:
        return None
