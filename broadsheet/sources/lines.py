"""Text -> its non-blank lines, numbered as an editor numbers them.

Breaks lines at CR LF, LF and CR only: a form feed, U+2028 and their like are white space within a line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..text import fold_space

_BREAK = re.compile(r"\r\n|\r|\n")


class Line(NamedTuple):
    """A line that is not blank. A tuple, as a dump may have a million of them."""

    #: Counted from 1, blank lines included.
    number: int
    #: With its white space folded.
    text: str
    #: Characters it had before anything was cut from its begin.
    width: int


def lines_of(text: str) -> list[Line]:
    """The non-blank lines of a decoded dump, in their order."""
    lines = []
    for number, raw in enumerate(_BREAK.split(text), start=1):
        folded = fold_space(raw)
        if folded:
            lines.append(Line(number, folded, len(folded)))
    return lines
