"""A paper while queries are asked about it: each text is cut into tokens once, each condition decided once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..types import Entry, Hit, Paper
from .tokens import Part, Text
from .whole import placed

#: The words that made a query hold, or None where it does not hold.
Found: TypeAlias = tuple[Hit, ...] | None
Test: TypeAlias = Callable[["Reading"], Found]


class Reading:
    """A paper while its rules are looked at: each text is tokenised once, and each condition is decided once."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        #: What a condition (by its number) or the use of a rule (by what it stands for) found.
        self.decided: dict[object, Found] = {}
        self._texts: dict[str, Text] = {}

    def text(self, field: str) -> Text:
        """The words of "author", "org" or "title", which is title and abstract: one text that no phrase runs across."""
        if field not in self._texts:
            self._texts[field] = Text(_parts(self.paper.best, field))
        return self._texts[field]


def _parts(entry: Entry, field: str) -> tuple[Part, ...]:
    if field == "title":
        return Part(field="title", text=entry.title), Part(field="abstract", text=entry.abstract or "")
    values = entry.authors if field == "author" else (entry.organization or "",)
    return tuple(Part(field=field, text=value, offset=offset) for offset, value in placed(values))
