"""Packed bytes -> the bytes they hold, as they are asked for: gzip, deflate, bzip2, xz, zstandard, and plain windows.

Bounded in memory and in what comes out. A stream that ends too early gives what is whole and says so; one whose
checksum is wrong raises SourceError, and what it gave before is suspect.
"""

from __future__ import annotations

import bz2
import hashlib
import lzma
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, Protocol, cast

from ...errors import ParseFailed
from ...types import Dump
from .bounds import CHUNK, HELD, RATIO, SLACK, Allowance, Opening, bomb

# Bytes of packed zstandard that are unpacked at once: its output cannot be bounded but by what goes in.
_ZSTD_STEP = 1 << 10


class Stage(Protocol):
    """One packed stream of several that may follow one another."""

    #: Whether its end was reached.
    eof: bool
    #: Whether nothing comes out before more goes in.
    hungry: bool

    def step(self, data: bytes, room: int) -> tuple[bytes, bytes]:
        """Packed bytes -> at most about `room` unpacked ones, and the packed ones that were not needed."""
        ...


class _Zlib:
    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)
        self.eof, self.hungry = False, True

    def step(self, data: bytes, room: int) -> tuple[bytes, bytes]:
        out = self._inner.decompress(data, room)
        self.eof = self._inner.eof
        rest = self._inner.unused_data if self.eof else self._inner.unconsumed_tail
        self.hungry = not rest
        return out, rest


class _Buffering:
    """bzip2 and xz, which keep what they cannot yet give."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.eof, self.hungry = False, True

    def step(self, data: bytes, room: int) -> tuple[bytes, bytes]:
        out = self._inner.decompress(data, room)
        self.eof = self._inner.eof
        self.hungry = not self.eof and self._inner.needs_input
        return out, self._inner.unused_data if self.eof else b""


class _Zstd:
    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self.eof, self.hungry = False, True

    def step(self, data: bytes, room: int) -> tuple[bytes, bytes]:
        try:
            out = self._inner.decompress(data[:_ZSTD_STEP])
        except Exception as error:  # zstandard.ZstdError, which is known only where the package is loaded
            raise ValueError(str(error)) from error
        self.eof = self._inner.eof
        rest = (self._inner.unused_data if self.eof else b"") + data[_ZSTD_STEP:]
        self.hungry = not rest
        return out, rest


#: Kind -> what a packed stream begins with, and what unpacks it.
STAGES: dict[str, tuple[bytes, Callable[[], Stage]]] = {
    "gzip": (b"\x1f\x8b", lambda: _Zlib(31)),
    "bzip2": (b"BZh", lambda: _Buffering(bz2.BZ2Decompressor())),
    "xz": (b"\xfd7zXZ\0", lambda: _Buffering(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << 27))),
    "zstandard": (b"\x28\xb5\x2f\xfd", _Zstd),
    "deflate": (b"", lambda: _Zlib(-15)),
}


class Unpacked(RawIOBase):
    """What a packed stream holds. Several in a row, and zeros behind them, are one file."""

    def __init__(self, name: str, kind: str, packed: BinaryIO, allowance: Allowance | None = None) -> None:
        super().__init__()
        #: Whether the stream ends too early, and whether something that is no such stream follows it.
        self.cut, self.tail = False, False
        self._name, self._kind, self._packed, self._allowance = name, kind, packed, allowance
        self._magic, self._start = STAGES[kind]
        self._stage = self._start()
        self._pending, self._taken, self._given, self._over = b"", 0, 0, False
        self._ready = b""

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as something is at hand; 0 at the end."""
        view = memoryview(buffer).cast("B")
        if not self._ready:
            self._ready = self._more(len(view))
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        """Close what it reads from, too."""
        self._packed.close()
        super().close()

    def _more(self, room: int) -> bytes:
        while not self._over:
            if self._stage.eof:
                self._follow()
                continue
            ended = self._stage.hungry and not self._pending and not self._fill()
            try:
                out, self._pending = self._stage.step(self._pending, room)
            except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError) as error:
                reason = f"is damaged {self._kind} data ({error}): nothing of it can be trusted; fetch it again"
                raise ParseFailed(self._name, reason) from error
            if out:
                self._count(len(out))
                return out
            if ended and not self._stage.eof:
                self.cut = self._over = True
        return b""

    def _fill(self) -> bool:
        more = self._packed.read(CHUNK)
        self._taken += len(more)
        self._pending += more
        return bool(more)

    def _follow(self) -> None:
        """Behind the end of a stream: another one, zeros, or something else."""
        if self._kind == "deflate":
            self._over = True
            return
        while True:
            self._pending = self._pending.lstrip(b"\0")
            if len(self._pending) >= len(self._magic) or not self._fill():
                break
        if self._pending.startswith(self._magic):
            self._stage = self._start()
        else:
            self.tail, self._over = bool(self._pending), True

    def _count(self, out: int) -> None:
        self._given += out
        if self._given > RATIO * self._taken + SLACK:
            raise ParseFailed(self._name, bomb(self._given, self._taken))
        if self._allowance:
            self._allowance.take(self._name, out)


class Window(RawIOBase):
    """The next `size` bytes of a stream, which it does not close."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        super().__init__()
        self._source = source
        #: Bytes that are still to come; not 0 at the end of one that was cut.
        self.left = size

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as something is at hand; 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = self._source.read(min(len(view), self.left))
        view[: len(data)] = data
        self.left -= len(data)
        return len(data)


def buffered(raw: RawIOBase) -> BinaryIO:
    """A raw stream as every format may read it: by lines, in chunks, as a whole."""
    return cast(BinaryIO, BufferedReader(raw, CHUNK))


def skip(stream: BinaryIO, count: int) -> bool:
    """Go on by so many bytes; False where the stream ends before."""
    if count > CHUNK and stream.seekable():
        stream.seek(count - 1, 1)
        count = 1
    while count > 0 and (chunk := stream.read(min(count, CHUNK))):
        count -= len(chunk)
    return count <= 0


def take_in(opening: Opening, name: str, content: RawIOBase, again: Callable[[], BinaryIO], *, when: datetime) -> Dump:
    """Read a member once, to its end, and make a dump of it: held where it is small, else opened `again`."""
    digest, size = hashlib.sha256(), 0
    chunks: list[bytes] = []
    stream = buffered(content)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size <= HELD:
            chunks.append(chunk)
        else:
            chunks.clear()
    # Taking the buffer away leaves the stream below open, for whatever follows in it.
    cast(BufferedReader, stream).detach()
    if size <= HELD:
        return opening.held(name, b"".join(chunks), digest.hexdigest(), when=when, posted=opening.dump.posted)
    held = opening.held(name, b"", digest.hexdigest(), when=when, posted=opening.dump.posted)
    return replace(held, size=size, stream=again)
