from __future__ import annotations

import pytest

from broadsheet.sources.daily_papers.tails import Tail, organization_name, read_tail, read_torn_tail
from broadsheet.sources.lines import Line, lines_of


def _read(text: str) -> Tail | None:
    return read_tail(lines_of(text), 0)


def _facts(tail: Tail | None) -> tuple[object, ...]:
    assert tail is not None
    day = None if tail.date is None else (tail.date.year, tail.date.month, tail.date.day)
    return tail.author_count, tail.organization, day, tail.comments


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("  • 3 authors\n·\nMay 28, 2020", (3, None, (2020, 5, 28), None)),
        ("  • 1 authors\n·\nMay 28", (1, None, (None, 5, 28), None)),
        ("• 1 author · May 28 2", (1, None, (None, 5, 28), 2)),
        ("•671authors·May28,20202", (671, None, (2020, 5, 28), 2)),
        ("\u00a0•\u00a03\u00a0authors\u00a0·\u00a0Dec\u00a06,\u00a020252", (3, None, (2025, 12, 6), 2)),
        ("3 authors\n\n·\n\nSep 3, 2024\n\n12", (3, None, (2024, 9, 3), 12)),
        ("• 3 authors", (3, None, None, None)),
        ("• 3 authors\n·", (3, None, None, None)),
        ("• 3 authors\nSept 3, 2024", (3, None, (2024, 9, 3), None)),
        ("· June 4, 2025 14", (None, None, (2025, 6, 4), 14)),
        ("·\nMay 28", (None, None, (None, 5, 28), None)),
        ("May 28, 2020 3", (None, None, (2020, 5, 28), 3)),
        ("May 28 2020", (None, None, (2020, 5, 28), None)),
        ("adobe-research Adobe Research · May 28, 2020 2", (None, "adobe-research Adobe Research", (2020, 5, 28), 2)),
        ("KITES KITES·May 28", (None, "KITES KITES", (None, 5, 28), None)),
    ],
)
def test_a_tail_is_read_whatever_is_missing_or_glued(text: str, facts: tuple[object, ...]) -> None:
    tail = _read(text)
    assert _facts(tail) == facts
    assert tail is not None
    assert len(tail.lines) == len(lines_of(text))


@pytest.mark.parametrize(
    ("text", "day", "comments", "ambiguous"),
    [
        ("May 296", 29, 6, True),
        ("Jun 45", 4, 5, False),
        ("Jun 12", 12, None, False),
        ("Jun 123", 12, 3, True),
        ("Jun 312", 3, 12, False),
        ("Feb 301", 0, None, False),
        ("Dec 100", 10, 0, False),
        ("Jan 1001", 0, None, False),
    ],
)
def test_a_count_glued_to_the_day_is_read_with_the_longest_day_there_is(
    text: str, day: int, comments: int | None, ambiguous: bool
) -> None:
    tail = _read(f"· {text}")
    if day == 0:
        assert tail is None
        return
    assert tail is not None
    assert tail.date is not None
    assert (tail.date.day, tail.comments, tail.ambiguous) == (day, comments, ambiguous)


@pytest.mark.parametrize(
    "text",
    [
        "•",
        "• three authors",
        "May 2024",
        "May 32, 2025",
        "May the Force",
        "Three authors",
        "Foo · Bar",
        "• 3 authors of " + "x" * 300,
        "· May 28, 2020 and more",
        "12",
    ],
)
def test_text_is_not_taken_for_a_tail(text: str) -> None:
    assert _read(text) is None


def test_a_tail_ends_where_the_next_begins() -> None:
    lines = lines_of("• 3 authors\n·\nMay 28 2\n• 4 authors\n·\nMay 29")
    tail = read_tail(lines, 0)
    assert tail is not None
    assert [line.number for line in tail.lines] == [1, 2, 3]
    assert _facts(read_tail(lines, 3)) == (4, None, (None, 5, 29), None)


def test_an_organisation_is_known_by_its_full_name() -> None:
    assert organization_name("adobe-research Adobe Research") == "Adobe Research"
    assert organization_name("KITES") == "KITES"


@pytest.mark.parametrize(
    "text", ["•", "• 3", "• 3 auth", "• 3 authors · Ma", "adobe Adobe Research · Dec 6, 20", "x X ·"]
)
def test_the_last_line_of_a_file_may_be_a_torn_tail(text: str) -> None:
    tail = read_torn_tail(Line(9, text, len(text)), None)
    assert tail is not None
    assert tail.torn


@pytest.mark.parametrize("text", ["M", "Decem", "Dec 6,", "Dec 6, 20", "· Ma"])
def test_the_last_line_of_a_file_may_be_the_torn_rest_of_a_tail(text: str) -> None:
    before = read_tail(lines_of("• 3 authors"), 0)
    tail = read_torn_tail(Line(9, text, len(text)), before)
    assert tail is not None
    assert tail.torn
    assert tail.author_count == 3


@pytest.mark.parametrize("text", ["of the order O(n · log n).", "A Title", "• and so on"])
def test_other_last_lines_are_not_torn_tails(text: str) -> None:
    assert read_torn_tail(Line(9, text, len(text)), None) is None


def test_nothing_follows_a_tail_with_its_date() -> None:
    assert read_torn_tail(Line(9, "Dec", 3), read_tail(lines_of("• 3 authors\n·\nMay 28"), 0)) is None
