"""The head of a mail, decoded for people: one text for a header, whatever bytes stand there. Pure; never raises.

Believes nothing it reads: who a mail says it is from is a claim.
"""

from __future__ import annotations

import re
from email.errors import MessageError
from email.header import decode_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

from ..addresses import is_address, mailbox
from ..text import fold_space, whole

#: A head is longer than this only where somebody wants to know what happens then.
LONGEST_HEAD = 64 << 10
_LONGEST_VALUE = 8 << 10
_END = re.compile(rb"\r?\n\r?\n")
_BRACKETED = re.compile(r"[^<>]*<([^<>]*)>\s*")


class Head:
    """What stands above a mail's text."""

    def __init__(self, content: bytes) -> None:
        """content: the mail, or its head alone."""
        end = _END.search(content, 0, LONGEST_HEAD)
        head = content[: end.end() if end else LONGEST_HEAD]
        self._message = BytesHeaderParser(policy=compat32).parsebytes(head)

    def all(self, name: str) -> tuple[str, ...]:
        """Every header of a name, in their order, each on one line and with its encoded words decoded."""
        return tuple(_decoded(value) for value in self._lines(name))

    def first(self, name: str) -> str:
        """The first header of a name, decoded; empty without any."""
        return next(iter(self.all(name)), "")

    def sender(self) -> str:
        """The one address that the mail says it is from; empty where it names none, several, or something odd."""
        lines = self._lines("From")
        if len(lines) != 1:
            return ""
        # Taken apart before it is decoded: an encoded name may hold an address of somebody else.
        box = mailbox(lines[0])
        return box.address if box else _only_address(lines[0])

    def _lines(self, name: str) -> list[str]:
        wanted = name.lower()
        # Every other way in makes objects of headers with bytes beyond ASCII.
        values = [value for key, value in self._message.raw_items() if key.lower() == wanted]
        return [_line(str(value)[:_LONGEST_VALUE]) for value in values]


def _line(value: str) -> str:
    """A header on one line; its bytes beyond ASCII are UTF-8, or else Latin-1."""
    raw = value.encode("ascii", "surrogateescape")
    try:
        return fold_space(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return fold_space(raw.decode("latin-1"))


def _only_address(text: str) -> str:
    """The address behind a name with commas, comments or quotes, if everybody would find the same one."""
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        return bracketed[1].strip() if is_address(bracketed[1].strip()) else ""
    try:
        found = {address for _, address in getaddresses([text]) if is_address(address)}
    except (IndexError, TypeError, ValueError):
        return ""
    return found.pop() if len(found) == 1 else ""


def _decoded(text: str) -> str:
    """The text with its encoded words (RFC 2047) decoded; as it stands where they are none."""
    try:
        pieces = decode_header(text)
    except (MessageError, ValueError):
        return text
    return fold_space(whole("".join(_piece(piece, charset) for piece, charset in pieces)))


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        # What stands between encoded words comes back in a charset that decode_header makes up for it.
        return piece.decode(charset or "raw-unicode-escape", "replace")
    except (LookupError, ValueError):
        return piece.decode("latin-1")
