"""The commands that look and change nothing: parse, diff, explain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import click

from .. import config, identity, inbox, report, sources
from ..errors import ParseFailed, SourceError
from ..sources import Reading
from ..types import Dump, Entry, Guid, Parsed, Problem
from . import standard_input
from .terminal import Terminal, out, safe

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

#: Entries of a large dump between two looks at the progress bar and at the problems so far.
_STEP = 500


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=standard_input.FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--account", is_flag=True, help="Where every line went, instead of the entries.")
@click.option("--format", "format_name", metavar="F", help="Read as this format; recognised by content by default.")
@click.pass_obj
def parse(terminal: Terminal, files: tuple[Path, ...], *, as_json: bool, account: bool, format_name: str | None) -> int:
    """Show what a dump holds: its entries, or (--account) where every line of it went. "-" is standard input.

    A file that holds others (gzip, zip, tar, mails) is opened; an account is given of each listing in it.
    """
    code = 0
    with standard_input.borrowed(terminal, files, config.Settings().max_dump_mib) as paths:
        for path in paths:
            for dump in _listings(terminal, path, format_name):
                try:
                    if isinstance(dump, SourceError):
                        raise dump
                    if account:
                        _show_account(terminal, dump, format_name, as_json=as_json)
                    else:
                        _show_entries(terminal, dump, format_name, as_json=as_json)
                except SourceError as error:
                    terminal.note(str(error))
                    code = error.exit_code
    return code


def _listings(terminal: Terminal, path: Path, form: str | None) -> Iterator[Dump | SourceError]:
    """The dumps in a file, or why one cannot be used; what else is to be told of the file is told."""
    settings = config.Settings()
    check = partial(sources.check_size, limit_mib=settings.max_dump_mib, format=form)
    try:
        file = inbox.read(path, check=check)
        found: Iterable[Dump | Problem | sources.Refused] = sources.opened(
            file, limit_mib=settings.max_dump_mib, unpacked_mib=settings.max_unpacked_mib
        )
        for one in found:
            if isinstance(one, Problem):
                terminal.note(_problem_line(one))
            elif isinstance(one, Dump):
                check(one)
                yield one
            else:
                yield one.error
    except SourceError as error:
        yield error
    except OSError as error:
        yield inbox.unreadable(path.name, error)


def _stream(terminal: Terminal, dump: Dump, form: str | None) -> tuple[Reading, Iterator[Entry]]:
    """A large dump while it is read, with a bar on the terminal where the entries go elsewhere."""
    reading, entries = sources.stream(dump, format=form)

    def watched() -> Iterator[Entry]:
        with terminal.progress(beside_data=False) as progress:
            for number, entry in enumerate(entries, start=1):
                yield entry
                if number % _STEP == 0:
                    progress("reading", number, 0)

    return reading, watched()


def _show_entries(terminal: Terminal, dump: Dump, form: str | None, *, as_json: bool) -> None:
    if dump.stream is None:
        parsed = sources.parse(dump, format=form)
        for guid, entry in zip(identity.resolve(parsed.entries, {}), parsed.entries, strict=True):
            _show_entry(guid, entry, as_json=as_json)
        for problem in parsed.problems:
            terminal.note(_problem_line(problem, parsed.account.unit))
        return
    reading, entries = _stream(terminal, dump, form)
    for number, entry in enumerate(entries, start=1):
        # Of a dump that is not held, each entry is named by itself: by its strongest id.
        _show_entry(Guid(identity.aliases_of(entry)[0]), entry, as_json=as_json)
        if number % _STEP == 0:
            _tell(terminal, reading)
    _tell(terminal, reading)


def _tell(terminal: Terminal, reading: Reading) -> None:
    """Tell the problems so far, and hold them no longer."""
    for problem in reading.problems:
        terminal.note(_problem_line(problem, reading.unit))
    reading.problems.clear()


def _show_entry(guid: Guid, entry: Entry, *, as_json: bool) -> None:
    if as_json:
        out(json.dumps(report.entry_record(guid, entry), ensure_ascii=False))
        return
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


def _show_account(terminal: Terminal, dump: Dump, form: str | None, *, as_json: bool) -> None:
    if dump.stream is None:
        parsed = sources.parse(dump, format=form)
        entries = len(parsed.entries)
    else:
        reading, stream = _stream(terminal, dump, form)
        entries = sum(1 for _ in stream)
        parsed = reading.parsed(())
    if as_json:
        out(json.dumps(report.account_record(dump, parsed, entries), ensure_ascii=False))
        return
    account = parsed.account
    out(safe(f"{dump.name}: {parsed.format}, taken {parsed.taken:%Y-%m-%d} (from the {parsed.taken_from})"))
    out(
        f"  {entries} entries; {account.total} {account.unit} = {account.entry} of entries"
        f" + {account.furniture} furniture + {account.problem} problems; coverage {account.coverage:.4g} %"
    )
    if parsed.announced is not None and parsed.announced != entries:
        out(f"  the listing itself says that it has {parsed.announced}")
    if parsed.refusal is not None:
        out(safe(f"  the source refused: {parsed.refusal}"))
    for problem in parsed.problems:
        out(f"  {_problem_line(problem, account.unit)}")


def _problem_line(problem: Problem, unit: str = "lines") -> str:
    """A problem on one line; a line as compilers write it, so that editors jump there, and a record by that word."""
    first, last = problem.place or (0, 0)
    where = f"{first}" if first == last else f"{first}-{last}"
    place = "" if problem.place is None else f":{where}" if unit == "lines" else f", record {where}"
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
        parsed = _only_listing(terminal, path)
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


def _only_listing(terminal: Terminal, path: Path) -> Parsed:
    """What a file says that holds one listing. Raises SourceError for one that holds none or several."""
    listings: list[Parsed] = []
    errors: list[SourceError] = []
    for dump in _listings(terminal, path, None):
        try:
            if isinstance(dump, SourceError):
                raise dump
            listings.append(sources.parse(dump))
        except SourceError as error:
            errors.append(error)
        if len(listings) > 1:
            raise ParseFailed(path.name, "holds several listings; unpack it and name one of them")
    if not listings:
        raise errors[0] if errors else ParseFailed(path.name, "holds no listing; name a file that does")
    for one in errors:
        terminal.note(str(one))
    return listings[0]


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
