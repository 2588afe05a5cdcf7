"""What stands behind a field of numbers or dates: 3, >=3, 10..50, 2026-01, >=2026-01-15. Compares nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from .faults import QuerySyntaxError
from .query import Days, Number

Bounds = tuple[int | None, int | None]

_SIGNS = (">=", "<=", ">", "<", "=")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")

_NUMBERS = "write a whole number, a comparison or a range: {0}:3, {0}:>=3, {0}:10..50"
_DATES = "write a day, a month or a year, also compared or as a range: {0}:2026-01-15, {0}:>=2026-01, {0}:2024..2026"

# More digits than anybody counts, and fewer than Python refuses to convert.
_MOST_DIGITS = 12


def number(field: str, value: str, at: int) -> Number:
    """The condition that a value of a field of numbers asks for. at: where the value stands in the query."""
    low, high = _bounds(value, at, lambda text, place: _whole_number(field, text, place), 0, None)
    return Number(field=field, low=low, high=high, at=at)


def days(field: str, value: str, at: int) -> Days:
    """The condition that a value of a field of dates asks for. at: where the value stands in the query."""
    last = date.max.toordinal()
    low, high = _bounds(value, at, lambda text, place: _period(field, text, place), 1, last)
    return Days(
        field=field,
        low=None if low is None else date.fromordinal(low),
        high=None if high is None else date.fromordinal(high),
        at=at,
    )


def _bounds(value: str, at: int, read: Callable[[str, int], tuple[int, int]], least: int, most: int | None) -> Bounds:
    """First and last number (or day) that a value means; read gives those of one literal at its place."""
    start, dots, end = value.partition("..")
    if dots:
        low, high = read(start, at)[0], read(end, at + len(start + dots))[1]
        if low > high:
            raise QuerySyntaxError("the range runs backwards", at, f"write {end}..{start}")
        return low, high
    sign = next((sign for sign in _SIGNS if value.startswith(sign)), "")
    low, high = read(value[len(sign) :], at + len(sign))
    bounds: dict[str, Bounds] = {">=": (low, None), ">": (high + 1, None), "<=": (None, high), "<": (None, low - 1)}
    first, last = bounds.get(sign, (low, high))
    if (last is not None and last < least) or (most is not None and first is not None and first > most):
        raise QuerySyntaxError(
            f"nothing is ever {value}", at, "leave the condition out, or compare the other way round"
        )
    return first, last


def _whole_number(field: str, text: str, at: int) -> tuple[int, int]:
    if not re.fullmatch("[0-9]+", text):
        remedy = _NUMBERS.format(field)
        if text.startswith(">"):
            remedy = "write >= for at least, <= for at most"
        elif text and field == "authors" and text[0].isalpha():
            remedy = f"to look for a name write author:{text}; authors: counts, for example authors:<=3"
        raise QuerySyntaxError(_not_a("number", field, text), at, remedy)
    if len(text) > _MOST_DIGITS:
        raise QuerySyntaxError(f"{text[:_MOST_DIGITS]}... is too large", at, _NUMBERS.format(field))
    return int(text), int(text)


def _period(field: str, text: str, at: int) -> tuple[int, int]:
    """First and last day, as ordinals, of a day, a month or a year."""
    found = _DATE.fullmatch(text)
    if not found:
        remedy = "write >= for not before, <= for not after" if text.startswith(">") else _DATES.format(field)
        raise QuerySyntaxError(_not_a("date", field, text), at, remedy)
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    try:
        first = date(year, month, day)
    except ValueError:
        raise QuerySyntaxError(f"there is no {text} in the calendar", at, _DATES.format(field)) from None
    if found[3]:
        return first.toordinal(), first.toordinal()
    if found[2] is None or month == 12:
        return first.toordinal(), date(year, 12, 31).toordinal()
    return first.toordinal(), (date(year, month + 1, 1) - timedelta(days=1)).toordinal()


def _not_a(kind: str, field: str, text: str) -> str:
    return f"{field}: takes a {kind}, and {text!r} is none" if text else f"{field}: lacks its {kind}"
