"""What is written to the operator: plain mails, in headers and words of our own. Decides and sends nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ..config import Settings
from ..render.characters import one_line
from ..render.mail.headers import domain_of, sender_of
from ..render.mail.message import POLICY
from .memory import Trouble

_MOST_TOLD = 20
_LONGEST_TOLD = 500
_LONGEST_NAME = 60
#: A configuration has all its mistakes in one failure.
_MOST_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Whose runs they are, and who is written to."""

    #: Of the workspace; absolute.
    root: Path
    settings: Settings
    #: A checked address.
    operator: str

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return sender_of(self.settings.site, self.settings.mail).address

    @property
    def name(self) -> str:
        """The workspace in a word."""
        return shortened(self.root.name, _LONGEST_NAME) or "this machine"

    def local(self, moment: datetime) -> datetime:
        """A time as the operator's clock has it."""
        return moment.astimezone(ZoneInfo(self.settings.timezone))


def failed(desk: Desk, troubles: Sequence[Trouble], again_hours: int, now: datetime) -> bytes:
    """The mail about a run in which these failed; the bytes are ready to be sent."""
    day = desk.local(now)
    lines = [
        f"In the run of {day:%Y-%m-%d}, {day:%H:%M %Z}, in {shortened(str(desk.root))}, this failed:",
        "",
    ]
    for trouble in troubles[:_MOST_TOLD]:
        lines.append(_listed(trouble))
        if trouble.times > 1:
            lines.append(f"  since {desk.local(trouble.since):%Y-%m-%d %H:%M}, {trouble.times} times so far")
    if len(troubles) > _MOST_TOLD:
        lines.append(f"- and {len(troubles) - _MOST_TOLD} more")
    lines += [
        "",
        "What to do next:",
        "",
        "  broadsheet status   shows the last runs, each source's verdict and what is owed",
        "  broadsheet run      tries again; what was done is kept, and nothing is sent twice",
        "",
        f"You will hear of the same again after {again_hours} hours if it lasts, and once when all is well.",
    ]
    return _mail(desk, f"Broadsheet on {desk.name}: the run of {day:%Y-%m-%d} failed", lines, now)


def well(desk: Desk, troubles: Sequence[Trouble], now: datetime) -> bytes:
    """The mail about the first good run after these failed."""
    day, since = desk.local(now), desk.local(min(trouble.since for trouble in troubles))
    lines = [
        f"The run of {day:%Y-%m-%d}, {day:%H:%M %Z}, in {shortened(str(desk.root))} went well.",
        "",
        f"Over is what failed since {since:%Y-%m-%d %H:%M}:",
        "",
        *map(_listed, troubles[:_MOST_TOLD]),
    ]
    if len(troubles) > _MOST_TOLD:
        lines.append(f"- and {len(troubles) - _MOST_TOLD} more")
    return _mail(desk, f"Broadsheet on {desk.name}: all is well again", lines, now)


def shortened(text: str, longest: int = _LONGEST_TOLD) -> str:
    """A text as one line that is not long and turns nothing around."""
    told = one_line(text)
    return told if len(told) <= longest else told[: longest - len("...")] + "..."


def summed(failure: str) -> str:
    """A failure as it is told: its first lines, each of them plain, without the pointers under them."""
    lines = (shortened(row) for row in failure.splitlines())
    return "\n".join([row for row in lines if row.strip("^")][:_MOST_LINES])


def _listed(trouble: Trouble) -> str:
    return "- " + trouble.text.replace("\n", "\n  ")


def _mail(desk: Desk, subject: str, lines: Sequence[str], now: datetime) -> bytes:
    text = "\n".join(lines).encode("utf-8", "replace").decode() + "\n"
    key = hashlib.sha256(f"{subject}\n{now.isoformat()}\n{text}".encode()).hexdigest()
    message = EmailMessage(policy=POLICY)
    message["From"] = f"Broadsheet <{desk.sender}>"
    message["To"] = f"<{desk.operator}>"
    message["Subject"] = _subject(subject)
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = f"<notice.{key[:32]}@{domain_of(desk.settings.site, desk.settings.mail)}>"
    # Nobody's holiday is to be answered with.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def _subject(text: str) -> str:
    """As it is where it is plain; else encoded and folded."""
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
