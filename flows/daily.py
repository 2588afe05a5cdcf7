"""The daily flow: the order of the work as Prefect sees it, and its log lines.

    collect | ingest | digest | publish | deliver

Holds no business logic: each task is one stage of broadsheet.pipeline. Tasks are called one after the other in the
flow's own thread, since they share a run with an open database; nothing is retried, cached or kept by Prefect, because
the store knows what is done and every stage looks there first. Prefect can also load it by its path.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from logging import INFO, WARNING
from pathlib import Path
from typing import Any, TypeVar, cast

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.utilities.annotations import quote

from broadsheet import config, pipeline
from broadsheet.errors import StoreBusy
from broadsheet.pipeline import Progress, Run
from broadsheet.render.words import count
from broadsheet.report import RunReport
from broadsheet.types import Digest, SourceReport
from broadsheet.workspace import Workspace

from . import late, page
from .access import access
from .notices import failed, finished

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """What the command line gives a flow beside its parameters: neither belongs into a form."""

    progress: Progress = pipeline.silent
    #: None for the clock's time, and the day for which the run was scheduled.
    now: datetime | None = None


_call: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def called(call: Call) -> Iterator[None]:
    """Give this to the flow that is called meanwhile in this thread."""
    token = _call.set(call)
    try:
        yield
    finally:
        _call.reset(token)


def _unseen(value: T) -> T:
    """The value for a task, which Prefect passes on without walking through all that it holds."""
    return cast(T, quote(value))


@task(task_run_name="collect", cache_policy=NO_CACHE)
def collect(run: Run) -> tuple[Path, ...]:
    """Fetch the configured sources; which files the run looks at."""
    paths = pipeline.collect(run)
    log = get_run_logger()
    for one in run.checked:
        log.log(WARNING if one.outcome == "failed" else INFO, "%s: %s: %s", one.source, one.outcome, one.told)
    log.info("%s to look at", count(len(paths), "dump"))
    return paths


@task(task_run_name="ingest", cache_policy=NO_CACHE)
def ingest(run: Run, paths: tuple[Path, ...]) -> tuple[SourceReport, ...]:
    """Read what is new into the store."""
    reports = pipeline.ingest(run, paths)
    log = get_run_logger()
    log.info("%s read, %d known from earlier runs", count(len(reports), "dump"), run.known)
    for report in reports:
        if report.verdict == "broken":
            log.warning("%s is left out: %s", report.dump, report.reason)
        elif report.alarm:
            log.warning("%s is %s: %s", report.dump, report.verdict, report.reason)
        else:
            counts = (count(report.entries, "entry", "entries"), report.new, report.updated)
            log.info("%s is %s: %s, %d new, %d updated", report.dump, report.verdict, *counts)
    return reports


@task(task_run_name="digest", cache_policy=NO_CACHE)
def digest(run: Run) -> tuple[Digest, ...]:
    """Cut the digests of the day."""
    digests = pipeline.digest(run)
    log = get_run_logger()
    for cut in digests:
        counts = (cut.shown, cut.considered, len(cut.held_back), len(cut.muted))
        log.info("%s: %d of %d papers shown, %d held back, %d muted", cut.profile, *counts)
    for profile, day in run.not_due.items():
        log.info("%s: not due, next on %s", profile, f"{day:%A %Y-%m-%d}")
    return digests


@task(task_run_name="publish", cache_policy=NO_CACHE)
def publish(run: Run, digests: tuple[Digest, ...]) -> tuple[Path, ...]:
    """Render and publish them."""
    paths = pipeline.publish(run, digests)
    get_run_logger().info("%s published to %s", count(len(paths), "file"), run.setup.workspace.output)
    return paths


@task(name="deliver", task_run_name="deliver", cache_policy=NO_CACHE)
def send(run: Run) -> dict[str, int]:
    """Send what is owed to receivers, of this run and of earlier ones."""
    counts = pipeline.deliver(run)
    for line in run.leaving:
        get_run_logger().info(line)
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()) if count)
    get_run_logger().info("messages: %s", told or "none")
    return counts


@flow(persist_result=False, validate_parameters=True, on_failure=[failed], on_crashed=[failed])
def daily(
    workspace: Path,
    day: date | None = None,
    profiles: tuple[str, ...] = (),
    dumps: tuple[Path, ...] = (),
    dry_run: bool = False,
    deliver: bool = True,
) -> State[Any]:
    """Read the new dumps of a workspace, and publish and send the digests of a day.

    A run that starts late, because the machine was off, is still that morning's; where a later morning was missed too,
    that one covers this one, and the run steps back. The result is the report of the run, if it was one.

    Args:
        workspace: The folder with config/, dumps/ and output/.
        day: The day of the digests; empty for the day for which the run is scheduled.
        profiles: Names of the profiles to make digests for, due or not; empty for all that are due.
        dumps: Files to read; empty for all that lies in dumps/.
        dry_run: Only show on this page what the next digests would say; nothing is changed, published or sent.
        deliver: Send what is owed to receivers; without it, it stays owed.
    """
    call = _call.get() or Call()
    place = Workspace(root=workspace.absolute())
    now = call.now or datetime.now(UTC)
    progress = page.Shown(call.progress)
    if dry_run:
        return _preview(place, profiles, dumps, now, progress)
    if not (call.now or day):
        settings = config.read_settings(place.file("settings.toml"))
        day = late.day_of(settings)
        late.name_after(day)
        if later := late.superseding(settings, now):
            told = f"{later:%A %Y-%m-%d %H:%M} was missed too: that run's digests cover this one's"
            return Completed(name="Superseded", message=told)
    try:
        report = _run(place, day, profiles, dumps, now, progress, deliver=deliver)
    except StoreBusy as busy:
        if not late.unattended():
            raise
        # Whoever holds the workspace does the morning's work, or leaves it to the next run; nobody need get up.
        return Completed(name="Stepped back", message=str(busy))
    if not call.now:
        finished(place, report, now)
    told = page.counts(report.new, len(report.digests))
    if report.exit:
        return Completed(data=report, name="Done in part", message=page.one_line((told, *report.failures)))
    return Completed(data=report, message=told)


def _run(
    place: Workspace,
    day: date | None,
    profiles: tuple[str, ...],
    dumps: tuple[Path, ...],
    now: datetime,
    progress: page.Shown,
    *,
    deliver: bool,
) -> RunReport:
    opened = pipeline.open_run(
        place, day=day, profiles=profiles, dumps=dumps, now=now, progress=progress, access=access()
    )
    with opened as run:
        page.show_sources(ingest(_unseen(run), _unseen(collect(_unseen(run)))))
        publish(_unseen(run), _unseen(digest(_unseen(run))))
        page.show_digests(run)
        # A task that has nothing to do says nothing, and costs its call to the server.
        if deliver and run.setup.config.deliveries.deliveries:
            page.show_outbox(send(_unseen(run)))
        progress.finish()
        return pipeline.finish(run)


def _preview(
    place: Workspace, profiles: tuple[str, ...], dumps: tuple[Path, ...], now: datetime, progress: page.Shown
) -> State[Any]:
    """The next digests, on Prefect's page alone."""
    from broadsheet import questions, render
    from broadsheet.setup import load

    digests, reports = questions.preview(place, profiles=profiles, dumps=dumps, now=now, progress=progress)
    page.show_sources(reports)
    setup = load(place, profiles)
    settings = setup.config.settings
    for cut in digests:
        artifacts = render.render_digest(cut, setup.templates, settings.site, settings.mail)
        text = next(file.content for file in artifacts if file.name.endswith(".md"))
        about = f"{cut.profile}, would be: {count(cut.shown, 'paper')}"
        page.show_markdown("preview", cut.profile, text.decode("utf-8"), about)
    progress.finish()
    told = ", ".join(f"{cut.profile} {cut.shown} of {cut.considered}" for cut in digests)
    return Completed(name="Dry run", message=f"nothing was changed; would be shown: {told}")
