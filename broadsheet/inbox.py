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


def files(folder: Path) -> tuple[Path, ...]:
    """The regular files of an inbox and its folders, in the order of their names; none where there is no inbox.

    Files that start with "." or "_" and a README are not dumps.
    """
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple(path for path in found if may_be_dump(path.relative_to(folder)))


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


def unreadable(name: str, error: OSError) -> SourceError:
    """What is told of a file that the system does not let us read."""
    return SourceError(name, f"cannot be read: {error.strerror or error}")


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"
