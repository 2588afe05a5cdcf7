from __future__ import annotations

import pytest

from broadsheet import verdicts
from broadsheet.types import Account, Level, Parsed, Problem
from tests.made import NOON, entry


def parsed(entries: int, *levels: Level) -> Parsed:
    problems = tuple(
        Problem(source="s", dump="d", place=(1, 1), level=level, reason=f"a {level}", text="") for level in levels
    )
    account = Account(unit="lines", total=entries + 1, entry=entries, furniture=1 - bool(levels), problem=bool(levels))
    made = tuple(entry(f"Paper {number}") for number in range(entries))
    return Parsed(
        format="daily-papers", taken=NOON, taken_from="file name", entries=made, problems=problems, account=account
    )


@pytest.mark.parametrize(
    ("of", "papers", "known", "verdict", "reason"),
    [
        (parsed(3), 3, 1, "complete", "3 papers, 2 of them new; 100 % understood"),
        (parsed(3, "note"), 3, 1, "complete", "3 papers, 2 of them new; 75 % understood"),
        (parsed(3, "warning", "error"), 3, 1, "partial", "75 % understood; a warning (and 1 more)"),
        (parsed(3), 3, 3, "stale", "all 3 papers were known already"),
        (parsed(0), 0, 0, "empty", "it lists no paper"),
        (parsed(0, "error"), 0, 0, "empty", "a error"),
    ],
)
def test_a_verdict_rests_on_numbers(of: Parsed, papers: int, known: int, verdict: str, reason: str) -> None:
    assert verdicts.judge(of, papers=papers, known=known) == (verdict, reason)


def test_a_dump_that_says_something_new_of_what_is_known_is_not_stale() -> None:
    assert verdicts.judge(parsed(3), papers=3, known=3, updated=1) == (
        "complete",
        "3 papers, 0 of them new, 1 updated; 100 % understood",
    )
