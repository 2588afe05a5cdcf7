"""Files -> dumps. Reads files with bounds and never changes them; which of them are new, the store knows."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from .errors import ParseFailed, SourceError, StillWritten
from .text import whole
from .types import Dump

#: Bytes of a file that are held; of a larger one the dump has a stream in place of its content.
HELD = 32 << 20
_CHUNK = 1 << 20


def files(folder: Path, *, closed: Callable[[OSError], None] | None = None) -> tuple[Path, ...]:
    """The regular files of an inbox and its folders, in the order of their names; none where there is no inbox.

    Files that start with "." or "_" and a README are not dumps. Linked folders are looked into as others are, each
    once; but not one that holds the inbox itself. closed: told of each folder that cannot be read.
    """
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    places = [folder]
    while places:
        place = places.pop()
        try:
            status = place.stat()
            if (status.st_dev, status.st_ino) in seen or (place.is_symlink() and _holds(place, folder)):
                continue
            seen.add((status.st_dev, status.st_ino))
            for path in place.iterdir():
                if not may_be_dump(path.relative_to(folder)):
                    continue
                if path.is_dir():
                    places.append(path)
                elif path.is_file():
                    found.append(path)
        except OSError as error:
            if closed and place != folder:
                closed(error)
    return tuple(sorted(found))


def _holds(link: Path, folder: Path) -> bool:
    return link != folder and link.resolve() in folder.resolve().parents


def may_be_dump(path: Path) -> bool:
    """Whether a file of that name (below the inbox) is looked at."""
    hidden = any(part.startswith((".", "_")) for part in path.parts)
    return not hidden and path.stem.upper() != "README"


def belongs(name: str, patterns: Sequence[str]) -> bool:
    """Whether a file name fits one of the shell patterns."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def read(path: Path, *, check: Callable[[Dump], None] | None = None, source: str = "") -> Dump:
    """The dump in a file; one that is large has a stream in place of its content.

    check: looks at the dump before anything but its begin is read, while its sha256 is still empty, and raises
    SourceError where the rest need not be read. Raises SourceError for what is no regular file or cannot be read, and
    StillWritten for what changes meanwhile.
    """
    name = whole(path.name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ParseFailed(name, f"is {_kind(status.st_mode)}, not a file; name the files in it")
        dump = Dump(
            source=source,
            name=name,
            sha256="",
            modified=datetime.fromtimestamp(int(status.st_mtime), UTC),
            stream=partial(_opened, path, name),
            size=status.st_size,
        )
        if check:
            check(dump)
        with path.open("rb") as file:
            content = None if status.st_size > HELD else file.read()
            sha256 = _hashed(file) if content is None else hashlib.sha256(content).hexdigest()
            after = os.fstat(file.fileno())
        if (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
            raise StillWritten(name, "is still being written; the next run reads it")
    except OSError as error:
        raise unreadable(name, error) from error
    if content is None:
        return replace(dump, sha256=sha256)
    return replace(dump, sha256=sha256, content=content, size=len(content), stream=None)


def _opened(path: Path, name: str) -> BinaryIO:
    try:
        return cast(BinaryIO, path.open("rb"))
    except OSError as error:
        raise unreadable(name, error) from error


def _hashed(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def sight_of(path: Path) -> str:
    """What stands for the content of a file that is not read: the SHA-256 of its place, size and time; else empty."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return hashlib.sha256(os.fsencode(path) + f"\0{status.st_size}\0{status.st_mtime_ns}".encode()).hexdigest()


def unreadable(name: str, error: OSError) -> SourceError:
    """What is told of a file that the system does not let us read."""
    return SourceError(name, f"cannot be read: {error.strerror or error}")


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"
