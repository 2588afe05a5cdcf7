"""The group rules: check what a person wrote, and rehearse what it would do."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from ..errors import ConfigError
from .produce import PROFILES, Day
from .terminal import Terminal, out


@click.group()
def rules() -> None:
    """Check and rehearse the rules of the profiles; changes no state."""


@rules.command()
@PROFILES
@click.option("--strict", is_flag=True, help="Exit with 2 for warnings, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def check(terminal: Terminal, profiles: tuple[str, ...], *, strict: bool, as_json: bool) -> int:
    """Find every mistake of every file at once, and rules that are probably not meant so.

    Mistakes go to stderr and the exit code is 2; warnings go to stdout. With enough papers in the store, rules that
    have found none of them are told, too.
    """
    from .. import checking
    from .show import show_warnings

    with terminal.progress() as progress:
        checkup = checking.check(terminal.workspace(), profiles=profiles, progress=progress)
    if as_json:
        out(json.dumps(checking.checkup_record(checkup), ensure_ascii=False))
        return 2 if checkup.mistakes or (strict and checkup.lints) else 0
    show_warnings(checkup)
    if checkup.mistakes:
        raise ConfigError(checkup.mistakes)
    return 2 if strict and checkup.lints else 0


@rules.command()
@click.option("--since", type=Day(), metavar="D", help="Only days from this one on; all that is stored by default.")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="FILE",
    help="An edited profile, or the name of one of the workspace's; all of them by default. May be repeated.",
)
@click.option(
    "--against", metavar="P", help="Compare with the digests of this profile, not with those of its own name."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def rehearse(
    terminal: Terminal, since: date | None, profiles: tuple[str, ...], against: str | None, *, as_json: bool
) -> None:
    """Replay edited rules over all that is stored: what each past day would have gained and lost.

    Each day's changes are ranked twice: by the profile as it was when the day's digest was cut, and as it is now (or in
    FILE). Nothing is written.
    """
    from .. import rehearsal
    from .show import show_rehearsal

    with terminal.progress() as progress:
        replays = rehearsal.rehearse(
            terminal.workspace(),
            profiles=[Path(one) if Path(one).is_file() else one for one in profiles],
            against=against,
            since=since,
            progress=progress,
        )
    if as_json:
        out(json.dumps(rehearsal.rehearsal_record(replays), ensure_ascii=False))
        return
    for replay in replays:
        show_rehearsal(replay)
