"""The command that sends what is owed, and shows what is not over: deliver."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from ..errors import BroadsheetError
from ..text import whole
from .produce import tell_operator
from .terminal import Terminal, now, out, safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..delivering import Errand
    from ..store import Decision, Message, Store

#: So many messages are shown; --json has them all.
_SHOWN = 50

_ID = click.IntRange(min=1)


@click.command()
@click.option("--retry", is_flag=True, help="Try at once what was to wait before it is tried again.")
@click.option("--list", "listing", is_flag=True, help="Show all that is not over, and send nothing.")
@click.option(
    "--resend",
    multiple=True,
    type=_ID,
    metavar="ID",
    help="Send a message again that is held, failed, expired or cancelled.",
)
@click.option("--sent", multiple=True, type=_ID, metavar="ID", help="It has arrived: send it no more.")
@click.option("--drop", multiple=True, type=_ID, metavar="ID", help="Nobody wants it: send it no more.")
@click.option("--leavers", is_flag=True, help="Show who asked to be left out of which profile, and send nothing.")
@click.option("--welcome", metavar="ADDRESS", help="This receiver wants digests again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def deliver(
    terminal: Terminal,
    resend: tuple[int, ...],
    sent: tuple[int, ...],
    drop: tuple[int, ...],
    welcome: str | None,
    *,
    retry: bool,
    listing: bool,
    leavers: bool,
    as_json: bool,
) -> int:
    """Send what is owed to receivers and due now.

    A mail that the server may or may not have is held until you decide: --resend, --sent or --drop, which may be
    repeated. What was refused for good or became too old can be decided in the same way.
    """
    from .. import delivering, pipeline

    with (
        terminal.progress() as progress,
        delivering.open_errand(terminal.workspace(), now=now(), access=terminal.access(), progress=progress) as errand,
    ):
        store = errand.store
        if leavers or welcome:
            return _leaving(store, welcome, as_json=as_json)
        decisions: tuple[tuple[Decision, tuple[int, ...]], ...] = (("resend", resend), ("sent", sent), ("drop", drop))
        decided = any(numbers for _, numbers in decisions)
        today = errand.now.astimezone(ZoneInfo(errand.setup.config.settings.timezone)).date()
        for decision, numbers in decisions:
            for number in numbers:
                store.outbox.resolve(number, decision, errand.now, today=today)
        if resend or not (decided or listing):
            pipeline.send(errand, paused=retry)
            for number in resend:
                if (message := store.outbox.message(number)) and message.state == "cancelled":
                    terminal.note(f"message {number} is not sent: {store.outbox.events(number)[-1].told}")
            if errand.failures:
                # That it went well would not mean that the daily run did: "all is well" is for that one to say.
                tell_operator(terminal, terminal.workspace(), tuple(whole(str(failure)) for failure in errand.failures))
        # Everything that is not over is asked for or nothing is: what a person must decide is always shown.
        return _show(terminal, errand, all_open=listing, as_json=as_json)


def _show(terminal: Terminal, errand: Errand, *, all_open: bool, as_json: bool) -> int:
    from ..store import OPEN, UNDECIDED

    outbox, code = errand.store.outbox, 3 if errand.failures else 0
    counts = outbox.counts()
    messages = outbox.messages(OPEN if all_open or as_json else UNDECIDED)
    if as_json:
        told = {"outbox": counts, "messages": [_record(message) for message in messages]}
        out(
            json.dumps(told | {"failures": [safe(str(failure)) for failure in errand.failures], "exit": code}, indent=2)
        )
    else:
        out(", ".join(f"{number:,} {state}" for state, number in counts.items()) or "nothing was ever owed to anybody")
        _table(messages)
        if any(message.state in UNDECIDED for message in messages):
            terminal.note(
                "decide on what is held, failed or expired: broadsheet deliver --resend ID, --sent ID, --drop ID"
            )
    for line in (*errand.leaving, *map(str, errand.failures)):
        terminal.note(line)
    return code


def _table(messages: Sequence[Message]) -> None:
    for message in messages[:_SHOWN]:
        when = f", not before {message.not_before:%Y-%m-%d %H:%M} UTC" if message.not_before else ""
        why = f": {message.error}" if message.error else ""
        who = f"{message.receiver} ({message.delivery})"
        out(safe(f"{message.state:9} {message.id:6}  {message.day} {message.profile} to {who}{when}{why}"))
    if len(messages) > _SHOWN:
        out(f"{'':9} and {len(messages) - _SHOWN:,} more")


def _record(message: Message) -> dict[str, Any]:
    """A message as --json prints it."""
    told = asdict(message)
    for name in ("day", "since", "not_before"):
        told[name] = told[name].isoformat() if told[name] else None
    return told


def _leaving(store: Store, welcome: str | None, *, as_json: bool) -> int:
    if welcome is not None and not store.leavers.remove(welcome):
        raise BroadsheetError(f"{welcome} is not among those who left; `broadsheet deliver --leavers` shows them")
    left = store.leavers.told()
    if as_json:
        out(json.dumps({"leavers": [asdict(one) | {"at": one.at.isoformat()} for one in left]}, indent=2))
        return 0
    for one in left:
        out(safe(f"{one.receiver} left {one.profile} on {one.at:%Y-%m-%d}" + (f": {one.told}" if one.told else "")))
    if not left:
        out("nobody is left out")
    return 0
