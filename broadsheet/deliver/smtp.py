"""Mails to a server, one message to one receiver at a time, with the moment known from which it may be theirs.

On the standard library's smtplib: it speaks the protocol, and its steps can be taken one by one, which is all that is
needed to write down that the final dot is about to go out before it does. Sends the bytes as they are; composes,
signs, stores and repeats nothing: when to try again is for its caller to say.

What becomes of a message:

    the server cannot be reached, is no server of ours, refuses us (greeting, EHLO, TLS, log-in)     later
    4xx to anything, connection lost or no answer before the final dot                               later
    5xx to the sender, unless the mail is too large for it                                           later
    5xx to the receiver, the data or the final dot                                                   failed
    connection lost, no answer or nonsense after the final dot                                       unknown

A server that refuses us says nothing about the receiver: once the password, the certificate or the server is put
right, the mail can go out. So none of that is final.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from .. import config
from ..addresses import is_address
from ..config import is_loopback
from ..errors import DeliveryError
from .outcome import Outcome, line
from .smtp_session import Lost, PlainSession, Session, TlsSession, encoded, fault_in

#: Seconds during which a server that could not be used is not asked again: others wait for their mail, and a password
#: tried once for each of fifty mails would lock the account.
_REST = 60.0
#: Seconds that we wait for a server to say good-bye.
_LAST_WORDS = 5.0
#: Refusals that are about us wherever they come (RFC 4954): no log-in, wrong log-in, no encryption.
_ABOUT_US = {530, 534, 535, 538}
#: So is a refusal of the sender ("relaying denied"), but for this one.
_SENDER, _TOO_LARGE = "the sender", 552


class Smtp:
    """A connection for several messages: opened at the first one, opened again where it broke; a context manager."""

    def __init__(self, settings: config.Smtp, password: str, *, ca: Path | None = None) -> None:
        """Connects nowhere yet.

        password: what the settings' place holds, "" where no log-in is needed. ca: certificates (PEM) to trust in place
        of the system's. Raises DeliveryError where the password would travel in the open, or is none.
        """
        self._place = f"{settings.host}:{settings.port}"
        if settings.user and settings.security == "none" and not is_loopback(settings.host):
            reason = "the password would travel in the open; set security to starttls or tls"
            raise DeliveryError(self._place, reason)
        try:
            encoded(settings.user + password)
        except UnicodeEncodeError:
            # Without the cause, which holds the password.
            raise DeliveryError(self._place, "user or password hold what is no character") from None
        self._settings = settings
        self._password = password
        self._ca = ca
        self._session: Session | None = None
        self._refused: tuple[float, Outcome] | None = None

    def __repr__(self) -> str:
        return f"Smtp({self._place})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None and error is None:
            self._session.leave(_LAST_WORDS)
        self._close()

    def send(self, sender: str, receiver: str, content: bytes, before_dot: Callable[[], None]) -> Outcome:
        """Hand one message over, byte for byte, and say what became of it.

        content: a mail with lines of ASCII that end in CRLF. before_dot is called when all of it but the final dot was
        sent; what it raises breaks the message off, so that the server throws it away, and leaves unchanged.
        """
        for address in (sender, receiver):
            if not is_address(address):
                return Outcome(state="failed", told=f"{line(address)} is no single mail address")
        if fault := fault_in(content):
            return Outcome(state="failed", told=f"the mail cannot be sent as it stands: {fault}")
        try:
            return self._send(sender, receiver, content, before_dot)
        except BaseException:
            # In the middle of a message nothing else can be said to this server.
            self._close()
            raise

    def _send(self, sender: str, receiver: str, content: bytes, before_dot: Callable[[], None]) -> Outcome:
        if self._session is not None:
            try:
                self._session.reset()
                return self._handed(self._session, sender, receiver, content, before_dot)
            except Lost:
                # Servers close what was idle, or after so many messages: that says nothing about this one.
                self._close()
        if self._refused is not None and time.monotonic() - self._refused[0] < _REST:
            return self._refused[1]
        try:
            session = self._opened(sender)
        except Lost as lost:
            outcome = self._later(str(lost))
            self._refused = (time.monotonic(), outcome)
            return outcome
        self._session, self._refused = session, None
        try:
            return self._handed(session, sender, receiver, content, before_dot)
        except Lost as lost:
            self._close()
            return self._later(self._safe(str(lost)))

    def _handed(
        self, session: Session, sender: str, receiver: str, content: bytes, before_dot: Callable[[], None]
    ) -> Outcome:
        """Raises Lost where the connection ended, or the server wants it to, before the final dot."""
        size = [f"SIZE={len(content)}"] if session.has_extn("size") else []
        steps: tuple[tuple[str, Callable[[], tuple[int, bytes]], range], ...] = (
            (_SENDER, lambda: session.mail(sender, size), range(200, 300)),
            ("the receiver", lambda: session.rcpt(receiver), range(200, 300)),
            ("the mail", lambda: session.docmd("DATA"), range(354, 355)),
        )
        for what, step, good in steps:
            code, answer = session.asked(step)
            if code not in good:
                return self._answered(code, answer, what)
        session.body(content)
        before_dot()
        try:
            code, answer = session.dot()
        except OSError as error:
            # From here on the mail may be theirs.
            self._close()
            told = f"the connection ended before the answer to the whole mail: {self._safe(str(error))}"
            return Outcome(state="unknown", told=f"{self._place}: {told}")
        if code == 421:
            self._close()
        return self._answered(code, answer, "the mail", whole=True)

    def _answered(self, code: int, answer: bytes, what: str, *, whole: bool = False) -> Outcome:
        """What an answer means; whole: to all of the mail."""
        said = f"{code} {self._safe(answer)}".strip()
        if whole and 200 <= code < 300:
            return Outcome(state="sent", told=said)
        about_us = code in _ABOUT_US or (what == _SENDER and code != _TOO_LARGE)
        if 400 <= code < 500 or (500 <= code < 600 and about_us and not whole):
            return self._later(f"refuses {what} for now: {said}")
        if 500 <= code < 600:
            return Outcome(state="failed", told=f"{self._place}: refuses {what}: {said}")
        # It answers, but not what was asked: nobody knows where in the conversation it stands.
        self._close()
        state = Outcome(state="unknown", told=f"{self._place}: an answer that means nothing here: {said}")
        return state if whole else self._later(f"an answer that means nothing here: {said}")

    def _opened(self, sender: str) -> Session:
        """A connection that mails can go over. Raises Lost, with the reason as one line."""
        settings = self._settings
        # Our own name is nobody's business and seldom one that the world knows; the sender's domain is both.
        name = sender.rpartition("@")[2].lower()
        try:
            tls = ssl.create_default_context(cafile=self._ca) if settings.security != "none" else None
        except (OSError, ValueError) as error:
            raise Lost(f"the certificates to trust cannot be read: {line(str(error))}") from None
        session: Session | None = None
        try:
            if settings.security == "tls":
                session = TlsSession(
                    settings.host, settings.port, local_hostname=name, timeout=settings.timeout, context=tls
                )
            else:
                session = PlainSession(settings.host, settings.port, local_hostname=name, timeout=settings.timeout)
            session.begin(tls if settings.security == "starttls" else None)
            if settings.user:
                session.log_in(settings.user, self._password)
        except BaseException as error:
            if session is not None:
                session.close()
            if not isinstance(error, OSError | ValueError):
                raise
            # Without the cause: what smtplib raises may hold what was sent.
            raise Lost(self._reason(error)) from None
        return session

    def _reason(self, error: Exception) -> str:
        """Why a connection could not be opened."""
        if isinstance(error, Lost):
            return self._safe(str(error))
        if isinstance(error, smtplib.SMTPResponseException):
            answer = error.smtp_error
            return f"refuses us: {error.smtp_code} {self._safe(answer)}"
        if isinstance(error, ssl.SSLCertVerificationError):
            why = line(error.verify_message) or "it is not trusted"
            return f"its certificate is not valid: {why}; check host in [smtp], or set SSL_CERT_FILE"
        if isinstance(error, ssl.SSLError):
            return f"no encrypted connection: {line(error.reason or 'it broke off')}; check port and security in [smtp]"
        if isinstance(error, TimeoutError):
            return f"no answer within {self._settings.timeout} s"
        if isinstance(error, UnicodeError):
            return "is no name of a host; check host in [smtp]"
        return f"cannot be reached: {self._safe(str(getattr(error, 'strerror', None) or error))}"

    def _later(self, told: str) -> Outcome:
        return Outcome(state="later", told=f"{self._place}: {told}")

    def _safe(self, said: str | bytes) -> str:
        """What a server said, without the secrets that it was told: some repeat the line that they do not like."""
        if not self._password:
            return line(said)
        plain = f"\0{self._settings.user}\0{self._password}"
        return line(said, self._password, encoded(self._password), encoded(plain))

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
