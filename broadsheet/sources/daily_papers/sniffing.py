"""Is this text a copy of the Daily Papers page? Looks at the first lines only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..lines import Line, lines_of
from .header import begins_header, read_header
from .tails import read_tail

_HEAD_LINES = 600
_MARKUP = re.compile(
    r"\]\((?:https?://huggingface\.co)?/(?:papers/|login)|^#{1,3} |^https?://huggingface\.co/", re.MULTILINE
)
_SHAPE_PAIRS = 3
_TITLE, _ABSTRACT = 250, 400  # characters: at most, at least
_GLUED_ABSTRACT = 100


def sniff(head: str) -> float:
    """How sure it is, from 0 to 1, that a text that begins so is such a copy.

    Header and byline are certain; tails are nearly so; without either, lines that alternate strictly between titles and
    long abstracts are taken for a copy whose header was left out.
    """
    if head.lstrip("\ufeff \t\r\n\f")[:1] in {"<", "{", "["} or _MARKUP.search(head):
        return 0.0
    lines = lines_of(head)[:_HEAD_LINES]
    if not lines:
        return 0.0
    if any(begins_header(lines, at) for at in range(len(lines))):
        return 0.95
    tails = [tail for tail in (read_tail(lines, at) for at in range(len(lines))) if tail is not None]
    whole = sum(tail.date is not None and not tail.is_lone_date for tail in tails)
    if whole or sum(tail.author_count is not None for tail in tails) > 1:
        return 0.8
    if sum(line.text == "Submitted by" for line in lines) > 1:
        return 0.7
    header = read_header(lines, 0)
    rest = lines[header.lines :] if header else lines
    if header and header.date and len(rest) > 1:
        return 0.6
    # "SubscribeA Title": no other text begins with a piece of this page's header glued to a title.
    glued = header is not None and header.rest and len(rest) > 1 and len(rest[1].text) >= _GLUED_ABSTRACT
    return 0.5 if glued else _shape(rest)


def _shape(lines: Sequence[Line]) -> float:
    """A little sure where titles and abstracts alternate, one line each, as in no prose."""
    # The last of many lines may be cut by the head's end.
    whole = lines[:-1] if len(lines) > 2 * _SHAPE_PAIRS else lines
    pairs = list(zip(whole[::2], whole[1::2], strict=False))
    alternate = all(len(title.text) <= _TITLE and title.text[-1] != "." for title, _ in pairs) and all(
        len(abstract.text) >= _ABSTRACT for _, abstract in pairs
    )
    return 0.3 if alternate and len(pairs) >= _SHAPE_PAIRS else 0.0
