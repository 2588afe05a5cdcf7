"""Files -> dumps. Reads files with bounds and never changes them; which of them are new, the store knows."""

from __future__ import annotations

import fnmatch
import hashlib
import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from .errors import ParseFailed, SourceError
from .text import whole
from .types import Dump


def files(folder: Path) -> tuple[Path, ...]:
    """The regular files of an inbox and its folders, in the order of their names; none where there is no inbox.

    Files that start with "." or "_" and a README are not dumps.
    """
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple(path for path in found if _may_be_dump(path.relative_to(folder)))


def _may_be_dump(path: Path) -> bool:
    hidden = any(part.startswith((".", "_")) for part in path.parts)
    return not hidden and path.stem.upper() != "README"


def belongs(name: str, patterns: Sequence[str]) -> bool:
    """Whether a file name fits one of the shell patterns."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def read(path: Path, *, limit_mib: int, source: str = "") -> Dump:
    """The dump in a file.

    Raises SourceError for what is no regular file, cannot be read, or is larger than limit_mib mebibytes.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ParseFailed(whole(path.name), f"is {_kind(status.st_mode)}, not a file; name the files in it")
        if status.st_size > limit_mib << 20:
            size = f"{status.st_size / (1 << 20):,.0f} MiB, more than max_dump_mib = {limit_mib}"
            raise ParseFailed(whole(path.name), f"has {size} of config/settings.toml; raise it, or split the file")
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(whole(path.name), f"cannot be read: {error.strerror or error}") from error
    return Dump(
        source=source,
        name=whole(path.name),
        sha256=hashlib.sha256(content).hexdigest(),
        modified=datetime.fromtimestamp(int(status.st_mtime), UTC),
        content=content,
    )


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"
