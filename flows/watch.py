"""A file put into dumps/ starts a run of the daily flow.

By watchfiles, which is told by the system. An event of Prefect's would need a sender beside the file system, that is
this same watcher, and an automation in the server on top. What a run fetches into dumps/ itself starts none: a file
counts only if no run has seen it, and is looked at only when no run works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from watchfiles import Change, watch

from broadsheet import config, inbox
from broadsheet.errors import BroadsheetError, SourceError, StoreBusy
from broadsheet.setup import store_at
from broadsheet.store import open_store
from broadsheet.workspace import Workspace

from .late import DROPPED
from .starting import Beside, Tell, start

#: A file is ready when nothing has changed in dumps/ for so many seconds.
QUIET = 5.0
#: A watch that broke begins anew after so many.
_AGAIN = 60.0
#: What browsers and copying programs call a file that is not whole yet.
_PARTIAL = {".crdownload", ".download", ".filepart", ".part", ".partial", ".swp", ".tmp"}


class Watcher(Beside):
    """Watches a workspace's inbox in a thread of its own, until it is left."""

    def __init__(self, workspace: Workspace, tell: Tell, quiet: float = QUIET) -> None:
        super().__init__("watch")
        self._workspace = workspace
        self._tell = tell
        self._quiet = quiet

    def run(self) -> None:
        """Watch; a fault is told, and the watch goes on after a pause."""
        while not self._left.is_set():
            try:
                self._workspace.dumps.mkdir(exist_ok=True)
                when_quiet(self._workspace.dumps, partial(begin, self._workspace, self._tell), self._left, self._quiet)
            except Exception as error:
                self._tell(f"{self._workspace.dumps} is not watched for {_AGAIN:g} seconds: {error}")
                self._left.wait(_AGAIN)


def when_quiet(
    folder: Path, ready: Callable[[frozenset[Path]], bool], left: threading.Event, quiet: float = QUIET
) -> None:
    """Call ready with the files that came or changed, each time when nothing has changed for `quiet` seconds.

    It gets them again after the next such pause where it returns False. Ends when left is set.
    """
    folder = folder.resolve()
    waiting: set[Path] = set()
    changes = watch(
        folder,
        watch_filter=partial(_counts, folder),
        rust_timeout=int(quiet * 1000),
        yield_on_timeout=True,
        stop_event=left,
        raise_interrupt=False,
    )
    for changed in changes:
        waiting |= {Path(path) for _, path in changed}
        if waiting and not changed and ready(frozenset(waiting)):
            waiting.clear()


def _counts(folder: Path, change: Change, path: str) -> bool:
    name = Path(path)
    if change is Change.deleted or name.suffix.lower() in _PARTIAL or name.name.endswith("~"):
        return False
    return inbox.may_be_dump(name.relative_to(folder))


def begin(workspace: Workspace, tell: Tell, paths: Collection[Path]) -> bool:
    """Start a run if no run has seen one of the files; False where that cannot be said or done now."""
    try:
        fresh = unseen(workspace, paths)
    except StoreBusy:
        return False
    except BroadsheetError as error:
        tell(f"no run is started for what came into {workspace.dumps}: {error}")
        return True
    if not fresh:
        return True
    names = ", ".join(sorted(path.name for path in fresh))
    return start("daily/daily", DROPPED, (f"{path} {mark}" for path, mark in sorted(fresh.items())), names, tell)


def unseen(workspace: Workspace, paths: Collection[Path]) -> dict[Path, str]:
    """Those of the files that no run has looked into, each with what tells it from an earlier one.

    Raises StoreBusy while a run works, which may have fetched them itself; ConfigError, StoreError.
    """
    settings = config.read_settings(workspace.file("settings.toml"))
    found: dict[Path, str] = {}
    with open_store(store_at(workspace, settings), workspace.state / "archive") as store:
        with store.lock(now=datetime.now(UTC)):
            pass
        for path in paths:
            try:
                dump = inbox.read(path)
            except SourceError:
                # One that cannot be read is told by a run; one that is gone again needs none.
                if path.is_file():
                    found[path] = str(path.stat().st_mtime_ns)
                continue
            if not store.has_arrived(dump.name, dump.sha256):
                found[path] = f"{dump.sha256} {path.stat().st_mtime_ns}"
    return found
