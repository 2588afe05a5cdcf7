"""The ways a message can go, behind one call. What became of it is the outbox's to write down, but for the dot.

Connects at the first message that needs it; a server that cannot be used is not asked for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from .. import config
from ..deliver.outcome import Outcome
from ..errors import DeliveryError
from ..store import Message
from .making import Maker, key_of, names_in


class Mailer(Protocol):
    """A connection to a mail server: broadsheet.deliver.smtp.Smtp."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        ...

    def send(self, sender: str, receiver: str, content: bytes, before_dot: Callable[[], None]) -> Outcome:
        """Hand one message over."""
        ...


#: Makes the connection from the settings and the password.
Connect = Callable[[config.Smtp, str], Mailer]


def connect(settings: config.Smtp, password: str) -> Mailer:
    """A connection to the configured server."""
    from ..deliver.smtp import Smtp

    return Smtp(settings, password)


class Ways:
    """Where messages go; a context manager, as long as connections are kept."""

    def __init__(self, maker: Maker, connect: Connect) -> None:
        self._maker = maker
        self._connect = connect
        self._open = ExitStack()
        self._mailer: Mailer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def ready(self, message: Message) -> Callable[[bytes, Callable[[], None]], Outcome]:
        """How this message is sent: to be called with its bytes, and what is to be done before the dot.

        Raises BroadsheetError where the configuration lacks what is needed, before anything is begun.
        """
        if message.kind == "smtp":
            mailer, sender = self._mail(), self._maker.sender[0]
            return lambda content, dot: mailer.send(sender, message.receiver, content, dot)
        if message.kind == "webhook":
            return self._webhook(message, self._maker.access.secret(message.receiver))
        folder = self._folder(message.receiver)
        if message.kind == "maildir":
            from ..deliver.maildir import put

            return lambda content, dot: put(folder, content, key_of(message))
        from ..deliver.copying import copy

        output = self._maker.setup.workspace.output
        return lambda content, dot: copy(output, folder, names_in(content))

    def _folder(self, receiver: str) -> Path:
        try:
            return self._maker.setup.workspace.root / Path(receiver).expanduser()
        except RuntimeError:
            # One folder that cannot be must not keep the messages behind it.
            raise DeliveryError("deliveries.toml", f"{receiver}: there is no such user; write the whole path") from None

    def _mail(self) -> Mailer:
        if self._mailer is None:
            settings = self._maker.setup.config.deliveries.smtp
            password = self._maker.access.secret(settings.password) if settings.password else ""
            self._mailer = self._open.enter_context(self._connect(settings, password))
        return self._mailer

    def _webhook(self, message: Message, url: str) -> Callable[[bytes, Callable[[], None]], Outcome]:
        from ..deliver.webhook import post

        title, text = self._maker.title_and_text(message)
        page = self._maker.page(message)

        def send(content: bytes, dot: Callable[[], None]) -> Outcome:
            # No step of HTTP is the last one that can be taken back: from its first byte on, they may have it.
            dot()
            return post(url, content, key_of(message), title=title, text=text, page=page)

        return send
