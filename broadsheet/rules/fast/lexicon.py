"""The terms of all conditions of a plan: one automaton for each text, and which rules each term wakes.

Looks at no paper. With few phrases the automaton looks only for the rarest token of each, because writing single blanks
into every text costs more than a closer look at the few papers that have it; with many it looks for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    #: Not among the terms of the automaton, because it wakes no rule: it is looked for, as these terms, where a rule is
    #: awake; where one of the doubtful ones stands, the reference decides.
    unscanned: tuple[tuple[bytes, ...], tuple[bytes, ...]] | None = None


class Lexicon:
    """What the terms of a plan are and what they mean."""

    def __init__(self, plan: Plan, roots: Iterable[int]) -> None:
        waking = plan.waking()
        scanned = _scanned(plan, waking, roots)
        self.many = sum(len(plan.terms[number].phrases) for number in scanned) > _MANY_PHRASES
        terms: dict[str, dict[bytes, None]] = {}
        words: dict[str, set[bytes]] = {}
        for number in scanned:
            text, some = _text_of(plan, number), plan.terms[number]
            sure, doubtful = self._kinds(some)
            terms.setdefault(text, {}).update(dict.fromkeys((*sure, *doubtful)))
            words.setdefault(text, set()).update(some.words if self.many else ())
        self.scanners = {text: Scanner(text, some, words[text], spaced=self.many) for text, some in terms.items()}
        #: By the number of the condition.
        self.entries = {
            number: self._entries(some, self.scanners[_text_of(plan, number)].numbers if number in scanned else None)
            for number, some in plan.terms.items()
        }
        #: Rules (their nodes) by what wakes them: a term of a text, a joined word of a text, a value of a field.
        self.rules_by_term: dict[str, dict[int, tuple[int, ...]]] = {text: {} for text in terms}
        self.rules_by_word: dict[str, dict[bytes, tuple[int, ...]]] = {text: {} for text in terms}
        self.rules_by_value: dict[str, dict[str, tuple[int, ...]]] = {}
        #: Rules that can hold without any term or value.
        self.always: list[int] = []
        self._wake(plan, waking, roots)
        for scanner in self.scanners.values():
            scanner.numbers = {}

    def _kinds(self, terms: Terms) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """What the automaton looks for: where a condition is certain to hold, and where it may."""
        if self.many:
            return (*terms.sure, *terms.phrases), terms.doubtful
        return terms.sure, (*terms.doubtful, *map(key_of, terms.phrases))

    def _entries(self, terms: Terms, numbers: Mapping[bytes, int] | None) -> Entries:
        if numbers is None:
            return Entries((), (), terms.phrases, terms.words, bool(terms.doubtful), (terms.sure, terms.doubtful))
        sure, doubtful = self._kinds(terms)
        return Entries(
            sure=tuple(numbers[term] for term in sure),
            doubtful=tuple(numbers[term] for term in doubtful),
            phrases=terms.phrases,
            words=terms.words,
            starred=bool(terms.doubtful),
        )

    def _wake(self, plan: Plan, waking: Sequence[frozenset[int] | None], roots: Iterable[int]) -> None:
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


def _scanned(plan: Plan, waking: Sequence[frozenset[int] | None], roots: Iterable[int]) -> dict[int, None]:
    """The words and phrases that the automaton looks for: what wakes a rule, and all of rules that nothing wakes."""
    found: dict[int, None] = {}
    below: list[int] = []
    for root in roots:
        conditions = waking[root]
        if conditions is None:
            below.append(root)
        found.update(dict.fromkeys(number for number in sorted(conditions or ()) if number in plan.terms))
    seen: set[int] = set()
    while below:
        number = below.pop()
        if number not in seen:
            seen.add(number)
            below.extend(plan.nodes[number].parts)
            if number in plan.terms:
                found[number] = None
    return found


def _text_of(plan: Plan, number: int) -> str:
    node = plan.nodes[number]
    return str(node.text) if isinstance(node, Leafy) else ""
