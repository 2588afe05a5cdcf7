"""The store at a glance: counts, marks and times, for who only looks how things stand.

Reads a few rows each and no digest as a whole, waits for no lock and takes none that a run would have to wait for.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from . import locks, log, papers, schema
from .bodies import time_of

#: States of messages that somebody still waits for.
_OWED = ("pending", "claimed", "dot")
_REPARSED = '%"reparsed"%'


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDigest:
    """The newest digest of a profile, without the digest."""

    profile: str
    day: date
    #: The last number of the log that the profile's digests cover: a backfill cuts older days behind newer ones.
    to_seq: int
    #: Papers in its rows.
    shown: int
    #: Its messages, by state.
    messages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """How the store stands at one moment."""

    #: dumps, arrivals, entries, papers, changes, digests, runs.
    counts: Mapping[str, int]
    #: The number of the last change.
    head: int
    digests: Mapping[str, LastDigest]
    #: The latest time at which a run started, and at which one ended with exit code 0; None before any. The run with
    #: the highest number need not be the latest: a backfill runs as if it were earlier.
    started: datetime | None
    succeeded: datetime | None
    #: When the run started that read the last dump of a source, by its name.
    reported: Mapping[str, datetime]
    #: How many digests are cut and not known to be published: what is owed for them waits.
    unpublished: int
    #: When the oldest message that is not settled became owed; None without any.
    owed_since: datetime | None


def glance(connection: Connection) -> Glance:
    """How the store stands."""
    runs, outbox = schema.runs, schema.outbox
    owed = select(func.min(runs.c.started)).join(outbox, outbox.c.run == runs.c.id).where(outbox.c.state.in_(_OWED))
    unpublished = select(func.count()).where(schema.digests.c.published == 0)
    return Glance(
        counts=_counts(connection),
        head=log.head(connection),
        digests=_digests(connection),
        started=_time(connection.execute(select(func.max(runs.c.started))).scalar_one()),
        succeeded=_time(connection.execute(select(func.max(runs.c.ended)).where(runs.c.exit_code == 0)).scalar_one()),
        reported=_reported(connection),
        unpublished=int(connection.execute(unpublished).scalar_one()),
        owed_since=_time(connection.execute(owed).scalar_one()),
    )


def holder(engine: Engine, lock: locks.Lock) -> str | None:
    """Who holds a lock now; None where nobody does. Only looks: an advisory lock is not tried at all."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            found = connection.execute(locks._HOLDER, {"key": lock.key}).scalar()
        return None if found is None else str(found).removeprefix("broadsheet ")
    if engine.url.database in (None, "", ":memory:"):
        return None
    return _holder_of(Path(f"{engine.url.database}{lock.ending}"))


def _holder_of(path: Path) -> str | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        # Shared, and for no longer than it takes to let go: a run that starts in that very moment tries again.
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(fd, 200, 0).decode("utf-8", "replace") or "an unknown process"
    finally:
        os.close(fd)
    return None


def _counts(connection: Connection) -> dict[str, int]:
    found = {
        name: int(connection.execute(select(func.count()).select_from(schema.metadata.tables[name])).scalar_one())
        for name in ("dumps", "arrivals", "entries", "papers", "digests", "runs")
    }
    # The log has no gaps. Forgotten papers are counted by reading all of them, and only re-reading old dumps makes any.
    reparsed = connection.execute(select(schema.runs.c.id).where(schema.runs.c.report.like(_REPARSED)).limit(1)).first()
    forgotten = papers.forgotten(connection) if reparsed else 0
    return found | {"papers": found["papers"] - forgotten, "changes": log.head(connection)}


def _digests(connection: Connection) -> dict[str, LastDigest]:
    table, rows, outbox = schema.digests, schema.digest_items, schema.outbox
    last = (
        select(table.c.profile, func.max(table.c.day).label("day"), func.max(table.c.to_seq).label("mark"))
        .group_by(table.c.profile)
        .subquery()
    )
    same = (table.c.profile == last.c.profile) & (table.c.day == last.c.day)
    found: dict[str, LastDigest] = {}
    lasts = select(table.c.profile, table.c.day, last.c.mark).join(last, same)
    for profile, day, to_seq in connection.execute(lasts):
        shown = select(func.count()).where(rows.c.profile == profile, rows.c.day == day)
        sent = select(outbox.c.state, func.count()).where(outbox.c.profile == profile, outbox.c.day == day)
        found[profile] = LastDigest(
            profile=profile,
            day=date.fromisoformat(day),
            to_seq=int(to_seq),
            shown=int(connection.execute(shown).scalar_one()),
            messages={state: int(count) for state, count in connection.execute(sent.group_by(outbox.c.state))},
        )
    return found


def _reported(connection: Connection) -> dict[str, datetime]:
    dumps, reports, runs = schema.dumps, schema.reports, schema.runs
    last = select(func.max(reports.c.id)).join(dumps, dumps.c.sha256 == reports.c.sha256).group_by(dumps.c.source)
    rows = (
        select(dumps.c.source, runs.c.started)
        .join(reports, reports.c.sha256 == dumps.c.sha256)
        .join(runs, runs.c.id == reports.c.run)
        .where(reports.c.id.in_(last))
    )
    return {source: time_of(started) for source, started in connection.execute(rows)}


def _time(stored: str | None) -> datetime | None:
    return time_of(stored) if stored else None
