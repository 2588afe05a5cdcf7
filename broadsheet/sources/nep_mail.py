"""The mails of NEP, RePEc's New Economics Papers -> entries.

A mail has a table of contents, then each paper again with its authors, abstract and fields; only the second counts.
Both layouts are read: that of the 2000s (authors indented, abstract below) and that with "By:" and "Abstract:". The URL
is the last field of a paper; what comes behind it and before the next number is the mail's foot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..types import Entry
from . import names, stated
from .head import Head
from .reading import Reading
from .references import date_of, named
from .text_records import Record, ends_whole, numbered, text_of

NAME = "nep-mail"
TITLE = "RePEc's NEP mails"

_NAME = "NEP: New Economics Papers"
_RULE = re.compile(r"\s*[-_=–—]{20,}\s*")
_NUMBER = re.compile(r"\s{0,4}(\d{1,3})\.\s+(\S.*)", re.DOTALL)
_LABEL = re.compile(r"\s{0,6}(By|Author|Abstract|Keywords?|JEL|Date|URL):(?:\s+(.*)|\s*)$", re.DOTALL | re.IGNORECASE)
_CONTENTS = re.compile(r"\s*(?:in this issue(?: we have| we feature)?|contents)\b.{0,60}:\s*", re.IGNORECASE)
_COUNT = re.compile(
    r"(?:^|[\r\n])\s*Papers:\s*(\d{1,4})\s|(?:^|[\r\n])\s*(\d{1,4}) papers? chosen by|, (\d{1,4}) papers\s"
)
_DAY = re.compile(r"\[nep-\w+\]\s+(\d{4}-\d\d-\d\d)|(?:Issue of\s+|Date:\s+)(\d{4}[-‒–]\d\d[-‒–]\d\d)")
_PARENTHESES = re.compile(r"\([^()]{0,1000}\)")
_DASH = re.compile("[‒–—]")


def sniff(head: Head) -> float:
    """Sure of the name of the service with links into RePEc, or with one of its subjects."""
    if head.root or head.is_json:
        return 0.0
    if re.search(r"(?:^|[\r\n])\s{0,9}(?:NEP: New Economics Papers|Subject:\s*\[nep-\w+\])", head.text):
        return 0.95
    return 0.7 if "d.repec.org/n?u=RePEc:" in head.text else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each paper of the second part."""
    reading.unit = "lines"
    text = text_of(reading)
    _head(reading, text)
    lines = list(numbered(text))
    heads = [at for at, (_, line) in enumerate(lines) if _NAME in line]
    # Mails one behind the other, each with its own name, table of contents and numbers.
    begins = [0, *heads[1:]]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield from _mail(reading, lines[begin:end], whole=end < len(lines) or ends_whole(text))


def _mail(reading: Reading, lines: list[tuple[int, str]], *, whole: bool) -> Iterator[Entry]:
    """The papers of one mail; whole: its last line is."""
    begin = _first(lines)
    reading.furniture(sum(1 for _, line in lines[:begin] if line))
    paper: _Paper | None = None
    for index in range(begin, len(lines)):
        number, line = lines[index]
        if not line:
            if paper is not None:
                paper.gap = True
            continue
        found = _NUMBER.fullmatch(line)
        if found and (paper is None or paper.is_before(int(found[1]))):
            if paper is not None and not paper.done:
                yield from _entry(reading, paper)
            paper = _Paper(number, line, int(found[1]), found[2])
        elif paper is None or paper.done:
            reading.furniture()
        elif paper.take(number, line) and (whole or index + 1 < len(lines)):
            paper.done = True
            yield from _entry(reading, paper)
    if paper is not None and not paper.done:
        paper.refuse(reading, "the file ends within this paper: its URL is missing or cut")


def _head(reading: Reading, text: str) -> None:
    """How many papers each mail says it has, and of which day it is."""
    for at in [found.start() for found in re.finditer(_NAME, text)] or [0]:
        head = text[max(0, at - 1_000) : at + 2_000]
        count = _COUNT.search(head)
        if count:
            reading.announced = (reading.announced or 0) + int(count[1] or count[2] or count[3])
        day = _DAY.search(head)
        found = stated.day(_DASH.sub("-", day[1] or day[2]))[0] if day else None
        if found:
            reading.dated(found)


def _first(lines: list[tuple[int, str]]) -> int:
    """Where the second part begins: behind the rule that ends the table of contents, or with the first number."""
    heading = next((at for at, (_, line) in enumerate(lines) if _CONTENTS.fullmatch(line)), None)
    if heading is not None:
        listed = False
        for at in range(heading, len(lines)):
            listed = listed or bool(_NUMBER.fullmatch(lines[at][1]))
            if listed and _RULE.fullmatch(lines[at][1]):
                return at + 1
        return len(lines)
    # Without such a heading: the last number 1 before the first URL.
    first = len(lines)
    for at, (_, line) in enumerate(lines):
        found, label = _NUMBER.fullmatch(line), _LABEL.fullmatch(line)
        if found and found[1] == "1":
            first = at
        elif label and label[1].lower() == "url":
            break
    return first


class _Paper(Record):
    """One paper while its lines come in."""

    def __init__(self, line_number: int, line: str, number: int, title: str) -> None:
        super().__init__(line_number)
        self.number = number
        #: Its last line was read.
        self.done = False
        #: A blank line was the last.
        self.gap = False
        self.field(line_number, line, "title", title.strip())

    def is_before(self, number: int) -> bool:
        """Whether a line with this number may begin the next paper, and is not one of a list in the abstract."""
        return number == self.number + 1 and (self.done or self.gap)

    def take(self, number: int, line: str) -> bool:
        """Take its next line; whether that is its last, the URL."""
        found = _LABEL.fullmatch(line)
        if found:
            label = found[1].lower()
            self.field(number, line, "authors" if label in ("by", "author") else label, (found[2] or "").strip())
        elif self.gap and not self.has("authors", "abstract"):
            # The layout without labels: behind the title the authors, one a line and indented, then the abstract.
            self.field(number, line, "authors" if line[:1].isspace() else "abstract", line.strip())
        elif self.gap and self.has("authors") and not self.has("abstract"):
            self.field(number, line, "abstract", line.strip())
        else:
            self.more(number, line)
        self.gap = False
        return self.has("url") and "://" in self.one("url")


def _entry(reading: Reading, paper: _Paper) -> Iterator[Entry]:
    # Behind an author stands, in parentheses that may be wrapped, where they work.
    people = _PARENTHESES.sub(" ", _PARENTHESES.sub(" ", "\n".join(paper.rows("authors"))))
    works, _ = named(urls=paper.all("url"), journal=True)
    published, precision = date_of(*(_DASH.sub("-", day) for day in paper.all("date")))
    # One a line, or all in one line with semicolons between.
    entry = reading.entry(
        place=paper.place,
        weight=paper.weight,
        title=paper.one("title"),
        abstract=paper.one("abstract"),
        authors=[names.upright(name) for name in re.split(r"[;\n]", people) if name.strip()],
        published=published,
        published_precision=precision,
        categories=re.split(r"[,;]?\s+", paper.one("jel")),
        **works,
    )
    if entry:
        yield entry
