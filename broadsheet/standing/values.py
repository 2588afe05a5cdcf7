"""How things stand, as values: what the store holds, what ran, what comes next, what is owed, what needs a look.

    look(workspace, now)   reads the store and the configuration; changes nothing, holds no lock, reads no whole digest

A configuration with mistakes hides nothing: they are told, and the store is looked at all the same.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .. import cadence
from ..config import Settings
from ..setup import store_at
from ..store import RunRecord, Store, open_store
from ..store.glance import Glance, LastDigest
from ..store.outbox import Message
from ..types import Profile, SourceReport
from ..workspace import Workspace
from .reading import Found, read

#: So many runs and messages of each kind are looked at.
_RUNS = 5
_MESSAGES = 1000
#: Seconds after which a scheduled run that did not start is told.
_LATE = 3600
#: States of messages that wait for their next try, and of those that a person decides.
WAITING = ("pending", "claimed", "dot")
UNDECIDED = ("held", "failed", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A run that was, or is."""

    number: int
    day: date
    started: datetime
    #: None while it runs, and for good where it was killed.
    ended: datetime | None
    exit: int | None
    #: What `broadsheet run --json` told, or {"error": ...} of a run that ended with one; empty without either.
    report: Mapping[str, Any]

    @property
    def seconds(self) -> Mapping[str, float]:
        """Wall time by stage; empty where it is not known."""
        found = self.report.get("seconds")
        return found if isinstance(found, Mapping) else {}

    @property
    def failures(self) -> tuple[str, ...]:
        """What failed, a line each."""
        found = self.report.get("failures")
        error = self.report.get("error")
        return (*(found if isinstance(found, list) else ()), *([str(error)] if error else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A profile: what it got last, what waits for it, when it gets more."""

    profile: Profile
    last: LastDigest | None
    #: Changes behind its last digest; of a new profile, those that it starts with.
    waiting: int
    #: The day of its next digest: today where one is due.
    next_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A place that dumps are fetched from."""

    source: str
    #: Without what stands behind a "?", where keys may be.
    place: str
    checked: datetime
    outcome: str
    told: str
    #: Failures in a row.
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that somebody should look at."""

    #: config, run, schedule, source, place, outbox.
    kind: str
    what: str
    #: What to do.
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a workspace stands at one moment."""

    workspace: str
    #: Aware.
    now: datetime
    settings: Settings
    #: What is wrong in the configuration, with file, line and remedy.
    mistakes: tuple[str, ...]
    #: Who holds the run lock; None where no run is going on.
    holder: str | None
    #: Who is sending what is owed; None where nobody is.
    sender: str | None
    glance: Glance
    #: The last ones, the newest first.
    runs: tuple[Past, ...]
    #: The next times of the schedule, in the configured zone.
    next_runs: tuple[datetime, ...]
    #: The time of the schedule for which no run has come, though it should have; None where all is well.
    overdue: datetime | None
    readers: tuple[Reader, ...]
    #: Each source by its last dump.
    sources: tuple[SourceReport, ...]
    places: tuple[Collected, ...]
    #: Messages by state.
    outbox: Mapping[str, int]
    #: Those that wait or are to be decided, the newest day first.
    messages: tuple[Message, ...]
    #: How many receivers left.
    leavers: int

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times are shown in."""
        return ZoneInfo(self.settings.timezone)


def look(workspace: Workspace, now: datetime) -> Standing:
    """How the workspace stands now (aware). Raises StoreError where the store cannot be read."""
    found = read(workspace)
    settings = found.settings
    next_runs: tuple[datetime, ...] = ()
    late: datetime | None = None
    with _open(workspace, settings) as store:
        glance, holder = store.glance(), store.holder()
        # Elsewhere it is a mistake of the configuration, and told as one.
        with contextlib.suppress(ValueError):
            next_runs = cadence.next_runs(settings.schedule, settings.timezone, now, 3)
            late = _overdue(settings, glance.started, now)
        return Standing(
            workspace=str(workspace.root),
            now=now,
            settings=settings,
            mistakes=found.mistakes,
            holder=holder,
            sender=store.sender(),
            glance=glance,
            runs=tuple(map(_past, store.last_runs(_RUNS))),
            next_runs=next_runs,
            overdue=None if holder else late,
            readers=_readers(found, store, glance, now),
            sources=store.latest_reports(),
            places=_places(found, store),
            outbox=store.outbox.counts(),
            messages=store.outbox.messages((*UNDECIDED, *WAITING), _MESSAGES),
            leavers=len({receiver for receiver, _ in store.leavers.all()}),
        )


def _open(workspace: Workspace, settings: Settings) -> Store:
    """The store; an empty one in memory where no run has made it yet.

    questions has the same, and with it the whole pipeline, whose import takes longer than the look.
    """
    where = store_at(workspace, settings)
    if isinstance(where, Path) and not where.exists():
        where = "sqlite://"
    return open_store(where, workspace.state / "archive")


def _overdue(settings: Settings, started: datetime | None, now: datetime) -> datetime | None:
    """The latest time of the schedule that passed more than an hour ago without a run since; None without any run."""
    due = cadence.last_run(settings.schedule, settings.timezone, now)
    if started is None or due is None or started >= due:
        return None
    return due if (now - due).total_seconds() > _LATE else None


def _past(run: RunRecord) -> Past:
    try:
        report = json.loads(run.report or "{}")
    except ValueError:  # it ended with an error, whose text this is
        report = {"error": run.report}
    return Past(
        number=run.number,
        day=run.day,
        started=run.started,
        ended=run.ended,
        exit=run.exit_code,
        report=report if isinstance(report, dict) else {"error": run.report},
    )


def _readers(found: Found, store: Store, glance: Glance, now: datetime) -> tuple[Reader, ...]:
    today = now.astimezone(ZoneInfo(found.settings.timezone)).date()
    return tuple(_reader(profile, store, glance, today) for profile in found.profiles)


def _reader(profile: Profile, store: Store, glance: Glance, today: date) -> Reader:
    last = glance.digests.get(profile.name)
    if last:
        covered = last.to_seq
    else:
        covered = store.first_seq_since(today - timedelta(days=profile.start_days)) - 1 if glance.head else 0
    due = cadence.is_due(profile, today, last.day if last else None)
    return Reader(
        profile=profile,
        last=last,
        waiting=glance.head - covered,
        next_day=today if due else cadence.next_due(profile, today),
    )


def _places(found: Found, store: Store) -> tuple[Collected, ...]:
    return tuple(
        Collected(
            source=one.source,
            place=one.place.partition("?")[0],
            checked=one.checked,
            outcome=one.outcome,
            told=one.told,
            failures=_number(one.body.get("failures")),
        )
        for one in store.fetches.all()
        # The store also remembers those that the configuration names no more, and a source's addresses of before.
        if found.sources is None or (one.source, one.place) in found.sources
    )


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0
