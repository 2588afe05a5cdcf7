"""Text in lines for a mail that is read as it stands: no line wider than a terminal likes, no URL cut in two."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from .characters import one_line

WIDTH = 72


class Laid(str):
    """Text that is laid out already: it may hold line ends."""

    __slots__ = ()


def for_text(value: object) -> object:
    """A value on its way into text: on one line, unless it is laid out already."""
    return value if isinstance(value, Laid) else one_line(str(value))


def wrapped(text: str, first: str = "", rest: str | None = None) -> Laid:
    """The text in lines of at most WIDTH columns: the first begins with first, the others with rest.

    Words that are wider are cut, but for URLs. Text without blanks (Chinese, say) is cut where the line is full.
    """
    rest = " " * columns(first) if rest is None else rest
    lines, line, used = list[str](), first, columns(first)
    begun = False
    for word in one_line(text).split():
        for part in _parts(word, WIDTH - columns(rest)):
            gap = 1 if begun else 0
            if begun and used + gap + columns(part) > WIDTH:
                lines.append(line)
                line, used, gap = rest, columns(rest), 0
            line += " " * gap + part
            used += gap + columns(part)
            begun = True
    return Laid("\n".join([*lines, line]).rstrip())


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_column(char) for char in text)


def underlined(text: str, line: str = "-") -> Laid:
    """The text, wrapped, with a line below it."""
    told = wrapped(text)
    return Laid(f"{told}\n{line * max(map(columns, told.splitlines()), default=0)}")


def _column(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _parts(word: str, width: int) -> Iterator[str]:
    """A word in parts of at most this width; a URL stays whole."""
    if columns(word) <= width or "://" in word:
        yield word
        return
    part, used = "", 0
    for char in word:
        if used + _column(char) > width:
            yield part
            part, used = "", 0
        part += char
        used += _column(char)
    yield part
