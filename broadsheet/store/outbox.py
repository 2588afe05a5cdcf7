"""What is owed to receivers: one row is one message to one of them, and each of its steps is one transaction.

    pending -> claimed -> dot -> sent          claimed + crash -> pending          dot + crash -> held

"dot" is committed before the mail server hears the last dot, so of a sender that died it is known which messages the
server cannot have, and of which nobody knows. The bytes of what is over are dropped in time; rows and events stay.
Sends nothing, makes no bytes and decides no pause.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import zstandard
from sqlalchemy import Connection, Row, delete, exists, func, insert, or_, select, update

from ..errors import StoreError
from ..text import fold_space
from . import schema
from .bodies import moment, storable, time_of
from .failures import Damaged
from .section import Section

#: Every state of a message: on its way, arrived, to be decided by a person, given up.
STATES = ("pending", "claimed", "dot", "sent", "held", "failed", "expired", "cancelled")
#: What is not over: still to be sent, or to be decided by a person.
OPEN = ("pending", "claimed", "dot", "held", "failed", "expired")
#: What only a person can bring on.
UNDECIDED = ("held", "failed", "expired")
#: What is over, unless a person says otherwise.
_OVER = ("sent", "cancelled")
#: Who was once in one of these may be with its receiver.
_OUT = ("dot", "sent")

Decision = Literal["resend", "sent", "drop"]

#: State -> what a sender may make of it. A folder has no dot: writing the same file twice is writing it once.
_ARROWS = {
    "pending": {"expired", "cancelled"},
    "claimed": {"pending", "failed", "held"},
    "dot": {"sent", "pending", "failed", "held"},
}
_NO_DOT = ("maildir", "folder")
#: What a person may decide -> from which states, and what becomes of the message.
_DECISIONS: dict[Decision, tuple[tuple[str, ...], str, str]] = {
    # A delivery that was taken out of the configuration by mistake has cancelled what it owed.
    "resend": ((*UNDECIDED, "cancelled"), "pending", "to be sent again, a person said"),
    "sent": (UNDECIDED, "sent", "it has arrived, a person said"),
    "drop": (("pending", *UNDECIDED), "cancelled", "not to be sent, a person said"),
}
#: What a server told is kept up to so many characters.
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that a digest is to be sent as."""

    #: The name of the delivery in config/deliveries.toml.
    delivery: str
    #: smtp, maildir, folder or webhook.
    kind: str
    receiver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A row of the outbox."""

    id: int
    profile: str
    day: date
    delivery: str
    kind: str
    receiver: str
    #: One of STATES.
    state: str
    #: How often it was claimed.
    attempt: int
    #: Not before this time; None for at once.
    not_before: datetime | None
    #: The day its age is counted from.
    since: date
    #: Of a mail, as its header has it, with the brackets; else what tells the message from every other. None until
    #: its bytes are made.
    message_id: str | None
    #: Of its bytes, in hexadecimal; None until they are made.
    sha256: str | None
    #: Why it is not sent, as the last try told; else empty.
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A step of a message."""

    at: datetime
    #: Empty for the first one.
    before: str
    after: str
    told: str


def owe(connection: Connection, run: int, profile: str, day: date, owed: Iterable[Owed]) -> None:
    """Write down what a digest is to be sent as. Its time is that of the run."""
    began = connection.execute(select(schema.runs.c.started).where(schema.runs.c.id == run)).scalar_one()
    for one in owed:
        row = {
            "profile": storable(profile),
            "day": day.isoformat(),
            "delivery": storable(one.delivery),
            "kind": one.kind,
            "receiver": storable(one.receiver),
            "state": "pending",
            "attempt": 0,
            "since": day.isoformat(),
            "run": run,
        }
        number = connection.execute(insert(schema.outbox).values(row).returning(schema.outbox.c.id)).scalar_one()
        _note(connection, number, began, "", "pending", "")


def forget(connection: Connection, profile: str, day: date) -> bool:
    """Take back what a digest was to be sent as; False, and nothing happens, where somebody may have it already."""
    rows, events = schema.outbox, schema.outbox_events
    found = connection.execute(
        select(rows.c.id, rows.c.state, rows.c.kind)
        .where(rows.c.profile == profile, rows.c.day == day.isoformat())
        .with_for_update()
    ).all()
    numbers = [row.id for row in found]
    # Copies in a folder are written over; a mail cannot be.
    mails = [row.id for row in found if row.kind != "folder"]
    told = select(events.c.id).where(events.c.message.in_(mails), events.c.after.in_(_OUT))
    if any(row.state == "claimed" for row in found) or connection.execute(told.limit(1)).first():
        return False
    for table, column in ((schema.outbox_bodies, "message"), (events, "message"), (rows, "id")):
        connection.execute(delete(table).where(table.c[column].in_(numbers)))
    return True


class Outbox(Section):
    """All that is owed. Every method is one transaction, and raises StoreError."""

    # Looking.

    def message(self, number: int) -> Message | None:
        """The message of this id; None where there is none."""
        with self._reading() as connection:
            row = connection.execute(select(schema.outbox).where(schema.outbox.c.id == number)).first()
            return None if row is None else _message(row)

    def messages(self, states: Collection[str] = (), limit: int = 1000) -> tuple[Message, ...]:
        """The messages in these states (in any without some), the newest day first."""
        rows = schema.outbox
        wanted = select(rows).order_by(rows.c.day.desc(), rows.c.id.desc()).limit(limit)
        with self._reading() as connection:
            found = connection.execute(wanted.where(rows.c.state.in_(tuple(states))) if states else wanted)
            return tuple(_message(row) for row in found)

    def counts(self) -> dict[str, int]:
        """How many messages are in each state, in the order of STATES; those without any are left out."""
        rows = schema.outbox
        with self._reading() as connection:
            found = dict(connection.execute(select(rows.c.state, func.count()).group_by(rows.c.state)).tuples().all())
        return {state: found[state] for state in STATES if state in found}

    def events(self, number: int) -> tuple[Event, ...]:
        """The steps of a message, the first one first."""
        events = schema.outbox_events
        with self._reading() as connection:
            found = connection.execute(select(events).where(events.c.message == number).order_by(events.c.id))
            return tuple(Event(at=time_of(row.at), before=row.before, after=row.after, told=row.told) for row in found)

    def is_out(self, profile: str, day: date) -> bool:
        """Whether somebody may have what a digest is sent as, copies in folders aside: it is not taken back then."""
        rows, events = schema.outbox, schema.outbox_events
        gone = exists().where(events.c.message == rows.c.id, events.c.after.in_(_OUT))
        wanted = select(rows.c.id).where(rows.c.profile == profile, rows.c.day == day.isoformat())
        with self._reading() as connection:
            out = or_(rows.c.state == "claimed", (rows.c.kind != "folder") & gone)
            return connection.execute(wanted.where(out).limit(1)).first() is not None

    def due(self, now: datetime, *, paused: bool = False) -> tuple[Message, ...]:
        """What can be sent now, the oldest day first; paused: also what a server asked to wait with.

        A message waits until its digest is published: before, its links would lead nowhere.
        """
        rows, digests = schema.outbox, schema.digests
        there = (rows.c.profile == digests.c.profile) & (rows.c.day == digests.c.day) & (digests.c.published == 1)
        wanted = select(rows).join(digests, there).where(rows.c.state == "pending").order_by(rows.c.day, rows.c.id)
        if not paused:
            wanted = wanted.where(or_(rows.c.not_before.is_(None), rows.c.not_before <= moment(now)))
        with self._reading() as connection:
            return tuple(_message(row) for row in connection.execute(wanted))

    def body(self, number: int) -> bytes | None:
        """The bytes of a message; None until they are made."""
        rows, bodies = schema.outbox, schema.outbox_bodies
        wanted = select(bodies.c.body, rows.c.sha256).join(rows, rows.c.id == bodies.c.message)
        with self._reading() as connection:
            found = connection.execute(wanted.where(rows.c.id == number)).first()
            if found is None:
                return None
            try:
                content = zstandard.ZstdDecompressor().decompress(found.body)
            except zstandard.ZstdError as error:
                raise Damaged(f"the bytes of message {number}: {error}") from error
            if hashlib.sha256(content).hexdigest() != found.sha256:
                raise Damaged(f"the bytes of message {number} are not those that were kept")
            return content

    # A sender's steps.

    def keep(self, number: int, content: bytes, message_id: str) -> None:
        """Keep the bytes of a pending message, once and for good. Raises StoreError where it has some."""
        rows, sha256 = schema.outbox, hashlib.sha256(content).hexdigest()
        bare = (rows.c.id == number) & (rows.c.state == "pending") & rows.c.sha256.is_(None)
        with self._writing() as connection:
            done = connection.execute(update(rows).where(bare).values(sha256=sha256, message_id=storable(message_id)))
            if done.rowcount != 1:
                raise StoreError(f"message {number} is not waiting for its bytes; another sender is at it")
            packed = zstandard.ZstdCompressor(write_checksum=True).compress(content)
            connection.execute(insert(schema.outbox_bodies).values(message=number, body=packed))

    def claim(self, number: int, now: datetime) -> Message | None:
        """Begin an attempt: the message as it is now; None where it is not pending any more."""
        rows = schema.outbox
        mine = (rows.c.id == number) & (rows.c.state == "pending") & rows.c.sha256.is_not(None)
        values = {"state": "claimed", "attempt": rows.c.attempt + 1, "not_before": None}
        with self._writing() as connection:
            row = connection.execute(update(rows).where(mine).values(values).returning(rows)).first()
            if row is None:
                return None
            _note(connection, number, moment(now), "pending", "claimed", f"attempt {row.attempt}")
            return _message(row)

    def dot(self, number: int, attempt: int, now: datetime) -> None:
        """Say that from now on nobody but the server knows whether it has the message."""
        with self._writing() as connection:
            _move(connection, number, attempt, lambda row: row.state == "claimed", "dot", now, "")

    def settle(
        self,
        number: int,
        attempt: int,
        state: str,
        now: datetime,
        told: str = "",
        not_before: datetime | None = None,
    ) -> None:
        """End an attempt, or say that there will be none.

        state: sent, pending (not_before says when), held, failed; of a message that is pending, expired or cancelled.
        told: why, as the server said it. Raises StoreError where the message is not in that attempt any more.
        """

        def allowed(row: Row[Any]) -> bool:
            bare = row.state == "claimed" and state == "sent" and row.kind in _NO_DOT
            return bare or state in _ARROWS.get(row.state, ())

        with self._writing() as connection:
            _move(connection, number, attempt, allowed, state, now, told, not_before=not_before)

    def recover(self, now: datetime, *, resend: Collection[str] = ()) -> tuple[int, int]:
        """What becomes of the messages of a sender that died: how many are pending again, and how many held.

        resend: deliveries that rather have a mail twice than not know. Only under the delivery lock: a sender that is
        alive would lose its messages.
        """
        rows = schema.outbox
        again, held = 0, 0
        with self._writing() as connection:
            left = select(rows).where(rows.c.state.in_(("claimed", "dot"))).order_by(rows.c.id).with_for_update()
            for row in connection.execute(left).all():
                if row.state == "claimed":
                    after, told = "pending", "its sender died before the server could have it"
                elif row.delivery in resend:
                    after, told = "pending", "its sender died when the server may have had it; sent again"
                else:
                    after, told = "held", "its sender died at the very moment when the server took it, or did not"
                again, held = again + (after == "pending"), held + (after == "held")
                _move(connection, row.id, row.attempt, _at_work, after, now, told)
        return again, held

    def prune(self, before: datetime) -> int:
        """Drop the bytes of messages that were sent or cancelled, all of it before this time; how many.

        Rows and events stay. What a person may still decide on keeps its bytes.
        """
        rows, bodies, events = schema.outbox, schema.outbox_bodies, schema.outbox_events
        lately = exists().where(events.c.message == rows.c.id, events.c.at >= moment(before))
        # From the bytes, which are few, to their rows, which are never fewer.
        over = exists().where(rows.c.id == bodies.c.message, rows.c.state.in_(_OVER), ~lately)
        with self._writing() as connection:
            return connection.execute(delete(bodies).where(over)).rowcount

    # A person's.

    def resolve(self, number: int, decision: Decision, now: datetime, *, today: date | None = None) -> None:
        """Do what a person decided on a message that is held, failed or expired.

        A pending one can be dropped too, and one that was cancelled sent after all. today: the day in the configured
        time zone, from which the age of what is sent again counts; that of `now` in UTC without it. Raises StoreError
        where there is no such message, or nothing to decide.
        """
        states, after, told = _DECISIONS[decision]
        rows, bodies = schema.outbox, schema.outbox_bodies
        with self._writing() as connection:
            row = connection.execute(select(rows).where(rows.c.id == number).with_for_update()).first()
            if row is None:
                raise StoreError(f"there is no message {number}; `broadsheet deliver --list` shows those there are")
            if row.state not in states:
                raise StoreError(f"message {number} is {row.state}: there is nothing to decide on it")
            # It was asked for today: its age begins anew, or it would be too old at once.
            since = (today or now.astimezone(UTC).date()) if decision == "resend" else None
            _move(connection, number, row.attempt, lambda found: found.state in states, after, now, told, since=since)
            bare = ~exists().where(bodies.c.message == number)
            if after == "pending":
                # Pruned: they are made anew, under the same name.
                connection.execute(update(rows).where(rows.c.id == number, bare).values(sha256=None))


def _move(
    connection: Connection,
    number: int,
    attempt: int,
    allowed: Callable[[Row[Any]], bool],
    after: str,
    now: datetime,
    told: str,
    *,
    not_before: datetime | None = None,
    since: date | None = None,
) -> None:
    """One step of a message and its event, if it is in this attempt and the step is allowed. Raises StoreError."""
    rows = schema.outbox
    row = connection.execute(select(rows).where(rows.c.id == number).with_for_update()).first()
    if row is None:
        raise StoreError(f"there is no message {number}")
    if row.attempt != attempt or not allowed(row):
        raise StoreError(
            f"message {number} cannot become {after} in attempt {attempt}: it is {row.state} in attempt {row.attempt};"
            " another sender is at it"
        )
    told = storable(fold_space(told))[:_LONGEST]
    values = {
        "state": after,
        "error": told if after in OPEN and after != "dot" else "",
        "not_before": moment(not_before) if not_before and after == "pending" else None,
        "since": since.isoformat() if since else row.since,
    }
    fence = (rows.c.id == number) & (rows.c.attempt == attempt) & (rows.c.state == row.state)
    connection.execute(update(rows).where(fence).values(values))
    _note(connection, number, moment(now), row.state, after, told)


def _at_work(row: Row[Any]) -> bool:
    return row.state in ("claimed", "dot")


def _note(connection: Connection, number: int, at: str, before: str, after: str, told: str) -> None:
    event = {"message": number, "at": at, "before": before, "after": after, "told": told}
    connection.execute(insert(schema.outbox_events).values(event))


def _message(row: Row[Any]) -> Message:
    try:
        days = date.fromisoformat(row.day), date.fromisoformat(row.since)
    except (TypeError, ValueError) as error:
        raise Damaged(f"message {row.id}: {error}") from error
    return Message(
        id=row.id,
        profile=row.profile,
        day=days[0],
        delivery=row.delivery,
        kind=row.kind,
        receiver=row.receiver,
        state=row.state,
        attempt=row.attempt,
        not_before=time_of(row.not_before) if row.not_before else None,
        since=days[1],
        message_id=row.message_id,
        sha256=row.sha256,
        error=row.error,
    )
