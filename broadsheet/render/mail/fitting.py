"""How much of a digest a mail can hold. Knows sizes only: what is large is for its caller to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: So many papers stay whole before the others are reduced to titles so that all can be named.
LEAST_WHOLE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """So many papers are told in full, so many after them by their titles; the rest is only counted."""

    whole: int
    titles: int


def fitting(papers: int, fits: Callable[[Fit], bool]) -> Fit:
    """The most that fits: all of them whole, else as many whole as leave room for all other titles, else some of each.

    fits must not become true again by adding to what does not fit.
    """
    if fits(everything := Fit(whole=papers, titles=0)):
        return everything
    whole = _most(papers - 1, lambda n: fits(Fit(whole=n, titles=papers - n)))
    if whole >= min(LEAST_WHOLE, papers - 1):
        return Fit(whole=whole, titles=papers - whole)
    whole = max(_most(min(LEAST_WHOLE, papers), lambda n: fits(Fit(whole=n, titles=0))), 0)
    titles = max(_most(papers - whole, lambda n: fits(Fit(whole=whole, titles=n))), 0)
    return Fit(whole=whole, titles=titles)


def _most(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to the limit for which it holds, as it does for all smaller ones; -1 if for none."""
    low, high = -1, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
