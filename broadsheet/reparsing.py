"""The raw archive, read again with today's parsers: what was misread is mended, and nothing old is told as news.

Every dump goes the way it went when it was first read, in the same order. Where it says the same as then, nothing is
written. Where it says something else, its entries are replaced, the papers they belong to are put together anew from
all that lists them, and what differs is appended to the log, marked as reparsed: no digest tells such a change, and
one that was cut stays as it is. A dump is mended in one transaction, and a second pass finds nothing to do, so that a
pass that was killed is simply begun again.

A dump that could not be read before and can be now is read like a new one. Its papers are news to readers if it was
taken in the days of a profile's last digest or later; older ones only complete the record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from . import changes, identity, inbox, judging, pipeline, sources, verdicts
from .changes import Decision
from .changes.compare import differences
from .errors import BroadsheetError, ParseFailed, SourceError
from .intake import PART
from .pipeline import Progress, Run, silent
from .questions import open_to_read
from .report import count
from .setup import load
from .store import Listed, Stored
from .store.again import told as problems_told
from .store.bodies import pack_entry
from .types import Change, Dump, Entry, FieldChange, Guid, Paper, Parsed, SourceReport
from .workspace import Workspace

#: same: it says what it said. mended: it says something else now. recovered: it can be read now. quarantined: it still
#: cannot. kept: it cannot be read any more, and stays as it was read before.
Outcome = Literal["same", "mended", "recovered", "quarantined", "kept"]

#: What a change tells of a paper that was mended; of a paper as readers see it, all but links.
_TOLD = (
    *("title", "abstract", "authors", "author_count", "organization", "published", "updated"),
    *("comments", "upvotes", "categories", "ids", "announce_type", "version"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A paper whose record differs now."""

    kind: str
    guid: Guid
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What re-reading one dump did."""

    dump: str
    source: str
    format: str | None
    outcome: Outcome
    #: Why, where it could not be read.
    reason: str = ""
    entries_before: int = 0
    entries: int = 0
    mended: tuple[Mended, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reparsed:
    """What re-reading the archive did, or would do."""

    dry_run: bool
    #: All that were looked at, by what came of them.
    dumps: Mapping[str, int]
    entries_before: int
    entries: int
    #: Papers that no dump listed before; those of recovered dumps that readers are told of are not among them.
    found: int
    corrected: int
    #: Papers that no dump lists any more.
    gone: int
    #: Papers of recovered dumps that the next digests tell.
    new: int
    #: Those of which something is to be said.
    told: tuple[Again, ...]
    failures: tuple[str, ...]
    exit: int

    def json(self) -> str:
        """All of it as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()


@dataclass(slots=True)
class _Pass:
    """One pass over the archive."""

    run: Run
    #: Dumps taken on this day or later still have news for readers.
    news_since: date
    done: list[Again] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def reparse(
    workspace: Workspace,
    *,
    source: str | None = None,
    since: date | None = None,
    dry_run: bool = False,
    now: datetime,
    progress: Progress = silent,
) -> Reparsed:
    """Read the archive again, under the run lock.

    source, since: only dumps of this source, and those taken on this day or later. dry_run: all of it happens and is
    forgotten. now: aware. Raises ConfigError, StoreBusy, StoreError.
    """
    with _opened(workspace, now, progress, dry_run=dry_run) as run:
        stored = run.store.stored(source=source, since=since)
        if source is not None and not stored and source not in {one.source for one in run.store.stored()}:
            there = ", ".join(sorted({one.source for one in run.store.stored()} - {""})) or "none"
            raise BroadsheetError(f"no dump of a source {source!r} is stored; there are those of: {there}")
        work = _Pass(run, _news_since(run))
        for done, one in enumerate(stored):
            progress("re-reading", done, len(stored))
            work.done.append(_again(work, one))
        report = _summary(work, dry_run=dry_run)
        if not dry_run:
            run.store.end_run(run.number, report.exit, _record(report), now)
        return report


@contextmanager
def _opened(workspace: Workspace, now: datetime, progress: Progress, *, dry_run: bool) -> Iterator[Run]:
    if not dry_run:
        with pipeline.open_run(workspace, now=now, progress=progress) as run:
            yield run
        return
    setup = load(workspace)
    day = now.astimezone(ZoneInfo(setup.config.settings.timezone)).date()
    with open_to_read(workspace, setup.config.settings) as store, store.rehearsal():
        yield pipeline.begin(setup, store, day, now, progress=progress)


def _news_since(run: Run) -> date:
    """The first of the days that the profiles' last digests cover; the begin of time before there are any."""
    starts = []
    days = {profile.name: profile.start_days for profile in run.setup.config.profiles}
    for name in run.store.profiles():
        last = run.store.digests(name, limit=2)
        start = last[1].day + timedelta(days=1) if len(last) > 1 else last[0].day - timedelta(days=days.get(name, 0))
        starts.append(start)
    return min(starts, default=date.min)


def _again(work: _Pass, stored: Stored) -> Again:
    """Read one dump again, and write down what it says now if that differs."""
    told = Again(dump=stored.name, source=stored.source, format=stored.format, outcome="same")
    if stored.size > inbox.HELD:
        return _large(work, stored, told)
    before = work.run.store.entries(stored.number)
    try:
        dump, parsed = _parsed(work.run, stored)
        if not parsed.entries:
            judged = _judged(work, dump, parsed, set(), 0, 0)
            if before or judged.verdict == "broken":
                raise ParseFailed(stored.name, judged.reason)
    except BroadsheetError as error:
        reason = error.reason if isinstance(error, SourceError) else str(error)
        if stored.read:
            work.failures.append(f"{stored.name}: {reason}; it is kept as it was read before")
        size = len(before)
        outcome: Outcome = "kept" if stored.read else "quarantined"
        return replace(told, outcome=outcome, reason=reason, entries_before=size, entries=size)
    told = replace(told, source=dump.source, format=parsed.format, entries_before=len(before))
    told = replace(told, entries=len(parsed.entries))
    if stored.read and _same(work.run, stored, parsed, before):
        return told
    made = _mend(work, stored, dump, parsed, before)
    work.changes += made
    mended = tuple(
        Mended(kind=one.kind, guid=one.paper.guid, title=one.paper.best.title, fields=one.fields) for one in made
    )
    return replace(told, outcome="mended" if stored.read else "recovered", mended=mended)


def _large(work: _Pass, stored: Stored, told: Again) -> Again:
    """Read a dump again that cannot be held: whether it says the same is known in bounded memory, and all there is."""
    run = work.run
    entries, same, position = 0, stored.read, 0
    try:
        dump, form = _dump(run, stored)
        _, found = sources.stream(dump, format=form)
        while batch := tuple(islice(found, PART)):
            entries += len(batch)
            before = run.store.entries(stored.number, after=position, limit=PART)
            position += len(before)
            same = same and [pack_entry(one) for one in batch] == [pack_entry(one) for _, one in before]
        same = same and not run.store.entries(stored.number, after=position, limit=1)
        reason = "" if same else "says something else now, and is too large to be mended; read it into a new store"
    except BroadsheetError as error:
        same, reason = False, error.reason if isinstance(error, SourceError) else str(error)
    if same:
        return replace(told, entries_before=entries, entries=entries)
    if stored.read:
        work.failures.append(f"{stored.name}: {reason}; it is kept as it was read before")
    return replace(told, outcome="kept" if stored.read else "quarantined", reason=reason)


def _parsed(run: Run, stored: Stored) -> tuple[Dump, Parsed]:
    dump, form = _dump(run, stored)
    parsed = sources.parse(dump, format=form)
    return replace(dump, source=dump.source or parsed.format), parsed


def _dump(run: Run, stored: Stored) -> tuple[Dump, str | None]:
    """An archived dump, as it was when it came, and the format that is configured for it."""
    configured = run.setup.source_of(stored.name)
    large = stored.size > inbox.HELD
    dump = Dump(
        source=configured.name if configured else "",
        name=stored.name,
        sha256=stored.sha256,
        modified=stored.modified,
        content=b"" if large else run.store.content(stored.sha256),
        stream=partial(run.store.stream, stored.sha256) if large else None,
        size=stored.size,
        posted=stored.taken if stored.taken_from == "mail date" else None,
    )
    return dump, configured.format if configured else None


def _judged(
    work: _Pass, dump: Dump, parsed: Parsed, papers: set[Guid], known: int, told: int, late: datetime | None = None
) -> verdicts.Judged:
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


def _same(run: Run, stored: Stored, parsed: Parsed, before: Sequence[tuple[Guid, Entry]]) -> bool:
    """Whether a dump says what it said when it was read."""
    facts = (parsed.format, parsed.taken, parsed.taken_from) == (stored.format, stored.taken, stored.taken_from)
    return (
        facts
        and [pack_entry(entry) for entry in parsed.entries] == [pack_entry(entry) for _, entry in before]
        and problems_told(parsed.problems) == run.store.problems(stored.number)
    )


@dataclass(frozen=True, slots=True)
class _Aliases:
    """What names the papers of a dump: by its entries as they were and as they are, and by all other dumps."""

    before: Mapping[Guid, set[str]]
    now: set[str]
    others: Mapping[Guid, set[str]]

    def holds(self, alias: str, guid: Guid) -> bool:
        """Whether an alias still stands for a paper, or was the mistake that is mended now."""
        if guid not in self.before or alias in self.others.get(guid, ()):
            return True
        if guid in self.others and alias == guid:
            return True
        # A paper that no other dump lists lives on where what its guid was made of is still said.
        alive = guid in self.others or (guid in self.before[guid] and guid in self.now)
        return alive and alias in self.before[guid] and alias in self.now


def _mend(
    work: _Pass, stored: Stored, dump: Dump, parsed: Parsed, old: Sequence[tuple[Guid, Entry]]
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
    work: _Pass,
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
    work: _Pass,
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
    judged = _judged(work, dump, parsed, papers, len(papers & set(known)), updated, late)
    # Whether it was news when it came does not change; whether all of it could be understood does.
    was_stale = stored.verdict == "stale" and judged.verdict == "complete"
    return SourceReport(
        dump=dump.name,
        source=dump.source,
        format=parsed.format,
        taken=parsed.taken,
        taken_from=parsed.taken_from,
        verdict="stale" if was_stale else judged.verdict,
        reason=judged.reason,
        entries=len(parsed.entries),
        new=count(decision.changes, "new"),
        updated=updated,
        coverage=parsed.account.coverage,
        problems=parsed.problems,
        unit=parsed.account.unit,
        alarm=judged.alarm,
        newest=verdicts.newest_of(parsed.entries),
    )


def _summary(work: _Pass, *, dry_run: bool) -> Reparsed:
    outcomes: dict[str, int] = defaultdict(int)
    for one in work.done:
        outcomes[one.outcome] += 1
    quiet = [change for change in work.changes if change.reparsed]
    return Reparsed(
        dry_run=dry_run,
        dumps=dict(outcomes),
        entries_before=sum(one.entries_before for one in work.done),
        entries=sum(one.entries for one in work.done),
        found=count(quiet, "new"),
        corrected=len({change.paper.guid for change in quiet if change.kind == "updated"}),
        gone=count(quiet, "gone"),
        new=sum(change.kind == "new" and not change.reparsed for change in work.changes),
        told=tuple(one for one in work.done if one.outcome != "same"),
        failures=tuple(work.failures),
        exit=3 if work.failures else 0,
    )


def _record(report: Reparsed) -> str:
    """What the store keeps of the pass among the runs: the sums."""
    sums: dict[str, Any] = {"new": report.new, "updated": report.corrected, "failures": report.failures}
    named = {
        name: getattr(report, name) for name in ("dumps", "entries_before", "entries", "found", "corrected", "gone")
    }
    return msgspec.json.encode({**sums, "reparsed": named}).decode()
