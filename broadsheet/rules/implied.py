"""What one condition says of another, whatever the paper: holds only where the other does, or never together with it.

Knows fields, equal words, words of a phrase, stars at the ends of a word, ranges. Does not know that two plurals are
one word, nor what regular expressions have in common: where it is not sure, it says no.
"""

from __future__ import annotations

from functools import lru_cache

from ..text import folded
from .pattern import made_of, pattern_of
from .query import FIELDS, Days, Leaf, Near, Number, Phrase, Regex, Word

# A bare condition looks in these two.
_BARE = ("title", "abstract")
# A paper has one value at most in these.
_SINGLE = frozenset({"source"})


@lru_cache(maxsize=1 << 16)
def implies(one: Leaf, other: Leaf) -> bool:
    """Whether every paper that the first condition holds for fulfils the second, too."""
    if isinstance(one, Number) and isinstance(other, Number):
        return one.field == other.field and _within(one.low, one.high, other.low, other.high)
    if isinstance(one, Days) and isinstance(other, Days):
        return one.field == other.field and _within(*_ordinals(one), *_ordinals(other))
    if isinstance(one, Number | Days) or isinstance(other, Number | Days):
        return False
    if one.field != other.field and not (other.field is None and one.field in _BARE):
        return False
    if isinstance(one, Regex) or isinstance(other, Regex):
        return isinstance(one, Regex) and isinstance(other, Regex) and _same_regex(one, other)
    if one.field is not None and FIELDS[one.field] == "whole":
        return isinstance(one, Word | Phrase) and isinstance(other, Word | Phrase) and _fits(one.text, other.text)
    return _words_imply(one, other)


def anchors(leaf: Leaf) -> frozenset[str]:
    """Signs of a condition: it can imply another one only if they share a sign, or the other has the sign "*"."""
    if isinstance(leaf, Near):
        return anchors(leaf.left) | anchors(leaf.right)
    if isinstance(leaf, Number | Days):
        return frozenset({f"{leaf.field}:"})
    if isinstance(leaf, Regex):
        return frozenset({leaf.text})
    if leaf.field is not None and FIELDS[leaf.field] == "whole":
        return frozenset({f"{leaf.field}:"})
    # Plurals and stars at the end leave the first letters as they are.
    firsts = {token[:2] for token in _tokens(leaf.text)}
    return frozenset("*" if "*" in first or len(first) < 2 else first for first in firsts)


@lru_cache(maxsize=1 << 16)
def excludes(one: Leaf, other: Leaf) -> bool:
    """Whether no paper fulfils both conditions."""
    if isinstance(one, Number) and isinstance(other, Number):
        return one.field == other.field and _apart(one.low, one.high, other.low, other.high)
    if isinstance(one, Days) and isinstance(other, Days):
        return one.field == other.field and _apart(*_ordinals(one), *_ordinals(other))
    if isinstance(one, Word | Phrase) and isinstance(other, Word | Phrase) and one.field in _SINGLE:
        plain = "*" not in one.text + other.text
        return one.field == other.field and plain and folded(one.text) != folded(other.text)
    return False


def _ordinals(leaf: Days) -> tuple[int | None, int | None]:
    return leaf.low.toordinal() if leaf.low else None, leaf.high.toordinal() if leaf.high else None


def _within(low: int | None, high: int | None, least: int | None, most: int | None) -> bool:
    return (least is None or (low is not None and low >= least)) and (
        most is None or (high is not None and high <= most)
    )


def _apart(low: int | None, high: int | None, least: int | None, most: int | None) -> bool:
    return (low is not None and most is not None and low > most) or (
        high is not None and least is not None and high < least
    )


def _same_regex(one: Regex, other: Regex) -> bool:
    return one.text == other.text and (one.ignore_case == other.ignore_case or other.ignore_case)


def _fits(value: str, wanted: str) -> bool:
    """Whether all values that fit the first text fit the second."""
    if "*" in value:
        return folded(value) == folded(wanted) or wanted.strip("*") == ""
    return made_of(folded(wanted).split("*"), folded(value))


def _words_imply(one: Word | Phrase | Near, other: Word | Phrase | Near) -> bool:
    if isinstance(one, Near):
        if isinstance(other, Near):
            sides = {(one.left, one.right), (one.right, one.left)}
            return one.within <= other.within and any(
                implies(left, other.left) and implies(right, other.right) for left, right in sides
            )
        return implies(one.left, other) or implies(one.right, other)
    if isinstance(other, Near):
        return False
    if isinstance(other, Phrase) and other.slop is not None:
        # Words in a row stand as near as any slop asks for.
        alike = isinstance(one, Phrase) and _tokens(one.text) == _tokens(other.text)
        return alike and isinstance(one, Phrase) and (one.slop is None or one.slop <= other.slop)
    wanted = _spellings(other)
    if isinstance(one, Phrase) and one.slop is not None:
        return any(_spelling_fits(token, wanted) for token in _tokens(one.text))
    spellings = _spellings(one)
    if all(_spelling_fits(spelling, wanted) for spelling in spellings):
        return True
    inner = next(iter(spellings)).split(" ") if isinstance(one, Phrase) else []
    return len(inner) > 1 and _row_holds(inner, wanted)


def _spelling_fits(spelling: str, wanted: frozenset[str]) -> bool:
    if any(_looser(want, spelling) for want in wanted):
        return True
    plain = not set(spelling) & set(" -*")
    return plain and any(_open_ended(want) and made_of(want.split("*"), spelling) for want in wanted)


def _looser(want: str, spelling: str) -> bool:
    """Whether a spelling differs at most in a hyphen, which need not be an edge, where the other has an edge."""
    return len(want) == len(spelling) and all(
        letter == other or (letter == "-" and other == " ") for letter, other in zip(want, spelling, strict=True)
    )


def _open_ended(spelling: str) -> bool:
    """Whether stars stand only at the ends: hyphens inside a text's word cannot hide what is around them."""
    return "*" in spelling and not set(spelling.strip("*")) & set(" -*")


def _row_holds(row: list[str], wanted: frozenset[str]) -> bool:
    """Whether some words of a row are one of the wanted spellings."""
    return any(
        _spelling_fits(" ".join(row[start:end]), wanted)
        for start in range(len(row))
        for end in range(start + 1, len(row) + 1)
    )


@lru_cache(maxsize=1 << 16)
def _spellings(leaf: Word | Phrase) -> frozenset[str]:
    plural = isinstance(leaf, Word) and leaf.field != "author"
    return frozenset(pattern_of(leaf.text, plural=plural).spellings)


@lru_cache(maxsize=1 << 16)
def _tokens(text: str) -> tuple[str, ...]:
    (spelling,) = pattern_of(text, plural=False).spellings
    return tuple(sorted(spelling.replace("-", " ").split(" ")))
