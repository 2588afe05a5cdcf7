"""A feed before it has a format: its entries with their ids and dates, and where it will stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from ...config import Site
from ...types import Digest, Guid
from ..links import search_url, web_url
from ..site.names import day_page

# What RFC 4151 leaves alone in the part behind the date.
_TAG_SAFE = "-._~!$'()*+,;=:@/"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A paper, or a day."""

    #: A tag: URI, the same in every feed and run.
    id: str
    #: Plain text.
    title: str
    #: What it leads to; None where there is nothing.
    link: str | None
    #: Our own page about it; None while the site has no address.
    page: str | None
    published: datetime
    #: No two entries of a feed have the same.
    updated: datetime
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    #: Plain text.
    summary: str
    #: What readers show: p, ul, ol, li, strong, em and a.
    html: str
    #: For programs: score, rank, rules.
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where a document stands among those of its feed (RFC 5005); months as "2026-10", empty where there is none."""

    #: What it holds; empty for the subscription document.
    month: str = ""
    #: The month before, whose document never changes again.
    previous: str = ""
    #: The month after. A document that has one never changes again.
    following: str = ""
    #: Of the subscription document: the month that is not over, whose document has what has no room here.
    running: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A feed, the newest entries first."""

    #: Relative to the folder of the site: "serving", "serving/digests".
    folder: str
    #: A tag: URI.
    id: str
    title: str
    description: str
    #: The date of its newest entry; of a feed without any, that of the newest digest; None without one.
    updated: datetime | None
    entries: tuple[FeedEntry, ...]
    shelf: Shelf = Shelf()

    def own(self, file: str, site: Site) -> str | None:
        """Where this document of the feed is served, in the format of this file."""
        return self.address(archived(file, self.shelf.month) if self.shelf.month else file, site)

    def neighbours(self, file: str, site: Site) -> tuple[tuple[str, str], ...]:
        """The other documents of the feed in the format of this file: relation (RFC 5005) and address."""
        shelf = self.shelf
        months = {"prev-archive": shelf.previous, "next-archive": shelf.following, "next": shelf.running}
        files = {"current": file} if shelf.month else {}
        files |= {relation: archived(file, month) for relation, month in months.items() if month}
        return tuple(
            (relation, address) for relation, name in files.items() if (address := self.address(name, site)) is not None
        )

    def address(self, file: str, site: Site) -> str | None:
        """Where a file of this feed is served; None while the site has no address."""
        base = web_url(site.url)
        return f"{base}{quote(self.folder)}/{file}" if base else None


def archived(file: str, month: str) -> str:
    """What a month's document is called: archive/2026-10.atom.xml for atom.xml, archive/2026-10.json for feed.json."""
    return f"archive/{month}.{file.removeprefix('feed.')}"


def midnight(digest: Digest) -> datetime:
    """The begin of the digest's day, in its own time zone: never in the future."""
    return datetime.combine(digest.day, time(), tzinfo=ZoneInfo(digest.timezone))


def stamp(digest: Digest, place: int) -> datetime:
    """The date of the entry at a place (from 1) of a digest.

    One second earlier for each place: no two are the same, and a reader that sorts by date keeps the digest's order.
    """
    return midnight(digest) - timedelta(seconds=place)


def page_of(profile: str, day: date, site: Site, fragment: str = "") -> str | None:
    """Where the page of a digest is served; None while the site has no address."""
    base = web_url(site.url)
    return f"{base}{day_page(profile, day)}{fragment}" if base else None


def tag_of(guid: Guid, site: Site) -> str:
    """The paper's tag: URI: tag:<domain>,<year>:paper:<scheme>:<id>."""
    scheme, _, value = guid.partition(":")
    scheme = {"title": "sha256"}.get(scheme, scheme)
    return f"tag:{site.tag}:paper:{quote(scheme, safe='-._~')}:{quote(value, safe=_TAG_SAFE, errors='replace')}"


def tag(site: Site, *parts: str) -> str:
    """Another tag: URI of this site, from letters, digits, "-" and "_"."""
    return ":".join((f"tag:{site.tag}", *parts))


def home(site: Site) -> str:
    """What a feed as a whole belongs to; while the site has no address, where its papers are looked for."""
    if base := web_url(site.url):
        return base
    parts = urlsplit(search_url("", site) or "https://example.org/")
    return f"{parts.scheme}://{parts.netloc}/"


def rfc3339(when: datetime) -> str:
    """A time as Atom and JSON Feed write it (RFC 3339), in its own zone."""
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
