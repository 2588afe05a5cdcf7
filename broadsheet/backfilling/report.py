"""What a backfill did, or would do, for people and programs. Values only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """One day: what its run read and cut."""

    day: date
    #: Dumps that the run read; of a dry run, those it would read.
    dumps: tuple[str, ...]
    #: New ones.
    papers: int = 0
    updated: int = 0
    #: The profiles whose digest of the day was cut.
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Dumps that are not read, and why."""

    day: date
    dumps: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """One backfill; `broadsheet backfill --json` prints it."""

    dry_run: bool
    #: Whether its digests are owed to receivers.
    send: bool
    #: Days on which there was something to do, the oldest first.
    days: tuple[DayReport, ...]
    #: Dumps that earlier runs have read.
    known_dumps: int
    dumps: int
    papers: int
    updated: int
    digests: int
    #: Dumps without a date, which count as of the day of their file's time.
    undated: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    #: Messages owed to receivers, by state.
    outbox: Mapping[str, int]
    #: Of wall time.
    seconds: float
    #: What failed while the rest went on, a line each.
    failures: tuple[str, ...]
    exit: int

    def json(self) -> str:
        """The report as indented JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, default=date.isoformat)
