"""One run at a time: a lock that the system frees when its holder dies, however it dies.

flock(2) on a file beside an SQLite store, an advisory lock in PostgreSQL. Never the mere existence of a file. Unique
keys in the store are the real guard; the lock is for order, and for a clear message.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from ..errors import StoreBusy
from .engine import holder
from .failures import told

#: Called with who holds the lock, once for each holder that is waited for.
Waiting = Callable[[str], None]

_POLL = 0.1
# The two halves of the key; the second is the schema's, so that several stores can share a database.
_KEY = "1112754260, hashtext(current_schema())"
_TRY = text(f"SELECT pg_try_advisory_lock({_KEY})")
_FREE = text(f"SELECT pg_advisory_unlock({_KEY})")
_NAME = text("SELECT set_config('application_name', :name, false)")
_HOLDER = text(
    "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND (classid::bigint, objid::bigint) ="
    " (1112754260, hashtext(current_schema())::bigint & 4294967295)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextmanager
def run_lock(engine: Engine, where: str, *, wait: float, waiting: Waiting | None, now: datetime) -> Iterator[None]:
    """Hold the store's run lock.

    wait: how many seconds to wait for another holder; now: for whoever waits for us. Raises StoreBusy, which names the
    holder.
    """
    # PostgreSQL cuts an application's name at 63 bytes.
    ours = f"{holder()[:40]} since {now.astimezone(UTC):%d %b %H:%M} UTC"
    held: AbstractContextManager[None]
    if engine.dialect.name == "postgresql":
        held = _in_database(engine, where, ours, wait, waiting)
    elif engine.url.database in (None, "", ":memory:"):
        held = contextlib.nullcontext()
    else:
        held = _in_file(Path(f"{engine.url.database}.lock"), ours, wait, waiting)
    with held:
        yield


@contextmanager
def _in_file(path: Path, ours: str, wait: float, waiting: Waiting | None) -> Iterator[None]:
    def try_it() -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    with told(str(path)):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        with told(str(path)):
            _await(try_it, lambda: os.pread(fd, 200, 0).decode("utf-8", "replace"), wait, waiting)
            # Only for those who wait: what is left in the file when the lock is free means nothing.
            os.ftruncate(fd, 0)
            os.pwrite(fd, ours.encode(), 0)
        yield
    finally:
        os.close(fd)


@contextmanager
def _in_database(engine: Engine, where: str, ours: str, wait: float, waiting: Waiting | None) -> Iterator[None]:
    with told(where):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with told(where):
            _await(lambda: _scalar(connection, _TRY) is True, lambda: str(_scalar(connection, _HOLDER)), wait, waiting)
            connection.execute(_NAME, {"name": f"broadsheet {ours}"})
        yield
    finally:
        # Ends the session, and the lock with it, even where the connection is not well.
        connection.invalidate()
        connection.close()


def _scalar(connection: Connection, statement: object) -> object:
    return connection.execute(statement).scalar()  # type: ignore[call-overload]


def _await(try_it: Callable[[], bool], who: Callable[[], str], wait: float, waiting: Waiting | None) -> None:
    """Try until it works or the time is up. Counts its own naps, as the library reads no clock."""
    known = ""
    for nap in range(int(wait / _POLL) + 1):
        if try_it():
            return
        if (other := who()) != known and waiting:
            waiting(other)
        known = other
        if nap < int(wait / _POLL):
            time.sleep(_POLL)
    raise StoreBusy(f"another run holds the workspace: {known or 'an unknown process'}; wait for it, or stop it")
