"""When a dump was taken, and when its papers were published: what the pages' and the tails' dates mean together.

The rules for a year that a page hides are in broadsheet.dates; here is which evidence goes into them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ...dates import ShownDate, file_name_date, infer_year, midnight, nearest_year
from ...types import Dump, Precision, TakenFrom
from .pages import Page

#: A page's papers are at most this much younger than its date: US Eastern time, and a day of grace.
_GRACE = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDay:
    """What is known of one page's time."""

    #: None where the page shows no date.
    day: date | None
    #: The year that its tails mean where they show none.
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The date of one paper."""

    day: date | None
    precision: Precision | None
    #: What is odd about it; empty where nothing is.
    remark: str = ""


def date_pages(dump: Dump, pages: Sequence[Page]) -> tuple[datetime, TakenFrom, list[PageDay]]:
    """When the dump was taken, how that is known, and the day and year of each of its pages.

    A date in the dump's name wins, and fixes the years of the pages; then the latest of the pages' dates; then the
    file's time. Always midnight UTC.
    """
    named = file_name_date(dump.name.rpartition("/")[2])
    changed = dump.modified.astimezone(UTC).date()
    days = [_page_day(page, named, changed) for page in pages]
    known = [(day, page) for day, page in zip(days, pages, strict=True) if day is not None]
    latest = max(known, key=lambda pair: pair[0], default=None)
    page_days = [
        PageDay(day=day, year=day.year if day else _year_without_date(page, named or (latest and latest[0]), changed))
        for day, page in zip(days, pages, strict=True)
    ]
    if named is not None:
        return midnight(named), "file name", page_days
    if latest is None:
        return midnight(changed), "file time", page_days
    shows_year = latest[1].date is not None and latest[1].date.year is not None
    return midnight(latest[0]), "page date" if shows_year else "page date, year inferred", page_days


def published(shown: ShownDate | None, page: PageDay) -> Published:
    """The date of a paper from what its tail shows; the year of the page where the tail shows none."""
    if shown is None:
        return Published(day=None, precision=None)
    year = page.year if shown.year is None else shown.year
    day = shown.on(year)
    if day is None:
        return Published(day=None, precision=None, remark=f"{year} has no such day; the paper is left without a date")
    if shown.year is not None:
        return Published(day=day, precision="day")
    late = page.day is not None and day > page.day + _GRACE
    remark = f"a date without a year, read as {day}, lies after the page's own, {page.day}" if late else ""
    return Published(day=day, precision="month-day", remark=remark)


def _page_day(page: Page, named: date | None, changed: date) -> date | None:
    shown = page.date
    if shown is None:
        return None
    if shown.year is not None:
        return shown.on(shown.year)
    year = infer_year(shown, _tail_dates(page), latest=changed) if named is None else nearest_year(shown, named)
    return shown.on(year)


def _year_without_date(page: Page, reference: date | None, changed: date) -> int:
    """The year of tails without one on a page without a date: its youngest such tail stands in for the page's date."""
    dates = _tail_dates(page)
    hidden = [shown for shown in dates if shown.year is None]
    youngest = max(hidden, key=lambda shown: (shown.month, shown.day), default=None)
    if youngest is None:
        return (reference or changed).year
    if reference is not None:
        return infer_year(youngest, (), latest=reference)
    return infer_year(youngest, dates, latest=changed)


def _tail_dates(page: Page) -> list[ShownDate]:
    return [block.tail.date for block in page.blocks if block.tail is not None and block.tail.date is not None]
