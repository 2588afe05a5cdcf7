"""The terms of all conditions of a plan: one automaton for each text, and which rules each term wakes.

Looks at no paper. With few phrases the automaton looks only for the rarest token of each, because writing single blanks
into every text costs more than a closer look at the few papers that have it; with many it looks for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from .plan import Leafy, Plan, value_of
from .scanning import Scanner
from .terms import key_of

T = TypeVar("T", int, bytes)

_MANY_PHRASES = 300


@dataclass(frozen=True, slots=True)
class Entries:
    """The terms of one condition by their numbers in its automaton."""

    #: Where one of them stands, the condition holds.
    sure: tuple[int, ...]
    #: Where one of them stands, somebody has to look.
    doubtful: tuple[int, ...]
    #: To look with: rows of tokens, and their tokens; where one of those is a joined word, the reference has to look.
    phrases: tuple[bytes, ...]
    words: frozenset[bytes]
    #: Only the reference can look, because there is a star among the letters.
    starred: bool


class Lexicon:
    """What the terms of a plan are and what they mean."""

    def __init__(self, plan: Plan, roots: Iterable[int]) -> None:
        conditions = [
            (number, node) for number, node in enumerate(plan.nodes) if isinstance(node, Leafy) and node.terms
        ]
        self.many = sum(len(node.terms.phrases) for _, node in conditions if node.terms) > _MANY_PHRASES
        terms: dict[str, dict[bytes, None]] = {}
        words: dict[str, set[bytes]] = {}
        for _, node in conditions:
            sure, doubtful = self._terms(node)
            terms.setdefault(str(node.text), {}).update(dict.fromkeys((*sure, *doubtful)))
            words.setdefault(str(node.text), set()).update(node.terms.words if node.terms and self.many else ())
        self.scanners = {text: Scanner(text, some, words[text], spaced=self.many) for text, some in terms.items()}
        #: By the number of the condition.
        self.entries = {number: self._entries(node) for number, node in conditions}
        #: Rules (their nodes) by what wakes them: a term of a text, a joined word of a text, a value of a field.
        self.rules_by_term: dict[str, dict[int, tuple[int, ...]]] = {text: {} for text in terms}
        self.rules_by_word: dict[str, dict[bytes, tuple[int, ...]]] = {text: {} for text in terms}
        self.rules_by_value: dict[str, dict[str, tuple[int, ...]]] = {}
        #: Rules that can hold without any term or value.
        self.always: list[int] = []
        self._wake(plan, roots)

    def _terms(self, node: Leafy) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """What the automaton looks for: where a condition is certain to hold, and where it may."""
        assert node.terms is not None  # noqa: S101 - only asked about words and phrases
        if self.many:
            return (*node.terms.sure, *node.terms.phrases), node.terms.doubtful
        return node.terms.sure, (*node.terms.doubtful, *map(key_of, node.terms.phrases))

    def _entries(self, node: Leafy) -> Entries:
        assert node.terms is not None  # noqa: S101 - only asked about words and phrases
        sure, doubtful = self._terms(node)
        numbers = self.scanners[str(node.text)].numbers
        return Entries(
            sure=tuple(numbers[term] for term in sure),
            doubtful=tuple(numbers[term] for term in doubtful),
            phrases=node.terms.phrases,
            words=node.terms.words,
            starred=bool(node.terms.doubtful),
        )

    def _wake(self, plan: Plan, roots: Iterable[int]) -> None:
        waking = plan.waking()
        rules: dict[int, list[int]] = {}
        for root in dict.fromkeys(roots):
            conditions = waking[root]
            if conditions is None:
                self.always.append(root)
            for condition in conditions or ():
                rules.setdefault(condition, []).append(root)
        for condition, woken in rules.items():
            node, some = plan.nodes[condition], tuple(woken)
            assert isinstance(node, Leafy)  # noqa: S101 - groups wake nothing
            if (value := value_of(node.leaf)) is not None:
                self.rules_by_value.setdefault(value[0], {})[value[1]] = some
                continue
            entries, text = self.entries[condition], str(node.text)
            for term in (*entries.sure, *entries.doubtful):
                _add(self.rules_by_term[text], term, some)
            if self.many:
                for word in entries.words:
                    _add(self.rules_by_word[text], word, some)


def _add(rules: dict[T, tuple[int, ...]], key: T, some: tuple[int, ...]) -> None:
    rules[key] = rules[key] + some if key in rules else some
