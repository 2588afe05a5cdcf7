"""A dump that holds others -> those, each a dump of its own, however deep they lie.

    bounds.py    how much may come out, and what is told      members.py   what is no listing and passed over
    streams.py   packed bytes -> unpacked ones, as asked for   packed.py    gzip, bzip2, xz, zstandard
    zips.py tars.py                                           archives
    mails.py gmail.py letters.py                              mails, mailboxes, Gmail's answers

What a dump is, its content says and never its name. Nothing is written to disk. Reads no listing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...errors import ParseFailed, SourceError
from ...types import Dump, Problem
from ..decode import head_of
from ..head import Head
from . import gmail, letters, mails, packed, tars, zips
from .bounds import CHUNK, DEEPEST, Allowance, Opening, Refused, stream_of
from .streams import STAGES

__all__ = ["Refused", "kind_of", "members"]

_OPENERS: dict[str, Callable[[Opening], Iterator[Dump | Problem | Refused]]] = {
    "zip": zips.opened,
    "tar": tars.opened,
    "mail": letters.opened_mail,
    "mbox": letters.opened_mailbox,
    "gmail": letters.opened_gmail,
}

# A part of a mail that holds others is less than a listing, and more than a text.
_OF_A_CONTAINER = 0.1


def kind_of(head: bytes) -> str | None:
    """What kind of container content is that begins so (64 KiB are enough); None for any that is none."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    for kind, (magic, _) in STAGES.items():
        if magic and head.startswith(magic) and (kind != "bzip2" or head[4:10] == b"1AY&SY"):
            return kind
    if tars.begins(head):
        return "tar"
    if mails.begins_mailbox(head):
        return "mbox"
    if mails.begins(head):
        return "mail"
    is_json = head[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{"))
    return "gmail" if is_json and gmail.begins(Head(head_of(head))) else None


def members(
    dump: Dump, sure: Callable[[bytes], float], *, limit_mib: int, unpacked_mib: int
) -> Iterator[Dump | Problem | Refused]:
    """The dumps that lie in a container; the dump itself where it is none.

    sure: content -> how sure any format is that it is its own, from 0 to 1. limit_mib: mebibytes of what must be held
    as a whole; unpacked_mib: of all that may come out. A Problem is about a container: what was passed over, or is cut
    off. What cannot be used is Refused. Raises nothing but OSError, where the file itself cannot be read.
    """

    def known(content: bytes) -> float:
        return sure(content) or (_OF_A_CONTAINER if kind_of(content[:CHUNK]) else 0.0)

    allowance = Allowance(size=dump.size or len(dump.content), most_mib=unpacked_mib)
    yield from _members(dump, known, limit_mib, allowance, 0)


def _members(
    dump: Dump, sure: Callable[[bytes], float], limit_mib: int, allowance: Allowance, depth: int
) -> Iterator[Dump | Problem | Refused]:
    try:
        with stream_of(dump) as stream:
            kind = kind_of(stream.read(CHUNK))
    except SourceError as error:
        yield Refused(error=error)
        return
    if kind is None:
        yield dump
        return
    if depth == DEEPEST:
        reason = f"is a container in more than {DEEPEST - 1} others; unpack the outer ones first"
        yield Refused(error=ParseFailed(dump.name, reason), dump=dump)
        return
    opening = Opening(dump=dump, allowance=allowance, sure=sure, limit_mib=limit_mib)
    opener = _OPENERS.get(kind)
    try:
        for member in opener(opening) if opener else packed.opened(opening, kind):
            if isinstance(member, Dump):
                yield from _members(member, sure, limit_mib, allowance, depth + 1)
            else:
                yield member
    except SourceError as error:
        yield Refused(error=error)
