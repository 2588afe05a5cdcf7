"""The commands that make something: run, preview, init."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BroadsheetError, StoreBusy
from .collect import show_checked
from .standard_input import FILE, borrowed, kept
from .terminal import Terminal, now, out, safe

if TYPE_CHECKING:
    from ..report import RunReport
    from ..workspace import Workspace

DUMPS = click.argument("dumps", nargs=-1, type=FILE)
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

    Reads the named DUMPs ("-" is standard input, which is kept in dumps/); without any, asks the sources of
    config/sources.toml for new ones and reads all that lies in dumps/. What was read once is not read again.
    """
    workspace = terminal.workspace()
    dumps = kept(terminal, dumps)
    if plain:
        from ..pipeline import daily as stages

        daily = partial(stages, access=terminal.access(blocks=False))
    else:
        daily = workspace.load_flows(debug=terminal.debug).run_daily
    try:
        with terminal.progress() as progress:
            report = daily(workspace, day=day, profiles=profiles, dumps=dumps, now=now(), progress=progress)
    except StoreBusy:
        # Another run is at work, which tells what comes of it.
        raise
    except Exception as error:
        tell_operator(terminal, workspace, (_cause(error),), plain=plain)
        raise
    finally:
        _write_metrics(terminal, workspace)
    tell_operator(terminal, workspace, report.failures, plain=plain)
    if as_json:
        out(report.json())
    else:
        _show(report, terminal)
    for line in (*report.leaving, *report.failures):
        terminal.note(line)
    return report.exit


def tell_operator(terminal: Terminal, workspace: Workspace, failures: Sequence[str], *, plain: bool = False) -> None:
    """By mail, where nobody is there to read what is printed: a run that cron started, say."""
    if any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        return
    from ..noticing import report

    report(workspace, failures, access=terminal.access(blocks=not plain), now=now(), tell=terminal.note)


def _cause(error: Exception) -> str:
    # The text of any other error may hold anything.
    return str(error) if isinstance(error, BroadsheetError) else f"it broke down: {type(error).__name__}"


def _write_metrics(terminal: Terminal, workspace: Workspace) -> None:
    """The file that settings.toml asks for, also after a run that failed; without it nothing else is missing."""
    from ..standing import write_metrics

    try:
        write_metrics(workspace, now())
    except BroadsheetError as error:
        terminal.note(f"the metrics were not written: {error}")


def _show(report: RunReport, terminal: Terminal) -> None:
    show_checked(report.collected)
    # What an earlier run has told of lies there for months, maybe.
    old = [dump.name for dump in report.dumps if dump.verdict == "broken" and not dump.alarm]
    fresh = [dump for dump in report.dumps if dump.verdict != "broken" or dump.alarm]
    for dump in fresh:
        out(safe(f"{dump.verdict:9} {dump.name}: {dump.reason}"))
    if old:
        more = f" and {len(old) - 3} more" if len(old) > 3 else ""
        out(safe(f"{len(old)} still cannot be read, as was told before: {', '.join(old[:3])}{more}"))
    if not (report.dumps or report.known_dumps or report.collected):
        terminal.note(f"{terminal.workspace().dumps} holds nothing to read; put a saved page there, or name one")
    known = f", {report.known_dumps} read before" if report.known_dumps else ""
    dumps = "1 new dump" if len(fresh) == 1 else f"{len(fresh)} new dumps"
    papers = "1 new paper" if report.new == 1 else f"{report.new} new papers"
    out(f"{dumps}{known}: {papers}, {report.updated} updated")
    for digest in report.digests:
        kept = f"{digest.shown} shown, {digest.held_back} held back, {digest.muted} muted"
        out(f"{digest.day} {digest.profile}: {kept}")
        out(f"    {next((file for file in digest.files if file.endswith('.html')), '')}")
    if report.outbox:
        out(f"messages: {', '.join(f'{number:,} {state}' for state, number in report.outbox.items())}")
    if report.not_due:
        days = ", ".join(f"{profile} ({day:%a %Y-%m-%d})" for profile, day in report.not_due.items())
        terminal.note(f"not due on {report.day}, next: {days}")
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
    """Rank what a run would find now in dumps/, or in the named DUMPs ("-" is standard input); changes no state.

    No source is asked for new dumps: `broadsheet collect` does that.
    """
    from .. import config, questions
    from .show import show_digest

    workspace = terminal.workspace()
    limit_mib = config.read_settings(workspace.file("settings.toml")).max_dump_mib
    with borrowed(terminal, dumps, limit_mib) as files, terminal.progress() as progress:
        digests, reports = questions.preview(workspace, profiles=profiles, dumps=files, now=now(), progress=progress)
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
