"""Where a word or phrase stands in a text: the meaning of hyphens, plurals, phrases and "*", and nothing else.

The tokens of the text are read one by one along a spelling (pattern.py); `reached` are the places in the spelling that
the tokens read so far can have come to. Linear in text and spelling, whatever they hold.
"""

from __future__ import annotations

from collections.abc import Collection

from .pattern import Pattern, made_of, without_hyphens
from .tokens import Text


def occurrences(pattern: Pattern, text: Text) -> list[tuple[int, int]]:
    """First and last token of every occurrence, in order, without those that overlap a later one.

    So of occurrences within each other the shortest stands for all.
    """
    starts = _starts(pattern, text)
    if not starts:
        return []
    found: list[tuple[int, int]] = []
    for first in sorted(starts, reverse=True):
        ends = [last for spelling in pattern.spellings if (last := _end(spelling, text, first)) is not None]
        if ends and (not found or min(ends) < found[-1][0]):
            found.append((first, min(ends)))
    return found[::-1]


def _starts(pattern: Pattern, text: Text) -> Collection[int]:
    """The tokens that an occurrence may begin at, each once. Only narrows the search: `_end` decides."""
    if not pattern.starred:
        starts = [place for head in pattern.heads if head in text.at for place in text.at[head]]
        return {*starts, *text.hyphened} if pattern.first in text.chains else starts
    if not all(letters in text.letters for letters in pattern.starred):
        return ()
    head, *rest = pattern.first.split("*")
    fits = [token.startswith(head) and all(letters in token for letters in rest) for token in text.tokens]
    return {
        *(place for place, fit in enumerate(fits) if fit),
        *(place for place in text.hyphened if head.startswith(text.tokens[place][: len(head)])),
    }


def _end(spelling: str, text: Text, start: int) -> int | None:
    """The token that the spelling first ends at when it begins with the token at start; None where it does not fit."""
    if "*" not in spelling:
        return _end_of_letters(spelling, text, start)
    if made_of(spelling.split("*"), text.tokens[start]):
        return start
    reached, place = {0}, start
    while reached:
        reached = _read(spelling, reached, text.tokens[place])
        if len(spelling) in reached:
            return place
        reached = {on for at in reached if (on := _cross(spelling, at, text.after[place])) is not None}
        place += 1
    return None


def _end_of_letters(spelling: str, text: Text, start: int) -> int | None:
    """The same without a star, where every token leads to one place at most."""
    letters, hyphens = without_hyphens(spelling)
    at, place = 0, start
    while letters.startswith(text.tokens[place], at):
        at += len(text.tokens[place])
        if at == len(letters):
            return place
        edge = text.after[place]
        if edge == "|" or (edge == " " and letters[at] != " " and at not in hyphens):
            break
        at += letters[at] == " "
        place += 1
    return None


def _read(spelling: str, reached: set[int], token: str) -> set[int]:
    """The places that reading all of a token leads to."""
    reached = _spread(spelling, reached)
    for letter in token:
        fitting = [at for at in reached if spelling[at : at + 1] in ("*", letter)]
        reached = _spread(spelling, {at if spelling[at] == "*" else at + 1 for at in fitting})
        if not reached:
            break
    return reached


def _spread(spelling: str, reached: set[int]) -> set[int]:
    """The places, and those behind a star, which may be no letter at all, and behind a hyphen, which never decides."""
    spread = set(reached)
    for at in reached:
        while spelling[at : at + 1] in ("*", "-"):
            at += 1
            spread.add(at)
    return spread


def _cross(spelling: str, at: int, edge: str) -> int | None:
    """Where an edge of the text, behind what was read up to a place, leads to; None where the spelling allows none."""
    if edge == "|":
        return None
    if spelling[at] in " -":
        return at + 1
    between_letters = at > 0 and not set(spelling[at - 1 : at + 1]) & set(" -*")
    return at if edge == "-" and between_letters else None
