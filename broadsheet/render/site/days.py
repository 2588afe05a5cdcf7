"""The pages of digests: one of each day, and one of each profile with all its days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby

from ...histories import DayCount
from ...types import Artifact, Digest, Guid
from .. import words
from ..days import long_day, short_day
from ..edition import Edition, edition_of
from .frame import Press
from .names import day_page, paper_page, profile_page, source_page

# The days of so many weeks stand in the line of a profile.
_CHARTED = 13 * 7
_HEIGHT = 40
_STEP = 4
# So many rules of a day have a chip.
_MOST_CHIPS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A way to the first row that a section, a rule or a source brought, and how many it brought."""

    kind: str
    name: str
    #: A fragment of the page.
    href: str
    count: int
    #: What a script may filter by: "rule:kv cache".
    filter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The day before or after."""

    href: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """A day in the list of all days."""

    href: str
    iso: str
    text: str
    total: int
    #: "20 new, 5 updated".
    told: str
    lead: str
    lead_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The days of a month, the newest first."""

    name: str
    iso: str
    days: tuple[DayLine, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How many papers were shown a day, as a line of bars."""

    #: The outline of all bars, for <path>.
    path: str
    width: int
    height: int
    told: str


def render_day(digest: Digest, press: Press, *, before: date | None = None, after: date | None = None) -> Artifact:
    """<profile>/<day>/index.html; before, after: the profile's digests next to it. Raises RenderError."""
    edition = edition_of(digest, press.site)
    name = day_page(digest.profile, digest.day)
    root = "../" * name.count("/")
    return press.page(
        name,
        "day.html.j2",
        section=profile_page(digest.profile),
        profile=digest.profile,
        edition=edition,
        chips=_chips(edition),
        before=_turn(before),
        after=_turn(after),
        page_of=partial(_page_of, root),
        source_of=partial(_source_of, root),
        desk=f"{root}{profile_page(digest.profile)}",
    )


def _page_of(root: str, guid: str) -> str:
    return root + paper_page(Guid(guid))


def _source_of(root: str, source: str) -> str:
    return root + source_page(source)


def _turn(day: date | None) -> Turn | None:
    return Turn(href=f"../{day.isoformat()}/index.html", text=short_day(day)) if day else None


def _chips(edition: Edition) -> tuple[Chip, ...]:
    rows = [row for part in edition.sections for row in part.rows]
    chips = [
        Chip(kind="section", name=part.title, href=f"#{part.name}", count=len(part.rows), filter=f"section:{part.name}")
        for part in edition.sections
    ]
    if len(chips) == 1:
        chips = []
    rules = [(why.rule, row.anchor) for row in rows for why in row.why]
    sources = [(row.source, row.anchor) for row in rows if row.source]
    for kind, found in (("rule", rules), ("source", sources)):
        counts = Counter(name for name, _ in found)
        # The last one written wins: the first row.
        first = dict(reversed(found))
        if len(counts) > 1:
            chips += [
                Chip(kind=kind, name=name, href=f"#{first[name]}", count=count, filter=f"{kind}:{name}")
                for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST_CHIPS]
            ]
    return tuple(chips)


def render_profile(profile: str, title: str, days: Sequence[DayCount], press: Press) -> Artifact:
    """<profile>/index.html, with all its days, the newest first. Raises RenderError."""
    months = [
        Month(
            name=f"{long_day(found[0].day).split()[2]} {found[0].day.year}",
            iso=month,
            days=tuple(_line(day, press, profile) for day in found),
            total=sum(day.total for day in found),
        )
        for month, found in (
            (month, list(group)) for month, group in groupby(days, key=lambda day: day.day.isoformat()[:7])
        )
    ]
    total = sum(day.total for day in days)
    return press.page(
        profile_page(profile),
        "profile.html.j2",
        section=profile_page(profile),
        profile=profile,
        title=title,
        months=months,
        summary=f"{words.count(len(days), 'digest')}, {words.count(total, 'paper')} shown" if days else "",
        newest=_line(days[0], press, profile) if days else None,
        chart=chart_of(days),
    )


def _line(day: DayCount, press: Press, profile: str) -> DayLine:
    told = ", ".join(f"{number:,} {section}" for section, number in sorted(day.shown.items()))
    return DayLine(
        href=f"{day.day.isoformat()}/index.html",
        iso=day.day.isoformat(),
        text=long_day(day.day).rpartition(" ")[0],
        total=day.total,
        told=told or "no paper",
        lead=day.lead,
        lead_href=f"../{paper_page(day.lead_guid)}" if day.lead_guid else "",
    )


def chart_of(days: Sequence[DayCount]) -> Chart | None:
    """Papers shown on each of the last days, a day without a digest being a gap; None for less than three digests."""
    if len(days) < 3:
        return None
    last = days[0].day
    start = max(days[-1].day, last - timedelta(days=_CHARTED - 1))
    shown = {day.day: day.total for day in days if day.day >= start}
    most = max(shown.values()) or 1
    bars = []
    for day, total in sorted(shown.items()):
        left = (day - start).days * _STEP
        high = max(1, round(_HEIGHT * total / most)) if total else 0
        bars.append(f"M{left} {_HEIGHT}h{_STEP - 1}v-{high}h-{_STEP - 1}z")
    least, largest = min(shown.values()), max(shown.values())
    return Chart(
        path="".join(bars),
        width=((last - start).days + 1) * _STEP,
        height=_HEIGHT,
        told=f"Papers shown a day from {short_day(start)} to {short_day(last)}: between {least} and {largest}",
    )
