"""Why a query does not hold for a paper: the parts that fail, what stands in their place, and how close it came.

Reads what the reference evaluator finds; decides nothing of its own. Ranks queries by closeness, never papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..types import Hit, Paper, Rule
from ..wording import words_of
from .logic import used
from .query import And, Leaf, Not, Or, Query, Use, format_query
from .reference import Conditions, Found, Reading
from .traces import Trace, trace_of

#: missing: not there at all. field: there, in a field that the condition does not look at. apart: all its words are
#: there, and not in a row (or not near enough). form: there as the beginning of longer words. value: a number, date or
#: other value is known, and another one. unknown: the listing does not tell it. excluded: there, and must be absent.
#: none of: every way to fulfil it fails.
GapKind: TypeAlias = Literal["missing", "field", "apart", "form", "value", "unknown", "excluded", "none of"]

# A condition of which a trace is there is half fulfilled.
_HALF = frozenset({"field", "apart", "form"})
# So many gaps of a rule that is used are told in the gap of its use.
_MOST_TOLD = 3
# So many alternatives are named where none holds.
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One part of a query that keeps it from holding."""

    kind: GapKind
    #: The part, as a query.
    part: str
    #: What is wrong with it, in words.
    because: str
    #: The words that must be absent, or stand in the wrong place.
    hits: tuple[Hit, ...] = ()
    #: Where the part begins in the query, in characters from 0.
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A rule that does not hold for a paper, and all that keeps it from holding."""

    rule: str
    when: str
    weight: float
    #: How many conditions would have to be different, on the shortest way; one of which a trace is there counts half.
    distance: float
    #: Conditions on that way that do hold, as queries.
    holds: tuple[str, ...]
    gaps: tuple[Gap, ...]


def near_misses(rules: Sequence[tuple[Rule, Query]], paper: Paper) -> tuple[NearMiss, ...]:
    """The rules with positive weight that do not hold for a paper, the closest first.

    rules: each with its parsed query. Closest is the one with the smallest distance; of equal ones the one of whose
    conditions more hold, then the one with the greater weight, then the earlier one.
    """
    asked = _Asked(paper)
    missed = [
        NearMiss(
            rule=rule.name,
            when=rule.when,
            weight=rule.weight,
            distance=way.distance,
            holds=tuple(dict.fromkeys(map(format_query, way.held))),
            gaps=tuple(asked.gaps(query, wanted=True)),
        )
        for rule, query in rules
        if rule.weight > 0 and (way := asked.way(query, wanted=True)).distance
    ]
    return tuple(sorted(missed, key=lambda miss: (miss.distance, -len(miss.holds), -miss.weight)))


def gaps_of(query: Query, paper: Paper) -> tuple[Gap, ...]:
    """The parts that keep a query from holding for a paper, in the order of the query; none where it holds."""
    return tuple(_Asked(paper).gaps(query, wanted=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """The shortest way to make a query hold (or not hold)."""

    distance: float
    held: tuple[Leaf, ...]


class _Asked:
    """A paper that queries are asked about."""

    def __init__(self, paper: Paper) -> None:
        self._reading = Reading(paper)
        self._conditions = Conditions()
        self._ways: dict[tuple[int, bool], _Way] = {}
        self._used: dict[tuple[int, bool], tuple[Gap, ...]] = {}

    def hits(self, query: Query) -> Found:
        return self._conditions.of(query)(self._reading)

    def way(self, query: Query, *, wanted: bool) -> _Way:
        match query:
            case Not(part=part):
                return self.way(part, wanted=not wanted)
            case Use():
                return self._way_of_use(used(query), wanted=wanted)
            case And(parts=parts) | Or(parts=parts):
                ways = [self.way(part, wanted=wanted) for part in parts]
                if isinstance(query, And) is not wanted:  # one of them is enough
                    return min(ways, key=lambda way: (way.distance, -len(way.held)))
                held = tuple(dict.fromkeys(leaf for way in ways for leaf in way.held))
                return _Way(distance=sum(way.distance for way in ways), held=held)
            case leaf:
                if (self.hits(leaf) is not None) is wanted:
                    # A word that is absent as it should be brings a paper no closer to a rule.
                    return _Way(distance=0, held=(leaf,) if wanted else ())
                near = wanted and self._trace(leaf).kind in _HALF
                return _Way(distance=0.5 if near else 1, held=())

    def gaps(self, query: Query, *, wanted: bool) -> Iterator[Gap]:
        if (self.hits(query) is not None) is wanted:
            return
        match query:
            case Not(part=part):
                yield from self.gaps(part, wanted=not wanted)
            case Use():
                yield self._of_use(query, wanted=wanted)
            case And(parts=parts) if wanted:
                for part in parts:
                    yield from self.gaps(part, wanted=True)
            case Or(parts=parts) if wanted:
                yield self._none_of(query, parts)
            case Or(parts=parts):
                for part in parts:
                    yield from self.gaps(part, wanted=False)
            case And():
                yield self._excluded(query)
            case leaf if wanted:
                trace = self._trace(leaf)
                yield _gap(trace.kind, leaf, f"{format_query(leaf)} {trace.because}", trace.hits)
            case leaf:
                yield self._excluded(leaf)

    def _way_of_use(self, query: Query, *, wanted: bool) -> _Way:
        # Rules that use rules that use rules: each is looked at once.
        key = id(query), wanted
        if key not in self._ways:
            self._ways[key] = self.way(query, wanted=wanted)
        return self._ways[key]

    def _of_use(self, use: Use, *, wanted: bool) -> Gap:
        """What keeps a rule that is used from holding, as one gap of the kind of the first."""
        key = id(used(use)), wanted
        if key not in self._used:
            self._used[key] = tuple(self.gaps(used(use), wanted=wanted))
        inner = self._used[key]
        told = list(dict.fromkeys(gap.because for gap in inner))
        more = f"; and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
        return Gap(
            kind=inner[0].kind,
            part=format_query(use),
            because=f"{format_query(use)}: {'; '.join(told[:_MOST_TOLD])}{more}",
            hits=inner[0].hits,
            at=use.at,
        )

    def _trace(self, leaf: Leaf) -> Trace:
        return trace_of(leaf, self._reading.paper, self.hits)

    def _none_of(self, query: Query, parts: Sequence[Query]) -> Gap:
        more = f" and {len(parts) - _MOST_NAMED} more" if len(parts) > _MOST_NAMED else ""
        told = "none of " + ", ".join(_inside(part) for part in parts[:_MOST_NAMED]) + more
        closest = min(parts, key=lambda part: (way := self.way(part, wanted=True), (way.distance, -len(way.held)))[1])
        inner = list(self.gaps(closest, wanted=True))
        # Of parts that are equally far away none is worth naming.
        if self.way(closest, wanted=True).held or any(gap.kind in _HALF for gap in inner):
            told += "; closest: " + "; ".join(gap.because for gap in inner)
            hits = tuple(hit for gap in inner for hit in gap.hits)
            return _gap("none of", query, told, hits)
        return _gap("none of", query, told, ())

    def _excluded(self, query: Query) -> Gap:
        hits = self.hits(query) or ()
        fields = list(dict.fromkeys(hit.field for hit in hits))
        where = f" in the {' and the '.join(fields)}" if hits and {*fields} <= {"title", "abstract"} else ""
        words = words_of(hits) if hits else format_query(query)
        return _gap("excluded", query, f"NOT {_inside(query)}: found {words}{where}", hits)


def _inside(query: Query) -> str:
    text = format_query(query)
    return f"({text})" if isinstance(query, And | Or) else text


def _gap(kind: GapKind, query: Query, because: str, hits: tuple[Hit, ...]) -> Gap:
    return Gap(kind=kind, part=format_query(query), because=because, hits=hits, at=start_of(query))


def start_of(query: Query) -> int:
    """Where a query begins in the text that it was parsed from, as far as its first condition tells."""
    match query:
        case Not(part=part):
            return start_of(part)
        case And(parts=parts) | Or(parts=parts):
            return min(start_of(part) for part in parts)
        case leaf:
            return leaf.at
