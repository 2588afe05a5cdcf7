from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from broadsheet.render import words
from broadsheet.render.days import long_day, published, short_day, taken
from broadsheet.types import Digest, Entry, FieldChange, HeldBack, Hit, Match, Precision, Ranked, SourceReport


def test_days_are_told_without_a_locale() -> None:
    assert long_day(date(2026, 7, 3)) == "Friday, 3 July 2026"
    assert short_day(date(2026, 7, 3)) == "3 Jul 2026"


@pytest.mark.parametrize(
    ("precision", "text", "iso", "noted"),
    [
        ("day", "4 Mar 2025", "2025-03-04", False),
        (None, "4 Mar 2025", "2025-03-04", False),
        ("month-day", "4 Mar", "03-04", True),
        ("month", "Mar 2025", "2025-03", True),
        ("year", "2025", "2025", True),
    ],
)
def test_a_date_is_told_no_more_exact_than_it_is_known(
    precision: Precision | None, text: str, iso: str, noted: bool
) -> None:
    entry = Entry(title="t", title_raw="t", published=date(2025, 3, 4), published_precision=precision)
    moment = published(entry)
    assert moment is not None
    assert (moment.text, moment.iso, bool(moment.note)) == (text, iso, noted)


def test_an_inferred_year_is_told_as_such() -> None:
    entry = Entry(title="t", title_raw="t", published=date(2026, 3, 4), published_precision="month-day")
    moment = published(entry)
    assert moment is not None
    assert moment.note == "the listing gives no year; taken as 2026"


def test_an_unknown_date_is_not_told() -> None:
    assert published(Entry(title="t", title_raw="t")) is None


def test_the_date_of_a_dump_is_the_date_that_was_read_whatever_the_zone(
    make_report: Callable[..., SourceReport],
) -> None:
    moment = taken(make_report(), "America/New_York")
    assert moment is not None
    assert (moment.text, moment.note) == ("3 Jul 2026", "page date, year inferred")


def test_the_time_of_a_file_is_told_in_the_zone_of_the_digest(make_report: Callable[..., SourceReport]) -> None:
    report = make_report(taken=datetime(2026, 7, 3, 23, 5, tzinfo=UTC), taken_from="file time")
    moment = taken(report, "Europe/Berlin")
    assert moment is not None
    assert (moment.text, moment.iso) == ("4 Jul 2026, 01:05 CEST", "2026-07-04T01:05:00+02:00")
    assert taken(make_report(taken=None, taken_from=None), "UTC") is None


@pytest.mark.parametrize(
    ("best", "text"),
    [
        ({}, ""),
        ({"author_count": 1}, "1 author"),
        ({"author_count": 671}, "671 authors"),
        ({"authors": ("A. One", "B. Two")}, "A. One, B. Two"),
        ({"authors": ("A", "B", "C", "D", "E", "F")}, "A, B … F (6 authors)"),
    ],
)
def test_authors_are_told_in_short(best: dict[str, Any], text: str) -> None:
    assert words.authors(Entry(title="t", title_raw="t", **best)) == text


def test_a_rule_tells_its_words_or_its_query_where_it_holds_without_any(make_match: Callable[..., Match]) -> None:
    assert words.matched_words(make_match("a", 1.0, Hit(field="comments", text="5"))) == "5 comments"
    assert words.matched_words(make_match("plain")) == '"plain"'


def test_a_title_boost_is_told_as_a_product(make_match: Callable[..., Match]) -> None:
    assert words.boost(make_match("rule", 6.0, weight=3.0)) == "3 × 2, title"
    assert words.boost(make_match("rule", -1.5, weight=-1.0)) == "-1 × 1.5, title"
    assert words.boost(make_match("rule", 3.0)) == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("it is 2 x faster", "it is 3 x faster", ("it is", "2", "3", "x faster")),
        ("one two three four five", "one two three four six", ("… two three four", "five", "six", "")),
        ("b c d e f g", "a c d e f g", ("", "b", "a", "c d e …")),
        ("a b", "a new b", ("a", "", "new", "b")),
        ("a old b", "a b", ("a", "old", "", "b")),
        (None, "new", ("", "unknown", "new", "")),
        ("old", None, ("", "old", "unknown", "")),
        ("a a", "a a a", ("a a", "", "a", "")),
    ],
)
def test_a_change_is_told_by_the_words_that_differ(
    old: str | None, new: str | None, told: tuple[str, str, str, str]
) -> None:
    assert words.changed(FieldChange(field="abstract", old=old, new=new)) == told


def test_a_long_change_is_cut_at_a_word() -> None:
    _, old, _, _ = words.changed(FieldChange(field="abstract", old="word " * 100, new="x"))
    assert len(old) <= 121
    assert old.endswith("word…")


def test_a_text_without_blanks_is_cut_all_the_same() -> None:
    assert words.shortened("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ((), "no dump was read since the last edition"),
        (("complete",), "1 dump, complete"),
        (("complete",) * 3, "3 dumps, all complete"),
        (("broken", "complete", "complete"), "3 dumps, 2 complete and 1 broken"),
        (("stale", "broken", "complete", "empty"), "4 dumps, 1 complete, 1 stale, 1 empty and 1 broken"),
    ],
)
def test_verdicts_are_counted(make_report: Callable[..., SourceReport], verdicts: tuple[str, ...], told: str) -> None:
    assert words.verdicts([make_report(verdict=verdict) for verdict in verdicts]) == told


def test_corrections_are_a_sentence() -> None:
    assert [words.corrected(number) for number in (0, 1, 1200)] == [
        "",
        "1 paper was corrected by re-reading old dumps.",
        "1,200 papers were corrected by re-reading old dumps.",
    ]


def test_the_summary_says_what_became_of_every_paper(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    held = tuple(HeldBack(guid=make_row().change.paper.guid, title="t", score=1, reason="limit", rank=3) for _ in "ab")
    digest = make_digest((make_row(),), (make_row(number=2),), held_back=held, unmatched=1204)
    assert words.summary(digest) == (
        "2 of 1,208 new or updated papers, 2 held back, 1,204 matched no rule; 1 dump, complete."
    )
    assert words.nothing(digest) == ""


def test_a_digest_without_papers_says_what_was_looked_at(
    make_digest: Callable[..., Digest], make_report: Callable[..., SourceReport]
) -> None:
    assert words.nothing(make_digest(unmatched=63)) == "63 new or updated papers were looked at: 63 matched no rule."
    assert words.nothing(make_digest()) == "1 dump with 63 entries was read: nothing in it is new or updated."
    two = (make_report(entries=0), make_report(entries=1))
    assert words.nothing(make_digest(sources=two)) == (
        "2 dumps with 1 entry were read: nothing in them is new or updated."
    )
    assert words.nothing(make_digest(sources=())) == (
        "No dump was read since the last edition, so there was nothing to look at."
    )
    assert words.summary(make_digest()) == "Nothing is new or updated; 1 dump, complete."


def test_sources_without_news_and_mails_in_doubt_are_sentences() -> None:
    assert words.unchanged(()) == ""
    assert words.unchanged(("arxiv", "rss")) == "Asked, and nothing new: arxiv and rss."
    many = words.unchanged([f"source-{number}" for number in range(15)])
    assert many.endswith("source-11 and 3 more.")
    assert "source-12" not in many
    assert words.in_doubt(()) == ""
    one, *_ = days = [date(2026, 6, day) for day in range(1, 6)]
    told = "may not have arrived everywhere: the sender was stopped at the very moment."
    assert words.in_doubt([one]) == f"The mail of 1 Jun 2026 {told}"
    assert words.in_doubt(days).startswith("The mails of 2 earlier days, 3 Jun 2026, 4 Jun 2026 and 5 Jun 2026 may")
