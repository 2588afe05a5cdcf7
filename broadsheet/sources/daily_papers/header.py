"""The head of a Daily Papers page: sign-up line, title, byline and the page's date, in any selection and however glued.

    new / Get trending papers in your email inbox once a day! / Get trending papers in your email inbox! / Subscribe /
    Daily Papers / byAK and the research community / Jul 3

A copy may lack any piece and may glue a piece to what follows ("SubscribeShelves of Glass", "Jul 3Shelves"). So a
piece is cut from a line only where a header is: at the begin of the file, or at a line that nothing but a header begins
with; and what follows it without a blank must look like the begin of something. A title "Subscribe to ..." stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from ...dates import MONTH, YEAR, ShownDate, days_in, month_number
from ..lines import Line

_SIGN_UP = r"Get\s+trending\s+papers\s+in\s+your\s+email\s+inbox"
_BYLINE = r"by\s*AK\s+and\s+the\s+research\s+community"
_PIECES = {
    "new": re.compile(r"new"),
    "sign up daily": re.compile(_SIGN_UP + r"\s+once\s+a\s+day!"),
    "sign up": re.compile(_SIGN_UP + "!"),
    "subscribe": re.compile(r"Subscribe"),
    "page title": re.compile(r"Daily\s+Papers"),
    "byline": re.compile(_BYLINE),
    "daily": re.compile(r"Daily(?!\s+Papers)"),
    "weekly": re.compile(r"Weekly"),
    "monthly": re.compile(r"Monthly"),
    "trending": re.compile(r"Trending\s+Papers"),
}
# These stand on lines of their own or before another piece; glued to a title they would be part of it.
_NEVER_GLUED = {"new", "daily", "weekly", "monthly", "trending"}
_DATE = re.compile(rf"(?P<month>{MONTH})\s*(?P<digits>\d+)(?:,\s*(?P<year>{YEAR})(?!\d))?")
_SUBMITTED = re.compile(r"Submitted\s+by\b")

# Begins that nothing but a header has, wherever in the file.
_ANY_DATE = rf"(?:{MONTH}\s*\d{{1,2}}(?:,\s*{YEAR})?)?"
_ANCHOR = re.compile(
    rf"(?:new\s*)?(?:{_SIGN_UP}(?:!|\s+once\s+a\s+day!)|(?:Subscribe\s*)?(?:Daily\s+Papers\s*)?{_BYLINE}"
    rf"|(?:Subscribe\s*)?Daily\s+Papers\s*{_ANY_DATE}$|Subscribe\s*{_ANY_DATE}$|Subscribe(?=Submitted\s+by\b))"
)
_WINDOW = 16  # lines: twice the pieces there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a header took of the lines."""

    #: How many lines are header and nothing else.
    lines: int
    #: What is left of the next line, where a piece was glued to it; empty where none was.
    rest: str
    date: ShownDate | None


def apart(lines: Sequence[Line]) -> list[Line]:
    """The lines with a header that is glued to the end of one on a line of its own, with the same number.

    So it is where one copy was appended to another whose last line had no end.
    """
    found: list[Line] = []
    for at, line in enumerate(lines):
        place = line.text.find("Get trending papers in your email inbox")
        if place > 0 and not begins_header(lines, at):
            new = line.text[:place].rstrip()
            cuts = [len(new) - 3, place] if _ends_in_new(new) else [place]
        elif _ends_in_new(line.text) and at + 1 < len(lines) and begins_header(lines, at + 1):
            cuts = [len(line.text) - 3]
        else:
            cuts = []
        ends = [*cuts, len(line.text)]
        pieces = [line.text[begin:end].strip() for begin, end in zip([0, *cuts], ends, strict=True)]
        found += [Line(line.number, piece, len(piece)) for piece in pieces if piece] if cuts else [line]
    return found


def _ends_in_new(text: str) -> bool:
    """Whether the first word of a header is glued to something that is no word ("Feb 19, 2024 1new")."""
    return len(text) > 3 and text.endswith("new") and not text[-4].isalpha() and not text[-4].isspace()


def begins_header(lines: Sequence[Line], at: int) -> bool:
    """Whether a header begins at this line, anywhere in a file."""
    text = lines[at].text
    if text[0] not in "nGSDb":
        return False
    if text == "new":
        return at + 1 < len(lines) and lines[at + 1].text != "new" and begins_header(lines, at + 1)
    return _ANCHOR.match(text) is not None


def read_header(lines: Sequence[Line], at: int) -> Header | None:
    """The header that begins at this line, which is the first of the file or one that begins_header() is true of."""
    window = [line.text for line in lines[at : at + _WINDOW]]
    ends = list(accumulate(len(text) + 1 for text in window))
    joined = "\n".join(window)
    place, date, taken = 0, None, set[str]()
    while place < len(joined):
        step = _next_piece(joined, place, taken)
        if step is None:
            break
        place, name, found = step
        taken.add(name)
        date = found or date
    if not taken:
        return None
    whole = sum(end <= place for end in ends) if place < len(joined) else len(window)
    begin = ends[whole - 1] if whole else 0
    glued = place > begin and whole < len(window)
    return Header(lines=whole, rest=joined[place : ends[whole] - 1] if glued else "", date=date)


def _next_piece(text: str, place: int, taken: set[str]) -> tuple[int, str, ShownDate | None] | None:
    """Where the piece at this place ends (white space behind it included), its name, and its date if it is one."""
    for name, piece in _PIECES.items():
        match = piece.match(text, place)
        if match and name not in taken and _ends_well(text, match.end(), glue=name not in _NEVER_GLUED):
            return _skip_space(text, match.end()), name, None
    if "date" not in taken:
        read = _read_page_date(text, place)
        # Behind another piece on its line, a date may be set off by a blank: "community Jul 3 Shelves".
        on_line = place > 0 and text[place - 1] != "\n"
        if read and (_ends_well(text, read[0], glue=True) or (on_line and text[read[0]] == " ")):
            return _skip_space(text, read[0]), "date", read[1]
    return None


def _ends_well(text: str, end: int, *, glue: bool) -> bool:
    """Whether what follows lets a piece end here: a line's end, another piece, or glued text that begins there."""
    if end >= len(text) or text[end] == "\n":
        return True
    if _begins_piece(text, _skip_space(text, end)):
        return True
    return glue and not text[end].isspace() and not text[end].islower() and text[end] not in ",.:;!?-'’)"


def _begins_piece(text: str, place: int) -> bool:
    if _SUBMITTED.match(text, place):
        return True
    matches = (piece.match(text, place) for name, piece in _PIECES.items() if name not in _NEVER_GLUED)
    return any(matches) or _read_page_date(text, place) is not None


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _read_page_date(text: str, place: int) -> tuple[int, ShownDate] | None:
    """The end of the date at this place and the date, without what is glued to its day ("Jul 33D" is Jul 3)."""
    match = _DATE.match(text, place)
    if match is None:
        return None
    month, digits = month_number(match["month"]), match["digits"]
    if match["year"]:
        day = int(digits) if len(digits) <= 2 else 0
        return (match.end(), ShownDate(month=month, day=day, year=int(match["year"]))) if _is_day(month, day) else None
    if re.fullmatch(YEAR, digits):
        return None  # "May 2024 in review" is a title
    day_digits = digits[:2]
    behind = text[match.end("digits") : match.end("digits") + 2]
    # "Jul 23D scenes" rather begins with 3D than with a D.
    if not _is_day(month, int(day_digits)) or (len(digits) == 2 and re.match(r"[DdxX]\b", behind)):
        day_digits = digits[:1]
    if not _is_day(month, int(day_digits)):
        return None
    return match.start("digits") + len(day_digits), ShownDate(month=month, day=int(day_digits))


def _is_day(month: int, day: int) -> bool:
    return 1 <= day <= days_in(month)
