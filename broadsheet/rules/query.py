"""A query as a tree of frozen values, and the one canonical way to write it down.

Parses nothing (parse.py) and decides nothing (reference.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from datetime import date
from typing import Literal, TypeAlias, TypeVar

T = TypeVar("T", int, date)

#: How a field is looked at: word by word, its values as a whole, as a number, as a date.
Kind = Literal["words", "whole", "number", "date"]

#: Every field there is, in the order in which hits are told.
FIELDS: dict[str, Kind] = {
    "title": "words",
    "abstract": "words",
    "author": "words",
    "org": "words",
    "category": "whole",
    "source": "whole",
    "id": "whole",
    "comments": "number",
    "upvotes": "number",
    "authors": "number",
    "published": "date",
}

#: The short forms that arXiv's search has made known.
SHORT = {"ti": "title", "abs": "abstract", "au": "author", "cat": "category"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, with or without hyphens and "*", as written. In a field of whole values: all of the value."""

    #: None looks in title and abstract.
    field: str | None
    text: str
    #: Where it stands in the query, in characters from 0; no part of what it means.
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words in a row, as written between the quotes, white space folded."""

    field: str | None
    text: str
    #: Not None: the words, two or more, may stand in any order, with so many other tokens between them in all.
    slop: int | None = None
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Two words or phrases of one field, in either order, with at most so many tokens between them."""

    left: Word | Phrase
    right: Word | Phrase
    within: int
    at: int = attribute(default=0, compare=False)

    @property
    def field(self) -> str | None:
        """The field that both sides look in."""
        return self.left.field


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex:
    """A regular expression, as written between the slashes."""

    field: str | None
    text: str
    ignore_case: bool = False
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A known number from low to high, both inclusive; None for no bound on that side."""

    field: str
    low: int | None
    high: int | None
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A known date from low to high, both inclusive; None for no bound on that side."""

    field: str
    low: date | None
    high: date | None
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Another rule or mute of the same profile, by its name: holds where that one does, with its words."""

    name: str
    at: int = attribute(default=0, compare=False)
    #: What it stands for; None until the profile is known (uses.py).
    query: Query | None = attribute(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not."""

    part: Query


@dataclass(frozen=True, slots=True)
class And:
    """Holds where all of its parts do; two or more, none of them an And."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Holds where any of its parts does; two or more, none of them an Or."""

    parts: tuple[Query, ...]


Leaf: TypeAlias = Word | Phrase | Near | Regex | Number | Days
Query: TypeAlias = Leaf | Use | Not | And | Or


def format_query(query: Query) -> str:
    """The query in its canonical form: long field names, AND spelled out, ranges, no needless parentheses.

    It parses back to an equal tree.
    """
    match query:
        case Or(parts=parts):
            return " OR ".join([_inside(part) for part in parts])
        case And(parts=parts):
            return " AND ".join([_inside(part, Or) for part in parts])
        case Not(part=part):
            return f"NOT {_inside(part, And, Or, Not)}"
        case Use():
            return f'@"{query.name}"'
        case _:
            return _leaf(query)


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Word():
            return _prefix(leaf.field) + leaf.text
        case Phrase():
            return f'{_prefix(leaf.field)}"{leaf.text}"' + ("" if leaf.slop is None else f"~{leaf.slop}")
        case Near():
            sides = [_leaf(replace(side, field=None)) for side in (leaf.left, leaf.right)]
            near = f" NEAR/{leaf.within} ".join(sides)
            return f"{leaf.field}:({near})" if leaf.field else near
        case Regex():
            return f"{_prefix(leaf.field)}/{leaf.text}/{'i' if leaf.ignore_case else ''}"
        case Number():
            return f"{leaf.field}:{_range(leaf.low, leaf.high, str)}"
        case Days():
            return f"{leaf.field}:{_range(leaf.low, leaf.high, date.isoformat)}"


def _inside(query: Query, *wrapped: type[Query]) -> str:
    text = format_query(query)
    return f"({text})" if isinstance(query, wrapped) else text


def _prefix(name: str | None) -> str:
    return f"{name}:" if name else ""


def _range(low: T | None, high: T | None, text: Callable[[T], str]) -> str:
    lower = "" if low is None else text(low)
    upper = "" if high is None else text(high)
    if lower and upper:
        return lower if lower == upper else f"{lower}..{upper}"
    return f">={lower}" if lower else f"<={upper}"
