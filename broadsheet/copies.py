"""Which papers are near copies of one another: the same work, listed twice under slightly different titles. Pure.

Identity (broadsheet.identity) joins what has one id or one title; this looks at what the abstracts say. It never joins
two papers in the store: near copies share a row of a digest, which names them all.

Two papers are near copies when they have a whole sentence in common and at least nine tenths of the different words of
the shorter abstract stand in the longer one. Without an abstract on both sides nothing is a copy: titles alone say too
little ("Part I" and "Part II").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .text import folded
from .types import Paper

# How much of the shorter abstract the longer one must have.
_ENOUGH = 0.9
# A sentence of fewer words ("Code is available.") is no sign of one work.
_FEWEST_WORDS = 8
# A sentence that more papers than this have in common is boilerplate.
_MOST_SHARERS = 20

_SENTENCE = re.compile(r"[.!?](?:\s+|$)")
_WORD = re.compile(r"\w+")


def group(papers: Sequence[Paper]) -> tuple[int, ...]:
    """For each paper the place of the first one in the sequence that it is a near copy of; its own where there is none.

    Linear in the text, but for papers that share sentences: those are compared with one another.
    """
    texts = [folded(paper.best.abstract or "") for paper in papers]
    sharers: dict[str, list[int]] = {}
    leads: list[int] = []
    for place, text in enumerate(texts):
        sentences = {sentence for sentence in _SENTENCE.split(text) if sentence.count(" ") >= _FEWEST_WORDS - 1}
        earlier = sorted({other for sentence in sentences for other in sharers.get(sentence, ())})
        copied = next((other for other in earlier if _alike(text, texts[other])), place)
        leads.append(place if copied == place else leads[copied])
        for sentence in sentences:
            if len(found := sharers.setdefault(sentence, [])) < _MOST_SHARERS:
                found.append(place)
    return tuple(leads)


def _alike(text: str, other: str) -> bool:
    one, two = set(_WORD.findall(text)), set(_WORD.findall(other))
    return len(one & two) >= _ENOUGH * min(len(one), len(two))
