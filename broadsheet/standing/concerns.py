"""What somebody should look at, from how things stand; the most urgent first. Values in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import fold_space
from ..types import SourceReport
from .values import UNDECIDED, WAITING, Collected, Concern, Past, Standing

#: A place that answers "later" is told after so many times in a row; one that fails, at once.
_LATER = 3
#: Seconds for which a message may be owed before that is told.
_OWED = 24 * 3600
#: Messages named one by one; the rest is a number.
_NAMED = 5
#: Seconds for which a dump that was not as it should be is told. One that somebody saved badly once, from a source that
#: brings no other, must not hide the next failure for good.
_NEWS = 7 * 24 * 3600
#: Percent understood, below which the account of a dump is worth a look.
_WHOLE = 99.9
#: How a run tells of a message that a person has to decide on; what became of it since, the messages know.
_DECIDED = re.compile(r"^outbox: .* \(message \d+\) .*; decide with `broadsheet deliver ")
_NUMBER = re.compile(r" \(message (\d{1,18})\) is tried again later: ")


def concerns(standing: Standing) -> tuple[Concern, ...]:
    """All that needs a look; nothing where all is well."""
    return (
        *(Concern(kind="config", what=mistake.splitlines()[0], remedy=_rest(mistake)) for mistake in standing.mistakes),
        *_of_runs(standing),
        *_of_sources(standing),
        *_of_places(standing),
        *_of_messages(standing),
    )


def _rest(mistake: str) -> str:
    """The remedy of a mistake: its last line, where it has one."""
    lines = mistake.splitlines()
    return fold_space(lines[-1]) if len(lines) > 1 else ""


def _of_runs(standing: Standing) -> Iterator[Concern]:
    if not standing.runs and not standing.holder:
        yield Concern(kind="run", what="nothing has run yet", remedy="`broadsheet run`")
    if standing.overdue:
        when = standing.overdue.astimezone(standing.zone)
        yield Concern(
            kind="schedule",
            what=f"the run of {when:%Y-%m-%d %H:%M %Z} did not start",
            remedy="is `broadsheet serve` (or cron, or the timer) running? `broadsheet run` catches up",
        )
    if killed := killed_run(standing):
        # One of a day gone by was most likely a backfill's, whose rest nobody but a backfill does.
        past = killed.day < standing.now.astimezone(standing.zone).date()
        yield Concern(
            kind="run",
            what=f"run {killed.number} of {killed.day} did not end: it was killed",
            remedy="`broadsheet run` goes on where it stopped"
            + ("; if it was a backfill's, begin that again first, as it was begun" if past else ""),
        )
    last = last_ended(standing)
    if last is not None and last.exit:
        failures = last.failures or ("it does not say why",)
        named = [one for one in failures if not _stands_elsewhere(one, standing) and not _is_over(one, standing)]
        for failure in named[:_NAMED]:
            what = f"run {last.number} of {last.day} ended with exit code {last.exit}: {fold_space(failure)}"
            again = "it is tried again by itself; `broadsheet deliver --retry` tries now" if _is_later(failure) else ""
            yield Concern(kind="run", what=what, remedy=again)
        if len(named) > _NAMED:
            rest = f"{len(named) - _NAMED} more failures"
            yield Concern(kind="run", what=f"run {last.number} has {rest}", remedy="`broadsheet status --json`")


def _stands_elsewhere(failure: str, standing: Standing) -> bool:
    """Whether it stands among the sources, the places or the messages, for as long as it is so."""
    told = (*(report.dump for report in _alarming(standing)), *(place.source for place in _failing(standing)))
    return bool(_DECIDED.search(failure)) or failure.startswith(tuple(f"{name}: " for name in told))


def _is_later(failure: str) -> bool:
    """Whether it is about messages that the run could not send, and that wait."""
    return failure.startswith("outbox: ") and " tried again later: " in failure


def _is_over(failure: str, standing: Standing) -> bool:
    """Whether messages that the run could not send are sent, given up or held since."""
    waiting = {message.id for message in standing.messages if message.state in WAITING}
    if not _is_later(failure) or not waiting:
        return _is_later(failure)
    one = _NUMBER.search(failure)
    return one is not None and int(one[1]) not in waiting


def _alarming(standing: Standing) -> list[SourceReport]:
    """The last dumps that somebody should look at, and that are news."""
    reported, now = standing.glance.reported, standing.now
    return [
        report
        for report in standing.sources
        if report.alarm and (now - reported.get(report.source, now)).total_seconds() < _NEWS
    ]


def last_ended(standing: Standing) -> Past | None:
    """The last run that came to its end."""
    return next((run for run in standing.runs if run.exit is not None), None)


def killed_run(standing: Standing) -> Past | None:
    """The last run, if nobody works on it and it did not end. One that sends has let go of the run lock."""
    last = next(iter(standing.runs), None)
    return last if last and last.exit is None and not standing.holder and not standing.sender else None


def _of_sources(standing: Standing) -> Iterator[Concern]:
    for report in _alarming(standing):
        name = report.source or "a file without a source"
        yield Concern(
            kind="source",
            what=f"{name} is {report.verdict}: {report.dump}: {fold_space(report.reason)}",
            remedy="`broadsheet parse --account FILE` shows every line of it" if report.coverage < _WHOLE else "",
        )


def _failing(standing: Standing) -> list[Collected]:
    """The places that somebody should look at."""
    return [
        place
        for place in standing.places
        if place.outcome == "failed" or (place.outcome == "later" and place.failures >= _LATER)
    ]


def _of_places(standing: Standing) -> Iterator[Concern]:
    for place in _failing(standing):
        times = f", {place.failures} times in a row" if place.failures > 1 else ""
        what = f"{place.source} could not be collected{times}: {fold_space(place.told)}"
        yield Concern(kind="place", what=what, remedy=f"{place.place}; `broadsheet collect` tries again")


def _of_messages(standing: Standing) -> Iterator[Concern]:
    open_ones = [message for message in standing.messages if message.state in UNDECIDED]
    for message in open_ones[:_NAMED]:
        number = message.id
        what = f"message {number} ({message.delivery} to {message.receiver}, {message.profile} of {message.day})"
        error = f": {fold_space(message.error)}" if message.error else ""
        if message.state == "held":
            remedy = f"look whether it arrived: `broadsheet deliver --sent {number}`, else `--resend {number}`"
            yield Concern(kind="outbox", what=f"{what} is held: it may have arrived{error}", remedy=remedy)
        else:
            remedy = f"`broadsheet deliver --resend {number}` tries again, `--drop {number}` gives it up"
            yield Concern(kind="outbox", what=f"{what} has {message.state}{error}", remedy=remedy)
    if len(open_ones) > _NAMED:
        what = f"{len(open_ones) - _NAMED} more messages are held or failed"
        yield Concern(kind="outbox", what=what, remedy="`broadsheet deliver --list`")
    if not standing.sender:
        for message in standing.messages:
            if message.state == "dot":
                what = f"message {message.id} to {message.receiver} was on its way when its sender was killed"
                yield Concern(kind="outbox", what=what, remedy="`broadsheet deliver` sees to it")
    since = standing.glance.owed_since
    waiting = sum(standing.outbox.get(state, 0) for state in WAITING)
    if since and waiting and (standing.now - since).total_seconds() > _OWED:
        when = since.astimezone(standing.zone)
        messages = "1 message waits" if waiting == 1 else f"{waiting} messages wait"
        what = f"{messages}, the oldest since {when:%Y-%m-%d %H:%M %Z}"
        remedy = "`broadsheet deliver --retry` tries now"
        if digests := standing.glance.unpublished:
            cut = "a digest that is" if digests == 1 else f"{digests} digests that are"
            remedy = f"`broadsheet run` publishes {cut} cut and not yet published, then sends what is owed"
        yield Concern(kind="outbox", what=what, remedy=remedy)
