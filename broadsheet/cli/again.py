"""The command that reads the archive again: reparse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from .produce import Day
from .terminal import Terminal, now, out, safe

if TYPE_CHECKING:
    from ..reparsing import Again, Reparsed

# So many papers of a dump are named; --json has them all.
_NAMED = 10
_SIGNS = {"new": "+", "updated": "~", "gone": "-"}


@click.command()
@click.option("--source", metavar="S", help="Only dumps of this source.")
@click.option("--since", type=Day(), metavar="DAY", help="Only dumps taken on this day, as YYYY-MM-DD, or later.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def reparse(terminal: Terminal, source: str | None, since: date | None, *, dry_run: bool, as_json: bool) -> int:
    """Read all archived dumps again with today's parsers.

    Mends what was misread. Papers of old dumps are never told as new; digests that are cut stay as they are.
    """
    from ..reparsing import reparse as again

    with terminal.progress() as progress:
        report = again(terminal.workspace(), source=source, since=since, dry_run=dry_run, now=now(), progress=progress)
    if as_json:
        out(report.json())
    else:
        _show(report)
    for failure in report.failures:
        terminal.note(failure)
    return report.exit


def _show(report: Reparsed) -> None:
    for one in report.told:
        _show_dump(one)
    total = sum(report.dumps.values())
    outcomes = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(report.dumps.items()))
    would = "would be " if report.dry_run else ""
    out(f"{total:,} {'dump' if total == 1 else 'dumps'} re-read" + (f": {outcomes}" if outcomes else ""))
    out(
        f"{report.entries_before:,} entries before, {report.entries:,} now; papers {would}corrected: "
        f"{report.corrected:,}, found: {report.found:,}, gone: {report.gone:,}, new to readers: {report.new:,}"
    )


def _show_dump(one: Again) -> None:
    told = one.reason or f"{one.entries_before:,} entries before, {one.entries:,} now"
    out(safe(f"{one.outcome:11} {one.dump}: {told}"))
    for paper in one.mended[:_NAMED]:
        fields = ", ".join(field.field for field in paper.fields)
        out(safe(f"{'':11} {_SIGNS.get(paper.kind, '~')} {paper.title}" + (f" ({fields})" if fields else "")))
    if len(one.mended) > _NAMED:
        out(f"{'':11} and {len(one.mended) - _NAMED:,} more")
