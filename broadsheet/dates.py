"""The dates of listings: as pages show them ("Jun 14", "Dec 6, 2025") and as file names carry them.

Pure: no clock, no time zone of the machine. Does not know where on a page a date stands, nor which of two dates wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: English names of the months, in their order.
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

#: Regular expression of an English month name, short or in full, with or without a full stop.
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)

#: Regular expression of a year that a listing of papers can show.
YEAR = r"(?:19|20)\d\d"

#: A page and the file it was copied to may be a day apart, as time zones go.
_TOLERANCE = timedelta(days=1)

_DASHED = re.compile(rf"(?<!\d)({YEAR})([-_])(\d\d)\2(\d\d)(?!\d)")
# A whole run of letters and digits: 20260703, papers20260703, 20260703T0630, 20260703063000Z.
_COMPACT = re.compile(rf"([a-z]*)({YEAR})(\d\d)(\d\d)(?:t?\d{{4}}(?:\d\d)?z?)?", re.IGNORECASE)
_WORDS = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDate:
    """A day as a page shows it; the year is None where the page hides it. Not every one exists: Feb 29, say."""

    month: int
    day: int
    year: int | None = None

    def on(self, year: int) -> date | None:
        """The day in that year; None where that year has no such day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def month_number(name: str) -> int:
    """1 to 12 for a name that MONTH matches."""
    return next(number for number, month in enumerate(MONTH_NAMES, start=1) if month[:3] == name[:3])


def days_in(month: int) -> int:
    """The most days the month has in any year."""
    return (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def midnight(day: date) -> datetime:
    """The begin of the day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def file_name_date(name: str) -> date | None:
    """The date that a file's name states: 2026-07-03, 2026_07_03 or 20260703, also with a time of day behind it.

    Digits in the midst of a hexadecimal digest are not a date. Of several dates the latest counts ("from_to").
    """
    found = [_day(match[1], match[3], match[4]) for match in _DASHED.finditer(name)]
    for word in _WORDS.findall(name.replace("_", " ")):
        match = _COMPACT.fullmatch(word)
        # Letters a to f before the digits may be a digest that happens to end like a date.
        if match and not (match[1] and re.fullmatch("[a-f]+", match[1], re.IGNORECASE)):
            found.append(_day(match[2], match[3], match[4]))
    return max((day for day in found if day), default=None)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def infer_year(page: ShownDate, tails: Iterable[ShownDate], *, latest: date) -> int:
    """The year of a page whose own date hides it, because a page hides the year of the current year.

    page: the date the page shows for itself; its year is not looked at. tails: the dates of its papers.
    latest: a day the page cannot be younger than, but for a day of tolerance: the file's time.

    Every year that a tail shows differs from the page's year and lies before it. So, in this order:

    - Tails with and without a year: the largest year shown, plus one, whatever the file's time is ("Dec 6, 2025" beside
      "Jun 14" under "Jul 3" is July 2026).
    - Only tails with a year: the latest year that puts the page not after `latest`, and at least the largest shown
      plus one.
    - Only tails without, or none: the latest year that puts the page not after `latest`.

    Where the page says Feb 29, the next leap year in that direction: always a year in which the page's day exists.
    """
    tails = tuple(tails)
    shown = [tail.year for tail in tails if tail.year is not None]
    floor = max(shown) + 1 if shown else None
    if floor is not None and len(shown) < len(tails):
        return _first_year(page, floor)
    year = _last_year(page, latest + _TOLERANCE)
    return year if floor is None or year >= floor else _first_year(page, floor)


def nearest_year(page: ShownDate, day: date) -> int:
    """The year that puts the page's day nearest to a day that is known to be right: a date in the file's name."""
    years = (year for year in range(day.year - 8, day.year + 9) if page.on(year))
    return min(years, key=lambda year: abs((page.on(year) or day) - day))


def _first_year(page: ShownDate, year: int) -> int:
    # Eight years always hold a leap year, 1900 and 2100 included.
    return next(candidate for candidate in range(year, year + 9) if page.on(candidate))


def _last_year(page: ShownDate, latest: date) -> int:
    days = (page.on(year) for year in range(latest.year, latest.year - 9, -1))
    return next(day.year for day in days if day is not None and day <= latest)
