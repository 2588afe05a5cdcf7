"""The dates that feeds, answers and records state, in every dialect they are seen in. Pure.

What a page shows to people ("Jun 14") is in broadsheet.dates.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from .. import dates
from ..types import Precision

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?![\d])")


def moment(text: str | None) -> datetime | None:
    """The point in time that a text states in RFC 822 or ISO 8601, UTC where it names no zone; None without one."""
    text = (text or "").strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: str | None) -> tuple[date, Precision] | tuple[None, None]:
    """The day that a text states, as written there and in its own time zone, and how much of it is stated.

    "2024", "2024-03", "2024/3/7", ISO 8601 and RFC 822; what is not stated is 1. (None, None) without a day.
    """
    text = (text or "").strip()
    found = _ISO.match(text)
    if found:
        return parts(found[1], found[2], found[3])
    try:
        return parsedate_to_datetime(text).date(), "day"
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, None


def parts(
    year: str | int | None, month: str | int | None = None, of_month: str | int | None = None
) -> tuple[date, Precision] | tuple[None, None]:
    """The day of a year, month and day as records hold them, each perhaps missing; a month may be an English name."""
    precision: Precision = "day" if of_month else "month" if month else "year"
    try:
        if isinstance(month, str) and re.fullmatch(dates.MONTH, month.strip().capitalize()):
            month = dates.month_number(month.strip().capitalize())
        return date(int(year or 0), int(month or 1), int(of_month or 1) if month else 1), precision
    except (ValueError, OverflowError):
        return None, None
