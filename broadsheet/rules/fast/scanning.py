"""Which terms stand in which papers of a batch: one pass of an automaton a paper, bitmaps with one bit a paper.

Knows terms, not conditions. The automaton is ahocorasick-rs over bytes, all overlapping occurrences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ...types import Entry
from .folding import BARRIER, folded_bytes, single_spaced, tokens_of

#: A bitmap: the paper with number n of the batch is 1 << n.
Bits = int


@dataclass(slots=True)
class Seen:
    """What was seen in one text of each paper of a batch."""

    #: Term to the papers that have it in the title; elsewhere (in the abstract, an author, the organisation).
    title: dict[int, Bits] = field(default_factory=dict)
    other: dict[int, Bits] = field(default_factory=dict)
    #: Joined word to the papers that have it, of the words that were asked for.
    joined: dict[bytes, Bits] = field(default_factory=dict)
    #: The lines have single blanks already.
    spaced: bool = False
    #: The papers that are beyond this scan.
    beyond: Bits = 0
    #: Of each paper what was scanned, where the title ends in it, and its joined words.
    lines: list[bytes] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    words: list[list[bytes]] = field(default_factory=list)
    _single: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    def single_spaced(self, paper: int) -> tuple[bytes, bytes]:
        """The title of a paper and the rest of its text with single blanks, for phrases."""
        if paper not in self._single:
            line, edge = self.lines[paper], self.edges[paper]
            title, other = line[:edge], line[edge:]
            self._single[paper] = (title, other) if self.spaced else (single_spaced(title), single_spaced(other))
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
        seen = Seen(spaced=self._spaced)
        find = self._automaton.find_matches_as_indexes
        in_title, in_other = seen.title, seen.other
        for number, paper in enumerate(papers):
            bit = 1 << number
            line, edge, words = self._line(paper)
            if words is None:
                seen.beyond |= bit
                line, words = b"", []
            seen.lines.append(line)
            seen.edges.append(edge)
            seen.words.append(words)
            for term, start, _ in find(line, overlapping=True):
                if start < edge:
                    in_title[term] = in_title.get(term, 0) | bit
                else:
                    in_other[term] = in_other.get(term, 0) | bit
            if self._words:
                for word in words:
                    if word in self._words:
                        seen.joined[word] = seen.joined.get(word, 0) | bit
        return seen

    def _line(self, paper: Entry) -> tuple[bytes, int, list[bytes] | None]:
        """What is scanned of a paper: its title and the rest, each with its joined words behind it, and the edge."""
        if self._text != "title":
            names = paper.authors if self._text == "author" else (paper.organization or "",)
            line, words = self._with_words(BARRIER.join([folded_bytes(name) for name in names]))
            return b" " + line + b" ", 0, words
        title, abstract = folded_bytes(paper.title), folded_bytes(paper.abstract or "")
        if b"-" not in title and not self._spaced:
            # Both at once: the title keeps its length.
            line, words = self._with_words(title + BARRIER + abstract)
            return b" " + line + b" ", len(title) + 2, words
        title, more = self._with_words(title)
        rest, words = self._with_words(abstract)
        line = b" " + title + BARRIER + rest + b" "
        return line, len(title) + 2, None if more is None or words is None else more + words

    def _with_words(self, line: bytes) -> tuple[bytes, list[bytes] | None]:
        line, words = tokens_of(line)
        if self._spaced:
            line = b" ".join(line.split())
        return BARRIER.join([line, *words]) if words else line, words
