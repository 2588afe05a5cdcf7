"""Bytes -> text: byte-order marks, UTF-8, UTF-16 with and without a mark, and what is none of them.

Does not look at what the text says, nor at encodings that a file claims for itself; does not split into lines.
Binary content is turned away before (diagnosis.py).
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from ..types import Level

# Longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: How each byte reads in Windows-1252, keyed by the surrogate that stands for it after decoding with "surrogateescape".
CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something odd about the bytes; becomes a Problem about the dump as a whole."""

    level: Level
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A decoded dump."""

    text: str = field(repr=False)
    #: Python's name of the encoding.
    encoding: str
    remarks: tuple[Remark, ...] = ()


def encoding_of(content: bytes) -> tuple[str, int]:
    """The encoding, and how many bytes its mark takes; "utf-8" where nothing says otherwise.

    UTF-16 without a mark shows in its zeros: text of mostly Latin letters has one in every second byte.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    head = content[:4096]
    odd, even = head[1::2].count(0), head[::2].count(0)
    enough = max(1, len(head) // 5)
    if odd >= enough and even * 20 <= odd:
        return "utf-16-le", 0
    if even >= enough and odd * 20 <= even:
        return "utf-16-be", 0
    return "utf-8", 0


def head_of(content: bytes, size: int = 65536) -> str:
    """The first `size` bytes as text, for recognising a format; never raises."""
    encoding, mark = encoding_of(content)
    head = content[mark : mark + size]
    if encoding != "utf-8":
        return head.decode(encoding, "replace")
    try:
        return head.decode()
    except UnicodeDecodeError:
        # The last character may be cut, which makes no difference to what the head looks like.
        return _fill(head)


def decode(content: bytes) -> Text:
    """The whole dump as text; never raises.

    A character cut at the end of the file is left out with a warning. Bytes that are not UTF-8 are read as
    Windows-1252, each on its own, so that one stray byte does not spoil the rest.
    """
    encoding, mark = encoding_of(content)
    body = content[mark:]
    try:
        return Text(text=body.decode(encoding), encoding=encoding)
    except UnicodeDecodeError as error:
        # The first error is the cut one, so all before it is sound.
        if error.reason in {"unexpected end of data", "truncated data"}:
            remark = Remark(level="warning", reason="the file ends in the middle of a character")
            return Text(text=body[: error.start].decode(encoding), encoding=encoding, remarks=(remark,))
    return _decode_faulty(body, encoding)


def _decode_faulty(body: bytes, encoding: str) -> Text:
    if encoding == "utf-8":
        reason = "not all of it is UTF-8; the bytes that are not were read as Windows-1252"
        return Text(text=_fill(body), encoding=encoding, remarks=(Remark(level="note", reason=reason),))
    reason = f"not all of it is {encoding.upper()}; what is not reads as \ufffd"
    text = body.decode(encoding, "replace")
    return Text(text=text, encoding=encoding, remarks=(Remark(level="warning", reason=reason),))


def _fill(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape").translate(CP1252)
