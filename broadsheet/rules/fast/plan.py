"""The queries of all profiles as one plan: every condition once, every group once, and which conditions wake a rule.

A rule is woken by conditions of which at least one must hold wherever the rule does, so that rules of which none is
seen cost nothing. Looks at no paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ...text import folded
from ..holding import pattern, place_of
from ..pattern import has_letters
from ..query import FIELDS, And, Leaf, Near, Not, Or, Phrase, Query, Use, Word
from ..reference import Conditions
from .terms import Terms, terms_of

Kind: TypeAlias = Literal["all", "any", "not"]

# What a value that many papers share costs as the condition that wakes a rule, in rules that would be woken.
_COMMON = 1_000_000


@dataclass(frozen=True, slots=True)
class Leafy:
    """A condition."""

    leaf: Leaf
    #: The text it is looked up in: title (and abstract), author, org; None for numbers, dates, expressions and values.
    text: str | None = None
    #: Conditions that all hold wherever this one does: the words that must stand near one another.
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that all hold, of which one holds, or a part that does not hold."""

    kind: Kind
    parts: tuple[int, ...]


def value_of(leaf: Leaf) -> tuple[str, str] | None:
    """Field and folded value of a condition that compares whole values and has no star; None for any other."""
    if isinstance(leaf, Word | Phrase) and leaf.field is not None and FIELDS[leaf.field] == "whole":
        return None if "*" in leaf.text else (leaf.field, folded(leaf.text))
    return None


@dataclass(slots=True)
class Plan:
    """Nodes by their numbers; a node stands behind its parts."""

    nodes: list[Leafy | Group] = field(default_factory=list)
    #: How many groups and queries each node is a part of.
    users: list[int] = field(default_factory=list)
    #: The tests of the reference, for whatever no term decides.
    conditions: Conditions = field(default_factory=Conditions)
    #: The terms of each condition that has a text.
    terms: dict[int, Terms] = field(default_factory=dict)
    _known: dict[object, int] = field(default_factory=dict)

    def root(self, query: Query) -> int:
        """The number of a query's node."""
        number = self._number(query)
        self.users[number] += 1
        return number

    def close(self) -> None:
        """Forget what is only needed while queries are added and terms are looked up."""
        self.terms.clear()
        self._known.clear()
        self.users.clear()

    def waking(self) -> list[frozenset[int] | None]:
        """For each node conditions of which one at least holds wherever it does; None where it can hold without.

        Of what could wake a node, what wakes the fewest others.
        """
        costs: list[tuple[float, frozenset[int]] | None] = []
        for number, node in enumerate(self.nodes):
            below = [costs[part] for part in node.parts]
            known = [cost for cost in below if cost is not None]
            if isinstance(node, Leafy) and (own := self._cost(number, node)) is not None:
                costs.append((own, frozenset([number])))
            elif not known or (isinstance(node, Group) and node.kind == "not"):
                costs.append(None)
            elif isinstance(node, Leafy) or node.kind == "all":
                costs.append(min(known, key=lambda cost: cost[0]))
            elif len(known) < len(below):
                costs.append(None)
            else:
                costs.append((sum(cost for cost, _ in known), frozenset().union(*(some for _, some in known))))
        return [cost and cost[1] for cost in costs]

    def _cost(self, number: int, node: Leafy) -> float | None:
        if (terms := self.terms.get(number)) is not None:
            return self.users[number] + 1 / max(map(len, (*terms.sure, *terms.phrases, *terms.doubtful)))
        return _COMMON if value_of(node.leaf) is not None else None

    def _number(self, query: Query) -> int:
        match query:
            case Use(query=used):
                assert used is not None  # noqa: S101 - uses are resolved before anything is planned
                key: object = ("use", id(used))
                if key not in self._known:
                    self._known[key] = self._number(used)
                return self._known[key]
            case And(parts=parts):
                return self._group("all", [self._number(part) for part in parts])
            case Or(parts=parts):
                return self._group("any", [self._number(part) for part in parts])
            case Not(part=part):
                return self._group("not", [self._number(part)])
            case _:
                return self._leaf(query)

    def _group(self, kind: Kind, parts: Iterable[int]) -> int:
        return self._node(Group(kind, tuple(dict.fromkeys(parts))))

    def _leaf(self, leaf: Leaf) -> int:
        if leaf not in self._known:
            node = self._condition(leaf)
            self._known[leaf] = number = self._node(node)
            if node.text is not None and isinstance(leaf, Word | Phrase):
                self.terms[number] = terms_of(pattern(leaf))
        return self._known[leaf]

    def _condition(self, leaf: Leaf) -> Leafy:
        if isinstance(leaf, Near):
            return Leafy(leaf, parts=(self._leaf(leaf.left), self._leaf(leaf.right)))
        if isinstance(leaf, Phrase) and leaf.slop is not None:
            words = [Phrase(field=leaf.field, text=word) for word in leaf.text.split(" ") if has_letters(word)]
            return Leafy(leaf, parts=tuple(dict.fromkeys(map(self._leaf, words))))
        if not isinstance(leaf, Word | Phrase) or (leaf.field is not None and FIELDS[leaf.field] != "words"):
            return Leafy(leaf)
        return Leafy(leaf, text=place_of(leaf.field))

    def _node(self, node: Leafy | Group) -> int:
        if isinstance(node, Group):
            if node in self._known:
                return self._known[node]
            self._known[node] = len(self.nodes)
        for part in node.parts:
            self.users[part] += 1
        self.nodes.append(node)
        self.users.append(0)
        return len(self.nodes) - 1
