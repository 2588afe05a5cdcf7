"""Whether a query can hold at all, whether it always holds, whether it holds only where another one does.

Queries are taken as formulas over their conditions, with what one condition says of another (implied.py) as further
knowledge. So every "yes" is right whatever papers come; a "no" only says that it is not seen: where it would take the
meaning of words, numbers that several conditions cover only together, or more than `_STEPS` cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from .implied import excludes, implies
from .query import And, Leaf, Not, Or, Query, Use

# A formula: a condition and whether it is wanted to hold, or whether all (any) of some formulas do.
Formula: TypeAlias = "bool | tuple[Leaf, bool] | tuple[str, tuple[Formula, ...]]"

_STEPS = 2_000
# Queries with more conditions than this, those of the rules they use counted each time, are not looked into.
_MOST = 500


def never(query: Query) -> bool:
    """Whether no paper can fulfil the query."""
    return _contradiction([(query, True)])


def always(query: Query) -> bool:
    """Whether every paper fulfils the query."""
    return _contradiction([(query, False)])


def covered(query: Query, by: Query) -> bool:
    """Whether every paper that fulfils the query fulfils the other one, too."""
    return _contradiction([(query, True), (by, False)])


def holds_for_nothing(query: Query) -> bool:
    """Whether a paper that fulfils none of the conditions fulfils the query, which then says what must be absent."""
    if _too_large(query):
        return False
    return _reduced(_formula(query, wanted=True), dict.fromkeys(leaves(query), False)) is True


def leaves(query: Query) -> Iterator[Leaf]:
    """The conditions of a query, in its order, and those of the rules that it uses, each rule's once."""
    seen: set[int] = set()
    waiting = [query]
    while waiting:
        for part in parts_of(waiting.pop(0)):
            if not isinstance(part, Use):
                yield part
            elif id(used(part)) not in seen:
                seen.add(id(used(part)))
                waiting.append(used(part))


def parts_of(query: Query) -> Iterator[Leaf | Use]:
    """The conditions of a query that stand in its own text, in its order, and the uses of other rules."""
    match query:
        case Not(part=part):
            yield from parts_of(part)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from parts_of(part)
        case leaf:
            yield leaf


def used(use: Use) -> Query:
    """What the use of another rule stands for."""
    if use.query is None:
        raise AssertionError(f"@{use.name} was not looked up")
    return use.query


def _too_large(query: Query) -> bool:
    """Whether a query with all that it uses, written out, has too many conditions to look through."""
    sizes: dict[int, int] = {}

    def size(one: Query) -> int:
        total = 0
        for part in parts_of(one):
            if not isinstance(part, Use):
                total += 1
                continue
            inner = used(part)
            if id(inner) not in sizes:
                sizes[id(inner)] = size(inner)
            total += sizes[id(inner)]
        return total

    return size(query) > _MOST


def _contradiction(claims: Sequence[tuple[Query, bool]]) -> bool:
    """Whether the claims (a query, and whether it is to hold) cannot all be true."""
    if any(_too_large(query) for query, _ in claims):
        return False
    every = tuple(dict.fromkeys(leaf for query, _ in claims for leaf in leaves(query)))
    search = _Search(every)
    formula = _all([_formula(query, wanted=wanted) for query, wanted in claims])
    return not search.possible(formula, {})


class _TooLong(Exception):
    """The search has taken more steps than it is worth."""


class _Search:
    """Looks for a way to make a formula true: takes what it forces, then tries a condition both ways."""

    def __init__(self, every: Sequence[Leaf]) -> None:
        self._steps = 0
        pairs = [(one, other) for one in every for other in every if one != other]
        self._up: dict[Leaf, list[Leaf]] = {leaf: [] for leaf in every}
        self._down: dict[Leaf, list[Leaf]] = {leaf: [] for leaf in every}
        self._apart: dict[Leaf, list[Leaf]] = {leaf: [] for leaf in every}
        for one, other in pairs:
            if implies(one, other):
                self._up[one].append(other)
                self._down[other].append(one)
            if excludes(one, other):
                self._apart[one].append(other)

    def possible(self, formula: Formula, known: Mapping[Leaf, bool]) -> bool:
        """Whether the formula can be true beside what is known; also where the answer takes too long."""
        try:
            return self._possible(formula, dict(known))
        except _TooLong:
            return True

    def _possible(self, formula: Formula, known: dict[Leaf, bool]) -> bool:
        while True:
            self._steps += 1
            if self._steps > _STEPS:
                raise _TooLong
            formula = _reduced(formula, known)
            if isinstance(formula, bool):
                return formula
            forced = list(_forced(formula))
            if not forced:
                break
            for leaf, value in forced:
                if not self._learn(known, leaf, value=value):
                    return False
        leaf = _first(formula)
        return any(
            self._learn(trial := dict(known), leaf, value=value) and self._possible(formula, trial)
            for value in (True, False)
        )

    def _learn(self, known: dict[Leaf, bool], leaf: Leaf, *, value: bool) -> bool:
        """Take a condition as decided, with all that follows from it; False where that contradicts what is known."""
        waiting = [(leaf, value)]
        while waiting:
            one, holds = waiting.pop()
            if one in known:
                if known[one] is not holds:
                    return False
                continue
            known[one] = holds
            waiting += [(other, True) for other in self._up[one]] if holds else []
            waiting += [(other, False) for other in (self._apart if holds else self._down)[one]]
        return True


def _formula(query: Query, *, wanted: bool) -> Formula:
    match query:
        case Not(part=part):
            return _formula(part, wanted=not wanted)
        case And(parts=parts) | Or(parts=parts):
            inner = [_formula(part, wanted=wanted) for part in parts]
            return _all(inner) if isinstance(query, And) is wanted else _any(inner)
        case Use():
            return _formula(used(query), wanted=wanted)
        case leaf:
            return leaf, wanted


def _all(parts: Sequence[Formula]) -> Formula:
    if any(part is False for part in parts):
        return False
    rest = [part for part in parts if part is not True]
    return rest[0] if len(rest) == 1 else ("all", tuple(rest)) if rest else True


def _any(parts: Sequence[Formula]) -> Formula:
    if any(part is True for part in parts):
        return True
    rest = [part for part in parts if part is not False]
    return rest[0] if len(rest) == 1 else ("any", tuple(rest)) if rest else False


def _reduced(formula: Formula, known: Mapping[Leaf, bool]) -> Formula:
    match formula:
        case bool():
            return formula
        case ("all", tuple(parts)):
            return _all([_reduced(part, known) for part in parts])
        case ("any", tuple(parts)):
            return _any([_reduced(part, known) for part in parts])
        case (leaf, bool(wanted)):
            return known[leaf] is wanted if leaf in known else formula
    raise AssertionError(formula)


def _forced(formula: Formula) -> Iterator[tuple[Leaf, bool]]:
    """The conditions that a formula leaves no choice about."""
    match formula:
        case ("all", tuple(parts)):
            for part in parts:
                yield from _forced(part)
        case (str(), _) | bool():
            return
        case (leaf, wanted):
            yield leaf, wanted


def _first(formula: Formula) -> Leaf:
    while True:
        match formula:
            case (str(), tuple(parts)):
                formula = parts[0]
            case (leaf, bool()):
                return leaf
