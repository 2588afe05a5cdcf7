"""Matched words, marked where they stand. Only says what is marked; every form has its own way to show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..types import Match
from .sentences import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of a text that is marked or is not."""

    text: str
    marked: bool


def spans_of(matches: Iterable[Match], field: str, text: str) -> tuple[Span, ...]:
    """Where the words stand that matched in a field of this text: in order, joined where they touch or overlap."""
    joined: list[Span] = []
    for start, end in sorted(
        (hit.start, min(hit.end, len(text)))
        for match in matches
        for hit in match.hits
        if hit.field == field and hit.start is not None and hit.end is not None and 0 <= hit.start < hit.end
    ):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def pieces(text: str, spans: Sequence[Span], within: Span | None = None) -> tuple[Piece, ...]:
    """The text (or the part of it that is asked for) as pieces; put together they are the text again."""
    at, last = within or (0, len(text))
    out = []
    for start, end in spans:
        start, end = max(start, at), min(end, last)
        if start >= end:
            continue
        if at < start:
            out.append(Piece(text=text[at:start], marked=False))
        out.append(Piece(text=text[start:end], marked=True))
        at = end
    if at < last:
        out.append(Piece(text=text[at:last], marked=False))
    return tuple(out)
