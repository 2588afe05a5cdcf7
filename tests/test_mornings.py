"""Weeks of made-up dumps through whole runs: what each morning says of its sources, and which of it is an alarm."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, page

PROFILE = """\
title = "Serving"
min_score = 1

[[rule]]
when = 'paper'
"""
SOURCES = """\
[[source]]
name = "cs-CL"
files = ["cs.CL-*"]

[[source]]
name = "daily"
files = ["daily-*"]
"""
MONDAY = date(2026, 6, 1)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.profile(PROFILE)
    (desk.root / "config" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return desk


def feed(day: date, papers: Sequence[int], *, built: date | None = None) -> str:
    """arXiv's feed of a day, with made-up papers by their numbers."""
    stamp = f"{built or day:%a, %d %b %Y} 00:00:00 -0400"
    items = "".join(
        f"<item><title>Made-up paper number {number}</title><link>https://arxiv.org/abs/2606.{number:05}</link>"
        f"<description>arXiv:2606.{number:05}v1 Announce Type: new \nAbstract: We invent paper {number} and measure "
        f"nothing in it.</description><guid isPermaLink='false'>oai:arXiv.org:2606.{number:05}v1</guid>"
        f"<category>cs.CL</category><pubDate>{stamp}</pubDate><arxiv:announce_type>new</arxiv:announce_type>"
        "<dc:creator>Ada Made-up</dc:creator></item>"
        for number in papers
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        "<channel><title>cs.CL updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.CL</link>"
        f"<description>cs.CL updates</description><lastBuildDate>{stamp}</lastBuildDate><pubDate>{stamp}</pubDate>"
        f"<skipDays><day>Sunday</day><day>Saturday</day></skipDays>{items}</channel></rss>\n"
    )


def morning(desk: Desk, day: date, content: str, *, code: int = 0, name: str = "cs.CL") -> dict[str, Any]:
    """A dump of a day, the run of that morning, and what it says of that dump."""
    file = desk.root / "dumps" / f"{name}-{day}.{'xml' if content.startswith('<') else 'txt'}"
    file.parent.mkdir(exist_ok=True)
    file.write_text(content, encoding="utf-8")
    report = desk.run(day=str(day), code=code)
    (dump,) = report["dumps"]
    assert bool(dump["alarm"]) is (code == 3)
    assert [dump["name"] in failure for failure in report["failures"]] == [True] * (code == 3)
    return dict(dump)


def weeks(desk: Desk, number: int) -> date:
    """Whole weeks without anything odd, read at once; the Monday behind them."""
    (desk.root / "dumps").mkdir(exist_ok=True)
    days = [MONDAY + timedelta(days=index) for index in range(7 * number)]
    for index, day in enumerate(days):
        papers = range(100 * index, 100 * index + 20) if day.weekday() < 5 else ()
        (desk.root / "dumps" / f"cs.CL-{day}.xml").write_text(feed(day, papers), encoding="utf-8")
    told = desk.run(day=str(days[-1]))["dumps"]
    assert [dump["verdict"] for dump in told] == ["complete" if day.weekday() < 5 else "empty" for day in days]
    assert not any(dump["alarm"] for dump in told)
    return MONDAY + timedelta(weeks=number)


def test_a_week_that_ends_with_a_single_paper_and_an_empty_weekend(desk: Desk) -> None:
    for index in range(4):
        day = MONDAY + timedelta(days=index)
        told = morning(desk, day, feed(day, range(100 * index, 100 * index + 18 + index)))
        assert (told["verdict"], told["new"]) == ("complete", 18 + index)

    friday = morning(desk, date(2026, 6, 5), feed(date(2026, 6, 5), [900]), code=3)
    assert (friday["verdict"], friday["reason"]) == ("partial", "1 paper, where 20 are usual")
    assert friday["new"] == 1  # nothing is thrown away

    saturday = morning(desk, date(2026, 6, 6), feed(date(2026, 6, 6), []))
    assert (saturday["verdict"], saturday["reason"]) == (
        "empty",
        "it lists no paper; nothing on Saturdays, as usual",
    )


def test_yesterdays_feed_again(desk: Desk) -> None:
    monday = weeks(desk, 1)
    assert morning(desk, monday, feed(monday, range(1000, 1020)))["verdict"] == "complete"

    tuesday = monday + timedelta(days=1)
    told = morning(desk, tuesday, feed(tuesday, range(1000, 1020)), code=3)

    assert told["verdict"] == "stale"
    assert told["reason"] == (
        f"the listing of {monday} again: all 20 papers were in cs.CL-{monday}.xml; "
        "it brought something on 6 of its last 6 working days"
    )
    assert f"cs.CL-{tuesday}.xml: stale: the listing of {monday} again" in desk.err
    (source,) = desk.digest(str(tuesday))["sources"]
    assert (source["verdict"], source["alarm"], source["reason"]) == ("stale", True, told["reason"])
    # The plain re-run reads nothing new and is no alarm.
    assert desk.run(day=str(tuesday))["dumps"] == []


def test_fridays_listing_again_on_a_weekend_is_usual(desk: Desk) -> None:
    friday = MONDAY + timedelta(days=4)
    (desk.root / "dumps").mkdir()
    for index in range(5):
        day = MONDAY + timedelta(days=index)
        text = feed(day, range(100 * index, 100 * index + 20))
        (desk.root / "dumps" / f"cs.CL-{day}.xml").write_text(text, encoding="utf-8")
    desk.run(day=str(friday))
    for index in (1, 2):
        day = friday + timedelta(days=index)
        told = morning(desk, day, feed(day, range(400, 420)))
        assert (told["verdict"], told["new"]) == ("stale", 0)
        assert told["reason"].endswith(f"nothing on {'Saturdays' if index == 1 else 'Sundays'}, as usual")


def test_an_empty_feed_on_a_day_that_always_brings_something(desk: Desk) -> None:
    monday = weeks(desk, 3)
    told = morning(desk, monday, feed(monday, ()), code=3)
    assert (told["verdict"], told["reason"]) == (
        "empty",
        "it lists no paper; on Mondays it brought something 3 of 3 times",
    )
    assert "No paper today" in desk.published()[f"output/serving/{monday}/digest.md"].decode()


def test_a_feed_that_was_built_days_before(desk: Desk) -> None:
    thursday = date(2026, 6, 4)
    told = morning(desk, thursday, feed(thursday, range(5), built=MONDAY), code=3)
    assert told["verdict"] == "stale"
    assert told["reason"].startswith("made on 2026-06-01, 3 days before it was taken; 5 papers, 5 of them new")


def test_a_dump_that_arrives_late_is_late(desk: Desk) -> None:
    tuesday = MONDAY + timedelta(days=1)
    morning(desk, tuesday, feed(tuesday, range(20)))
    told = morning(desk, MONDAY, feed(MONDAY, range(10)))
    assert told["verdict"] == "complete"
    assert told["reason"] == f"late: one of {tuesday} was read before; 10 papers, 0 of them new; 100 % understood"


def test_a_dump_of_a_year_that_is_mistyped_makes_no_other_one_late(desk: Desk) -> None:
    day = weeks(desk, 1)
    far = day.replace(year=2062)
    (desk.root / "dumps" / f"cs.CL-{far}.xml").write_text(feed(day, range(900, 920)), encoding="utf-8")
    desk.run(day=str(day), code=3)
    told = morning(desk, day, feed(day, []), code=3)
    assert (told["verdict"], "late" in told["reason"]) == ("empty", False)


def test_a_login_page_saved_as_json_is_broken_by_its_name(desk: Desk) -> None:
    file = desk.root / "dumps" / "daily-2026-06-01.json"
    file.parent.mkdir()
    file.write_text(
        "<!DOCTYPE html>\n<html><head><title>Log in to continue</title></head><body>please</body></html>",
        encoding="utf-8",
    )
    (dump,) = desk.run(code=3)["dumps"]
    assert (dump["verdict"], dump["alarm"], dump["new"]) == ("broken", True, 0)
    assert "HTML page titled 'Log in to continue'" in dump["reason"]


def test_an_error_inside_a_good_answer_is_broken_and_asked_again(desk: Desk) -> None:
    answer = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>ArXiv Query</title><id>http://arxiv.org/api/x</id><updated>2026-06-01T00:00:00-04:00</updated>"
        "<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_made-up</id><title>Error</title>"
        "<summary>incorrect id format for made-up</summary><updated>2026-06-01T00:00:00-04:00</updated>"
        "<link href='http://arxiv.org/api/errors#x' rel='alternate' type='text/html'/></entry></feed>"
    )
    told = morning(desk, MONDAY, answer, code=3)
    assert (told["verdict"], told["entries"]) == ("broken", 0)
    assert "incorrect id format for made-up" in told["reason"]
    # Quarantined, as anything else that is no listing: each run tries it again, and it is an alarm once.
    assert [(dump["verdict"], dump["alarm"]) for dump in desk.run(day="2026-06-02")["dumps"]] == [("broken", False)]


def test_a_page_of_papers_that_ends_too_early_is_partial(desk: Desk) -> None:
    text = page("Jun 1", [CACHE, AGENT])
    told = morning(desk, MONDAY, text[: text.rindex("tenth")], code=3, name="daily")
    assert told["verdict"] == "partial"
    assert "middle of an abstract" in told["reason"]
    (problem,) = desk.digest()["sources"][0]["problems"]
    where = f"line {problem['place'][0]}"
    assert f"daily-2026-06-01.txt, {where}:" in desk.published()["output/serving/2026-06-01/digest.md"].decode()


def test_the_very_bytes_again_under_a_later_date_are_told_and_no_new_dump(desk: Desk) -> None:
    morning(desk, MONDAY, page("Jun 1", [CACHE]), name="daily")
    first = desk.root / "dumps" / "daily-2026-06-01.txt"
    shutil.copy(first, first.with_name("daily-2026-06-02.txt"))
    shutil.copy(first, first.with_name("copy.txt"))

    report = desk.run(day="2026-06-02")

    assert (report["dumps"], report["known_dumps"]) == ([], 3)
    (source,) = desk.digest("2026-06-02")["sources"]
    assert (source["dump"], source["verdict"]) == ("daily-2026-06-02.txt", "stale")
    assert source["reason"] == "holds the very bytes of daily-2026-06-01.txt, which was read already"
    desk.run(day="2026-06-03")
    assert desk.digest("2026-06-03")["sources"] == []


def test_the_very_bytes_of_yesterday_are_an_alarm_where_something_is_usual(desk: Desk) -> None:
    day = weeks(desk, 1)
    monday = feed(day, range(900, 920))
    morning(desk, day, monday)
    tuesday = morning(desk, day + timedelta(days=1), monday, code=3)
    assert (tuesday["verdict"], tuesday["entries"]) == ("stale", 0)
    assert tuesday["reason"] == (
        f"holds the very bytes of cs.CL-{day}.xml, which was read already; "
        "it brought something on 6 of its last 6 working days"
    )
    # Told once; and on the days on which nothing is usual, it is none.
    assert desk.run(day="2026-06-10")["dumps"] == []
    shutil.copy(desk.root / "dumps" / f"cs.CL-{day}.xml", desk.root / "dumps" / "cs.CL-2026-06-13.xml")
    assert desk.run(day="2026-06-13")["dumps"] == []


def test_the_very_bytes_of_the_day_before_are_told_when_both_are_read_in_one_run(desk: Desk) -> None:
    day = weeks(desk, 1)
    for name in (day, day + timedelta(days=1)):
        (desk.root / "dumps" / f"cs.CL-{name}.xml").write_text(feed(day, range(900, 920)), encoding="utf-8")
    report = desk.run(day="2026-06-09", code=3)
    assert [(dump["name"], dump["verdict"], dump["new"]) for dump in report["dumps"]] == [
        ("cs.CL-2026-06-08.xml", "complete", 20),
        ("cs.CL-2026-06-09.xml", "stale", 0),
    ]
    assert report["known_dumps"] == 8
    assert desk.run(day="2026-06-10")["dumps"] == []


def test_an_answer_without_a_paper_that_came_on_a_weekend_is_an_alarm_on_a_working_day(desk: Desk) -> None:
    day = weeks(desk, 1)
    (desk.root / "dumps" / "daily-2026-06-06.json").write_text("[]", encoding="utf-8")
    for index in range(4):
        then = day + timedelta(days=index - 7)
        text = page(f"Jun {then.day}", [(f"Kites of Day {index}, in Many Winds", *CACHE[1:])])
        (desk.root / "dumps" / f"daily-{then}.txt").write_text(text, encoding="utf-8")
    desk.run(day=str(day))
    (desk.root / "dumps" / f"daily-{day}.json").write_text("[]", encoding="utf-8")
    (told,) = desk.run(day=str(day), code=3)["dumps"]
    assert (told["verdict"], told["alarm"]) == ("empty", True)
    assert told["reason"].startswith("holds the very bytes of daily-2026-06-06.json, which was read already; ")


def test_what_cannot_be_read_is_told_once_in_a_digest_and_hides_nothing_in_status(desk: Desk) -> None:
    morning(desk, MONDAY, '{"error": "Rate limit exceeded"}', code=3, name="daily")
    text = page("Jun 2", [CACHE])
    (desk.root / "dumps" / "daily-2026-06-02.txt").write_text(text, encoding="utf-8")
    report = desk.run(day="2026-06-02")
    assert [dump["verdict"] for dump in report["dumps"]] == ["broken", "complete"]
    desk.run(day="2026-06-03")
    assert [[one["verdict"] for one in desk.digest(f"2026-06-0{day}")["sources"]] for day in (1, 2, 3)] == [
        ["broken"],
        ["complete"],
        [],
    ]
    (daily,) = (one for one in desk.json("status", "--json")["sources"] if one["source"] == "daily")
    assert daily["verdict"] == "complete"


def test_two_sources_that_list_the_same_papers_are_both_complete(desk: Desk) -> None:
    for index, name in enumerate(("cs.CL", "cs.LG")):
        (desk.root / "dumps").mkdir(exist_ok=True)
        for day in (0, 1):
            when = MONDAY + timedelta(days=day)
            papers = range(100 * day, 100 * day + 20 - index)
            (desk.root / "dumps" / f"{name}-{when}.xml").write_text(feed(when, papers), encoding="utf-8")
    report = desk.run(day="2026-06-02")
    assert {dump["name"]: (dump["verdict"], dump["new"]) for dump in report["dumps"]} == {
        "cs.CL-2026-06-01.xml": ("complete", 20),
        "cs.CL-2026-06-02.xml": ("complete", 20),
        "cs.LG-2026-06-01.xml": ("complete", 0),
        "cs.LG-2026-06-02.xml": ("complete", 0),
    }


def test_feeds_that_nobody_configured_are_measured_by_their_own_names(desk: Desk) -> None:
    (desk.root / "config" / "sources.toml").unlink()
    (desk.root / "dumps").mkdir()
    for index in range(5):
        day = MONDAY + timedelta(days=index)
        text = feed(day, range(100 * index, 100 * index + 40))
        (desk.root / "dumps" / f"cs.LG-{day}.xml").write_text(text, encoding="utf-8")
    desk.run(day=str(day))
    small = morning(desk, day, feed(day, [9000]), name="math.KT")
    assert small["verdict"] == "complete"
    day += timedelta(days=3)
    assert morning(desk, day, feed(day, [9001]), name="cs.LG", code=3)["verdict"] == "partial"


def test_a_full_listing_that_is_not_whole_says_nothing_of_what_is_gone(desk: Desk) -> None:
    sources = desk.root / "config" / "sources.toml"
    sources.write_text('[[source]]\nname = "cs-CL"\nfiles = ["cs.CL-*"]\nfull_listing = true\n', encoding="utf-8")
    for index in range(4):
        day = MONDAY + timedelta(days=index)
        desk.dump(f"cs.CL-{day}.xml", [])
        (desk.root / "dumps" / f"cs.CL-{day}.xml").write_text(feed(day, range(20 + index)), encoding="utf-8")
    desk.run(day="2026-06-04")
    day = MONDAY + timedelta(days=4)
    (desk.root / "dumps" / f"cs.CL-{day}.xml").write_text(feed(day, range(1)), encoding="utf-8")
    report = desk.run(day=str(day), code=3)
    assert (report["dumps"][0]["verdict"], report["gone"]) == ("partial", 0)


def test_status_shows_each_source_by_its_last_dump(desk: Desk) -> None:
    monday = weeks(desk, 1)
    morning(desk, monday, feed(monday, ()), code=3)
    morning(desk, monday, page("Jun 8", [ORCHID]), name="daily")

    status = desk.json("status")

    assert [(one["source"], one["verdict"], one["alarm"], one["entries"]) for one in status["sources"]] == [
        ("cs-CL", "empty", True, 0),
        ("daily", "complete", False, 1),
    ]
    assert desk("status") == 0
    assert "! cs-CL" in desk.out
    assert f"cs.CL-{monday}.xml, taken {monday}: 0 entries, 0 new, 100 % understood" in desk.out


def test_a_preview_has_the_alarm_of_the_run_that_it_shows(desk: Desk) -> None:
    monday = weeks(desk, 1)
    file = desk.root / "dumps" / f"cs.CL-{monday}.xml"
    file.write_text(feed(monday, [9000]), encoding="utf-8")
    assert desk("preview") == 3
    assert f"cs.CL-{monday}.xml: partial: 1 paper, where 20 are usual" in desk.err
    assert desk("run", "--plain", "--date", str(monday)) == 3
    assert f"cs.CL-{monday}.xml: partial: 1 paper, where 20 are usual" in desk.err
    assert "1 new dump, 7 read before: 1 new paper, 0 updated" in desk.out


def test_a_growing_mailbox_writes_down_what_it_holds_only_once(desk: Desk) -> None:
    file = desk.root / "dumps" / "alerts.mbox"
    file.parent.mkdir()
    for day in range(1, 5):
        date_line = f"Mon, {day} Jun 2026 04:00:00 +0000"
        papers = feed(MONDAY, range(10 * day, 10 * day + 5))
        with file.open("a", encoding="utf-8") as box:
            box.write(
                f"From feeds@example.org Mon Jun  {day} 04:00:00 2026\nFrom: feeds@example.org\nSubject: cs.CL\n"
                f"Date: {date_line}\nContent-Type: application/rss+xml; charset=utf-8\n\n{papers}\n"
            )
        os.utime(file, (1_780_000_000 + day, 1_780_000_000 + day))
        assert desk.run(day=f"2026-06-0{day}")["new"] == 5
    with sqlite3.connect(desk.root / "state" / "broadsheet.db") as store:
        names = [name for (name,) in store.execute("SELECT name FROM arrivals WHERE name != 'alerts.mbox'")]
    store.close()
    assert len(names) == len(set(names)) == 4
