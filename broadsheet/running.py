"""A run while it goes on: what it works with, and what came of it so far. Decides nothing and does no stage."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from .access import Access
from .errors import BroadsheetError
from .report import Checked, DigestReport
from .setup import Setup
from .store import Store
from .types import SourceReport

#: Called with the name of the stage, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(slots=True, kw_only=True)
class Run:
    """One execution: what it works with, and what came of it so far."""

    setup: Setup
    store: Store
    number: int
    day: date
    now: datetime
    dumps: tuple[Path, ...]
    progress: Progress
    access: Access = field(default_factory=Access)
    #: The profiles were asked for by name, so that their digests are due whatever the day.
    named: bool = False
    #: Profiles whose schedule wants no digest now, and the day for which it wants the next one.
    not_due: dict[str, date] = field(default_factory=dict)
    reports: list[SourceReport] = field(default_factory=list)
    #: What was asked for new dumps, and what came.
    checked: list[Checked] = field(default_factory=list)
    #: Of files that could not even be opened and sources that could not be collected, which the store cannot know.
    unread: list[SourceReport] = field(default_factory=list)
    #: How many changes of each kind it told.
    tally: Counter[str] = field(default_factory=Counter)
    #: Files whose content was read by an earlier run.
    known: int = 0
    digests: list[DigestReport] = field(default_factory=list)
    #: Whether the digests that it cuts are to be sent to receivers.
    owing: bool = True
    #: Messages owed to receivers, by state, as delivering left them.
    outbox: dict[str, int] = field(default_factory=dict)
    #: Lets the next run begin; what is left to do disturbs none.
    release: Callable[[], None] = lambda: None
    #: Requests by mail to be left out, and what became of them, a line each.
    leaving: list[str] = field(default_factory=list)
    failures: list[BroadsheetError] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage, in seconds of wall time."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - began, 4)
