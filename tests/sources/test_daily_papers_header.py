from __future__ import annotations

import pytest

from broadsheet.dates import ShownDate
from broadsheet.sources.daily_papers.header import Header, begins_header, read_header
from broadsheet.sources.lines import lines_of

SIGN_UP = "Get trending papers in your email inbox!"


def _read(text: str) -> Header:
    header = read_header(lines_of(text), 0)
    assert header is not None
    return header


@pytest.mark.parametrize(
    ("text", "lines", "rest"),
    [
        (f"{SIGN_UP}\nSubscribeShelves of Glass", 1, "Shelves of Glass"),
        (f"{SIGN_UP}\nSubscribe\nSubscribe to Silence", 2, ""),
        (f"{SIGN_UP}\nSubscribe to Silence", 1, ""),
        (f"{SIGN_UP}\nSubscribeSubmitted by\nkeeper", 1, "Submitted by"),
        (f"{SIGN_UP}Subscribe\nDaily Papers Considered Harmful", 1, ""),
        ("Daily Papers\nbyAK and the research community\nKites", 2, ""),
        ("Daily PapersbyAK and the research communityJul 3Kites", 0, "Kites"),
        ("Daily Papers by AK and the research community Jul 3 Kites", 0, "Kites"),
        ("by\nAK\nand the research community\nKites", 3, ""),
        ("new\nnewGLUE: A Benchmark", 1, ""),
        (f"{SIGN_UP}\nDaily\nWeekly\nMonthly\nTrending Papers\nKites", 5, ""),
        ("Get trending papers in your email inbox once\na day!\nSubscribe\nKites", 3, ""),
    ],
)
def test_a_header_ends_where_the_first_title_begins(text: str, lines: int, rest: str) -> None:
    header = _read(text)
    assert (header.lines, header.rest) == (lines, rest)


@pytest.mark.parametrize(
    ("text", "date", "rest"),
    [
        ("Jul 3\nKites", ShownDate(month=7, day=3), ""),
        ("Jul 3, 2025\nKites", ShownDate(month=7, day=3, year=2025), ""),
        ("Jul 3, 2025Kites", ShownDate(month=7, day=3, year=2025), "Kites"),
        ("Jul 3Kites", ShownDate(month=7, day=3), "Kites"),
        ("Jul 33D Kites", ShownDate(month=7, day=3), "3D Kites"),
        ("Jul 23D Kites", ShownDate(month=7, day=2), "3D Kites"),
        ("Jul 2860 Kites", ShownDate(month=7, day=28), "60 Kites"),
        ("Jul 28\nKites", ShownDate(month=7, day=28), ""),
    ],
)
def test_the_pages_date_is_cut_from_the_title_glued_to_it(text: str, date: ShownDate, rest: str) -> None:
    header = _read(f"Daily Papers\n{text}")
    assert (header.date, header.rest) == (date, rest)


@pytest.mark.parametrize("text", ["May 2024 in Review", "Jul 3 Kites Over a Harbour", "July Kites", "May 0 Kites"])
def test_a_title_that_begins_with_a_month_is_not_a_date(text: str) -> None:
    assert read_header(lines_of(text), 0) is None


@pytest.mark.parametrize("text", ["Subscribe to Silence", "Daily Papers, Weekly Kites", "newGLUE", "Kites"])
def test_a_file_without_a_header_has_none(text: str) -> None:
    assert read_header(lines_of(text), 0) is None


@pytest.mark.parametrize(
    "text",
    [
        SIGN_UP,
        f"new{SIGN_UP}Subscribe",
        f"new\n{SIGN_UP}",
        "new\nSubscribe\nDaily Papers",
        "Subscribe",
        "Daily Papers",
        "Daily PapersJul 3",
        "SubscribeSubmitted by",
        "SubscribeDaily PapersbyAK and the research communityKites",
    ],
)
def test_a_header_is_recognised_in_the_midst_of_a_file(text: str) -> None:
    assert begins_header(lines_of(text), 0)


@pytest.mark.parametrize(
    "text", ["new", "new\nnew\nnew", "new\nKites", "SubscribeKites", "Daily Papers on Kites", "Get trending papers"]
)
def test_a_line_that_might_be_text_begins_no_header_in_the_midst_of_a_file(text: str) -> None:
    assert not begins_header(lines_of(text), 0)
