"""JSON of any size, one record after the other: JSON lines, one huge array, or objects one behind the other.

Bounded memory; nothing torn is taken for whole, and a damaged record costs itself only. Knows no format, and counts
only what it cannot read: whole records are counted by whoever takes them.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO

from ..text import whole
from .decode import decode, encoding_of
from .reading import Reading

#: Bytes of one record; the largest of known sources have about a million.
LONGEST_RECORD = 1 << 25
_CHUNK = 1 << 20

_SPACE = b" \t\r\n\0\x1e"
_FILLED = re.compile(rb"[^\s\0\x1e,]")
# One bracket and all that stands before it, strings skipped; a quote that ends nowhere in what was read so far.
_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"\[\]{}]*+)*+(?:([\[{])|([\]}])|("))', re.DOTALL)
_SCALAR = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^\s,\]\[{}"]++', re.DOTALL)
# The begin of a record: its first key, what that holds, and its second key.
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_HELD = rb"\s*+:\s*+(?:" + _STRING + rb'|[^\s,\[\]{}"]++)\s*+,\s*+'
_KEYS = re.compile(rb"\{\s*+(" + _STRING + rb")(?:" + _HELD + rb"(" + _STRING + rb"))?", re.DOTALL)

Decode = Callable[[bytes], Any]


def values(reading: Reading, read: Decode | None = None) -> Iterator[tuple[int, Any]]:
    """Every record with its place: the line of JSON lines, else how manieth it is; both from 1.

    read: bytes of one JSON value -> the value, raising ValueError (as msgspec's decoders do) or RecursionError where it
    cannot; by default any value as Python has it. What it refuses is read again leniently, and then comes as plain
    Python (dict, list, ...) whatever `read` makes. What is no JSON at all is a problem, counted as one record.
    """
    if read is None:
        import msgspec

        read = msgspec.json.decode
    with reading.content() as peeked:
        head = peeked.read(4096)
    encoding, mark = encoding_of(head)
    begin = head[mark:].decode(encoding, "replace").lstrip(_SPACE.decode()) if head else ""
    with reading.content() as content:
        content.read(mark)
        stream = content if encoding == "utf-8" else BufferedReader(_Utf8(content, encoding), _CHUNK)
        # A brace that is all its line says begins an object over several lines.
        if begin.startswith("[") or re.match(r"\{[ \t]*\r?\n", begin):
            yield from _Elements(reading, stream, read).values()
        else:
            yield from _lines(reading, stream, read)


def lenient(raw: bytes) -> Any:
    """A JSON value that strict readers refuse: bytes that are not UTF-8, controls in strings, NaN, a comma behind it.

    Raises ValueError where that is not enough.
    """
    text = decode(raw).text.strip(_SPACE.decode() + ",")
    try:
        value = json.loads(text, strict=False)
        plain = json.dumps(value, ensure_ascii=False)
        # Half a surrogate pair is no character, and can be written nowhere.
        return value if whole(plain) == plain else json.loads(whole(plain))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _lines(reading: Reading, stream: BinaryIO, read: Decode) -> Iterator[tuple[int, Any]]:
    number = 0
    for line in iter(partial(stream.readline, LONGEST_RECORD), b""):
        number += 1
        try:
            value = read(line)
        except (ValueError, RecursionError):
            if not line.strip(_SPACE):
                continue
            try:
                value = lenient(line)
            except ValueError as error:
                reason = "the file ends in the middle of this record"
                if line.endswith(b"\n"):
                    reason = f"a line that is no sound JSON: {error}"
                elif len(line) == LONGEST_RECORD:
                    reason = f"a record of more than {LONGEST_RECORD:,} bytes is left out"
                    _skip_line(stream)
                reading.refuse("error", reason, place=(number, number), text=decode(line.strip()).text)
                continue
        yield number, value


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
        pass


class _Elements:
    """The elements of one array, or objects one behind the other, out of a stream."""

    def __init__(self, reading: Reading, stream: BinaryIO, read: Decode) -> None:
        self._reading = reading
        self._stream = stream
        self._read = read
        self._buffer = b""
        self._at = 0
        self._number = 0
        #: How a record begins and what stands before it, for going on behind a damaged one.
        self._begin = b""
        self._between: bytes | None = None

    def values(self) -> Iterator[tuple[int, Any]]:
        is_array = self._next() == b"["
        closed = not is_array
        self._at += is_array
        seen, end = self._buffer, -1
        while sign := self._next():
            if sign == b"]":
                self._at += 1
                another = self._next()
                closed = not another
                if another == b"[":
                    self._at += 1
                elif another:
                    self._number += 1
                    self._give_up("the array ends before the file does")
                continue
            if end >= 0 and self._between is None and seen is self._buffer:
                self._between = seen[end : self._at]
            self._number += 1
            stop = self._end()
            raw = self._buffer[self._at : stop] if stop else b""
            try:
                value = self._value(raw)
            except ValueError as error:
                self._give_up("the file ends in the middle of this record" if not stop else f"no sound JSON: {error}")
                end = -1
                continue
            if not self._begin:
                self._begin = _begin_of(raw, keys=2)
            seen, self._at, end = self._buffer, stop, stop
            yield self._number, value
        if not closed and (end >= 0 or not self._number):
            self._reading.note("warning", "the file ends before its array does; there may have been more papers")

    def _value(self, raw: bytes) -> Any:
        try:
            return self._read(raw)
        except (ValueError, RecursionError):
            return lenient(raw)

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK)
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)

    def _next(self) -> bytes:
        """The next sign that is neither white space nor a comma, which the place is moved to; empty at the end."""
        while not (found := _FILLED.search(self._buffer, self._at)):
            self._at = len(self._buffer)
            if not self._more():
                return b""
        self._at = found.start()
        return found[0]

    def _end(self) -> int:
        """Where the element that begins here ends; 0 where the file, or what one record may take, ends before it."""
        if self._buffer[self._at : self._at + 1] not in b"[{":
            return self._end_of_scalar()
        depth, behind = 0, 0  # behind: what was looked at, counted from the element's begin
        while True:
            place = self._at + behind
            while (found := _BRACKET.match(self._buffer, place)) and found.lastindex != 3:
                depth += 1 if found.lastindex == 1 else -1
                place = found.end()
                if not depth:
                    return place
            behind = place - self._at
            if len(self._buffer) - self._at > LONGEST_RECORD or not self._more():
                return 0

    def _end_of_scalar(self) -> int:
        while True:
            found = _SCALAR.match(self._buffer, self._at)
            if found and found.end() < len(self._buffer):
                return found.end()
            if not found and self._buffer[self._at : self._at + 1] != b'"':
                return self._at + 1
            if len(self._buffer) - self._at > LONGEST_RECORD or not self._more():
                return len(self._buffer)

    def _give_up(self, reason: str) -> None:
        """Tell what stands here as a problem and go on where the next record begins."""
        if not self._begin:
            self._begin = _begin_of(self._buffer[self._at : self._at + 4096], keys=1)
        between = rb"\s*+(?:,\s*+)?+" if self._between is None else re.escape(self._between)
        begin = re.compile(rb"\}" + between + rb"(?=" + self._begin + rb")", re.DOTALL)
        kept = b""
        while not (found := begin.search(self._buffer, self._at + 1)):
            # What separates two records may be cut by the end of what was read.
            keep = max(len(self._buffer) - 4096, self._at)
            kept = (kept + self._buffer[self._at : keep])[:LONGEST_RECORD]
            self._at = keep
            if not self._more():
                break
        until = found.start() + 1 if found else len(self._buffer)
        kept += self._buffer[self._at : until]
        self._at = until
        self._reading.refuse("error", reason, place=(self._number, self._number), text=decode(kept.strip()).text)


def _begin_of(record: bytes, *, keys: int) -> bytes:
    """A pattern of how such records begin, with one or two of their keys: objects inside them begin in other ways."""
    found = _KEYS.match(record, 0, 4096)
    if not found:
        return rb"\{"
    second = found[2] if keys > 1 else None
    return rb"\{\s*+" + re.escape(found[1]) + (_HELD + re.escape(second) if second else b"")


class _Utf8(RawIOBase):
    """A stream of another encoding as one of UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._rest and (chunk := self._stream.read(1 << 16)):
            self._rest = self._decoder.decode(chunk).encode("utf-8", "replace")
        size = min(len(self._rest), len(into))
        into[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
