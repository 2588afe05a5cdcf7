"""A mail with its parts -> the dumps in it: of each body the form that a format knows best, and what is attached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from ...errors import ParseFailed, UnknownFormat
from ...types import Dump, Problem
from . import gmail, mails
from .bounds import Opening, Refused
from .mails import Mail, Part, Unreadable
from .members import no_listing

_SUBJECT = 120


def opened_mail(opening: Opening) -> Iterator[Dump | Problem | Refused]:
    """The dumps in one mail."""
    content = _whole(opening, "a mail")
    if isinstance(content, Refused):
        yield content
        return
    try:
        mail = mails.read(content)
    except Unreadable as error:
        reason = f"is a mail that {error}; save it again"
        yield Refused(error=ParseFailed(opening.dump.name, reason), dump=opening.dump)
        return
    yield from letter(opening, "", mail)
    yield from opening.notes()


def opened_mailbox(opening: Opening) -> Iterator[Dump | Problem | Refused]:
    """The dumps in all mails of a mailbox, which is read mail by mail."""
    with opening.begin() as stream:
        for number, content in mails.split(stream, opening.limit_mib << 20):
            name = f"mail {number}"
            if content is None:
                reason = f"is a mail of more than max_dump_mib = {opening.limit_mib} of config/settings.toml; raise it"
                yield opening.refused(name, reason)
                continue
            try:
                mail = mails.read(content)
            except Unreadable as error:
                yield opening.refused(name, f"is a mail that {error}; save it again")
                continue
            yield from letter(opening, f"{name}/", mail)
    yield from opening.notes()


def opened_gmail(opening: Opening) -> Iterator[Dump | Problem | Refused]:
    """The dumps in all mails of an answer of Gmail's API."""
    content = _whole(opening, "an answer of Gmail's API")
    if isinstance(content, Refused):
        yield content
        return
    try:
        for name, mail in gmail.mails(content):
            if isinstance(mail, str):
                yield opening.refused(name, mail)
            else:
                yield from letter(opening, f"{name}/", mail)
    except Unreadable as error:
        reason = f"is an answer of Gmail's API that {error}; fetch it again"
        yield Refused(error=ParseFailed(opening.dump.name, reason), dump=opening.dump)
    yield from opening.notes()


def _whole(opening: Opening, what: str) -> bytes | Refused:
    dump = opening.dump
    if dump.stream is None:
        return dump.content
    if dump.size > opening.limit_mib << 20:
        size = f"{dump.size / (1 << 20):,.0f} MiB, more than max_dump_mib = {opening.limit_mib}"
        reason = f"is {what} and has {size} of config/settings.toml; raise it"
        return Refused(error=ParseFailed(dump.name, reason))
    with dump.stream() as stream:
        return stream.read()


@dataclass(slots=True)
class _Found:
    """What a mail's parts turned out to be."""

    #: The name and content of each listing, or what may be one.
    listings: list[tuple[str, bytes]] = field(default_factory=list)
    #: Attached files and bodies that nothing here knows.
    unknown: list[tuple[str, bytes]] = field(default_factory=list)


def letter(opening: Opening, prefix: str, mail: Mail) -> Iterator[Dump | Problem | Refused]:
    """The dumps in a mail; prefix: what their names begin with.

    A mail in which nothing is known comes as one member that cannot be read, called by its subject.
    """
    found = _Found()
    _sort(opening, prefix, mail.root, found)
    if not found.listings:
        yield _unknown(opening, prefix, mail, found.unknown)
        return
    for name, _ in found.unknown:
        if name.startswith("body"):
            opening.passed(prefix + name, "text of a mail beside its listing")
        else:
            reason = f"{prefix}{name}, attached to a mail, is nothing that is known here; save what it holds as text"
            yield opening.problem("warning", reason)
    for name, content in found.listings:
        yield _dump(opening, prefix + name, content, mail.posted)


def _sort(opening: Opening, prefix: str, part: Part, found: _Found) -> None:
    if part.type == "multipart/alternative":
        _choose(opening, prefix, part, found)
        return
    for inner in part.parts:
        _sort(opening, prefix, inner, found)
    if part.parts:
        return
    opening.count()
    name = part.file or _body(found)
    if not part.content:
        if part.file or not part.type.startswith("text/"):
            opening.passed(prefix + name, "empty, or left out by the mail program")
    elif why := "a picture" if part.type.startswith("image/") else no_listing(part.content[:4096]):
        opening.passed(prefix + name, why)
    elif opening.sure(part.content) > 0:
        found.listings.append((name, part.content))
    else:
        found.unknown.append((name, part.content))


def _choose(opening: Opening, prefix: str, part: Part, found: _Found) -> None:
    """Of a body in several forms the one that a format is surest of; the first of equally sure ones."""
    bodies = []
    for form in _leaves(part):
        opening.count()
        if form.file or not form.type.startswith("text/"):
            _sort(opening, prefix, form, found)
        elif form.content:
            bodies.append((opening.sure(form.content), form.content))
    if not bodies:
        return
    sure, content = max(bodies, key=lambda body: body[0])
    (found.listings if sure > 0 else found.unknown).append((_body(found), content))


def _leaves(part: Part) -> Iterator[Part]:
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from _leaves(inner)


def _body(found: _Found) -> str:
    before = sum(name.startswith("body") for name, _ in (*found.listings, *found.unknown))
    return f"body {before + 1}" if before else "body"


def _unknown(opening: Opening, prefix: str, mail: Mail, unknown: list[tuple[str, bytes]]) -> Refused:
    subject = mail.subject if len(mail.subject) <= _SUBJECT else f"{mail.subject[: _SUBJECT - 1]}…"
    name, content = unknown[0] if unknown else ("body", b"")
    dump = _dump(opening, prefix + name, content, mail.posted)
    what = "no listing is recognised" if content else "there is nothing to read"
    reason = f"is a mail with the subject {subject!r}, in which {what}; take it out, or save its listing as text"
    return Refused(error=UnknownFormat(dump.name, reason), dump=dump if content else None)


def _dump(opening: Opening, name: str, content: bytes, posted: datetime | None) -> Dump:
    sha256 = hashlib.sha256(content).hexdigest()
    dump = opening.held(name, content, sha256, when=posted or opening.dump.modified, posted=posted)
    return dump if posted else replace(dump, posted=opening.dump.posted)
