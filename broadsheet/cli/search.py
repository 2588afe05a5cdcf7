"""The command search: the rule language over everything stored."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import click

from .produce import Day
from .terminal import Terminal, out

if TYPE_CHECKING:
    from ..searching import Findings

# A person reads a screen; a program wants all there is, within what fits in memory.
_SHOWN, _RECORDS = 20, 1000


class Query(click.Command):
    """A command whose argument may begin with a minus, which must not be taken for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, with what begins with a single minus behind all options."""
        if "--" not in args:
            queries = [arg for arg in args if arg.startswith("-") and not arg.startswith("--") and arg != "-h"]
            if queries:
                args = [*(arg for arg in args if arg not in queries), "--", *queries]
        return super().parse_args(ctx, args)


@click.command(cls=Query)
@click.argument("query")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many; 20, with --json 1000.")
@click.option("--since", type=Day(), metavar="D", help="Only papers first seen on this day (UTC) or later.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def search(terminal: Terminal, query: str, limit: int | None, since: date | None, *, as_json: bool) -> None:
    """Find papers among everything stored, with the language of the rules.

    The newest come first, by the day of publication, else of the first dump that listed them; then by title.
    Quote the QUERY for your shell: broadsheet search '"kv cache" NOT survey'.
    """
    from .. import searching
    from .show import show_findings

    with terminal.progress() as progress:
        findings = searching.search(
            terminal.workspace(),
            query,
            limit=limit or (_RECORDS if as_json else _SHOWN),
            since=since,
            progress=progress,
        )
    if as_json:
        out(json.dumps(searching.findings_record(findings), ensure_ascii=False))
    else:
        show_findings(findings)
    _note_the_rest(terminal, findings)


def _note_the_rest(terminal: Terminal, findings: Findings) -> None:
    if findings.found > len(findings.results):
        terminal.note(f"the first {len(findings.results)} of {findings.found:,}; --limit {findings.found} shows all")
