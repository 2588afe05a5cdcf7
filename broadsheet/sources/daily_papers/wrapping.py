"""How a page was set: wrapped at which width, at hyphens or not, with blank lines between its paragraphs or without.

From that: where a line break may be a wrap, and how wrapped lines join. Knows lines, not titles and abstracts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..lines import Line
from .wording import starts_lower

_WIDEST = 400  # columns; nobody wraps wider, and abstracts are longer
_FEWEST = 3  # continued lines that show a width
_TITLE_SIZE = 250  # characters; longer titles are rare, and shorter abstracts, too

# A word's first part, with its hyphen, where a wrap might cut it: "state-" of "state-of-the-art".
_FIRST_PART = re.compile(r"[A-Za-z]{3,}-(?=[A-Za-z]{3})")
_CUT_WORD = re.compile(r"\w-$")
_CUT_DASH = re.compile(r"\w--+$")
# "pre- and post-training": a hyphen that a blank follows; but not "plug-and-play".
_HANGING = re.compile(r"(?:and|or|to|nor|as|but|versus|vs\.?)(?![\w-])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a page was set."""

    #: Columns at which it was wrapped; None where every line break means something.
    width: int | None = None
    #: Whether the wrap cut words at their hyphens.
    cuts_words: bool = False
    #: Whether blank lines stand between its paragraphs.
    gapped: bool = False


def adjacent(line: Line, following: Line) -> bool:
    """Whether no blank line stands between them."""
    return following.number == line.number + 1


def setting_of(runs: Sequence[Sequence[Line]]) -> Setting:
    """How a page was set, from its runs of text."""
    gapped = _gapped(runs)
    width = _width(_pairs(runs))
    if width is None:
        return Setting(gapped=gapped)
    wrapped = Setting(width=width)
    wraps = [pair for pair in _pairs(runs) if may_be_wrap(*pair, wrapped)]
    return Setting(width=width, cuts_words=_cuts_words(wraps, width), gapped=gapped)


def _gapped(runs: Sequence[Sequence[Line]]) -> bool:
    """Whether blank lines set titles apart: then many of the paragraphs between blank lines are as short as titles."""
    sizes = [0]
    gaps = 0
    for run in runs:
        for line, above in zip(run, [None, *run], strict=False):
            if above is None or not adjacent(above, line):
                gaps += above is not None
                sizes.append(0)
            sizes[-1] += len(line.text) + 1
    short = sum(0 < size <= _TITLE_SIZE for size in sizes)
    return gaps > 0 and short * 5 >= len(sizes) - 1


def _pairs(runs: Sequence[Sequence[Line]]) -> Iterator[tuple[Line, Line]]:
    for run in runs:
        yield from pairwise(run)


def _width(pairs: Iterable[tuple[Line, Line]]) -> int | None:
    """The width at which lines were wrapped.

    Lines that go on in lower case on the next line show it: nearly the longest of them is the width. Rather too small
    than too large, as then fewer breaks are certain and none is wrong.
    """
    widths = sorted(
        line.width
        for line, following in pairs
        if line.width <= _WIDEST and adjacent(line, following) and starts_lower(following.text)
    )
    if len(widths) < _FEWEST:
        return None
    width = widths[int(0.97 * (len(widths) - 1))]
    # Lines of all lengths go on in lower case in lists and verse; wrapped ones are nearly full.
    full = sum(candidate >= 0.7 * width for candidate in widths)
    return width if full >= 0.6 * len(widths) else None


def _cuts_words(wraps: Sequence[tuple[Line, Line]], width: int) -> bool:
    """Whether the wrap cut words at hyphens: many lines end so, and none lacks the part of a word it had room for."""
    cut = room = 0
    for line, following in wraps:
        part = _FIRST_PART.match(following.text)
        room += part is not None and line.width + 1 + len(part[0]) <= width
        cut += _CUT_WORD.search(line.text) is not None and not _HANGING.match(following.text)
    return cut > room


def may_be_wrap(line: Line, following: Line, setting: Setting) -> bool:
    """Whether the break between two lines may be a wrap: the next word would not have fitted on the line."""
    width = setting.width
    if width is None or not adjacent(line, following):
        return False
    if line.width > width and " " in line.text:
        # Longer than wrapped lines get, one endless word apart.
        return line.width <= width + 2 and starts_lower(following.text)
    first = following.text.partition(" ")[0]
    return line.width + 1 + len(first) > width


def join(lines: Sequence[Line], setting: Setting) -> str:
    """One text of the lines, white space folded, and words that a wrap cut made whole."""
    parts: list[str] = []
    for at, line in enumerate(lines):
        if at and not _word_goes_on(lines[at - 1], line, setting):
            parts.append(" ")
        parts.append(line.text)
    return "".join(parts)


def _word_goes_on(line: Line, following: Line, setting: Setting) -> bool:
    """Whether a wrap cut a word: behind its hyphen, at a dash, or anywhere in an address longer than a line."""
    if setting.width is None or not may_be_wrap(line, following, setting):
        return False
    last, first = line.text.rpartition(" ")[2], following.text.partition(" ")[0]
    if setting.cuts_words:
        if _CUT_WORD.search(last) and first[0].isalnum():
            return not _HANGING.match(following.text)
        if _CUT_DASH.search(last) or (first.startswith("--") and first.strip("-") and last[-1].isalnum()):
            return True
    full = setting.width <= line.width <= setting.width + 2
    return full and len(last) + len(first) > setting.width and "://" in last
