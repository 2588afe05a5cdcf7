"""What stands below an abstract: authors or an organisation, a dot, a date, the number of comments.

      • 3 authors          or        adobe-research Adobe Research        or all of it in one line:
    ·                                ·                                    • 3 authors · May 28, 2020 2
    May 28, 2020 2                   May 28                               •3 authors·May 28, 20202

Any piece may be missing, and so may any blank. A day glued to a count is read with the longest day there is ("May 296"
is May 29 and 6 comments) and remembered as ambiguous where another reading exists.

Does not know papers: pages.py says which text a tail belongs to, dates.py which year a date without one means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...dates import MONTH, MONTH_NAMES, YEAR, ShownDate, days_in, month_number
from ..lines import Line

_BULLET = "[•∙●‣▪◦*]"
_DOT = "[·⋅・‧]"
_ORGANIZATION = r"(?P<organization>[^·⋅・‧]{1,150}?)"
_AUTHORS = r"(?P<authors>\d{1,6})\s*authors?"
_DATE = (
    rf"(?P<month>{MONTH})\s*(?P<day>\d{{1,7}})(?:\s*,\s*(?P<year>{YEAR}))?"  # the day may have the comments glued to it
    r"(?:\s*(?P<comments>\d{1,6}))?"
)
_TAIL = re.compile(rf"{_BULLET}?\s*(?:{_AUTHORS})?\s*(?P<dot>{_DOT})?\s*(?:{_DATE})?")
_TAIL_OF_ORGANIZATION = re.compile(rf"{_ORGANIZATION}\s*{_DOT}\s*{_DATE}")
_HAS_DOT = re.compile(_DOT)
_COUNT = re.compile(r"\d{1,5}")
_LONGEST = 200  # characters of a tail in one line
_MOST_LINES = 5

# A tail that the end of the file cut: what is there of it on the file's last line.
_MONTH_BEGINS = "|".join(name[:length] for name in MONTH_NAMES for length in range(len(name), 0, -1))
_TORN_DATE = rf"(?:(?:{_MONTH_BEGINS})\.?\s*(?:\d{{1,2}}\s*,\s*\d{{0,3}})?)"
_TORN = re.compile(
    rf"{_BULLET}\s*(?:\d{{1,6}}\s*[a-z]{{0,7}})?|{_BULLET}?\s*{_AUTHORS}\s*{_DOT}\s*{_TORN_DATE}"
    rf"|{_ORGANIZATION}\s*{_DOT}\s*{_TORN_DATE}?"
)
_TORN_REST = re.compile(rf"{_DOT}?\s*{_TORN_DATE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The tail of one paper, or as much of it as its lines gave."""

    lines: tuple[Line, ...]
    author_count: int | None = None
    #: The organisation as its line gives it ("adobe-research Adobe Research"), where that line is part of the tail.
    organization: str | None = None
    has_dot: bool = False
    date: ShownDate | None = None
    comments: int | None = None
    #: Day and comments could be read in another way.
    ambiguous: bool = False
    #: The last of the lines is torn by the end of the file.
    torn: bool = False

    @property
    def is_lone_date(self) -> bool:
        """Whether it is a date and nothing else, as the wrapped line of an abstract may be, too."""
        return self.author_count is None and self.organization is None and not self.has_dot

    @property
    def takes_organization(self) -> bool:
        """Whether the line above it may be the organisation that stands in the place of the authors."""
        lacks_authors = self.author_count is None and self.organization is None
        return lacks_authors and (self.has_dot or self.date is not None)


def organization_name(line: str) -> str:
    """The full name on a line `handle Full Name`; a single word is the name itself."""
    return line.partition(" ")[2] or line


def read_tail(lines: Sequence[Line], at: int) -> Tail | None:
    """The tail that begins at this line, over as many lines as it takes; None where none begins."""
    tail = _read_line(lines[at])
    if tail is None:
        return None
    for line in lines[at + 1 : at + _MOST_LINES]:
        more = _continue(tail, line)
        if more is None:
            break
        tail = more
    return tail


def read_torn_tail(line: Line, before: Tail | None) -> Tail | None:
    """The tail of which the end of the file tore this last line; None where it is no such thing.

    before: the tail that ends right above the line, if one does; it then comes back with the line added.
    """
    if before is not None:
        if before.date is None and _TORN_REST.fullmatch(line.text):
            return replace(before, lines=(*before.lines, line), torn=True)
        return None
    match = _TORN.fullmatch(line.text)
    if match is None:
        return None
    authors = int(match["authors"]) if match["authors"] else None
    return Tail(lines=(line,), author_count=authors, organization=match["organization"], torn=True)


def _read_line(line: Line) -> Tail | None:
    """A line that is nothing but tail."""
    text = line.text
    if len(text) > _LONGEST:
        return None
    match = _TAIL.fullmatch(text)
    if match is None:
        match = _TAIL_OF_ORGANIZATION.fullmatch(text) if _HAS_DOT.search(text) else None
        if match is None:
            return None
        return _with_date(Tail(lines=(line,), organization=match["organization"], has_dot=True), match)
    if match["authors"] is None and match["dot"] is None:
        # A bare bullet is a bullet, and "May 2024" is text.
        if match["month"] is None or re.fullmatch(YEAR, match["day"]):
            return None
        return _with_date(Tail(lines=(line,)), match)
    authors = int(match["authors"]) if match["authors"] else None
    return _with_date(Tail(lines=(line,), author_count=authors, has_dot=match["dot"] is not None), match)


def _with_date(tail: Tail, match: re.Match[str]) -> Tail | None:
    """The tail with the date and the comments of a match; None where its digits are no date."""
    if match["month"] is None:
        return tail
    month, digits = month_number(match["month"]), match["day"]
    year = int(match["year"]) if match["year"] else None
    comments = int(match["comments"]) if match["comments"] else None
    if year is None and comments is not None and re.fullmatch(YEAR, match["comments"]):
        year, comments = comments, None  # "May 28 2020" without its comma; no paper has 2020 comments
    if len(digits) <= 2 and 1 <= int(digits) <= days_in(month):
        return replace(tail, date=ShownDate(month=month, day=int(digits), year=year), comments=comments)
    if year is not None or comments is not None:
        return None
    return _with_glued_count(tail, month, digits)


def _with_glued_count(tail: Tail, month: int, digits: str) -> Tail | None:
    """Day and comments out of digits that hold both; neither begins with a zero, and the longer day is the likelier."""
    readings = [
        (int(day), int(comments))
        for day, comments in ((digits[:2], digits[2:]), (digits[:1], digits[1:]))
        if comments and 1 <= int(day) <= days_in(month) and day[0] != "0" and (comments[0] != "0" or comments == "0")
    ]
    if not readings:
        return None
    day, count = readings[0]
    return replace(tail, date=ShownDate(month=month, day=day), comments=count, ambiguous=len(readings) > 1)


def _continue(tail: Tail, line: Line) -> Tail | None:
    """The tail with one more line; None where the line is not its next piece."""
    if tail.date is not None:
        if tail.comments is None and _COUNT.fullmatch(line.text):
            return replace(tail, comments=int(line.text), lines=(*tail.lines, line))
        return None
    more = _read_line(line)
    if more is None or more.author_count is not None or more.organization is not None:
        return None
    if tail.has_dot and more.has_dot:
        return None
    return replace(
        more,
        lines=(*tail.lines, line),
        author_count=tail.author_count,
        organization=tail.organization,
        has_dot=tail.has_dot or more.has_dot,
    )
