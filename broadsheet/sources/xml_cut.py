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

#: Characters of one record; longer is none.
LONGEST_RECORD = 8_000_000
#: Characters of a start tag, a comment between records and the like, and of what is shown of a torn record.
_LONGEST_TAG = 64_000
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


class Cutter:
    """Cuts one dump. records, furniture: local names of elements; records hold no records."""

    def __init__(
        self, reading: Reading, characters: Iterator[str], records: Collection[str], furniture: Collection[str]
    ) -> None:
        self._reading = reading
        self._characters = characters
        self._records, self._furniture = frozenset(records), frozenset(furniture)
        names = "|".join(sorted(map(re.escape, records)))
        prefix = r"(?:[\w.-]{1,100}:)?"
        # The end of a record, or anything that shows that this one has none: sections and comments are jumped over.
        self._inside = re.compile(
            rf"<(?:(!\[CDATA\[)|(!--)|/{prefix}({names})\s*>|(?:{prefix}(?:{names})(?=[\s/>])|\?xml\s))"
        )
        self._text = ""
        self._at = 0  # what is looked at next
        self._mark: int | None = None  # what has to be kept, before that
        self._done = False
        self._base = 0  # characters before _text
        self._clear: dict[str, tuple[int, int]] = {}  # from where to where an end does not begin, in the dump
        self._line, self._counted = 1, 0
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
                self._at += 1
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
            found = _TOKEN.search(self._text, self._at)
            if found and (self._done or found.end() + 9 < len(self._text)):
                self._at = found.start()
                return found
            if self._done:
                return None
            self._at = found.start() if found else max(self._at, len(self._text) - 9)
            self._more()

    def _more(self) -> bool:
        """Get more text, forgetting what is no longer needed; False at its end. Moves _at and _mark along."""
        keep = self._at if self._mark is None else min(self._mark, self._at)
        self._count(keep)
        rest = self._text[keep:]
        parts, length = [rest], 0
        # In proportion to what is held, so that a long record is not copied for every piece of it.
        while length <= len(rest) // 2:
            piece = next(self._characters, None)
            if piece is None:
                self._done = True
                break
            parts.append(piece)
            length += len(piece)
        self._text = "".join(parts)
        self._base += keep
        self._counted -= keep
        self._at -= keep
        if self._mark is not None:
            self._mark -= keep
        return length > 0

    def _count(self, until: int) -> int:
        if until > self._counted:
            self._line += self._text.count("\n", self._counted, until)
            self._counted = until
        return self._line

    def _find(self, end: str, begin: int, limit: int) -> int:
        """Where `end` stands, `begin` or more behind _at, relative to it; -1 where it does not within the limit."""
        while True:
            start, clear = self._at + begin, self._clear.get(end, (0, 0))
            # Where it is known not to stand is not searched again: text may be full of what begins and never ends.
            if clear[0] <= start + self._base <= clear[1]:
                start = clear[1] - self._base
            found = self._text.find(end, start)
            until = found if found >= 0 else max(start, len(self._text) - len(end) + 1)
            self._clear[end] = min(self._at + begin, start) + self._base, until + self._base
            if found >= 0:
                return found - self._at
            if self._done or len(self._text) - self._at > limit:
                return -1
            self._more()

    def _tag_length(self, begin: int) -> int | None:
        """How long the tag at _at is, whose name ends `begin` behind it; None where it is no tag."""
        found = _TAG_END.match(self._text, self._at + begin)
        if found:
            return found.end() - self._at
        end = self._find(">", begin, _LONGEST_TAG)
        if end < 0:
            return None
        while True:
            found = _TAG_END.match(self._text, self._at + begin)
            if found:
                return found.end() - self._at
            other = self._text.find("<", self._at + begin)
            if other >= 0 or self._done or len(self._text) - self._at > _LONGEST_TAG:
                # A quote that is not closed; then the first ">" ends the tag, if it still belongs to it.
                return end + 1 if other < 0 or other - self._at > end else None
            self._more()

    def _pass_over(self, markup: str) -> None:
        """Jump over a comment, a section, a declaration."""
        if markup == "!":
            self._find(">", 2, _LONGEST_TAG)
            if not self._elements and _ENTITY.match(self._text, self._at):
                reason = "declares entities of its own (DTD), which no listing does; save the listing itself"
                raise ParseFailed(self._reading.dump.name, reason)
            # What else is declared reads as markup that says nothing.
            self._at += 2
            return
        if markup == "?" and self._elements and self._text.startswith("<?xml ", self._at):
            self._another()
        end = self._find(_MARKUP[markup], len(markup) + 1, LONGEST_RECORD)
        self._at += len(markup) + 1 if end < 0 else end + len(_MARKUP[markup])

    def _another(self) -> None:
        """One more document begins in the same file."""
        if self._stack:
            reason = f"the file goes on with another document before <{self._stack[0][0]}> is closed"
            self._reading.note("warning", f"{reason}; papers may be missing")
        self._stack, self._depth, self._mark, self._furnishing, self._open_tags = [], 0, None, None, None

    def _open(self, name: str, local: str, length: int) -> None:
        """Take a start tag at _at that is no record's into account."""
        if self._furnishing is None and local in self._furniture:
            self._furnishing = _Furnishing(local, self._depth, self._around()[0])
            self._mark = self._at
        elif self._furnishing and self._mark is not None and self._at - self._mark > LONGEST_RECORD:
            reason = f"an element <{self._furnishing.name}> of unbelievable length is passed over"
            self._reading.note("warning", reason)
            self._furnishing = self._mark = None
        tag = self._text[self._at : self._at + length]
        self._at += length
        if not tag.endswith("/>"):
            self._depth += 1
            if self._depth <= _DEEPEST:
                self._stack.append((name, tag))
                self._open_tags = None

    def _close(self, name: str, local: str, length: int) -> None:
        """Take an end tag at _at into account."""
        self._at += length
        if local == self._overlong:
            self._overlong = ""
        elif local in self._records:
            begin = max(0, self._at - 2_000) if self._mark is None else self._mark
            text = self._text[begin : self._at]
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
        """Go behind the end of the record at _at whose start tag has this length; False, and told, without an end."""
        line, self._overlong = self._count(self._at), ""
        self._mark, self._at = self._at, self._at + length
        if self._text.startswith("/>", self._at - 2) or self._plain(local):
            return True
        while True:
            found = self._inside.search(self._text, self._at)
            if not found or (not self._done and found.end() + 9 > len(self._text)):
                # What may be the begin of something is looked at again, with what follows.
                begun = self._text.rfind("<", max(self._at, len(self._text) - 400))
                self._at = found.start() if found else begun if begun >= 0 else len(self._text)
                if len(self._text) - self._mark > LONGEST_RECORD:
                    self._overlong = local
                    return self._torn(line, _OVERLONG)
                if self._done:
                    self._at, self._cut = len(self._text), True
                    return self._torn(line, "the file ends in the middle of a record")
                self._more()
            elif found[1] or found[2]:
                self._at = found.start()
                self._pass_section(found[1] or found[2])
            elif found[3] == local:
                self._at = found.end()
                return self._at - self._mark <= LONGEST_RECORD or self._torn(line, _OVERLONG)
            elif found[3]:
                self._at = found.end()
            else:
                self._at = found.start()
                return self._torn(line, "a record without its end")

    def _plain(self, local: str) -> bool:
        """Go behind the end of a record that holds nothing that has to be looked at, as nearly all do."""
        text, begin = self._text, self._at
        end = text.find(f"</{local}>", begin)
        if end < 0 or any(text.find(sign, begin, end) >= 0 for sign in ("<!", f"<{local}", f":{local}", "<?xml")):
            return False
        self._at = end + len(local) + 3
        return True

    def _pass_section(self, markup: str) -> None:
        """Jump over a section of CDATA or a comment within a record; only over its begin where it has no end."""
        end, begin = _MARKUP[markup], len(markup) + 1
        length = self._find(end, begin, LONGEST_RECORD)
        # An end that belongs to another one, which begins before it, is not its own.
        if length < 0 or self._text.find(f"<{markup}", self._at + begin, self._at + length) >= 0:
            self._at += begin
        else:
            self._at += length + len(end)

    def _torn(self, line: int, what: str) -> bool:
        text = self._text[self._mark : self._at]
        self._mark = None
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
        begin = self._at if self._mark is None else self._mark
        self._mark = None
        return Piece(record, name, before, self._text[begin : self._at], self._around()[1], self._count(begin))

    def _finish(self) -> None:
        if not self._elements:
            raise ParseFailed(self._reading.dump.name, "holds no whole element of XML; save the listing itself")
        if self._stack and not self._cut:
            reason = f"the file ends before <{self._stack[0][0]}> is closed; papers may be missing"
            self._reading.note("warning", reason, text=self._text[max(0, len(self._text) - 300) :])
