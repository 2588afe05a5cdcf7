"""Many days of dumps at once, in the order of the days, as if each day had happened then.

A day's dumps are read by a run of that day, at its last second; then the digests that are due are cut, and published.
Every day between the first and the last is looked at, so that a weekly profile has its digest on its day; a digest is
cut only where something came since the one before. Feeds, site and front page are made once, at the end. Nothing is
owed to receivers unless that is asked for, and nothing of it ever will be.

Position in the log, not the day, says what a digest covers. So in a store that has digests of later days already:

- A day without a digest gets one of its own, cut behind all later ones in the log and published under its own day.
  What it tells is marked late, as what arrived late always is, and no later digest tells it again: a year of archive
  does not flood tomorrow's. A profile whose next regular digest is there already gets one for the rest of its days.
- A day whose digest is cut is closed: a digest is frozen. Its dumps are not read, but named; `broadsheet run DUMP`
  reads them into the next digest, as late. A digest that covers no change closes nothing, unless somebody was told by
  mail that all is quiet.
- Today's digest is left to the daily run where somebody is to get it by mail, unless today is asked for by name.
- What waits for a profile's next digest (a weekly one's days so far) would have to be told in the digest of an older
  day. That is refused, before anything is written, and said how to cut that digest first.

Days that are done are known from the store: a backfill that was killed is simply begun again.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path

from .. import pipeline
from ..access import Access
from ..collecting import WAYS, Ways
from ..errors import BroadsheetError
from ..pipeline import Progress, Run, silent
from ..questions import open_to_read
from ..report import exit_code
from ..setup import Setup, hold, load, store_of
from ..store import Store, open_store
from ..workspace import Workspace
from .days import Backfill, backfill_day, limit, names_of
from .fetching import days_between, fetch
from .report import BackfillReport, DayReport, LeftOut
from .survey import survey

__all__ = ["Backfill", "BackfillReport", "DayReport", "LeftOut", "backfill", "backfill_day", "finish", "opened"]


def backfill(
    workspace: Workspace,
    *,
    dumps: Path | None = None,
    since: date | None = None,
    until: date | None = None,
    send: bool = False,
    dry_run: bool = False,
    now: datetime,
    progress: Progress = silent,
    access: Access | None = None,
    ways: Ways | None = None,
) -> BackfillReport:
    """The whole backfill; arguments and errors as for `opened` and `backfill_day`."""
    with opened(
        workspace,
        dumps=dumps,
        since=since,
        until=until,
        send=send,
        dry_run=dry_run,
        now=now,
        progress=progress,
        access=access,
        ways=ways,
    ) as work:
        for day in work.walk():
            backfill_day(work, day)
        return finish(work)


@contextmanager
def opened(
    workspace: Workspace,
    *,
    dumps: Path | None = None,
    since: date | None = None,
    until: date | None = None,
    send: bool = False,
    dry_run: bool = False,
    now: datetime,
    progress: Progress = silent,
    access: Access | None = None,
    ways: Ways | None = None,
) -> Iterator[Backfill]:
    """A backfill of the days since .. until, both inclusive; no other run holds the workspace until its end.

    dumps: a folder; without it the inbox, into which sources with the day in their address are fetched first if `since`
    is given, each day by itself; ways: what reaches their servers. since: the day of the oldest dump without it; until:
    that of the youngest. send: the digests are owed to their receivers and sent at the end, but for those older than
    the max_age_days of a delivery. dry_run: nothing is fetched, written or held. now: aware; what was taken on a later
    day is left out. Raises ConfigError, RenderError, StoreBusy, StoreError.
    """
    setup = load(workspace)
    with _store(workspace, setup, dry_run=dry_run) as store, ExitStack() as held:
        if not dry_run:
            held.enter_context(hold(store, setup.config.settings, progress, now))
        work = Backfill(
            setup=setup,
            store=store,
            now=now,
            send=send,
            dry_run=dry_run,
            progress=progress,
            access=access or Access(),
            release=held.close,
            cut={
                profile.name: {
                    one.day: one.to_seq >= one.from_seq or store.outbox.is_out(profile.name, one.day)
                    for one in store.editions(profile.name)
                }
                for profile in setup.config.profiles
            },
        )
        if since and not dumps and not dry_run:
            days = days_between(since, min(until or work.today, work.today))
            work.fail(tuple(fetch(setup, store, days, work.closed(), ways or WAYS, progress)))
        work.found = survey(setup, store, dumps or workspace.dumps, progress)
        work.fail(work.found.failures)
        limit(work, since, until)
        yield work


def _store(workspace: Workspace, setup: Setup, *, dry_run: bool) -> AbstractContextManager[Store]:
    if dry_run:
        return open_to_read(workspace, setup.config.settings)
    return open_store(store_of(setup), workspace.state / "archive")


def finish(work: Backfill) -> BackfillReport:
    """Make feeds, site and front page and, where that is asked for, send what is owed; the report of it all."""
    outbox: dict[str, int] = {}
    if not work.dry_run and work.store.profiles():
        work.progress("making feeds and site", 0, 0)
        # Of no day, and nothing that a list of runs should show: an interrupted backfill has as many as another.
        run = Run(
            setup=work.setup,
            store=work.store,
            number=0,
            day=work.span[1] if work.span else work.today,
            now=work.now,
            dumps=(),
            progress=work.progress,
            access=work.access,
            release=work.release,
        )
        pipeline.publish(run, ())
        if work.send:
            work.progress("sending", 0, 0)
            outbox = pipeline.deliver(run)
        work.fail(run.failures)
    return _report(work, outbox)


def _report(work: Backfill, outbox: dict[str, int]) -> BackfillReport:
    every = [found for dumps in work.found.days.values() for found in dumps]
    return BackfillReport(
        dry_run=work.dry_run,
        send=work.send,
        days=tuple(work.days),
        known_dumps=sum(not found.unread for found in every),
        dumps=sum(len(day.dumps) for day in work.days),
        papers=sum(day.papers for day in work.days),
        updated=sum(day.updated for day in work.days),
        digests=sum(len(day.digests) for day in work.days),
        undated=names_of([found for found in every if found.undated and found.unread]),
        left_out=tuple(work.left),
        outbox=outbox,
        seconds=round(stopwatch.monotonic() - work.began, 3),
        failures=tuple(work.failures),
        exit=exit_code([BroadsheetError(line) for line in work.failures]),
    )
