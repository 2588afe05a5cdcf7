"""Dumps -> the inbox without a run: the sources asked by themselves, and what somebody pipes in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from .. import config, inbox
from ..access import Access
from ..errors import BroadsheetError, SourceError
from ..fetch import folder, landing
from ..fetch.landing import STDIN, Begun
from ..report import Checked, exit_code
from ..running import Progress, Run, silent
from ..setup import hold, load, store_of
from ..store import open_store
from ..text import whole
from ..workspace import Workspace
from . import Ways, gather


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What `broadsheet collect --json` prints."""

    collected: tuple[Checked, ...]
    #: A line each.
    failures: tuple[str, ...]
    exit: int


def gather_alone(
    workspace: Workspace,
    *,
    names: Collection[str] = (),
    now: datetime,
    progress: Progress = silent,
    access: Access | None = None,
    ways: Ways | None = None,
) -> Collected:
    """Ask the sources of these names, or all, for new dumps, and read none of them.

    Holds the run lock meanwhile, so that nobody writes a second file for the same answer. now: aware. Raises
    ConfigError, StoreBusy, StoreError, and BroadsheetError for a name that no source with something to collect has.
    """
    setup = load(workspace)
    settings = setup.config.settings
    there = [source.name for source in setup.config.sources if source.collect]
    if unknown := [name for name in names if name not in there]:
        known = f"there are: {', '.join(there)}" if there else "config/sources.toml names none"
        raise BroadsheetError(f"no source {unknown[0]!r} is collected; {known}")

    day = now.astimezone(ZoneInfo(settings.timezone)).date()
    with (
        open_store(store_of(setup), workspace.state / "archive") as store,
        hold(store, settings, progress, now),
    ):
        # No run of the store's: nothing is read, and no digest is cut.
        run = Run(setup=setup, store=store, number=0, day=day, now=now, dumps=(), progress=progress)
        run.access = access or Access()
        gather(run, names=names, ways=ways)
    failures = tuple(whole(str(failure)) for failure in run.failures)
    return Collected(collected=tuple(run.checked), failures=failures, exit=exit_code(run.failures))


def receive(workspace: Workspace, stream: BinaryIO, *, now: datetime, name: str = "") -> tuple[Path, bool]:
    """Put what a stream holds into the inbox; where it lies now, and whether it is new there.

    name: of the file; "stdin-<time>.txt" without it, unless a file of such a name holds the same. Raises ConfigError
    for the settings, SourceError for too much or nothing, BroadsheetError for a name that is not fit or taken.
    """
    limit = config.read_settings(workspace.file("settings.toml")).max_dump_mib << 20
    folder_of = workspace.dumps
    if name and (landing.safe_name(name) != name or not inbox.may_be_dump(Path(name))):
        raise BroadsheetError(f"{whole(name)!r} cannot be the name of a dump; choose letters, digits, dots and dashes")
    try:
        begun = landing.begin(folder_of, landing.chunks(stream, limit, STDIN))
        try:
            if not begun.size:
                raise SourceError(STDIN, "holds nothing; pipe a saved page into it")
            earlier = [folder_of / name] if name else sorted(folder_of.glob(f"{STDIN}-*.txt"))
            for place in earlier:
                if place.is_file() and place.stat().st_size == begun.size and folder.sha256_of(place) == begun.sha256:
                    return place, False
            place = _settled(begun, folder_of, name, now)
        finally:
            begun.path.unlink(missing_ok=True)
    except OSError as error:
        raise BroadsheetError(f"{folder_of}: cannot be written: {error.strerror or error}") from error
    return place, True


def _settled(begun: Begun, into: Path, name: str, now: datetime) -> Path:
    """Put a file in its place; where somebody else pipes in at the same second, in the next one that is free."""
    while True:
        place = into / name if name else landing.free(into, landing.stdin_name(now), "txt")
        try:
            landing.settle(begun, place)
        except FileExistsError:
            if name:
                told = f"{place} is there already and holds something else; choose another --name"
                raise BroadsheetError(told) from None
        else:
            return place
