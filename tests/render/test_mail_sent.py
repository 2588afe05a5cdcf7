"""A mail through a real server: what arrives is what was made, byte for byte, under its one envelope."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broadsheet.config import Site
from broadsheet.render import Templates
from broadsheet.types import Digest
from tests.render.mails import READER, Read, mailed

controller = pytest.importorskip("aiosmtpd.controller")

SENDER = "digests@digests.example.org"


class Inbox:
    """What the server took, as it came."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = controller.Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    yield inbox, port
    server.stop()


def test_a_mail_arrives_as_it_was_made(
    inbox: tuple[Inbox, int],
    naughty_digest: Digest,
    digest_of: Callable[[str], Digest],
    templates: Templates,
    site: Site,
) -> None:
    taken, port = inbox
    mails = [
        mailed(digest, templates, site)
        for digest in (naughty_digest, digest_of(".\r\n.\r\nMAIL FROM:<a@example.net>"), digest_of("From x\n..\n."))
    ]
    with smtplib.SMTP("127.0.0.1", port) as server:
        for mail in mails:
            assert server.sendmail(SENDER, [READER], mail.raw) == {}
    assert [envelope.content for envelope in taken.envelopes] == [mail.raw for mail in mails]
    assert [(envelope.mail_from, envelope.rcpt_tos) for envelope in taken.envelopes] == [(SENDER, [READER])] * 3
    assert Read(taken.envelopes[0].content).text == mails[0].text
