"""Errors of databases and disks -> StoreError: one line that names the place and the remedy.

Catches nothing that is a programming mistake.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..errors import StoreError

_FULL = "the disk is full; make room and run again: what was committed before is safe"
_READ_ONLY = "cannot be written: it, its folder or its file system is read-only for this user"
_DAMAGED = "is damaged; restore it from a backup, or move it away and read the dumps again"

#: By the beginning of SQLite's symbolic error names (https://www.sqlite.org/rescode.html).
_SQLITE = {
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_NOTADB": "is not a Broadsheet store, nor any SQLite database; name another file, or move this one away",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_BUSY": "is locked by another program; wait for it or stop it, then run again",
    "SQLITE_LOCKED": "is locked by another program; wait for it or stop it, then run again",
    "SQLITE_CANTOPEN": "cannot be opened: is its folder there, and can this user write to it?",
    "SQLITE_IOERR": "could not be read or written: a full or failing disk, or a limit on file sizes",
}

_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "the quota is used up; make room and run again: what was committed before is safe",
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EFBIG: "is not allowed to grow: a limit on file sizes is set (ulimit -f)",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
}


class Damaged(Exception):
    """Something stored that cannot have been written by us; its text says what. Leaves the store as a StoreError."""


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn every error of the database or the disk inside into a StoreError about `where`."""
    try:
        yield
    except (Damaged, UnicodeDecodeError) as error:
        raise StoreError(f"{where}: {_DAMAGED} [{error}]") from error
    except DBAPIError as error:
        raise StoreError(_line(where, error.orig)) from error
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        raise StoreError(_line(where, error)) from error


def _line(where: str, error: BaseException | None) -> str:
    if isinstance(error, OSError):
        line = _ERRNO.get(error.errno or 0, f"cannot be used: {error.strerror or error}")
        return f"{error.filename or where}: {line}"
    name = getattr(error, "sqlite_errorname", "")
    said = " ".join(str(error).split())
    for beginning, line in _SQLITE.items():
        if name.startswith(beginning):
            return f"{where}: {line} [{said}]"
    if isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" in said:
        return f"{where}: {_DAMAGED} [{said}]"
    return f"{where}: cannot be used: {said}"
