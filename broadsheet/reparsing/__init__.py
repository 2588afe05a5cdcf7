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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

from .. import inbox, pipeline, sources
from ..errors import BroadsheetError, ParseFailed, SourceError
from ..intake import PART
from ..pipeline import Progress, Run, silent
from ..questions import open_to_read
from ..report import count
from ..setup import load
from ..store import Stored
from ..store.again import told as problems_told
from ..store.bodies import pack_entry
from ..types import Dump, Entry, Guid, Parsed
from ..workspace import Workspace
from .mending import Pass, judged, mend
from .report import Again, Mended, Outcome, Reparsed

__all__ = ["Again", "Reparsed", "reparse"]


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
        work = Pass(run, _news_since(run))
        for done, one in enumerate(stored):
            progress("re-reading", done, len(stored))
            work.done.append(_again(work, one))
        report = _summary(work, dry_run=dry_run)
        if not dry_run:
            run.store.end_run(run.number, report.exit, report.record(), now)
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


def _again(work: Pass, stored: Stored) -> Again:
    """Read one dump again, and write down what it says now if that differs."""
    told = Again(dump=stored.name, source=stored.source, format=stored.format, outcome="same")
    if stored.size > inbox.HELD:
        return _large(work, stored, told)
    before = work.run.store.entries(stored.number)
    try:
        dump, parsed = _parsed(work.run, stored)
        if not parsed.entries:
            found = judged(work, dump, parsed, set(), 0, 0)
            if before or found.verdict == "broken":
                raise ParseFailed(stored.name, found.reason)
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
    made = mend(work, stored, dump, parsed, before)
    work.changes += made
    mended = tuple(
        Mended(kind=one.kind, guid=one.paper.guid, title=one.paper.best.title, fields=one.fields) for one in made
    )
    return replace(told, outcome="mended" if stored.read else "recovered", mended=mended)


def _large(work: Pass, stored: Stored, told: Again) -> Again:
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


def _same(run: Run, stored: Stored, parsed: Parsed, before: Sequence[tuple[Guid, Entry]]) -> bool:
    """Whether a dump says what it said when it was read."""
    facts = (parsed.format, parsed.taken, parsed.taken_from) == (stored.format, stored.taken, stored.taken_from)
    return (
        facts
        and [pack_entry(entry) for entry in parsed.entries] == [pack_entry(entry) for _, entry in before]
        and problems_told(parsed.problems) == run.store.problems(stored.number)
    )


def _summary(work: Pass, *, dry_run: bool) -> Reparsed:
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
