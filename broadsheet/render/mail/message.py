"""Headers and two texts -> the bytes of a mail, the same at every run and with every Python.

Knows nothing of digests. Signs nothing: who sends may sign what stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from .headers import LONGEST_LINE

#: RFC 2045, section 6.7: a line of quoted-printable, with the mark that it goes on.
_LONGEST_QUOTED = 76
_NAME = re.compile(r"[A-Za-z][A-Za-z-]*")
# Each line printable ASCII; those behind the first begin with one blank and are more than blank.
_VALUE = re.compile(r"[\x21-\x7e][\x20-\x7e]*(?:\r\n [\x21-\x7e][\x20-\x7e]*)*")


class MailPolicy(EmailPolicy):
    """Headers are written as they are given: never encoded, never folded anew, and refused if they are not finished.

    The standard policy takes any token of more than 78 characters for text that must be encoded, and so puts
    List-Unsubscribe beyond use.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """The header as given, if it can be nothing but one header."""
        # A header of a parsed mail is a str too, and may carry line ends that nobody looks at again.
        if type(value) is not str or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"{name!r} cannot be {value!r} in a mail")
        if any(len(line) > LONGEST_LINE for line in f"{name}: {value}".split("\r\n")):
            raise ValueError(f"{name} has a line of more than {LONGEST_LINE} characters")
        return name, value

    def fold(self, name: str, value: Any) -> str:
        """The header as it was given."""
        return f"{name}: {value}\r\n"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header as it was given, in ASCII."""
        return self.fold(name, value).encode("ascii")


POLICY = MailPolicy(linesep="\r\n", max_line_length=_LONGEST_QUOTED, cte_type="7bit")


def message_of(headers: Iterable[tuple[str, str]], text: str, html: str, *, key: str, language: str) -> bytes:
    """A mail that says the same twice: as text, then as HTML. key: what its boundary is made of."""
    message = EmailMessage(policy=POLICY)
    for name, value in headers:
        message[name] = value
    message["MIME-Version"] = "1.0"
    message["Content-Language"] = language
    # A line of quoted-printable cannot hold "=_".
    message["Content-Type"] = f'multipart/alternative;\r\n boundary="=_{key[:48]}"'
    for subtype, content in (("plain", text), ("html", html)):
        message.attach(_part(content, subtype))
    return message.as_bytes()


def _part(content: str, subtype: str) -> EmailMessage:
    part = EmailMessage(policy=POLICY)
    part.set_content(content, subtype=subtype, charset="utf-8", cte="quoted-printable")
    del part["MIME-Version"]
    return part
