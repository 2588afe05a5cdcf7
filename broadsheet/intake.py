"""A file -> the dumps in it; and a dump too large to be held -> the store, part by part.

Does not order dumps, and writes nothing of those that are held: broadsheet.pipeline does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from . import changes, identity, inbox, judging, sources, verdicts
from .errors import BroadsheetError, SuspiciousDump
from .report import count
from .setup import Setup
from .sources import Refused
from .store import Store
from .types import Dump, Entry, Parsed, Problem, SourceReport

#: Entries of a large dump that are written in one transaction.
PART = 2_000


def read(setup: Setup, path: Path) -> Dump:
    """The dump in a file. Raises SourceError where it cannot be read, or is too large to be."""
    source = setup.source_of(path.name)
    limit = setup.config.settings.max_dump_mib
    check = partial(sources.check_size, limit_mib=limit, format=source.format if source else None)
    return inbox.read(path, check=check, source=source.name if source else "")


def opened(setup: Setup, file: Dump) -> Iterator[Dump | Problem | Refused]:
    """The dumps in a file that holds others; the file itself where it is a listing."""
    settings = setup.config.settings
    for found in sources.opened(file, limit_mib=settings.max_dump_mib, unpacked_mib=settings.max_unpacked_mib):
        if isinstance(found, Dump) and found is not file:
            source = setup.source_of(found.name)
            yield replace(found, source=source.name if source else "")
        else:
            yield found


def parse(setup: Setup, dump: Dump) -> Parsed | None:
    """What a dump says; None for a large one that must be read in parts. Raises SourceError."""
    source = setup.source_of(dump.name)
    form = source.format if source else None
    sources.check_size(dump, limit_mib=setup.config.settings.max_dump_mib, format=form)
    if dump.stream and (sources.FORMATS[form] if form else sources.recognise(dump)).streams:
        return None
    return sources.parse(dump, format=form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a dump brought that was read in parts."""

    report: SourceReport
    #: How many changes of each kind.
    told: Counter[str]
    failures: tuple[BroadsheetError, ...] = ()


def remember_in_parts(
    store: Store, setup: Setup, run: int, day: date, dump: Dump, progress: Callable[[str, int, int], None]
) -> Parts | Parsed:
    """Compare a large dump with all that is known and write it down, some thousand entries at a time.

    It is read twice: once to know all that it says of itself, as only its end may, and once to be written. A run that
    is killed in between leaves whole parts, and the next one goes on behind them. A dump without any entry comes back
    as what was parsed, and nothing is written. Raises SourceError, before anything is written.
    """
    source = setup.source_of(dump.name)
    form = source.format if source else None
    parsed, entries, newest = _survey(dump, form, progress)
    if not entries:
        return parsed
    name = source.name if source else parsed.format
    youngest = store.newest_taken(name, before_run=run)
    late = youngest is not None and parsed.taken < youngest
    full = source is not None and source.full_listing
    previous = store.last_listing(name) if full else None
    gone = store.gone(name) if full else set()
    decide = partial(changes.decide, taken=parsed.taken, late=late)

    part = store.begin_parts(run, dump, parsed, source=name, entries=entries)
    told: Counter[str] = Counter()
    _, again = sources.stream(dump, format=form)
    rest = islice(again, part.position, None)
    while batch := tuple(islice(rest, PART)):
        progress(f"writing {dump.name}", part.position, entries)
        aliases = {alias for entry in batch for alias in identity.aliases_of(entry)}
        identified = identity.identify(batch, store.known_aliases(aliases))
        known = store.papers(set(identified.guids))
        decision = decide(tuple(zip(identified.guids, batch, strict=True)), known, gone=gone)
        part = store.write_part(run, part, batch, identified.guids, identified.aliases, decision)
        told.update(change.kind for change in decision.changes)
        # What is back is told once, however often this dump lists it.
        gone -= set(identified.guids)

    listed = store.listing(dump.sha256)
    missing = set(previous or ()) - listed
    last = decide((), store.papers(missing), previous=missing if full else None, gone=gone)
    brought = Counter(store.told_in_parts(part))
    judged = judging.judged(
        store,
        dump,
        parsed,
        source=name,
        configured=source is not None,
        day=day,
        papers=listed,
        known=len(listed) - brought["new"],
        told=brought.total() - brought["new"] + len(last.changes),
        late=youngest if late else None,
        entries=entries,
        newest=newest,
    )
    if judged.verdict in ("partial", "empty", "broken"):
        # What is missing from a listing that is not whole is not gone.
        last = replace(last, changes=())
    report = report_of(
        dump,
        parsed,
        judged,
        source=name,
        entries=entries,
        new=brought["new"],
        updated=brought["updated"],
        newest=newest,
    )
    store.end_parts(run, part, dump, last, report)
    told["gone"] += count(last.changes, "gone")
    alarm = (SuspiciousDump(dump.name, f"{report.verdict}: {report.reason}"),) if report.alarm else ()
    return Parts(report=report, told=told, failures=alarm)


def report_of(
    dump: Dump,
    parsed: Parsed,
    judged: verdicts.Judged,
    *,
    source: str,
    entries: int,
    new: int,
    updated: int,
    newest: date | None,
) -> SourceReport:
    """What a dump that could be read brought, and the verdict on it."""
    return SourceReport(
        dump=dump.name,
        source=source,
        format=parsed.format,
        taken=parsed.taken,
        taken_from=parsed.taken_from,
        verdict=judged.verdict,
        reason=judged.reason,
        entries=entries,
        new=new,
        updated=updated,
        coverage=parsed.account.coverage,
        problems=parsed.problems,
        unit=parsed.account.unit,
        alarm=judged.alarm,
        newest=newest,
    )


def _survey(dump: Dump, form: str | None, progress: Callable[[str, int, int], None]) -> tuple[Parsed, int, date | None]:
    """What a large dump says but for its entries; how many these are, and the latest of their dates."""
    reading, entries = sources.stream(dump, format=form)
    seen, newest = 0, None
    while batch := tuple(islice(entries, PART)):
        seen += len(batch)
        newest = _later(newest, batch)
        progress(f"reading {dump.name}", seen, 0)
    return reading.parsed(()), seen, newest


def _later(newest: date | None, batch: tuple[Entry, ...]) -> date | None:
    days = (newest, verdicts.newest_of(batch))
    return max((day for day in days if day), default=None)
