"""What a copy of the page says: its cards, its dates, its furniture. Values only; cards.py fills them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ...dates import ShownDate


@dataclass(slots=True, eq=False)
class Card:
    """What one card says."""

    named: str
    title: str
    lines: set[int]
    abstract: list[str] = field(default_factory=list)
    #: What may come next; "closed": something that belongs to another paper has come.
    phase: Literal["abstract", "tail", "closed"] = "abstract"
    #: The abstract's end was seen, or something that stands below an abstract.
    tail: bool = False
    author_count: int | None = None
    organization: str = ""
    date: ShownDate | None = None
    comments: int | None = None
    upvotes: int | None = None
    code: str = ""
    #: The last line of what says the date.
    dated_at: int = 0
    #: The page has shown the same paper before.
    repeats: bool = False


@dataclass(slots=True)
class Page:
    """All that a copy says. Lines that are neither a card's nor furniture belong to no paper that is known."""

    cards: list[Card] = field(default_factory=list)
    #: The page's own date.
    date: ShownDate | None = None
    #: Days with their year that the copy names: in what stands above it, in a link to the day before.
    days: list[str] = field(default_factory=list)
    furniture: set[int] = field(default_factory=set)
    #: Its last card is cut if it has no date: every card of such copies has one, or the copy says that it is cut.
    all_dated: bool = False
