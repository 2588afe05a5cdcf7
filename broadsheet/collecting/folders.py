"""Files of a source's folder -> the inbox. What was taken before is not taken again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import inbox
from ..config import FromFolder, Source
from ..errors import SourceError
from ..fetch import folder as folders
from ..fetch import landing
from ..fetch.folder import Mark, Taken
from ..fetch.landing import Begun
from ..running import Run
from .came import Came, counted, line

#: So many files are named in one line.
_NAMED = 3


def place_of(run: Run, way: FromFolder) -> Path:
    """The folder that is meant. Raises SourceError for one without a home."""
    try:
        return run.setup.workspace.root / Path(way.folder).expanduser()
    except RuntimeError as error:
        raise SourceError(way.folder, "has no home folder to stand for ~; write it in full") from error


def _check_place(run: Run, source: Source, place: Path) -> None:
    """Raises SourceError for a folder that is ours: what we write would come back as news, or be moved away."""
    workspace, found = run.setup.workspace, place.resolve()
    if workspace.dumps.resolve() in (found, *found.parents):
        raise SourceError(
            source.name, f"{place} is the inbox, whose files are read where they lie; name another folder"
        )
    own = (workspace.output, workspace.state, workspace.config, workspace.root / "templates")
    if found == workspace.root.resolve() or any(one.resolve() in (found, *found.parents) for one in own):
        raise SourceError(source.name, f"{place} holds the workspace's own files; name a folder that dumps come into")


@dataclass(slots=True, kw_only=True)
class _Tally:
    files: list[Path] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    #: The content of files that need not be copied.
    seen: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def collect(run: Run, source: Source, way: FromFolder, known: Mapping[str, Any]) -> Came:
    """Bring the files of a folder that are new. Raises OSError and SourceError where none can be had."""
    place, into = place_of(run, way), run.setup.workspace.dumps / source.name
    _check_place(run, source, place)
    before = _marks(known)
    tally = _Tally(seen=set() if way.move else {mark[2] for mark in before.values()})
    wanted = folders.take(
        place,
        into,
        wanted=lambda name: inbox.may_be_dump(Path(name)) and inbox.belongs(name, source.files),
        # What is to go away is read again, so that nothing goes that does not lie in the inbox.
        before={} if way.move else before,
        now=run.now,
    )
    for taken in wanted:
        if taken.state in ("new", "known"):
            _keep(run, source, way, taken, tally)
        else:
            kind = {"left": tally.left, "passed": tally.passed, "failed": tally.failed}[taken.state]
            kind.append(f"{line(taken.name)} {taken.told}")
            if taken.name in before:
                tally.marks[taken.name] = before[taken.name]
    return _came(tally)


def _marks(known: Mapping[str, Any]) -> dict[str, Mark]:
    return {name: (mark[0], mark[1], mark[2]) for name, mark in dict(known.get("files", {})).items()}


def _keep(run: Run, source: Source, way: FromFolder, taken: Taken, tally: _Tally) -> None:
    """Put a new file in its place, unless its content lies there already; then it may go from where it was."""
    sha256 = taken.mark[2]
    try:
        if taken.begun:
            place = _place(run, source, taken, taken.begun)
            if sha256 in tally.seen or run.store.has_dump(sha256) or folders.sha256_of(place) == sha256:
                taken.begun.path.unlink()
            else:
                landing.settle(taken.begun, place)
                tally.files.append(place)
        tally.seen.add(sha256)
        tally.marks[taken.name] = taken.mark
        if way.move:
            folders.remove(place_of(run, way), taken)
            del tally.marks[taken.name]
    except OSError as error:
        tally.failed.append(f"{line(taken.name)} cannot be taken over: {error.strerror or error}")


def _place(run: Run, source: Source, taken: Taken, begun: Begun) -> Path:
    """Where a new file goes: under its own name, in a folder of its own where that is taken by another content."""
    into, sha256 = run.setup.workspace.dumps / source.name, taken.mark[2]
    name = landing.safe_name(taken.name)
    if not inbox.belongs(name, source.files):
        saved = datetime.fromtimestamp(taken.mark[1] // 10**9, UTC)
        name = f"{source.name}-{saved:%Y-%m-%dT%H%M%SZ}-{sha256[:8]}.{begun.extension}"
    place = into / name
    if folders.sha256_of(place) in (None, sha256) and (place.is_file() or not place.exists()):
        return place
    return into / f"again-{sha256[:16]}" / name


def _came(tally: _Tally) -> Came:
    told = [counted(len(tally.files), "new file") if tally.files else "nothing new"]
    if tally.left:
        told.append(f"left for the next run: {_few(tally.left)}")
    if tally.passed:
        told.append(f"passed over: {_few(tally.passed)}")
    return Came(
        outcome="new" if tally.files else "failed" if tally.failed else "same",
        told="; ".join([*told, *([_few(tally.failed)] if tally.failed else ())]),
        body={"files": {name: list(mark) for name, mark in tally.marks.items()}},
        files=tuple(tally.files),
        alarms=(_few(tally.failed),) if tally.failed else (),
    )


def _few(told: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    return ", ".join(told[:_NAMED]) + more
