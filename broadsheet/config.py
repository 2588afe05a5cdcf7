"""TOML -> frozen types. All mistakes of all files at once, each with file, line and what would be right.

Reads files and decides nothing about queries: broadsheet.rules compiles what a profile's rules say.
"""

from __future__ import annotations

import hashlib
import re
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from . import toml_file
from .addresses import is_address, is_domain, mailbox
from .errors import ConfigError, Mistake
from .toml_file import Table
from .types import Place, Profile, Rule

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_UNSUBSCRIBE = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?/([!#-;=?-Z_a-z~%-]|\{receiver\}|\{profile\})*")
#: A mail with less room than this, in kibibytes, could not say what it leaves out.
LEAST_BUDGET = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How the published digests present themselves (config/settings.toml, [site])."""

    #: Title of the site and of its feeds.
    title: str = "Broadsheet"
    #: Where output/site/ is served, with a slash at its end; empty while it is not.
    url: str = ""
    #: Domain and year of its registration, for tag: URIs (RFC 4151). Never change it once feeds are read.
    tag: str = "broadsheet.invalid,2026"
    #: Where a paper without a link of its own is looked up; {title} is replaced.
    find: str = "https://huggingface.co/papers?q={title}"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What the feeds hold (config/settings.toml, [feed])."""

    #: At most this many papers in a subscription document, the newest first.
    items: int = 100
    #: Of the digests of so many days at most.
    days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How digests go out as mail (config/settings.toml, [mail])."""

    #: "name <address>" or an address; empty for digests@ the domain below, under the site's title.
    sender: str = ""
    #: For Message-ID and List-Id; empty for the domain of the site's tag.
    domain: str = ""
    #: Whom the mail.eml in the output is written to.
    receiver: str = "reader@broadsheet.invalid"
    #: Where a request to be left out is mailed to; empty for the sender.
    unsubscribe_mail: str = ""
    #: The same by one POST (RFC 8058): https, {receiver} and {profile} are replaced; empty for none.
    unsubscribe_url: str = ""
    #: The HTML part has at most so many kibibytes: Gmail hides what comes behind about 100.
    budget_kib: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """config/settings.toml."""

    #: IANA name of the zone a digest's day is meant in.
    timezone: str = "UTC"
    #: SQLAlchemy URL of the store; empty for state/broadsheet.db in the workspace.
    store: str = ""
    #: A dump that must be held as a whole and has more mebibytes than this is refused.
    max_dump_mib: int = 64
    #: No more mebibytes than this are unpacked from one file.
    max_unpacked_mib: int = 16_384
    #: How many seconds a run waits for another one that holds the workspace.
    wait: int = 60
    #: When `serve` starts the daily run: cron, in the time zone above.
    schedule: str = "0 6 * * *"
    site: Site = field(default_factory=Site)
    feed: Feed = field(default_factory=Feed)
    mail: Mail = field(default_factory=Mail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One [[source]] of config/sources.toml: which dumps are its own, and how they are read."""

    name: str
    #: Shell patterns of file names.
    files: tuple[str, ...]
    #: Name of the format; None for recognition by content.
    format: str | None = None
    #: Each dump lists everything the source has, so that absence means gone.
    full_listing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All configuration of a workspace."""

    settings: Settings
    sources: tuple[Source, ...]
    #: In the order of their names.
    profiles: tuple[Profile, ...]


def load(settings: Path, sources: Path, profiles: Path, *, names: Sequence[str] = ()) -> Config:
    """Read settings.toml, sources.toml and the folder of profiles.

    Only the profiles called names are read; all of them where names is empty. Raises ConfigError with every mistake of
    every file at once.
    """
    mistakes: list[Mistake] = []
    config = Config(
        settings=_attempt(lambda: read_settings(settings), Settings(), mistakes),
        sources=_attempt(lambda: read_sources(sources), (), mistakes),
        profiles=_attempt(lambda: read_profiles(profiles, names), (), mistakes),
    )
    if mistakes:
        raise ConfigError(mistakes)
    return config


def _attempt(read: Callable[[], T], default: T, mistakes: list[Mistake]) -> T:
    try:
        return read()
    except ConfigError as error:
        mistakes.extend(error.mistakes)
        return default


def read_settings(file: Path) -> Settings:
    """Read settings.toml; a key that is not there has its default. Raises ConfigError."""
    top, _ = toml_file.read(file, file.name)
    usual = Settings()
    site, feed, mail = top.table("site"), top.table("feed"), top.table("mail")
    settings = Settings(
        timezone=top.value("timezone", usual.timezone, 'an IANA name such as "Europe/Berlin"'),
        store=top.value("store", usual.store),
        max_dump_mib=_at_least(top, "max_dump_mib", usual.max_dump_mib, 1),
        max_unpacked_mib=_at_least(top, "max_unpacked_mib", usual.max_unpacked_mib, 1),
        wait=_at_least(top, "wait", usual.wait, 0),
        schedule=top.value("schedule", usual.schedule),
        site=Site(
            title=site.value("title", usual.site.title),
            url=site.value("url", usual.site.url),
            tag=site.value("tag", usual.site.tag),
            find=site.value("find", usual.site.find),
            language=site.value("language", usual.site.language),
        ),
        feed=Feed(
            items=_at_least(feed, "items", usual.feed.items, 1),
            days=_at_least(feed, "days", usual.feed.days, 1),
        ),
        mail=_read_mail(mail, usual.mail),
    )
    _check_settings(settings, top, site)
    for table in (top, site, feed, mail):
        table.close()
    return _unless_wrong(top, settings)


def _check_settings(settings: Settings, top: Table, site: Table) -> None:
    try:
        zoneinfo.ZoneInfo(settings.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        top.wrong("timezone", f"{settings.timezone!r} is no time zone", 'an IANA name such as "Europe/Berlin" or "UTC"')
    if len(settings.schedule.split()) != 5:
        top.wrong("schedule", "must be a cron expression of five fields", 'for example "0 6 * * *": every day at six')
    if settings.site.url and not re.fullmatch(r"https?://[^\s/]+(/\S*)?/|https?://[^\s/]+/", settings.site.url):
        site.wrong(
            "url", "must be an http or https address that ends in a slash", 'for example "https://example.org/digests/"'
        )
    if not re.fullmatch(r"[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?", settings.site.tag):
        site.wrong(
            "tag", "must be a domain of yours and a year in which it was yours", 'for example "example.org,2026"'
        )
    if not re.match(r"https?://[^\s{}/]+/", settings.site.find) or "{title}" not in settings.site.find:
        site.wrong("find", "must be an http or https address with {title} in it")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", settings.site.language):
        site.wrong("language", "must be a language tag", 'for example "en" or "pt-BR"')


def _read_mail(table: Table, usual: Mail) -> Mail:
    mail = Mail(
        sender=table.value("sender", usual.sender),
        domain=table.value("domain", usual.domain),
        receiver=table.value("receiver", usual.receiver),
        unsubscribe_mail=table.value("unsubscribe_mail", usual.unsubscribe_mail),
        unsubscribe_url=table.value("unsubscribe_url", usual.unsubscribe_url),
        budget_kib=_at_least(table, "budget_kib", usual.budget_kib, LEAST_BUDGET),
    )
    if mail.sender and not mailbox(mail.sender):
        table.wrong("sender", "is no address to send from", 'for example "Morning papers <digests@example.org>"')
    if mail.domain and not is_domain(mail.domain):
        table.wrong("domain", "is no domain", 'for example "example.org"')
    if not is_address(mail.receiver):
        table.wrong("receiver", "is no single mail address", 'for example "you@example.org"')
    if mail.unsubscribe_mail and not is_address(mail.unsubscribe_mail):
        table.wrong("unsubscribe_mail", "is no single mail address", 'for example "leave@example.org"')
    if mail.unsubscribe_url and not _UNSUBSCRIBE.fullmatch(mail.unsubscribe_url):
        table.wrong(
            "unsubscribe_url",
            "must be an https address; {receiver} and {profile} are replaced in it, and nothing else in braces",
            'for example "https://example.org/leave?list={profile}&who={receiver}"',
        )
    return mail


def read_sources(file: Path) -> tuple[Source, ...]:
    """Read sources.toml. Raises ConfigError."""
    top, _ = toml_file.read(file, file.name)
    sources: list[Source] = []
    for table in top.tables("source"):
        source = Source(
            name=table.value("name", ""),
            files=table.texts("files"),
            format=table.value("format", "") or None,
            full_listing=table.value("full_listing", False),
        )
        if not _NAME.fullmatch(source.name):
            table.wrong("name", "must be letters, digits, - and _", 'for example name = "daily-papers"')
        if source.name in {other.name for other in sources}:
            table.wrong("name", f"{source.name!r} is taken by an earlier source")
        if not source.files:
            table.wrong("files", "names no files", 'for example files = ["daily-papers-*.txt"]')
        table.close()
        sources.append(source)
    top.close()
    return _unless_wrong(top, tuple(sources))


def read_profiles(folder: Path, names: Sequence[str] = ()) -> tuple[Profile, ...]:
    """Read the profiles of a folder, one file each, in the order of their names. Raises ConfigError."""
    files, missing = profile_files(folder, names)
    mistakes = list(missing)
    profiles = [_attempt(lambda file=file: read_profile(file), None, mistakes) for file in files]  # type: ignore[misc]
    if mistakes:
        raise ConfigError(mistakes)
    return tuple(profile for profile in profiles if profile)


def profile_files(folder: Path, names: Sequence[str] = ()) -> tuple[tuple[Path, ...], tuple[Mistake, ...]]:
    """The files of the profiles called names, or all of a folder, in the order of their names; names without a file."""
    files = {file.stem: file for file in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}
    there = ", ".join(files) or "none"
    mistakes = [
        Mistake(file=folder.name, line=None, message=f"there is no profile {name!r}", remedy=f"there are: {there}")
        for name in names
        if name not in files
    ]
    if not files and not names:
        remedy = "write one file for each reader, or start with `broadsheet init DIR`"
        mistakes.append(Mistake(file=str(folder), line=None, message="holds no profile (*.toml)", remedy=remedy))
    chosen = sorted(set(names) & set(files)) if names else sorted(files)
    return tuple(files[name] for name in chosen), tuple(mistakes)


def read_profile(file: Path) -> Profile:
    """Read one profile; what its queries say is not looked at. Raises ConfigError."""
    profile, mistakes = read_wrong_profile(file)
    if mistakes:
        raise ConfigError(mistakes)
    return profile


def read_wrong_profile(file: Path) -> tuple[Profile, tuple[Mistake, ...]]:
    """Read as much of a profile as can be understood, and all mistakes beside it; its queries are not looked at.

    Raises ConfigError where the file cannot be read or is no TOML.
    """
    name = f"{file.parent.name}/{file.name}"
    top, text = toml_file.read(file, name)
    usual = Profile(name="", title="", rules=())
    if not _NAME.fullmatch(file.stem):
        top.mistakes.append(
            Mistake(file=name, line=None, message="its name must be letters, digits, - and _", remedy="rename the file")
        )
    taken: set[str] = set()
    profile = Profile(
        name=file.stem,
        title=top.value("title", "") or file.stem.replace("-", " ").replace("_", " ").capitalize(),
        rules=tuple(_read_rule(table, taken, weighted=True) for table in top.tables("rule")),
        mutes=tuple(_read_rule(table, taken, weighted=False) for table in top.tables("mute")),
        limit=_at_least(top, "limit", usual.limit, 1),
        min_score=top.value("min_score", usual.min_score),
        per_rule_limit=_at_least(top, "per_rule_limit", usual.per_rule_limit, 0),
        title_boost=top.value("title_boost", usual.title_boost),
        sources=top.texts("sources"),
        start_days=_at_least(top, "start_days", usual.start_days, 0),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    if not profile.rules and not any(mistake.message.startswith("rule") for mistake in top.mistakes):
        top.mistakes.append(
            Mistake(
                file=name, line=None, message="has no rule", remedy="add [[rule]] with when = 'a query' and weight = 1"
            )
        )
    for key in ("min_score", "title_boost"):
        _check_points(top, key)
    top.close()
    # What is looked at twice is wrong once.
    return profile, tuple(dict.fromkeys(top.mistakes))


def _read_rule(table: Table, taken: set[str], *, weighted: bool) -> Rule:
    when = table.value("when", "")
    name = table.value("name", "") or when
    weight = table.value("weight", 1.0) if weighted else 1.0
    if not when.strip():
        table.wrong("when", "is missing or empty", "write when = '...': what a paper must say to match")
    elif name in taken:
        table.wrong("name", f"{name!r} is the name of an earlier rule", "give each rule a name of its own")
    taken.add(name)
    if weighted:
        _check_points(table, "weight")
    table.close()
    return Rule(name=name, when=when, weight=weight, place=_query_place(table, when))


def _query_place(table: Table, when: str) -> Place:
    """The place of a query; where the file spells it with escapes, the query itself stands for the line."""
    place = table.place("when") or table.place() or Place(file=table.file, line=1)
    first = when.split("\n", 1)[0]
    if place.text[place.column - 1 :].startswith(first):
        return place
    return Place(file=place.file, line=place.line, column=1, text=first)


def _check_points(table: Table, key: str) -> None:
    """Points are hundredths at most, so that sums are exact and every figure can be printed in full."""
    value = table.value(key, 1.0)
    if not abs(value) <= 1_000_000 or value != round(value, 2):  # the first also refuses nan
        table.wrong(key, f"{value:g} is not a number with at most two decimals", "for example 2, 0.5 or -3")
    elif key == "title_boost" and value < 0:
        table.wrong(key, "must not be negative")


def _at_least(table: Table, key: str, default: int, least: int) -> int:
    value = table.value(key, default)
    if value < least:
        table.wrong(key, f"is {value} and must be at least {least}")
    return value


def _unless_wrong(top: Table, value: T) -> T:
    if top.mistakes:
        raise ConfigError(top.mistakes)
    return value
