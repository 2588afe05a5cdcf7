"""One day of a backfill: what is read, which digests are due, and what is left out and why."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .. import cadence, pipeline
from ..access import Access
from ..errors import BroadsheetError, SourceError
from ..pipeline import Progress, Run, silent
from ..report import RunReport
from ..setup import Setup
from ..store import Store
from ..text import whole
from ..types import Profile
from .fetching import days_between
from .report import DayReport, LeftOut
from .survey import Found, Survey

_DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Backfill:
    """A backfill while it goes on: what is to be done, and what came of it so far."""

    setup: Setup
    store: Store
    now: datetime
    found: Survey = field(default_factory=Survey)
    #: The first and the last day that is looked at; None where there is nothing to look at.
    span: tuple[date, date] | None = None
    send: bool = False
    dry_run: bool = False
    progress: Progress = silent
    access: Access = field(default_factory=Access)
    #: Lets other runs begin.
    release: Callable[[], None] = lambda: None
    #: Of each profile the days that have a digest, and whether it stays: it covers a change, or somebody was told.
    cut: dict[str, dict[date, bool]] = field(default_factory=dict)
    #: What waits for a profile, as it was asked of the store since the last run: most days have none.
    waiting: dict[str, date | None] = field(default_factory=dict)
    days: list[DayReport] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    began: float = field(default_factory=stopwatch.monotonic)

    @property
    def today(self) -> date:
        """In the workspace's time zone."""
        return self.now.astimezone(ZoneInfo(self.setup.config.settings.timezone)).date()

    def walk(self) -> Iterator[date]:
        """Every day from the first to the last."""
        yield from days_between(*self.span) if self.span else ()

    def closed(self) -> frozenset[date]:
        """The days that have a digest which stays."""
        return frozenset(day for cut in self.cut.values() for day, stays in cut.items() if stays)

    def waits(self, profile: Profile, day: date) -> date | None:
        """The latest day of a run whose news wait for the profile's next digest; None where nothing waits."""
        if profile.name not in self.waiting or not self.cut[profile.name]:
            start = day - timedelta(days=profile.start_days)
            self.waiting[profile.name] = self.store.waits(profile.name, start=start)
        return self.waiting[profile.name]

    def fail(self, failures: Sequence[BroadsheetError | str]) -> None:
        """Remember what failed; what fails on many days in the same words is said once."""
        told = (whole(str(failure)) for failure in failures)
        self.failures += [line for line in dict.fromkeys(told) if line not in self.failures]


def backfill_day(work: Backfill, day: date) -> None:
    """Read what was taken on a day, and cut and publish the digests that are due on it.

    Raises BroadsheetError where a digest of the day would tell what came on a later one; StoreError, and DeliveryError
    where none of the digests could be published.
    """
    unread = [found for found in work.found.days.get(day, ()) if found.unread]
    work.progress(f"{day}, {sum(one.papers for one in work.days):,} papers", *_place(work, day))
    if unread and day in work.closed():
        _leave_closed(work, day, unread)
        unread = []
    if not unread and not _due(work, day):
        return
    if unread:
        _refuse_disorder(work, day)
    if work.dry_run:
        if unread:
            work.days.append(DayReport(day=day, dumps=names_of(unread)))
        return
    run = pipeline.begin(_in_time(work, day), work.store, day, _moment(work, day))
    run.access, run.named, run.owing = work.access, True, work.send
    try:
        report = _stages(work, run, unread)
    except BroadsheetError as error:
        work.store.end_run(run.number, error.exit_code, str(error), run.now)
        raise
    cut = tuple(digest.profile for digest in report.digests if digest.day == day)
    work.days.append(DayReport(day=day, dumps=names_of(unread), papers=report.new, updated=report.updated, digests=cut))


def _stages(work: Backfill, run: Run, unread: Sequence[Found]) -> RunReport:
    keys = {found.key for found in unread}
    if unread:
        paths = tuple(dict.fromkeys(found.path for found in unread))
        pipeline.ingest(run, paths, wanted=lambda dump: (dump.sha256, dump.name) in keys)
        work.waiting.clear()
    due = _due(work, run.day)
    run.setup = replace(run.setup, config=replace(run.setup.config, profiles=due))
    digests = pipeline.digest(run)
    work.waiting.clear()
    for digest in digests:
        work.cut[digest.profile][digest.day] = digest.to_seq >= digest.from_seq
    pipeline.publish(run, digests, latest=False)
    work.fail(run.failures)
    return pipeline.finish(run)


def _due(work: Backfill, day: date) -> tuple[Profile, ...]:
    """The profiles that have something to tell on a day, and no digest that told something."""
    return tuple(profile for profile in work.setup.config.profiles if _is_due(work, profile, day))


def _is_due(work: Backfill, profile: Profile, day: date) -> bool:
    waits = work.waits(profile, day)
    if waits is None or waits > day:
        return False
    cut = work.cut[profile.name]
    if day in cut:
        return not cut[day]
    last = max((one for one in cut if one < day), default=None)
    return cadence.is_due(profile, day, last) or _is_last_chance(work, cut, day)


def _is_last_chance(work: Backfill, cut: dict[date, bool], day: date) -> bool:
    """Whether a later digest stands there already, which can tell nothing more, and no day is left before it."""
    end = work.span[1] if work.span else day
    # One without a change inside the span is cut anew when its day comes.
    later = min((one for one, stays in cut.items() if one > day and (stays or one > end)), default=None)
    return later is not None and day == min(later - _DAY, end)


def _refuse_disorder(work: Backfill, day: date) -> None:
    for profile in work.setup.config.profiles:
        waits = work.waits(profile, day)
        if waits is not None and waits > day:
            command = f"`broadsheet run --profile {profile.name}`"
            remedy = f"cut it first ({command}), then begin the backfill again"
            if work.cut[profile.name].get(work.today):
                # One digest a day.
                tomorrow = work.today + _DAY
                remedy = f"today's is cut already: begin the backfill again when that of {tomorrow} is ({command} then)"
            raise BroadsheetError(
                f"what came on {waits} waits for the next digest of {profile.name}, and would be told in the one of "
                f"{day}; {remedy}"
            )


def limit(work: Backfill, since: date | None, until: date | None) -> None:
    """Leave the days that are asked for, and of these what is past."""
    today, days = work.today, work.found.days
    for day in sorted(days):
        if (since and day < since) or (until and day > until):
            del days[day]
        elif day > today:
            _leave(work, day, days.pop(day), "this day is still to come; is the date in the name wrong?")
        elif day == today and until is None and _would_be_mailed(work, day):
            unread = [found for found in days.pop(day) if found.unread]
            remedy = f"`broadsheet run DUMP` cuts and sends it, `--to {day}` does without"
            _leave(work, day, unread, f"the digest of today would be cut, and not sent to anybody; {remedy}")
    first = since or min(days, default=today)
    last = min(until, today) if until else max(days, default=first - _DAY)
    work.span = (first, last) if first <= last else None


def _would_be_mailed(work: Backfill, day: date) -> bool:
    """Whether somebody waits for a day's digest, of which a backfill would see to it that it never comes."""
    waited_for = bool(work.setup.config.deliveries.deliveries) and not work.send and day not in work.closed()
    return waited_for and any(found.unread for found in work.found.days.get(day, ()))


def _leave_closed(work: Backfill, day: date, unread: Sequence[Found]) -> None:
    broken = [found for found in unread if found.broken]
    work.fail([SourceError(found.key[1], found.broken) for found in broken])
    if others := [found for found in unread if not found.broken]:
        _leave(
            work, day, others, "the digest of this day is cut; `broadsheet run DUMP` puts them into the next, as late"
        )


def _leave(work: Backfill, day: date, found: Sequence[Found], reason: str) -> None:
    names = names_of(found)
    work.left.append(LeftOut(day=day, dumps=names, reason=reason))
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    work.fail([f"{day}: {some} left out: {reason}"])


def names_of(found: Sequence[Found]) -> tuple[str, ...]:
    """The names of dumps, each once."""
    return tuple(dict.fromkeys(whole(one.key[1]) for one in found))


def _place(work: Backfill, day: date) -> tuple[int, int]:
    """The how-manieth day it is, of how many with dumps."""
    return sum(one < day for one in work.found.days), len(work.found.days)


def _in_time(work: Backfill, day: date) -> Setup:
    """The setup with those deliveries alone that still take a digest of that day: nothing is owed only to expire."""
    config = work.setup.config
    age = (work.today - day).days
    every = tuple(one for one in config.deliveries.deliveries if age <= one.max_age_days)
    return replace(work.setup, config=replace(config, deliveries=replace(config.deliveries, deliveries=every)))


def _moment(work: Backfill, day: date) -> datetime:
    """The last second that belongs to a day both in the workspace's time zone and in UTC, but never one to come."""
    zone = ZoneInfo(work.setup.config.settings.timezone)
    ends = [datetime.combine(day + _DAY, time.min, tzinfo=one).astimezone(UTC) for one in (zone, UTC)]
    return min(min(ends) - timedelta(seconds=1), work.now)
