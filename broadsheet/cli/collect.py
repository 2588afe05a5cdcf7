"""The command that fetches and does not read: collect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .standard_input import stream
from .terminal import Terminal, now, out, safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..report import Checked


@click.command()
@click.argument("stdin", metavar="[-]", required=False, type=click.Choice(["-"]))
@click.option("--source", "names", multiple=True, metavar="NAME", help="Only this source; may be repeated.")
@click.option("--name", metavar="FILE", default="", help="What standard input is called in the inbox.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def collect(terminal: Terminal, stdin: str | None, names: tuple[str, ...], name: str, *, as_json: bool) -> int:
    """Fetch what is new from the sources of config/sources.toml into the inbox, and read none of it.

    `broadsheet run` does the same first. With "-", puts standard input into the inbox: `curl ... | broadsheet collect
    - --name today.html`.
    """
    if stdin:
        if names:
            raise click.UsageError('"-" is standard input, which no source of the configuration is')
        return _receive(terminal, name, as_json=as_json)
    if name:
        raise click.UsageError('--name is the name of standard input: write "-" before it')
    from ..collecting import alone
    from ..report import as_json as written

    access = terminal.access()
    with terminal.progress() as progress:
        found = alone.gather_alone(terminal.workspace(), names=names, now=now(), progress=progress, access=access)
    if as_json:
        out(written(found))
    else:
        show_checked(found.collected)
        if not found.collected:
            terminal.note("config/sources.toml names nothing to collect; it holds ready entries to uncomment")
    for failure in found.failures:
        terminal.note(failure)
    return found.exit


def show_checked(collected: Sequence[Checked]) -> None:
    """A line for each source that was asked."""
    for checked in collected:
        out(safe(f"{checked.outcome:9} {checked.source}: {checked.told}"))


def _receive(terminal: Terminal, name: str, *, as_json: bool) -> int:
    from ..collecting import alone
    from ..report import Checked
    from ..report import as_json as written

    workspace = terminal.workspace()
    place, new = alone.receive(workspace, stream(terminal), now=now(), name=name)
    told = str(place.relative_to(workspace.root))
    checked = Checked(
        source=place.name,
        outcome="new" if new else "same",
        told=told if new else f"{told} holds the same already",
        files=(told,) if new else (),
    )
    if as_json:
        out(written(alone.Collected(collected=(checked,), failures=(), exit=0)))
    else:
        show_checked([checked])
    return 0
