"""One dump that says something else now: its entries replaced, its papers put together anew, what differs logged.

Does not read dumps, and does not decide which are mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from .. import changes, identity, judging, verdicts
from ..changes import Decision
from ..changes.compare import differences
from ..pipeline import Run
from ..report import count
from ..store import Listed, Stored
from ..types import Change, Dump, Entry, FieldChange, Guid, Paper, Parsed, SourceReport
from .report import Again

#: What a change tells of a paper that was mended; of a paper as readers see it, all but links.
_TOLD = (
    *("title", "abstract", "authors", "author_count", "organization", "published", "updated"),
    *("comments", "upvotes", "categories", "ids", "announce_type", "version"),
)


@dataclass(slots=True)
class Pass:
    """One pass over the archive."""

    run: Run
    #: Dumps taken on this day or later still have news for readers.
    news_since: date
    done: list[Again] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def judged(
    work: Pass, dump: Dump, parsed: Parsed, papers: set[Guid], known: int, told: int, late: datetime | None = None
) -> verdicts.Judged:
    """The verdict on a dump; arguments as for broadsheet.judging.judged."""
    run = work.run
    configured = run.setup.source_of(dump.name) is not None
    return judging.judged(
        run.store,
        dump,
        parsed,
        source=dump.source,
        configured=configured,
        day=run.day,
        papers=papers,
        known=known,
        told=told,
        late=late,
    )


@dataclass(frozen=True, slots=True)
class _Aliases:
    """What names the papers of a dump: by its entries as they were and as they are, and by all other dumps."""

    before: Mapping[Guid, set[str]]
    now: set[str]
    others: Mapping[Guid, set[str]]

    def holds(self, alias: str, guid: Guid) -> bool:
        """Whether an alias still leads to a paper, or may have been the mistake that is mended now.

        What another dump says holds. So does the name of the paper itself, where anything lists it still: a paper that
        no other dump lists lives on in those of its entries that say what its guid was made of.
        """
        if guid not in self.before or alias in self.others.get(guid, ()):
            return True
        return alias == guid and (guid in self.others or (guid in self.before[guid] and guid in self.now))


def mend(
    work: Pass, stored: Stored, dump: Dump, parsed: Parsed, old: Sequence[tuple[Guid, Entry]]
) -> tuple[Change, ...]:
    """Put what a dump says now in the place of what it said before; the changes in the log."""
    run, store = work.run, work.run.store
    others = store.listings({guid for guid, _ in old}, besides=stored.number)
    aliases = _Aliases(
        before=_named(old),
        now={alias for entry in parsed.entries for alias in identity.aliases_of(entry)},
        others={guid: _aliases(one.entry for one in listed) for guid, listed in others.items()},
    )
    known = {alias: guid for alias, guid in store.known_aliases(aliases.now).items() if aliases.holds(alias, guid)}
    identified = identity.identify(parsed.entries, known)
    now = tuple(zip(identified.guids, parsed.entries, strict=True))
    affected = {*aliases.before, *identified.guids}
    listings = dict(others) | store.listings(affected - aliases.before.keys(), besides=stored.number)
    order = stored.order if stored.read else (run.number, *stored.order[1:])
    for guid, entry in now:
        one = Listed(dump=stored.number, order=order, taken=parsed.taken, entry=entry)
        listings.setdefault(guid, []).append(one)
    papers = store.papers(affected)
    decision = _decision(work, stored, parsed, papers, listings, _in_order(old, now))
    gone = {one.paper.guid for one in decision.changes if one.kind == "gone"}
    dropped = {
        (alias, guid)
        for guid, named in aliases.before.items()
        for alias in named - _aliases(one.entry for one in listings.get(guid, ()))
        if alias != guid
    }
    report = _report(work, stored, dump, parsed, decision, set(identified.guids), papers.keys())
    return store.rewrite(
        run.number,
        dump,
        parsed.entries,
        identified.guids,
        decision,
        report,
        recovered=not stored.read,
        aliases=identified.aliases,
        dropped=dropped,
        forgotten=gone,
    )


def _named(listed: Iterable[tuple[Guid, Entry]]) -> dict[Guid, set[str]]:
    named: dict[Guid, set[str]] = defaultdict(set)
    for guid, entry in listed:
        named[guid].update(identity.aliases_of(entry))
    return named


def _aliases(entries: Iterable[Entry]) -> set[str]:
    return {alias for entry in entries for alias in identity.aliases_of(entry)}


def _in_order(old: Iterable[tuple[Guid, Entry]], now: Iterable[tuple[Guid, Entry]]) -> tuple[Guid, ...]:
    """The papers of a dump, in its order; behind them those that it does not list any more."""
    return tuple(dict.fromkeys((*(guid for guid, _ in now), *(guid for guid, _ in old))))


def _decision(
    work: Pass,
    stored: Stored,
    parsed: Parsed,
    known: Mapping[Guid, Paper],
    listings: Mapping[Guid, Sequence[Listed]],
    guids: Sequence[Guid],
) -> Decision:
    """What differs: papers as all that lists them says now, against papers as they are stored."""
    # Only what a dump says that nobody could read before can be news.
    news = not stored.read and parsed.taken.date() >= work.news_since
    papers: list[Paper] = []
    told: list[Change] = []

    def tell(kind: Literal["new", "updated", "gone"], paper: Paper, fields: tuple[FieldChange, ...] = ()) -> None:
        told.append(Change(seq=0, kind=kind, paper=paper, fields=fields, late=True, reparsed=not news))

    for guid in guids:
        before, after = known.get(guid), _rebuilt(guid, listings.get(guid, ()))
        if after is None:
            if before is not None:
                tell("gone", before)
        elif before is None:
            papers.append(after)
            tell("new", after)
        else:
            significant = differences(before.best, after.best)
            fields = significant if news else _corrections(before.best, after.best)
            after = replace(after, version=before.version + bool(significant))
            if after != before:
                papers.append(after)
            if fields:
                tell("updated", after, fields)
    return Decision(papers=tuple(papers), changes=tuple(told))


def _rebuilt(guid: Guid, listed: Sequence[Listed]) -> Paper | None:
    """A paper as all dumps that list it make it, read in their order; None where none does."""
    dumps: dict[tuple[object, ...], list[Listed]] = defaultdict(list)
    for one in sorted(listed, key=lambda one: one.order):
        dumps[one.order].append(one)
    paper: Paper | None = None
    for each in dumps.values():
        observed = [(guid, one.entry) for one in each]
        decision = changes.decide(observed, {guid: paper} if paper else {}, taken=each[0].taken, late=False)
        paper = next(iter(decision.papers), paper)
    return paper


def _corrections(old: Entry, new: Entry) -> tuple[FieldChange, ...]:
    """Every field that says something else now, also where it was unknown or is no longer known."""
    pairs = ((name, _words(getattr(old, name)), _words(getattr(new, name))) for name in _TOLD)
    return tuple(FieldChange(field=name, old=one, new=other) for name, one, other in pairs if one != other)


def _words(value: object) -> str | None:
    if value in (None, (), {}):
        return None
    if isinstance(value, Mapping):
        return ", ".join(f"{key}:{one}" for key, one in sorted(value.items()))
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _report(
    work: Pass,
    stored: Stored,
    dump: Dump,
    parsed: Parsed,
    decision: Decision,
    papers: set[Guid],
    known: Iterable[Guid],
) -> SourceReport:
    """What the dump is like now. Of one that was read before, by itself: what it brought then is told already."""
    newest = work.run.store.newest_taken(dump.source, before_run=work.run.number)
    late = newest if stored.read or (newest and parsed.taken < newest) else None
    updated = count(decision.changes, "updated")
    now = judged(work, dump, parsed, papers, len(papers & set(known)), updated, late)
    # Whether it was news when it came does not change; whether all of it could be understood does.
    was_stale = stored.verdict == "stale" and now.verdict == "complete"
    return SourceReport(
        dump=dump.name,
        source=dump.source,
        format=parsed.format,
        taken=parsed.taken,
        taken_from=parsed.taken_from,
        verdict="stale" if was_stale else now.verdict,
        reason=now.reason,
        entries=len(parsed.entries),
        new=count(decision.changes, "new"),
        updated=updated,
        coverage=parsed.account.coverage,
        problems=parsed.problems,
        unit=parsed.account.unit,
        alarm=now.alarm,
        newest=verdicts.newest_of(parsed.entries),
    )
