"""Where a folder of an IMAP server is, and how its name, a user and a password are written there. Pure."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import unquote

from ..errors import DeliveryError
from ..text import fold_space, whole

_URL = re.compile(
    r"(?P<scheme>imaps?)://(?P<user>[^\s/@:]+(?:@[^\s/@:]+)?)@(?P<host>[^\s/@:]+)(?::(?P<port>[0-9]{1,5}))?/(?P<folder>.+)",
    re.DOTALL,
)
#: What would end a command, and begin another one.
CONTROL = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a folder is: imaps://user@host[:port]/folder, taken apart and unquoted."""

    tls: bool
    user: str
    host: str
    port: int
    folder: str

    def __str__(self) -> str:
        """For people: the host and the folder."""
        return fold_space(whole(f"{self.host}/{self.folder}"))


def address(url: str) -> Address:
    """The address that a URL of the configuration means. Raises DeliveryError, a final one."""
    found = _URL.fullmatch(url)
    if not found:
        raise DeliveryError("the mailbox", "is no address; write imaps://user@host/folder")
    tls = found["scheme"] == "imaps"
    user, folder = unquote(found["user"]), unquote(found["folder"])
    if CONTROL.search(user + folder):
        raise DeliveryError(found["host"], "the user or the folder has a control character; mend the mailbox's address")
    return Address(
        tls=tls, user=user, host=found["host"], port=int(found["port"] or (993 if tls else 143)), folder=folder
    )


def quoted(text: str) -> str:
    """A user, a password or the coded name of a folder as IMAP's quoted string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def coded(folder: str) -> str:
    """The name of a folder as IMAP writes it (modified UTF-7, RFC 3501, section 5.1.3)."""
    pieces = re.split("([^\x20-\x7e]+)", folder.replace("&", "&-"))
    for index in range(1, len(pieces), 2):
        sixteen = whole(pieces[index]).encode("utf-16-be")
        pieces[index] = "&" + base64.b64encode(sixteen).decode().rstrip("=").replace("/", ",") + "-"
    return "".join(pieces)
