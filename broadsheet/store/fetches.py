"""What is known of the places that dumps are fetched from: one row for each source and place. Fetches nothing.

The place is kept as the configuration names it; what a body means is for who fetches to say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from ..text import fold_space
from . import schema
from .bodies import moment, storable, time_of
from .bulk import insert_rows
from .failures import Damaged
from .section import Section

#: What is told is kept up to so many characters.
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """What became of a place when it was last looked at."""

    source: str
    place: str
    #: When that was.
    checked: datetime
    #: "new", "same", "later" or "failed".
    outcome: str
    told: str
    #: What the next look needs: validators of HTTP, the mark of a mailbox, "failures" in a row.
    body: Mapping[str, Any] = field(default_factory=dict)


class Fetches(Section):
    """All that was fetched. Every method is one transaction, and raises StoreError."""

    def of(self, source: str, place: str) -> Fetch | None:
        """What is known of a source's place; None before it was looked at."""
        table = schema.fetches
        row = select(table).where(table.c.source == storable(source), table.c.place == storable(place))
        with self._reading() as connection:
            found = connection.execute(row).first()
            return _fetch(found) if found else None

    def put(self, source: str, place: str, checked: datetime, outcome: str, told: str, body: Mapping[str, Any]) -> None:
        """Write down what became of a place, instead of what was known. checked: aware; body: of JSON's types."""
        table = schema.fetches
        key = {"source": storable(source), "place": storable(place)}
        # ASCII alone: names of files in it may hold bytes that are no text.
        values = {
            "checked": moment(checked),
            "outcome": storable(outcome),
            "told": storable(fold_space(told))[:_LONGEST],
            "body": json.dumps(body, sort_keys=True, separators=(",", ":")),
        }
        with self._writing() as connection:
            # In one statement: two runs may have looked at the same place.
            insert_rows(connection, table, (*key, *values), [(*key.values(), *values.values())], replacing=True)

    def all(self) -> tuple[Fetch, ...]:
        """All of them, in the order of sources and places; also of sources that the configuration names no more."""
        table = schema.fetches
        with self._reading() as connection:
            return tuple(map(_fetch, connection.execute(select(table).order_by(table.c.source, table.c.place))))


def _fetch(row: Row[Any]) -> Fetch:
    try:
        body = json.loads(row.body)
    except ValueError as error:
        raise Damaged(f"fetches: {row.source}: {error}") from error
    if not isinstance(body, dict):
        raise Damaged(f"fetches: {row.source}: no table")
    return Fetch(
        source=row.source,
        place=row.place,
        checked=time_of(row.checked),
        outcome=row.outcome,
        told=row.told,
        body=body,
    )
