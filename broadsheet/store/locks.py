"""One run at a time, and one sender: locks that the system frees when their holder dies, however it dies.

flock(2) on a file beside an SQLite store, an advisory lock in PostgreSQL. Never the mere existence of a file. Unique
keys in the store are the real guard; the lock is for order, and for a clear message.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, TextClause, text

from ..errors import StoreBusy
from .engine import holder
from .failures import told

#: Called with who holds the lock, once for each holder that is waited for.
Waiting = Callable[[str], None]

_POLL = 0.1
# The two halves of the key; the second is the schema's, so that several stores can share a database.
_TRY = text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))")
_NAME = text("SELECT set_config('application_name', :name, false)")
_HOLDER = text(
    "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND (classid::bigint, objid::bigint) ="
    " (:key, hashtext(current_schema())::bigint & 4294967295)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(key=1112754260)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One of the store's locks."""

    #: What the name of its file ends with, beside an SQLite store.
    ending: str
    #: Its advisory key in PostgreSQL.
    key: int
    #: What is said where another process holds it, around that process.
    busy: str


#: Held by whoever writes the log and the digests.
RUN = Lock(ending=".lock", key=1112754260, busy="another run holds the workspace: {}; wait for it, or stop it")
#: Held by whoever sends what is owed. A slow mail server does not hold up the next run.
DELIVERY = Lock(
    ending=".delivery.lock",
    key=1112754261,
    busy="another process is sending what is owed: {}; it sends all there is, or run `broadsheet deliver` later",
)


@contextmanager
def hold(
    lock: Lock, engine: Engine, where: str, *, wait: float, waiting: Waiting | None, now: datetime
) -> Iterator[None]:
    """Hold one of the store's locks.

    wait: how many seconds to wait for another holder; now: for whoever waits for us. Raises StoreBusy, which names the
    holder.
    """
    # PostgreSQL cuts an application's name at 63 bytes.
    ours = f"{holder()[:40]} since {now.astimezone(UTC):%d %b %H:%M} UTC"
    held: AbstractContextManager[None]
    if engine.dialect.name == "postgresql":
        held = _in_database(lock, engine, where, ours, wait, waiting)
    elif engine.url.database in (None, "", ":memory:"):
        held = contextlib.nullcontext()
    else:
        held = _in_file(lock, Path(f"{engine.url.database}{lock.ending}"), ours, wait, waiting)
    with held:
        yield


@contextmanager
def _in_file(lock: Lock, path: Path, ours: str, wait: float, waiting: Waiting | None) -> Iterator[None]:
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
            _await(lock, try_it, lambda: _named(fd), wait, waiting)
            # Only for those who wait: what is left in the file when the lock is free means nothing.
            os.ftruncate(fd, 0)
            os.pwrite(fd, ours.encode(), 0)
        yield
    finally:
        os.close(fd)


def _named(fd: int) -> str:
    """Who holds a lock's file; a holder of this very moment has not yet written its name."""
    for _ in range(5):
        if name := os.pread(fd, 200, 0).decode("utf-8", "replace"):
            return name
        time.sleep(_POLL / 5)
    return ""


@contextmanager
def _in_database(
    lock: Lock, engine: Engine, where: str, ours: str, wait: float, waiting: Waiting | None
) -> Iterator[None]:
    key = {"key": lock.key}
    with told(where):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with told(where):
            _await(
                lock,
                lambda: _scalar(connection, _TRY, key) is True,
                lambda: str(_scalar(connection, _HOLDER, key)),
                wait,
                waiting,
            )
            connection.execute(_NAME, {"name": f"broadsheet {ours}"})
        yield
    finally:
        # Ends the session, and the lock with it, even where the connection is not well.
        connection.invalidate()
        connection.close()


def _scalar(connection: Connection, statement: TextClause, values: Mapping[str, int]) -> object:
    return connection.execute(statement, values).scalar()


def _await(
    lock: Lock, try_it: Callable[[], bool], who: Callable[[], str], wait: float, waiting: Waiting | None
) -> None:
    """Try until it works or the time is up. Counts its own naps, as the library reads no clock."""
    known, naps = "", int(wait / _POLL)
    for nap in range(naps + 1):
        if try_it():
            return
        # Who steps back at once does not say that they wait.
        if (other := who()) != known and waiting and naps:
            waiting(other)
        known = other
        if nap < naps:
            time.sleep(_POLL)
    raise StoreBusy(lock.busy.format(known or "an unknown process"))
