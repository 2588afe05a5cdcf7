"""What readers have in their mailboxes, read by IMAP; and whether that is what they were to get."""

from __future__ import annotations

import imaplib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

from tests.dovecot import Dovecot

#: Profile, day as YYYY-MM-DD, address.
Wanted = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Had:
    """A digest's mail in a mailbox."""

    receiver: str
    mail: EmailMessage

    @property
    def id(self) -> str:
        """Its Message-ID."""
        return str(self.mail["Message-ID"])

    @property
    def what(self) -> Wanted:
        """Which digest it is, and whose."""
        label = re.search(r"<([A-Za-z0-9_-]+)\.", str(self.mail["List-Id"]))
        assert label
        return label[1], self.id[1:11], self.receiver

    @property
    def text(self) -> str:
        """Its plain text, its white space folded."""
        part = self.mail.get_body(("plain",))
        assert part
        return " ".join(str(part.get_content()).split())

    @property
    def leaving(self) -> tuple[str, str]:
        """Where one asks to be left out: the address and the subject of its mailto."""
        found = re.search(r"<(mailto:[^>]+)>", str(self.mail["List-Unsubscribe"]))
        assert found
        parts = urlsplit(found[1])
        return parts.path, parse_qs(parts.query)["subject"][0]


@contextmanager
def folder(server: Dovecot, user: str, password: str, *, write: bool = False) -> Iterator[imaplib.IMAP4]:
    """A user's INBOX."""
    with imaplib.IMAP4(server.host, server.port) as client:
        client.login(user, password)
        client.select(readonly=not write)
        yield client


def numbers(client: imaplib.IMAP4, *words: str) -> list[bytes]:
    """The mails that a search finds."""
    state, found = client.search(None, *words)
    assert state == "OK"
    return list(found[0].split())


def mails(server: Dovecot, user: str, password: str) -> list[EmailMessage]:
    """All that lies in a user's INBOX."""
    found = []
    with folder(server, user, password) as client:
        for number in numbers(client, "ALL"):
            _, answer = client.fetch(number.decode(), "(BODY.PEEK[])")
            pair = answer[0]
            assert isinstance(pair, tuple)
            mail = message_from_bytes(pair[1], policy=policy.default)
            assert isinstance(mail, EmailMessage)
            found.append(mail)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What was to be had against what is."""

    #: To be had, not there, and nobody says so.
    lost: tuple[Wanted, ...]
    #: There more than once.
    twice: tuple[Wanted, ...]
    #: There, and nobody was to have it.
    strange: tuple[Wanted, ...]

    @property
    def even(self) -> bool:
        """Whether all is as it should be."""
        return not (self.lost or self.twice or self.strange)


def balance(wanted: Iterable[Wanted], had: Sequence[Had], told: Collection[Wanted] = ()) -> Balance:
    """told: what the sender itself says that it may not have arrived."""
    there, due = Counter(one.what for one in had), set(wanted)
    return Balance(
        lost=tuple(sorted(due - set(there) - set(told))),
        twice=tuple(sorted(one for one, number in there.items() if number > 1)),
        strange=tuple(sorted(set(there) - due)),
    )
