"""The headers of a mail, finished: in ASCII, folded, and with no way for a text to begin a header of its own.

Which headers there are is written down here; a dump or a profile only ever fills in values, and every value goes
through `_plain` first. Folds by itself rather than by the standard library, whose folding encodes long URLs beyond
recognition, loses quotes around names, and differs from one Python to the next.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ...addresses import Mailbox, is_domain, mailbox
from ...config import Mail, Site
from ...types import Digest
from ..characters import one_line
from ..days import short_day
from ..links import web_url
from ..site.names import profile_page
from ..words import count

#: RFC 5322: a line of a header should have no more characters than this, and must not have more than LONGEST_LINE.
LINE = 78
LONGEST_LINE = 998

#: So much of a subject that most programs show it, and one line holds it.
_SUBJECT = LINE - len("Subject: ")
_LONGEST_URL = 900
_LONGEST_TITLE = 24
_LONGEST_NAME = 60
_LONGEST_ENCODED = 75
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
# What stands for itself in the Q encoding of a phrase (RFC 2047, section 5, rule 3): the narrowest of its rules.
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_NOWHERE = "broadsheet.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells one mail from every other: the same at every run."""

    domain: str
    #: Of domain, profile, day and receiver: sha256 in hexadecimal.
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Where one asks to be left out."""

    address: str
    #: For mail programs, with the subject filled in.
    mailto: str
    #: One POST there is enough; None where no server takes it.
    url: str | None


def identity_of(digest: Digest, site: Site, mail: Mail, receiver: str) -> Identity:
    """The identity of a digest's mail to a receiver."""
    domain = domain_of(site, mail)
    told = "\n".join((domain, digest.profile, digest.day.isoformat(), receiver))
    return Identity(domain=domain, key=hashlib.sha256(told.encode("utf-8", "replace")).hexdigest())


def domain_of(site: Site, mail: Mail) -> str:
    """The domain that the mail's ids are in."""
    for domain in (mail.domain, site.tag.partition(",")[0]):
        if is_domain(domain):
            return domain.lower()
    return _NOWHERE


def sender_of(site: Site, mail: Mail) -> Mailbox:
    """Who the mail is from."""
    found = mailbox(mail.sender) or Mailbox(name="", address=f"digests@{domain_of(site, mail)}")
    return Mailbox(name=found.name or site.title, address=found.address)


def leaving_of(digest: Digest, site: Site, mail: Mail, receiver: str) -> Leaving:
    """Where this receiver of this digest asks to be left out."""
    address = mail.unsubscribe_mail or sender_of(site, mail).address
    profile = quote(digest.profile, safe="", errors="replace")
    url = mail.unsubscribe_url.replace("{profile}", profile).replace("{receiver}", quote(receiver, safe=""))
    return Leaving(
        address=address,
        mailto=f"mailto:{quote(address, safe='@')}?subject=unsubscribe%20{profile}",
        url=https(url),
    )


def headers_of(
    digest: Digest, site: Site, mail: Mail, receiver: str, titles: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """The mail's headers, name and finished value; receiver is one checked address, titles are what is shown."""
    identity, leaving = identity_of(digest, site, mail, receiver), leaving_of(digest, site, mail, receiver)
    sender = sender_of(site, mail)
    midnight = datetime(digest.day.year, digest.day.month, digest.day.day, tzinfo=ZoneInfo(digest.timezone))
    ways = [f"<{way}>" for way in (leaving.url, leaving.mailto) if way]
    archive = https(site.url + profile_page(digest.profile)) if site.url else None
    return (
        ("From", _mailbox("From", sender)),
        ("To", f"<{receiver}>"),
        ("Subject", _text("Subject", subject_of(digest, titles))),
        ("Date", format_datetime(midnight)),
        ("Message-ID", f"<{digest.day.isoformat()}.{identity.key[:32]}@{identity.domain}>"),
        ("List-Id", _list_id(digest, identity.domain)),
        ("List-Unsubscribe", ",\r\n ".join(ways)),
        *((("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),) if leaving.url else ()),
        *((("List-Archive", f"<{archive}>"),) if archive else ()),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "All"),
    )


def subject_of(digest: Digest, titles: tuple[str, ...]) -> str:
    """Which digest, which day, how many papers, and the first one's title as far as there is room."""
    name = _cut(_plain(digest.title) or digest.profile, _LONGEST_TITLE)
    alarms = sum(report.alarm for report in digest.sources)
    told = count(digest.shown, "paper") if digest.shown else "no paper"
    looks = f", {count(alarms, 'source needs', 'sources need')} a look" if alarms else ""
    day, month, _ = short_day(digest.day).split()
    head = f"{name}, {day} {month}: {told}{looks}"
    title = _plain(titles[0]) if titles else ""
    return f"{head}. {_cut(title, _SUBJECT - len(head) - 2)}" if title else head


def _list_id(digest: Digest, domain: str) -> str:
    """RFC 2919: a phrase that may be left out, and an id that must never change."""
    label = re.sub("[^A-Za-z0-9_-]+", "-", digest.profile) or "digest"
    name = _cut(_plain(digest.title), _LONGEST_NAME)
    # Never encoded: some programs sort mail by the header as it stands.
    phrase = _phrase(name) if name.isascii() and "=?" not in name else ""
    return _beside("List-Id", phrase, f"<{label}.{domain}>")


def _mailbox(header: str, box: Mailbox) -> str:
    name = _cut(_plain(box.name), _LONGEST_NAME)
    phrase = _phrase(name) if name.isascii() and "=?" not in name else _encoded(header, name)
    return _beside(header, phrase, f"<{box.address}>")


def _beside(header: str, phrase: str, address: str) -> str:
    """A phrase and what it names, on one line if that holds both."""
    if not phrase:
        return address
    fits = "\r\n" not in phrase and len(f"{header}: {phrase} {address}") <= LINE
    return f"{phrase} {address}" if fits else f"{phrase}\r\n {address}"


def _phrase(name: str) -> str:
    """A short ASCII name as it stands, or between quotes."""
    if _ATOMS.fullmatch(name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _text(header: str, text: str) -> str:
    """An unstructured value: as it stands if a line holds it and nobody would decode it, else encoded."""
    if text.isascii() and "=?" not in text and len(header) + 2 + len(text) <= LINE:
        return text
    return _encoded(header, text)


def _encoded(header: str, text: str) -> str:
    """The text as encoded words (RFC 2047) in UTF-8, a line each, none of them cut inside a character."""
    lines, line, room = list[str](), "", LINE - len(header) - 2 - len("=?utf-8?q??=")
    room = min(room, _LONGEST_ENCODED - len("=?utf-8?q??="))
    for char in text:
        code = "".join(
            "_" if byte == 0x20 else chr(byte) if byte in _Q_SAFE else f"={byte:02X}" for byte in char.encode("utf-8")
        )
        if len(line) + len(code) > room:
            lines.append(line)
            line, room = "", _LONGEST_ENCODED - len("=?utf-8?q??=")
        line += code
    return "\r\n ".join(f"=?utf-8?q?{line}?=" for line in [*lines, line])


def _plain(text: str) -> str:
    """One line of characters that are shown: no controls, no line ends of any kind, no halves, no directions."""
    return one_line(text)


def _cut(text: str, longest: int) -> str:
    """The text, cut at a word's end; with full stops, because an ellipsis would have the whole header encoded."""
    if len(text) <= longest:
        return text
    if longest <= len("..."):
        return ""
    blank = text.rfind(" ", longest // 2, longest - len("...") + 1)
    return text[: blank if blank > 0 else longest - len("...")].rstrip() + "..."


def https(url: str) -> str | None:
    """The checked URL, if it is one that nobody on the way can read or change, and that a header can hold."""
    found = web_url(url) if url else None
    return found if found and found.startswith("https://") and len(found) <= _LONGEST_URL else None
