"""A digest as templates see it: all its facts in words, nothing escaped and nothing laid out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ..config import Site
from ..types import Digest, HeldBack, Level, Problem, Section, SourceReport
from ..wording import format_points
from . import words
from .days import Moment, long_day, short_day, taken
from .links import Link, search_of
from .rows import Row, row_of
from .site.names import profile_folder

#: So many problems of one dump are shown; of the others, how many there are and how to see them.
MOST_PROBLEMS = 50
#: So many characters of a problem's own text.
_LONGEST_EXCERPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section with its rows."""

    name: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A paper that is not shown."""

    title: str
    link: Link | None
    score: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedBy:
    """What one mute took out."""

    rule: str
    papers: tuple[Left, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A problem, with its place in words."""

    level: Level
    #: First and last line or record: "lines 12-14"; empty for the dump as a whole.
    place: str
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one dump brought."""

    dump: str
    source: str
    format: str
    taken: Moment | None
    verdict: str
    #: Whether somebody should look.
    alarm: bool
    reason: str
    entries: str
    new: str
    updated: str
    #: In percent; empty where the dump could not be read.
    coverage: str
    problems: tuple[Oddity, ...]
    #: Problems beyond MOST_PROBLEMS.
    unshown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A digest in words."""

    profile: str
    #: The folder of its feeds, from the output folder.
    feeds: str
    title: str
    day: str
    day_iso: str
    short_day: str
    #: The whole digest in one sentence.
    summary: str
    #: What was looked at, for a digest without a row; else empty.
    nothing: str
    #: Only sections that have rows.
    sections: tuple[Part, ...]
    held_back: tuple[Left, ...]
    #: The largest first.
    muted: tuple[MutedBy, ...]
    muted_count: int
    sources: tuple[Source, ...]
    problem_count: int
    #: What was needed to be shown, and how many could be.
    bounds: str
    #: Which part of the change log it covers.
    covers: str
    #: What else is to be known of it, in sentences: corrections, sources without news, mails in doubt; mostly empty.
    remarks: str


def edition_of(digest: Digest, site: Site) -> Edition:
    """The digest in words; site: where papers without a link are looked for."""
    first, last = digest.from_seq, digest.to_seq
    return Edition(
        profile=digest.profile,
        feeds=f"site/{profile_folder(digest.profile)}",
        title=digest.title,
        day=long_day(digest.day),
        day_iso=digest.day.isoformat(),
        short_day=short_day(digest.day),
        summary=words.summary(digest),
        nothing=words.nothing(digest),
        sections=tuple(_part(section, site) for section in digest.sections if section.rows),
        held_back=tuple(_left(paper, digest, site) for paper in digest.held_back),
        muted=_muted(digest, site),
        muted_count=len(digest.muted),
        sources=tuple(source_in_words(report, digest.timezone) for report in digest.sources),
        problem_count=sum(len(report.problems) for report in digest.sources),
        bounds=f"Shown are papers of {_at_least(digest)}, at most {digest.limit:,} a section.",
        covers=f"Changes {first:,} to {last:,} of the log" if last >= first else "No change of the log",
        remarks=" ".join(filter(None, _remarks(digest))),
    )


def _remarks(digest: Digest) -> Iterator[str]:
    yield words.corrected(digest.corrected)
    if digest.shown:
        # Else it is told where the papers would stand.
        yield words.unchanged(digest.unchanged)
    yield words.in_doubt(digest.in_doubt)


def _at_least(digest: Digest) -> str:
    points = format_points(digest.min_score)
    return f"{points} {'point' if points == '1' else 'points'} or more"


def _part(section: Section, site: Site) -> Part:
    rows = (row_of(ranked, section.name, rank, site) for rank, ranked in enumerate(section.rows, start=1))
    return Part(name=section.name, title=section.title, rows=tuple(rows))


def _left(paper: HeldBack, digest: Digest, site: Site) -> Left:
    if paper.reason == "limit":
        reason = f"beyond the limit of {digest.limit:,}" + (f", at rank {paper.rank:,}" if paper.rank else "")
    elif paper.reason == "rule":
        reason = f"{paper.rule} has filled its share" + (f", at rank {paper.rank:,}" if paper.rank else "")
    else:
        reason = f"below {format_points(digest.min_score)}"
    return Left(title=paper.title, link=_search(paper.title, site), score=format_points(paper.score), reason=reason)


def _muted(digest: Digest, site: Site) -> tuple[MutedBy, ...]:
    groups = [
        MutedBy(rule=rule, papers=tuple(Left(title=muted.title, link=_search(muted.title, site)) for muted in papers))
        for rule, papers in groupby(sorted(digest.muted, key=lambda muted: muted.rule), key=lambda muted: muted.rule)
    ]
    return tuple(sorted(groups, key=lambda group: (-len(group.papers), group.rule)))


def _search(title: str, site: Site) -> Link | None:
    return next(iter(search_of(title, site)), None)


def source_in_words(report: SourceReport, timezone: str) -> Source:
    """What a dump brought, in words; timezone: of times that are not a page's own date."""
    read = report.format is not None
    return Source(
        dump=report.dump,
        source=report.source,
        format=report.format or "not recognised",
        taken=taken(report, timezone),
        verdict=report.verdict,
        alarm=report.alarm,
        reason=report.reason,
        entries=f"{report.entries:,}",
        new=f"{report.new:,}",
        updated=f"{report.updated:,}",
        coverage=f"{_floor(report.coverage)} %" if read else "",
        problems=_oddities(report.problems[:MOST_PROBLEMS], report.unit),
        unshown=max(0, len(report.problems) - MOST_PROBLEMS),
    )


def _floor(percent: float) -> str:
    """With at most two decimals, and cut rather than rounded: 99.999 is not 100."""
    return format_points(int(percent * 100 + 1e-9) / 100)


def _oddities(problems: Iterable[Problem], unit: str) -> tuple[Oddity, ...]:
    return tuple(
        Oddity(
            level=problem.level,
            place=place_of(problem.place, unit),
            reason=problem.reason,
            excerpt=_excerpt(problem.text),
        )
        for problem in problems
    )


def _excerpt(text: str) -> str:
    """The text on one line; only its beginning is looked at, as it may be a dump's whole content."""
    return words.shortened(" ".join(text[: 4 * _LONGEST_EXCERPT].split()), _LONGEST_EXCERPT)


def place_of(place: tuple[int, int] | None, unit: str) -> str:
    """Where a problem is, by what the dump is counted in: "line 12", "records 12-14"."""
    if place is None:
        return ""
    first, last = place
    return f"{unit.removesuffix('s')} {first}" if first == last else f"{unit} {first}-{last}"
