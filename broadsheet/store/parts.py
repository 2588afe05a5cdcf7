"""A dump too large for one transaction, written part by part; and containers, of which only is told that they are open.

While its parts are written a dump's state is "reading": its papers and changes are known, and the dump itself is not
one that was read. Whoever goes on behind a crash begins where the last part ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from ..errors import StoreError
from ..types import Dump, TakenFrom
from . import schema
from .bodies import moment, storable
from .dumps import is_read


class Part(NamedTuple):
    """How far a dump is written."""

    #: The id of its row.
    number: int
    #: The position of the last entry that was written; 0 before any.
    position: int


def begin(
    connection: Connection,
    run: int,
    dump: Dump,
    *,
    source: str,
    form: str,
    taken: datetime,
    taken_from: TakenFrom,
    entries: int,
) -> Part:
    """The row of a dump that is about to be written in parts, and how far an earlier run came with it.

    entries: how many it has. What an earlier run wrote of it in another way (another format, more entries) is written
    again from its begin; the papers and changes of that time stay. Raises StoreError where it was read already.
    """
    if is_read(connection, dump.sha256):
        raise StoreError(f"{dump.name}: a dump of this content was read by an earlier run; nothing was changed")
    dumps = schema.dumps
    values = {
        "source": storable(source),
        "name": storable(dump.name),
        "size": dump.size or len(dump.content),
        "format": form,
        "taken": moment(taken),
        "taken_from": taken_from,
        "run": run,
    }
    row = connection.execute(
        select(dumps.c.id, dumps.c.state, dumps.c.format).where(dumps.c.sha256 == dump.sha256)
    ).first()
    if row is None:
        new = insert(dumps).values(sha256=dump.sha256, state="reading", **values).returning(dumps.c.id)
        return Part(int(connection.execute(new).scalar_one()), 0)
    number = int(row.id)
    connection.execute(update(dumps).where(dumps.c.id == number).values(state="reading", **values))
    table = schema.entries
    last = select(func.coalesce(func.max(table.c.position), 0)).where(table.c.dump == number)
    position = int(connection.execute(last).scalar_one())
    if row.state != "reading" or row.format != form or position > entries:
        connection.execute(delete(table).where(table.c.dump == number))
        position = 0
    return Part(number, position)


def counted(connection: Connection, number: int) -> dict[str, int]:
    """How many changes of each kind the parts of a dump have brought so far."""
    log = schema.changes
    rows = select(log.c.kind, func.count()).where(log.c.dump == number).group_by(log.c.kind)
    return {kind: int(count) for kind, count in connection.execute(rows)}


def opened(connection: Connection, run: int, dump: Dump) -> None:
    """Write down that all that lies in a container was read, so that the same one is not opened again.

    It is kept nowhere: what lies in it is.
    """
    dumps = schema.dumps
    values = {
        "source": "",
        "name": storable(dump.name),
        "size": dump.size or len(dump.content),
        "state": "opened",
        "run": run,
    }
    number = connection.execute(select(dumps.c.id).where(dumps.c.sha256 == dump.sha256)).scalar_one_or_none()
    if number is None:
        connection.execute(insert(dumps).values(sha256=dump.sha256, **values))
    else:
        connection.execute(update(dumps).where(dumps.c.id == number).values(**values))
