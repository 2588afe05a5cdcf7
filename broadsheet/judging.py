"""A dump and what the store knows of its source -> its verdict. Gathers the evidence; broadsheet.verdicts judges it.

Writes nothing but that a file was seen again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time

from . import verdicts
from .dates import file_name_date
from .store import Store
from .types import Dump, Guid, Parsed, SourceReport
from .verdicts import Evidence, Judged


def judged(
    store: Store,
    dump: Dump,
    parsed: Parsed,
    *,
    source: str,
    configured: bool,
    day: date,
    papers: Collection[Guid],
    known: int,
    told: int,
    late: datetime | None = None,
    entries: int | None = None,
    newest: date | None = None,
) -> Judged:
    """The verdict on a dump that could be read and is not yet written down.

    source: its name; configured: whether a person named it, so that all of its dumps are alike. day: the run's.
    papers: what it lists; known: how many of them the store has; told: how many changes it makes to those. late: when
    the newest dump of the source was taken, if an earlier run read one that is newer. entries, newest: how many it
    lists and their latest date, for a dump that was read in parts and has no entries in parsed.
    """
    history = store.history(source, parsed.taken, limit=verdicts.HISTORY)
    kin = history if configured else verdicts.kin(history, dump.name)
    evidence = Evidence(
        parsed=parsed,
        entries=len(parsed.entries) if entries is None else entries,
        papers=len(papers),
        known=known,
        updated=told,
        newest=verdicts.newest_of(parsed.entries) if newest is None else newest,
        late=late,
        day=day,
        history=kin,
    )
    if papers and known == len(papers) and not told and history and late is None:
        # Only now is it worth asking whether it was this source that had them all before.
        same = store.listing((kin or history)[0].sha256) == set(papers)
        listed = len(store.listed(source, papers)) if kin or same else 0
        evidence = replace(evidence, same=same, listed=listed, history=kin or history[:1])
    return verdicts.judge(evidence)


def note_again(store: Store, run: int, dump: Dump, *, configured: bool) -> SourceReport | None:
    """Have the next digest say that a file of a later day holds the very bytes of an earlier one; what it says.

    Its name must give it a later date: the same page saved again is no news. It is not a new dump, and an alarm only
    where a source of known rhythm brings something on such a day.
    """
    named, before = file_name_date(dump.name), store.known_dump(dump.sha256)
    if named is None or before is None or before.taken is None or named <= before.taken.date():
        return None
    evening = datetime.combine(named, time.max, tzinfo=UTC)
    history = store.history(before.source, evening, limit=verdicts.HISTORY)
    alarm, why = verdicts.repetition(
        before.format or "", named, history if configured else verdicts.kin(history, dump.name)
    )
    told = f"holds the very bytes of {before.name}, which was read already"
    report = SourceReport(
        dump=dump.name,
        source=before.source,
        format=before.format,
        taken=before.taken,
        taken_from=before.taken_from,  # type: ignore[arg-type]
        verdict="empty" if before.verdict == "empty" else "stale",
        reason=f"{told}; {why}" if alarm else told,
        coverage=100.0,
        alarm=alarm,
    )
    store.repeated(run, dump, report)
    return report
