"""Where words stand near one another, in any order. Only counts tokens; where each word stands is occurrences.py's.

Linear in the text for a given number of words: the words are few, and every set of them is looked at once a token.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from .occurrences import occurrences
from .pattern import Pattern
from .tokens import Text

# First and last token, and which of the words it is.
_Stand: TypeAlias = tuple[int, int, int]
# Tokens between, minus the last token: so that chains that end at different places can be compared; and the chain.
_Chain: TypeAlias = tuple[int, tuple[_Stand, ...]]


def near(patterns: Sequence[Pattern], text: Text, within: int) -> list[tuple[int, int]]:
    """First and last token of every word of a chain: each pattern once, no token twice, in any order, in one part.

    A chain has at most `within` other tokens between its words in all. Of all that begin, and of all that end, with the
    same word the closest is told.
    """
    parts: dict[int, list[_Stand]] = {}
    for number, pattern in enumerate(patterns):
        found = occurrences(pattern, text)
        if not found:
            return []
        for first, last in found:
            parts.setdefault(text.part_of(first), []).append((first, last, number))
    told: set[tuple[int, int]] = set()
    for stands in parts.values():
        mirrored = [(-last, -first, number) for first, last, number in stands]
        told |= _closest(stands, len(patterns), within)
        told |= {(-last, -first) for first, last in _closest(mirrored, len(patterns), within)}
    return sorted(told)


def _closest(stands: Sequence[_Stand], count: int, within: int) -> set[tuple[int, int]]:
    """The words of the closest chain that ends with each word, where that is close enough."""
    everything = (1 << count) - 1
    best: dict[int, _Chain] = {}  # by the set of words in the chain
    ready = sorted((last, first, number) for first, last, number in stands)
    told: set[tuple[int, int]] = set()
    done = 0
    waiting: dict[_Stand, dict[int, _Chain]] = {}
    for stand in sorted(stands):
        first, last, number = stand
        while done < len(ready) and ready[done][0] < first:
            ended = (ready[done][1], ready[done][0], ready[done][2])
            for chosen, chain in waiting.pop(ended).items():
                best[chosen] = min(best.get(chosen, chain), chain)
            done += 1
        grown: dict[int, _Chain] = {1 << number: (-last, (stand,))}
        for chosen, (so_far, words) in best.items():
            if not chosen >> number & 1:
                grown[chosen | 1 << number] = so_far + first - 1 - last, (*words, stand)
        waiting[stand] = grown
        whole = grown.get(everything)
        if whole and whole[0] + last <= within:
            told |= {(begin, end) for begin, end, _ in whole[1]}
    return told
