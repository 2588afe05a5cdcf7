"""What re-reading old dumps needs: the dumps as they were read, their entries, and how both are replaced.

A paper that no dump lists any more stays in its table, since the log names it, under the version 0: to everything but
the log it is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from ..types import Entry, Guid, Problem
from . import schema
from .bodies import time_of, unpack_entry
from .bulk import chunked, insert_rows

#: Where a dump stands in the order of reading: its run, when it was taken, its name and content.
Order = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A dump, as the store has it."""

    number: int
    sha256: str
    name: str
    #: In bytes.
    size: int
    source: str
    #: Whether it was read; otherwise it is quarantined.
    read: bool
    format: str | None
    taken: datetime | None
    taken_from: str | None
    verdict: str | None
    #: The file's time of modification when it arrived.
    modified: datetime
    #: The day of the run that read it.
    day: date
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry of a paper, with the dump that lists it."""

    dump: int
    order: Order
    taken: datetime
    entry: Entry


def stored(
    connection: Connection, source: str | None, since: date | None, sha256: str | None = None
) -> tuple[Stored, ...]:
    """The dumps that were read or quarantined, in the order in which they were read.

    source, since, sha256: only those of this source, taken on this day or later, of this content.
    """
    dumps, arrivals, runs = schema.dumps, schema.arrivals, schema.runs
    rows = select(dumps, runs.c.day).join(runs, runs.c.id == dumps.c.run).where(dumps.c.state.in_(("read", "broken")))
    seen = select(arrivals.c.sha256, arrivals.c.name, arrivals.c.modified).order_by(arrivals.c.id.desc())
    if sha256 is not None:
        rows, seen = rows.where(dumps.c.sha256 == sha256), seen.where(arrivals.c.sha256 == sha256)
    if source is not None:
        rows = rows.where(dumps.c.source == source)
    if since is not None:
        rows = rows.where((dumps.c.taken >= since.isoformat()) | (dumps.c.taken.is_(None)))
    came: dict[str, dict[str, str]] = {}
    for content, name, modified in connection.execute(seen):
        came.setdefault(content, {})[name] = modified
    found = [
        Stored(
            number=row.id,
            sha256=row.sha256,
            name=row.name,
            size=row.size,
            source=row.source,
            read=row.state == "read",
            format=row.format,
            taken=time_of(row.taken) if row.taken else None,
            taken_from=row.taken_from,
            verdict=row.verdict,
            modified=time_of(came[row.sha256].get(row.name) or next(iter(came[row.sha256].values()))),
            day=date.fromisoformat(row.day),
            order=order_of(row),
        )
        for row in connection.execute(rows)
    ]
    return tuple(sorted(found, key=lambda one: one.order))


def order_of(row: Row[Any]) -> Order:
    """Where a row of dumps stands in the order of reading."""
    return int(row.run), str(row.taken or ""), str(row.name), str(row.sha256)


def entries(
    connection: Connection, dump: int, after: int = 0, limit: int | None = None
) -> tuple[tuple[Guid, Entry], ...]:
    """The entries of a dump behind a position, in their order, each with its paper."""
    table = schema.entries
    rows = select(table.c.guid, table.c.body).where(table.c.dump == dump, table.c.position > after)
    rows = rows.order_by(table.c.position).limit(limit)
    return tuple((Guid(guid), unpack_entry(body)) for guid, body in connection.execute(rows))


def problems(connection: Connection, dump: int) -> tuple[tuple[int | None, int | None, str, str], ...]:
    """The problems of a dump in their order: first and last line or record, level, reason."""
    table = schema.problems
    rows = select(table.c.first, table.c.last, table.c.level, table.c.reason)
    return tuple(
        (first, last, level, reason)
        for first, last, level, reason in connection.execute(rows.where(table.c.dump == dump).order_by(table.c.number))
    )


def listings(connection: Connection, guids: Collection[Guid], *, besides: int) -> dict[Guid, list[Listed]]:
    """Every entry of the papers in all dumps but one, in the order in which they were read."""
    table, dumps = schema.entries, schema.dumps
    columns = (table.c.guid, table.c.position, table.c.body, *(dumps.c[name] for name in ("id", "run", "taken")))
    found: dict[Guid, list[tuple[int, Listed]]] = {}
    for condition in chunked(table.c.guid, guids):
        rows = select(*columns, dumps.c.name, dumps.c.sha256).join(dumps, dumps.c.id == table.c.dump).where(condition)
        for row in connection.execute(rows.where(dumps.c.id != besides)):
            one = Listed(dump=row.id, order=order_of(row), taken=time_of(row.taken), entry=unpack_entry(row.body))
            found.setdefault(Guid(row.guid), []).append((row.position, one))
    return {
        guid: [one for _, one in sorted(each, key=lambda pair: (pair[1].order, pair[0]))]
        for guid, each in found.items()
    }


def clear(connection: Connection, dump: int) -> None:
    """Take out the entries of a dump, to be put in anew."""
    connection.execute(delete(schema.entries).where(schema.entries.c.dump == dump))


def drop_aliases(connection: Connection, dropped: Iterable[tuple[str, Guid]]) -> None:
    """Forget aliases, where they still stand for these papers."""
    table = schema.aliases
    for alias, guid in sorted(dropped):
        connection.execute(delete(table).where(table.c.alias == alias, table.c.guid == guid))


def put_aliases(connection: Connection, pairs: Iterable[tuple[str, Guid]]) -> None:
    """Insert aliases; one that stood for another paper stands for this one now."""
    insert_rows(connection, schema.aliases, ("alias", "guid"), sorted(pairs), replacing=True)


def forget(connection: Connection, guids: Collection[Guid]) -> None:
    """Papers that no dump lists: only the log knows them from now on."""
    for condition in chunked(schema.aliases.c.guid, guids):
        connection.execute(delete(schema.aliases).where(condition))
    for condition in chunked(schema.papers.c.guid, guids):
        connection.execute(update(schema.papers).where(condition).values(version=0))


def told(found: Sequence[Problem]) -> tuple[tuple[int | None, int | None, str, str], ...]:
    """Problems as `problems` gives those that are stored."""
    return tuple((*(one.place or (None, None)), one.level, one.reason) for one in found)
