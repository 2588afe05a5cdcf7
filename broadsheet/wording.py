"""Matches and points in the few words of a badge or a line, the same wherever they are read. Escapes nothing.

Stands on types and text alone, so that every stage may use it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .text import folded
from .types import Hit, Match

# A badge names this many different words; of more it says how many.
_MOST_WORDS = 4
_COUNTED = {"comments": "comment", "upvotes": "upvote", "authors": "author"}


def format_points(points: float) -> str:
    """Points with at most four decimals and no zeros at their end: 3, 1.5, -0.25."""
    text = f"{points:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def signed_points(points: float) -> str:
    """Points as they are added up: +3, -0.25."""
    text = format_points(points)
    return text if text.startswith("-") else f"+{text}"


def score_of(matches: Iterable[Match]) -> float:
    """The sum of the points of the matches, to four decimals: what types.Ranked.score is of its own."""
    return round(math.fsum(match.points for match in matches), 4)


def badge(match: Match) -> str:
    """What made a rule match, in short: "kv cache ×3, in title"; the query itself where it holds without any word."""
    return words_of(match.hits) + (", in title" if match.boosted else "") if match.hits else match.when


def words_of(hits: Sequence[Hit]) -> str:
    """The different words of hits, each as it first stands there and with how often it stands there.

    Case, accents and hyphens make no difference between words. Words inside longer ones that also matched are left out.
    """
    same: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        if not any(_inside(hit, other) for other in hits):
            where = "" if hit.field in {"title", "abstract"} else hit.field
            same.setdefault((where, folded(hit.text).replace("-", " ")), []).append(hit)
    told = [_told(where, found[0].text, len(found)) for (where, _), found in same.items()]
    more = len(told) - _MOST_WORDS
    return ", ".join(told[:_MOST_WORDS]) + (f" and {more} more" if more > 0 else "")


def _inside(hit: Hit, other: Hit) -> bool:
    if hit.field != other.field or hit.start is None or hit.end is None or other.start is None or other.end is None:
        return False
    return other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start


def _told(where: str, text: str, times: int) -> str:
    if noun := _COUNTED.get(where):
        return f"{text} {noun if text == '1' else noun + 's'}"
    return (f"{where} {text}" if where else text) + (f" ×{times}" if times > 1 else "")


def weighed(match: Match) -> str:
    """How the points of a match came about where they are not simply its weight: "5 × 2"; else empty."""
    if match.points == match.weight or not match.weight:
        return ""
    return f"{format_points(match.weight)} × {format_points(match.points / match.weight)}"
