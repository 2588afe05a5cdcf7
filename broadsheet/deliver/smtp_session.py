"""The steps of smtplib, each bounded, and DATA cut in two: the body, and the final dot with its answer.

Knows what the protocol says; what an answer means for a mail, its caller knows.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
import time
from collections.abc import Callable

#: Seconds for the answer to the final dot (RFC 5321, 4.5.3.2.6): who gives up sooner gets mails delivered twice.
LAST_ANSWER = 600.0

#: More than any server says to one command; a server that never stops must not fill our memory or our morning.
_MOST_LINES = 200
_LONGEST_LINE = 8192
_ANSWER = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?\r?\n", re.DOTALL)
#: Sent at once; each has the time-out to itself, so that a long mail over a slow line gets through.
_BLOCK = 64 << 10
#: RFC 5321, 4.5.3.1.6, without the line end.
_LONGEST_OF_A_MAIL = 998
_DOT_FIRST = re.compile(rb"(?m)^\.")
_FOREIGN = re.compile(rb"[^\t\r\n\x20-\x7e]")


class Lost(OSError):
    """The connection ended, could not be made or cannot be used, before any message was theirs; says why."""


def fault_in(content: bytes) -> str:
    """Why the bytes are no mail that goes out as it stands; empty where they are one."""
    if not content.endswith(b"\r\n"):
        return "its last line has no end"
    for number, row in enumerate(content[:-2].split(b"\r\n"), start=1):
        # A server that takes either for a line end would see another mail begin there.
        if b"\r" in row or b"\n" in row:
            return f"line {number} holds half a line end"
        if len(row) > _LONGEST_OF_A_MAIL:
            return f"line {number} has more than {_LONGEST_OF_A_MAIL} characters"
        if _FOREIGN.search(row):
            return f"line {number} holds what is no printable ASCII"
    return ""


def encoded(text: str) -> str:
    """A word of a log-in in base64; bytes of the environment that are no UTF-8 stay what they were."""
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


class Session(smtplib.SMTP):
    """One connection. Its methods raise Lost before the dot, and OSError at it."""

    def getreply(self) -> tuple[int, bytes]:
        """The next answer: its code and its lines. What is no answer counts as a connection that was lost."""
        assert self.sock is not None  # noqa: S101  (for the types: docmd and send say so before)
        if self.file is None:
            self.file = self.sock.makefile("rb")
        patience = self.sock.gettimeout()
        until = time.monotonic() + patience if patience else None
        lines: list[bytes] = []
        while len(lines) < _MOST_LINES and (until is None or time.monotonic() <= until):
            try:
                row = self.file.readline(_LONGEST_LINE + 1)
            except TimeoutError:
                break
            except OSError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(f"the connection was lost: {error.strerror or error}") from None
            if not row:
                self.close()
                raise smtplib.SMTPServerDisconnected("the connection was closed")
            if not (answer := _ANSWER.fullmatch(row)):
                self.close()
                raise smtplib.SMTPServerDisconnected("what came is no answer of a mail server")
            lines.append((answer[3] or b"").strip())
            if answer[2] != b"-":
                return int(answer[1]), b"\n".join(lines)
        self.close()
        raise smtplib.SMTPServerDisconnected(f"no whole answer within {patience or 0:g} s")

    def begin(self, tls: ssl.SSLContext | None) -> None:
        """Say who we are; with tls, encrypt before anything else is said."""
        self._greet()
        if tls is None:
            return
        if not self.has_extn("starttls"):
            # Somebody on the way may have cut it out: nothing goes over this line in the open.
            raise Lost('offers no STARTTLS; check host, port and security in [smtp] ("tls" for port 465)')
        code, answer = self.starttls(context=tls)
        if code != 220:
            raise Lost(f"refuses STARTTLS: {code} {answer.decode('utf-8', 'replace')}")
        self._greet()

    def log_in(self, user: str, password: str) -> None:
        """Say the password. By PLAIN or LOGIN, in UTF-8, which smtplib cannot; the line is encrypted or stays here."""
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            whole = encoded(f"\0{user}\0{password}")
            code, answer = self.docmd("AUTH", f"PLAIN {whole}")
            if code == 334:
                code, answer = self.docmd(whole)
        elif "LOGIN" in offered:
            code, answer = self.docmd("AUTH", "LOGIN")
            for word in (user, password):
                if code == 334:
                    code, answer = self.docmd(encoded(word))
        else:
            raise Lost("offers no log-in with a password (PLAIN or LOGIN); check host and port in [smtp]")
        if code != 235:
            said = answer.decode("utf-8", "replace")
            raise Lost(f"refuses the log-in, check user and password in [smtp]: {code} {said}")

    def reset(self) -> None:
        """Make a connection that served before ready for the next message."""
        code, answer = self.asked(lambda: self.docmd("RSET"))
        if code != 250:
            raise Lost(f"cannot go on: {code} {answer.decode('utf-8', 'replace')}")

    def asked(self, step: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
        """The answer to a step; one that ends the connection (421) is Lost."""
        try:
            code, answer = step()
        except OSError as error:
            raise Lost(str(error)) from None
        if code == 421:
            raise Lost(f"421 {answer.decode('utf-8', 'replace')}")
        return code, answer

    def body(self, content: bytes) -> None:
        """Send all of a message but the final dot, after the server said 354."""
        stuffed = _DOT_FIRST.sub(b"..", content)
        try:
            for start in range(0, len(stuffed), _BLOCK):
                self.send(stuffed[start : start + _BLOCK])
        except OSError as error:
            raise Lost(f"the connection was lost in the middle of the mail: {error}") from None
        if said := self._spoke_early():
            raise Lost(said)

    def dot(self) -> tuple[int, bytes]:
        """Send the final dot and wait for the answer to it."""
        assert self.sock is not None  # noqa: S101  (a session that is not open is not handed out)
        usual = self.sock.gettimeout()
        # Whatever is shorter than the RFC says makes two mails of one.
        self.sock.settimeout(max(LAST_ANSWER, usual or 0.0))
        self.send(b".\r\n")
        found = self.getreply()
        self.sock.settimeout(usual)
        return found

    def leave(self, patience: float) -> None:
        """Say good-bye; whatever comes of it."""
        try:
            if self.sock is not None:
                self.sock.settimeout(patience)
                self.quit()
        except OSError:
            pass  # All that was to be sent was sent.

    def _greet(self) -> None:
        code, answer = self.asked(self.ehlo)
        if not 200 <= code < 300:
            code, answer = self.asked(self.helo)
        if not 200 <= code < 300:
            raise Lost(f"refuses us: {code} {answer.decode('utf-8', 'replace')}")

    def _spoke_early(self) -> str:
        """What the server did while the body was sent: it should have been silent. Empty where it was."""
        assert self.sock is not None  # noqa: S101  (send has just used it)
        assert self.file is not None  # noqa: S101  (354 came through it)
        usual = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            # It may have come with the 354: it would be taken for the answer to the dot. An end is seen only beneath.
            early: bytes = self.file.peek(1) or self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            self.sock.settimeout(usual)
            return ""
        except OSError as error:
            return f"the connection was lost in the middle of the mail: {error.strerror or error}"
        if not early:
            return "the connection was closed in the middle of the mail"
        return f"broke the mail off: {early.decode('utf-8', 'replace')}"


class PlainSession(Session):
    """A connection that begins in the open."""


class TlsSession(Session, smtplib.SMTP_SSL):
    """A connection that is encrypted from its first byte."""
