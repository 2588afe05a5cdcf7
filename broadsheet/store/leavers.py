"""Receivers that asked to be left out of a profile's digests: one row for each. Judges no request, sends nothing.

Addresses are compared without regard to case, and kept in small letters: a reader who writes from "You@Example.org" is
the same reader, and one that is called "you+papers@example.org" is another.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from ..text import fold_space
from . import schema
from .bodies import moment, storable, time_of
from .section import Section

#: In the place of a profile: every one that there is and will be. No profile is called that.
EVERY = "*"
#: What a request says is kept up to so many characters.
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """A receiver that is left out of a profile's digests."""

    #: The address in small letters.
    receiver: str
    #: Its name, or EVERY.
    profile: str
    #: When it was written down.
    at: datetime
    #: What was asked, and how.
    told: str


def has_left(leavers: Collection[tuple[str, str]], receiver: str, profile: str) -> bool:
    """Whether a receiver, as the configuration spells it, is to get nothing of a profile; leavers: of `Leavers.all`."""
    key = receiver.lower()
    return (key, profile) in leavers or (key, EVERY) in leavers


class Leavers(Section):
    """All that left. Every method is one transaction, and raises StoreError."""

    def add(self, receiver: str, profile: str, at: datetime, told: str) -> bool:
        """Leave a receiver out of a profile (EVERY: of all); whether it was not before. The first time stands.

        at: aware; told: what was asked, for the operator.
        """
        from sqlalchemy.dialects import postgresql, sqlite

        key, name = storable(receiver).lower(), storable(profile)
        table = schema.leavers
        with self._writing() as connection:
            # Two that read the same mailbox at once are no fault.
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            row = {"receiver": key, "profile": name, "at": moment(at), "told": storable(fold_space(told))[:_LONGEST]}
            added = insert(table).values(row).on_conflict_do_nothing().returning(table.c.receiver)
            return connection.execute(added).first() is not None

    def remove(self, receiver: str, profile: str | None = None) -> int:
        """Welcome a receiver back to a profile, or to all of them; how many rows that took away."""
        table = schema.leavers
        gone = delete(table).where(table.c.receiver == storable(receiver).lower())
        if profile is not None:
            gone = gone.where(table.c.profile == storable(profile))
        with self._writing() as connection:
            return connection.execute(gone).rowcount

    def all(self) -> frozenset[tuple[str, str]]:
        """Receiver, in small letters, and profile, or EVERY: to be asked with `has_left`."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.leavers.c.receiver, schema.leavers.c.profile))
            return frozenset((row.receiver, row.profile) for row in rows)

    def told(self) -> tuple[Leaver, ...]:
        """All of them with time and reason, in the order of addresses and profiles."""
        table = schema.leavers
        with self._reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.receiver, table.c.profile))
            return tuple(
                Leaver(receiver=row.receiver, profile=row.profile, at=time_of(row.at), told=row.told) for row in rows
            )
