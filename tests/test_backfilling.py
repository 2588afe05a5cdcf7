"""Backfill: many days of dumps at once give what a run on each of those days would have given."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from broadsheet import pipeline
from broadsheet.backfilling import BackfillReport, backfill
from broadsheet.collecting import Ways
from broadsheet.errors import BroadsheetError, StoreBusy
from broadsheet.fetch import Answer
from broadsheet.store import open_store
from broadsheet.workspace import Workspace
from tests.desk import Desk
from tests.test_mornings import feed

PROFILE = """\
title = "Serving"
min_score = 1
limit = 5

[[rule]]
when = 'paper'
"""
WEEKLY = PROFILE.replace('"Serving"', '"The week"') + ""
MONDAY = date(2026, 6, 1)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def days(*numbers: int) -> list[date]:
    """Days of June 2026."""
    return [date(2026, 6, number) for number in numbers]


#: Some days of two weeks: from Monday on, with a gap and a weekend.
DAYS = days(1, 2, 3, 5, 8, 9)


def papers(day: date, many: int = 8) -> range:
    """Numbers of papers: most of a day are new, the first three stood in the feed of the day before."""
    first = 5 * day.toordinal() % 90_000
    return range(first, first + many)


def save(folder: Path, day: date, *, name: str = "cs.CL", content: str = "") -> Path:
    """A dump of a day in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{day}.xml"
    file.write_text(content or feed(day, papers(day)), encoding="utf-8")
    return file


@pytest.fixture
def make(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], Desk]:
    """Make workspaces with a daily and a weekly profile."""

    def made(name: str) -> Desk:
        desk = Desk(tmp_path / name, capsys)
        desk.profile(PROFILE)
        desk.profile('schedule = "weekly"\n' + WEEKLY, "week")
        return desk

    return made


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with the dumps of these days."""
    for day in DAYS:
        save(tmp_path / "archive", day)
    return tmp_path / "archive"


def by_hand(desk: Desk, archive: Path, days: Iterable[date]) -> None:
    """A run on each of the days, over the dumps whose names say it."""
    for day in days:
        dumps = sorted(archive.rglob(f"*{day}*"))
        assert desk("run", "--plain", "--date", str(day), *dumps) == 0, desk.err


def filled(desk: Desk, archive: Path, *words: str, code: int = 0) -> dict[str, Any]:
    """The report of a backfill."""
    return dict(desk.json("backfill", "--dumps", archive, *words, code=code))


def cut(desk: Desk, profile: str = "serving") -> list[str]:
    """The days that have a published digest."""
    return sorted(path.parent.name for path in (desk.root / "output" / profile).glob("*/digest.json"))


def titles(desk: Desk, day: date, profile: str = "serving") -> list[str]:
    """The papers that a digest tells of in any way."""
    digest = desk.digest(str(day), profile)
    rows = [row["change"]["paper"]["best"]["title"] for section in digest["sections"] for row in section["rows"]]
    return sorted(rows + [held["title"] for held in digest["held_back"]])


def test_a_backfill_gives_the_bytes_of_a_run_on_each_day(make: Callable[[str], Desk], archive: Path) -> None:
    hand, fill = make("hand"), make("fill")
    by_hand(hand, archive, DAYS)
    report = filled(fill, archive)
    assert fill.published() == hand.published()
    assert [one["day"] for one in report["days"]] == list(map(str, DAYS))
    assert (report["dumps"], report["papers"], report["exit"]) == (6, 39, 0)
    assert cut(fill) == list(map(str, DAYS))
    assert cut(fill, "week") == ["2026-06-01", "2026-06-08"]
    assert report["digests"] == 8


@pytest.mark.slow
def test_the_order_and_the_folders_of_the_dumps_do_not_matter(make: Callable[[str], Desk], tmp_path: Path) -> None:
    mixed, plain = tmp_path / "mixed", tmp_path / "plain"
    for place, day in enumerate(reversed(DAYS)):
        file = save(plain, day)
        # In the order of the names of folders, the youngest comes first.
        target = mixed / f"{place:02}" / "deep" / file.name
        target.parent.mkdir(parents=True)
        shutil.copy(file, target)
        os.utime(target, (1_700_000_000 + place, 1_700_000_000 + place))
    first, second = make("first"), make("second")
    filled(first, mixed)
    filled(second, plain)
    assert first.published() == second.published()


@pytest.mark.slow
def test_several_dumps_of_a_day_make_one_digest(make: Callable[[str], Desk], archive: Path) -> None:
    save(archive / "more", DAYS[1], name="cs.LG", content=feed(DAYS[1], range(70_000, 70_004)))
    hand, fill = make("hand"), make("fill")
    by_hand(hand, archive, DAYS)
    report = filled(fill, archive)
    assert fill.published() == hand.published()
    assert report["days"][1] == {
        "day": "2026-06-02",
        "dumps": ["cs.CL-2026-06-02.xml", "cs.LG-2026-06-02.xml"],
        "papers": 9,
        "updated": 0,
        "digests": ["serving"],
    }


def test_a_second_backfill_finds_nothing_to_do(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    filled(desk, archive)
    before = desk.published()
    runs = desk.json("status")["runs"][0]["run"]
    report = filled(desk, archive)
    assert (report["days"], report["known_dumps"], report["failures"]) == ([], 6, [])
    assert desk.published() == before
    assert desk.json("status")["runs"][0]["run"] == runs


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--from", "2026-06-03"], DAYS[2:]),
        (["--to", "2026-06-04"], DAYS[:3]),
        (["--from", "2026-06-04", "--to", "2026-06-08"], days(5, 8)),
        (["--from", "2026-06-05", "--to", "2026-06-05"], days(5)),
        (["--from", "2026-06-06", "--to", "2026-06-07"], []),
    ],
)
def test_from_and_to_limit_the_days_and_include_both(
    make: Callable[[str], Desk], archive: Path, words: list[str], expected: list[date]
) -> None:
    desk = make("desk")
    report = filled(desk, archive, *words)
    assert [one["day"] for one in report["days"]] == list(map(str, expected))
    assert cut(desk) == list(map(str, expected))


@pytest.mark.slow
def test_pieces_of_a_range_give_the_whole(make: Callable[[str], Desk], archive: Path) -> None:
    whole, pieces = make("whole"), make("pieces")
    filled(whole, archive)
    filled(pieces, archive, "--to", "2026-06-03")
    filled(pieces, archive, "--from", "2026-06-04", "--to", "2026-06-07")
    filled(pieces, archive)
    assert pieces.published() == whole.published()


def test_a_range_that_ends_before_it_begins_is_a_usage_error(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    assert desk("backfill", "--dumps", archive, "--from", "2026-06-05", "--to", "2026-06-04") == 2
    assert "--from 2026-06-05 is after --to 2026-06-04" in desk.err


def test_a_weekly_digest_is_cut_on_its_day_though_no_dump_came(make: Callable[[str], Desk], tmp_path: Path) -> None:
    # Nothing on Monday the 8th, and nothing at all in the week after it.
    for day in days(1, 3, 5, 17, 18):
        save(tmp_path / "archive", day)
    desk = make("desk")
    report = filled(desk, tmp_path / "archive", "--to", "2026-06-22")
    # Monday the 15th has nothing to say; what comes on Wednesday is told then, and the rest on the next Monday.
    assert cut(desk, "week") == ["2026-06-01", "2026-06-08", "2026-06-17", "2026-06-22"]
    assert cut(desk) == list(map(str, days(1, 3, 5, 17, 18)))
    assert report["days"][3] == {"day": "2026-06-08", "dumps": [], "papers": 0, "updated": 0, "digests": ["week"]}
    told = [titles(desk, date.fromisoformat(day), "week") for day in cut(desk, "week")]
    every = [title for day in told for title in day]
    assert len(every) == len(set(every)) == report["papers"]


def test_the_inbox_is_filled_from_without_a_folder(make: Callable[[str], Desk], archive: Path) -> None:
    inbox, named = make("inbox"), make("named")
    shutil.copytree(archive, inbox.root / "dumps")
    assert inbox("backfill") == 0
    filled(named, archive)
    assert inbox.published() == named.published()
    assert "6 days, 6 dumps: 39 new papers, 0 updated, 8 digests in" in inbox.out


def test_a_dry_run_lists_days_and_dumps_and_changes_nothing(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    before = desk.state()
    assert desk("backfill", "--dumps", archive, "--dry-run") == 0
    assert "2026-06-01 cs.CL-2026-06-01.xml\n" in desk.out
    assert "6 days, 6 dumps to read; nothing was changed" in desk.out
    assert desk.state() == before
    filled(desk, archive, "--to", "2026-06-06")
    before = desk.state()
    report = filled(desk, archive, "--dry-run")
    assert [one["day"] for one in report["days"]] == list(map(str, DAYS[4:]))
    assert report["known_dumps"] == 4
    assert {name: content for name, content in desk.state().items() if "-shm" not in name and "-wal" not in name} == {
        name: content for name, content in before.items() if "-shm" not in name and "-wal" not in name
    }


@pytest.mark.parametrize(("zone", "expected"), [("UTC", "2026-06-01"), ("Europe/Berlin", "2026-06-02")])
def test_a_dump_taken_late_in_the_evening_is_of_the_day_of_the_time_zone(
    make: Callable[[str], Desk], tmp_path: Path, zone: str, expected: str
) -> None:
    desk = make("desk")
    (desk.root / "config" / "settings.toml").write_text(f'timezone = "{zone}"\n', encoding="utf-8")
    (tmp_path / "late").mkdir()
    listing = feed(MONDAY, range(5)).replace("Mon, 01 Jun 2026 00:00:00 -0400", "Mon, 01 Jun 2026 23:30:00 +0000")
    (tmp_path / "late" / "today.xml").write_text(listing, encoding="utf-8")
    assert [one["day"] for one in filled(desk, tmp_path / "late")["days"]] == [expected]
    assert desk.digest(expected)["timezone"] == zone


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_a_date_without_a_time_is_the_same_day_everywhere(
    make: Callable[[str], Desk], archive: Path, zone: str
) -> None:
    desk = make("desk")
    (desk.root / "config" / "settings.toml").write_text(f'timezone = "{zone}"\n', encoding="utf-8")
    assert [one["day"] for one in filled(desk, archive)["days"]] == list(map(str, DAYS))


def test_a_dump_without_a_date_is_of_the_day_of_its_file_and_named(make: Callable[[str], Desk], tmp_path: Path) -> None:
    desk = make("desk")
    (tmp_path / "undated").mkdir()
    file = tmp_path / "undated" / "made-up.bib"
    file.write_text("@article{a, title={A Made-up Paper}, year={2026}, doi={10.5555/made.1}}\n", encoding="utf-8")
    moment = datetime(2026, 6, 3, 9, tzinfo=UTC).timestamp()
    os.utime(file, (moment, moment))
    assert desk("backfill", "--dumps", tmp_path / "undated") == 0
    assert "2026-06-03 1 dump, 1 new paper" in desk.out
    assert "no date in made-up.bib: the day of the file's time counts" in desk.err


def test_a_dump_of_a_day_to_come_is_left_out_and_named(make: Callable[[str], Desk], archive: Path) -> None:
    save(archive, date(2062, 6, 3))
    desk = make("desk")
    report = filled(desk, archive, code=3)
    assert report["failures"] == [
        "2062-06-03: cs.CL-2062-06-03.xml left out: this day is still to come; is the date in the name wrong?"
    ]
    assert len(report["days"]) == 6


@pytest.mark.slow
def test_a_broken_dump_costs_only_its_own_part(make: Callable[[str], Desk], archive: Path) -> None:
    (archive / "cs.LG-2026-06-02.xml").write_bytes(b"\x00\x01\x02 no listing")
    hand, fill = make("hand"), make("fill")
    for day in DAYS:
        code = 3 if day.day == 2 else 0
        assert hand("run", "--plain", "--date", str(day), *sorted(archive.glob(f"*{day}*"))) == code
    report = filled(fill, archive, code=3)
    assert fill.published() == hand.published()
    assert [row["verdict"] for row in fill.digest("2026-06-02")["sources"]] == ["broken", "complete"]
    assert ["cs.LG-2026-06-02.xml" in line for line in report["failures"]] == [True]
    # Again it is named, and nothing else happens.
    again = filled(fill, archive, code=3)
    assert (again["failures"], again["days"]) == (report["failures"], [])
    assert fill.published() == hand.published()


@pytest.mark.slow
def test_days_inside_one_container_are_days_of_their_own(make: Callable[[str], Desk], archive: Path) -> None:
    box, files = make("box"), make("files")
    packed = archive.parent / "packed"
    packed.mkdir()
    shutil.make_archive(str(packed / "papers"), "zip", archive)
    report = filled(box, packed)
    filled(files, archive)
    assert [one["day"] for one in report["days"]] == list(map(str, DAYS))
    assert cut(box) == cut(files)
    assert [titles(box, day) for day in DAYS] == [titles(files, day) for day in DAYS]
    assert filled(box, packed)["days"] == []


# Days that are fetched.

FETCHED = """\
[[source]]
name = "made-up"
url = "https://example.org/feed?on={day}"

[[source]]
name = "undated"
url = "https://example.org/feed"
"""


class Server:
    """Answers with the feed of a day; what it was asked for."""

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self.asked: list[str] = []
        self._answers = answers or {}

    @contextmanager
    def __call__(self, setup: object) -> Iterator[Server]:
        yield self

    def get(self, url: str, **_: object) -> Answer:
        """The answer to an address."""
        self.asked.append(url)
        day = url.rpartition("=")[2]
        content = feed(date.fromisoformat(day), papers(date.fromisoformat(day))).encode()
        return self._answers.get(day) or Answer(state="new", content=content, media_type="application/rss+xml")


def fetched(desk: Desk, server: Server, **asked: Any) -> BackfillReport:
    """A backfill that asks a server."""
    (desk.root / "config" / "sources.toml").write_text(FETCHED, encoding="utf-8")
    workspace = Workspace(root=desk.root)
    return backfill(workspace, now=NOW, ways=Ways(fetcher=server), since=DAYS[0], **asked)


def test_sources_with_the_day_in_their_address_are_fetched(make: Callable[[str], Desk]) -> None:
    desk, server = make("desk"), Server()
    report = fetched(desk, server, until=DAYS[2])
    assert server.asked == [f"https://example.org/feed?on=2026-06-0{number}" for number in (1, 2, 3)]
    assert [one.dumps for one in report.days] == [(f"made-up-2026-06-0{number}.xml",) for number in (1, 2, 3)]
    assert [one.digests for one in report.days] == [("serving", "week"), ("serving",), ("serving",)]
    # Nothing is asked for twice, not even where its file is gone; only what is new.
    (desk.root / "dumps" / "made-up" / "made-up-2026-06-02.xml").unlink()
    again = Server()
    fetched(desk, again, until=date(2026, 6, 4))
    assert again.asked == ["https://example.org/feed?on=2026-06-04"]


def test_a_server_that_asks_for_a_pause_is_left_alone(make: Callable[[str], Desk]) -> None:
    busy = Answer(state="later", told="429 Too Many Requests", retry_after=60)
    desk, server = make("desk"), Server({"2026-06-02": busy})
    report = fetched(desk, server, until=DAYS[3])
    assert len(server.asked) == 2
    assert report.failures == (
        "made-up: 2026-06-02 could not be fetched: 429 Too Many Requests; "
        "3 more days are not asked for now, begin the backfill again later",
    )
    assert (report.exit, [one.day for one in report.days]) == (3, DAYS[:1])
    assert len(fetched(desk, Server(), until=DAYS[3]).days) == 4


def test_a_folder_is_read_without_asking_anybody(make: Callable[[str], Desk], archive: Path) -> None:
    server = Server()
    fetched(make("desk"), server, dumps=archive)
    fetched(make("dry"), server, dry_run=True)
    assert server.asked == []


# A store that has digests of later days.


def test_old_days_in_a_running_workspace_get_digests_of_their_own(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "profiles" / "week.toml").unlink()
    by_hand(desk, archive, DAYS[4:])
    frozen = {name: content for name, content in desk.published().items() if "/digest." in name or "mail" in name}
    report = filled(desk, archive)
    assert [one["day"] for one in report["days"]] == list(map(str, DAYS[:4]))
    assert cut(desk) == list(map(str, DAYS))
    assert frozen.items() <= desk.published().items()
    # Nothing twice, nothing lost, and what came late says so.
    every = [title for day in DAYS for title in titles(desk, day)]
    assert len(every) == len(set(every)) == desk.json("status")["counts"]["papers"]
    rows = desk.digest(str(DAYS[0]))["sections"][0]["rows"]
    assert {row["change"]["late"] for row in rows} == {True}
    # Tomorrow's digest is not flooded, and nothing waits for it.
    save(archive, date(2026, 6, 15))
    assert [one["waiting"] for one in desk.json("status")["profiles"]] == [0]
    run = desk.run(archive / "cs.CL-2026-06-15.xml", day="2026-06-15")
    assert run["waiting"] == {}
    assert len(titles(desk, date(2026, 6, 15))) == 8


def test_a_day_that_has_its_digest_is_closed(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    by_hand(desk, archive, DAYS)
    late = archive.parent / "late"
    save(late, DAYS[2], name="cs.LG", content=feed(DAYS[2], range(70_000, 70_004)))
    before = desk.published()
    report = filled(desk, late, code=3)
    assert report["left_out"] == [
        {
            "day": "2026-06-03",
            "dumps": ["cs.LG-2026-06-03.xml"],
            "reason": "the digest of this day is cut; `broadsheet run DUMP` puts them into the next, as late",
        }
    ]
    assert desk.published() == before
    # As it says.
    desk.run(late / "cs.LG-2026-06-03.xml", day="2026-06-15")
    rows = [row for section in desk.digest("2026-06-15")["sections"] for row in section["rows"]]
    assert len(rows) == 4


@pytest.mark.slow
def test_an_empty_digest_does_not_close_its_day(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "profiles" / "week.toml").unlink()
    for day in DAYS:
        assert desk("run", "--plain", "--date", str(day)) == 0
    plain = make("plain")
    (plain.root / "config" / "profiles" / "week.toml").unlink()
    filled(desk, archive)
    filled(plain, archive)
    assert [titles(desk, day) for day in DAYS] == [titles(plain, day) for day in DAYS]


def test_a_weekly_profile_gets_the_rest_of_its_days_before_its_next_digest(
    make: Callable[[str], Desk], archive: Path
) -> None:
    desk = make("desk")
    by_hand(desk, archive, days(8))
    # Its digest of the 8th is there, so that what came from the 2nd to the 5th belongs to none of its Mondays.
    filled(desk, archive, "--to", "2026-06-07")
    assert cut(desk, "week") == ["2026-06-01", "2026-06-07", "2026-06-08"]
    assert desk.digest("2026-06-07", "week")["considered"] == 5 + 5 + 8
    assert [one["waiting"] for one in desk.json("status")["profiles"]] == [0, 0]


def test_what_waits_for_a_later_digest_stands_in_no_earlier_one(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    by_hand(desk, archive, days(8, 9))
    before = desk.published()
    assert desk("backfill", "--dumps", archive, "--to", "2026-06-05") == 1
    assert "what came on 2026-06-09 waits for the next digest of week" in desk.err
    assert "`broadsheet run --profile week`" in desk.err
    assert desk.published() == before
    # As it says.
    assert desk("run", "--plain", "--date", "2026-06-09", "--profile", "week") == 0
    assert desk("backfill", "--dumps", archive, "--to", "2026-06-05") == 0, desk.err


def test_where_todays_digest_is_cut_what_waits_is_told_tomorrow(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "profiles" / "week.toml").unlink()
    workspace, today = Workspace(root=desk.root), NOW.date()
    by_hand(desk, archive, [DAYS[5]])
    for name in ("cs.CL", "cs.LG"):
        save(archive.parent / "now", today, name=name, content=feed(today, range(60_000, 60_008 + len(name) % 2)))
    assert desk("run", "--plain", "--date", str(today), archive.parent / "now" / f"cs.CL-{today}.xml") == 0
    more = save(archive.parent / "now", today, name="more", content=feed(today, range(61_000, 61_004)))
    assert desk("run", "--plain", "--date", str(today), more) == 0
    before = desk.published()
    with pytest.raises(BroadsheetError) as refused:
        backfill(workspace, dumps=archive, now=NOW)
    # Running again today would cut nothing: the remedy must be one that helps.
    assert "today's is cut already: begin the backfill again when that of 2026-07-02 is" in str(refused.value)
    assert desk.published() == before
    # As it says.
    assert desk("run", "--plain", "--date", "2026-07-02", "--profile", "serving") == 0, desk.err
    report = backfill(workspace, dumps=archive, now=NOW.replace(day=2))
    assert [one.day for one in report.days] == DAYS[:5]
    assert len(titles(desk, date(2026, 7, 2))) == 4


def test_a_day_on_which_somebody_was_told_that_all_is_quiet_is_closed(
    make: Callable[[str], Desk], archive: Path
) -> None:
    desk = make("desk")
    (desk.root / "config" / "profiles" / "week.toml").unlink()
    by_hand(desk, archive, DAYS[:2])
    maildir = DELIVERIES.replace('"folder"', '"maildir"') + "quiet = true\n"
    (desk.root / "config" / "deliveries.toml").write_text(maildir, encoding="utf-8")
    assert desk("run", "--plain", "--date", str(DAYS[2])) == 0
    assert owed(desk) == [("serving", str(DAYS[2]), "sent")]
    report = filled(desk, archive, code=3)
    # That digest stays as it is: what the day's dumps tell would otherwise be in tomorrow's mail.
    assert [one["day"] for one in report["left_out"]] == [str(DAYS[2])]
    assert [one["waiting"] for one in desk.json("status")["profiles"]] == [0]
    assert len(owed(desk)) == 1


def test_a_profile_that_comes_later_begins_where_it_says(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "profiles" / "week.toml").unlink()
    by_hand(desk, archive, DAYS[4:])
    filled(desk, archive)
    desk.profile("start_days = 1\n" + PROFILE, "late")
    assert desk("run", "--plain", "--date", "2026-06-09") == 0
    # The 8th and the 9th were read before the days that are older.
    assert desk.digest("2026-06-09", "late")["considered"] == 8 + 5


# Mails.

DELIVERIES = """\
[[delivery]]
name = "copies"
kind = "folder"
to = ["copies"]
max_age_days = 36500
"""


def owed(desk: Desk) -> list[tuple[str, str, str]]:
    """Profile, day and state of every message."""
    store = sqlite3.connect(desk.root / "state" / "broadsheet.db")
    rows = store.execute("SELECT profile, day, state FROM outbox ORDER BY day, profile").fetchall()
    store.close()
    return rows


def test_nothing_is_owed_without_being_asked(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "deliveries.toml").write_text(DELIVERIES, encoding="utf-8")
    filled(desk, archive)
    assert owed(desk) == []
    # And never will be: only what comes now is.
    save(archive, date(2026, 6, 13))
    desk.run(archive / "cs.CL-2026-06-13.xml", day="2026-06-13")
    assert [row[:2] for row in owed(desk)] == [("serving", "2026-06-13")]


def test_todays_digest_is_left_to_the_run_that_mails_it(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "deliveries.toml").write_text(DELIVERIES, encoding="utf-8")
    workspace, now = Workspace(root=desk.root), datetime(2026, 6, 9, 5, tzinfo=UTC)
    report = backfill(workspace, dumps=archive, now=now)
    assert [one.day for one in report.days] == DAYS[:5]
    assert report.left_out[0].day == DAYS[5]
    told = "the digest of today would be cut, and not sent to anybody; `broadsheet run DUMP` cuts and sends it, "
    assert report.left_out[0].reason == told + "`--to 2026-06-09` does without"
    assert report.exit == 3
    # As it says: where the mails went out before the store was restored, say.
    report = backfill(workspace, dumps=archive, now=now, until=DAYS[5])
    assert [one.day for one in report.days] == DAYS[5:]
    assert owed(desk) == []
    # There is nothing to leave out any more.
    assert backfill(workspace, dumps=archive, now=now).exit == 0


@pytest.mark.parametrize("send", [False, True])
def test_todays_digest_is_cut_where_that_keeps_no_mail_back(
    make: Callable[[str], Desk], archive: Path, *, send: bool
) -> None:
    desk = make("desk")
    if send:
        (desk.root / "config" / "deliveries.toml").write_text(DELIVERIES, encoding="utf-8")
    now = datetime(2026, 6, 9, 5, tzinfo=UTC)
    report = backfill(Workspace(root=desk.root), dumps=archive, now=now, send=send)
    assert [one.day for one in report.days] == DAYS
    assert ("serving", "2026-06-09", "sent") in owed(desk) or not send


@pytest.mark.slow
def test_with_send_each_digest_is_owed_once(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "deliveries.toml").write_text(DELIVERIES, encoding="utf-8")
    report = filled(desk, archive, "--send")
    assert owed(desk) == sorted(
        [("serving", str(day), "sent") for day in DAYS] + [("week", str(day), "sent") for day in days(1, 8)],
        key=lambda row: (row[1], row[0]),
    )
    assert report["outbox"]["sent"] == 8
    filled(desk, archive, "--send")
    assert len(owed(desk)) == 8


def test_with_send_what_is_too_old_is_not_owed(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    text = DELIVERIES.replace("max_age_days = 36500", "max_age_days = 3")
    (desk.root / "config" / "deliveries.toml").write_text(text, encoding="utf-8")
    filled(desk, archive, "--send")
    assert owed(desk) == []


# Two at once, and one that is killed.


def test_no_other_run_comes_in_between(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "settings.toml").write_text("wait = 0\n", encoding="utf-8")
    workspace = Workspace(root=desk.root)
    refused: list[str] = []

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage.startswith("2026-06-03"):
            with pytest.raises(StoreBusy) as busy, pipeline.open_run(workspace, now=NOW):
                pass
            refused.append(str(busy.value))

    backfill(workspace, dumps=archive, now=NOW, progress=meanwhile)
    assert len(refused) == 1
    assert "another run holds the workspace" in refused[0]


def test_a_backfill_waits_for_nobody_for_ever(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "settings.toml").write_text("wait = 0\n", encoding="utf-8")
    (desk.root / "state").mkdir()
    with (
        open_store(desk.root / "state" / "broadsheet.db", desk.root / "state" / "archive") as store,
        store.lock(now=NOW),
    ):
        assert desk("backfill", "--dumps", archive) == 1
    assert "another run holds the workspace" in desk.err


_KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from broadsheet import backfilling, deliver, pipeline
    from broadsheet.store import Store
    from broadsheet.workspace import Workspace

    root, dumps, name, count = sys.argv[1:]
    left = int(count)

    def dying(owner, method, before):
        real = getattr(owner, method)

        def counted(*args, **kwargs):
            global left
            left -= 1
            if left == 0 and before:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*args, **kwargs)
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(owner, method, counted)

    owner, method, when = name.split(".")
    dying({"Store": Store, "pipeline": pipeline, "deliver": deliver}[owner], method, when == "before")
    backfilling.backfill(
        Workspace(root=Path(root)), dumps=Path(dumps), now=datetime(2026, 7, 1, 12, tzinfo=UTC)
    )
    """
)


def killed(desk: Desk, archive: Path, where: str, count: int) -> int:
    """A backfill in a process of its own that kills itself at the so-manieth call."""
    command = [sys.executable, "-c", _KILLED, str(desk.root), str(archive), where, str(count)]
    return subprocess.run(command, check=False).returncode


@pytest.fixture
def uninterrupted(make: Callable[[str], Desk], archive: Path) -> dict[str, bytes]:
    """What a backfill gives that nobody kills."""
    desk = make("uninterrupted")
    backfill(Workspace(root=desk.root), dumps=archive, now=NOW)
    return without_mark(desk)


def without_mark(desk: Desk) -> dict[str, bytes]:
    """All that is published, but for the note up to which run the site is made: a killed run has a number too."""
    return {name: content for name, content in desk.published().items() if not name.endswith("site/made.json")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "counts"),
    [
        ("Store.start_run.after", [1, 4]),
        ("Store.write.before", [1, 5]),
        ("Store.write.after", [3, 6]),
        # The last two cuts: of the weekly profile, and of the last day.
        ("Store.cut.before", [2, 6, 8]),
        ("Store.cut.after", [1, 7, 8]),
        ("Store.published.before", [4]),
        ("Store.end_run.before", [5, 6]),
        ("pipeline.publish.after", [4, 6]),
    ],
)
def test_a_killed_backfill_is_begun_again_and_gives_the_same(
    make: Callable[[str], Desk], archive: Path, uninterrupted: dict[str, bytes], where: str, counts: Sequence[int]
) -> None:
    for count in counts:
        desk = make(f"killed-{count}")
        assert killed(desk, archive, where, count) == -signal.SIGKILL
        assert without_mark(desk) != uninterrupted
        backfill(Workspace(root=desk.root), dumps=archive, now=NOW)
        assert without_mark(desk) == uninterrupted, (where, count)


@pytest.mark.slow
def test_a_backfill_killed_again_and_again_comes_to_its_end(
    make: Callable[[str], Desk], archive: Path, uninterrupted: dict[str, bytes]
) -> None:
    desk = make("often")
    for _ in range(30):
        # Each time it comes one or two writes further.
        if killed(desk, archive, "Store._writing.before", 6) == 0:
            break
    else:
        pytest.fail("it never came to its end")
    assert without_mark(desk) == uninterrupted


def test_a_failure_ends_the_run_of_its_day_in_the_store(
    make: Callable[[str], Desk], archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make("desk")

    def fails(*_: object, **__: object) -> None:
        raise BroadsheetError("a made-up failure")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "digest", fails)
        assert desk("backfill", "--dumps", archive) == 1
    assert desk.json("status")["runs"][0]["error"] == "a made-up failure"
    filled(desk, archive)
    assert cut(desk) == list(map(str, DAYS))


def test_each_run_is_of_the_last_second_of_its_day(make: Callable[[str], Desk], archive: Path) -> None:
    desk = make("desk")
    (desk.root / "config" / "settings.toml").write_text('timezone = "Europe/Berlin"\n', encoding="utf-8")
    backfill(Workspace(root=desk.root), dumps=archive, now=datetime(2026, 6, 9, 12, tzinfo=UTC))
    with open_store(desk.root / "state" / "broadsheet.db", desk.root / "state" / "archive") as store:
        runs = store.last_runs(20)[::-1]
    assert [run.day for run in runs] == DAYS
    # The last one is of today, which is not over.
    evenings = [datetime(day.year, day.month, day.day, 21, 59, 59, tzinfo=UTC) for day in DAYS[:-1]]
    assert [run.started for run in runs] == [*evenings, datetime(2026, 6, 9, 12, tzinfo=UTC)]
