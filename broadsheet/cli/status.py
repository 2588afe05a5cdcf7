"""The command that says how things stand, and its screen: well or not, what ran, what comes, what is owed.

What somebody should look at is decided in broadsheet.standing; here it is only shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .terminal import Terminal, now, out, safe, strong

if TYPE_CHECKING:
    from ..standing import Past, Reader, Standing
    from ..store.outbox import Message
    from ..types import SourceReport

#: Exit code of --check where something needs a look, and rows of a list before the rest becomes a number.
_LOOK = 3
_ROWS = 8
_WIDTH = 118
_COUNTED = ("dumps", "papers", "digests")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with all there is.")
@click.option("--check", is_flag=True, help="Exit code 3 where something needs a look.")
@click.option(
    "--prometheus",
    "metrics",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="Write it as a Prometheus text file (name.prom); - for stdout. Shows nothing else.",
)
@click.pass_obj
def status(terminal: Terminal, *, as_json: bool, check: bool, metrics: Path | None) -> int:
    """How things stand: what needs a look, the last and the next runs, what readers got, what the outbox owes."""
    from .. import standing

    if as_json and metrics == Path("-"):
        raise click.UsageError("--json and --prometheus - exclude each other")
    found = standing.look(terminal.workspace(), now())
    if metrics == Path("-"):
        out(standing.exposition(found).removesuffix("\n"))
    elif metrics:
        standing.write(found, metrics)
    if as_json:
        out(json.dumps(standing.record(found), ensure_ascii=False, indent=2))
    elif metrics is None:
        _show(found)
    return _LOOK if check and standing.concerns(found) else 0


def _show(found: Standing) -> None:
    _show_concerns(found)
    counts = found.glance.counts
    told = ", ".join(f"{counts[name]:,} {name if counts[name] != 1 else name[:-1]}" for name in _COUNTED)
    _line(f"{found.workspace}: {told}")
    _show_runs(found)
    out("profiles")
    widest = max((len(reader.profile.name) for reader in found.readers), default=0)
    for reader in found.readers[:_ROWS]:
        _line(f"  {reader.profile.name:{widest}}  {_got(reader)}; {_waits(reader)}; {_comes(reader, found)}")
    _rest(len(found.readers))
    _show_sources(found)
    _show_places(found)
    _show_outbox(found)


def _show_concerns(found: Standing) -> None:
    from ..standing import concerns

    told = concerns(found)
    things = "1 thing needs" if len(told) == 1 else f"{len(told)} things need"
    out(strong(f"{things} a look" if told else f"all is well{_last_and_next(found)}"))
    for concern in told[: 2 * _ROWS]:
        _line(f"! {concern.what}", cut=False)
        if concern.remedy:
            _line(f"    {concern.remedy}", cut=False)
    _rest(len(told), shown=2 * _ROWS)


def _last_and_next(found: Standing) -> str:
    times = [("last run", found.glance.started), ("next", found.next_runs[0] if found.next_runs else None)]
    return "".join(f"; {name} {moment.astimezone(found.zone):%a %-d %b %H:%M}" for name, moment in times if moment)


def _show_runs(found: Standing) -> None:
    if found.holder:
        _line(f"running now: {found.holder}")
    if found.sender:
        _line(f"sending now: {found.sender}")
    out("runs")
    for run in found.runs:
        _line(f"  {run.number:>5}  {run.day}  {_started(run, found):13}  {_took(run):>7}  {_outcome(run, found)}")
    if not found.runs:
        out("  none yet: `broadsheet run`")
    times = ", ".join(f"{moment:%a %-d %b %H:%M %Z}" for moment in found.next_runs)
    _line(f"  next, while `broadsheet serve` or cron runs: {times or 'never'}")


def _outcome(run: Past, found: Standing) -> str:
    if run.exit is None:
        if run is found.runs[0] and (found.holder or found.sender):
            return "is running now" if found.holder else "is sending now"
        return "did not end: it was killed"
    told, failures = run.report, run.failures
    if "reparsed" in told:
        again = told["reparsed"]
        total = sum(again["dumps"].values())
        said = (
            f"re-read {total:,} {'dump' if total == 1 else 'dumps'}, "
            f"{again['corrected']} papers corrected, {again['found']} found, {again['gone']} gone"
        )
    elif "error" in told:
        return f"exit {run.exit}: {told['error']}"
    else:
        papers = "1 new paper" if told.get("new") == 1 else f"{told.get('new', 0):,} new papers"
        said = f"{papers}, {told.get('updated', 0):,} updated"
    return f"exit {run.exit}: {said}" + (f"; failed: {failures[0]}" if failures else "")


def _started(run: Past, found: Standing) -> str:
    """When it started: the time alone where it did so on the day it was for."""
    local = run.started.astimezone(found.zone)
    return f"{local:%H:%M}" if local.date() == run.day else f"({local:%-d %b %H:%M})"


def _took(run: Past) -> str:
    seconds = sum(run.seconds.values())
    if not run.seconds:
        return ""
    return f"{seconds:.1f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def _got(reader: Reader) -> str:
    last = reader.last
    if last is None:
        return "no digest yet"
    sent = f" ({_by_state(last.messages)})" if last.messages else ""
    return f"last digest {last.day}, {last.shown} shown{sent}"


def _waits(reader: Reader) -> str:
    return "1 change waits" if reader.waiting == 1 else f"{reader.waiting:,} changes wait"


def _comes(reader: Reader, found: Standing) -> str:
    profile = reader.profile
    today = found.now.astimezone(found.zone).date()
    when = {
        "weekly": f"{profile.weekday}s",
        "monthly": f"day {profile.monthday} of the month",
    }.get(profile.schedule, profile.schedule)
    return f"{when}, due" if reader.next_day == today else f"{when}, next {reader.next_day}"


def _show_sources(found: Standing) -> None:
    if not found.sources:
        return
    out("sources, each by its last dump")
    # Those that need a look come first, so that a long list does not hide them.
    ordered = sorted(found.sources, key=lambda report: not report.alarm)
    for report in ordered[:_ROWS]:
        _line(f"{'!' if report.alarm else ' '} {report.source or 'no source':20} {report.verdict:9} {_numbers(report)}")
    _rest(len(ordered))


def _numbers(report: SourceReport) -> str:
    taken = f"{report.taken:%Y-%m-%d}" if report.taken else "at an unknown time"
    numbers = f"{report.entries:,} entries, {report.new:,} new, {round(report.coverage, 2):g} % understood"
    return f"{report.dump}, taken {taken}: {numbers}"


def _show_places(found: Standing) -> None:
    if not found.places:
        return
    out("collected from")
    ordered = sorted(found.places, key=lambda place: -place.failures)
    for place in ordered[:_ROWS]:
        mark = "!" if place.failures else " "
        often = f" ({place.failures} in a row)" if place.failures > 1 else ""
        told = f": {place.told.removeprefix(f'{place.place}: ')}" if place.told and place.failures else ""
        when = _day_and_clock(found, place.checked)
        _line(f"{mark} {place.source:20} {place.outcome + often:9} {when}  {place.place}{told}")
    _rest(len(ordered))


def _show_outbox(found: Standing) -> None:
    if not found.outbox and not found.leavers:
        return
    left = f"; {found.leavers} left" if found.leavers else ""
    _line(f"outbox: {_by_state(found.outbox) or 'empty'}{left}")
    waiting = [message for message in found.messages if message.state in ("pending", "claimed", "dot")]
    for message in waiting[:_ROWS]:
        error = f": {message.error}" if message.error else ""
        about = f"{message.profile} of {message.day} to {message.receiver}{error}"
        _line(f"  {message.id:>5}  {_next_try(message, found)}  {about}")
    _rest(len(waiting))


def _next_try(message: Message, found: Standing) -> str:
    if message.state != "pending":
        return "being sent" if found.sender else "was being sent"
    if message.not_before and message.not_before > found.now:
        return f"next try {_day_and_clock(found, message.not_before)}"
    return "due now"


def _by_state(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)


def _day_and_clock(found: Standing, moment: datetime) -> str:
    local = moment.astimezone(found.zone)
    today = local.date() == found.now.astimezone(found.zone).date()
    return f"{local:%H:%M}" if today else f"{local:%Y-%m-%d %H:%M}"


def _line(text: str, *, cut: bool = True) -> None:
    """A line that stays one: what servers, mails and dumps say is made safe, and cut where it is long."""
    text = safe(text.replace("\n", " "))
    out(f"{text[: _WIDTH - 1]}…" if cut and len(text) > _WIDTH else text)


def _rest(count: int, shown: int = _ROWS) -> None:
    if count > shown:
        out(f"    and {count - shown} more: `broadsheet status --json`")
