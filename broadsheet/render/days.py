"""Days and times in words, no more exact than what is known. Asks no clock and no locale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from ..types import Entry, SourceReport

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as far as it is known."""

    text: str
    #: For <time datetime>, as HTML writes dates with unknown parts.
    iso: str
    #: What is not known of it; empty for a whole date.
    note: str = ""


def long_day(day: date) -> str:
    """Thursday, 3 July 2026."""
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def long_month(day: date) -> str:
    """July 2026."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """3 Jul 2026."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def published(entry: Entry) -> Moment | None:
    """When a paper was published, no more exact than the listing was; None where it said nothing."""
    day = entry.published
    if day is None:
        return None
    month = _MONTHS[day.month - 1][:3]
    match entry.published_precision:
        case "month-day":
            return Moment(
                text=f"{day.day} {month}", iso=f"{day:%m-%d}", note=f"the listing gives no year; taken as {day.year}"
            )
        case "month":
            return Moment(
                text=f"{month} {day.year}", iso=f"{day.year:04}-{day.month:02}", note="the listing gives no day"
            )
        case "year":
            return Moment(text=str(day.year), iso=f"{day.year:04}", note="the listing gives only the year")
        case _:
            return Moment(text=short_day(day), iso=day.isoformat())


def taken(report: SourceReport, timezone: str) -> Moment | None:
    """When a dump was taken; None where that is not known.

    A date is the date that was read, whatever the zone; only a file's time is told in the digest's own zone.
    """
    if report.taken is None:
        return None
    note = report.taken_from or ""
    if report.taken_from != "file time":
        return Moment(text=short_day(report.taken.date()), iso=report.taken.date().isoformat(), note=note)
    local = report.taken.astimezone(ZoneInfo(timezone))
    text = f"{short_day(local.date())}, {local.hour:02}:{local.minute:02} {local.tzname()}"
    return Moment(text=text, iso=local.replace(microsecond=0).isoformat(), note=note)
