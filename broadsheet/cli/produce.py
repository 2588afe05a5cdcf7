"""The commands that make something: run, preview, init."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .terminal import Terminal, now, out, safe

if TYPE_CHECKING:
    from ..report import RunReport

DUMPS = click.argument("dumps", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
PROFILES = click.option("--profile", "profiles", multiple=True, metavar="P", help="Only this profile; may be repeated.")


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2026-06-01", param, ctx)


@click.command()
@DUMPS
@click.option("--date", "day", type=Day(), metavar="D", help="The day of the digests, as YYYY-MM-DD; today by default.")
@PROFILES
@click.option("--plain", is_flag=True, help="Call the stages directly, without Prefect.")
@click.option("--json", "as_json", is_flag=True, help="Print the report of the run as JSON.")
@click.pass_obj
def run(
    terminal: Terminal,
    dumps: tuple[Path, ...],
    day: date | None,
    profiles: tuple[str, ...],
    *,
    plain: bool,
    as_json: bool,
) -> int:
    """Read the new dumps and publish the day's digests.

    Reads the named DUMPs, or all that lies in the workspace's dumps/. What was read once is not read again.
    """
    workspace = terminal.workspace()
    if plain:
        from ..pipeline import daily
    else:
        daily = workspace.load_flows(debug=terminal.debug).run_daily
    with terminal.progress() as progress:
        report = daily(workspace, day=day, profiles=profiles, dumps=dumps, now=now(), progress=progress)
    if as_json:
        out(report.json())
    else:
        _show(report, terminal)
    for failure in report.failures:
        terminal.note(failure)
    return report.exit


def _show(report: RunReport, terminal: Terminal) -> None:
    for dump in report.dumps:
        out(safe(f"{dump.verdict:9} {dump.name}: {dump.reason}"))
    if not report.dumps and not report.known_dumps:
        terminal.note(f"{terminal.workspace().dumps} holds nothing to read; put a saved page there, or name one")
    known = f", {report.known_dumps} read before" if report.known_dumps else ""
    dumps = "1 new dump" if len(report.dumps) == 1 else f"{len(report.dumps)} new dumps"
    papers = "1 new paper" if report.new == 1 else f"{report.new} new papers"
    out(f"{dumps}{known}: {papers}, {report.updated} updated")
    for digest in report.digests:
        kept = f"{digest.shown} shown, {digest.held_back} held back, {digest.muted} muted"
        out(f"{digest.day} {digest.profile}: {kept}")
        out(f"    {next((file for file in digest.files if file.endswith('.html')), '')}")
    for profile, count in report.waiting.items():
        terminal.note(
            f"{profile}: the digest of {report.day} was cut before {count} of these changes came; they will be in the "
            "next one (`broadsheet preview` shows them now)"
        )


@click.command()
@DUMPS
@PROFILES
@click.option("--limit", type=click.IntRange(min=1), help="Show this many papers of each profile.")
@click.pass_obj
def preview(terminal: Terminal, dumps: tuple[Path, ...], profiles: tuple[str, ...], limit: int | None) -> int:
    """Rank what a run would find now and show it here; changes no state."""
    from .. import questions
    from .show import show_digest

    with terminal.progress() as progress:
        digests, reports = questions.preview(
            terminal.workspace(), profiles=profiles, dumps=dumps, now=now(), progress=progress
        )
    for digest in digests:
        show_digest(digest, limit)
    alarms = [report for report in reports if report.alarm]
    for report in alarms:
        terminal.note(f"{report.dump}: {report.verdict}: {report.reason}")
    return 3 if alarms else 0


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Make a workspace: commented configuration, example profiles, an inbox."""
    from ..workspace import init as make

    made = make(folder)
    for path in made:
        out(str(path))
    if not made:
        out(f"{folder} is a workspace already; nothing was changed")
