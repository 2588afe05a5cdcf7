"""An IMAP server on loopback that does as it is told: answers well by default, and otherwise where a test says so."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Self

#: What a command is answered with, or None: the connection is closed at once. {tag} stands for the command's own.
Answer = bytes | None

OK = b"{tag} OK done\r\n"


class ImapServer:
    """One folder with mails (number -> bytes). A context manager; one connection at a time."""

    def __init__(
        self,
        mails: Mapping[int, bytes] | None = None,
        *,
        validity: int = 7,
        following: int | None = None,
        greeting: bytes = b"* OK at your service\r\n",
        capabilities: bytes = b"IMAP4rev1 AUTH=PLAIN",
        answers: Mapping[str, Answer | Callable[[], Answer]] | None = None,
        tls: ssl.SSLContext | None = None,
        sizes: Mapping[int, int] | None = None,
    ) -> None:
        self.mails = dict(mails or {})
        self.validity, self.following = validity, following
        self._greeting, self._capabilities = greeting, capabilities
        #: By the beginning of a command; what stands there first wins.
        self.answers = dict(answers or {})
        self._tls, self._sizes = tls, dict(sizes or {})
        #: Every command, without its tag.
        self.heard: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        # accept() does not notice that its socket is closed.
        with suppress(OSError):
            socket.create_connection(self._listening.getsockname(), 1).close()
        self._thread.join(10)
        self._listening.close()

    def url(self, folder: str = "INBOX", *, user: str = "anna", host: str = "127.0.0.1", scheme: str = "imap") -> str:
        """The address of a folder."""
        return f"{scheme}://{user}@{host}:{self._listening.getsockname()[1]}/{folder}"

    def commands(self, beginning: str) -> list[str]:
        """The commands that began so."""
        return [command for command in self.heard if command.startswith(beginning)]

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            if self._ended.is_set():
                connection.close()
                return
            with suppress(OSError):
                self._converse(connection)
            with suppress(OSError):
                connection.close()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        if self._tls is not None and b"STARTTLS" not in self._capabilities:
            connection = self._tls.wrap_socket(connection, server_side=True)
        connection.sendall(self._greeting)
        held = b""
        try:
            while True:
                line, held = self._line(connection, held)
                tag, _, command = line.partition(" ")
                self.heard.append(command)
                answer = self._answer(command)
                if answer is None:
                    return
                connection.sendall(answer.replace(b"{tag}", tag.encode()))
                if answer.startswith(b"+"):
                    # What follows is no command, but what that one was waiting for.
                    line, held = self._line(connection, held)
                    self.heard.append(line)
                    connection.sendall(OK.replace(b"{tag}", tag.encode()))
                if command == "STARTTLS" and self._tls is not None:
                    connection = self._tls.wrap_socket(connection, server_side=True)
        finally:
            connection.close()

    @staticmethod
    def _line(connection: socket.socket, held: bytes) -> tuple[str, bytes]:
        while b"\r\n" not in held:
            part = connection.recv(65536)
            if not part:
                raise ConnectionError("the client is gone")
            held += part
        line, _, rest = held.partition(b"\r\n")
        return line.decode("utf-8", "replace"), rest

    def _answer(self, command: str) -> Answer:
        for beginning, answer in self.answers.items():
            if command.startswith(beginning):
                return answer() if callable(answer) else answer
        if command == "CAPABILITY":
            return b"* CAPABILITY " + self._capabilities + b"\r\n" + OK
        if command.startswith("EXAMINE"):
            following = self.following or max(self.mails, default=0) + 1
            numbers = f"* OK [UIDVALIDITY {self.validity}] v\r\n* OK [UIDNEXT {following}] n\r\n"
            return f"* {len(self.mails)} EXISTS\r\n{numbers}".encode() + b"{tag} OK [READ-ONLY] done\r\n"
        if command.startswith("UID SEARCH"):
            return b"* SEARCH" + b"".join(b" %d" % uid for uid in self._found(command)) + b"\r\n" + OK
        if command.startswith("UID FETCH"):
            return self._fetched(command) + OK
        return OK

    def _found(self, command: str) -> list[int]:
        behind = re.fullmatch(r"UID SEARCH UID (\d+):\*", command)
        if not behind:
            return sorted(self.mails)
        # As RFC 3501 has it: the range is turned round where it begins behind the last mail, and so holds that one.
        first, last = int(behind[1]), max(self.mails, default=0)
        return [uid for uid in sorted(self.mails) if min(first, last) <= uid <= max(first, last)]

    def _fetched(self, command: str) -> bytes:
        wanted = re.fullmatch(r"UID FETCH ([\d,]+) \((.*)BODY\.PEEK\[(.*)\]<0\.(\d+)>\)", command)
        assert wanted, command
        told = b""
        for uid in map(int, wanted[1].split(",")):
            if uid not in self.mails:
                continue
            content = self.mails[uid]
            if wanted[3].startswith("HEADER"):
                content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            content = content[: int(wanted[4])]
            size = self._sizes.get(uid, len(self.mails[uid]))
            head = f"* {uid} FETCH (RFC822.SIZE {size} BODY[{wanted[3]}]<0> {{{len(content)}}}\r\n"
            # Some servers tell the number behind the content.
            told += head.encode() + content + f" UID {uid})\r\n".encode()
        return told
