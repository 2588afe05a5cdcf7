"""The text of XML -> the texts of its records, each with what it stands in: nothing parsed, everything accounted for.

Finds where records begin and end by their names alone, so that damage costs the record it is in and no other. Knows no
format and reads no field; xml_records.py does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ..errors import ParseFailed
from .reading import Reading
from .xml_window import Window

#: Characters of one record; longer is none.
LONGEST_RECORD = 8_000_000
#: Characters of a start tag.
_LONGEST_TAG = 64_000
_USUAL_RECORD = 16_000
_OVERLONG = "a record of unbelievable length"
#: Open elements that are remembered; deeper ones are only counted.
_DEEPEST = 200

_TOKEN = re.compile(r"<(?:(!--|!\[CDATA\[|!|\?)|(/?)([^\W\d][\w.:-]{0,300}))")
_TAG_END = re.compile(r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>""")
_MARKUP = {"!--": "-->", "![CDATA[": "]]>", "?": "?>", "!": ">"}
_ENTITY = re.compile(r"<!ENTITY\s", re.IGNORECASE)


class Piece(NamedTuple):
    """A record, or a piece of furniture, with the start tags of what it stands in before it, and their ends after."""

    record: bool
    name: str
    before: str
    text: str
    after: str
    #: Where it begins, counted from 1.
    line: int


class _Furnishing(NamedTuple):
    """A piece of furniture that is open: its local name, how deep it stands, and in what."""

    name: str
    depth: int
    before: str


class Cutter(Window):
    """Cuts one dump. records, furniture: local names of elements; records hold no records."""

    def __init__(
        self, reading: Reading, characters: Iterator[str], records: Collection[str], furniture: Collection[str]
    ) -> None:
        super().__init__(characters)
        self._reading = reading
        self._records, self._furniture = frozenset(records), frozenset(furniture)
        names = "|".join(sorted(map(re.escape, records)))
        prefix = r"(?:[\w.-]{1,100}:)?"
        # The end of a record, or anything that shows that this one has none: sections and comments are jumped over.
        self._inside = re.compile(
            rf"<(?:(!\[CDATA\[)|(!--)|/{prefix}({names})\s*>|(?:{prefix}(?:{names})(?=[\s/>])|\?xml\s))"
        )
        self._stack: list[tuple[str, str]] = []  # names and start tags of what is open
        self._open_tags: tuple[str, str] | None = None  # _around(), until the stack changes
        self._depth = 0
        self._furnishing: _Furnishing | None = None
        self._elements = False
        self._overlong = ""  # name of a record that was given up, and whose end is still to come
        self._cut = False  # whether a record was cut by the end of the file

    def pieces(self) -> Iterator[Piece]:
        """The records and furniture in their order. Raises ParseFailed for what is no XML, or declares entities."""
        while found := self._seek():
            markup, closing, name = found[1], found[2], found[3]
            if markup:
                self._pass_over(markup)
                continue
            length = self._tag_length(len(found[0]))
            if length is None:
                # No tag: a "<" in running text, or one that the end of the file has cut.
                self.at += 1
                continue
            self._elements = True
            local = name.rpartition(":")[2]
            if closing:
                self._close(name, local, length)
                if self._furnishing and self._depth <= self._furnishing.depth:
                    yield self._furniture_piece()
            elif local in self._records:
                if self._furnishing:
                    # What holds records is handed out as far as it stands before the first of them.
                    yield self._furniture_piece()
                if self._record(local, length):
                    yield self._piece(True, local, self._around()[0])
            else:
                self._open(name, local, length)
                if self._furnishing and self._depth <= self._furnishing.depth:
                    yield self._furniture_piece()
        self._finish()

    # Where things begin and end.

    def _seek(self) -> re.Match[str] | None:
        """Go to the next "<" that begins something, and say what; None at the end of the text."""
        while True:
            found = _TOKEN.search(self.text, self.at)
            if found and (self.done or found.end() + 9 < len(self.text)):
                self.at = found.start()
                return found
            if self.done:
                return None
            self.at = found.start() if found else max(self.at, len(self.text) - 9)
            self.more()

    def _tag_length(self, begin: int) -> int | None:
        """How long the tag at `at` is, whose name ends `begin` behind it; None where it is no tag."""
        found = _TAG_END.match(self.text, self.at + begin)
        if found:
            return found.end() - self.at
        end = self.find(">", begin, _LONGEST_TAG)
        if end < 0:
            return None
        while True:
            found = _TAG_END.match(self.text, self.at + begin)
            if found:
                return found.end() - self.at
            other = self.text.find("<", self.at + begin)
            if other >= 0 or self.done or len(self.text) - self.at > _LONGEST_TAG:
                # A quote that is not closed; then the first ">" ends the tag, if it still belongs to it.
                return end + 1 if other < 0 or other - self.at > end else None
            self.more()

    def _pass_over(self, markup: str) -> None:
        """Jump over a comment, a section, a declaration."""
        if markup == "!":
            self.find(">", 2, _LONGEST_TAG)
            if not self._elements and _ENTITY.match(self.text, self.at):
                reason = "declares entities of its own (DTD), which no listing does; save the listing itself"
                raise ParseFailed(self._reading.dump.name, reason)
            # What else is declared reads as markup that says nothing.
            self.at += 2
            return
        if markup == "?" and self._elements and self.text.startswith("<?xml ", self.at):
            self._another()
        end = self.find(_MARKUP[markup], len(markup) + 1, LONGEST_RECORD)
        self.at += len(markup) + 1 if end < 0 else end + len(_MARKUP[markup])

    def _another(self) -> None:
        """One more document begins in the same file."""
        if self._stack:
            reason = f"the file goes on with another document before <{self._stack[0][0]}> is closed"
            self._reading.note("warning", f"{reason}; papers may be missing")
        self._stack, self._depth, self.mark, self._furnishing, self._open_tags = [], 0, None, None, None

    def _open(self, name: str, local: str, length: int) -> None:
        """Take a start tag at `at` that is no record's into account."""
        if self._furnishing is None and local in self._furniture:
            self._furnishing = _Furnishing(local, self._depth, self._around()[0])
            self.mark = self.at
        elif self._furnishing and self.mark is not None and self.at - self.mark > LONGEST_RECORD:
            reason = f"an element <{self._furnishing.name}> of unbelievable length is passed over"
            self._reading.note("warning", reason)
            self._furnishing = self.mark = None
        tag = self.text[self.at : self.at + length]
        self.at += length
        if not tag.endswith("/>"):
            self._depth += 1
            if self._depth <= _DEEPEST:
                self._stack.append((name, tag))
                self._open_tags = None

    def _close(self, name: str, local: str, length: int) -> None:
        """Take an end tag at `at` into account."""
        self.at += length
        if local == self._overlong:
            self._overlong = ""
        elif local in self._records:
            begin = max(0, self.at - 2_000) if self.mark is None else self.mark
            text = self.text[begin : self.at]
            self._reading.refuse("error", f"the end of a record <{local}> without its begin", text=text)
        elif self._depth > _DEEPEST:
            self._depth -= 1
        else:
            # An end that nothing begins is passed over; one that skips others closes them.
            for place in range(len(self._stack) - 1, -1, -1):
                if self._stack[place][0] == name:
                    del self._stack[place:]
                    self._depth, self._open_tags = place, None
                    break

    def _record(self, local: str, length: int) -> bool:
        """Go behind the end of the record at `at` whose start tag has this length; False, and told, without an end."""
        line, self._overlong = self.line_of(self.at), ""
        self.mark, self.at = self.at, self.at + length
        if self.text.startswith("/>", self.at - 2) or self._plain(local):
            return True
        while True:
            found = self._inside.search(self.text, self.at)
            if not found or (not self.done and found.end() + 9 > len(self.text)):
                # What may be the begin of something is looked at again, with what follows.
                begun = self.text.rfind("<", max(self.at, len(self.text) - 400))
                self.at = found.start() if found else begun if begun >= 0 else len(self.text)
                if len(self.text) - self.mark > LONGEST_RECORD:
                    self._overlong = local
                    return self._torn(line, _OVERLONG)
                if self.done:
                    self.at, self._cut = len(self.text), True
                    return self._torn(line, "the file ends in the middle of a record")
                self.more()
            elif found[1] or found[2]:
                self.at = found.start()
                self._pass_section(found[1] or found[2])
            elif found[3] == local:
                self.at = found.end()
                return self.at - self.mark <= LONGEST_RECORD or self._torn(line, _OVERLONG)
            elif found[3]:
                self.at = found.end()
            else:
                self.at = found.start()
                return self._torn(line, "a record without its end")

    def _plain(self, local: str) -> bool:
        """Go behind the end of a record that holds nothing that has to be looked at, as nearly all do."""
        text, begin = self.text, self.at
        other = text.find(f"<{local}", begin, begin + _USUAL_RECORD)
        end = text.find(f"</{local}>", begin, other if other >= 0 else begin + _USUAL_RECORD)
        if end < 0 or any(text.find(sign, begin, end) >= 0 for sign in ("<!", f":{local}", "<?xml")):
            return False
        self.at = end + len(local) + 3
        return True

    def _pass_section(self, markup: str) -> None:
        """Jump over a section of CDATA or a comment within a record; only over its begin where it has no end."""
        end, begin = _MARKUP[markup], len(markup) + 1
        length = self.find(end, begin, LONGEST_RECORD)
        # An end that belongs to another one, which begins before it, is not its own.
        if length < 0 or self.text.find(f"<{markup}", self.at + begin, self.at + length) >= 0:
            self.at += begin
        else:
            self.at += length + len(end)

    def _torn(self, line: int, what: str) -> bool:
        text = self.text[self.mark : self.at]
        self.mark = None
        self._reading.refuse("error", f"{what} (begun in line {line}); what there is of it is not taken", text=text)
        return False

    # What comes of it.

    def _furniture_piece(self) -> Piece:
        assert self._furnishing  # noqa: S101
        piece = self._piece(False, self._furnishing.name, self._furnishing.before)
        self._furnishing = None
        return piece

    def _around(self) -> tuple[str, str]:
        """The start tags of what is open, and their ends."""
        if self._open_tags is None:
            ends = "".join(f"</{name}>" for name, _ in reversed(self._stack))
            self._open_tags = "".join(tag for _, tag in self._stack), ends
        return self._open_tags

    def _piece(self, record: bool, name: str, before: str) -> Piece:
        begin = self.at if self.mark is None else self.mark
        self.mark = None
        return Piece(record, name, before, self.text[begin : self.at], self._around()[1], self.line_of(begin))

    def _finish(self) -> None:
        if not self._elements:
            raise ParseFailed(self._reading.dump.name, "holds no whole element of XML; save the listing itself")
        if self._stack and not self._cut:
            reason = f"the file ends before <{self._stack[0][0]}> is closed; papers may be missing"
            self._reading.note("warning", reason, text=self.text[max(0, len(self.text) - 300) :])
