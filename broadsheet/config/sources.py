"""sources.toml: which dumps belong together, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import toml_file
from ..toml_file import Table
from .deliveries import MOST_DAYS, MOST_SECONDS, PLACE_REMEDY, mailbox_url, secret
from .reading import NAME, at_least, unless_wrong

_URL = re.compile(r"https?://[^\s/@{}?#]+(/([^\s{}]|\{day\})*)?")
#: A mebibyte more, and no memory holds it.
_MOST_MIB = 1 << 16
#: What only one of the ways understands; said of another one, it would be forgotten without a word.
_OF_ONE_WAY = {
    "folder": ("move",),
    "url": ("timeout",),
    "mailbox": ("password", "from", "days"),
}
_OF_SERVERS = ("limit_mib", "allow_private")
#: A word of a line that may hold a password by mistake: under a misspelt key, in an address, without quotes.
_DELICATE = re.compile(r"^[ \t]*+(?!#).*(imap|mailbox|pass|pw|secret|key|token|://[^/\s]*@)", re.I | re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFolder:
    """Dumps that something else saves into a folder."""

    #: Absolute, or relative to the workspace; "~" is the user's home.
    folder: str
    #: Taken away from there, once it lies in the inbox; else left alone.
    move: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FromUrl:
    """A page, feed or API answer that is fetched."""

    #: {day} in it is replaced with the day of the run, as YYYY-MM-DD.
    url: str
    #: Seconds for connecting and for each piece of the answer.
    timeout: int = 30
    #: An answer with more mebibytes is refused.
    limit_mib: int = 64
    #: Whether addresses of this machine and its network may be asked too.
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FromMailbox:
    """Mails in an IMAP folder, which are only read: never deleted, moved or marked."""

    #: imaps://user@host[:port]/folder
    mailbox: str
    #: Where the password is found; see deliveries.PLACE.
    password: str
    #: Only mails whose From has one of these words; all of them where empty.
    senders: tuple[str, ...] = ()
    #: At the first look (or where the server numbers its mails anew), older mails are not looked at.
    days: int = 14
    limit_mib: int = 64
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One [[source]] of config/sources.toml: which dumps are its own, where they come from, how they are read."""

    name: str
    #: Shell patterns of file names.
    files: tuple[str, ...]
    #: Name of the format; None for recognition by content.
    format: str | None = None
    #: Each dump lists everything the source has, so that absence means gone.
    full_listing: bool = False
    #: None for dumps that somebody puts into the inbox.
    collect: FromFolder | FromUrl | FromMailbox | None = None

    @property
    def collected(self) -> tuple[str, ...]:
        """The pattern of the names that we give to what is collected: "name-2026-06-01T060000Z.xml"."""
        return (f"{self.name}-[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*",) if self.collect else ()


def read_sources(file: Path) -> tuple[Source, ...]:
    """Read sources.toml. Raises ConfigError."""
    top, _ = toml_file.read(file, file.name, quoted=_may_be_shown(file))
    sources: list[Source] = []
    for table in top.tables("source"):
        source = Source(
            name=table.value("name", ""),
            files=table.texts("files"),
            format=table.value("format", "") or None,
            full_listing=table.value("full_listing", False),
            collect=_read_collect(table),
        )
        if not NAME.fullmatch(source.name):
            table.wrong("name", "must be letters, digits, - and _", 'for example name = "daily-papers"')
        if source.name in {other.name for other in sources}:
            table.wrong("name", f"{source.name!r} is taken by an earlier source")
        if not source.files and not isinstance(source.collect, FromUrl | FromMailbox):
            table.wrong("files", "names no files", 'for example files = ["daily-papers-*.txt"]')
        table.close()
        sources.append(source)
    top.close()
    return unless_wrong(top, tuple(sources))


def _may_be_shown(file: Path) -> bool:
    """Whether mistakes may show their lines: not where a password may stand in any of them."""
    try:
        return not _DELICATE.search(file.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        return True


def _read_collect(table: Table) -> FromFolder | FromUrl | FromMailbox | None:
    folder, url, mailbox = table.value("folder", ""), table.value("url", ""), mailbox_url(table, "mailbox")
    move = table.value("move", False)
    timeout = at_least(table, "timeout", 30, 1, MOST_SECONDS)
    limit = at_least(table, "limit_mib", 64, 1, _MOST_MIB)
    private = table.value("allow_private", False)
    password, senders, days = secret(table, "password"), table.texts("from"), at_least(table, "days", 14, 1, MOST_DAYS)
    if sum(map(bool, (folder, url, mailbox))) > 1:
        table.wrong("name", "folder, url and mailbox exclude each other", "write one [[source]] for each")
    if url and not _URL.fullmatch(url):
        table.wrong(
            "url",
            "must be an http or https address without name and password, with {day} at most in braces",
            'as "https://example.org/rss.xml"',
            quoted="@" not in url,
        )
    if "\0" in folder:
        table.wrong("folder", "has a character that no name of a folder can have")
    if mailbox and not table.values.get("password"):
        table.wrong("mailbox", "needs a password", PLACE_REMEDY, quoted=False)
    _check_fit(table, {"folder": folder, "url": url, "mailbox": mailbox})
    if folder:
        return FromFolder(folder=folder, move=move)
    if url:
        return FromUrl(url=url, timeout=timeout, limit_mib=limit, allow_private=private)
    if mailbox:
        return FromMailbox(
            mailbox=mailbox,
            password=password,
            senders=senders,
            days=days,
            limit_mib=limit,
            allow_private=private,
        )
    return None


def _check_fit(table: Table, ways: Mapping[str, str]) -> None:
    """Note what is said of a way that the source does not have: `move` of a page, say."""
    for way, keys in _OF_ONE_WAY.items():
        for key in keys:
            if key in table.values and not ways[way] and any(ways.values()):
                table.wrong(
                    key, f"means nothing without {way}", f"take it out, or write {way}", at_key=True, quoted=False
                )
    for key in _OF_SERVERS:
        if key in table.values and ways["folder"]:
            table.wrong(key, "means nothing for a folder", "take it out", at_key=True)
