"""The pages that lead to the others: today, the sources, the feeds, and the one for an address that leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from urllib.parse import urlsplit

from ...histories import DayCount, Told
from ...types import Artifact, Digest
from ...wording import format_points
from .. import words
from ..days import Moment, long_day, short_day
from ..edition import Source, source_in_words
from ..links import web_url
from .days import Chart, chart_of
from .frame import Press, feeds_of
from .names import day_page, paper_page, profile_folder, profile_page, source_page

# So many papers of each profile's newest digest stand on the first page, and so many days before it.
_LEADING = 5
_RECENT = 7
# The verdicts of so many dumps stand in a line.
_STRIP = 30
CONTAINERS = "Files that hold others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A paper that leads a digest."""

    title: str
    href: str
    score: str
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLink:
    """A digest to be opened."""

    href: str
    iso: str
    text: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A profile on the first page."""

    profile: str
    title: str
    href: str
    latest: DayLink
    long_day: str
    summary: str
    leads: tuple[Lead, ...]
    more: int
    recent: tuple[DayLink, ...]
    older: int
    chart: Chart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """The verdict on one dump, in a line of them."""

    verdict: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source in the list of all."""

    title: str
    href: str
    last: Source
    day: Moment
    #: The oldest first.
    strip: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """What the dumps of a day brought, the newest first."""

    day: str
    iso: str
    dumps: tuple[Source, ...]


def render_today(desks: Sequence[tuple[Digest, Sequence[DayCount]]], press: Press) -> Artifact:
    """index.html: of each profile the newest digest, and all its days in numbers. Raises RenderError."""
    newest = max((digest.day for digest, _ in desks), default=None)
    return press.page(
        "index.html",
        "index.html.j2",
        section="today",
        desks=[_desk(digest, days) for digest, days in desks],
        day=long_day(newest) if newest else "",
        day_iso=newest.isoformat() if newest else "",
    )


def _desk(digest: Digest, days: Sequence[DayCount]) -> Desk:
    rows = chain.from_iterable(section.rows for section in digest.sections)
    leads = tuple(
        Lead(
            title=row.change.paper.best.title,
            href=paper_page(row.change.paper.guid),
            score=format_points(row.score),
            rules=", ".join(match.rule for match in row.matches),
        )
        for row in islice(rows, _LEADING)
    )
    earlier = [day for day in days if day.day < digest.day]
    return Desk(
        profile=digest.profile,
        title=digest.title,
        href=profile_page(digest.profile),
        latest=DayLink(
            href=day_page(digest.profile, digest.day),
            iso=digest.day.isoformat(),
            text=short_day(digest.day),
            shown=words.count(digest.shown, "paper"),
        ),
        long_day=long_day(digest.day),
        summary=words.summary(digest),
        leads=leads,
        more=digest.shown - len(leads),
        recent=tuple(
            DayLink(
                href=day_page(digest.profile, day.day),
                iso=day.day.isoformat(),
                text=short_day(day.day),
                shown=words.count(day.total, "paper"),
            )
            for day in earlier[:_RECENT]
        ),
        older=max(0, len(earlier) - _RECENT),
        chart=chart_of(days),
    )


def render_sources(sources: Mapping[str, Sequence[Told]], press: Press) -> Artifact:
    """sources/index.html: of each source its newest reports, the newest first. Raises RenderError."""
    lines = [
        SourceLine(
            title=source or CONTAINERS,
            href=source_page(source).partition("/")[2],
            last=source_in_words(told[0].report, "UTC"),
            day=Moment(text=short_day(told[0].day), iso=told[0].day.isoformat()),
            strip=tuple(
                Dot(verdict=one.report.verdict, told=f"{short_day(one.day)}: {one.report.verdict}")
                for one in reversed(told[:_STRIP])
            ),
        )
        for source, told in sources.items()
        if told
    ]
    return press.page("sources/index.html", "sources.html.j2", section="sources", sources=lines)


def render_source(source: str, told: Sequence[Told], press: Press, *, most: int = 0) -> Artifact:
    """sources/<name>.html: its reports, the newest first; most: at most so many were asked for. Raises RenderError."""
    days: dict[str, list[Told]] = {}
    for one in told:
        days.setdefault(one.day.isoformat(), []).append(one)
    groups = [
        SourceDay(
            day=long_day(found[0].day),
            iso=iso,
            dumps=tuple(source_in_words(one.report, "UTC") for one in found),
        )
        for iso, found in sorted(days.items(), reverse=True)
    ]
    return press.page(
        source_page(source),
        "source.html.j2",
        section="sources",
        title=source or CONTAINERS,
        days=groups,
        summary=_told(told),
        cut=most if len(told) == most else 0,
    )


def _told(told: Sequence[Told]) -> str:
    return f"{words.verdicts(one.report for one in told)}." if told else ""


def render_feeds_page(press: Press) -> Artifact:
    """feeds/index.html: every feed, and how to subscribe. Raises RenderError."""
    base = web_url(press.site.url) or ""
    desks = [
        {"title": title, "href": f"{profile_folder(name)}/", "feeds": feeds_of([(name, title)], name)}
        for name, title in press.profiles
    ]
    return press.page("feeds/index.html", "feeds.html.j2", section="feeds", desks=desks, base=base)


def render_missing(press: Press) -> Artifact:
    """404.html, which a server shows at any address: its links begin at the path where the site is served."""
    base = web_url(press.site.url)
    path = urlsplit(base).path if base else "/"
    return press.page("404.html", "404.html.j2", root=path if path.endswith("/") else f"{path}/")
