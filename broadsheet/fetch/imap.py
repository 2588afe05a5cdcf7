"""A conversation with an IMAP server that may say anything: TLS, log-in, and an end to bytes and to patience.

By imaplib, which Python has; nothing that a further package (IMAPClient stands on imaplib too) would add is used. What
it lacks is added: it would allot whatever size a literal claims, give up at lines of a megabyte, wait for ever for a
server that drips, and quote neither users nor folders. Knows nothing of what is asked for.
"""

from __future__ import annotations

import base64
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

from ..errors import DeliveryError
from ..text import fold_space, whole
from . import guard
from .faults import Failed, Passing
from .imap_address import CONTROL, Address, quoted
from .pacing import Deadline

_T = TypeVar("_T")
#: Besides what is asked for, a server may say so many bytes.
_SMALL_TALK = 1 << 20
#: An answer may take so many times as long as a silence.
_PATIENCE = 10
_LONGEST_TOLD = 200
#: Dovecot says how long it took to say no.
_STOPWATCH = re.compile(r" ?\((?:[0-9.]+ \+ )+[0-9.]+ secs\)\.?$")
#: RFC 5530: what goes by itself. Servers without codes say it in words.
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\b|too many|temporar|maximum number", re.I)


class Conversation(imaplib.IMAP4):
    """imaplib over a checked, bounded connection."""

    def __init__(self, where: Address, *, timeout: float, allow_private: bool, context: ssl.SSLContext | None) -> None:
        self._held = bytearray()
        self._held_from: socket.socket | None = None
        self._silence = timeout
        self._private, self._context = allow_private, context
        self.expect(0)
        with self._making_sense():
            super().__init__(where.host, where.port, timeout)

    def expect(self, room: int) -> None:
        """Begin a question: so many bytes of answer are wanted, within the patience for one answer."""
        self._room = room + _SMALL_TALK
        self._deadline = Deadline(self._silence * _PATIENCE)
        if self._held_from is not None:
            self.sock.settimeout(self._silence)

    def ask(self, room: int, question: Callable[..., _T], *words: Any, **more: Any) -> _T:
        """Ask imaplib's question; so many bytes of answer are wanted."""
        self.expect(room)
        with self._making_sense():
            return question(*words, **more)

    @contextmanager
    def _making_sense(self) -> Iterator[None]:
        """Over answers of odd shapes, imaplib stumbles in as many ways."""
        try:
            yield
        # Values of our own, and certificates.
        except (UnicodeEncodeError, OSError):
            raise
        except (ValueError, TypeError, AttributeError, IndexError):
            raise self.abort("an answer that makes no sense") from None

    def _create_socket(self, timeout: float | None) -> socket.socket:
        # Where imaplib's own IMAP4_SSL puts its hand in, too.
        connected = guard.connect(self.host, self.port, timeout or self._silence, allow_private=self._private)
        if self._context is None:
            return connected
        try:
            return self._context.wrap_socket(connected, server_hostname=self.host)
        except BaseException:
            connected.close()
            raise

    def on_this_machine(self) -> bool:
        """Whether nobody but this machine hears what is said."""
        return ip_address(str(self.sock.getpeername()[0]).partition("%")[0]).is_loopback

    def readline(self) -> bytes:
        """The next line, of any length within what is expected."""
        self._forget_the_plain()
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            self._more()
        return self._taken(end + 1)

    def read(self, size: int) -> bytes:
        """So many bytes; refused before any of them is read where they are more than expected."""
        if size > self._room + len(self._held):
            raise Passing("announced more than was asked for; tried again later")
        while len(self._held) < size:
            self._more()
        return self._taken(size)

    def _taken(self, size: int) -> bytes:
        taken = bytes(memoryview(self._held)[:size])
        del self._held[:size]
        return taken

    def _more(self) -> None:
        self.sock.settimeout(self._deadline.within(self._silence))
        part = self.sock.recv(64 << 10)
        if not part:
            raise Passing("the connection was lost; tried again later")
        self._room -= len(part)
        if self._room < 0:
            raise Passing("sent more than was asked for; tried again later")
        self._held += part

    def _forget_the_plain(self) -> None:
        # What somebody on the way said before TLS began must not pass for what the server says behind it.
        if self.sock is not self._held_from:
            self._held.clear()
            self._held_from = self.sock


@contextmanager
def conversation(
    where: Address, password: str, *, timeout: float, allow_private: bool, ca: Path | None
) -> Iterator[Conversation]:
    """A conversation after log-in; what goes wrong in it, inside the block too, is raised as a DeliveryError.

    timeout: seconds of silence; ca: certificates to trust instead of the system's. The error names host and folder,
    never the password; it is final where a person has to do something.
    """

    def context() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(ca) if ca else None)

    talk: Conversation | None = None
    try:
        checked = context() if where.tls else None
        talk = Conversation(where, timeout=timeout, allow_private=allow_private, context=checked)
        talk.expect(0)
        if not where.tls and not talk.on_this_machine():
            if "STARTTLS" not in talk.capabilities or talk.state != "NONAUTH":
                raise Failed("offers no encryption (STARTTLS), so no password is told; write imaps:// if it has that")
            talk.ask(0, talk.starttls, context())
        _log_in(talk, where.user, password)
        yield talk
    except Failed as error:
        raise DeliveryError(str(where), str(error)) from error
    except Passing as error:
        raise DeliveryError(str(where), str(error), transient=True) from error
    except ssl.SSLCertVerificationError as error:
        told = f"its certificate is not valid: {said(error.verify_message)}; check the host's name, or its operator"
        raise DeliveryError(str(where), told, transient=True) from None
    except TimeoutError:
        told = f"said nothing for {timeout:.0f} s; tried again later"
        raise DeliveryError(str(where), told, transient=True) from None
    except OSError as error:
        told = f"the connection broke: {said(error.strerror or str(error))}; tried again later"
        raise DeliveryError(str(where), told, transient=True) from None
    except imaplib.IMAP4.error as error:
        told = said(error, _both(where.user, password), password).rpartition(" => ")[2]
        reason = f"does not answer as IMAP servers do: {told}; tried again later"
        raise DeliveryError(str(where), reason, transient=True) from None
    finally:
        if talk is not None:
            _leave(talk)


def refused(what: str, remedy: str, answer: object, *secrets: str) -> Failed | Passing:
    """What a server refused: for now where it says so, else until a person does something."""
    told = said(answer, *secrets)
    if _PASSING.search(told):
        return Passing(f"{what} for now: {told}; tried again later")
    return Failed(f"{what}: {told}; {remedy}")


def said(answer: object, *secrets: str) -> str:
    """What a server said, as one short line without secrets."""
    while isinstance(answer, BaseException | list | tuple):
        parts = answer.args if isinstance(answer, BaseException) else answer
        answer = parts[-1] if parts else ""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    for secret in filter(None, secrets):
        for form in _forms(secret):
            text = text.replace(form, "***")
    line = fold_space("".join(char if char.isprintable() else " " for char in whole(text)))
    # What differs from time to time would make one failure look like many.
    return _STOPWATCH.sub("", line)[:_LONGEST_TOLD].rstrip(".") or "nothing"


def _forms(secret: str) -> list[str]:
    """How a server may say what it was told, and how imaplib quotes what it said; the longest first."""
    forms = {secret, quoted(secret)[1:-1], base64.b64encode(secret.encode("utf-8", "replace")).decode()}
    shown = {repr(form.encode("utf-8", "replace"))[2:-1] for form in forms}
    return sorted(forms | shown | {form.replace("'", "\\'") for form in shown}, key=len, reverse=True)


def _log_in(talk: Conversation, user: str, password: str) -> None:
    if CONTROL.search(password):
        raise Failed("the password has a control character; look at the place it comes from")
    if talk.state != "NONAUTH":
        return
    both = _both(user, password)
    # A quoted string holds ASCII alone, and some servers want no LOGIN.
    plain = not both.isascii() or "LOGINDISABLED" in talk.capabilities
    try:
        if plain and "AUTH=PLAIN" in talk.capabilities:
            talk.ask(0, talk.authenticate, "PLAIN", lambda _: both.encode())
        else:
            talk.ask(0, talk.login, quoted(user), password)
    except UnicodeEncodeError:
        raise Failed("takes passwords in ASCII alone; choose another one there") from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        remedy = "check the user in the mailbox's address and its password; some services want one made for programs"
        raise refused("the log-in was refused", remedy, error, both, password) from None


def _both(user: str, password: str) -> str:
    """User and password as the mechanism PLAIN tells them (RFC 4616)."""
    return f"\0{user}\0{password}"


def _leave(talk: Conversation) -> None:
    # Nothing is unsaved: whether the server hears the farewell does not matter.
    with suppress(Exception):
        talk.expect(0)
        talk.sock.settimeout(2)
        if talk.state != "LOGOUT":
            talk.send(b"bye LOGOUT\r\n")
    with suppress(Exception):
        talk.shutdown()
