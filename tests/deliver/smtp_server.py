"""A mail server that does what it is told, step by step, on a free port of this machine: every fault of a real one.

What it took stands in `mails`, byte for byte as a receiver would have it; what it heard, in `heard`.
"""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

#: In place of an answer: close the connection; say nothing until the other side gives up.
DROP, SILENT = "drop", "silent"
#: In place of the answer to DATA: take half of a large mail, then close.
DROP_IN_BODY = "drop in the body"
#: In place of the answer to DATA: say no when the mail has hardly begun, and hear the rest.
NO_IN_BODY = "no in the body"

USUAL = {
    "connect": "220 mail.example.org ready",
    "EHLO": "250 mail.example.org",
    "HELO": "250 mail.example.org",
    "STARTTLS": "220 go ahead",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go ahead",
    "dot": "250 taken",
    "RSET": "250 fine",
    "QUIT": "221 bye",
}


@dataclass(frozen=True)
class Taken:
    """One mail, and the envelope that it came in."""

    sender: str
    receiver: str
    content: bytes
    encrypted: bool


class Server:
    """What it says: step -> its first, second, ... answer; the usual one after those."""

    def __init__(
        self,
        said: Mapping[str, str | Sequence[str]],
        *,
        tls: ssl.SSLContext | None = None,
        at_once: bool = False,
        login: tuple[str, str] | None = None,
        mechanisms: str = "PLAIN LOGIN",
        extensions: Sequence[str] = (),
    ) -> None:
        self._said = {step: [answer] if isinstance(answer, str) else list(answer) for step, answer in said.items()}
        self._tls, self._at_once, self._login = tls, at_once, login
        self._mechanisms, self._extensions = mechanisms, extensions
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.mails: list[Taken] = []
        self.heard: list[str] = []
        self.connections = 0
        #: Set when a message that was begun came to its end without a final dot.
        self.broken_off = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def stop(self) -> None:
        """End every conversation."""
        # Closing alone would leave the thread in accept() for ever.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._at_once:
                connection = self.tls.wrap_socket(connection, server_side=True)
            talk = _Talk(self, connection, encrypted=self._at_once)
        except OSError:
            connection.close()
            return
        with suppress(OSError):
            talk.go()
        talk.close()

    def answer(self, step: str) -> str:
        """What is said at a step, this time."""
        answers = self._said.get(step, [])
        return answers.pop(0) if answers else USUAL[step]

    def hello(self, *, encrypted: bool) -> str:
        """The answer to EHLO, with what is on offer."""
        offers = list(self._extensions)
        if self._tls is not None and not encrypted:
            offers.append("STARTTLS")
        if self._login is not None:
            offers.append(f"AUTH {self._mechanisms}")
        first = self.answer("EHLO")
        if not first.startswith("250 ") or not offers:
            return first
        lines = [first[4:], *offers]
        return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])

    @property
    def tls(self) -> ssl.SSLContext:
        """What STARTTLS goes on with."""
        assert self._tls is not None
        return self._tls

    def knows(self, user: str, password: str) -> bool:
        """Whether that is the log-in."""
        return (user, password) == self._login


class _Talk:
    """One connection."""

    def __init__(self, server: Server, connection: socket.socket, *, encrypted: bool) -> None:
        self._server, self._connection, self._encrypted = server, connection, encrypted
        self._lines = connection.makefile("rb")
        self._sender = self._receiver = ""

    def go(self) -> None:
        if not self._say(self._server.answer("connect")):
            return
        while line := self._lines.readline():
            words = line.decode("utf-8", "replace").rstrip("\r\n")
            self._server.heard.append(words)
            step = words.split(" ")[0].upper()
            if not self._step(step, words):
                return

    def close(self) -> None:
        """End it."""
        self._lines.close()
        self._connection.close()

    def _step(self, step: str, words: str) -> bool:
        if step == "EHLO":
            return self._say(self._server.hello(encrypted=self._encrypted))
        if step == "STARTTLS":
            return self._starttls()
        if step == "AUTH":
            return self._log_in(words)
        if step == "DATA":
            return self._data()
        if step == "MAIL":
            self._sender = words.partition("<")[2].partition(">")[0]
        if step == "RCPT":
            self._receiver = words.partition("<")[2].partition(">")[0]
        if step not in USUAL:
            return self._say("500 unknown")
        return self._say(self._server.answer(step)) and step != "QUIT"

    def _say(self, answer: str) -> bool:
        if answer == SILENT:
            self._lines.read()
        if answer in (SILENT, DROP):
            self.close()
            return False
        self._connection.sendall(answer.encode() + b"\r\n")
        return not answer.startswith("421")

    def _starttls(self) -> bool:
        answer = self._server.answer("STARTTLS")
        if not self._say(answer):
            return False
        if answer.startswith("220"):
            self._lines.close()
            self._connection = self._server.tls.wrap_socket(self._connection, server_side=True)
            self._lines = self._connection.makefile("rb")
            self._encrypted = True
        return True

    def _log_in(self, words: str) -> bool:
        _, mechanism, *rest = words.split(" ")
        if mechanism == "PLAIN":
            _, user, password = base64.b64decode(rest[0]).decode("utf-8", "replace").split("\0")
        else:
            user, password = (self._asked(question) for question in ("Username:", "Password:"))
        if not self._server.knows(user, password):
            # As some do: the line that was not liked, back to whoever sent it.
            return self._say(f"535 5.7.8 no such log-in: {words} ({password})")
        return self._say("235 welcome")

    def _asked(self, question: str) -> str:
        self._connection.sendall(b"334 " + base64.b64encode(question.encode()) + b"\r\n")
        return base64.b64decode(self._lines.readline()).decode()

    def _data(self) -> bool:
        answer = self._server.answer("DATA")
        if answer == DROP_IN_BODY:
            self._connection.sendall(b"354 go ahead\r\n")
            self._lines.read(1)
            # What is left unread makes the other side's next write fail at once.
            return self._say(DROP)
        if answer == NO_IN_BODY:
            self._connection.sendall(b"354 go ahead\r\n")
            self._lines.readline()
            answer = "354 no, stop"
        if not self._say(answer):
            return False
        if not answer.startswith("354"):
            return True
        rows: list[bytes] = []
        while (row := self._lines.readline()) != b".\r\n":
            if not row:
                self._server.broken_off.set()
                return False
            rows.append(row[1:] if row.startswith(b".") else row)
        answer = self._server.answer("dot")
        if answer.startswith("250"):
            taken = Taken(self._sender, self._receiver, b"".join(rows), self._encrypted)
            self._server.mails.append(taken)
        return self._say(answer)


@contextmanager
def serving(
    said: Mapping[str, str | Sequence[str]] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    at_once: bool = False,
    login: tuple[str, str] | None = None,
    mechanisms: str = "PLAIN LOGIN",
    extensions: Sequence[str] = (),
) -> Iterator[Server]:
    """A server that runs for the length of a with.

    at_once: encrypted from the first byte. login: user and password that it wants.
    """
    server = Server(said or {}, tls=tls, at_once=at_once, login=login, mechanisms=mechanisms, extensions=extensions)
    try:
        yield server
    finally:
        server.stop()
