"""The runs: when the program ran, for which day, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from . import schema
from .bodies import moment, storable, time_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run, as the store remembers it."""

    number: int
    day: date
    started: datetime
    #: None while it runs, and for good when it was killed.
    ended: datetime | None
    exit_code: int | None
    #: What was given to end_run.
    report: str | None


def start(connection: Connection, day: date, now: datetime) -> int:
    """Begin a run and return its number."""
    row = insert(schema.runs).values(day=day.isoformat(), started=moment(now)).returning(schema.runs.c.id)
    return int(connection.execute(row).scalar_one())


def end(connection: Connection, run: int, exit_code: int, report: str, now: datetime) -> None:
    """Write down how a run ended."""
    runs = schema.runs
    connection.execute(
        update(runs).where(runs.c.id == run).values(ended=moment(now), exit_code=exit_code, report=storable(report))
    )


def last(connection: Connection, limit: int) -> tuple[RunRecord, ...]:
    """The latest runs, newest first."""
    rows = connection.execute(select(schema.runs).order_by(schema.runs.c.id.desc()).limit(limit))
    return tuple(
        RunRecord(
            number=row.id,
            day=date.fromisoformat(row.day),
            started=time_of(row.started),
            ended=time_of(row.ended) if row.ended else None,
            exit_code=row.exit_code,
            report=row.report,
        )
        for row in rows
    )
