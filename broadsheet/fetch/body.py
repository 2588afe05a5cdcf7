"""The bytes of an answer, unpacked, never more of them than allowed. Knows nothing of connections."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator

from .faults import Failed, Passing

#: Unpacked at a time; a thousandfold bomb never has more of it in memory.
_STEP = 64 << 10
#: What packing may add to content that cannot be packed.
_OVERHEAD = 1 << 20


def read(parts: Iterable[bytes], *, coding: str, promised: str, limit: int) -> bytes:
    """All of a body, as it was before packing.

    coding: its Content-Encoding. promised: its Content-Length. limit: the most bytes, counted after unpacking.
    Raises Failed where there are more or the coding is unknown, Passing where it ended early or is damaged.
    """
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise Failed("is packed in a way that was not asked for; nothing can be done here, ask the server's operator")
    packed = coding in ("gzip", "x-gzip")
    most = limit + _OVERHEAD if packed else limit
    if promised.isascii() and promised.isdigit() and (len(promised) > 18 or int(promised) > most):
        raise Failed(_too_large(limit))
    counted = _at_most(parts, most, limit)
    content = io.BytesIO()
    for part in _unpacked(counted) if packed else counted:
        content.write(part)
        if content.tell() > limit:
            raise Failed(_too_large(limit))
    return content.getvalue()


def _too_large(limit: int) -> str:
    size = f"{limit / (1 << 20):.0f} MiB" if limit >= 1 << 20 else f"{limit} bytes"
    return f"is larger than {size}; raise limit_mib for this source if it should be"


def _at_most(parts: Iterable[bytes], most: int, limit: int) -> Iterator[bytes]:
    count = 0
    for part in parts:
        count += len(part)
        if count > most:
            raise Failed(_too_large(limit))
        yield part


def _unpacked(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The content of gzip, one or several members after each other, in small steps."""
    engine, began = zlib.decompressobj(wbits=31), False
    for part in parts:
        data = part
        while data:
            if engine.eof:
                # Another member, or the zeros with which tapes are filled up.
                data = data.lstrip(b"\0")
                if not data:
                    break
                engine = zlib.decompressobj(wbits=31)
            began = True
            try:
                yield engine.decompress(data, _STEP)
            except zlib.error as error:
                raise Passing("is damaged: its gzip cannot be unpacked") from error
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
    if began and not engine.eof:
        raise Passing("broke off before the end")
