"""Text of lines -> records of tagged fields: what RIS, ISI, EndNote and Ovid exports share.

Knows no tag: which line begins a field or a record is for each format to say. Breaks lines as lines.py does, and keeps
the blanks at their begin, which lines.py folds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import fold_space
from ..types import Level
from .decode import decode
from .reading import Place, Reading

_BREAK = re.compile(r"\r\n|\r|\n")


def text_of(reading: Reading) -> str:
    """The whole dump as text; what is odd about its bytes is told as problems."""
    with reading.content() as stream:
        decoded = decode(stream.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    return decoded.text


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Every line with its number, counted from 1; "" for one that is blank. Byte-order marks within are left out."""
    for number, raw in enumerate(_BREAK.split(text), start=1):
        line = raw.strip("\ufeff\0")
        yield number, line if fold_space(line) else ""


def ends_whole(text: str) -> bool:
    """Whether the last line has its end, so that it is not cut short."""
    return text.endswith(("\n", "\r"))


class Record:
    """One record while its lines come in: where it stands, how many lines it has, and its fields in order."""

    def __init__(self, number: int) -> None:
        self.first = self.last = number
        self.lines: list[str] = []
        self._fields: list[tuple[str, list[str]]] = []

    @property
    def place(self) -> Place:
        """First and last line."""
        return self.first, self.last

    @property
    def weight(self) -> int:
        """How many lines that are not blank it has."""
        return len(self.lines)

    @property
    def text(self) -> str:
        """All of its lines."""
        return "\n".join(self.lines)

    def field(self, number: int, line: str, tag: str, value: str) -> None:
        """Take a line that begins a field."""
        self._take(number, line)
        self._fields.append((tag, [value]))

    def more(self, number: int, line: str) -> None:
        """Take a line that goes on with the last field."""
        self._take(number, line)
        if self._fields:
            self._fields[-1][1].append(line.strip())

    def _take(self, number: int, line: str) -> None:
        self.last = number
        self.lines.append(line)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Tag and value of each field, wrapped lines joined with blanks."""
        for tag, parts in self._fields:
            yield tag, " ".join(filter(None, parts))

    def rows(self, tag: str) -> list[str]:
        """The lines of all fields with that tag, one value a line."""
        return [part for name, parts in self._fields if name == tag for part in parts if part]

    def has(self, *tags: str) -> bool:
        """Whether one of these fields is there."""
        return any(name in tags for name, _ in self._fields)

    @property
    def last_tag(self) -> str:
        """The tag of its last field."""
        return self._fields[-1][0] if self._fields else ""

    def all(self, *tags: str) -> list[str]:
        """The values of these fields, in the order of the tags, empty ones left out."""
        values = list(self.fields())
        return [value for wanted in tags for tag, value in values if tag == wanted and value]

    def one(self, *tags: str) -> str:
        """The first value of these fields that is not empty; empty without one."""
        return next(iter(self.all(*tags)), "")

    def refuse(self, reading: Reading, reason: str, *, level: Level = "error") -> None:
        """Tell the whole record as a problem."""
        reading.refuse(level, reason, place=self.place, text=self.text, weight=self.weight)
