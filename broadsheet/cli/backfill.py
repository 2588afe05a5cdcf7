"""The command for days gone by: backfill."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .produce import Day
from .terminal import Terminal, now, out, safe

if TYPE_CHECKING:
    from ..backfilling import BackfillReport, DayReport

# So many undated dumps are named; --json has them all.
_NAMED = 5


@click.command()
@click.option(
    "--dumps",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read all dumps of this folder and its folders; the workspace's dumps/ by default.",
)
@click.option(
    "--from", "since", type=Day(), metavar="D", help="The first day, as YYYY-MM-DD; the oldest dump's without."
)
@click.option("--to", "until", type=Day(), metavar="D", help="The last day; the youngest dump's by default.")
@click.option(
    "--send",
    is_flag=True,
    help="Send the digests too; one older than max_age_days of its delivery is not sent.",
)
@click.option("--dry-run", is_flag=True, help="List the days and their dumps, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def backfill(
    terminal: Terminal,
    dumps: Path | None,
    since: date | None,
    until: date | None,
    *,
    send: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Read dumps of days gone by, each day as if it had happened then, and publish its digests.

    With --from and without --dumps, sources whose url has {day} in it are fetched first, for each day that is missing.

    A day is the one on which a dump was taken. What was read before is not read again: run it again to go on where it
    was interrupted. Days whose digest is cut stay as they are. No mail is sent, unless with --send: so today is left to
    the daily run where mails are configured, unless --to names it. Other runs wait until it is done.
    """
    from ..backfilling import backfill as fill

    if since and until and since > until:
        raise click.UsageError(f"--from {since} is after --to {until}")
    with terminal.progress() as progress:
        report = fill(
            terminal.workspace(),
            dumps=dumps,
            since=since,
            until=until,
            send=send,
            dry_run=dry_run,
            now=now(),
            progress=progress,
            access=terminal.access(),
        )
    if as_json:
        out(report.json())
    else:
        _show(report, dumps or terminal.workspace().dumps, terminal)
    for failure in report.failures:
        terminal.note(failure)
    return report.exit


def _show(report: BackfillReport, folder: Path, terminal: Terminal) -> None:
    from ..render.words import count

    for day in report.days:
        _show_day(day, dry_run=report.dry_run)
    if not report.days and not report.left_out and not report.known_dumps:
        terminal.note(f"{folder} holds nothing to read; save dumps there, or name a folder with --dumps")
    if report.undated:
        some = ", ".join(report.undated[:_NAMED])
        more = f" and {len(report.undated) - _NAMED:,} more" if len(report.undated) > _NAMED else ""
        terminal.note(f"no date in {some}{more}: the day of the file's time counts")
    known = f", {report.known_dumps:,} read before" if report.known_dumps else ""
    days, dumps = count(len(report.days), "day"), count(report.dumps, "dump")
    if report.dry_run:
        out(f"{days}, {dumps} to read{known}; nothing was changed")
        return
    papers = f"{count(report.papers, 'new paper')}, {report.updated:,} updated"
    out(f"{days}, {dumps}{known}: {papers}, {count(report.digests, 'digest')} in {report.seconds:.1f} s")


def _show_day(day: DayReport, *, dry_run: bool) -> None:
    from ..render.words import count

    if dry_run:
        out(safe(f"{day.day} {', '.join(day.dumps)}"))
        return
    digests = f": {', '.join(day.digests)}" if day.digests else ""
    out(safe(f"{day.day} {count(len(day.dumps), 'dump')}, {count(day.papers, 'new paper')}{digests}"))
