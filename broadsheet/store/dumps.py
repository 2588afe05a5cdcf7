"""Dumps, their arrivals, their problems, and the reports of what they brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from ..errors import StoreError
from ..types import Dump, Guid, Past, Problem, SourceReport
from . import schema
from .bodies import moment, pack, storable, time_of, unpack
from .bulk import chunked, insert_rows

#: How a run ends in which a part failed: whoever saw it knows.
_PARTLY = 3


def is_read(connection: Connection, sha256: str) -> bool:
    """Whether a dump of this content was read completely, or is a container of which all was read."""
    dumps = schema.dumps
    row = select(dumps.c.id).where(dumps.c.sha256 == sha256, dumps.c.state.in_(("read", "opened")))
    return connection.execute(row).first() is not None


def arrive(connection: Connection, run: int, dump: Dump) -> bool:
    """Write down that a file was seen; whether it was seen for the first time (by name, content and time)."""
    arrivals = schema.arrivals
    seen = {"sha256": dump.sha256, "name": storable(dump.name), "modified": moment(dump.modified)}
    known = select(arrivals.c.id).where(*(arrivals.c[column] == value for column, value in seen.items()))
    if connection.execute(known).first() is not None:
        return False
    connection.execute(insert(arrivals).values(run=run, **seen))
    return True


def has_arrived(connection: Connection, name: str, sha256: str) -> bool:
    """Whether a file of this name and content was seen, read or not."""
    arrivals = schema.arrivals
    row = select(arrivals.c.id).where(arrivals.c.sha256 == sha256, arrivals.c.name == storable(name))
    return connection.execute(row).first() is not None


def seen(connection: Connection) -> frozenset[tuple[str, str]]:
    """Content and name of every file that was seen and completely read."""
    arrivals, dumps = schema.arrivals, schema.dumps
    rows = select(arrivals.c.sha256, arrivals.c.name).join(dumps, dumps.c.sha256 == arrivals.c.sha256)
    found = connection.execute(rows.where(dumps.c.state.in_(("read", "opened"))))
    return frozenset((sha256, name) for sha256, name in found)


def put_read(connection: Connection, run: int, dump: Dump, report: SourceReport) -> int:
    """The id of a dump's row, which says from now on that it was read. Raises StoreError where it says so already."""
    if is_read(connection, dump.sha256):
        raise StoreError(f"{dump.name}: a dump of this content was read by an earlier run; nothing was changed")
    return _put(connection, run, dump, report, "read")


def put_again(connection: Connection, dump: Dump, report: SourceReport, run: int | None) -> int:
    """Write down what a dump that was read before says now; run: the one that reads it, for one that was quarantined.

    Only that one is reported: readers know of the others.
    """
    dumps = schema.dumps
    row = select(dumps.c.id, dumps.c.run).where(dumps.c.sha256 == dump.sha256)
    number, before = connection.execute(row).one()
    _set(connection, number, run or before, dump, report, "read")
    if run is not None:
        put_report(connection, run, dump.sha256, report)
    return int(number)


def put_report(connection: Connection, run: int, sha256: str, report: SourceReport) -> None:
    """Write down what a dump brought to a run."""
    connection.execute(insert(schema.reports).values(run=run, sha256=sha256, body=pack(report)))


def put_broken(connection: Connection, run: int, dump: Dump, report: SourceReport) -> int:
    """The id of a dump's row, which says that it could not be read, so that a later run tries again.

    What was reported of it in the same words is not reported again: as long as it lies in the inbox, each digest would
    tell of it, and it would hide what its source has brought since.
    """
    dumps, table = schema.dumps, schema.reports
    number = connection.execute(
        select(dumps.c.id).where(dumps.c.sha256 == dump.sha256, dumps.c.state == "broken")
    ).scalar_one_or_none()
    # Not the last one alone: several empty files are one content under many names.
    told = select(table.c.body).where(table.c.sha256 == dump.sha256)
    if number is not None and pack(report) in connection.scalars(told):
        return int(number)
    return _put(connection, run, dump, report, "broken")


def is_told(connection: Connection, sha256: str, report: SourceReport) -> bool:
    """Whether a run that came to its end has told the same of this content under this name."""
    table, runs = schema.reports, schema.runs
    # Where a run was killed over it, a later one has told.
    heard = select(runs.c.id).where(runs.c.id >= table.c.run, runs.c.exit_code == _PARTLY).exists()
    said = (
        unpack(body, SourceReport)
        for body in connection.scalars(select(table.c.body).where(table.c.sha256 == sha256, heard))
    )
    return any((one.dump, one.verdict, one.reason) == (report.dump, report.verdict, report.reason) for one in said)


def why_broken(connection: Connection, sha256: str) -> str | None:
    """Why a dump of this content could not be read, as it was last told; None where it could, or none was met."""
    dumps, table = schema.dumps, schema.reports
    last = (
        select(table.c.body)
        .join(dumps, dumps.c.sha256 == table.c.sha256)
        .where(dumps.c.sha256 == sha256, dumps.c.state == "broken")
        .order_by(table.c.id.desc())
        .limit(1)
    )
    body = connection.execute(last).scalar_one_or_none()
    return None if body is None else unpack(body, SourceReport).reason


def _put(connection: Connection, run: int, dump: Dump, report: SourceReport, state: str) -> int:
    dumps = schema.dumps
    number = connection.execute(select(dumps.c.id).where(dumps.c.sha256 == dump.sha256)).scalar_one_or_none()
    number = _set(connection, number, run, dump, report, state)
    put_report(connection, run, dump.sha256, report)
    return number


def _set(connection: Connection, number: int | None, run: int, dump: Dump, report: SourceReport, state: str) -> int:
    """Insert a dump's row with its problems, or overwrite both; its id."""
    dumps = schema.dumps
    values = {
        "source": storable(report.source),
        "name": storable(dump.name),
        "size": dump.size or len(dump.content),
        "state": state,
        "format": report.format,
        "taken": moment(report.taken) if report.taken else None,
        "taken_from": report.taken_from,
        "run": run,
        "verdict": report.verdict,
        "entries": report.entries,
        "newest": report.newest.isoformat() if report.newest else None,
    }
    if number is None:
        row = insert(dumps).values(sha256=dump.sha256, **values).returning(dumps.c.id)
        number = connection.execute(row).scalar_one()
    else:
        connection.execute(update(dumps).where(dumps.c.id == number).values(**values))
        connection.execute(delete(schema.problems).where(schema.problems.c.dump == number))
    _put_problems(connection, number, report.problems)
    return int(number)


def _put_problems(connection: Connection, dump: int, problems: Sequence[Problem]) -> None:
    rows = [
        (
            dump,
            number,
            *(problem.place or (None, None)),
            problem.level,
            storable(problem.reason),
            storable(problem.text),
        )
        for number, problem in enumerate(problems, start=1)
    ]
    columns = ("dump", "number", "first", "last", "level", "reason", "text")
    insert_rows(connection, schema.problems, columns, rows)


def newest_taken(connection: Connection, source: str, before_run: int) -> datetime | None:
    """When the newest dump of a source was taken that runs before this one read; None without any.

    One that was taken after this run and all before it has a wrong date in its name (2062 for 2026): by it, all that
    comes would be late. A run may be for a day gone by, in a store that has read later ones.
    """
    dumps, runs = schema.dumps, schema.runs
    row = select(func.max(dumps.c.taken)).where(
        dumps.c.source == source, dumps.c.state == "read", dumps.c.run < before_run
    )
    latest = select(func.max(runs.c.day), func.max(runs.c.started)).where(runs.c.id <= before_run)
    day, started = connection.execute(latest).one()
    if day is not None:
        # A day more than the later of both, as time zones differ.
        now = max(date.fromisoformat(day), time_of(started).date())
        row = row.where(dumps.c.taken < (now + timedelta(days=2)).isoformat())
    newest = connection.execute(row).scalar_one()
    return None if newest is None else time_of(newest)


def last_listing(connection: Connection, source: str) -> set[Guid] | None:
    """The papers in the newest dump of a source, by the time it was taken, then read; None without any."""
    dumps, entries = schema.dumps, schema.entries
    newest = (
        select(dumps.c.id)
        .where(dumps.c.source == source, dumps.c.state == "read")
        .order_by(dumps.c.taken.desc(), dumps.c.id.desc())
        .limit(1)
    )
    number = connection.execute(newest).scalar_one_or_none()
    if number is None:
        return None
    return set(map(Guid, connection.scalars(select(entries.c.guid).where(entries.c.dump == number))))


def history(connection: Connection, source: str, taken: datetime, limit: int) -> tuple[Past, ...]:
    """The dumps of a source that were taken until a time, the newest first, of equally old ones the one read last."""
    dumps, runs = schema.dumps, schema.runs
    rows = (
        select(
            dumps.c.name, dumps.c.sha256, dumps.c.taken, dumps.c.verdict, dumps.c.entries, dumps.c.newest, runs.c.day
        )
        .join(runs, runs.c.id == dumps.c.run)
        .where(dumps.c.source == source, dumps.c.state == "read", dumps.c.taken <= moment(taken))
        .order_by(dumps.c.taken.desc(), dumps.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Past(
            dump=row.name,
            sha256=row.sha256,
            taken=time_of(row.taken),
            read=date.fromisoformat(row.day),
            verdict=row.verdict or "complete",
            entries=row.entries or 0,
            newest=date.fromisoformat(row.newest) if row.newest else None,
        )
        for row in connection.execute(rows)
    )


def listing(connection: Connection, sha256: str) -> set[Guid]:
    """The papers in a dump; empty for an unknown one."""
    dumps, entries = schema.dumps, schema.entries
    rows = select(entries.c.guid).join(dumps, dumps.c.id == entries.c.dump).where(dumps.c.sha256 == sha256)
    return set(map(Guid, connection.scalars(rows)))


def listed(connection: Connection, source: str, guids: Collection[Guid]) -> set[Guid]:
    """Those of the papers that some dump of a source lists."""
    dumps, entries = schema.dumps, schema.entries
    found: set[Guid] = set()
    for condition in chunked(entries.c.guid, guids):
        rows = select(entries.c.guid).join(dumps, dumps.c.id == entries.c.dump).where(condition)
        found.update(map(Guid, connection.scalars(rows.where(dumps.c.source == source).distinct())))
    return found


def latest_reports(connection: Connection) -> tuple[SourceReport, ...]:
    """The last report of each source, in the order of their names."""
    dumps, table = schema.dumps, schema.reports
    last = select(func.max(table.c.id)).join(dumps, dumps.c.sha256 == table.c.sha256).group_by(dumps.c.source)
    found = [
        unpack(body, SourceReport) for body in connection.scalars(select(table.c.body).where(table.c.id.in_(last)))
    ]
    return tuple(sorted(found, key=lambda report: (report.source, report.dump)))


def last_report(connection: Connection) -> int:
    """The number of the last report; 0 without any."""
    return int(connection.execute(select(func.coalesce(func.max(schema.reports.c.id), 0))).scalar_one())


def reports(connection: Connection, after: int, start: date | None = None) -> tuple[SourceReport, ...]:
    """The reports behind a number, in their order; with a start, only those of runs of that day or later."""
    table = schema.reports
    rows = select(table.c.body).where(table.c.id > after).order_by(table.c.id)
    if start is not None:
        rows = rows.where(table.c.run.in_(select(schema.runs.c.id).where(schema.runs.c.day >= start.isoformat())))
    return tuple(unpack(body, SourceReport) for body in connection.scalars(rows))
