"""When digests are due and runs start: each scheduled digest once, over sleeps, changes of the clock and odd zones."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadsheet import pipeline
from broadsheet.cadence import is_due, last_due, last_run, next_due, next_runs, superseded
from broadsheet.types import Profile
from broadsheet.workspace import Workspace
from tests.desk import Desk
from tests.pages import Listed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 6, 1)
ZONES = (
    *("America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Pacific/Kiritimati"),
    *("Europe/London", "America/Sao_Paulo", "UTC"),
)
RULE = "\n[[rule]]\nwhen = 'paper'\n"


def _profile(schedule: str, **more: object) -> Profile:
    return Profile(name="p", title="P", rules=(), schedule=schedule, **more)  # type: ignore[arg-type]


def _days(first: date, count: int) -> list[date]:
    return [first + DAY * number for number in range(count)]


def _cut(profile: Profile, awake: Iterable[date]) -> list[date]:
    """The days whose digests are cut by a run on each of the days, in their order."""
    cut: list[date] = []
    for day in awake:
        if is_due(profile, day, cut[-1] if cut else None):
            cut.append(day)
    return cut


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [
        (_profile("daily"), _days(MONDAY, 14)),
        (_profile("weekdays"), [*_days(MONDAY, 5), *_days(MONDAY + 7 * DAY, 5)]),
        (_profile("weekly"), [MONDAY, MONDAY + 7 * DAY]),
        (_profile("weekly", weekday="sunday"), [MONDAY, date(2026, 6, 7), date(2026, 6, 14)]),
        (_profile("monthly"), [MONDAY]),
        (_profile("monthly", monthday=10), [MONDAY, date(2026, 6, 10)]),
    ],
)
def test_a_run_each_day_cuts_what_the_schedule_wants_and_the_first_at_once(
    profile: Profile, wanted: list[date]
) -> None:
    assert _cut(profile, _days(MONDAY, 14)) == wanted


@pytest.mark.parametrize(
    ("profile", "missed", "caught"),
    [
        (_profile("weekly"), [MONDAY + 7 * DAY], MONDAY + 8 * DAY),
        (_profile("weekly"), _days(MONDAY + 5 * DAY, 8), MONDAY + 13 * DAY),
        (_profile("weekdays"), [date(2026, 6, 5)], date(2026, 6, 6)),
        (_profile("monthly", monthday=5), _days(date(2026, 6, 4), 5), date(2026, 6, 9)),
    ],
)
def test_a_day_that_was_missed_is_caught_up_once(profile: Profile, missed: list[date], caught: date) -> None:
    cut = _cut(profile, [day for day in _days(MONDAY, 14) if day not in missed])
    assert caught in cut
    usual = _cut(profile, _days(MONDAY, 14))
    assert [day for day in cut if day != caught] == [day for day in usual if day not in missed and day != caught]


def test_the_last_and_the_next_due_day_stand_around_every_day() -> None:
    for profile in (_profile("daily"), _profile("weekdays"), _profile("weekly", weekday="friday"), _profile("monthly")):
        for day in _days(MONDAY, 70):
            last, following = last_due(profile, day), next_due(profile, day)
            assert last <= day < following
            assert not is_due(profile, day, last)
            assert is_due(profile, following, last)
            assert next_due(profile, last) == following


@pytest.mark.parametrize(
    ("zone", "cron", "now", "expected"),
    [
        ("Europe/Berlin", "0 6 * * *", "2026-03-28T12:00Z", ["2026-03-29T06:00+02:00", "2026-03-30T06:00+02:00"]),
        ("Europe/Berlin", "0 6 * * *", "2026-10-24T12:00Z", ["2026-10-25T06:00+01:00", "2026-10-26T06:00+01:00"]),
        ("America/New_York", "0 6 * * *", "2026-03-07T12:00Z", ["2026-03-08T06:00-04:00", "2026-03-09T06:00-04:00"]),
        ("America/New_York", "0 6 * * *", "2026-10-31T12:00Z", ["2026-11-01T06:00-05:00", "2026-11-02T06:00-05:00"]),
        # Skipped by the change: right after the gap. Twice: the first time.
        ("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]),
        ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
        ("Europe/Berlin", "30 2 * * *", "2026-10-25T01:10Z", ["2026-10-26T02:30+01:00"]),
        ("America/New_York", "30 2 * * *", "2026-03-07T12:00Z", ["2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"]),
        ("America/New_York", "30 1 * * *", "2026-11-01T06:10Z", ["2026-11-02T01:30-05:00"]),
        # Two times that the gap moves to one moment are one.
        ("Europe/Berlin", "0,30 2 * * *", "2026-03-28T12:00Z", ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"]),
        ("Europe/Berlin", "0 2,3 * * *", "2026-03-28T12:00Z", ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"]),
        # Half an hour, and a day that was left out.
        (
            "Australia/Lord_Howe",
            "15 2 * * *",
            "2026-10-03T00:00Z",
            ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"],
        ),
        ("Pacific/Apia", "0 6 * * *", "2011-12-29T17:00Z", ["2011-12-31T00:00+14:00", "2011-12-31T06:00+14:00"]),
        ("America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00Z", ["2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00"]),
        ("UTC", "0 6 29 2 *", "2026-01-01T00:00Z", ["2028-02-29T06:00+00:00"]),
    ],
)
def test_the_next_runs_over_changes_of_the_clock(zone: str, cron: str, now: str, expected: list[str]) -> None:
    found = next_runs(cron, zone, datetime.fromisoformat(now), len(expected))
    assert [moment.isoformat(timespec="minutes") for moment in found] == expected


@pytest.mark.parametrize("cron", ["61 * * * *", "* * * *", "", "0 0 31 2 *", "@daily", "\x1b[2J 6 * * *", "0 6 * * X"])
def test_what_is_no_cron_is_refused_by_all(cron: str) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    for ask in (
        lambda: next_runs(cron, "UTC", now, 1),
        lambda: last_run(cron, "UTC", now),
        lambda: superseded(cron, "UTC", now, now),
    ):
        with pytest.raises(ValueError, match="is no cron"):
            ask()


CRONS = ("30 2 * * *", "0 6 * * *", "0 0 * * *", "0,45 1-3 * * *", "20 */5 * * *")
#: After Lord Howe's change of half an hour the library's hour steps miss one time; a fixed hour does not.
CRONS_OF_ZONES = [
    *((cron, zone) for cron in CRONS for zone in ("Europe/Berlin", "America/New_York", "America/Sao_Paulo")),
    *((cron, "Australia/Lord_Howe") for cron in CRONS[:-1]),
]


@pytest.mark.parametrize(("cron", "zone"), CRONS_OF_ZONES)
@pytest.mark.parametrize("begin", ["2018-11-01", "2026-03-05", "2026-03-27", "2026-10-02", "2026-10-23", "2026-10-30"])
def test_the_last_run_is_the_one_that_was_next_before(cron: str, zone: str, begin: str) -> None:
    start = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    times = [moment.astimezone(UTC) for moment in next_runs(cron, zone, start - 2 * DAY, 60)]
    assert times == sorted(set(times))
    for now in (start + 20 * timedelta(minutes=number) for number in range(4 * 72)):
        last = last_run(cron, zone, now)
        assert last
        assert last.astimezone(UTC) == max(time for time in times if time <= now)


@pytest.mark.parametrize("zone", ZONES)
def test_two_years_of_mornings_have_one_run_each(zone: str) -> None:
    start = datetime(2025, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(seconds=1)
    runs = next_runs("0 6 * * *", zone, start, 730)
    days = [moment.date() for moment in runs]
    assert days == _days(date(2025, 1, 1), 730)
    for profile in (_profile("daily"), _profile("weekdays"), _profile("weekly"), _profile("monthly", monthday=28)):
        cut = _cut(profile, days)
        assert cut[1:] == [day for day in days[1:] if last_due(profile, day) == day]


def _wakes(zone: str, middle: date, asleep: set[date]) -> Iterator[tuple[datetime, list[datetime]]]:
    """Each hour around a day at which the machine is awake, and the start times that have passed since the last one.

    It sleeps from an evening until the noon of the last day that it sleeps through.
    """
    tz = ZoneInfo(zone)
    now = datetime(middle.year, middle.month, middle.day, tzinfo=tz).astimezone(UTC) - 5 * DAY
    before, end = now, now + 10 * DAY
    while now < end:
        now += HOUR
        if (now.astimezone(tz) - timedelta(hours=12)).date() + DAY in asleep:
            continue
        passed = [time for time in next_runs("0 6 * * *", zone, before, 12) if time <= now]
        yield now, passed
        before = now


_SUBJECTS = (
    *("orchids", "ferries", "lanterns", "glaciers", "violins", "harbours", "beetles", "pottery", "tides", "kites"),
    *("saddles", "almanacs", "chestnuts"),
)


def _paper(day: date) -> Listed:
    """A paper unlike that of any day nearby, so that neither is taken for a copy of the other."""
    words = random.Random(str(day)).sample(_SUBJECTS, 4)  # noqa: S311
    subject = _SUBJECTS[day.toordinal() % len(_SUBJECTS)]
    sentences = [f"We count {word} near {subject} and write down what they do on a {day:%A}." for word in words]
    return f"A Paper on {subject.title()} in {day:%B}", " ".join(sentences)


CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_over_sleeps_and_changes_of_the_clock_each_digest_and_each_paper_comes_once(
    zone: str, change: date, desk: Desk
) -> None:
    order = random.Random(f"{zone} {change}")  # noqa: S311
    (desk.root / "config").mkdir()
    (desk.root / "config/settings.toml").write_text(f'timezone = "{zone}"\n')
    desk.profile('title = "Each day"\nmin_score = 1\nlimit = 100\n' + RULE, "each")
    desk.profile(
        f'title = "Each week"\nlimit = 100\nschedule = "weekly"\nweekday = "{change:%A}"\n'.lower() + RULE, "week"
    )
    workspace = Workspace(root=desk.root)
    # It sleeps through the change and the morning before it, and later through one more.
    asleep = {change - DAY, change, change + 3 * DAY}
    cut: list[date] = []
    dumped: list[date] = []
    for now, passed in _wakes(zone, change, asleep):
        today = now.astimezone(ZoneInfo(zone)).date()
        for day in _days(change - 6 * DAY, 12):
            if day <= today and day not in dumped:
                dumped.append(day)
                desk.dump(f"{day}.txt", [_paper(day)], day=f"{day:%b} {day.day}")
        # Prefect starts what was missed in whatever order.
        order.shuffle(passed)
        for scheduled in passed:
            if superseded("0 6 * * *", zone, scheduled, now):
                continue
            day = scheduled.astimezone(ZoneInfo(zone)).date()
            report = pipeline.daily(workspace, day=day, now=now)
            assert report.exit == 0, report.failures
            cut.append(day)
    # The last morning of a sleep stands for all of it.
    assert cut == [day for day in _days(change - 5 * DAY, 10) if day != change - DAY]
    for profile, days in (("each", cut), ("week", [change - 5 * DAY, change])):
        found = sorted(path.parent.name for path in (desk.root / "output" / profile).glob("*/digest.json"))
        assert found == [str(day) for day in days]
        told = [
            row["change"]["paper"]["best"]["title"]
            for day in found
            for section in desk.digest(day, profile)["sections"]
            for row in section["rows"]
        ]
        assert len(told) == len(set(told))
        assert len(told) == len([day for day in dumped if day <= days[-1]])


def test_a_late_run_steps_back_only_for_a_later_morning() -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)

    def stepping(scheduled: datetime, now: datetime, cron: str = "0 6 * * *") -> str | None:
        found = superseded(cron, "Europe/Berlin", scheduled, now)
        return f"{found:%d %H:%M}" if found else None

    assert stepping(at(27, 6), at(27, 6)) is None
    assert stepping(at(27, 6), at(28, 5, 59)) is None
    assert stepping(at(27, 6), at(28, 6)) == "28 06:00"
    assert stepping(at(27, 6), at(30, 9)) == "30 06:00"
    # Of two on one day whichever comes first does the day's work.
    assert stepping(at(27, 6), at(27, 23), "0 6,18 * * *") is None
    assert stepping(at(27, 18), at(28, 7), "0 6,18 * * *") == "28 06:00"
    # Prefect starts at 01:30 what the change of the clock skips at 02:30, and Debian's cron at 03:00.
    assert stepping(at(29, 1, 30), at(29, 3, 30), "30 2 * * *") is None


WEEKLY = 'title = "Weekly"\nmin_score = 1\nschedule = "weekly"\n' + RULE
PAPER = ("A Made-up Paper", "We invent a paper. It measures nothing at all, and does so with great care. " * 3)
ANOTHER = ("Another Paper, Made up", "We invent one more paper. It measures nothing, and takes its time to do so. " * 3)


def test_a_profile_that_is_not_due_waits_and_is_told_of(desk: Desk) -> None:
    desk.profile(WEEKLY, "slow")
    desk.dump("2026-06-03.txt", [PAPER], day="Jun 3")
    assert desk("run", "--plain", "--date", "2026-06-03") == 0  # a Wednesday; the first one is due at once
    assert desk.err == ""
    desk.dump("2026-06-04.txt", [ANOTHER], day="Jun 4")
    assert desk("run", "--plain", "--date", "2026-06-04") == 0
    assert desk.err == "not due on 2026-06-04, next: slow (Mon 2026-06-08)\n"
    assert "slow" not in desk.out
    report = desk.run(day="2026-06-05")
    assert (report["not_due"], report["digests"], report["waiting"]) == ({"slow": "2026-06-08"}, [], {})
    # Missed on Monday, caught up on Tuesday, once.
    assert [cut["profile"] for cut in desk.run(day="2026-06-09")["digests"]] == ["slow"]
    assert desk.digest("2026-06-09", "slow")["sections"][0]["rows"][0]["change"]["paper"]["best"]["title"] == ANOTHER[0]
    assert desk.run(day="2026-06-10")["not_due"] == {"slow": "2026-06-15"}


def test_a_digest_that_is_cut_stays_that_day_s_whatever_the_schedule_says(desk: Desk) -> None:
    desk.profile(WEEKLY.replace("weekly", "daily"), "slow")
    desk.dump("2026-06-03.txt", [PAPER], day="Jun 3")
    desk.run(day="2026-06-03")
    desk.profile(WEEKLY, "slow")
    report = desk.run(day="2026-06-03")
    assert ([cut["profile"] for cut in report["digests"]], report["not_due"]) == (["slow"], {})


def test_a_profile_that_is_named_is_due_on_any_day(desk: Desk) -> None:
    desk.profile(WEEKLY, "slow")
    desk.profile(WEEKLY, "other")
    desk.run(day="2026-06-03")
    desk.dump("2026-06-04.txt", [PAPER], day="Jun 4")
    report = desk.run("--profile", "slow", day="2026-06-04")
    assert [cut["profile"] for cut in report["digests"]] == ["slow"]
    assert desk.run(day="2026-06-04")["not_due"] == {"other": "2026-06-08"}


def test_a_digest_of_the_future_closes_no_day_of_the_present(desk: Desk) -> None:
    """A clock that was wrong once must not silence a profile until then."""
    desk.profile(WEEKLY, "slow")
    desk.run(day="2027-06-07")
    desk.dump("2026-06-08.txt", [PAPER], day="Jun 8")
    assert [cut["shown"] for cut in desk.run(day="2026-06-08")["digests"]] == [1]
