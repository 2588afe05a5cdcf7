"""What became of one message that was handed to one receiver. Decides nothing about when to try again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

#: sent: it is theirs now. later: it is not, and another try may help. failed: it is not, and no try will help.
#: unknown: the connection ended when it may or may not have been theirs already.
State = Literal["sent", "later", "failed", "unknown"]

_LONGEST = 240
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of one try."""

    state: State
    #: What the other side said or what went wrong: one line of printable ASCII, never a secret.
    told: str = ""
    #: Seconds that the other side asks us to wait; 0 where it does not say.
    pause: int = 0


def line(text: str | bytes, *secrets: str) -> str:
    """A stranger's text as one line of printable ASCII that is not long, with "***" for each of the secrets."""
    # What is not ASCII becomes a mark rather than nothing, so that nobody takes the rest for all that was said; the
    # secrets too, so that they are found in whatever encoding they came back.
    told = _marked(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)
    # The longest first: one secret may stand inside another.
    for secret in sorted(filter(None, map(_marked, secrets)), key=len, reverse=True):
        told = told.replace(secret, "***")
    told = _UNPRINTABLE.sub(" ", told).strip()
    return told if len(told) <= _LONGEST else told[: _LONGEST - len("...")].rstrip() + "..."


def _marked(text: str) -> str:
    return text if text.isascii() else "".join(char if char.isascii() else "?" for char in text)
