"""What a query means, slow and obvious. Any faster engine must agree with this on every match, word and place.

Where a word or phrase stands is told by occurrences.py, what fits as a whole by whole.py. Parses nothing and gives no
points.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from ..types import Entry, Hit, Paper
from .occurrences import occurrences
from .pattern import Pattern, pattern_of
from .query import FIELDS, And, Days, Leaf, Not, Number, Or, Query, Word
from .tokens import Part, Text
from .whole import fits, placed, values_of

#: The words that made a query hold, or None where it does not hold.
Found: TypeAlias = tuple[Hit, ...] | None
Test: TypeAlias = Callable[["Reading"], Found]


class Reading:
    """A paper while its rules are looked at: each text is tokenised once, and each condition is decided once."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.decided: dict[int, Found] = {}
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


class Conditions:
    """Queries as tests of a reading. Equal conditions of all queries share one test, and so its answer."""

    def __init__(self) -> None:
        self._leaves: dict[Leaf, Test] = {}

    def of(self, query: Query) -> Test:
        """The test of a query: what it finds in a reading."""
        match query:
            case And(parts=parts):
                return _all([self.of(part) for part in parts])
            case Or(parts=parts):
                return _any([self.of(part) for part in parts])
            case Not(part=part):
                return _not(self.of(part))
            case _:
                if query not in self._leaves:
                    self._leaves[query] = _once(len(self._leaves), _condition(query))
                return self._leaves[query]


def hits_of(query: Query, paper: Paper) -> Found:
    """The words that make a query hold for a paper, in the order of field and place; None where it does not hold."""
    return in_order(Conditions().of(query)(Reading(paper)))


def in_order(found: Found) -> Found:
    """Each hit once, in the order of field and place."""
    fields = list(FIELDS)
    return found and tuple(sorted(set(found), key=lambda hit: (fields.index(hit.field), hit.start or 0, hit.end or 0)))


def _all(tests: list[Test]) -> Test:
    def test(reading: Reading) -> Found:
        hits: tuple[Hit, ...] = ()
        for part in tests:
            if (found := part(reading)) is None:
                return None
            hits += found
        return hits

    return test


def _any(tests: list[Test]) -> Test:
    def test(reading: Reading) -> Found:
        hits: Found = None
        for part in tests:
            if (found := part(reading)) is not None:
                hits = (hits or ()) + found
        return hits

    return test


def _not(inner: Test) -> Test:
    # Words that must be absent are no reason for anything, so there are no hits.
    return lambda reading: () if inner(reading) is None else None


def _once(number: int, condition: Test) -> Test:
    def test(reading: Reading) -> Found:
        if number not in reading.decided:
            reading.decided[number] = condition(reading)
        return reading.decided[number]

    return test


def _condition(leaf: Leaf) -> Test:
    if isinstance(leaf, Number):
        return lambda reading: _number(leaf, reading.paper.best)
    if isinstance(leaf, Days):
        return lambda reading: _days(leaf, reading.paper.best)
    if leaf.field is not None and FIELDS[leaf.field] == "whole":
        return _whole(leaf.text, leaf.field)
    # A name has no plural: "williams" must not find every William.
    return _words(pattern_of(leaf.text, plural=isinstance(leaf, Word) and leaf.field != "author"), leaf.field)


def _words(pattern: Pattern, field: str | None) -> Test:
    name = field if field in {"author", "org"} else "title"

    def test(reading: Reading) -> Found:
        text = reading.text(name)
        hits = []
        for first, last in occurrences(pattern, text):
            part, start, end = text.span(first, last)
            if field is None or field == part.field:
                hits.append(_hit(part.field, part.text[start:end], part.offset + start))
        return tuple(hits) or None

    return test


def _whole(wanted: str, field: str) -> Test:
    def test(reading: Reading) -> Found:
        values = placed(values_of(reading.paper, field))
        return tuple(_hit(field, value, at) for at, value in values if fits(wanted, value, field)) or None

    return test


def _hit(field: str, text: str, start: int) -> Hit:
    return Hit(field=field, text=text, start=start, end=start + len(text))


def _number(leaf: Number, entry: Entry) -> Found:
    value = {"comments": entry.comments, "upvotes": entry.upvotes, "authors": entry.author_count}[leaf.field]
    if leaf.field == "authors" and value is None and entry.authors:
        value = len(entry.authors)
    if value is None or value < (leaf.low or 0) or (leaf.high is not None and value > leaf.high):
        return None
    return (Hit(field=leaf.field, text=str(value)),)


def _days(leaf: Days, entry: Entry) -> Found:
    day = entry.published
    if day is None or not (leaf.low or date.min) <= day <= (leaf.high or date.max):
        return None
    return (Hit(field=leaf.field, text=day.isoformat()),)
