"""A query as a tree of frozen values, and the one canonical way to write it down.

Parses nothing (parse.py) and decides nothing (reference.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


Leaf: TypeAlias = Word | Phrase | Number | Days
Query: TypeAlias = Leaf | Not | And | Or


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
        case Word():
            return _prefix(query.field) + query.text
        case Phrase():
            return f'{_prefix(query.field)}"{query.text}"'
        case Number():
            return f"{query.field}:{_range(query.low, query.high, str)}"
        case Days():
            return f"{query.field}:{_range(query.low, query.high, date.isoformat)}"


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
