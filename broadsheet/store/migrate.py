"""Brings a store to today's schema, in one transaction: it is there whole afterwards, or as it was.

The only module that imports Alembic, and imported only where it is needed.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from .engine import BEGIN
from .schema import APPLICATION_ID

_FOLDER = Path(__file__).parent / "migrations"
# Any number, as long as nothing else in the database uses it for an advisory lock.
_MIGRATING = 0x42534D
#: So often, and with naps of so many seconds, a file is asked for that another process is making.
_TRIES, _NAP = 600, 0.05


def migrate(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing, up to a revision. Raises what the database raises."""
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        _write_ahead(engine)
    with engine.connect().execution_options(**{BEGIN: "BEGIN IMMEDIATE"}) as connection, connection.begin():
        if not sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        command.upgrade(config, revision)
        if sqlite:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _write_ahead(engine: Engine) -> None:
    """Have a file of SQLite's written ahead from now on, which it changes only outside of transactions.

    Here SQLite does not wait for others by itself: a second process that makes the same store at the same moment.
    """
    for attempt in range(_TRIES):
        try:
            with contextlib.closing(engine.raw_connection()) as raw:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == _TRIES - 1:
                raise
            time.sleep(_NAP)
