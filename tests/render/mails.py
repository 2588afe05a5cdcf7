"""Mails read back, for the tests of mail."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import lxml.html

from broadsheet.config import Mail, Site
from broadsheet.render import Templates, compose
from broadsheet.render.characters import one_line
from broadsheet.render.edition import edition_of
from broadsheet.types import Digest

READER = "reader@example.net"

#: The headers of every mail, in their order; those in brackets only where settings ask for them.
HEADERS = (
    *("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("[List-Unsubscribe-Post]", "[List-Archive]", "Auto-Submitted", "Precedence", "X-Auto-Response-Suppress"),
    *("MIME-Version", "Content-Language", "Content-Type"),
)


class Read:
    """A mail as whoever gets it reads it."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.message = message
        plain, html = message.iter_parts()
        assert isinstance(plain, EmailMessage)
        assert isinstance(html, EmailMessage)
        self.parts = (plain, html)
        self.text = str(plain.get_content()).replace("\r\n", "\n")
        self.html = str(html.get_content())

    @property
    def page(self) -> Any:
        return lxml.html.document_fromstring(self.html)

    @property
    def head(self) -> list[str]:
        """The lines of the headers, as they were sent."""
        return self.raw.split(b"\r\n\r\n", 1)[0].decode("ascii").split("\r\n")

    def texts(self, path: str) -> list[str]:
        """What the elements say, without white space."""
        return [bare(element.text_content()) for element in self.page.xpath(path)]


def mailed(
    digest: Digest, templates: Templates, site: Site, *, receiver: str = READER, mail: Mail | None = None
) -> Read:
    return Read(compose(digest, edition_of(digest, site), templates, site, mail or Mail(), receiver))


def bare(text: str) -> str:
    """What a text says, however its lines are broken."""
    return "".join(one_line(text).split())
