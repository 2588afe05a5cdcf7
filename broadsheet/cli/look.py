"""The commands that look and change nothing: parse, diff, explain, status."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .. import config, identity, inbox, report, sources
from ..errors import SourceError
from ..types import Dump, Parsed, Problem
from .terminal import Terminal, out, safe

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _parse(path: Path, format: str | None = None) -> tuple[Dump, Parsed]:  # noqa: A002  (the word of the glossary)
    dump = inbox.read(path, limit_mib=config.Settings().max_dump_mib)
    return dump, sources.parse(dump, format=format)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--account", is_flag=True, help="Where every line went, instead of the entries.")
@click.option("--format", "format_name", metavar="F", help="Read as this format; recognised by content by default.")
@click.pass_obj
def parse(terminal: Terminal, files: tuple[Path, ...], *, as_json: bool, account: bool, format_name: str | None) -> int:
    """Show what a dump holds: its entries, or (--account) where every line of it went."""
    code = 0
    for path in files:
        try:
            dump, parsed = _parse(path, format_name)
        except SourceError as error:
            terminal.note(str(error))
            code = error.exit_code
            continue
        if account:
            _show_account(dump, parsed, as_json=as_json)
        else:
            _show_entries(dump, parsed, as_json=as_json)
            for problem in parsed.problems:
                terminal.note(_problem_line(problem))
    return code


def _show_entries(dump: Dump, parsed: Parsed, *, as_json: bool) -> None:
    for guid, entry in zip(identity.resolve(parsed.entries, {}), parsed.entries, strict=True):
        if as_json:
            out(json.dumps(report.entry_record(guid, entry), ensure_ascii=False))
            continue
        facts = [
            entry.organization,
            f"{entry.author_count} authors" if entry.author_count is not None else None,
            entry.published.isoformat() if entry.published else None,
            f"{entry.comments} comments" if entry.comments is not None else None,
        ]
        position = entry.provenance.position if entry.provenance else 0
        out(safe(f"{position:4}  {entry.title}"))
        if known := " · ".join(fact for fact in facts if fact):
            out(safe(f"      {known}"))


def _show_account(dump: Dump, parsed: Parsed, *, as_json: bool) -> None:
    account = parsed.account
    if as_json:
        out(json.dumps(report.account_record(dump, parsed), ensure_ascii=False))
        return
    out(safe(f"{dump.name}: {parsed.format}, taken {parsed.taken:%Y-%m-%d} (from the {parsed.taken_from})"))
    out(
        f"  {len(parsed.entries)} entries; {account.total} {account.unit} = {account.entry} of entries"
        f" + {account.furniture} furniture + {account.problem} problems; coverage {account.coverage:.4g} %"
    )
    for problem in parsed.problems:
        out(f"  {_problem_line(problem)}")


def _problem_line(problem: Problem) -> str:
    first, last = problem.place or (0, 0)
    place = "" if problem.place is None else f":{first}" if first == last else f":{first}-{last}"
    excerpt = problem.text if len(problem.text) <= 100 else f"{problem.text[:99]}…"
    return safe(f"{problem.dump}{place}: {problem.level}: {problem.reason}" + (f": {excerpt}" if excerpt else ""))


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def diff(terminal: Terminal, old: Path, new: Path, *, as_json: bool) -> None:
    """Compare two dumps: what was added, removed, changed. Forgets both afterwards."""
    from .. import changes

    listings = []
    for path in (old, new):
        _, parsed = _parse(path)
        for problem in parsed.problems:
            terminal.note(_problem_line(problem))
        listings.append(parsed.entries)
    # One look at both, so that a title joins what an id in the other dump names.
    guids = identity.resolve((*listings[0], *listings[1]), {})
    before = tuple(zip(guids, listings[0], strict=False))
    after = tuple(zip(guids[len(listings[0]) :], listings[1], strict=True))
    difference = changes.diff(before, after)

    from .show import show_difference

    if as_json:
        out(json.dumps(report.difference_record(difference), ensure_ascii=False))
    else:
        show_difference(difference)


@click.command()
@click.argument("paper")
@click.option("--profile", "profiles", multiple=True, metavar="P", help="Only this profile; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def explain(terminal: Terminal, paper: str, profiles: tuple[str, ...], *, as_json: bool) -> None:
    """Why a PAPER (its guid, an id, or words of its title) is in a digest, or why not."""
    from .. import explanation as answers
    from .show import show_explanation

    explanations = answers.explain(terminal.workspace(), paper, profiles=profiles)
    if as_json:
        out(json.dumps([answers.explanation_record(one) for one in explanations], ensure_ascii=False))
    else:
        for explanation in explanations:
            show_explanation(explanation)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def status(terminal: Terminal, *, as_json: bool) -> None:
    """The last runs, what the store holds, what waits for each profile, and how the sources did."""
    from .. import questions
    from .show import show_status

    record = questions.status(terminal.workspace())
    if as_json:
        out(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        show_status(record)
