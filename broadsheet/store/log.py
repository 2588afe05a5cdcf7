"""The change log: numbered changes, appended and never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, func, select

from ..types import Change, Guid
from . import schema
from .bodies import pack_fields, pack_paper, unpack_fields, unpack_paper
from .bulk import insert_rows


def head(connection: Connection) -> int:
    """The number of the last change; 0 for an empty log."""
    return int(connection.execute(select(func.coalesce(func.max(schema.changes.c.seq), 0))).scalar_one())


def read(connection: Connection, from_seq: int, to_seq: int, since: date | None = None) -> tuple[Change, ...]:
    """The changes of a range, both ends inclusive, in their order.

    since: only those that a run of this day or a later one appended.
    """
    log, runs = schema.changes, schema.runs
    rows = select(log.c.seq, log.c.kind, log.c.late, log.c.reparsed, log.c.fields, log.c.body)
    if since is not None:
        rows = rows.join(runs, runs.c.id == log.c.run).where(runs.c.day >= since.isoformat())
    return tuple(
        Change(
            seq=seq,
            kind=kind,
            paper=unpack_paper(body),
            fields=unpack_fields(fields),
            late=bool(late),
            reparsed=bool(reparsed),
        )
        for seq, kind, late, reparsed, fields, body in connection.execute(
            rows.where(log.c.seq.between(from_seq, to_seq)).order_by(log.c.seq)
        )
    )


def first_since(connection: Connection, day: date) -> int:
    """The number of the first change that a run of this day or a later one appended; the next number without any."""
    log, runs = schema.changes, schema.runs
    of_the_days = select(runs.c.id).where(runs.c.day >= day.isoformat())
    first = connection.execute(select(func.min(log.c.seq)).where(log.c.run.in_(of_the_days))).scalar_one()
    return head(connection) + 1 if first is None else int(first)


def spans(connection: Connection, since: date | None) -> tuple[tuple[date, int, int], ...]:
    """What each run appended: its day, the first and the last number; in the order of the log.

    since: only runs of this day or later.
    """
    log, runs = schema.changes, schema.runs
    first, last = func.min(log.c.seq), func.max(log.c.seq)
    rows = select(runs.c.day, first, last).join(log, log.c.run == runs.c.id).group_by(runs.c.id, runs.c.day)
    if since:
        rows = rows.where(runs.c.day >= since.isoformat())
    return tuple(
        (date.fromisoformat(day), int(start), int(end)) for day, start, end in connection.execute(rows.order_by(first))
    )


def last_of(connection: Connection, guid: str) -> int | None:
    """The number of the last change of a paper that a digest may tell; None without any."""
    log = schema.changes
    found = connection.execute(select(func.max(log.c.seq)).where(log.c.guid == guid, log.c.reparsed == 0)).scalar_one()
    return None if found is None else int(found)


def append(connection: Connection, run: int, dump: int, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Append changes and return them with their numbers.

    Numbers are handed out here and not by a sequence, which would commit out of order: a reader of the log must never
    have passed a number that comes later.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE changes IN EXCLUSIVE MODE")
    start = head(connection) + 1
    numbered = tuple(replace(change, seq=seq) for seq, change in enumerate(changes, start=start))
    columns = ("seq", "kind", "guid", "dump", "run", "late", "fields", "body", "reparsed")
    rows = [
        (
            change.seq,
            change.kind,
            change.paper.guid,
            dump,
            run,
            int(change.late),
            pack_fields(change.fields),
            pack_paper(change.paper),
            int(change.reparsed),
        )
        for change in numbered
    ]
    insert_rows(connection, schema.changes, columns, rows)
    return numbered


def gone(connection: Connection, source: str) -> set[Guid]:
    """The papers that left a full listing of this source and have not come back."""
    log, dumps = schema.changes, schema.dumps
    rows = (
        select(log.c.guid, log.c.kind)
        .join(dumps, dumps.c.id == log.c.dump)
        # Spelled as in the partial index that serves it.
        .where(log.c.kind.in_(("gone", "returned")), dumps.c.source == source)
        .order_by(log.c.seq)
    )
    last = {Guid(guid): kind for guid, kind in connection.execute(rows)}
    return {guid for guid, kind in last.items() if kind == "gone"}
