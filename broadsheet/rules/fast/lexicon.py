"""The terms of all conditions of a plan: one automaton for each text, and which rules each term wakes.

Looks at no paper. With few phrases the automaton looks only for the rarest token of each, because writing single blanks
into every text costs more than a closer look at the few papers that have it; with many it looks for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .plan import Leafy, Plan, value_of
from .scanning import Scanner
from .terms import Terms, key_of

T = TypeVar("T", int, bytes)

_MANY_PHRASES = 20


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
        self.many = sum(len(terms.phrases) for terms in plan.terms.values()) > _MANY_PHRASES
        terms: dict[str, dict[bytes, None]] = {}
        words: dict[str, set[bytes]] = {}
        for number, some in plan.terms.items():
            text = _text_of(plan, number)
            sure, doubtful = self._kinds(some)
            terms.setdefault(text, {}).update(dict.fromkeys((*sure, *doubtful)))
            words.setdefault(text, set()).update(some.words if self.many else ())
        self.scanners = {text: Scanner(text, some, words[text], spaced=self.many) for text, some in terms.items()}
        #: By the number of the condition.
        self.entries = {
            number: self._entries(some, self.scanners[_text_of(plan, number)].numbers)
            for number, some in plan.terms.items()
        }
        #: Rules (their nodes) by what wakes them: a term of a text, a joined word of a text, a value of a field.
        self.rules_by_term: dict[str, dict[int, tuple[int, ...]]] = {text: {} for text in terms}
        self.rules_by_word: dict[str, dict[bytes, tuple[int, ...]]] = {text: {} for text in terms}
        self.rules_by_value: dict[str, dict[str, tuple[int, ...]]] = {}
        #: Rules that can hold without any term or value.
        self.always: list[int] = []
        self._wake(plan, roots)
        for scanner in self.scanners.values():
            scanner.numbers = {}

    def _kinds(self, terms: Terms) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """What the automaton looks for: where a condition is certain to hold, and where it may."""
        if self.many:
            return (*terms.sure, *terms.phrases), terms.doubtful
        return terms.sure, (*terms.doubtful, *map(key_of, terms.phrases))

    def _entries(self, terms: Terms, numbers: Mapping[bytes, int]) -> Entries:
        sure, doubtful = self._kinds(terms)
        return Entries(
            sure=tuple(numbers[term] for term in sure),
            doubtful=tuple(numbers[term] for term in doubtful),
            phrases=terms.phrases,
            words=terms.words,
            starred=bool(terms.doubtful),
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


def _text_of(plan: Plan, number: int) -> str:
    node = plan.nodes[number]
    return str(node.text) if isinstance(node, Leafy) else ""
