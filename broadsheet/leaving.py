"""Unsubscribe mails, honoured: whoever asks by mail to be left out of a profile's digests is left out from then on.

A mail proves nothing about who wrote it. So a request counts only where it names a receiver of ours as its sender, all
that it can do is stop mail to that receiver, and the operator is told. Sends no answer, and marks or deletes no mail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .access import Access
from .config import Deliveries, Settings
from .errors import DeliveryError
from .fetch.heads import Head
from .running import Progress, silent
from .store import EVERY, Store
from .text import fold_space

if TYPE_CHECKING:
    from .fetch.mailbox import Mark

#: What the store knows the mailbox by, beside the sources.
SOURCE = "unsubscribe"
#: At the first look, requests of so many days ago are still honoured.
_DAYS = 30
_LIMIT = 1 << 20
_LONGEST_TOLD = 100
_WORD = "unsubscribe"
# What programs write before a subject that they answer or forward.
_ANSWERED = re.compile(r"(?:(?:re|aw|antw|sv|vs|fw|fwd|wg|tr|rv|ref|rif|odp)\s*(?:\[\d+\])?\s*[:\uff1a]\s*)+", re.I)
_REQUEST = re.compile(rf"{_WORD}(?![\w-])(?P<rest>.*)", re.I | re.S)
_AROUND = " \t.,:;!?()[]<>{}\"'\u2018\u2019\u201c\u201d\u00ab\u00bb"
_POLITE = {"all", "everything", "from", "me", "please", "thanks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a mail asks for."""

    #: An address in small letters, as the mail claims it.
    sender: str
    #: What stands behind the word, without what surrounds it; empty for nothing.
    rest: str
    #: The whole subject, for people.
    subject: str


def _nobody(line: str) -> None:
    """For no operator."""


def honour(
    store: Store,
    deliveries: Deliveries,
    settings: Settings,
    *,
    access: Access,
    now: datetime,
    progress: Progress = silent,
    tell: Callable[[str], None] = _nobody,
    ca: Path | None = None,
) -> int:
    """Read the requests that came since the last time and leave out who asks for it; how many (receiver, profile).

    now: aware; tell: is given one line for the operator for each request; ca: certificates to trust instead of the
    system's. Does nothing where no mailbox is configured. Raises DeliveryError where the mailbox cannot be read:
    what was honoured until then stays so, the rest is read the next time; BroadsheetError where the password is not
    found; StoreError.
    """
    box = deliveries.unsubscribe
    if not box.mailbox:
        return 0
    from .fetch.mailbox import letters

    known = store.fetches.of(SOURCE, box.mailbox)
    mark, read = _kept(known.body if known else {})
    # Where the server numbers its mails anew, requests of before the last look are not read again: whoever made them
    # may have been welcomed back since.
    first = read - timedelta(days=1) if read else now - timedelta(days=_DAYS)
    since = first.astimezone(ZoneInfo(settings.timezone)).date()
    left = 0

    def keep(outcome: str, told: str = "") -> None:
        body = {"validity": mark.validity, "uid": mark.uid, "read": read.isoformat() if read else ""}
        store.fetches.put(SOURCE, box.mailbox, now, outcome, told, body)

    try:
        found = letters(
            box.mailbox,
            access.secret(box.password),
            mark,
            since=since,
            limit=_LIMIT,
            # No mail and no page names this server, only the operator does: often it is one in the same house.
            allow_private=True,
            ca=ca,
            subject=_WORD,
            heads_only=True,
        )
        for number, (behind, letter) in enumerate(found, start=1):
            if letter:
                left += _answer(store, deliveries, letter.content, now, tell)
            # Not before the request is written down: who is killed in between reads it again, which changes nothing.
            mark = behind
            keep("new")
            progress(SOURCE, number, 0)
    except DeliveryError as error:
        keep("later" if error.transient else "failed", str(error))
        raise
    read = now
    keep("new" if left else "same")
    return left


def _kept(body: Mapping[str, object]) -> tuple[Mark, datetime | None]:
    """How far the mailbox was read, and when it was last read to its end; the beginning, and never, without any."""
    from .fetch.mailbox import Mark

    validity, uid, read = body.get("validity"), body.get("uid"), body.get("read")
    mark = Mark(validity=validity, uid=uid) if isinstance(validity, int) and isinstance(uid, int) else Mark()
    return mark, datetime.fromisoformat(read) if isinstance(read, str) and read else None


def request_of(content: bytes) -> Request | None:
    """What a mail (or its head) asks for; None where it asks for nothing, or was written by a program."""
    head = Head(content)
    subject = fold_space(" ".join(head.all("Subject")))
    answered = _ANSWERED.match(subject)
    found = _REQUEST.fullmatch(subject, answered.end() if answered else 0)
    sender = head.sender().lower()
    if not found or not sender or _automatic(head):
        return None
    return Request(sender=sender, rest=found["rest"][:_LONGEST_TOLD].strip(_AROUND), subject=subject[:_LONGEST_TOLD])


def _automatic(head: Head) -> bool:
    """Whether it is a bounce or an answer that nobody wrote (RFC 3834)."""
    answered = any(
        value.casefold().startswith(("auto-replied", "auto-notified")) for value in head.all("Auto-Submitted")
    )
    bounced = head.first("Content-Type").casefold().startswith("multipart/report")
    return answered or bounced or any(value == "<>" for value in head.all("Return-Path"))


def profiles_of(rest: str, known: Collection[str]) -> tuple[str, ...]:
    """The profiles that a request names, as they are spelt; EVERY where it names none, nothing where only others."""
    spelt: dict[str, list[str]] = {}
    for name in sorted(known):
        spelt.setdefault(name.casefold(), []).append(name)
    if rest.casefold() in spelt:
        return tuple(spelt[rest.casefold()])
    words = [word for word in (part.strip(_AROUND).casefold() for part in re.split(r"[\s,;]+", rest)) if word]
    named = tuple(dict.fromkeys(name for word in words for name in spelt.get(word, ())))
    return named or ((EVERY,) if set(words) <= _POLITE else ())


def _answer(store: Store, deliveries: Deliveries, content: bytes, now: datetime, tell: Callable[[str], None]) -> int:
    """Do what a mail asks for; how many (receiver, profile) that leaves out which were not before."""
    request = request_of(content)
    if request is None:
        return 0
    known = {name for one in deliveries.deliveries for name in one.profiles} | set(store.profiles())
    named = profiles_of(request.rest, known)
    if request.sender not in set(_receivers(deliveries)):
        tell(f"{request.sender} asks to be left out, and is no receiver of any delivery; nothing was changed")
        return 0
    if not named:
        tell(f"{request.sender} asks to be left out of {request.rest!r}, which is no profile; nothing was changed")
        return 0
    left = sum(store.leavers.add(request.sender, name, now, f"asked by mail: {request.subject}") for name in named)
    if left:
        what = "every profile" if named == (EVERY,) else ", ".join(named)
        undo = f"`broadsheet deliver --welcome {request.sender}` takes that back"
        tell(f"{request.sender} asked by mail to be left out of {what}, and gets no more of it; {undo}")
    return left


def _receivers(deliveries: Deliveries) -> Iterator[str]:
    """The addresses of all receivers of mails, in small letters."""
    for delivery in deliveries.deliveries:
        if delivery.kind == "smtp":
            yield from (address.lower() for address in delivery.to)
