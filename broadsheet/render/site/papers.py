"""The page of a paper: itself, where it was seen, what changed in it, and where it was shown and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from ...histories import Appearance, Event, History, Sighting
from ...types import Artifact, FieldChange, Guid
from ...wording import format_points, signed_points
from .. import words
from ..days import Moment, published, short_day
from ..edition import place_of
from ..links import Link, host_of, links_of, web_url
from .difference import Run, difference
from .frame import Press
from .names import day_page, paper_page

# So many changes are told word by word, the newest; pages of papers that change daily must stay pages.
_MOST_EVENTS = 50
# Of a text that long, a change is told in short.
_LONGEST = 40_000
_SCHEMES = {"arxiv": "arXiv", "doi": "DOI", "pmid": "PubMed", "openreview": "OpenReview", "acl": "ACL Anthology"}
_ADDRESSES = {
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "openreview": "https://openreview.net/forum?id={}",
}
_KINDS = {
    "new": "First seen",
    "updated": "Changed",
    "returned": "Back in the listing",
    "gone": "Left the listing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A source that listed the paper: how often, from when to when."""

    source: str
    first: Moment
    last: Moment
    #: Every dump of it: its name, its day, the place in it.
    dumps: tuple[tuple[str, Moment, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A field that changed, with what went and what came."""

    field: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of the paper's history."""

    day: Moment
    what: str
    source: str
    dump: str
    #: "late", "by re-reading".
    notes: tuple[str, ...]
    fields: tuple[Rewritten, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row in a digest."""

    href: str
    title: str
    day: Moment
    section: str
    rank: int
    score: str
    points_noun: str
    #: Each rule with its points, as they are added up.
    why: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Another work that belongs to this one."""

    what: str
    name: str
    #: Our page about it, from the folder of the site; empty where it was never listed.
    page: str
    link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperStory:
    """A paper in words."""

    title: str
    #: As the dump has it, for its formulas.
    title_raw: str
    guid: str
    #: "arXiv 2401.01234"; empty for a paper that has no id.
    id: str
    authors: str
    organization: str
    categories: tuple[str, ...]
    published: Moment | None
    comments: str
    upvotes: str
    #: "changed once"; empty for one that never was.
    rewritten: str
    links: tuple[Link, ...]
    abstract: str
    abstract_raw: str
    forgotten: bool
    seen: tuple[Seen, ...]
    steps: tuple[Step, ...]
    #: Older changes that are not told.
    untold: int
    shown: tuple[Shown, ...]
    relatives: tuple[Relative, ...]


def render_paper(history: History, press: Press) -> Artifact:
    """papers/<shard>/<name>.html. Raises RenderError."""
    return press.page(paper_page(history.paper.guid), "paper.html.j2", story=story_of(history, press))


def story_of(history: History, press: Press) -> PaperStory:
    """The paper in words; nothing is escaped."""
    paper = history.paper
    best = paper.best
    events = history.events[-_MOST_EVENTS:]
    return PaperStory(
        title=best.title,
        title_raw=best.title_raw,
        guid=paper.guid,
        id=_named(paper.guid),
        authors=", ".join(best.authors) or words.authors(best),
        organization=best.organization or "",
        categories=best.categories,
        published=published(best),
        comments=words.count(best.comments, "comment") if best.comments else "",
        upvotes=words.count(best.upvotes, "upvote") if best.upvotes else "",
        rewritten=_times(paper.version - 1),
        links=links_of(best.title, best.links, press.site),
        abstract=best.abstract or "",
        abstract_raw=best.abstract_raw or "",
        forgotten=history.forgotten,
        seen=_seen(history.sightings),
        steps=tuple(_step(event) for event in reversed(events)),
        untold=len(history.events) - len(events),
        shown=tuple(_shown(row) for row in sorted(history.appearances, key=_newest_first)),
        relatives=_relatives(history.related),
    )


def _times(changes: int) -> str:
    if changes < 1:
        return ""
    return "changed once" if changes == 1 else f"changed {changes:,} times"


def _named(guid: str) -> str:
    scheme, _, value = guid.partition(":")
    return "" if scheme == "title" or not value else f"{_SCHEMES.get(scheme, scheme)} {value}"


def _seen(sightings: Iterable[Sighting]) -> tuple[Seen, ...]:
    by_source = sorted(sightings, key=lambda one: one.source)
    found = []
    for source, group in groupby(by_source, key=lambda one: one.source):
        dumps = tuple(
            (one.dump, _when(one), place_of(one.span, "lines") if one.span and one.span[0] != one.span[1] else "")
            for one in group
        )
        found.append(Seen(source=source, first=dumps[0][1], last=dumps[-1][1], dumps=dumps))
    return tuple(sorted(found, key=lambda seen: (seen.first.iso, seen.source)))


def _when(sighting: Sighting) -> Moment:
    day = sighting.taken.date() if sighting.taken else sighting.day
    return Moment(text=short_day(day), iso=day.isoformat())


def _step(event: Event) -> Step:
    notes = (*(("late",) if event.late else ()), *(("by re-reading an old dump",) if event.reparsed else ()))
    return Step(
        day=Moment(text=short_day(event.day), iso=event.day.isoformat()),
        what=_KINDS[event.kind],
        source=event.source,
        dump=event.dump,
        notes=notes,
        fields=tuple(_rewritten(change) for change in event.fields),
    )


def _rewritten(change: FieldChange) -> Rewritten:
    old, new = change.old or "", change.new or ""
    if max(len(old), len(new)) > _LONGEST:
        before, gone, come, after = words.changed(change)
        runs = (
            *(Run(kind="same", text=f"{before} "), Run(kind="gone", text=f"{gone} ")),
            *(Run(kind="come", text=f"{come} "), Run(kind="same", text=after)),
        )
        return Rewritten(field=change.field, runs=runs)
    return Rewritten(field=change.field, runs=difference(old, new))


def _newest_first(row: Appearance) -> tuple[int, str, str]:
    return -row.day.toordinal(), row.profile, row.section


def _shown(row: Appearance) -> Shown:
    score = format_points(row.score)
    return Shown(
        href=f"{day_page(row.profile, row.day)}#{row.section}-{row.rank}",
        title=row.title or row.profile,
        day=Moment(text=short_day(row.day), iso=row.day.isoformat()),
        section=row.section,
        rank=row.rank,
        score=score,
        points_noun="point" if score == "1" else "points",
        why=tuple((rule, signed_points(points)) for rule, points in row.why),
    )


def _relatives(related: Mapping[str, tuple[str, Guid | None]]) -> tuple[Relative, ...]:
    return tuple(
        Relative(what=what, name=_named(name) or name, page=paper_page(guid) if guid else "", link=_address(name))
        for name, (what, guid) in sorted(related.items())
    )


def _address(name: str) -> Link | None:
    scheme, _, value = name.partition(":")
    pattern = _ADDRESSES.get(scheme)
    if not pattern:
        return None
    url = web_url(pattern.format(quote(value, safe="/:;()._-", errors="replace")))
    return Link(href=url, name=_SCHEMES[scheme], host=host_of(url)) if url else None
