from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from broadsheet import sources
from broadsheet.types import Parsed
from tests.sources.copies import BELLS, HEADER, LANTERN, ORCHARD, PAPERS, TIDEGATE, Layout, Made, dump, render

NOVEMBER = datetime(2026, 11, 21, 12, tzinfo=UTC)
BARE = Layout(header=HEADER[:4])


def _parse(
    papers: tuple[Made, ...], page_date: str = "", *, name: str = "copy.txt", modified: datetime = NOVEMBER
) -> Parsed:
    header = (*HEADER[:-1], page_date) if page_date else HEADER[:-1]
    return sources.parse(dump(render(papers, Layout(header=header)), name=name, modified=modified))


def _dates(parsed: Parsed) -> list[tuple[date | None, str | None]]:
    return [(entry.published, entry.published_precision) for entry in parsed.entries]


def _taken(parsed: Parsed) -> tuple[str, str]:
    assert parsed.taken.tzinfo is UTC
    return f"{parsed.taken:%Y-%m-%d %H:%M}", parsed.taken_from


def test_a_date_in_the_files_name_wins() -> None:
    parsed = _parse(PAPERS, "Jul 3", name="2025-07-04.txt")
    assert _taken(parsed) == ("2025-07-04 00:00", "file name")


def test_a_date_in_the_files_name_fixes_the_year() -> None:
    hidden = _parse((TIDEGATE,), "Jul 3", name="2024-07-04.txt")
    assert _dates(hidden) == [(date(2024, 6, 14), "month-day")]
    before = _parse((TIDEGATE,), "Dec 31", name="2025-01-01.txt")
    assert _dates(before) == [(date(2024, 6, 14), "month-day")]


def test_a_page_date_with_its_year_is_next() -> None:
    parsed = _parse((TIDEGATE,), "Jul 3, 2025")
    assert _taken(parsed) == ("2025-07-03 00:00", "page date")
    assert _dates(parsed) == [(date(2025, 6, 14), "month-day")]


def test_a_page_date_without_a_year_has_it_inferred() -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)
    parsed = _parse((LANTERN, TIDEGATE), "Jul 3", modified=early)
    assert _taken(parsed) == ("2026-07-03 00:00", "page date, year inferred")
    assert _dates(parsed) == [(date(2025, 12, 6), "day"), (date(2026, 6, 14), "month-day")]


def test_without_any_date_the_files_day_in_utc_is_taken() -> None:
    evening = datetime(2026, 11, 20, 20, tzinfo=timezone(timedelta(hours=-8)))
    parsed = _parse((BELLS,), modified=evening)
    assert _taken(parsed) == ("2026-11-21 00:00", "file time")
    assert _dates(parsed) == [(None, None)]


def test_without_a_page_date_the_files_time_dates_the_tails() -> None:
    assert _dates(_parse((TIDEGATE,))) == [(date(2026, 6, 14), "month-day")]
    assert _dates(_parse((TIDEGATE,), modified=datetime(2026, 6, 1, tzinfo=UTC))) == [(date(2025, 6, 14), "month-day")]
    both = _parse((LANTERN, TIDEGATE), modified=datetime(2029, 6, 1, tzinfo=UTC))
    assert _dates(both)[1] == (date(2026, 6, 14), "month-day")


def test_without_a_page_date_the_files_name_dates_the_tails() -> None:
    assert _dates(_parse((TIDEGATE, ORCHARD), name="20260601.txt")) == [
        (date(2025, 6, 14), "month-day"),
        (date(2025, 5, 29), "month-day"),
    ]


def test_each_page_of_a_file_has_its_own_year_and_the_latest_counts() -> None:
    older = replace(LANTERN, published=date(2020, 12, 6))
    first = render((older, TIDEGATE), Layout(header=(*HEADER[:-1], "Aug 1")))
    second = render((LANTERN, TIDEGATE), Layout(header=(*HEADER[4:-1], "Jul 3")))
    undated = render((TIDEGATE,), Layout(header=HEADER[1:4]))
    parsed = sources.parse(dump(first + second + undated, modified=NOVEMBER))
    assert _taken(parsed) == ("2026-07-03 00:00", "page date, year inferred")
    assert [day for day, _ in _dates(parsed)] == [
        date(2020, 12, 6),
        date(2021, 6, 14),
        date(2025, 12, 6),
        date(2026, 6, 14),
        date(2026, 6, 14),
    ]


def test_a_tail_without_a_year_after_its_page_is_kept_with_a_note() -> None:
    parsed = _parse(
        (replace(TIDEGATE, published=date(2026, 7, 6)), replace(ORCHARD, published=date(2026, 7, 5))), "Jul 3"
    )
    assert _dates(parsed) == [(date(2026, 7, 6), "month-day"), (date(2026, 7, 5), "month-day")]
    assert [(problem.level, problem.text.split("\n")[-1]) for problem in parsed.problems] == [("note", "Jul 6")]


def test_a_day_that_the_inferred_year_does_not_have_is_no_date_and_noted() -> None:
    text = render((TIDEGATE,), Layout()).replace("Jun 14", "Feb 29")
    parsed = sources.parse(dump(text, modified=NOVEMBER))
    assert _dates(parsed) == [(None, None)]
    assert [(problem.level, problem.reason) for problem in parsed.problems] == [
        ("note", "2026 has no such day; the paper is left without a date")
    ]


def test_a_page_date_that_never_was_is_no_date() -> None:
    assert _taken(_parse((BELLS,), "Feb 29, 2025"))[1] == "file time"


@pytest.mark.parametrize("name", ["000_061d450d75e47dff.txt", "copy.txt"])
def test_a_digest_in_the_files_name_is_no_date(name: str) -> None:
    assert _parse((BELLS,), "Jul 3", name=name).taken_from == "page date, year inferred"
