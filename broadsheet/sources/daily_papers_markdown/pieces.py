"""Markdown, or an export with each address on a line of its own -> links and texts in their order.

Takes escapes and images out of texts. Does not know papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ...text import fold_space

#: Characters of a link's text; an abstract that is one link has a few thousand.
_LONGEST_LINK = 30_000
_MOST_OPEN = 50
#: Characters of a pair of brackets at a line's begin that is no link: "[x]", "[image: someone]".
_LONGEST_PAIR = 60

_TARGET = r"\(\s?<?([^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,2000}){0,5})>?(?:\s\"[^\"\n]{0,500}\")?\s?\)"
_SIGN = re.compile(rf"\\[^\n]?|(!?\[)|(\])(?:{_TARGET})?|\n[ ]{{0,3}}#{{1,6}}[ \t]*(?=\[)|(\n[ \t]{{0,99}}(?=\n))")
_BEFORE = re.compile(r"[ \t]*(?:#{1,6}[ \t]*|[-*+][ \t]+|\d{1,4}\.[ \t]+)?\Z")
_HASHES = re.compile(r"\s*#{1,6}\s*\Z")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~$\"'&=])")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^\s()]{0,2000}(?:\s\"[^\"\n]{0,500}\")?\)")
_INNER = re.compile(r"\[([^\[\]]{0,2000})\]\([^\s()]{1,2000}\)")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000})>")
_LINE_END = re.compile(r"\\{1,2}[ \t]*(?=\n|\Z)|\\(?=  )")
_ADDRESS = re.compile(r"https?://\S+")
_WHOLE = re.compile(r"/papers/\d{4}\.\d{5}(?:#community)?\Z")


class Piece(NamedTuple):
    """A link, or what stands on a line beside links."""

    text: str
    #: Empty for a text.
    url: str
    #: Lines, counted from 1, both inclusive.
    first: int
    last: int
    #: It is a heading.
    heading: bool = False


def plain(markdown: str) -> str:
    """What readers see of a piece of Markdown: images out, inner links as their text, escapes undone, one line."""
    text = _IMAGE.sub(" ", _LINE_END.sub(" ", markdown))
    text = _AUTOLINK.sub(r"\1", _INNER.sub(r"\1", text))
    return fold_space(_ESCAPED.sub(r"\1", text))


@dataclass(slots=True)
class _Open:
    begin: int
    inner: int
    image: bool
    at_line_start: bool
    heading: bool


def of_markdown(text: str) -> Iterator[Piece]:
    """Links that stand in no other link, and the rest of each line."""
    place, line = 0, 1
    for begin, inner, end, url in _outermost(text):
        before = text[place:begin]
        heading = bool(_HASHES.search(before[before.rfind("\n") + 1 :])) and "\n" in "\n" + before
        yield from _texts(_HASHES.sub("", before) if heading else before, line)
        line += before.count("\n")
        last = line + text.count("\n", begin, end)
        yield Piece(plain(text[begin + 1 : inner]), url, line, last, heading)
        place, line = end, last
    yield from _texts(text[place:], line)


def of_addresses(text: str) -> Iterator[Piece]:
    """A text with the address on the line below it is a link; an address below another has no text."""
    waiting: Piece | None = None
    lines = text.split("\n")
    for number, raw in enumerate(lines, start=1):
        line = fold_space(raw)
        if not line:
            continue
        # What the file ends with may go on, and be another address; an id has five digits at most.
        if _ADDRESS.fullmatch(line) and (number < len(lines) or _WHOLE.search(line)):
            yield Piece(waiting.text if waiting else "", line, waiting.first if waiting else number, number)
            waiting = None
            continue
        if waiting:
            yield waiting
        waiting = Piece(_ESCAPED.sub(r"\1", line), "", number, number)
    if waiting:
        yield waiting


def _texts(text: str, line: int) -> Iterator[Piece]:
    for number, raw in enumerate(text.split("\n"), start=line):
        kept = plain(raw)
        if kept:
            yield Piece(kept, "", number, number)
        elif raw.strip():
            # A line that is there and says nothing: the end of a paragraph, or images alone.
            yield Piece("![]" if "![" in raw else "", "", number, number)


def _outermost(text: str) -> list[tuple[int, int, int, str]]:
    """Begin, end of the text, end and address of every link that stands in no other."""
    found: list[tuple[int, int, int, str]] = []
    for link in _links(text):
        while found and found[-1][0] >= link[0]:
            found.pop()
        if not found or found[-1][2] <= link[0]:
            found.append(link)
    return found


def _links(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Every link in the order of their ends; images are none."""
    opened: list[_Open] = []
    for sign in _SIGN.finditer(text):
        if sign[1]:
            at = sign.start()
            line = text[max(at - 12, 0) : at].rpartition("\n")
            starts = bool(_BEFORE.match(line[2])) and (bool(line[1]) or at <= 12)
            opened.append(_Open(at, sign.end(), sign[1] == "![", starts, "#" in line[2]))
            del opened[:-_MOST_OPEN]
        elif sign[3] and opened:
            index = _opener(opened, sign[3])
            link = opened[index]
            del opened[index:]
            if not link.image and sign.start() - link.inner <= _LONGEST_LINK:
                yield link.begin, sign.start(), sign.end(), sign[3]
        elif sign[2] and opened:
            last = opened[-1]
            if not last.at_line_start or (
                sign.start() - last.inner <= _LONGEST_PAIR and "\n" not in text[last.inner : sign.start()]
            ):
                opened.pop()
        elif sign[4]:
            # A heading is one paragraph: one whose link is damaged takes nothing of what follows.
            opened = [link for link in opened if not link.heading]
        elif sign[0].startswith("\n"):
            opened.clear()


def _opener(opened: list[_Open], url: str) -> int:
    """Which bracket a link to this address began with; an abstract that is a link may hold brackets without a pair."""
    if not opened[-1].image and "/papers/" in url:
        for index, link in enumerate(opened):
            if link.at_line_start and not link.image:
                return index
    return len(opened) - 1
