"""What a person asks between runs: what would come now.

Answers are values; changes no state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from . import collecting, pipeline
from .config import Settings
from .pipeline import Progress, silent
from .setup import load, store_at
from .store import Store, open_store
from .types import Digest, SourceReport
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
        reports = pipeline.ingest(run, collecting.lying(run))
        return pipeline.compose(run, setup.config.profiles), reports
