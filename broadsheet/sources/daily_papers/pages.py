"""Lines -> pages -> blocks: what is header, tail and furniture, and which runs of text lie between them.

A block is a run of text lines and the tail below it. Which of its lines are titles and which abstracts is for
segments.py to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ...dates import ShownDate
from ..lines import Line
from .header import begins_header, read_header
from .tails import Tail, read_tail, read_torn_tail
from .wording import ends_sentence, starts_lower
from .wrapping import Setting, adjacent, may_be_wrap, setting_of

#: A line longer than this is nobody's title or abstract.
LONGEST_LINE = 20_000

#: What ended a run of text: its tail, other furniture, a line too long to be read, the next page, the end of the file.
End = Literal["tail", "furniture", "overlong", "page", "file"]

_SUBMITTED = re.compile(r"Submitted by(?:\s*[\w.-]+)?")
_USER = re.compile(r"@?[\w.-]+")


@dataclass(slots=True, kw_only=True)
class Block:
    """A run of text lines and what ended it."""

    text: list[Line] = field(default_factory=list)
    tail: Tail | None = None
    end: End = "file"


@dataclass(slots=True, kw_only=True)
class Page:
    """One page of a copy."""

    date: ShownDate | None = None
    blocks: list[Block] = field(default_factory=list)
    #: Lines of furniture, and how many "Submitted by" were among them.
    furniture: int = 0
    #: It began with a header, if only with a piece of one that was glued to a title.
    headed: bool = False
    submitted: int = 0
    #: Lines over LONGEST_LINE.
    overlong: list[Line] = field(default_factory=list)
    setting: Setting = field(default_factory=Setting)


def read_pages(lines: Sequence[Line]) -> list[Page]:
    """The pages of a dump, at least one; every line is in exactly one place."""
    reader = _Reader(list(lines))
    at = 0
    while at < len(lines):
        at = reader.step(at)
    reader.close("file")
    for page in reader.pages:
        page.setting = setting_of([block.text for block in page.blocks])
    _drop_wrapped_dates(reader.pages)
    return reader.pages


class _Reader:
    """Walks over the lines once."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.pages = [Page()]
        self.block = Block()

    def step(self, at: int) -> int:
        """Take what begins at this line; gives the next line to look at."""
        line = self.lines[at]
        if at == 0 or begins_header(self.lines, at):
            after = self.header(at)
            if after is not None:
                return after
        if len(line.text) > LONGEST_LINE:
            self.close("overlong")
            self.pages[-1].overlong.append(line)
            return at + 1
        if line.text.startswith("Submitted by") and _SUBMITTED.fullmatch(line.text):
            return self.submitted(at)
        tail = read_tail(self.lines, at)
        if tail is None and at == len(self.lines) - 1:
            return self.torn(line)
        if tail is None:
            self.block.text.append(line)
            return at + 1
        self.block.tail = tail
        self.close("tail")
        return at + len(tail.lines)

    def header(self, at: int) -> int | None:
        """Take a header; None where there is none after all."""
        header = read_header(self.lines, at)
        if header is None:
            return None
        if at > 0:
            self.close("page")
            if self.has_papers():
                self.pages.append(Page())
        page = self.pages[-1]
        page.furniture += header.lines
        page.headed = True
        page.date = header.date or page.date
        after = at + header.lines
        if header.rest:
            glued = self.lines[after]
            self.lines[after] = Line(glued.number, header.rest, glued.width)
            return self.step_behind_header(after)
        return after

    def step_behind_header(self, at: int) -> int:
        """Take the text that was glued to a header; it is no header itself."""
        line = self.lines[at]
        if _SUBMITTED.fullmatch(line.text):
            return self.submitted(at)
        self.block.text.append(line)
        return at + 1

    def submitted(self, at: int) -> int:
        """Take "Submitted by" and the user on the next line."""
        self.close("furniture")
        page = self.pages[-1]
        page.submitted += 1
        page.furniture += 1
        alone = self.lines[at].text == "Submitted by"
        if alone and at + 1 < len(self.lines) and _USER.fullmatch(self.lines[at + 1].text):
            page.furniture += 1
            return at + 2
        return at + 1

    def torn(self, line: Line) -> int:
        """Take the last line of the file, of which a tail may be torn."""
        blocks = self.pages[-1].blocks
        above = blocks[-1].tail if blocks and not self.block.text else None
        tail = read_torn_tail(line, above)
        if tail is None:
            self.block.text.append(line)
        elif above is not None:
            blocks[-1].tail = tail
        else:
            self.block.tail = tail
            self.close("tail")
        return len(self.lines)

    def has_papers(self) -> bool:
        return bool(self.pages[-1].blocks)

    def close(self, end: End) -> None:
        """End the run of text, if there is one."""
        if self.block.text or self.block.tail is not None:
            self.block.end = end
            self.pages[-1].blocks.append(self.block)
            self.block = Block()


def _drop_wrapped_dates(pages: Sequence[Page]) -> None:
    """Give back to the text what is no tail but the wrapped line of an abstract that happens to be a date."""
    for page in pages:
        kept: list[Block] = []
        for block in page.blocks:
            if kept and _is_wrapped_date(kept[-1], block, page.setting):
                before = kept[-1]
                before.text += [*(before.tail.lines if before.tail else ()), *block.text]
                before.tail, before.end = block.tail, block.end
            else:
                kept.append(block)
        page.blocks = kept


def _is_wrapped_date(block: Block, following: Block, setting: Setting) -> bool:
    tail = block.tail
    if tail is None or not tail.is_lone_date or not block.text or not following.text:
        return False
    above, first, last, below = block.text[-1], tail.lines[0], tail.lines[-1], following.text[0]
    if not (adjacent(above, first) and adjacent(last, below)):
        return False
    return starts_lower(below.text) or (may_be_wrap(above, first, setting) and not ends_sentence(above.text))
