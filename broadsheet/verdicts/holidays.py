"""A day -> whether people in the United States, where arXiv and many sources sit, are at work. Pure arithmetic.

Knows no source; what a source makes of such a day stands in rhythm.py.
"""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6
#: Month, weekday (Monday is 0), which of them (-1: the last), and the name.
_MOVING = (
    (1, 0, 3, "Martin Luther King Day"),
    (5, 0, -1, "Memorial Day"),
    (9, 0, 1, "Labor Day"),
    (11, 3, 4, "Thanksgiving"),
)
_FIXED = (
    (1, 1, "New Year"),
    (6, 19, "Juneteenth"),
    (7, 4, "Independence Day"),
    (12, 24, "Christmas"),
    (12, 25, "Christmas"),
    (12, 31, "New Year"),
)


def holiday(day: date) -> str | None:
    """The name of the holiday that keeps American offices closed on a day; None for any other."""
    if not date.min.year < day.year < date.max.year:
        return None  # a date that somebody made up, with no day before or behind it
    for month, number, name in _FIXED:
        if (day.month, day.day) == (month, number):
            return name
    # One that falls on a weekend is kept on the working day beside it.
    for month, number, name in _FIXED[:3]:
        kept = day - _DAY if day.weekday() == 0 else day + _DAY
        if day.weekday() in (0, 4) and (kept.month, kept.day) == (month, number):
            return name
    for month, weekday, which, name in _MOVING:
        if day == _moving(day.year, month, weekday, which):
            return name
    return "Thanksgiving" if day - _DAY == _moving(day.year, 11, 3, 4) else None


def _moving(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        last = date(year, month % 12 + 1, 1) - _DAY
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=which - 1)


def works(day: date) -> bool:
    """Whether it is a working day: neither weekend nor holiday."""
    return day.weekday() not in (_SATURDAY, _SUNDAY) and holiday(day) is None


def slow(day: date) -> bool:
    """Whether it is a working day on which many stay away: beside a holiday, or in the last days of a year."""
    if not works(day) or not date.min < day < date.max:
        return False
    around_new_year = (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 3)
    return around_new_year or holiday(day - _DAY) is not None or holiday(day + _DAY) is not None


def working_days(start: date, end: date) -> int:
    """How many working days lie behind a day, up to the end and with it; 0 where the end is not later."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    # Holidays are looked for in the odd days only: over weeks, nobody asks for the exact number.
    return weeks * 5 + sum(works(end - index * _DAY) for index in range(rest))
