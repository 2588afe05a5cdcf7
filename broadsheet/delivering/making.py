"""A message of the outbox -> its bytes, from the frozen digest alone, on whatever day. Made once, kept by the outbox.

Sends nothing and keeps nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property

from .. import render
from ..access import Access
from ..errors import StoreError
from ..render.edition import edition_of
from ..render.mail.headers import sender_of
from ..render.site.names import day_page
from ..setup import Setup
from ..store import Message, Store
from ..types import Digest

#: So many papers are named in a message that has no room for a digest.
_MOST_TITLES = 10
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^<>\s]+>)\r$", re.MULTILINE | re.IGNORECASE)


@dataclass(kw_only=True)
class Maker:
    """Makes bytes; what is the same for all messages of a round is found once."""

    setup: Setup
    store: Store
    access: Access

    def make(self, message: Message) -> tuple[bytes, str]:
        """The bytes, and what tells the message from every other: of a mail its Message-ID.

        Raises RenderError, StoreError, and BroadsheetError where the key for signing cannot be found.
        """
        digest, settings = self.digest(message), self.setup.config.settings
        if message.kind == "smtp":
            content = self._signed(self._mail(digest, message.receiver))
            found = _MESSAGE_ID.search(content)
            assert found, "a mail has a Message-ID"  # noqa: S101
            return content, found[1].decode("ascii")
        if message.kind == "maildir":
            return self._mail(digest, settings.mail.receiver), key_of(message)
        if message.kind == "folder":
            names = [file.name for file in self.store.artifacts(message.profile, message.day)]
            return json.dumps(names).encode("ascii"), key_of(message)
        return render.digest_json(digest), key_of(message)

    def digest(self, message: Message) -> Digest:
        """What the message is about, as it was cut."""
        digest = self.store.digest(message.profile, message.day)
        if digest is None:
            # The store's keys say that there is one: both were taken back this very moment.
            raise StoreError(f"message {message.id} was taken back with its digest")
        return digest

    def title_and_text(self, message: Message) -> tuple[str, str]:
        """The message for who reads no JSON: what it is about, and all of it in a sentence or two."""
        digest = self.digest(message)
        edition = edition_of(digest, self.setup.config.settings.site)
        titles = [row.change.paper.best.title for section in digest.sections for row in section.rows]
        return f"{edition.title}, {edition.day}", "\n".join([edition.summary, *titles[:_MOST_TITLES]])

    def page(self, message: Message) -> str:
        """The address of the digest's page; empty where the site is served nowhere."""
        url = self.setup.config.settings.site.url
        return url + day_page(message.profile, message.day) if url else ""

    def _mail(self, digest: Digest, receiver: str) -> bytes:
        settings = self.setup.config.settings
        edition = edition_of(digest, settings.site)
        return render.compose(digest, edition, self.setup.templates, settings.site, settings.mail, receiver)

    def _signed(self, content: bytes) -> bytes:
        dkim = self.setup.config.deliveries.dkim
        if not dkim.selector:
            return content
        from ..deliver.dkim import signed

        return signed(content, selector=dkim.selector, domain=dkim.domain or self.sender[1], key=self._key)

    @cached_property
    def _key(self) -> str:
        return self.access.secret(self.setup.config.deliveries.dkim.key)

    @cached_property
    def sender(self) -> tuple[str, str]:
        """Whom the mails are from: the address, and its domain."""
        settings = self.setup.config.settings
        address = sender_of(settings.site, settings.mail).address
        return address, address.rpartition("@")[2]


def key_of(message: Message) -> str:
    """What tells the message from every other, the same at every try."""
    told = "\n".join((message.kind, message.delivery, message.receiver, message.profile, message.day.isoformat()))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:40]


def names_in(content: bytes) -> tuple[str, ...]:
    """The names of the published files that a message to a folder is made of."""
    return tuple(json.loads(content))
