"""A folder of dumps -> the days on which they were taken. Reads them, and writes nothing.

A day is one of the workspace's time zone. Of a dump that says a date and no time of day it is that date; of one that
says no date at all it is the day of its file's time. What cannot be read belongs to the day that its name says, else
to that of its file's time: the run of that day puts it into quarantine, and its digest says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from .. import inbox, intake, sources
from ..dates import file_name_date
from ..errors import BroadsheetError, SourceError
from ..setup import Setup
from ..store import Store, Stored
from ..text import whole
from ..types import Dump

#: Content (its SHA-256) and name.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A dump, as far as a backfill must know it before it is read into the store."""

    key: Key
    #: The file it lies in, which may hold others.
    path: Path
    day: date
    #: No run has read it yet.
    unread: bool
    #: It says no date: the day is that of its file's time.
    undated: bool = False
    #: Why it cannot be read.
    broken: str = ""


@dataclass(slots=True, kw_only=True)
class Survey:
    """What lies in a folder."""

    days: dict[date, list[Found]] = field(default_factory=dict)
    #: Files that could not even be opened.
    failures: list[BroadsheetError] = field(default_factory=list)

    def add(self, found: Found) -> None:
        """Put a dump to the others of its day."""
        self.days.setdefault(found.day, []).append(found)


def survey(setup: Setup, store: Store, folder: Path, progress: Callable[[str, int, int], None]) -> Survey:
    """The dumps in the files of a folder and its folders, by their days.

    Of what the store knows it is not asked again what day it is of. A few facts of each dump are held, and one dump.
    """
    look = _Look(setup, store, Survey(), ZoneInfo(setup.config.settings.timezone))
    files = inbox.files(folder)
    for done, path in enumerate(files):
        progress("looking at dumps", done, len(files))
        look.at(path)
    return look.survey


class _Look:
    def __init__(self, setup: Setup, store: Store, into: Survey, zone: tzinfo) -> None:
        self.survey = into
        self._setup = setup
        self._zone = zone
        self._seen = store.seen()
        self._stored = {(one.sha256, one.name): one for one in store.stored()}

    def at(self, path: Path) -> None:
        """Find the dumps in a file."""
        try:
            file = intake.read(self._setup, path)
        except SourceError as error:
            self.survey.failures.append(error)
            return
        placed = 0
        try:
            for found in intake.opened(self._setup, file):
                if isinstance(found, Dump):
                    self._place(path, found)
                    placed += 1
        except (SourceError, OSError) as error:
            if not placed:
                self._place_broken(path, file, error)
            return
        if not placed:
            self._place_broken(path, file, SourceError(file.name, "holds no dump that can be read"))

    def _place(self, path: Path, dump: Dump) -> None:
        key = dump.sha256, dump.name
        stored = self._stored.get(key)
        try:
            taken, taken_from = _taken(self._setup, dump, stored)
        except (SourceError, OSError) as error:
            self._place_broken(path, dump, error)
            return
        undated = taken_from == "file time"
        day = _day_of(dump.modified if undated else taken, self._zone)
        # It was read, and said nothing that could be used; only a better parser may know more.
        broken = "is in quarantine; `broadsheet run DUMP` tries it again" if stored and not stored.read else ""
        unread = key not in self._seen
        self.survey.add(Found(key=key, path=path, day=day, unread=unread, undated=undated, broken=broken))

    def _place_broken(self, path: Path, dump: Dump, error: SourceError | OSError) -> None:
        key = dump.sha256, dump.name
        named = file_name_date(dump.name.rpartition("/")[2])
        reason = error.reason if isinstance(error, SourceError) else inbox.unreadable(dump.name, error).reason
        self.survey.add(
            Found(
                key=key,
                path=path,
                day=named or dump.modified.astimezone(self._zone).date(),
                unread=key not in self._seen,
                undated=named is None,
                broken=whole(reason),
            )
        )


def _taken(setup: Setup, dump: Dump, stored: Stored | None) -> tuple[datetime, str]:
    """When a dump was taken, and how that is known. Raises SourceError."""
    if stored and stored.read and stored.taken and stored.taken_from:
        return stored.taken, stored.taken_from
    parsed = intake.parse(setup, dump)
    if parsed is None:
        # Too large to be held: its date may stand at its end.
        source = setup.source_of(dump.name)
        reading, entries = sources.stream(dump, format=source.format if source else None)
        for _ in entries:
            pass
        return reading.taken
    return parsed.taken, parsed.taken_from


def _day_of(moment: datetime, zone: tzinfo) -> date:
    utc = moment.astimezone(UTC)
    # Midnight is how a date without a time of day is written: it is the same date everywhere.
    return utc.date() if utc.time() == time.min else utc.astimezone(zone).date()
