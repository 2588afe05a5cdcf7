r"""arXiv's daily mails, subject-class mails, past-week and monthly listing files -> entries.

    signs.py    the lines that hold a listing together: rules, ends of sections, begins of records
    record.py   the lines of one record -> an entry

One plain-text layout since 1992: records between lines of "\\", in sections (new, cross-listed, replaced) of which any
may be missing. Does not take mails apart (containers do); a mail's header lines above the listing are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...types import Entry
from .. import stated
from ..decode import decode
from ..head import Head
from ..reading import Reading
from . import signs
from .record import Record

NAME = "arxiv-mail"
TITLE = "arXiv's e-mails and listing files"

_BREAK = re.compile(r"\r\n|\r|\n")
_RECORD = re.compile(r"^\\\\[ \t]*\r?\n(?:arXiv:|Paper\b|/\*)", re.MULTILINE)
_COUNTS = re.compile(r"(\d*)\s*new\s*\+\s*(\d*)\s*cross", re.IGNORECASE)


def sniff(head: Head) -> float:
    """By the begin of a record, or what every such mail says at its begin."""
    if _RECORD.search(head.text):
        return 0.97
    return 0.9 if signs.SENT_BY_ARXIV.search(head.text[:10_000]) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry a record; the account is in lines. See `Format.read`."""
    reading.unit = "lines"
    with reading.content() as stream:
        decoded = decode(stream.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    lines = [
        (number, text)
        for number, text in enumerate(_BREAK.split(decoded.text), start=1)
        if text.strip("\ufeff \t\f\v\0\x1a")
    ]
    return _Listing(reading, lines).entries()


class _Listing:
    """Walks over the lines once. A line is (its number, its text)."""

    def __init__(self, reading: Reading, lines: list[tuple[int, str]]) -> None:
        self.reading = reading
        self.lines = lines
        self.at = 0
        self.section = "new"
        #: A mail: its records have abstracts, and it has an end of its own.
        self.is_mail = False
        self.closed = False
        #: How many new and cross-listed papers the mail says it has, and how many of each kind were found.
        self.stated: tuple[int, int] | None = None
        self.found: dict[str | None, int] = {}
        #: Where continuation lines are indented, a line that is not is no continuation.
        self.indented = any(text.startswith("  ") and text[2:3].strip() for _, text in lines)
        self.unknown: list[tuple[int, str]] = []
        #: The subjects of the mail stand here.
        self.subjects = False

    def entries(self) -> Iterator[Entry]:
        while self.at < len(self.lines):
            _, text = self.lines[self.at]
            if signs.is_mark(text) or (signs.ID.match(text) and self.section != "help"):
                self.tell_unknown()
                entry = self.record()
                if entry:
                    yield entry
            else:
                self.outside(text)
                self.at += 1
        self.tell_unknown()
        self.end_mail()

    # Records.

    def record(self) -> Entry | None:
        """The record that begins here; leaves the place behind it."""
        begin = self.at
        header_from = begin + signs.is_mark(self.lines[begin][1])
        header_to = self.until(header_from, abstract=False)
        body_from = body_to = end = header_to
        if header_to < len(self.lines) and signs.closes(self.lines[header_to][1]):
            body_from = body_to = end = header_to + 1
            if signs.is_mark(self.lines[header_to][1]) and not self.ends_here(body_from):
                body_to = end = self.until(body_from, abstract=True)
                if self.opens(body_to):
                    # No abstract, but what damage left of the line between this record and the next.
                    body_to = end = body_from
                elif body_to < len(self.lines) and signs.closes(self.lines[body_to][1]):
                    end += 1
        self.at = max(end, begin + 1)
        header = [text for _, text in self.lines[header_from:header_to]]
        if [text for text in header if not signs.DAY.fullmatch(text.strip())] == []:
            self.days(begin, header)
            return None
        record = Record(header, [text for _, text in self.lines[body_from:body_to]], indented=self.indented)
        torn = header_to == len(self.lines) or (
            end == len(self.lines)
            and (
                body_to == end if body_from < body_to else self.is_mail and not record.replaced and self.ends_bare(end)
            )
        )
        return self.told(record, begin, torn=torn)

    def told(self, record: Record, begin: int, *, torn: bool) -> Entry | None:
        """The entry of a record, or the problem that it is."""
        lines = self.lines[begin : self.at]
        place, weight = (lines[0][0], lines[-1][0]), len(lines)
        if torn or not record.title.strip():
            reason = "the file ends in the middle of this paper" if torn else "a paper without a title"
            text = "\n".join(text for _, text in lines)
            self.reading.refuse("error", reason, place=place, text=text, weight=weight)
            return None
        if not signs.closes(lines[-1][1]):
            self.reading.note("warning", "the line that closes this paper is missing", place=place)
        self.is_mail = self.is_mail or bool(record.abstract and not signs.is_mark(lines[-1][1]))
        kind = record.announce_type(self.section, is_mail=self.is_mail)
        self.found[kind] = self.found.get(kind, 0) + 1
        return record.entry(self.reading, kind, place=place, weight=weight, closing=lines[-1][1])

    def until(self, place: int, *, abstract: bool) -> int:
        """The first line from this place on that ends a header or an abstract; their number at the end."""
        while place < len(self.lines):
            text = self.lines[place][1]
            if signs.closes(text) or signs.section(text) or (signs.is_rule(text) and self.ends_here(place)):
                break
            # The next record after damage: its first line can stand in no header.
            if (
                not abstract
                and signs.ID.match(text)
                and any(signs.ID.match(one) for _, one in self.lines[place - 3 : place])
            ):
                break
            place += 1
        return place

    def ends_here(self, place: int) -> bool:
        """Whether a record is over here: at its next one, a section, the end, or a rule with one of them behind it."""
        if place >= len(self.lines):
            return True
        text = self.lines[place][1]
        if signs.section(text) or signs.is_mark(text) or signs.begins(text):
            return True
        following = self.lines[place + 1][1] if place + 1 < len(self.lines) else None
        return signs.is_rule(text) and (
            following is None or signs.is_mark(following) or signs.is_rule(following) or bool(signs.section(following))
        )

    def opens(self, place: int) -> bool:
        """Whether the mark that begins a record stands here, with that record behind it."""
        here = self.lines[place : place + 2]
        return len(here) == 2 and signs.is_mark(here[0][1]) and signs.begins(here[1][1])

    def ends_bare(self, end: int) -> bool:
        return signs.is_mark(self.lines[end - 1][1])

    def days(self, begin: int, header: list[str]) -> None:
        """Count what only looks like a record: the day of a past-week file; marks with nothing between them."""
        for text in header:
            day, _ = stated.day(text.strip(" /*") + " 00:00")
            if day:
                self.reading.dated(day)
        weight = self.at - begin
        if header:
            self.reading.furniture(weight)
        else:
            place = (self.lines[begin][0], self.lines[self.at - 1][0])
            text = "\n".join(text for _, text in self.lines[begin : self.at])
            self.reading.refuse("warning", "the mark of a paper without one", place=place, text=text, weight=weight)

    # All else.

    def outside(self, text: str) -> None:
        """A line that belongs to no record."""
        self.subjects = signs.lists_subjects(text, self.subjects)
        section = signs.section(text)
        if section:
            self.section = section
            self.closed = self.closed or section == "help"
        elif (subject := signs.SUBJECT.match(text)) is not None:
            self.subject(subject[1])
        elif not (
            self.subjects or signs.is_rule(text) or self.section == "help" or signs.is_furniture(text, self.above())
        ):
            self.unknown.append(self.lines[self.at])
            return
        self.tell_unknown()
        self.reading.furniture()
        for stated_as in signs.DATED:
            moment = (found := stated_as.match(text)) and stated.moment(found[1])
            if moment:
                self.reading.dated(moment)
        self.is_mail = self.is_mail or bool(signs.SENT_BY_ARXIV.search(text))

    def above(self) -> str:
        return self.lines[self.at - 1][1] if self.at else ""

    def subject(self, text: str) -> None:
        """A mail begins."""
        if self.section == "help":
            self.end_mail()
            self.section, self.closed, self.stated, self.found = "new", False, None, {}
        counts = _COUNTS.search(text)
        if counts:
            self.stated = int(counts[1] or 0), int(counts[2] or 0)

    def end_mail(self) -> None:
        """Hold what the mail says of itself against what was found in it."""
        if self.is_mail and not self.closed:
            self.reading.note("warning", "the mail ends before its closing line; there may have been more papers")
        if self.stated is None:
            return
        for kind, number in zip(("new", "cross"), self.stated, strict=True):
            found = self.found.get(kind, 0)
            if found != number:
                self.reading.note("warning", f"the subject says {number} papers of kind {kind!r}; {found} were found")
        if not any(kind and kind.startswith("replace") for kind in self.found):
            self.reading.announced = (self.reading.announced or 0) + sum(self.stated)

    def tell_unknown(self) -> None:
        if self.unknown:
            place = self.unknown[0][0], self.unknown[-1][0]
            text = "\n".join(text for _, text in self.unknown)
            reason = "text outside of any paper, of no known kind"
            self.reading.refuse("warning", reason, place=place, text=text, weight=len(self.unknown))
            self.unknown = []
