"""Where a store is -> a SQLAlchemy engine on a store of today's schema.

Knows the two databases and their settings; knows no table but the one that names the schema. Alembic is imported only
where a store is made or must be migrated: it would cost more than all the rest of opening.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from ..errors import StoreError
from .failures import told
from .schema import APPLICATION_ID, REVISIONS, VERSION_TABLE

#: How long a statement waits for another program's lock on an SQLite file, in milliseconds.
BUSY_MS = 30_000
#: Execution option of a connection: the statement that begins its transactions in SQLite.
BEGIN = "broadsheet_begin"


def connect(where: str | Path) -> Engine:
    """An engine on the store, which is made or migrated where that is needed.

    where: a file (SQLite), or the SQLAlchemy URL of an SQLite or PostgreSQL database. Raises StoreError, also for a
    database of another program and for a store of a newer Broadsheet.
    """
    url = _url(where)
    name = label(url)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with told(name):
            _bring_up_to_date(engine, name)
    except BaseException:
        engine.dispose()
        raise
    return engine


def label(url: URL) -> str:
    """How messages name a store: its file, or its URL without the password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "the store in memory"
    return url.render_as_string(hide_password=True)


def holder() -> str:
    """This process, for whoever has to wait for it."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def _url(where: str | Path) -> URL:
    if isinstance(where, Path):
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise StoreError(_wanted("cannot be read as a URL")) from None
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(_wanted(f"names {backend!r}"))
    return url.set(drivername="postgresql+psycopg") if backend == "postgresql" else url.set(drivername="sqlite")


def _wanted(fault: str) -> str:
    # The URL itself may hold a password, and one that cannot be parsed cannot be masked.
    return f"the store's URL {fault}; it must look like sqlite:////folder/file.db or postgresql://user@host/database"


def _sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {}
    if url.database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
    else:
        with told(label(url)):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000}, **options)

    @event.listens_for(engine, "connect")
    def settle(connection: Any, entry: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions of its own: ours hold schema changes, and say how they begin.
        connection.isolation_level = None
        # FULL: with less, a power cut can take the last commits, and a digest would be cut and mailed twice.
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise StoreError("a store in PostgreSQL needs its driver: pip install 'broadsheet[postgres]'") from None
    return create_engine(url, connect_args={"application_name": f"broadsheet {holder()}"[:63]})


def _bring_up_to_date(engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        found = _revision(connection, name)
    if found == REVISIONS[-1]:
        return
    if found is not None and found not in REVISIONS:
        raise StoreError(
            f"{name}: was written by a newer Broadsheet (schema {found}; this one knows up to {REVISIONS[-1]}); "
            "update Broadsheet"
        )
    from .migrate import migrate

    migrate(engine)


def _revision(connection: Connection, name: str) -> str | None:
    """The schema of the database; None for an empty one. Raises StoreError for what another program made."""
    if connection.dialect.name == "sqlite":
        ours = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        empty = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0
        if ours == 0 and empty:
            return None
        if ours != APPLICATION_ID:
            raise StoreError(f"{name}: is a database of another program; name another file for the store")
    elif not inspect(connection).has_table(VERSION_TABLE):
        return None
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar_one())  # noqa: S608
