"""The backfill flow: past days, as if each had happened then, as Prefect sees it.

    look | fill, a task a month | finish

Holds no business logic: each task is one step of broadsheet.backfilling, called in the flow's own thread, since they
share an open store. A month is a task because a day is too small for one: the call to the server would be the work.
Nothing is retried, cached or kept by Prefect: the store knows which days are done, and the flow is simply run again.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar, cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.utilities.annotations import quote

from broadsheet import backfilling
from broadsheet.backfilling import Backfill, BackfillReport
from broadsheet.render.words import count
from broadsheet.workspace import Workspace

from . import page
from .access import access
from .notices import failed

T = TypeVar("T")


def _unseen(value: T) -> T:
    """The value for a task, which Prefect passes on without walking through all that it holds."""
    return cast(T, quote(value))


@task(task_run_name="look", cache_policy=NO_CACHE)
def look(stack: ExitStack, workspace: Workspace, **asked: Any) -> Backfill:
    """Hold the workspace, and see which dumps lie there and of which days they are."""
    work = stack.enter_context(backfilling.opened(workspace, access=access(), **asked))
    every = [found for dumps in work.found.days.values() for found in dumps]
    unread = sum(found.unread for found in every)
    counts = (count(len(every), "dump"), count(len(work.found.days), "day"), unread)
    get_run_logger().info("%s of %s, %d of them not yet read", *counts)
    return work


@task(cache_policy=NO_CACHE, task_run_name="fill {month}")
def fill(work: Backfill, month: str, days: tuple[date, ...]) -> None:
    """Do the days of a month, one after the other."""
    before = len(work.days)
    for day in days:
        backfilling.backfill_day(work, day)
    log = get_run_logger()
    for done in work.days[before:]:
        digests = f"digests for {', '.join(done.digests)}" if done.digests else "no digest"
        counts = (count(len(done.dumps), "dump"), count(done.papers, "new paper"))
        log.info("%s: %s, %s, %s", done.day, *counts, digests)


@task(task_run_name="finish", cache_policy=NO_CACHE)
def finish(work: Backfill) -> BackfillReport:
    """Make feeds, site and front page; send what is owed, where that was asked for."""
    report = backfilling.finish(work)
    for failure in report.failures:
        get_run_logger().warning(failure)
    return report


@flow(persist_result=False, validate_parameters=True, on_failure=[failed], on_crashed=[failed])
def backfill(
    workspace: Path,
    dumps: Path | None = None,
    since: date | None = None,
    until: date | None = None,
    send: bool = False,
    dry_run: bool = False,
) -> State[BackfillReport]:
    """Read dumps of days gone by, each day as if it had happened then, and publish its digests.

    What was read before is not read again: run it again to go on where it was interrupted. The result is its report.

    Args:
        workspace: The folder with config/, dumps/ and output/.
        dumps: The folder whose dumps are read; empty for the workspace's own dumps/.
        since: The first day; empty for the day of the oldest dump.
        until: The last day; empty for the day of the youngest dump.
        send: Send the digests too, those that are not older than max_age_days of their delivery.
        dry_run: Only list the days and their dumps; nothing is changed.
    """
    place = Workspace(root=workspace.absolute())
    progress = page.Shown(lambda stage, done, total: None)
    asked = {
        "dumps": dumps.absolute() if dumps else None,
        "since": since,
        "until": until,
        "send": send,
        "dry_run": dry_run,
        "now": datetime.now(UTC),
        "progress": progress,
    }
    with ExitStack() as stack:
        work = look(_unseen(stack), _unseen(place), **{name: _unseen(value) for name, value in asked.items()})
        for month, days in groupby(work.walk(), key=lambda day: f"{day:%Y-%m}"):
            fill(_unseen(work), month, tuple(days))
        report = finish(_unseen(work))
        progress.finish()
    _show(report)
    told = page.counts(report.papers, report.digests)
    if dry_run:
        told = f"nothing was changed; {count(report.dumps, 'dump')} to read"
        return Completed(data=report, name="Dry run", message=told)
    if report.exit:
        return Completed(data=report, name="Done in part", message=page.one_line((told, *report.failures)))
    return Completed(data=report, message=told)


def _show(report: BackfillReport) -> None:
    """The days, with what each of them brought."""
    rows = [
        {
            "day": f"{done.day}",
            "dumps": len(done.dumps),
            "papers": done.papers,
            "updated": done.updated,
            "digests": ", ".join(done.digests),
        }
        for done in report.days
    ]
    if rows:
        about = count(len(rows), "day")
        page.show(partial(create_table_artifact, table=rows, key="backfill", description=about))
