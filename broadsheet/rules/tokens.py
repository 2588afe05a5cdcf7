"""Text as the rules compare it: folded, cut into tokens, with the way back to the text as it is shown.

A token is a run of letters, digits and marks of the folded text; everything else separates tokens. Knows nothing of
queries beyond cutting them in the same way; TeX is cleaned by tex.py.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..text import folded
from .tex import clean

# In comparable text only ASCII separates: every other letter, digit or mark is part of a token.
LETTER = r"a-z0-9\x80-\U0010ffff"
_TOKEN = re.compile(rf"[{LETTER}]+")
_WORD = re.compile(rf"[{LETTER}]+(?:-+[{LETTER}]+)*")  # tokens with nothing but hyphens between them
_TO_FOLD = re.compile(r"[A-Z]+|[^\x00-\x7f]")

# Letters, numbers and marks: the first letter of Unicode's general category.
_IN_TOKENS = frozenset("LNM")
_MINUS = "\u2212"  # a mathematical symbol to Unicode, a dash to who types it


def comparable(text: str) -> str:
    """The folded text with "-" for every dash and a blank for everything else outside ASCII that separates tokens."""
    if text.isascii():
        return text.lower()
    return _TO_FOLD.sub(lambda found: found[0].lower() if found[0].isascii() else _piece(found[0]), text)


@lru_cache(maxsize=4096)
def _piece(char: str) -> str:
    """What one character becomes. Folding looks at no neighbours, so the pieces of a text are its folded text."""
    out = []
    for part in folded(char):
        category = unicodedata.category(part)
        if part.isascii() or category[0] in _IN_TOKENS:
            out.append(part)
        else:
            out.append("-" if category == "Pd" or part == _MINUS else " ")
    return "".join(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A value of a field: a title, an abstract, one of several authors."""

    field: str
    text: str
    #: Where it stands in the field as it is shown.
    offset: int = 0


class Text:
    """Parts of a paper, folded and tokenised once: what each token is, what follows it, and where each one stands."""

    __slots__ = ("_first", "_letters", "_spans", "after", "at", "chains", "hyphened", "parts", "tokens")

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = tuple(parts)
        self._spans: dict[int, list[tuple[int, int]]] = {}
        self._letters: str | None = None
        self.tokens: list[str] = []
        #: Places of the tokens with a hyphen behind them.
        self.hyphened: list[int] = []
        ends = []
        chains = []
        for part in self.parts:
            for word in _WORD.findall(comparable(clean(part.text).text)):
                if "-" in word:
                    tokens = list(filter(None, word.split("-")))
                    self.hyphened.extend(range(len(self.tokens), len(self.tokens) + len(tokens) - 1))
                    self.tokens.extend(tokens)
                    chains.append("".join(tokens))
                else:
                    self.tokens.append(word)
            ends.append(len(self.tokens))
        #: Number of the first token of each part.
        self._first = (0, *ends)
        #: What stands between a token and the next: "-", " " or, where a part ends, "|", which nothing reads across.
        self.after = [" "] * len(self.tokens)
        for place in self.hyphened:
            self.after[place] = "-"
        for end in filter(None, ends):
            self.after[end - 1] = "|"
        #: The letters of all hyphenated words, without their hyphens, separated by blanks.
        self.chains = " ".join(chains)
        #: Token to the places where it stands.
        self.at: dict[str, list[int]] = {}
        for place, token in enumerate(self.tokens):
            if token in self.at:
                self.at[token].append(place)
            else:
                self.at[token] = [place]

    @property
    def letters(self) -> str:
        """All tokens without anything between them."""
        if self._letters is None:
            self._letters = "".join(self.tokens)
        return self._letters

    def part_of(self, place: int) -> int:
        """The number of the part that a token stands in."""
        return bisect_right(self._first, place) - 1

    def span(self, first: int, last: int) -> tuple[Part, int, int]:
        """The part that the tokens first to last stand in, and the characters of it, from 0, end exclusive."""
        number = self.part_of(first)
        if number not in self._spans:
            self._spans[number] = _spans(self.parts[number].text)
        spans = self._spans[number]
        start = self._first[number]
        return self.parts[number], spans[first - start][0], spans[last - start][1]


def _spans(text: str) -> list[tuple[int, int]]:
    """Where each token stands in the text as it is shown."""
    cleaned = clean(text)
    spans = _spans_of(cleaned.text)
    return spans if cleaned.starts is None else [cleaned.shown(text, start, end) for start, end in spans]


def _spans_of(text: str) -> list[tuple[int, int]]:
    found = [token.span() for token in _TOKEN.finditer(comparable(text))]
    if text.isascii():
        return found
    # The character that each comparable one comes from; an accent of its own belongs to the letter before it.
    origin = [place for place, char in enumerate(text) for _ in (char if char.isascii() else _piece(char))]
    origin.append(len(text))
    return [(origin[start], max(origin[end - 1] + 1, origin[end])) for start, end in found]
