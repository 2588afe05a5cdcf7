"""A sender that is killed at any moment: no mail is lost, none arrives twice, and one in doubt is held and listed.

The sender is a real process that mails to a real server, which takes up to 20 ms from having a mail to saying so: the
time in which nobody else can know. Two broken senders must fail the same check, or it would prove nothing.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from broadsheet import delivering, pipeline
from broadsheet.store import open_store
from broadsheet.workspace import Workspace
from tests.desk import Desk
from tests.pages import CACHE

DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
RECEIVERS = 30
#: Seconds: what is given to a sender before it is killed, at most; what the server keeps its answer back, at most.
_LIFE, _DELAY = 0.15, 0.02


@dataclass
class Inbox:
    """What the server has taken, by Message-ID."""

    chance: random.Random
    mails: Counter[str] = field(default_factory=Counter)
    #: Set when a mail was taken and nobody was told yet, if somebody waits for that moment.
    trap: threading.Event | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail, and say so after a while."""
        self.mails[message_from_bytes(envelope.content)["Message-ID"]] += 1
        if self.trap:
            self.trap.set()
            # Long enough to kill whoever waits for the answer.
            await asyncio.sleep(0.2)
        await asyncio.sleep(self.chance.uniform(0, _DELAY))
        return "250 taken"


@contextmanager
def server(chance: random.Random) -> Iterator[tuple[Inbox, int]]:
    """A mail server on a free port."""
    inbox = Inbox(chance)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


def configure(desk: Desk, port: int) -> None:
    """A workspace whose digests are owed to many receivers."""
    desk.profile('title = "Serving"\nmin_score = 1\n\n[[rule]]\nname = "cache"\nwhen = "cache"\n')
    to = ", ".join(f'"r{number}@example.org"' for number in range(RECEIVERS))
    (desk.root / "config" / "deliveries.toml").write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n\n'
        f'[[delivery]]\nname = "all"\nkind = "smtp"\nto = [{to}]\nmax_age_days = 999\n',
        encoding="utf-8",
    )


def cut(workspace: Workspace, day: date) -> None:
    """A digest of a day, owed to all receivers; nothing is sent."""
    now = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    with pipeline.open_run(workspace, day=day, now=now) as run:
        pipeline.ingest(run, pipeline.collect(run))
        for digest in pipeline.digest(run):
            run.store.published(digest.profile, digest.day, [])
        pipeline.finish(run)


def send(root: Path, how: str, now: datetime, ready: Any) -> None:
    """In a process of its own: sends all that is due, over and over."""
    if how != "right":
        _break(how)
    with delivering.open_errand(Workspace(root=root), now=now) as errand:
        ready.set()
        while "pending" in delivering.deliver(errand, paused=True):
            pass


def _break(how: str) -> None:
    """Make this process one of the senders that the mechanism is there to prevent."""
    from broadsheet.store import Outbox

    if how == "dot too late":
        # Written down when the server has said that it has the mail: a crash in between sends it again.
        right, dotted = Outbox.settle, Outbox.dot

        def settle(self: Outbox, number: int, attempt: int, state: str, now: datetime, *rest: Any, **more: Any) -> None:
            if state == "sent":
                dotted(self, number, attempt, now)
            right(self, number, attempt, state, now, *rest, **more)

        Outbox.settle = settle  # type: ignore[method-assign]
        Outbox.dot = lambda self, number, attempt, now: None  # type: ignore[method-assign]
    else:
        # Written down as sent before it is: a crash in between loses it.
        dotted, right = Outbox.dot, Outbox.settle

        def early(self: Outbox, number: int, attempt: int, now: datetime) -> None:
            dotted(self, number, attempt, now)
            right(self, number, attempt, "sent", now)
            os.kill(os.getpid(), signal.SIGKILL)

        Outbox.dot = early  # type: ignore[method-assign]


def clean_context() -> ForkServerContext:
    """Processes that are no fork of this one, which has an open store and the server's thread."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["broadsheet.pipeline", "broadsheet.deliver.smtp", "tests.test_killed_senders"])
    return context


@dataclass(frozen=True, kw_only=True)
class Count:
    """What came of it all."""

    kills: int
    owed: int
    lost: int
    twice: int
    held: int
    #: Held, and in truth they had arrived.
    arrived: int


def killed(desk: Desk, kills: int, *, how: str = "right", seed: int = 7) -> Count:
    """Kill senders at random moments, as often as that; then let one finish, and count."""
    chance = random.Random(seed)  # noqa: S311
    context = clean_context()
    workspace = Workspace(root=desk.root)
    with server(chance) as (inbox, port):
        configure(desk, port)
        day, done = DAY, 0

        def sender(how: str = how) -> Any:
            ready = context.Event()
            now = NOW + (day - DAY)
            process = context.Process(target=send, args=(desk.root, how, now, ready))
            process.start()
            assert ready.wait(60)
            return process

        store = open_store(workspace.state / "broadsheet.db", workspace.state / "archive")
        while done < kills:
            if "pending" not in store.outbox.counts():
                desk.dump(f"{day}.txt", [(f"{CACHE[0]} {day:%d %B}", CACHE[1])], day=f"{day:%b} {day.day}")
                cut(workspace, day)
                day += timedelta(days=1)
            inbox.trap = trap = threading.Event() if done % 2 else None
            process = sender()
            if trap:
                # At the worst of moments: the server has a mail and has not said so.
                while not trap.wait(0.1) and process.is_alive():
                    pass
            else:
                process.join(chance.uniform(0, _LIFE))
            process.kill()
            process.join()
            done += process.exitcode == -signal.SIGKILL
        inbox.trap = None
        process = sender("right")
        process.join(120)
        assert process.exitcode == 0
        counts = store.outbox.counts()
        assert not _at_work(counts)
        assert "pending" not in counts
        messages = store.outbox.messages(limit=100_000)
        store.close()
    assert desk("deliver", "--list") == 0
    listed = sum(line.startswith("held") for line in desk.out.splitlines())
    held = [message for message in messages if message.state == "held"]
    assert listed == min(len(held), 50)
    return Count(
        kills=done,
        owed=len(messages),
        lost=sum(not inbox.mails[str(message.message_id)] for message in messages if message.state != "held"),
        twice=sum(number > 1 for number in inbox.mails.values()),
        held=len(held),
        arrived=sum(inbox.mails[str(message.message_id)] for message in held),
    )


def _at_work(counts: dict[str, int]) -> bool:
    return "claimed" in counts or "dot" in counts


def test_a_sender_that_is_killed_loses_nothing_and_sends_nothing_twice(desk: Desk) -> None:
    check(killed(desk, 10))


def test_three_senders_at_once_send_nothing_twice(desk: Desk) -> None:
    workspace, context = Workspace(root=desk.root), clean_context()
    with server(random.Random(7)) as (inbox, port):  # noqa: S311
        configure(desk, port)
        desk.dump("2026-06-01.txt", [CACHE])
        cut(workspace, DAY)
        events = [context.Event() for _ in range(3)]
        senders = [context.Process(target=send, args=(desk.root, "right", NOW, event)) for event in events]
        for process in senders:
            process.start()
        for process in senders:
            process.join(120)
        assert [process.exitcode for process in senders] == [0, 0, 0]
        assert sorted(inbox.mails.values()) == [1] * RECEIVERS


@pytest.mark.slow
def test_two_hundred_killed_senders(desk: Desk) -> None:
    check(killed(desk, 200, seed=8))


def check(count: Count) -> None:
    print(count)  # noqa: T201  (shown with -s: the figures of the documentation)
    assert (count.lost, count.twice) == (0, 0)
    assert count.owed >= RECEIVERS
    # Half of them were killed at the moment that this is about: nobody but the server knows that it has the mail.
    assert count.kills // 2 <= count.arrived <= count.held <= count.kills


def test_a_sender_that_writes_the_dot_down_too_late_is_found_out(desk: Desk) -> None:
    assert killed(desk, 4, how="dot too late").twice > 0


def test_a_sender_that_says_sent_too_early_is_found_out(desk: Desk) -> None:
    assert killed(desk, 2, how="sent too early").lost > 0
