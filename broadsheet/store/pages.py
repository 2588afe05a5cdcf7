"""What the pages of the site are made from: what came behind a mark, and the whole history of each paper.

The queries stand in histories.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from ..histories import DayCount, History, Told
from ..types import Guid, Paper
from . import histories
from .section import Section


class Pages(Section):
    """The store as the site sees it; reads only."""

    def mark(self) -> int:
        """The number of the last run that changed anything a reader could see; 0 before any."""
        with self._reading() as connection:
            return histories.mark(connection)

    def dumps_since(self, mark: int) -> tuple[int, ...]:
        """The dumps that runs behind a mark read, in the order in which they were read."""
        with self._reading() as connection:
            return histories.dumps_since(connection, mark)

    def listed_since(self, dump: int, mark: int, *, after: int, limit: int) -> tuple[tuple[Guid, ...], int]:
        """Papers that this dump is the first to list of those behind a mark, and up to which position was looked."""
        with self._reading() as connection:
            return histories.listed_since(connection, dump, mark, after, limit)

    def touched_since(self, mark: int, *, after: str, limit: int) -> tuple[Guid, ...]:
        """Papers that changed or stood in a digest behind a mark and are in no dump behind it, ordered by guid."""
        with self._reading() as connection:
            return histories.touched_since(connection, mark, after, limit)

    def digests_since(self, mark: int) -> tuple[tuple[str, date], ...]:
        """Profile and day of the digests that runs behind a mark cut, the oldest first."""
        with self._reading() as connection:
            return histories.digests_since(connection, mark)

    def reported_since(self, mark: int) -> tuple[str, ...]:
        """The sources that reports behind a mark are about, by name; "" for files that hold others."""
        with self._reading() as connection:
            return histories.sources_since(connection, mark)

    def with_page(self, guids: Collection[Guid]) -> set[Guid]:
        """Those of the papers that have a page of their own."""
        with self._reading() as connection:
            return histories.with_page(connection, guids)

    def months(self) -> tuple[tuple[str, int], ...]:
        """The months ("2026-06", UTC) in which papers were first seen, with how many, the newest first."""
        with self._reading() as connection:
            return histories.months(connection)

    def of_month(self, month: str, *, limit: int) -> tuple[tuple[Paper, tuple[str, ...]], ...]:
        """The papers first seen in a month, each with the profiles that showed it: these first, then by guid."""
        with self._reading() as connection:
            return histories.of_month(connection, month, limit)

    def histories(self, guids: Collection[Guid]) -> dict[Guid, History]:
        """All that is known of these papers, but why they stood in a digest; what is unknown is left out."""
        with self._reading() as connection:
            return histories.histories(connection, guids)

    def reasons(self, profile: str, day: date) -> tuple[str, Mapping[Guid, tuple[tuple[str, float], ...]]]:
        """The title of a digest, and of each paper in its rows the rules that matched, with their points."""
        with self._reading() as connection:
            return histories.reasons(connection, profile, day)

    def days(self, profile: str) -> tuple[DayCount, ...]:
        """The digests of a profile in numbers, the newest day first."""
        with self._reading() as connection:
            return histories.days(connection, profile)

    def told(self, source: str, *, limit: int) -> tuple[Told, ...]:
        """What the dumps of a source brought, the newest first."""
        with self._reading() as connection:
            return histories.reports(connection, source, limit)
