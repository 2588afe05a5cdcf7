"""What a query means, slow and obvious. Any faster engine must agree with this on every match, word and place.

Whether a single condition holds is told by holding.py. Parses nothing and gives no points.
"""

from __future__ import annotations

from ..types import Hit, Paper
from .faults import QuerySyntaxError
from .holding import test_of
from .query import FIELDS, And, Leaf, Not, Or, Query, Use
from .reading import Found, Reading, Test

__all__ = ["Conditions", "Found", "Reading", "Test", "hits_of", "in_order"]


class Conditions:
    """Queries as tests of a reading. Equal conditions of all queries share one test, and so its answer."""

    def __init__(self) -> None:
        self._leaves: dict[Leaf, Test] = {}
        # By the identity of what is used, which is kept alive with its test.
        self._uses: dict[int, tuple[Query, Test]] = {}

    def of(self, query: Query) -> Test:
        """The test of a query: what it finds in a reading."""
        match query:
            case And(parts=parts):
                return _all([self.of(part) for part in parts])
            case Or(parts=parts):
                return _any([self.of(part) for part in parts])
            case Not(part=part):
                return _not(self.of(part))
            case Use(query=used):
                return self._used(query, used)
            case _:
                if query not in self._leaves:
                    self._leaves[query] = _once(len(self._leaves), test_of(query))
                return self._leaves[query]

    def _used(self, use: Use, query: Query | None) -> Test:
        # Shared like a condition: rules that use rules that use rules would else be asked again and again.
        if query is None:
            remedy = "write its query itself, in parentheses"
            raise QuerySyntaxError(f"there are no other rules here, so no {use.name!r}", use.at, remedy)
        if id(query) not in self._uses:
            test = self.of(query)
            self._uses[id(query)] = query, _once(("use", id(query)), lambda reading: in_order(test(reading)))
        return self._uses[id(query)][1]


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


def _once(number: object, condition: Test) -> Test:
    def test(reading: Reading) -> Found:
        if number not in reading.decided:
            reading.decided[number] = condition(reading)
        return reading.decided[number]

    return test
