"""settings.toml: what holds for a workspace as a whole."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path

from .. import toml_file
from ..addresses import is_address, is_domain, mailbox
from ..toml_file import Table
from .reading import at_least, unless_wrong

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
    #: Whether the site has an index of all papers for its search (the extra `pagefind`), used where it is served.
    pagefind: bool = False


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
    #: A Prometheus text file that every run writes at its end, relative to the workspace; empty for none.
    metrics: str = ""
    #: Whether `serve` also starts a run when a file was put into dumps/.
    watch: bool = False
    site: Site = field(default_factory=Site)
    feed: Feed = field(default_factory=Feed)
    mail: Mail = field(default_factory=Mail)


def read_settings(file: Path) -> Settings:
    """Read settings.toml; a key that is not there has its default. Raises ConfigError."""
    top, _ = toml_file.read(file, file.name)
    usual = Settings()
    site, feed, mail = top.table("site"), top.table("feed"), top.table("mail")
    settings = Settings(
        timezone=top.value("timezone", usual.timezone, 'an IANA name such as "Europe/Berlin"'),
        store=top.value("store", usual.store),
        max_dump_mib=at_least(top, "max_dump_mib", usual.max_dump_mib, 1),
        max_unpacked_mib=at_least(top, "max_unpacked_mib", usual.max_unpacked_mib, 1),
        wait=at_least(top, "wait", usual.wait, 0),
        schedule=top.value("schedule", usual.schedule),
        metrics=top.value("metrics", usual.metrics),
        watch=top.value("watch", usual.watch),
        site=Site(
            title=site.value("title", usual.site.title),
            url=site.value("url", usual.site.url),
            tag=site.value("tag", usual.site.tag),
            find=site.value("find", usual.site.find),
            language=site.value("language", usual.site.language),
            pagefind=site.value("pagefind", usual.site.pagefind),
        ),
        feed=Feed(
            items=at_least(feed, "items", usual.feed.items, 1),
            days=at_least(feed, "days", usual.feed.days, 1),
        ),
        mail=_read_mail(mail, usual.mail),
    )
    _check_settings(settings, top, site)
    for table in (top, site, feed, mail):
        table.close()
    return unless_wrong(top, settings)


def _check_settings(settings: Settings, top: Table, site: Table) -> None:
    try:
        zoneinfo.ZoneInfo(settings.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        top.wrong("timezone", f"{settings.timezone!r} is no time zone", 'an IANA name such as "Europe/Berlin" or "UTC"')
    if len(settings.schedule.split()) != 5:
        top.wrong("schedule", "must be a cron expression of five fields", 'for example "0 6 * * *": every day at six')
    if settings.metrics and not settings.metrics.endswith(".prom"):
        top.wrong("metrics", "must end in .prom", "node_exporter reads no other file of its folder")
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
        budget_kib=at_least(table, "budget_kib", usual.budget_kib, LEAST_BUDGET),
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
