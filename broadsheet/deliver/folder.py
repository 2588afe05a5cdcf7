"""Artifacts into a folder, each whole or not at all.

A file is written beside its place, flushed to the disk and renamed into it, so that a reader, a web server or a crash
never meets half of one. A file that holds the same bytes already is left alone, so that its time of modification (and
with it every HTTP cache) stays true.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ..disk import sync_folder
from ..errors import DeliveryError
from ..types import Artifact

_FULL = {errno.ENOSPC, errno.EDQUOT}


def publish(folder: Path, artifacts: Iterable[Artifact]) -> tuple[Path, ...]:
    """Write the artifacts, in their order, and return their paths.

    Raises DeliveryError naming the first path that could not be written; the ones before it are in place.
    """
    return tuple(_write(folder, artifact)[0] for artifact in artifacts)


def publish_many(folder: Path, artifacts: Iterable[Artifact]) -> Iterator[tuple[Path, bool]]:
    """The same for very many files, each as it comes, and whether it was changed.

    They are not flushed to the disk one by one: `settle` does that for all, before anything says that they are there.
    """
    for artifact in artifacts:
        yield _write(folder, artifact, flush=False)


def settle() -> None:
    """Return when all that was written is on the disk."""
    os.sync()


def published(folder: Path, name: str) -> bytes | None:
    """What a published file holds; None where there is no such file. Raises DeliveryError where it cannot be read."""
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}; check the folder and its permissions"
        raise DeliveryError(str(folder / name), reason, transient=True) from error


def _write(folder: Path, artifact: Artifact, *, flush: bool = True) -> tuple[Path, bool]:
    name = PurePosixPath(artifact.name)
    assert not name.is_absolute(), artifact.name  # noqa: S101  (names are made by render, never by a dump)
    assert ".." not in name.parts, artifact.name  # noqa: S101
    target = folder / name
    try:
        if _holds(target, artifact.content):
            return target, False
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, artifact.content, flush=flush)
    except OSError as error:
        remedy = "free some space" if error.errno in _FULL else "check the folder and its permissions"
        reason = f"cannot be written: {error.strerror or error}; {remedy} and run again, nothing is lost"
        raise DeliveryError(str(target), reason, transient=True) from error
    return target, True


def _holds(target: Path, content: bytes) -> bool:
    try:
        return target.stat().st_size == len(content) and target.read_bytes() == content
    except FileNotFoundError:
        return False


def _replace(target: Path, content: bytes, *, flush: bool) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".tmp-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if flush:
        sync_folder(target.parent)
