"""The conditions and groups of a plan over one batch of papers, as bitmaps with one bit a paper.

Every answer is a pair: the papers where a node holds, and those of them where one of its words stands in the title.
Asked only about the papers where it can still matter; what was found is kept. What terms leave open the reference
decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from ...text import folded
from ...types import Paper
from ..reading import Reading
from ..whole import values_of
from .lexicon import Entries, Lexicon
from .plan import Group, Leafy, Plan, value_of
from .scanning import Bits, Seen

T = TypeVar("T", int, str, bytes)

#: Where a node holds; where it does with a word in the title.
Answer: TypeAlias = tuple[Bits, Bits]
_NOWHERE: Answer = (0, 0)


def papers_of(bits: Bits) -> Iterator[int]:
    """The numbers of the papers of a bitmap, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class Batch:
    """One batch of papers under a plan."""

    def __init__(self, plan: Plan, lexicon: Lexicon, papers: Sequence[Paper]) -> None:
        self._nodes = plan.nodes
        self._conditions = plan.conditions
        self._lexicon = lexicon
        self._papers = papers
        self._readings: dict[int, Reading] = {}
        self._known: dict[int, tuple[Bits, Bits, Bits]] = {}
        self._values: dict[str, dict[str, Bits]] = {}
        entries = [paper.best for paper in papers]
        self._seen = {text: scanner.scan(entries) for text, scanner in lexicon.scanners.items()}
        #: Papers that the scanners cannot read.
        self.odd: Bits = 0
        for seen in self._seen.values():
            self.odd |= seen.beyond
        self.all: Bits = ((1 << len(papers)) - 1) & ~self.odd

    def reading(self, number: int) -> Reading:
        """The reading of a paper that the reference is asked about."""
        if number not in self._readings:
            self._readings[number] = Reading(self._papers[number])
        return self._readings[number]

    def woken(self) -> dict[int, Bits]:
        """Rules to the papers where one of the conditions that wake them may hold."""
        rules: dict[int, Bits] = {}
        for text, seen in self._seen.items():
            _wake(rules, seen.title, self._lexicon.rules_by_term[text])
            _wake(rules, seen.other, self._lexicon.rules_by_term[text])
            _wake(rules, seen.joined, self._lexicon.rules_by_word[text])
        for field, rules_by_value in self._lexicon.rules_by_value.items():
            _wake(rules, self._of_field(field), rules_by_value)
        for rule in self._lexicon.always:
            rules[rule] = self.all
        return rules

    def answer(self, number: int, asked: Bits) -> Answer:
        """Where a node holds among the papers asked about."""
        known, holds, title = self._known.get(number, (0, 0, 0))
        if missing := asked & ~known:
            node = self._nodes[number]
            more = self._group(node, missing) if isinstance(node, Group) else self._condition(number, node, missing)
            holds |= more[0] & missing
            title |= more[1] & missing
            self._known[number] = known | missing, holds, title
        return holds & asked, title & asked

    def _group(self, group: Group, asked: Bits) -> Answer:
        if group.kind == "not":
            return asked & ~self.answer(group.parts[0], asked)[0], 0
        title = 0
        if group.kind == "all":
            left = asked
            for part in group.parts:
                left, named = self.answer(part, left)
                if not left:
                    return _NOWHERE
                title |= named
            return left, title & left
        holds = 0
        for part in group.parts:
            found, named = self.answer(part, asked)
            holds |= found
            title |= named
        return holds, title

    def _condition(self, number: int, node: Leafy, asked: Bits) -> Answer:
        if node.text is not None:
            return self._words(number, node, asked)
        for part in node.parts:
            asked = self.answer(part, asked)[0]
        if (value := value_of(node.leaf)) is not None:
            return self._of_field(value[0]).get(value[1], 0), 0
        return self._one_by_one(asked, lambda paper: self._by_reference(node, paper))

    def _one_by_one(self, asked: Bits, look: Callable[[int], tuple[bool, bool]]) -> Answer:
        """look: whether something stands in a paper's title, and elsewhere."""
        holds = title = 0
        for paper in papers_of(asked):
            in_title, in_other = look(paper)
            holds |= 1 << paper if in_title or in_other else 0
            title |= 1 << paper if in_title else 0
        return holds, title

    def _words(self, number: int, node: Leafy, asked: Bits) -> Answer:
        """Where a word or phrase stands: certain by its terms, or by a closer look at the papers where it may."""
        entries = self._lexicon.entries[number]
        seen = self._seen.get(str(node.text))
        if entries.unscanned is not None or seen is None:
            return self._one_by_one(asked, lambda paper: self._search(entries, seen, node, paper))
        field = node.leaf.field
        title = _either(seen.title, entries.sure) if field in {None, "title"} else 0
        other = _either(seen.other, entries.sure) if field != "title" else 0
        look = _either(seen.title, entries.doubtful) | _either(seen.other, entries.doubtful)
        if entries.words and seen.joined:
            look |= _either(seen.joined, entries.words)
        # A word in the title decides all, unless only the abstract counts.
        for paper in papers_of(look & asked & ~(other if field == "abstract" else title)):
            in_title, in_other = self._look(entries, seen, node, paper)
            title |= 1 << paper if in_title else 0
            other |= 1 << paper if in_other else 0
        if field == "title":
            return title, title
        return (title | other, title) if field is None else (other, 0)

    def _look(self, entries: Entries, seen: Seen, node: Leafy, paper: int) -> tuple[bool, bool]:
        """Whether a word or phrase stands in a paper's title, and elsewhere in the text."""
        if entries.starred or not entries.words.isdisjoint(seen.words[paper]):
            return self._by_reference(node, paper)
        title, other = seen.single_spaced(paper)
        field = node.leaf.field
        return (
            field in {None, "title"} and any(phrase in title for phrase in entries.phrases),
            field != "title" and any(phrase in other for phrase in entries.phrases),
        )

    def _search(self, entries: Entries, seen: Seen | None, node: Leafy, paper: int) -> tuple[bool, bool]:
        """The same for a word or phrase that the automaton does not look for."""
        if seen is None or entries.unscanned is None:
            return self._by_reference(node, paper)
        sure, doubtful = entries.unscanned
        line, edge = seen.lines[paper], seen.edges[paper]
        if any(term in line for term in doubtful) or not entries.words.isdisjoint(seen.words[paper]):
            return self._by_reference(node, paper)
        title, other = seen.single_spaced(paper) if entries.phrases else (line[:edge], line[edge:])
        field = node.leaf.field
        return (
            field in {None, "title"} and any(term in title for term in (*sure, *entries.phrases)),
            field != "title" and any(term in other for term in (*sure, *entries.phrases)),
        )

    def _by_reference(self, node: Leafy, paper: int) -> tuple[bool, bool]:
        """Whether a condition holds for a paper with words in its title, and whether it holds without."""
        hits = self._conditions.of(node.leaf)(self.reading(paper))
        in_title = any(hit.field == "title" for hit in hits or ())
        return in_title, hits is not None and not (hits and all(hit.field == "title" for hit in hits))

    def _of_field(self, field: str) -> dict[str, Bits]:
        """The values of a field that is compared as a whole, folded, and the papers that have them."""
        if field not in self._values:
            found: dict[str, Bits] = {}
            for number in papers_of(self.all):
                for value in values_of(self._papers[number], field):
                    for known in _known_as(folded(value), field):
                        found[known] = found.get(known, 0) | 1 << number
            self._values[field] = found
        return self._values[field]


def _known_as(value: str, field: str) -> tuple[str, ...]:
    """An id is known without its scheme, too."""
    return (value, value.partition(":")[2]) if field == "id" else (value,)


def _either(seen: Mapping[T, Bits], keys: Iterable[T]) -> Bits:
    bits = 0
    for key in keys:
        bits |= seen.get(key, 0)
    return bits


def _wake(rules: dict[int, Bits], seen: Mapping[T, Bits], rules_by: Mapping[T, tuple[int, ...]]) -> None:
    for key, bits in seen.items():
        for rule in rules_by.get(key, ()):
            rules[rule] = rules.get(rule, 0) | bits
