"""The front page as templates see it: every profile with its latest digest and the days before. Escapes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

from ..config import Site
from ..types import Digest
from ..wording import format_points
from . import words
from .days import long_day, short_day
from .links import Link, links_of
from .site.names import profile_folder

#: So many papers of a profile's latest digest stand on the front page.
_LEADING = 5
#: So many days stand there before the older ones are folded.
_RECENT = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A paper that leads a digest."""

    title: str
    link: Link | None
    score: str
    #: The rules that matched, by name.
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A digest to be opened."""

    href: str
    text: str
    iso: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One profile on the front page."""

    profile: str
    title: str
    #: The folder of its feeds.
    feeds: str
    latest: Day
    long_day: str
    summary: str
    leads: tuple[Lead, ...]
    #: How many papers the latest digest shows beyond these.
    more: int
    recent: tuple[Day, ...]
    older: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The front page in words."""

    #: The newest day of all; empty while there is no digest.
    day: str
    day_iso: str
    desks: tuple[Desk, ...]


def front_of(profiles: Sequence[Sequence[Digest]], site: Site) -> Front:
    """profiles: for each its digests, the newest first, at least one; the page keeps their order."""
    desks = tuple(_desk(digests, site) for digests in profiles if digests)
    newest = max((digests[0].day for digests in profiles if digests), default=None)
    return Front(
        day=long_day(newest) if newest else "",
        day_iso=newest.isoformat() if newest else "",
        desks=desks,
    )


def _desk(digests: Sequence[Digest], site: Site) -> Desk:
    latest = digests[0]
    days = tuple(_day(digest) for digest in digests)
    rows = chain.from_iterable(section.rows for section in latest.sections)
    leads = tuple(
        Lead(
            title=row.change.paper.best.title,
            link=next(iter(links_of(row.change.paper.best.title, row.change.paper.best.links, site)), None),
            score=format_points(row.score),
            rules=", ".join(match.rule for match in row.matches),
        )
        for row in islice(rows, _LEADING)
    )
    return Desk(
        profile=latest.profile,
        title=latest.title,
        feeds=f"site/{profile_folder(latest.profile)}",
        latest=days[0],
        long_day=long_day(latest.day),
        summary=words.summary(latest),
        leads=leads,
        more=latest.shown - len(leads),
        recent=days[1 : 1 + _RECENT],
        older=days[1 + _RECENT :],
    )


def _day(digest: Digest) -> Day:
    return Day(
        href=f"{digest.profile}/{digest.day.isoformat()}/digest.html",
        text=short_day(digest.day),
        iso=digest.day.isoformat(),
        shown=words.count(digest.shown, "paper"),
    )
