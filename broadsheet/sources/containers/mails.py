"""A mail as it is stored (RFC 5322, .eml), or a mailbox of them (mbox) -> mails with their parts.

Malformed ones come through as far as they can be read. Chooses nothing: letters.py does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from ...text import fold_space, whole
from ..decode import decode

#: Parts within parts; no honest mail has near as many.
_MOST_BOUNDARIES = 100
_LINE = 1 << 16

_FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]{0,8}:")
_SENT = {b"from", b"received", b"return-path", b"delivered-to"}
_KNOWN = _SENT | {
    *(b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"reply-to", b"sender"),
    *(b"content-transfer-encoding", b"list-id", b"x-received", b"dkim-signature", b"cc"),
}
# The line that begins a mail in a mailbox, as programs write it: sender, weekday, time of day, year.
_FROM = re.compile(rb"From \S.{0,300}\d{1,2}:\d\d.{0,60}\d{4}.{0,60}$")
_QUOTED_FROM = re.compile(rb">+From ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a mail."""

    #: In lower case, such as "text/html".
    type: str
    #: Of the attached file; empty where the part is none.
    file: str = ""
    #: As it was before it was encoded for the mail; text that is no attachment in UTF-8.
    content: bytes = b""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail with its parts."""

    subject: str
    posted: datetime | None
    root: Part


class Unreadable(Exception):
    """A mail that cannot be read; its text says why."""


def begins(head: bytes) -> bool:
    """Whether content begins as a mail does: with a header of fields that only mails have together."""
    names = set()
    for number, line in enumerate(_start(head).split(b"\n")):
        if not line.strip():
            break
        if line[:1] in b" \t" and number:
            continue
        field = _FIELD.match(line)
        if not field:
            # What is cut at the end of the head is no fault.
            return False
        names.add(field[1].lower())
        if len(names & _KNOWN) >= 3 and names & _SENT and len(names) > 11:
            return True
    return len(names & _KNOWN) >= 3 and bool(names & _SENT)


def begins_mailbox(head: bytes) -> bool:
    """Whether content begins as a mailbox does."""
    line, _, rest = _start(head).partition(b"\n")
    return bool(_FROM.match(line.rstrip(b"\r"))) and bool(_FIELD.match(rest))


def _start(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


def split(stream: BinaryIO, longest: int) -> Iterator[tuple[int, bytes | None]]:
    """The mails of a mailbox with their numbers, from 1; None in place of one that has more than `longest` bytes."""
    number, lines, size, blank = 0, list[bytes](), 0, True
    while line := stream.readline(_LINE):
        if blank and line.startswith(b"From ") and _FROM.match(line.rstrip(b"\r\n")):
            if number:
                yield number, b"".join(lines) if size <= longest else None
            number, lines, size, blank = number + 1, [], 0, False
            continue
        blank = line in (b"\n", b"\r\n")
        size += len(line)
        if size <= longest:
            lines.append(line[1:] if _QUOTED_FROM.match(line) else line)
        else:
            lines.clear()
    if number:
        yield number, b"".join(lines) if size <= longest else None


def read(raw: bytes) -> Mail:
    """A mail. Raises Unreadable."""
    from email import message_from_bytes

    raw = _start(raw)
    if raw.startswith(b"From ") and begins_mailbox(raw):
        raw = raw.partition(b"\n")[2]
    if len(re.findall(rb"boundary\s{0,9}=", raw, re.IGNORECASE)) > _MOST_BOUNDARIES:
        raise Unreadable("has parts within parts beyond all measure")
    try:
        message = message_from_bytes(raw)
        return Mail(subject=_words(message.get("Subject")), posted=_posted(message), root=_part(message))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Unreadable(f"cannot be taken apart ({error})") from error


def date_of(field: str) -> datetime | None:
    """The time that a Date field gives, UTC; None where it gives none."""
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(fold_space(field)[:200])
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def text(content: bytes, charset: str) -> bytes:
    """Text of a mail in UTF-8, with plain line ends and one at its end, so that it is the same however it was sent."""
    said = ""
    if not _is_utf8(content):
        try:
            said = content.decode(charset.strip("\"' ") or "utf-8")
        except (LookupError, ValueError):
            said = decode(content).text
    plain = (said.encode("utf-8", "replace") if said else content).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return plain.strip(b"\n") + b"\n" if plain.strip() else b""


def _is_utf8(content: bytes) -> bool:
    # ISO-2022-JP and UTF-7 are ASCII to the eye, and so is quoted UTF-16 never.
    if b"\x1b$" in content or b"\x1b(" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _posted(message: Any) -> datetime | None:
    """When it was sent, else when it was received."""
    fields = [
        str(message.get("Date", "")),
        *(str(one).rpartition(";")[2] for one in message.get_all("Received", [])[:3]),
    ]
    return next((when for field in fields if (when := date_of(field))), None)


def _part(message: Any) -> Part:
    kind = str(message.get_content_type()).lower()
    inner = message.get_payload()
    if isinstance(inner, list):
        return Part(type=kind, parts=tuple(_part(one) for one in inner))
    file = _file_of(message)
    content = message.get_payload(decode=True) or b""
    if not file and kind.startswith("text/"):
        content = text(content, str(message.get_param("charset") or ""))
    return Part(type=kind, file=file, content=content)


def _file_of(message: Any) -> str:
    name = message.get_filename()
    if name:
        return _words(name)
    return "attachment" if str(message.get("Content-Disposition", "")).lower().startswith("attachment") else ""


def _words(field: Any) -> str:
    """A header field with its encoded words decoded, as far as that can be."""
    from email.header import decode_header

    if field is None:
        return ""
    pieces = []
    try:
        for piece, charset in decode_header(field):
            if isinstance(piece, str):
                pieces.append(piece)
                continue
            try:
                pieces.append(piece.decode(charset or "utf-8"))
            except (LookupError, ValueError):
                pieces.append(decode(piece).text)
    except (ValueError, LookupError, TypeError, AttributeError):
        return fold_space(whole(str(field)))
    return fold_space(whole("".join(pieces)))
