from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.dates import MONTH_NAMES, ShownDate, file_name_date, infer_year, midnight, month_number, nearest_year

JUL_3 = ShownDate(month=7, day=3)
NOVEMBER = date(2026, 11, 21)


def _shown(month: int, day: int, year: int | None = None) -> ShownDate:
    return ShownDate(month=month, day=day, year=year)


_DAYS = st.dates(date(1995, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    "name",
    [
        "2026-07-03.txt",
        "daily-papers-2026-07-03.txt",
        "2026_07_03.md",
        "papers_20260703.txt",
        "papers20260703.txt",
        "20260703",
        "20260703T0630.txt",
        "20260703T063000Z.txt",
        "20260703063000.txt",
        "2026-07-03T06:30:00.txt",
        "2026-07-03_06.30.txt",
        "2026-06-29_to_2026-07-03.txt",
        "001_2026-07-03_061d450d75e47dff.txt",
    ],
)
def test_a_date_in_a_file_name_is_read(name: str) -> None:
    assert file_name_date(name) == date(2026, 7, 3)


@pytest.mark.parametrize(
    "name",
    [
        "000_061d450d75e47dff.txt",
        "002_b9d33a1091af299e.txt",
        "ab20260703.txt",
        "20260703ab.txt",
        "0020260703.txt",
        "3f2026070312345.txt",
        "2026-13-03.txt",
        "2026-02-30.txt",
        "2026-07.txt",
        "2026-07_03.txt",
        "1126-07-03.txt",
        "12026-07-03.txt",
        "papers.txt",
        "",
    ],
)
def test_digits_that_are_no_date_are_not_taken_for_one(name: str) -> None:
    assert file_name_date(name) is None


@given(st.text())
def test_any_file_name_is_survived(name: str) -> None:
    assert file_name_date(name) is None or str(file_name_date(name))[:4] in name


def test_tails_with_and_without_a_year_fix_the_year_whatever_the_files_time() -> None:
    tails = [_shown(12, 6, 2025), _shown(6, 14)]
    for latest in (date(1999, 1, 1), date(2026, 7, 4), date(2031, 1, 1)):
        assert infer_year(JUL_3, tails, latest=latest) == 2026


def test_only_tails_with_a_year_leave_it_to_the_files_time() -> None:
    tails = [_shown(12, 6, 2023), _shown(1, 2, 2021)]
    assert infer_year(JUL_3, tails, latest=NOVEMBER) == 2026
    assert infer_year(JUL_3, tails, latest=date(2026, 7, 2)) == 2026
    assert infer_year(JUL_3, tails, latest=date(2026, 7, 1)) == 2025


def test_a_files_time_before_the_years_it_shows_is_not_believed() -> None:
    assert infer_year(JUL_3, [_shown(12, 6, 2025)], latest=date(2019, 1, 1)) == 2026


def test_without_evidence_the_page_is_the_latest_not_after_the_files_time() -> None:
    assert infer_year(JUL_3, [], latest=NOVEMBER) == 2026
    assert infer_year(JUL_3, [_shown(6, 14)], latest=NOVEMBER) == 2026
    assert infer_year(_shown(12, 31), [], latest=NOVEMBER) == 2025


def test_a_page_may_be_a_day_younger_than_its_file() -> None:
    assert infer_year(JUL_3, [], latest=date(2026, 7, 2)) == 2026
    assert infer_year(_shown(1, 1), [], latest=date(2025, 12, 31)) == 2026


def test_the_29th_of_february_is_in_a_leap_year() -> None:
    leap = _shown(2, 29)
    assert infer_year(leap, [], latest=NOVEMBER) == 2024
    assert infer_year(leap, [_shown(3, 1, 2024)], latest=NOVEMBER) == 2028
    assert infer_year(leap, [_shown(3, 1, 2025), _shown(2, 28)], latest=NOVEMBER) == 2028
    assert infer_year(leap, [], latest=date(1903, 1, 1)) == 1896
    assert leap.on(2026) is None


@given(st.lists(st.builds(_shown, st.integers(1, 12), st.integers(1, 28), st.none() | st.integers(1990, 2099))), _DAYS)
def test_the_page_is_always_younger_than_every_year_it_shows(tails: list[ShownDate], latest: date) -> None:
    year = infer_year(JUL_3, tails, latest=latest)
    assert JUL_3.on(year) is not None
    assert all(tail.year is None or tail.year < year for tail in tails)


@given(_DAYS)
def test_the_day_a_page_was_saved_gives_its_year(day: date) -> None:
    assert infer_year(_shown(day.month, day.day), [], latest=day) == day.year
    assert nearest_year(_shown(day.month, day.day), day) == day.year


def test_a_known_day_gives_the_nearest_year() -> None:
    assert nearest_year(_shown(12, 31), date(2026, 1, 2)) == 2025
    assert nearest_year(_shown(1, 1), date(2025, 12, 31)) == 2026
    assert nearest_year(_shown(7, 28), date(2026, 7, 3)) == 2026
    assert nearest_year(_shown(2, 29), date(2025, 3, 1)) == 2024


def test_months_are_known_by_their_short_and_full_names() -> None:
    assert [month_number(name) for name in MONTH_NAMES] == list(range(1, 13))
    assert month_number("Sept.") == 9
    assert month_number("Jun") == 6


def test_a_day_begins_at_midnight_utc() -> None:
    assert midnight(date(2026, 7, 3)) == datetime(2026, 7, 3, tzinfo=UTC)
