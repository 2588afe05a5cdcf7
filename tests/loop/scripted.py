"""A mail server that says what a well-behaved one hardly ever does; what it takes lies in the readers' mailboxes."""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

from tests.dovecot import Dovecot


@dataclass
class Scripted:
    """Its answers to whole mails, one after another; after them it takes all."""

    boxes: Dovecot
    port: int = 0
    answers: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    _taken: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Answer a whole mail."""
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 taken"
        self.said[answer[:3]] += 1
        if answer.startswith("2"):
            for receiver in envelope.rcpt_tos:
                self._taken += 1
                user = re.sub("@.*", "", receiver)
                self.boxes.put(user, envelope.content, f"1600000000.scripted{self._taken}")
        return answer


@contextmanager
def scripted(boxes: Dovecot) -> Iterator[Scripted]:
    """One on a free port."""
    found = Scripted(boxes)
    with socket.create_server(("127.0.0.1", 0)) as free:
        found.port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    try:
        yield found
    finally:
        controller.stop()
