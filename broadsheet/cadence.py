"""When a digest is due and when the next run starts: values in, values out.

Knows neither the clock nor the store, and starts nothing. Cron means what Debian's cron means, over DST changes too: a
time that a change skips comes right after the gap, one that comes twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from .types import Profile

_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SATURDAY = 5


def last_due(profile: Profile, day: date) -> date:
    """The latest day, this one or an earlier one, for which the profile's schedule wants a digest."""
    while not _wanted(profile, day):
        day -= _DAY
    return day


def next_due(profile: Profile, day: date) -> date:
    """The first day after this one for which the profile's schedule wants a digest."""
    day += _DAY
    while not _wanted(profile, day):
        day += _DAY
    return day


def _wanted(profile: Profile, day: date) -> bool:
    match profile.schedule:
        case "weekdays":
            return day.weekday() < _SATURDAY
        case "weekly":
            return _WEEKDAYS[day.weekday()] == profile.weekday
        case "monthly":
            return day.day == profile.monthday
        case _:
            return True


def is_due(profile: Profile, day: date, last: date | None) -> bool:
    """Whether a digest of the profile is to be cut on a day.

    last: the day of its latest digest until then; None before its first one, which is due at once. A day that was
    missed is due until a digest is cut: a Monday's on Tuesday, once.
    """
    return last is None or last < last_due(profile, day)


def next_runs(cron: str, timezone: str, now: datetime, count: int) -> tuple[datetime, ...]:
    """The next start times after `now` (aware), each in the time zone; fewer where the schedule has no more.

    Raises ValueError for what is no cron.
    """
    found: list[datetime] = []
    for moment in _after(cron, timezone, now):
        if len(found) == count:
            break
        found.append(moment)
    return tuple(found)


def last_run(cron: str, timezone: str, now: datetime) -> datetime | None:
    """The latest start time until `now` (aware), in the time zone; None without any. Raises ValueError as above."""
    zone = ZoneInfo(timezone)
    try:
        found = next(CronSim(cron, now.astimezone(zone) + timedelta(seconds=1), reverse=True), None)
    except CronSimError as error:
        raise ValueError(f"{cron!r} is no cron: {error}") from error
    # Going back, it knows an hour that comes twice only by its first coming.
    while found and found.astimezone(UTC) > now:
        found = next(CronSim(cron, found, reverse=True), None)
    for later in _after(cron, timezone, found) if found else ():
        if later.astimezone(UTC) > now:
            break
        found = later
    return found


def superseded(cron: str, timezone: str, scheduled: datetime, now: datetime) -> datetime | None:
    """The start time for whose sake a run that starts late steps back, if one has passed by `now`.

    It is of a later day in the time zone: its digest covers all that the missed one would have said. A later time of
    the same day supersedes nothing, since whichever comes first does that day's work. Raises ValueError as above.
    """
    latest = last_run(cron, timezone, now)
    if latest is None or latest.date() <= scheduled.astimezone(latest.tzinfo).date():
        return None
    return latest


def _after(cron: str, timezone: str, moment: datetime) -> Iterator[datetime]:
    """The start times after a moment, each once: what a gap moves to its end may stand there already."""
    try:
        times = CronSim(cron, moment.astimezone(ZoneInfo(timezone)))
    except CronSimError as error:
        raise ValueError(f"{cron!r} is no cron: {error}") from error
    # In UTC: two times of one zone are compared by what their clocks show.
    before = moment.astimezone(UTC)
    for found in times:
        if (instant := found.astimezone(UTC)) > before:
            yield found
            before = instant
