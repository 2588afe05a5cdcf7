"""How things stand: what the status says in a line, on a screen, as JSON and as a Prometheus text file."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from broadsheet import pipeline, standing
from broadsheet.cli import produce
from broadsheet.cli import status as command
from broadsheet.errors import StoreError
from broadsheet.standing.values import Collected
from broadsheet.store import Store, open_store
from broadsheet.types import SourceReport
from broadsheet.workspace import Workspace
from tests.deliver import smtp_server
from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID

PROFILE = 'title = "Serving"\n[[rule]]\nwhen = "cache"\nweight = 2\n'
#: A Monday, an hour and a half after the usual time of the schedule.
MORNING = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)

Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets what the command line takes for now."""

    def at(moment: datetime) -> None:
        for module in (command, produce):
            monkeypatch.setattr(module, "now", lambda: moment)

    at(MORNING)
    return at


@pytest.fixture
def morning(desk: Desk, clock: Clock) -> Desk:
    """A workspace of one profile, after a run in which all was well."""
    desk.profile(PROFILE)
    desk.dump("daily-2026-06-01.txt", [CACHE, AGENT])
    desk.run()
    return desk


def store_of(desk: Desk) -> Store:
    return open_store(desk.root / "state/broadsheet.db", desk.root / "state/archive")


def owe(desk: Desk, number: int, state: str, **values: object) -> None:
    """A message in the outbox, as some delivery left it."""
    row: dict[str, object] = {
        "id": number,
        "profile": "serving",
        "day": "2026-06-01",
        "delivery": "me",
        "kind": "smtp",
        "receiver": f"reader{number}@example.org",
        "state": state,
        "attempt": 1,
        "since": "2026-06-01",
        "run": 1,
        **values,
    }
    with sqlite3.connect(desk.root / "state/broadsheet.db") as connection:
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO outbox ({', '.join(row)}) VALUES ({marks})", list(row.values()))  # noqa: S608
    connection.close()


def look(desk: Desk, now: datetime = MORNING) -> standing.Standing:
    return standing.look(Workspace(root=desk.root), now)


def concerns(desk: Desk) -> list[tuple[str, str]]:
    return [(one["kind"], one["what"]) for one in desk.json("status")["concerns"]]


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """What Prometheus's own parser reads in a text file."""
    return {
        (sample.name.removeprefix("broadsheet_"), frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_first_line_says_that_all_is_well(morning: Desk) -> None:
    assert morning("status", "--check") == 0
    assert morning.out.splitlines()[0] == "all is well; last run Mon 1 Jun 07:30; next Tue 2 Jun 06:00"
    assert re.search(r"^ +1  2026-06-01  07:30 +\d\.\d s  exit 0: 2 new papers, 0 updated$", morning.out, re.MULTILINE)
    assert "serving  last digest 2026-06-01, 1 shown; 0 changes wait; daily, next 2026-06-02" in morning.out
    assert "next, while `broadsheet serve` or cron runs: Tue 2 Jun 06:00 UTC, Wed 3 Jun 06:00 UTC" in morning.out
    assert len(morning.out.splitlines()) <= 24


def test_a_new_workspace_needs_a_look_and_an_exit_code_only_where_it_is_asked_for(desk: Desk, clock: Clock) -> None:
    assert desk("status") == 0
    assert desk.out.startswith("1 thing needs a look\n! nothing has run yet\n")
    assert desk("status", "--check") == 3
    assert not (desk.root / "state").exists()


def test_what_failed_in_the_last_run_is_told_once(morning: Desk) -> None:
    (morning.root / "dumps/junk-2026-06-02.txt").write_text('{"error": "Rate limit exceeded"}', encoding="utf-8")
    morning.run(day="2026-06-02", code=3)
    ((kind, what),) = concerns(morning)
    assert kind == "source"
    assert "junk-2026-06-02.txt: the source answered with an error: Rate limit exceeded" in what


def test_a_place_and_a_message_that_failed_in_the_last_run_are_told_once(morning: Desk) -> None:
    config = morning.root / "config"
    (config / "sources.toml").write_text('[[source]]\nname = "cellar"\nurl = "http://127.0.0.1/"\n', encoding="utf-8")
    with smtp_server.serving({"RCPT": "550 no such user"}) as server:
        (config / "deliveries.toml").write_text(
            f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n\n'
            '[[delivery]]\nname = "me"\nto = ["reader@example.org"]\n',
            encoding="utf-8",
        )
        morning.dump("daily-2026-06-02.txt", [(f"{CACHE[0]} Again", CACHE[1])], day="Jun 2")
        report = morning.run(day="2026-06-02", code=3)
    assert len(report["failures"]) == 2
    assert [kind for kind, _ in concerns(morning)] == ["place", "outbox"]
    # What was decided since is nobody's concern any more.
    assert morning("deliver", "--drop", "1") == 0
    assert [kind for kind, _ in concerns(morning)] == ["place"]


def test_a_dump_that_was_bad_once_is_told_for_a_week(morning: Desk, clock: Clock) -> None:
    (morning.root / "dumps/junk-2026-06-02.txt").write_text('{"error": "Rate limit exceeded"}', encoding="utf-8")
    morning.run(day="2026-06-02", code=3)
    for day, told in ((7, 1), (9, 0)):
        clock(datetime(2026, 6, day, 6, tzinfo=UTC))
        assert [kind for kind, _ in concerns(morning)].count("source") == told
    morning("status")
    assert "! daily-papers-json" in morning.out


def test_a_run_that_stopped_is_told_until_one_ends_well(morning: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(run: pipeline.Run) -> tuple[Path, ...]:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "collect", full)
        assert morning("run", "--plain") == 1
    assert concerns(morning) == [("run", "run 2 of 2026-06-01 ended with exit code 1: the disk is full")]
    assert morning("run", "--plain") == 0
    assert concerns(morning) == []


def test_a_killed_run_is_told_and_one_that_goes_on_is_not(morning: Desk) -> None:
    with store_of(morning) as store:
        with store.lock(now=MORNING):
            store.start_run(date(2026, 6, 1), MORNING)
            assert morning("status", "--check") == 0
            assert re.search(r"running now: process \d+ on \S+ since 01 Jun 07:30 UTC", morning.out)
            assert "is running now" in morning.out
        assert concerns(morning) == [("run", "run 2 of 2026-06-01 did not end: it was killed")]


def test_a_run_that_only_sends_any_more_was_not_killed(morning: Desk) -> None:
    with store_of(morning) as store, store.delivery_lock(now=MORNING):
        store.start_run(date(2026, 6, 1), MORNING)
        assert morning("status", "--check") == 0
        assert "is sending now" in morning.out
        assert "killed" not in morning.out


def test_a_killed_backfill_is_begun_again(morning: Desk) -> None:
    remedy = "`broadsheet run` goes on where it stopped"
    for day, told in ((1, remedy), (0, f"{remedy}; if it was a backfill's, begin that again first, as it was begun")):
        with store_of(morning) as store:
            store.start_run(date(2026, 6, 1) if day else date(2026, 3, 1), MORNING)
        (concern,) = standing.concerns(look(morning))
        assert concern.remedy == told


def test_a_look_does_not_disturb_a_run_that_starts_at_that_moment(morning: Desk) -> None:
    with store_of(morning) as store, store.lock(now=MORNING):
        assert store.holder()
    with store_of(morning) as store:
        assert store.holder() is None
        with store.lock(now=MORNING):
            pass


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 6, 2, 6, 30, tzinfo=UTC), []),
        (
            datetime(2026, 6, 2, 7, 30, tzinfo=UTC),
            [("schedule", "the run of 2026-06-02 06:00 UTC did not start")],
        ),
    ],
)
def test_a_morning_without_a_run_is_told_an_hour_later(
    morning: Desk, clock: Clock, moment: datetime, told: list[tuple[str, str]]
) -> None:
    clock(moment)
    assert concerns(morning) == told


def test_a_backfill_that_ran_later_for_earlier_days_makes_nothing_overdue(morning: Desk) -> None:
    with store_of(morning) as store:
        past = datetime(2026, 5, 1, 6, tzinfo=UTC)
        number = store.start_run(date(2026, 5, 1), past)
        store.end_run(number, 0, "{}", past)
    assert concerns(morning) == []
    assert look(morning).glance.succeeded == MORNING


def test_each_message_to_be_decided_stands_there_with_what_to_do(morning: Desk) -> None:
    owe(morning, 11, "sent")
    owe(morning, 12, "held", error="the connection broke\nafter the last dot")
    owe(morning, 13, "failed", error="550 no such user \x1b[31m")
    later = "2026-06-01T08:10:00.000000+00:00"
    owe(morning, 14, "pending", not_before=later, error="451 greylisted")

    assert morning("status", "--check") == 3
    text = morning.out

    assert text.startswith("2 things need a look\n")
    assert "message 12 (me to reader12@example.org, serving of 2026-06-01) is held: it may have arrived: the " in text
    assert "`broadsheet deliver --sent 12`, else `--resend 12`" in text
    assert "`broadsheet deliver --resend 13` tries again, `--drop 13` gives it up" in text
    assert "\x1b[31m" not in text
    assert "message 13 (me to reader13@example.org, serving of 2026-06-01) has failed: 550 no such user" in text
    assert "last digest 2026-06-01, 1 shown (1 failed, 1 held, 1 pending, 1 sent)" in text
    assert "outbox: 1 pending, 1 sent, 1 held, 1 failed" in text
    assert "14  next try 08:10  serving of 2026-06-01 to reader14@example.org: 451 greylisted" in text


def test_a_message_owed_for_more_than_a_day_is_told(morning: Desk, clock: Clock) -> None:
    owe(morning, 14, "pending")
    assert concerns(morning) == []
    clock(datetime(2026, 6, 2, 7, 31, tzinfo=UTC))
    assert ("outbox", "1 message waits, the oldest since 2026-06-01 07:30 UTC") in concerns(morning)
    assert morning("status") == 0
    assert "`broadsheet deliver --retry` tries now" in morning.out
    # Its digest is not published: sending alone does not help.
    with contextlib.closing(sqlite3.connect(morning.root / "state/broadsheet.db")) as store, store:
        store.execute("UPDATE digests SET published = 0")
    assert morning("status") == 0
    assert "`broadsheet run` publishes a digest that is cut and not yet published, then sends" in morning.out


def test_a_message_whose_sender_died_is_told_unless_somebody_sends(morning: Desk) -> None:
    owe(morning, 15, "dot")
    assert concerns(morning) == [
        ("outbox", "message 15 to reader15@example.org was on its way when its sender was killed")
    ]
    with store_of(morning) as store, store.delivery_lock(now=MORNING):
        assert concerns(morning) == []
        assert morning("status") == 0
        assert "sending now: process" in morning.out


def test_many_messages_are_a_number(morning: Desk) -> None:
    for number in range(20, 60):
        owe(morning, number, "held")
    told = concerns(morning)
    assert len(told) == 6
    assert told[-1] == ("outbox", "35 more messages are held or failed")
    assert len(morning.json("status")["outbox"]["messages"]) == 40
    morning("status")
    assert len(morning.out.splitlines()) <= 40


def sources(morning: Desk) -> None:
    text = '[[source]]\nname = "feed"\nurl = "https://example.org/rss?key=k3y"\n'
    (morning.root / "config/sources.toml").write_text(text, encoding="utf-8")


def test_places_are_shown_with_what_became_of_them(morning: Desk) -> None:
    sources(morning)
    with store_of(morning) as store:
        place = "https://example.org/rss?key=k3y"
        store.fetches.put("feed", place, MORNING, "failed", "HTTP 500", {"failures": 4})
        store.fetches.put("gone", "https://example.org/old", MORNING, "failed", "HTTP 404", {"failures": 9})
        # What it was collected from before its address was put right.
        store.fetches.put("feed", "https://example.org/old?key=k3y", MORNING, "failed", "HTTP 404", {"failures": 7})
    assert concerns(morning) == [("place", "feed could not be collected, 4 times in a row: HTTP 500")]
    assert morning("status") == 0
    assert "! feed                 failed (4 in a row) 07:30  https://example.org/rss: HTTP 500" in morning.out
    assert "k3y" not in morning.out
    assert "old" not in morning.out


def test_a_place_that_asks_to_wait_is_told_after_some_times(morning: Desk) -> None:
    sources(morning)
    for failures, told in ((2, 0), (3, 1)):
        with store_of(morning) as store:
            place = "https://example.org/rss?key=k3y"
            store.fetches.put("feed", place, MORNING, "later", "HTTP 429", {"failures": failures})
        assert len(concerns(morning)) == told


def test_what_the_last_run_could_not_collect_is_told_once(morning: Desk) -> None:
    sources(morning)
    ended(morning, "feed: HTTP 500")
    for outcome, told in (("failed", ["place"]), ("new", ["run"])):
        with store_of(morning) as store:
            place = "https://example.org/rss?key=k3y"
            store.fetches.put("feed", place, MORNING, outcome, "HTTP 500", {"failures": 1})
        assert [kind for kind, _ in concerns(morning)] == told


def ended(morning: Desk, *failures: str) -> None:
    """A run that was done in part."""
    with store_of(morning) as store:
        store.end_run(store.start_run(date(2026, 6, 1), MORNING), 3, json.dumps({"failures": failures}), MORNING)


def test_what_the_last_run_could_not_send_is_told_as_long_as_it_is_so(morning: Desk) -> None:
    ended(morning, "outbox: serving of 2026-06-01 to reader11@example.org (message 11) is tried again later: 451 busy")
    owe(morning, 11, "pending", error="451 busy")
    (concern,) = standing.concerns(look(morning))
    assert "ended with exit code 3: outbox: serving of 2026-06-01 to reader11" in concern.what
    assert concern.remedy == "it is tried again by itself; `broadsheet deliver --retry` tries now"
    owe(morning, 12, "pending", error="another reason")
    assert len(concerns(morning)) == 1
    with store_of(morning) as store:
        store.outbox.resolve(11, "drop", MORNING)
    assert concerns(morning) == []


def test_what_could_not_even_be_tried_is_told(morning: Desk) -> None:
    ended(morning, "outbox: 2 messages are tried again later: env:SMTP_PASSWORD is not set")
    owe(morning, 11, "pending")
    assert len(concerns(morning)) == 1
    with store_of(morning) as store:
        store.outbox.resolve(11, "drop", MORNING)
    assert concerns(morning) == []


def test_what_a_person_decides_is_told_once_and_not_when_it_is_decided(morning: Desk) -> None:
    what = "outbox: serving of 2026-06-01 to a@example.org (message 12) is held: lost"
    ended(morning, f"{what}; decide with `broadsheet deliver --resend 12`")
    owe(morning, 12, "held", error="lost")
    assert [kind for kind, _ in concerns(morning)] == ["outbox"]
    with store_of(morning) as store:
        store.outbox.resolve(12, "sent", MORNING)
    assert concerns(morning) == []


def test_what_no_delivery_brings_any_more_is_told(morning: Desk) -> None:
    ended(morning, "outbox: serving of 2026-06-01 to a@example.org (message 12) is not sent: there is no delivery me")
    assert [kind for kind, _ in concerns(morning)] == ["run"]


def test_leavers_are_counted_by_receiver(morning: Desk) -> None:
    with store_of(morning) as store:
        for profile in ("serving", "vision"):
            store.leavers.add("you@example.org", profile, MORNING, "asked")
    assert morning.json("status")["leavers"] == 1
    morning("status")
    assert "outbox: empty; 1 left" in morning.out


@pytest.mark.parametrize(
    ("file", "text", "mistake"),
    [
        ("settings.toml", 'timezone = "Europe/Bielefeld"\n', "'Europe/Bielefeld' is no time zone"),
        ("settings.toml", 'schedule = "0 25 * * *"\n', "schedule: "),
        ("settings.toml", 'metrics = "broadsheet.txt"\n', "must end in .prom"),
        ("settings.toml", "timezone = \n", "settings.toml:1"),
        ("sources.toml", '[[source]]\nname = "x"\nfiles = ["*"]\nformat = "nonsense"\n', "no format 'nonsense'"),
        ("profiles/serving.toml", PROFILE.replace('"cache"', '"(cache"'), "parenthesis is never closed"),
        ("profiles/serving.toml", "title = ", "profiles/serving.toml:1"),
        (
            "deliveries.toml",
            '[[delivery]]\nname = "a"\nkind = "folder"\nto = ["x"]\nprofiles = ["no"]\n',
            "no profile 'no'",
        ),
    ],
)
def test_a_broken_configuration_is_told_and_hides_nothing(morning: Desk, file: str, text: str, mistake: str) -> None:
    (morning.root / "config" / file).write_text(text, encoding="utf-8")
    assert morning("status", "--check") == 3
    assert mistake in morning.out.splitlines()[1]
    assert "2 papers" in morning.out
    status = morning.json("status")
    assert status["runs"][0]["exit"] == 0
    assert mistake in "\n".join(status["mistakes"])


def test_a_broken_configuration_still_says_which_store_is_meant(morning: Desk) -> None:
    (morning.root / "state/broadsheet.db").rename(morning.root / "elsewhere.db")
    url = f"sqlite:///{morning.root}/elsewhere.db"
    (morning.root / "config/settings.toml").write_text(f'store = "{url}"\nwait = -1\n', encoding="utf-8")
    assert morning.json("status")["counts"]["papers"] == 2


def test_a_store_of_another_program_is_one_line(morning: Desk) -> None:
    (morning.root / "state/broadsheet.db").write_text("this is no database, and longer than its header would be")
    assert morning("status", "--check") == 1
    assert morning.err.count("\n") == 1


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("", "daily, next 2026-06-02"),
        ('schedule = "weekdays"', "weekdays, next 2026-06-02"),
        ('schedule = "weekly"\nweekday = "friday"', "fridays, next 2026-06-05"),
        ('schedule = "monthly"\nmonthday = 3', "day 3 of the month, next 2026-06-03"),
    ],
)
def test_a_profile_shows_its_schedule_and_its_next_day(morning: Desk, schedule: str, told: str) -> None:
    morning.profile(f"{schedule}\n{PROFILE}")
    assert morning("status") == 0
    assert told in morning.out


def test_a_profile_that_waits_for_its_first_digest_is_due(morning: Desk) -> None:
    morning.profile(PROFILE, name="vision")
    morning("status")
    assert re.search(r"vision   no digest yet; 2 changes wait; daily, due$", morning.out, re.MULTILINE)


def test_json_keeps_its_keys(morning: Desk) -> None:
    owe(morning, 12, "held")
    status = morning.json("status")
    assert {key: sorted(value) for key, value in status.items() if isinstance(value, dict)} == {
        "counts": ["arrivals", "changes", "digests", "dumps", "entries", "papers", "runs"],
        "outbox": ["counts", "messages", "owed_since"],
        "schedule": ["cron", "next", "overdue", "timezone"],
    }
    documented = re.findall(r"^    (\w+)  +", standing.record.__doc__ or "", re.MULTILINE)
    assert list(status) == documented
    (run,), (source,), (profile,) = status["runs"], status["sources"], status["profiles"]
    (message,), (concern,) = status["outbox"]["messages"], status["concerns"]
    for one, keys in (
        (run, "run day started ended exit took new updated dumps failures seconds outbox"),
        (source, "source dump format taken verdict alarm reason entries new updated coverage problems"),
        (profile, "profile title schedule last_digest shown waiting next_digest messages"),
        (message, "id profile day delivery kind receiver state attempt not_before error"),
        (concern, "kind what remedy"),
    ):
        assert list(one) == keys.split()
    assert status["well"] is False
    assert status["counts"] == {**status["counts"], "papers": 2, "changes": 2, "entries": 2, "dumps": 1}


def test_a_look_reads_no_whole_digest(morning: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(body: str, kind: type) -> Any:
        raise AssertionError("a digest was read")

    monkeypatch.setattr("broadsheet.store.digests.unpack", unpack)
    assert look(morning).glance.digests["serving"].shown == 1


# The Prometheus text file.


def test_prometheus_reads_what_is_written(morning: Desk) -> None:
    owe(morning, 12, "held")
    assert morning("status", "--prometheus", "-") == 0
    assert morning.out.endswith("\n")
    found = samples(morning.out)

    def value(name: str, **labels: str) -> float:
        return found[name, frozenset(labels.items())]

    assert value("last_run_timestamp_seconds") == value("last_success_timestamp_seconds") == MORNING.timestamp()
    assert value("last_run_exit_code") == 0
    assert value("last_run_new_papers") == value("papers") == 2
    assert value("digest_papers", profile="serving") == 1
    assert value("digest_day_timestamp_seconds", profile="serving") == datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    assert value("waiting_changes", profile="serving") == 0
    assert (value("outbox_messages", state="held"), value("outbox_messages", state="failed")) == (1, 0)
    assert value("source_verdict", source="daily-papers", verdict="complete") == 1
    assert value("source_verdict", source="daily-papers", verdict="broken") == 0
    assert value("concerns", kind="outbox") == 1
    assert value("next_run_timestamp_seconds") == datetime(2026, 6, 2, 6, tzinfo=UTC).timestamp()
    assert value("run_seconds", stage="digest") > 0
    # Each metric has its help and its type before its samples, once.
    names = re.findall(r"^# TYPE (\w+) gauge$", morning.out, re.MULTILINE)
    assert len(names) == len(set(names))
    assert set(names) == {f"broadsheet_{name}" for name, _ in found}


def test_a_metric_without_a_value_is_left_out(desk: Desk, clock: Clock) -> None:
    found = samples(standing.exposition(look(desk)))
    assert ("papers", frozenset()) in found
    assert ("last_run_timestamp_seconds", frozenset()) not in found


def test_what_a_source_is_called_breaks_no_line(morning: Desk) -> None:
    hostile = 'a"} 1\nbroadsheet_papers 99 \\ \udcff'
    report = SourceReport(
        dump="x", source=hostile, format=None, taken=None, taken_from=None, verdict="broken", reason="", alarm=True
    )
    place = Collected(source=hostile, place=hostile, checked=MORNING, outcome="new", told="", failures=0)
    found = samples(standing.exposition(replace(look(morning), sources=(report, report), places=(place, place))))
    shown = hostile.replace("\udcff", "?")
    assert found["source_alarm", frozenset({("source", shown)})] == 1
    assert found["papers", frozenset()] == 2


def test_the_file_is_there_as_a_whole_and_for_other_users(morning: Desk) -> None:
    file = morning.root / "metrics" / "broadsheet.prom"
    assert morning("status", "--prometheus", file) == 0
    assert (morning.out, morning.err) == ("", "")
    assert samples(file.read_text(encoding="utf-8"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [path.name for path in file.parent.iterdir()] == ["broadsheet.prom"]


@pytest.fixture
def metrics(morning: Desk) -> Path:
    (morning.root / "config/settings.toml").write_text('metrics = "metrics/broadsheet.prom"\n', encoding="utf-8")
    return morning.root / "metrics/broadsheet.prom"


def test_every_run_writes_the_file_also_one_that_fails(
    morning: Desk, metrics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def code() -> float:
        return samples(metrics.read_text(encoding="utf-8"))["last_run_exit_code", frozenset()]

    def full(run: pipeline.Run) -> tuple[Path, ...]:
        raise StoreError("the disk is full")

    morning.dump("daily-2026-06-02.txt", [ORCHID], day="Jun 2")
    morning.run(day="2026-06-02")
    assert code() == 0
    monkeypatch.setattr(pipeline, "collect", full)
    assert morning("run", "--plain") == 1
    assert code() == 1


def test_a_file_that_cannot_be_written_fails_no_run(morning: Desk, metrics: Path) -> None:
    metrics.parent.write_text("a file where the folder should be")
    assert morning("run", "--plain") == 0
    assert "the metrics were not written: " in morning.err
    assert morning("status", "--prometheus", metrics) == 1


def test_json_and_the_text_do_not_go_to_the_same_stdout(morning: Desk) -> None:
    assert morning("status", "--json", "--prometheus", "-") == 2
    file = morning.root / "x.prom"
    assert morning("status", "--json", "--prometheus", file) == 0
    assert json.loads(morning.out)["well"]
    assert file.exists()
