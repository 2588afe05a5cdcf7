"""Which terms stand in which papers of a batch: one pass of an automaton a paper, bitmaps with one bit a paper.

Knows terms, not conditions. The automaton is ahocorasick-rs over bytes, all overlapping occurrences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ...types import Entry
from .folding import BARRIER, folded_bytes, single_spaced

#: A bitmap: the paper with number n of the batch is 1 << n.
Bits = int


@dataclass(frozen=True, slots=True)
class Folded:
    """One text of a paper, folded."""

    line: bytes
    #: The words that hyphens join in it.
    joined: list[bytes]


@dataclass(slots=True)
class Seen:
    """What was seen in a batch."""

    #: Term to the papers that have it in the title; in another text (the abstract, an author, the organisation).
    title: dict[int, Bits] = field(default_factory=dict)
    other: dict[int, Bits] = field(default_factory=dict)
    #: Joined word to the papers that have it.
    joined: dict[bytes, Bits] = field(default_factory=dict)
    #: The papers that are beyond this scan.
    beyond: Bits = 0
    #: Title and abstract of each paper (authors and organisation: one text of them all, and nothing); None where a
    #: paper is beyond this scan.
    folded: list[tuple[Folded, Folded] | None] = field(default_factory=list)
    _single: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def single_spaced(self, paper: int) -> tuple[bytes, bytes]:
        """The two texts of a paper with single blanks, for phrases."""
        if paper not in self._single:
            both = self.folded[paper]
            self._single[paper] = (single_spaced(both[0].line), single_spaced(both[1].line)) if both else (b"", b"")
        return self._single[paper]


class Scanner:
    """The automaton of all terms that are looked up in one text: title and abstract, author, or org."""

    def __init__(self, text: str, terms: Iterable[bytes], words: Collection[bytes], *, spaced: bool) -> None:
        """words: joined words that are worth to be told. spaced: phrases are among the terms."""
        from ahocorasick_rs import BytesAhoCorasick, Implementation  # late: only who judges papers needs it

        self._text = text
        #: Term to its number.
        self.numbers = {term: number for number, term in enumerate(dict.fromkeys(terms))}
        self._automaton = BytesAhoCorasick(self.numbers, implementation=Implementation.ContiguousNFA)
        self._words = words
        self._spaced = spaced

    def scan(self, papers: Sequence[Entry]) -> Seen:
        """The papers that each term stands in."""
        seen = Seen()
        find = self._automaton.find_matches_as_indexes
        in_title, in_other = seen.title, seen.other
        for number, paper in enumerate(papers):
            both = self._folded(paper)
            seen.folded.append(both)
            bit = 1 << number
            if both is None:
                seen.beyond |= bit
                continue
            title, other = both
            head = b" " + (BARRIER.join([title.line, *title.joined]) if title.joined else title.line) + BARRIER
            tail = BARRIER.join([other.line, *other.joined]) if other.joined else other.line
            edge = len(head) - 1
            for term, start, _ in find(head + tail + b" ", overlapping=True):
                if start < edge:
                    in_title[term] = in_title.get(term, 0) | bit
                else:
                    in_other[term] = in_other.get(term, 0) | bit
            if self._words:
                for word in (*title.joined, *other.joined):
                    if word in self._words:
                        seen.joined[word] = seen.joined.get(word, 0) | bit
        return seen

    def _folded(self, paper: Entry) -> tuple[Folded, Folded] | None:
        if self._text == "title":
            title, other = self._text_of(paper.title), self._text_of(paper.abstract or "")
            return None if title is None or other is None else (title, other)
        parts = [
            self._text_of(text) for text in (paper.authors if self._text == "author" else (paper.organization or "",))
        ]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        line = BARRIER.join([part.line for part in known])
        return Folded(b"", []), Folded(line, [word for part in known for word in part.joined])

    def _text_of(self, text: str) -> Folded | None:
        line, joined = folded_bytes(text)
        if joined is None:
            return None
        return Folded(b" ".join(line.split()) if self._spaced else line, joined)
