"""Verdicts on values: what a dump says, what its source brought before, and what day it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet import verdicts
from broadsheet.types import Account, Level, Parsed, Past, Problem, Verdict
from broadsheet.verdicts import Evidence, Judged, judge
from broadsheet.verdicts.holidays import holiday, slow, working_days, works
from broadsheet.verdicts.rhythm import known_quiet
from tests.made import entry

MONDAY = date(2026, 6, 1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def parsed(entries: int, *levels: Level, day: date = MONDAY, **fields: Any) -> Parsed:
    problems = tuple(
        Problem(source="s", dump="d", place=(1, 1), level=level, reason=f"a {level}", text="") for level in levels
    )
    lost = sum(level != "note" for level in levels)
    account = Account(unit="lines", total=entries + lost, entry=entries, furniture=0, problem=lost)
    made = tuple(entry(f"Paper {number}") for number in range(entries))
    values: dict[str, Any] = {"format": "made", "taken": at(day), "taken_from": "file name", "account": account}
    return Parsed(**(values | {"entries": made, "problems": problems} | fields))


def evidence(of: Parsed, **fields: Any) -> Evidence:
    """Of a dump whose papers are all new, unless told otherwise."""
    papers = len(of.entries)
    values: dict[str, Any] = {"entries": papers, "papers": papers, "known": 0, "day": of.taken.date()}
    return Evidence(parsed=of, **(values | fields))


def again(of: Parsed, history: Sequence[Past], **fields: Any) -> Evidence:
    """Of a dump whose papers its source had all before."""
    papers = len(of.entries)
    return evidence(of, known=papers, listed=papers, history=history, **fields)


def past(day: date, entries: int = 30, verdict: Verdict = "complete", **fields: Any) -> Past:
    values: dict[str, Any] = {"dump": f"{day}.xml", "sha256": str(day), "read": day}
    return Past(taken=at(day), entries=entries, verdict=verdict, **(values | fields))


def days(number: int, *, before: date = MONDAY, quiet: Sequence[int] = (), entries: int = 30) -> tuple[Past, ...]:
    """So many days up to the one before, the newest first; on the weekdays `quiet` nothing came."""
    found = (before - timedelta(days=back) for back in range(1, number + 1))
    return tuple(past(day, 0, "empty") if day.weekday() in quiet else past(day, entries) for day in found)


WEEKEND = (5, 6)


@pytest.mark.parametrize(
    ("of", "known", "judged"),
    [
        (parsed(3), 1, Judged(verdict="complete", reason="3 papers, 2 of them new; 100 % understood")),
        (parsed(1), 0, Judged(verdict="complete", reason="1 paper, 1 of them new; 100 % understood")),
        (parsed(3, "note"), 1, Judged(verdict="complete", reason="3 papers, 2 of them new; 100 % understood")),
        (
            parsed(3, "warning", "error"),
            1,
            Judged(verdict="partial", reason="3 papers, 60 % understood; a warning (and 1 more)", alarm=True),
        ),
        (parsed(0), 0, Judged(verdict="empty", reason="it lists no paper")),
        (parsed(0, "error"), 0, Judged(verdict="broken", reason="no paper in 1 line; a error", alarm=True)),
    ],
)
def test_a_first_dump_is_judged_by_itself(of: Parsed, known: int, judged: Judged) -> None:
    assert judge(evidence(of, known=known)) == judged


def test_coverage_is_cut_and_not_rounded() -> None:
    account = Account(unit="records", total=100_000, entry=99_999, furniture=0, problem=1)
    told = judge(evidence(replace(parsed(3), account=account)))
    assert (told.verdict, told.reason) == ("partial", "3 papers, 99.99 % understood; the rest is no paper")


def test_a_source_that_refuses_is_broken_in_its_own_words() -> None:
    refused = judge(evidence(parsed(0, refusal="Rate\nexceeded.")))
    assert refused == Judged(verdict="broken", reason="the source answered with an error: Rate exceeded.", alarm=True)
    begun = judge(evidence(parsed(2, refusal="badResumptionToken")))
    assert (begun.verdict, begun.alarm) == ("partial", True)
    assert begun.reason == "2 papers; then the source answered with an error: badResumptionToken"


def test_a_listing_that_announces_more_than_it_lists_is_partial() -> None:
    told = judge(evidence(parsed(9, announced=13)))
    assert told == Judged(verdict="partial", reason="shows 9 of 13 papers", alarm=True)
    assert judge(evidence(parsed(13, announced=13))).verdict == "complete"
    assert judge(evidence(parsed(14, announced=13))).verdict == "complete"
    assert judge(evidence(parsed(0, announced=13))).reason == "shows 0 of 13 papers"


def test_a_diagnosis_of_the_whole_dump_is_the_reason() -> None:
    problem = Problem(source="s", dump="d", place=None, level="error", reason="only the names were copied")
    told = judge(evidence(replace(parsed(0, "warning"), problems=(problem,))))
    assert (told.verdict, told.reason) == ("broken", "only the names were copied")


@pytest.mark.parametrize(
    ("entries", "history", "reason"),
    [
        (1, days(9), "1 paper, where 30 are usual"),
        (7, days(9), "7 papers, where 30 are usual"),
        (12, days(9), None),
        (1, days(2), None),
        # After three dumps, only what is very far from all of them.
        (1, days(5), "1 paper, where 30 are usual"),
        (6, days(5), None),
        # A Daily Papers page is what a query finds, from 63 to 220.
        (63, tuple(past(one.taken.date(), 220) for one in days(10)), None),
        (220, tuple(past(one.taken.date(), 63) for one in days(10)), None),
        (2000, days(10), "2,000 papers, where 30 are usual: it may be another listing"),
        # Few papers, of which counting says nothing.
        (1, days(10, entries=2), None),
    ],
)
def test_what_is_far_from_usual_is_partial(entries: int, history: tuple[Past, ...], reason: str | None) -> None:
    told = judge(evidence(parsed(entries), history=history))
    assert (told.verdict, told.alarm) == (("partial", True) if reason else ("complete", False))
    if reason:
        assert told.reason == reason


def test_days_off_are_measured_against_days_off() -> None:
    sunday = date(2026, 6, 7)
    assert judge(evidence(parsed(2, day=sunday), history=days(14, before=sunday)[:6])).verdict == "complete"
    assert judge(evidence(parsed(2, day=sunday), history=days(28, before=sunday))).verdict == "partial"


def test_a_new_size_becomes_usual() -> None:
    long_ago = days(20, before=date(2026, 5, 25))
    few = tuple(past(date(2026, 5, day), 5, "partial") for day in (29, 28, 27, 26))
    assert judge(evidence(parsed(5), history=(*few[:3], *long_ago))).verdict == "partial"
    assert judge(evidence(parsed(5), history=(*few, *long_ago))).verdict == "complete"


def test_yesterdays_feed_served_again_on_a_weekday_is_stale() -> None:
    told = judge(again(parsed(30), days(14, quiet=WEEKEND)[2:], same=True))
    assert told.alarm
    assert told.verdict == "stale"
    assert told.reason == (
        "the listing of 2026-05-29 again: all 30 papers were in 2026-05-29.xml; "
        "it brought something on 9 of its last 9 working days"
    )


def test_a_second_dump_of_a_day_is_stale_and_no_alarm() -> None:
    history = (past(MONDAY), *days(9))
    told = judge(again(parsed(30), history))
    assert (told.verdict, told.alarm) == ("stale", False)
    assert told.reason == "all 30 papers were known already; the second one of that day"
    # A page that carries its own date, and is still the one that an earlier day's run has read, is another matter.
    of = parsed(30, taken_from="page date")
    assert judge(again(of, history, day=MONDAY + timedelta(days=1))).alarm
    assert not judge(again(of, history, day=MONDAY)).alarm


def test_a_dump_that_says_something_new_of_what_is_known_is_not_stale() -> None:
    told = judge(again(parsed(30), days(5), updated=1))
    assert told == Judged(verdict="complete", reason="30 papers, 0 of them new, 1 updated; 100 % understood")


def test_papers_that_another_source_brought_are_not_stale() -> None:
    assert judge(evidence(parsed(30), known=30, listed=29, history=days(5))).verdict == "complete"


@pytest.mark.parametrize("form", ["arxiv-rss", "made"])
def test_nothing_on_saturdays_is_usual(form: str) -> None:
    saturday = date(2026, 6, 6)
    empty = judge(evidence(parsed(0, day=saturday, format=form), history=days(28, before=saturday, quiet=WEEKEND)))
    assert (empty.verdict, empty.alarm) == ("empty", False)
    assert empty.reason == "it lists no paper; nothing on Saturdays, as usual (4 of 4 times)"
    stale = judge(again(parsed(30, day=saturday, format=form), days(28, before=saturday, quiet=WEEKEND)))
    assert (stale.verdict, stale.alarm) == ("stale", False)


def test_what_is_known_of_arxiv_need_not_be_learnt() -> None:
    for day in (date(2026, 6, 6), date(2026, 6, 7)):
        told = judge(evidence(parsed(0, day=day, format="arxiv-rss")))
        assert (told.verdict, told.alarm) == ("empty", False)
        assert told.reason == f"it lists no paper; nothing on {'Saturdays' if day.day == 6 else 'Sundays'}, as usual"
    thanksgiving = judge(
        evidence(parsed(0, day=date(2026, 11, 26), format="arxiv-rss"), history=days(20, before=date(2026, 11, 26)))
    )
    assert not judge(evidence(parsed(0, day=date(2026, 7, 3), format="arxiv-atom"), history=days(9))).alarm
    assert "4 of" not in thanksgiving.reason


def test_an_empty_dump_on_a_day_that_always_brings_something_is_an_alarm() -> None:
    tuesday = date(2026, 6, 2)
    told = judge(evidence(parsed(0, day=tuesday), history=days(28, before=tuesday, quiet=WEEKEND)))
    assert told == Judged(
        verdict="empty", reason="it lists no paper; on Tuesdays it brought something 4 of 4 times", alarm=True
    )
    soon = judge(evidence(parsed(0, day=tuesday), history=days(2, before=tuesday, quiet=WEEKEND)))
    assert soon == Judged(
        verdict="empty", reason="it lists no paper; it brought something on 1 of its last 1 working days", alarm=True
    )


def test_a_weekly_source_rests_between_its_days_and_is_missed_when_it_fails() -> None:
    history: list[Past] = []
    alarms = []
    for back in range(40):
        day = date(2026, 4, 2) + timedelta(days=back)  # a Thursday, on which it comes
        fresh = day.weekday() == 3 and back < 35
        told = judge(evidence(parsed(5, day=day)) if fresh else again(parsed(5, day=day), history))
        alarms += [day] if told.alarm else []
        history.insert(0, past(day, 5, told.verdict))
    # The first day without news comes as a surprise; a Thursday without any is one, too.
    assert alarms == [date(2026, 4, 3), date(2026, 5, 7)]


def test_a_late_dump_is_late_and_not_stale() -> None:
    told = judge(again(parsed(30), days(5), late=at(date(2026, 6, 3))))
    assert (told.verdict, told.alarm) == ("complete", False)
    assert told.reason == "late: one of 2026-06-03 was read before; 30 papers, 0 of them new; 100 % understood"
    empty = judge(evidence(parsed(0, format="arxiv-rss"), history=days(9), late=at(date(2026, 6, 3))))
    assert (empty.verdict, empty.alarm) == ("empty", False)


def test_a_feed_that_was_made_days_before_is_stale() -> None:
    of = parsed(30, format="arxiv-rss", day=date(2026, 6, 4), stated=at(MONDAY))
    told = judge(evidence(of))
    assert (told.verdict, told.alarm) == ("stale", True)
    assert told.reason.startswith("made on 2026-06-01, 3 days before it was taken; 30 papers, 30 of them new")
    # Friday's feed on Monday is one working day old, and on Tuesday after a holiday on Monday, too.
    friday, monday, after_labor_day = date(2026, 9, 4), date(2026, 9, 7), date(2026, 9, 8)
    for day in (friday, monday, after_labor_day):
        assert judge(evidence(replace(of, taken=at(day), stated=at(friday)))).verdict == "complete"
    # The file's own time says when it was saved, and not when it was asked for.
    assert judge(evidence(replace(of, taken_from="file time"))).verdict == "complete"


def test_a_listing_whose_newest_paper_is_older_than_ever_is_stale() -> None:
    history = tuple(replace(one, newest=one.taken.date() - timedelta(days=1)) for one in days(4))
    told = judge(evidence(parsed(30), history=history, newest=date(2026, 5, 20)))
    assert (told.verdict, told.alarm) == ("stale", True)
    assert told.reason == "its newest paper is of 2026-05-20, 12 days before it was taken, where 1 day is usual"
    assert judge(evidence(parsed(30), history=history, newest=date(2026, 5, 28))).verdict == "complete"
    assert judge(evidence(parsed(30), history=history[:2], newest=date(2026, 5, 20))).verdict == "complete"


def test_dumps_of_one_name_but_for_days_and_numbers_are_kin() -> None:
    history = tuple(past(MONDAY, dump=name) for name in ("cs.LG-2026-05-31.xml", "math.KT-2026-05-31.xml"))
    assert verdicts.kin(history, "cs.LG-2026-06-01.xml") == history[:1]
    for one, other in (
        ("000_061d450d75e47dff.txt", "002_b9d33a1091af299e.txt"),
        ("page-Monday.txt", "page-tue.txt"),
        ("papers 3 Jul.txt", "papers 12 September.txt"),
    ):
        assert verdicts.kin([past(MONDAY, dump=one)], other)
    assert not verdicts.kin([past(MONDAY, dump="defaced.txt")], "effaced.txt")


def test_the_newest_date_of_a_dump_is_one_known_to_the_day() -> None:
    listed = (
        entry(published=date(2026, 6, 1), published_precision="day"),
        entry(published=date(2026, 12, 1), published_precision="month"),
        entry(updated=date(2026, 6, 3)),
    )
    assert verdicts.newest_of(listed) == date(2026, 6, 3)
    assert verdicts.newest_of(listed[1:2]) is None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 19), "Martin Luther King Day"),
        (date(2026, 5, 25), "Memorial Day"),
        (date(2026, 7, 3), "Independence Day"),  # the fourth is a Saturday
        (date(2027, 7, 5), "Independence Day"),  # the fourth is a Sunday
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 11, 26), "Thanksgiving"),
        (date(2026, 11, 27), "Thanksgiving"),
        (date(2026, 12, 25), "Christmas"),
        (date(2026, 6, 2), None),
    ],
)
def test_american_holidays(day: date, name: str | None) -> None:
    assert holiday(day) == name
    assert works(day) is (name is None)


@example(date.max, date.min, 0, "arxiv-rss")
@example(date.min, date.max, 1, "arxiv-rss")
@given(st.dates(), st.dates(), st.integers(0, 3), st.sampled_from(["arxiv-rss", "daily-papers", "made"]))
def test_no_date_is_too_odd_to_be_judged(day: date, stated: date, entries: int, form: str) -> None:
    history = tuple(past(min(day, one)) for one in (day, stated, MONDAY, date.min))
    told = judge(again(parsed(entries, day=day, format=form, stated=at(stated)), history, newest=stated, day=stated))
    assert "\n" not in told.reason


def test_few_papers_beside_a_holiday_are_no_surprise() -> None:
    bridge = date(2024, 7, 5)
    assert judge(evidence(parsed(3, day=bridge), history=days(20, before=bridge))).verdict == "complete"
    assert [day for day in range(20, 32) if slow(date(2026, 12, day))] == [22, 23, 28, 29, 30]
    assert not slow(date.min)
    assert not slow(date.max)


def test_working_days_between_two_days() -> None:
    assert working_days(MONDAY, MONDAY) == 0
    assert working_days(MONDAY, date(2026, 6, 2)) == 1
    assert working_days(date(2026, 6, 5), date(2026, 6, 8)) == 1
    assert working_days(MONDAY, date(2026, 6, 15)) == 10
    assert working_days(date(2026, 6, 2), MONDAY) == 0


def test_the_day_after_a_holiday_is_quiet_at_arxiv_and_not_elsewhere() -> None:
    assert known_quiet("arxiv-rss", date(2026, 5, 26)) == "after a holiday (Memorial Day)"
    assert known_quiet("arxiv-mail", date(2026, 12, 25)) == "on a holiday (Christmas)"
    assert known_quiet("daily-papers", date(2026, 6, 6)) == "on Saturdays"
    assert known_quiet("arxiv-api", date(2026, 6, 6)) is None
    assert known_quiet("feed", date(2026, 6, 6)) is None
