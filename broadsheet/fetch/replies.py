"""What the head of an answer says, and what is said to servers about us. Values in, values out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal

from .faults import Failed, Passing

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.9, text/html;q=0.8, text/plain;q=0.8, */*;q=0.5"
)

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,512}")
#: A year; who asks for more has made a mistake.
_LONGEST_WAIT = 365 * 86400
#: A date to wait for whose distance nobody can tell: longer than any pause of ours.
_UNKNOWN_WAIT = 3600

_REDIRECTS = {301: True, 302: False, 303: False, 307: False, 308: True}
_MEANINGS = {
    401: "it wants a login, which is not sent; look for an address without one",
    403: "it refuses; look whether it has another address for programs",
    404: "nothing is there; check the address",
    405: "it does not give this to anybody; check the address",
    410: "gone for good; take the source out of sources.toml",
    451: "withheld for legal reasons",
}
#: Asked again although the status says that asking was the mistake: too slow, too early, too often.
_PASSING = {408, 425, 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What an answer says by which it can be recognised, to the letter: give it back with the next get."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking."""

    #: "new": content is there. "same": nothing changed. "later": ask another time. "failed": a person has to look.
    state: Literal["new", "same", "later", "failed"]
    content: bytes = field(default=b"", repr=False)
    #: As "application/rss+xml"; empty where the server said none.
    media_type: str = ""
    #: For the next get: those of the answer, or the given ones where nothing new came.
    validators: Validators = Validators()
    #: One line for people: the address, what happened, the remedy. Empty where there is nothing to say.
    told: str = ""
    #: Seconds that the server asks to be left alone; 0 where it did not say.
    retry_after: int = 0
    #: Where the answer came from in the end, for messages: without query, name and password.
    url: str = ""


def judge(status: int, headers: Mapping[str, str], *, conditional: bool) -> Literal["new", "same", "moved"]:
    """What a status means. conditional: whether validators were sent. Raises Failed and Passing."""
    if status in (200, 203):
        return "new"
    if status == 304 and conditional:
        return "same"
    if status in _REDIRECTS and headers.get("location"):
        return "moved"
    if status in _PASSING or status >= 500:
        raise Passing(f"answered {status}", wait(headers))
    meaning = _MEANINGS.get(status, "which is no answer to the question; check the address")
    raise Failed(f"answered {status}: {meaning}")


def permanent(status: int) -> bool:
    """Whether a redirect is meant for good."""
    return _REDIRECTS[status]


def wait(headers: Mapping[str, str]) -> int | None:
    """Seconds of Retry-After; None where there is none or it says nothing.

    A date is held against the answer's own Date, so that nobody's wrong clock matters.
    """
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", said):
        return min(int(said[:10]), _LONGEST_WAIT)
    if (until := _moment(said)) is None:
        return None
    now = _moment(headers.get("date", ""))
    return _UNKNOWN_WAIT if now is None else int(min(max(until - now, 0), _LONGEST_WAIT))


def _moment(said: str) -> float | None:
    try:
        return parsedate_to_datetime(said).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def validators(headers: Mapping[str, str], before: Validators) -> Validators:
    """Those of an answer; for each that it lacks or that is not fit to send back, the one before."""
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    return Validators(
        etag=etag if _VALIDATOR.fullmatch(etag) else before.etag,
        modified=modified if _VALIDATOR.fullmatch(modified) else before.modified,
    )


def conditions(known: Validators) -> dict[str, str]:
    """The header lines that ask for what is newer alone; without what no header line can hold."""
    lines = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return {name: value for name, value in lines.items() if _VALIDATOR.fullmatch(value)}


def media_type(headers: Mapping[str, str]) -> str:
    """Content-Type in lower case, without parameters; empty for none or nonsense."""
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    return said if _MEDIA_TYPE.fullmatch(said) else ""


def agent(contact: str, version: str) -> str:
    """The User-Agent: who we are and how the user is reached. A contact that no header can hold is left out."""
    fit = re.fullmatch(r"[\x21-\x27\x2a-\x7e]{1,200}", contact.strip())
    return f"Broadsheet/{version} ({f'+{fit[0]}' if fit else 'digests of research papers'})"


def bare(address: str) -> str:
    """Any text that was meant for an address, fit for a message: without query and password, one short line."""
    text = re.sub(r"//.*@", "//", address, flags=re.DOTALL)
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= 200 else f"{text[:199]}…"
