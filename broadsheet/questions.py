"""What a person asks between runs: what would come now, how things stand.

Answers are values; changes no state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from . import pipeline
from .config import Settings
from .pipeline import Progress, silent
from .setup import load, store_at
from .store import RunRecord, Store, open_store
from .types import Digest, Profile, SourceReport
from .workspace import Workspace


@contextmanager
def open_to_read(workspace: Workspace, settings: Settings) -> Iterator[Store]:
    """The workspace's store; an empty one in memory where no run has made it yet."""
    where = store_at(workspace, settings)
    if isinstance(where, Path) and not where.exists():
        where = "sqlite://"
    with open_store(where, workspace.state / "archive") as store:
        yield store


def preview(
    workspace: Workspace,
    *,
    profiles: Sequence[str] = (),
    dumps: Sequence[Path] = (),
    now: datetime,
    progress: Progress = silent,
) -> tuple[tuple[Digest, ...], tuple[SourceReport, ...]]:
    """What each profile's next digest would say, and what the dumps not yet read would bring to it."""
    setup = load(workspace, profiles)
    day = now.astimezone(ZoneInfo(setup.config.settings.timezone)).date()
    with open_to_read(workspace, setup.config.settings) as store, store.rehearsal():
        run = pipeline.begin(setup, store, day, now, dumps, progress)
        reports = pipeline.ingest(run, pipeline.collect(run))
        return pipeline.compose(run, setup.config.profiles), reports


def status(workspace: Workspace) -> dict[str, Any]:
    """How things stand: counts of what the store holds, the last runs, and what waits for each profile."""
    setup = load(workspace)
    with open_to_read(workspace, setup.config.settings) as store:
        head = store.head()
        return {
            "workspace": str(workspace.root),
            "counts": store.counts(),
            "sources": [_source_record(report) for report in store.latest_reports()],
            "runs": [_run_record(run) for run in store.last_runs(5)],
            "profiles": [_profile_record(store, profile, head) for profile in setup.config.profiles],
        }


def _run_record(run: RunRecord) -> dict[str, Any]:
    try:
        report = json.loads(run.report or "")
    except ValueError:  # it ended with an error, whose text this is, or did not end
        report = {"error": run.report}
    return {
        "run": run.number,
        "day": run.day.isoformat(),
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "exit": run.exit_code,
        **{key: report[key] for key in ("error", "new", "updated", "dumps", "failures", "reparsed") if key in report},
    }


def _source_record(report: SourceReport) -> dict[str, Any]:
    return {
        "source": report.source,
        "dump": report.dump,
        "format": report.format,
        "taken": report.taken.isoformat() if report.taken else None,
        "verdict": report.verdict,
        "alarm": report.alarm,
        "reason": report.reason,
        "entries": report.entries,
        "new": report.new,
        "updated": report.updated,
        "coverage": round(report.coverage, 2),
        "problems": len(report.problems),
    }


def _profile_record(store: Store, profile: Profile, head: int) -> dict[str, Any]:
    last = next(iter(store.digests(profile.name, limit=1)), None)
    return {
        "profile": profile.name,
        "title": profile.title,
        "last_digest": last.day.isoformat() if last else None,
        "shown": last.shown if last else None,
        "waiting": head - last.to_seq if last else head,
    }
