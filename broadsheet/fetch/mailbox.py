"""The mails of an IMAP folder that were not seen before. Only reads: deletes, moves and marks nothing.

Reads no more of a mail than its sender and its size before it is wanted. How far it read is the caller's to remember.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from .faults import Failed, Passing
from .heads import LONGEST_HEAD, Head
from .imap import Conversation, conversation, refused, said
from .imap_address import address, coded, quoted

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Mails whose senders are asked for at a time.
_BATCH = 100
#: The answer to a search may list a million mails.
_LISTING = 16 << 20
_SUMMARY = 8 << 10
#: IMAP counts mails and bytes in 32 bits.
_LARGEST = (1 << 32) - 1
_NUMBER = re.compile(rb"[0-9]{1,10}")
_BEGIN = re.compile(rb"[0-9]+ \(|[0-9]+ FETCH \(")
_UID = re.compile(rb"\bUID ([0-9]{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE ([0-9]{1,18})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a folder was read."""

    #: Of which numbering of the folder (UIDVALIDITY); 0 for never read.
    validity: int = 0
    #: All mails up to this number are done with.
    uid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail, as it lies there."""

    uid: int
    #: Empty where it was not fetched.
    content: bytes
    #: Why it was not fetched, for people: it is larger than allowed. Else empty.
    told: str = ""


def letters(
    url: str,
    password: str,
    mark: Mark,
    *,
    since: date,
    senders: Sequence[str] = (),
    limit: int,
    allow_private: bool = False,
    ca: Path | None = None,
    timeout: float = 60,
    subject: str = "",
    heads_only: bool = False,
) -> Iterator[tuple[Mark, Letter | None]]:
    """The mails behind a mark, the oldest first, each with the mark to keep once it is safe; None: none up to there.

    url: imaps://user@host[:port]/folder (imap:// goes over to TLS before it logs in, except on this machine); folder
    and user may be percent-encoded. since: the first day that is looked at where the mark says nothing, or where the
    server has numbered its mails anew; behind a mark, no mail is too old. senders: words of which the From has one;
    any without. subject: a word that the subject has to have. limit: bytes of a mail; a larger one is told of and not
    fetched. ca: certificates to trust instead of the system's. timeout: seconds of silence. heads_only: the mails
    without their text, limit or not.
    Raises DeliveryError: final where a person has to do something (password, folder, address), else transient.
    """
    where = address(url)
    with conversation(where, password, timeout=timeout, allow_private=allow_private, ca=ca) as talk:
        folder = _opened(talk, where.folder)
        anew = folder.validity != mark.validity
        uids = _search(talk, None if anew else mark.uid, since)
        for start in range(0, len(uids), _BATCH):
            batch, last = uids[start : start + _BATCH], 0
            for uid, size, head in _wanted(talk, batch, senders, subject):
                letter = _head(talk, uid) if heads_only else _letter(talk, uid, size, limit, head)
                if letter:
                    last = uid
                    yield Mark(validity=folder.validity, uid=uid), letter
            if last < batch[-1]:
                yield Mark(validity=folder.validity, uid=batch[-1]), None
        # Whatever else lies there was older than the first day, and stays so.
        if anew and folder.uid > max(uids, default=0):
            yield folder, None


def _opened(talk: Conversation, folder: str) -> Mark:
    """Open a folder for reading alone; its numbering, and the last number it has given."""
    kind, answer = talk.ask(0, talk.select, quoted(coded(folder)), readonly=True)
    if kind != "OK":
        remedy = "check the folder in the mailbox's address: its name as the server has it, blanks written %20"
        raise refused("the folder cannot be opened", remedy, answer)
    validity, following = (_number(talk.response(code)[1]) for code in ("UIDVALIDITY", "UIDNEXT"))
    if not validity:
        raise Failed("the server gives its mails no lasting numbers (UIDVALIDITY); use another folder or server")
    return Mark(validity=validity, uid=max(following - 1, 0))


def _number(answer: Sequence[object]) -> int:
    """The last number that was said; 0 without any."""
    said_so = [part for part in answer or () if isinstance(part, bytes) and _NUMBER.fullmatch(part)]
    return int(said_so[-1]) if said_so else 0


def _search(talk: Conversation, after: int | None, since: date) -> list[int]:
    """The numbers of all mails behind a number, or else of those that came since a day, in order."""
    # The server's day may begin before ours; and its words for months are English whatever ours are.
    day = since - timedelta(days=1) if since > date.min else since
    if after is None:
        words = ["SINCE", f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04}"]
    elif after >= _LARGEST:
        return []
    else:
        words = ["UID", f"{after + 1}:*"]
    kind, answer = talk.ask(_LISTING, talk.uid, "SEARCH", *words)
    if kind != "OK":
        raise Passing(f"the mails cannot be listed: {said(answer)}; tried again later")
    numbers = {int(word) for part in answer if isinstance(part, bytes) for word in _NUMBER.findall(part)}
    # "n:*" means the last mail too, where there is none behind n.
    return sorted(number for number in numbers if (after or 0) < number <= _LARGEST)


def _wanted(
    talk: Conversation, uids: Sequence[int], senders: Sequence[str], subject: str
) -> Iterator[tuple[int, int, Head]]:
    """Number, size and what heads the mails that are from one of the senders and about the subject."""
    # A piece of the headers, so that no single mail fills an answer.
    what = f"(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM DATE SUBJECT)]<0.{_SUMMARY}>)"
    found = _fetched(talk, ",".join(map(str, uids)), what, room=len(uids) * 2 * _SUMMARY)
    words = [word.casefold() for word in senders if word.strip()]
    for uid in uids:
        if uid not in found:
            # Deleted since it was listed.
            continue
        size, content = found[uid]
        head = Head(content)
        line = " ".join(head.all("From")).casefold()
        about = " ".join(head.all("Subject")).casefold()
        if subject.casefold() in about and (not words or any(word in line for word in words)):
            yield uid, size, head


def _letter(talk: Conversation, uid: int, size: int, limit: int, head: Head) -> Letter | None:
    """A mail, or what is to be told of one that is too large; None where it is gone."""
    if size <= limit:
        # Some servers only guess sizes: so it asks for one byte more than may be, and for no more than that.
        piece = f"<0.{min(limit + 1, _LARGEST)}>"
        found = _fetched(talk, str(uid), f"(UID BODY.PEEK[]{piece})", room=limit).get(uid)
        if found is None or not found[1]:
            return None
        if len(found[1]) <= limit:
            return Letter(uid=uid, content=found[1])
        size = len(found[1])
    what = f"{said(head.first('Subject'))!r} from {said(head.first('From'))} (UID {uid})"
    has, may = (f"{count / (1 << 20):.1f} MiB" for count in (size, limit))
    return Letter(uid=uid, content=b"", told=f"{what} has {has}, more than the {may} allowed; raise limit_mib")


def _head(talk: Conversation, uid: int) -> Letter | None:
    found = _fetched(talk, str(uid), f"(UID BODY.PEEK[HEADER]<0.{LONGEST_HEAD}>)", room=LONGEST_HEAD).get(uid)
    return Letter(uid=uid, content=found[1]) if found and found[1] else None


def _fetched(talk: Conversation, uids: str, what: str, *, room: int) -> dict[int, tuple[int, bytes]]:
    """Size (0 where not asked for) and content of each mail that the server has an answer for."""
    kind, answer = talk.ask(room, talk.uid, "FETCH", uids, what)
    if kind != "OK":
        told = said(answer)
        if "EXPUNGEISSUED" in told:
            return {}
        raise Passing(f"mail {uids[:40]} cannot be read: {told}; tried again later")
    found: dict[int, tuple[int, bytes]] = {}
    text, content = b"", None
    # imaplib gives the pieces of all answers in a row: text with a literal behind it, and text alone.
    for part in [*(answer or ()), b"0 ("]:
        piece = part[0] if isinstance(part, tuple) else part
        if not isinstance(piece, bytes):
            continue
        if _BEGIN.match(piece):
            uid, size = _UID.search(text), _SIZE.search(text)
            # An empty one comes as "" or NIL, without a literal.
            if uid and (content is not None or b"BODY[" in text):
                found[int(uid[1])] = (int(size[1]) if size else 0, content or b"")
            text, content = b"", None
        text += b" " + piece
        if isinstance(part, tuple):
            content = part[1]
    return found
