"""What is owed and due between two mornings starts one run of the flow that sends, and nothing else starts one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet import pipeline
from broadsheet.store import Store, open_store
from broadsheet.workspace import Workspace
from flows import owing
from flows.owing import Reminder, due, remind
from flows.starting import Tell
from tests.desk import Desk
from tests.pages import CACHE

NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
PROFILE = "title = 'Serving'\n[[rule]]\nname = 'cache'\nwhen = 'cache'\n"
#: Nobody listens there, and nobody is asked.
DELIVERIES = """\
[smtp]
host = "127.0.0.1"
port = 9
security = "none"

[[delivery]]
name = "team"
kind = "smtp"
to = ["ada@example.org", "ben@example.org"]
"""


class Started:
    """What Prefect was asked to start: why, and for what."""

    def __init__(self) -> None:
        self.reasons: list[tuple[str, ...]] = []
        self.told: list[str] = []
        self.asked = threading.Event()

    def __call__(self, deployment: str, tag: str, reason: Iterable[str], what: str, tell: Tell) -> bool:
        assert (deployment, tag) == ("deliver/deliver", "owed")
        self.reasons.append(tuple(reason))
        self.told.append(what)
        self.asked.set()
        return True


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    started = Started()
    monkeypatch.setattr(owing, "start", started)
    return started


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    """With a digest that is published, and owed to two receivers."""
    desk.profile(PROFILE)
    (desk.root / "config/deliveries.toml").write_text(DELIVERIES)
    desk.dump("2026-06-01.txt", [CACHE])
    place = Workspace(root=desk.root)
    with pipeline.open_run(place, now=NOW) as run:
        pipeline.ingest(run, pipeline.collect(run))
        pipeline.publish(run, pipeline.digest(run))
        pipeline.finish(run)
    return place


def opened(workspace: Workspace) -> AbstractContextManager[Store]:
    return open_store(workspace.state / "broadsheet.db", workspace.state / "archive")


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    with opened(workspace) as store:
        yield store


def _try(store: Store, again: datetime) -> None:
    """An attempt with each message, after which the server wants to be asked again at this time."""
    for message in store.outbox.due(NOW):
        store.outbox.keep(message.id, b"content", f"<{message.id}@example.org>")
        claimed = store.outbox.claim(message.id, NOW)
        assert claimed
        store.outbox.settle(message.id, claimed.attempt, "pending", NOW, "busy", not_before=again)


def _say(line: str) -> None:
    pytest.fail(line)


def test_what_is_due_starts_one_run(workspace: Workspace, store: Store, started: Started) -> None:
    remind(workspace, NOW, _say)
    assert started.told == ["2 messages that are due"]
    # The same again before anything came of it: to Prefect, it is the same run.
    remind(workspace, LATER, _say)
    assert started.reasons[0] == started.reasons[1]
    # Another attempt is another run.
    _try(store, again=LATER)
    remind(workspace, LATER, _say)
    assert started.reasons[2] != started.reasons[0]


def test_what_waits_starts_a_run_when_its_time_has_come_and_not_before(
    workspace: Workspace, store: Store, started: Started
) -> None:
    _try(store, again=LATER)
    remind(workspace, LATER - timedelta(seconds=1), _say)
    assert started.reasons == []
    remind(workspace, LATER, _say)
    assert len(started.reasons) == 1


def test_what_cannot_even_be_tried_is_asked_for_once_an_hour(workspace: Workspace, started: Started) -> None:
    for minutes in range(0, 120, 3):
        remind(workspace, NOW + timedelta(minutes=minutes), _say)
    assert len(set(started.reasons)) == 2


def test_what_a_sender_that_died_left_behind_starts_a_run(workspace: Workspace, store: Store, started: Started) -> None:
    _try(store, again=LATER + timedelta(days=1))
    remind(workspace, LATER, _say)
    assert started.reasons == []
    first = store.outbox.messages()[0]
    store.outbox.resolve(first.id, "drop", NOW)
    second = store.outbox.messages(("pending",))[0]
    assert store.outbox.claim(second.id, NOW)
    remind(workspace, LATER, _say)
    assert started.told == ["a message that is due"]


@pytest.mark.parametrize("lock", ["lock", "delivery_lock"])
def test_nothing_is_started_while_somebody_is_at_it(
    workspace: Workspace, store: Store, started: Started, lock: str
) -> None:
    with getattr(store, lock)(now=NOW):
        assert due(workspace, NOW) == ()
        remind(workspace, NOW, _say)
    assert started.reasons == []
    assert len(due(workspace, NOW)) == 2


def test_a_run_can_hold_the_workspace_right_after_a_look(workspace: Workspace, store: Store) -> None:
    due(workspace, NOW)
    with store.lock(now=NOW), store.delivery_lock(now=NOW):
        pass


def test_the_thread_looks_until_it_is_left_and_tells_a_fault_once(
    workspace: Workspace, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[datetime] = []

    def look(place: Workspace, now: datetime, tell: Tell) -> None:
        assert place == workspace
        assert now.tzinfo
        looks.append(now)
        if len(looks) <= 3:
            raise OSError("no such disk")
        if len(looks) > 4:
            started.asked.set()

    monkeypatch.setattr(owing, "remind", look)
    said: list[str] = []
    with Reminder(workspace, said.append, pause=0.001):
        assert started.asked.wait(30)
    assert said == ["what is owed to receivers cannot be looked at: no such disk"]
    assert not [thread for thread in threading.enumerate() if thread.name == "owing"]


def test_a_configuration_that_is_wrong_ends_nothing(workspace: Workspace, started: Started) -> None:
    (workspace.config / "settings.toml").write_text("limit = 5\n")
    told = threading.Event()
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        told.set()

    with Reminder(workspace, tell, pause=0.001):
        assert told.wait(30)
        (workspace.config / "settings.toml").unlink()
        assert started.asked.wait(30)
    assert len(said) == 1
    assert "settings.toml:1" in said[0]


def test_an_empty_workspace_owes_nothing(tmp_path: Path) -> None:
    assert due(Workspace(root=tmp_path), NOW) == ()
