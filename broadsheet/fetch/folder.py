"""A folder that something else saves dumps into -> copies of its files in the inbox, once each has been written.

A file still being written is left for later. Follows no link, takes nothing but regular files, and trusts no name.
Keeps no state: what was taken before comes in as an argument.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from .landing import CHUNK, Begun, begin

#: Seconds. A file that is younger may still grow; whoever writes with longer pauses than that holds it open.
YOUNG = 10
#: What programs call a file that they have not yet fully saved.
_PARTIAL = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".filepart", ".tmp")

#: Size, time (in nanoseconds) and SHA-256 of a file, as it is remembered.
Mark = tuple[int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file of the folder, and what came of it."""

    #: As the folder names it, with lone surrogates for bytes that are no text.
    name: str
    #: "known": taken before. "left": still being written. "passed": no regular file.
    state: Literal["new", "known", "left", "passed", "failed"]
    mark: Mark = (0, 0, "")
    #: The copy of a new one, not yet in its place.
    begun: Begun | None = None
    told: str = ""
    #: Whether it is the same file still; see `remove`.
    inode: int = 0


def take(
    folder: Path,
    into: Path,
    *,
    wanted: Callable[[str], bool],
    before: Mapping[str, Mark],
    now: datetime,
) -> Iterator[Taken]:
    """The files of a folder whose names are wanted, the oldest first.

    into: where copies are begun. before: the marks of names that were taken earlier: a file that still has its size and
    time is not read again. Raises OSError where the folder cannot be read; what is wrong with one file is told of it.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        names = set(os.listdir(fd))  # noqa: PTH208  (this very folder, and not what has its name by now)
        found = []
        for name in names:
            if name.lower().endswith(_PARTIAL) or not wanted(name):
                continue
            with contextlib.suppress(FileNotFoundError):  # it went away meanwhile
                status = os.stat(name, dir_fd=fd, follow_symlinks=False)
                if not stat.S_ISDIR(status.st_mode):
                    found.append((status.st_mtime_ns, name))
        for _, name in sorted(found):
            half = any(f"{name}{ending}" in names for ending in _PARTIAL)
            yield _take(fd, name, into, before.get(name), now, half=half)
    finally:
        os.close(fd)


def _take(folder: int, name: str, into: Path, before: Mark | None, now: datetime, *, half: bool) -> Taken:
    try:
        # A pipe without a writer would keep us waiting.
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        return Taken(name=name, state="left", told="went away")
    except OSError as error:
        if stat.S_ISLNK(_mode(folder, name)):
            return Taken(name=name, state="passed", told="is a link, which is not followed")
        return Taken(name=name, state="failed", told=f"cannot be read: {error.strerror or error}")
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return Taken(name=name, state="passed", told="is no regular file")
        size, modified, inode = status.st_size, status.st_mtime_ns, status.st_ino
        if before and before[:2] == (size, modified):
            return Taken(name=name, state="known", mark=before, inode=inode)
        if half or _is_young(status, now) or has_writer(fd):
            return Taken(name=name, state="left", told=WRITTEN)
        begun = begin(into, _chunks(fd))
        if begun.size != size or _changed(folder, name, status) or _changed(fd, None, status):
            begun.path.unlink()
            return Taken(name=name, state="left", told=WRITTEN)
        # The time of the file says when it was saved, where nothing in it does.
        os.utime(begun.path, ns=(modified, modified))
        return Taken(name=name, state="new", mark=(size, modified, begun.sha256), begun=begun, inode=inode)
    except OSError as error:
        return Taken(name=name, state="failed", told=f"cannot be copied: {error.strerror or error}")
    finally:
        os.close(fd)


#: What is told of a file that is not whole yet.
WRITTEN = "is still being written"


def _mode(folder: int, name: str) -> int:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return 0


def _changed(place: int, name: str | None, before: os.stat_result) -> bool:
    """Whether a file of a folder, or an open one, is another than before."""
    try:
        after = os.fstat(place) if name is None else os.stat(name, dir_fd=place, follow_symlinks=False)
    except OSError:
        return True
    kept = ("st_ino", "st_dev", "st_size", "st_mtime_ns")
    return any(getattr(after, field) != getattr(before, field) for field in kept)


def _is_young(status: os.stat_result, now: datetime) -> bool:
    # A time that is far ahead comes from a clock that is wrong, and says nothing.
    return -86_400 < now.timestamp() - status.st_mtime < YOUNG


def _chunks(fd: int) -> Iterator[bytes]:
    while chunk := os.read(fd, CHUNK):
        yield chunk


def has_writer(fd: int) -> bool:
    """Whether some process has the file open for writing, where the system tells: Linux, local disks, our own files."""
    try:
        # Whoever opens the file while we hold the lease makes the kernel send us a signal; the usual one would end us.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):
        return False
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def is_written(path: Path) -> bool:
    """Whether some process writes to a file of the inbox now, as far as the system tells."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return has_writer(fd)
    finally:
        os.close(fd)


def remove(folder: Path, taken: Taken) -> None:
    """Take away a file whose content lies in the inbox, unless another one has its name by now. Raises OSError."""
    path = folder / taken.name
    status = path.lstat()
    if (status.st_ino, status.st_size, status.st_mtime_ns) == (taken.inode, *taken.mark[:2]):
        path.unlink()


def sha256_of(path: Path) -> str | None:
    """The SHA-256 of a regular file; None where there is none."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        hashed = hashlib.sha256()
        for chunk in _chunks(fd):
            hashed.update(chunk)
        return hashed.hexdigest()
    except OSError:
        return None
    finally:
        os.close(fd)
