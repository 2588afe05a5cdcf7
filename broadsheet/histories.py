"""What the site tells beside the digests themselves: where a paper was seen, what became of it, which days there are.

Values only, which the store fills and render lays out. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from .types import ChangeKind, FieldChange, Guid, Paper, SourceReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An entry of a paper in a dump."""

    source: str
    dump: str
    #: When the dump was taken; None where that is not known.
    taken: datetime | None
    #: The day of the run that read it.
    day: date
    #: First and last line (or record) of the entry in the dump; None where it is not known.
    span: tuple[int, int] | None = None
    #: The version the listing names.
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the change log says of a paper, once."""

    seq: int
    kind: ChangeKind
    #: The day of the run that wrote it down.
    day: date
    source: str
    dump: str
    fields: tuple[FieldChange, ...] = ()
    late: bool = False
    #: Found by re-reading an old dump with a better parser.
    reparsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A row of a digest."""

    profile: str
    #: Title of the profile when the digest was cut.
    title: str
    day: date
    section: str
    #: In its section, from 1.
    rank: int
    score: float
    #: The rules that matched, each with its points.
    why: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is known of one paper, each part in the order of time."""

    paper: Paper
    sightings: tuple[Sighting, ...] = ()
    events: tuple[Event, ...] = ()
    appearances: tuple[Appearance, ...] = ()
    #: Related works by their id: what they are to this one, and the stored paper where there is one.
    related: Mapping[str, tuple[str, Guid | None]] = field(default_factory=dict)
    #: No dump lists it any more, since a better parser read them.
    forgotten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How much a digest shows, without the digest."""

    day: date
    #: Papers shown, by the name of their section.
    shown: Mapping[str, int]
    #: How many changes of the log it covers.
    covers: int
    #: Title of the paper at the head of its first section, and which one it is; empty and None for a digest without.
    lead: str = ""
    lead_guid: Guid | None = None

    @property
    def total(self) -> int:
        """How many papers the digest shows."""
        return sum(self.shown.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a dump brought, and the day of the run that it was told to."""

    day: date
    report: SourceReport
