"""The daily flow: the order of the work as Prefect sees it, its log lines and what its page shows.

    collect | ingest | digest | publish

Holds no business logic: each task is one stage of broadsheet.pipeline. Tasks are called one after the other in the
flow's own thread, since they share a run with an open database; nothing is retried, cached or kept by Prefect, because
the store knows what is done and every stage looks there first. Imports no other flow file, so that Prefect can load it
by its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

import httpx
from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.exceptions import PrefectException
from prefect.states import Completed
from prefect.utilities.annotations import quote

from broadsheet import config, pipeline
from broadsheet.pipeline import Progress, Run
from broadsheet.render import without_front_matter
from broadsheet.report import RunReport
from broadsheet.types import Digest, SourceReport
from broadsheet.workspace import Workspace

T = TypeVar("T")

_progress: ContextVar[Progress] = ContextVar("progress", default=pipeline.silent)


@contextmanager
def showing(progress: Progress) -> Iterator[None]:
    """Report the progress of a flow that is called meanwhile in this thread; a function is no parameter of a flow."""
    token = _progress.set(progress)
    try:
        yield
    finally:
        _progress.reset(token)


def _unseen(value: T) -> T:
    """The value for a task, which Prefect passes on without walking through all that it holds."""
    return cast(T, quote(value))


@task(cache_policy=NO_CACHE)
def collect(run: Run) -> tuple[Path, ...]:
    """Which files the run looks at."""
    paths = pipeline.collect(run)
    get_run_logger().info("%d dumps to look at", len(paths))
    return paths


@task(cache_policy=NO_CACHE)
def ingest(run: Run, paths: tuple[Path, ...]) -> tuple[SourceReport, ...]:
    """Read what is new into the store."""
    reports = pipeline.ingest(run, paths)
    log = get_run_logger()
    log.info("%d dumps read, %d known from earlier runs", len(reports), run.known)
    for report in reports:
        if report.verdict == "broken":
            log.warning("%s is left out: %s", report.dump, report.reason)
        elif report.alarm:
            log.warning("%s is %s: %s", report.dump, report.verdict, report.reason)
        else:
            counts = (report.entries, report.new, report.updated)
            log.info("%s is %s: %d entries, %d new, %d updated", report.dump, report.verdict, *counts)
    return reports


@task(cache_policy=NO_CACHE)
def digest(run: Run) -> tuple[Digest, ...]:
    """Cut the digests of the day."""
    digests = pipeline.digest(run)
    for cut in digests:
        get_run_logger().info(
            "%s: %d of %d papers shown, %d held back, %d muted",
            *(cut.profile, cut.shown, cut.considered, len(cut.held_back), len(cut.muted)),
        )
    return digests


@task(cache_policy=NO_CACHE)
def publish(run: Run, digests: tuple[Digest, ...]) -> tuple[Path, ...]:
    """Render and publish them."""
    paths = pipeline.publish(run, digests)
    get_run_logger().info("%d files published to %s", len(paths), run.setup.workspace.output)
    return paths


@flow(persist_result=False, validate_parameters=True)
def daily(
    workspace: Path,
    day: date | None = None,
    profiles: tuple[str, ...] = (),
    dumps: tuple[Path, ...] = (),
    now: datetime | None = None,
) -> State[RunReport]:
    """Read the new dumps of a workspace and publish the digests of a day.

    day: without it, the day of `now`; without that too, the day for which the run was scheduled, in the workspace's
    time zone: a run that starts late, because the machine was off, is still that morning's. The rest is as in
    broadsheet.pipeline.open_run. The result is the RunReport.
    """
    place = Workspace(root=workspace.absolute())
    if now is None:
        now, day = datetime.now(UTC), day or _scheduled_day(place)
    progress = _progress.get()
    with pipeline.open_run(place, day=day, profiles=profiles, dumps=dumps, now=now, progress=progress) as run:
        reports = ingest(_unseen(run), _unseen(collect(_unseen(run))))
        _show_sources(reports)
        publish(_unseen(run), _unseen(digest(_unseen(run))))
        _show_digests(run)
        report = pipeline.finish(run)
    if report.exit:
        return Completed(data=report, name="Done in part", message="; ".join(report.failures))
    return Completed(data=report, message=f"{report.new} new papers, {len(report.digests)} digests")


def _scheduled_day(workspace: Workspace) -> date:
    settings = config.read_settings(workspace.file("settings.toml"))
    moment: datetime = runtime.flow_run.scheduled_start_time
    # Prefect's times are pendulum's, and so would be the day; the store takes plain ones.
    return datetime.fromtimestamp(moment.timestamp(), ZoneInfo(settings.timezone)).date()


def _show_sources(reports: Sequence[SourceReport]) -> None:
    """The table of sources with their verdicts."""
    rows = [
        {
            "dump": report.dump,
            "source": report.source,
            "verdict": report.verdict,
            "alarm": report.alarm,
            "reason": report.reason,
            "taken": f"{report.taken:%Y-%m-%d}" if report.taken else "unknown",
            "entries": report.entries,
            "new": report.new,
            "updated": report.updated,
            "coverage %": round(report.coverage, 2),
            "problems": len(report.problems),
        }
        for report in reports
    ]
    _show(
        lambda: create_table_artifact(
            table=rows, key="sources", description="1 new dump" if len(rows) == 1 else f"{len(rows)} new dumps"
        )
    )


def _show_digests(run: Run) -> None:
    """Each digest of the day in Markdown, as it was published."""
    for cut in run.digests:
        for file in map(Path, cut.files):
            if file.suffix == ".md":
                key, text = artifact_key(cut.profile), without_front_matter(file.read_text(encoding="utf-8"))
                about = f"{cut.profile}, {cut.day}: {cut.shown} papers"
                _show(partial(create_markdown_artifact, markdown=text, key=key, description=about))


def artifact_key(profile: str) -> str:
    """The key of a profile's digests: Prefect takes lower-case letters, digits and dashes."""
    return f"digest-{re.sub('[^a-z0-9]+', '-', profile.lower()).strip('-')}"


def _show(make: Callable[[], object]) -> None:
    """Put something on Prefect's page; the digest is out already, so that a failure here is only said."""
    try:
        make()
    except (PrefectException, httpx.HTTPError) as error:
        get_run_logger().warning("an artifact could not be shown: %s", error)
