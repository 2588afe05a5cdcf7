"""Sentences of an abstract, and the one that tells most. Rules for English, and the full stops of Chinese and Japanese.

Does not parse language: where a full stop may be an abbreviation's, the sentence goes on rather than being cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: A place in a text: first character and the one behind the last, from 0.
Span = tuple[int, int]

#: A sentence longer than this is shown only up to a word's end before it, in characters.
LONGEST = 420

# An end: marks, closing quotes and brackets, white space; or the full-width marks, which need no space behind them.
# A run of marks is tried once, at its beginning, and never again: time stays linear for a text of nothing else.
_END = re.compile(r"""(?<![.!?])[.!?]++["'”’)\]]*+(?=\s)|[。！？]++[”’」』）]*+""")
_ABBREVIATION = re.compile(
    r"""(?:^|[\s(\["'“‘])(?:
        [Ee]\.g | [Ii]\.e | [Ee]t\ al | [Cc]f | [Vv]s | [Vv]iz | [Rr]esp | [Aa]pprox | [Cc]a | [Vv] | [Ee]sp | [Ii]ncl
      | w\.r\.t | a\.k\.a | s\.t | i\.i\.d | [Dd]ept | [Uu]niv
      | [Ff]igs? | [Ee]qn?s? | [Ss]ec | Sect | Tab | Refs? | Alg | Thm | Def | Prop | App | Ch | Nos? | Vol | pp?
      | Dr | Prof | Mr | Mrs | Ms | St | Jr | Sr | Inc | Ltd | Co | Corp
      | (?:[A-Z]\.)*[A-Z]          # initials, U.S.
    )\.$""",
    re.VERBOSE,
)
# The longest abbreviation with what stands before it; looking further back would cost time for nothing.
_LOOK_BACK = 16
_LOOK_AHEAD = 16


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text, in order, without the white space between them."""
    spans = []
    start = _skip_space(text, 0)
    for end in _END.finditer(text):
        if end.start() >= start and _ends(text, end):
            spans.append((start, end.end()))
            start = _skip_space(text, end.end())
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return tuple(spans)


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _ends(text: str, end: re.Match[str]) -> bool:
    """Whether the marks end a sentence, and not an abbreviation or an aside within one."""
    mark = end.group()
    if mark[0] in "。！？":
        return True
    at = _skip_space(text, end.end())
    # A name may begin small and still begin a sentence, as eBPF does.
    if (word := text[at : at + _LOOK_AHEAD].split(None, 1)[:1]) and word[0][0].islower() and word[0].islower():
        return False
    if mark.rstrip("\"'”’)]") != ".":
        return True
    before = text[max(0, end.start() - _LOOK_BACK) : end.start() + 1]
    return not _ABBREVIATION.search(before)


def telling(text: str, marks: Sequence[Span]) -> Span | None:
    """The sentence that holds most of the marked words, else the first; None for a text without any.

    Cut at a word's end where it is longer than LONGEST.
    """
    spans = sentences(text)
    if not spans:
        return None
    counts = [sum(start <= mark[0] < end for mark in marks) for start, end in spans]
    start, end = spans[counts.index(max(counts))]
    if end - start > LONGEST:
        blank = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        end = blank if blank > 0 else start + LONGEST
    return start, end
