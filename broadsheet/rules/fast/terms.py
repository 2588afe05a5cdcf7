"""What an automaton looks for so that no occurrence of a word or phrase is missed.

A term is a byte string over the folded text (folding.py); a blank at its end asks for the end of a token. Says what
must be there; where that is not enough, somebody has to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from ..pattern import Pattern

# With more hyphens in one word, its spellings with and without each of them become too many.
_MOST_HYPHENS = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a pattern."""

    #: Where one of them stands, an occurrence is certain.
    sure: tuple[bytes, ...]
    #: Rows of tokens: where one stands in the text with single blanks, an occurrence is certain.
    phrases: tuple[bytes, ...]
    #: The tokens of the phrases: where none of them is a joined word, and no other term stands, there is no occurrence.
    words: frozenset[bytes]
    #: Where none of all terms stands, there is no occurrence; where only one of these does, the reference decides.
    doubtful: tuple[bytes, ...]


def terms_of(pattern: Pattern) -> Terms:
    """The terms of a pattern."""
    sure: dict[bytes, None] = {}
    phrases: dict[bytes, None] = {}
    words: set[bytes] = set()
    doubtful: dict[bytes, None] = {}
    for spelling in pattern.spellings:
        for row in _rows(spelling):
            tokens = [token.encode("utf-8", "surrogatepass") for token in row.split(" ")]
            starred = b"*" in b"".join(tokens)
            if len(tokens) > 1 and not starred:
                phrases[b" " + b" ".join(tokens) + b" "] = None
                words.update(tokens)
            elif len(tokens) == 1 and (term := _whole(tokens[0])) is not None:
                sure[term] = None
            else:
                doubtful[max((_longest_run(token) for token in tokens), key=len)] = None
        if spelling.count("-") > _MOST_HYPHENS:
            doubtful[b" " + spelling.replace(" ", "-").split("-")[0].split("*")[0].encode("utf-8", "surrogatepass")] = (
                None
            )
    return Terms(tuple(sure), tuple(phrases), frozenset(words), tuple(doubtful))


def key_of(phrase: bytes) -> bytes:
    """The token of a phrase that is likely to be the rarest, as a term."""
    return b" " + max(phrase.split(), key=len) + b" "


def _rows(spelling: str) -> list[str]:
    """A spelling with each of its hyphens as a blank and as nothing."""
    pieces = spelling.split("-")
    if len(pieces) - 1 > _MOST_HYPHENS:
        return []
    edges = product(("", " "), repeat=len(pieces) - 1)
    return ["".join(piece + edge for piece, edge in zip(pieces, (*row, ""), strict=True)) for row in edges]


def _whole(token: bytes) -> bytes | None:
    """The term that stands exactly where a token does; None for a star in the midst of its letters."""
    if b"*" not in token:
        return b" " + token + b" "
    letters = token.strip(b"*")
    if b"*" in letters or not letters:
        return None
    return (b"" if token.startswith(b"*") else b" ") + letters + (b"" if token.endswith(b"*") else b" ")


def _longest_run(token: bytes) -> bytes:
    """The longest term that stands wherever a token does; empty for a star alone."""
    runs = token.split(b"*")
    terms = [run for run in runs if run]
    if runs[0]:
        terms.append(b" " + runs[0] + (b" " if len(runs) == 1 else b""))
    if runs[-1]:
        terms.append(runs[-1] + b" ")
    return max(terms, key=len, default=b"")
