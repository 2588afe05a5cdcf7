"""Mornings that were missed: Prefect starts each of them late, one does the work, the others step back."""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from broadsheet import cadence, pipeline
from broadsheet.config import Settings
from broadsheet.errors import StoreBusy
from broadsheet.setup import load, store_of
from broadsheet.store import open_store
from broadsheet.workspace import Workspace

from .conftest import MakeWorkspace

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]

DAY = timedelta(days=1)
_names = (f"served-{number}" for number in itertools.count())


@pytest.fixture(autouse=True)
def hurried() -> Iterator[None]:
    """Without the second that the end of a flow waits for its heartbeat."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


class Served:
    """A workspace's deployment, and the runs that its schedule had made before the machine fell asleep."""

    def __init__(self, workspace: Workspace) -> None:
        from flows.serve import deployments

        self.workspace = workspace
        deployment = deployments(workspace, Settings(), {})[0]
        deployment.name = next(_names)
        # No schedule: the runs of this test are the only ones.
        deployment.schedules = []
        self.id = cast(UUID, deployment.apply())

    def scheduled(self, moment: datetime, *, automatic: bool = True) -> Any:
        """A run that was to start at a moment which has passed; not automatic: one that a person has planned."""
        from prefect.client.orchestration import get_client
        from prefect.states import Scheduled

        with get_client(sync_client=True) as client:
            made = client.create_flow_run_from_deployment(self.id, state=Scheduled(scheduled_time=moment))
            if automatic:
                # No client may say so; the scheduler in the server writes it down itself.
                with sqlite3.connect(Path(os.environ["PREFECT_HOME"]) / "prefect.db", timeout=30) as base:
                    done = base.execute("UPDATE flow_run SET auto_scheduled = 1 WHERE id = ?", (str(made.id),))
                    assert done.rowcount == 1
            return client.read_flow_run(made.id)

    def start(self, run: Any) -> Any:
        """What a runner does in a process of its own: the state in which the run ends."""
        from prefect.flow_engine import run_flow

        from flows.daily import daily

        return run_flow(daily, flow_run=run, parameters=run.parameters, return_type="state")

    def name(self, run: Any) -> str:
        """What a run is called on the page by now."""
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            return client.read_flow_run(run.id).name

    def days(self) -> set[str]:
        """The days of the digests that were published."""
        return {path.parent.name for path in self.workspace.output.glob("*/*/digest.json")}


@pytest.fixture
def served(make_workspace: MakeWorkspace) -> Served:
    return Served(make_workspace("papers"))


def _last_morning() -> datetime:
    usual = Settings()
    found = cadence.last_run(usual.schedule, usual.timezone, datetime.now(UTC))
    assert found
    return found


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_three_missed_mornings_give_one_digest_of_the_last(served: Served, order: tuple[int, ...]) -> None:
    last = _last_morning()
    runs = [served.scheduled(last - late * DAY) for late in (2, 1, 0)]
    ends = {number: served.start(runs[number]) for number in order}
    assert [ends[number].name for number in range(3)] == ["Superseded", "Superseded", "Completed"]
    assert all(end.type.value == "COMPLETED" for end in ends.values())
    assert ends[0].message == f"{last:%A %Y-%m-%d} 06:00 was missed too: that run's digests cover this one's"
    assert served.days() == {str(last.date())}
    assert [served.name(run) for run in runs] == [str((last - late * DAY).date()) for late in (2, 1, 0)]
    # The others have not even looked: the store knows of one run.
    setup = load(served.workspace)
    with open_store(store_of(setup), served.workspace.state / "archive") as store:
        assert [run.day for run in store.last_runs(9)] == [last.date()]


def test_a_late_run_works_where_the_later_one_was_called_off_or_never_made(served: Served) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    last = _last_morning()
    missed = [served.scheduled(last - late * DAY) for late in (3, 2)]
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(missed[1].id, Cancelled(), force=True)
    assert served.start(missed[0]).name == "Completed"
    assert served.days() == {str((last - 3 * DAY).date())}


def test_what_a_person_has_planned_is_done_however_late(served: Served) -> None:
    last = _last_morning()
    by_hand, _ = served.scheduled(last - 2 * DAY, automatic=False), served.scheduled(last)
    assert served.start(by_hand).name == "Completed"
    assert served.name(by_hand) == by_hand.name
    assert served.days() == {str((last - 2 * DAY).date())}


def test_a_scheduled_run_steps_back_for_one_that_works_and_a_person_s_fails(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import notices

    told: list[Any] = []
    monkeypatch.setattr(notices, "_tell", lambda *what: told.append(what))
    served.workspace.config.mkdir()
    (served.workspace.config / "settings.toml").write_text("wait = 0\n")
    setup, now = load(served.workspace), datetime.now(UTC)
    with open_store(store_of(setup), served.workspace.state / "archive") as store, store.lock(now=now):
        automatic = served.start(served.scheduled(_last_morning()))
        with pytest.raises(StoreBusy):
            served.start(served.scheduled(_last_morning(), automatic=False)).result()
    assert (automatic.type.value, automatic.name) == ("COMPLETED", "Stepped back")
    assert automatic.message.startswith("another run holds the workspace: ")
    assert "\n" not in automatic.message
    # Neither is a reason to wake anybody.
    assert told == []


def test_the_operator_hears_of_a_run_that_failed_of_one_done_in_part_and_of_a_good_one(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from broadsheet import noticing

    told: list[tuple[Path, tuple[str, ...]]] = []

    def report(workspace: Workspace, failures: tuple[str, ...], **more: object) -> bool:
        told.append((workspace.root, tuple(failures)))
        return True

    monkeypatch.setattr(noticing, "report", report)
    assert served.start(served.scheduled(_last_morning() - DAY)).name == "Completed"
    (served.workspace.dumps / "broken.txt").write_bytes(b"\x00\x01\x02" * 100)
    assert served.start(served.scheduled(_last_morning())).name == "Done in part"
    served.workspace.config.mkdir()
    (served.workspace.config / "settings.toml").write_text("limit = 5\n")
    assert served.start(served.scheduled(_last_morning())).name == "Failed"
    assert [root for root, _ in told] == [served.workspace.root] * 3
    good, partly, failed = (failures for _, failures in told)
    assert good == ()
    assert [text.partition(":")[0] for text in partly] == ["broken.txt"]
    assert [text.partition(": ")[0] for text in failed] == ["settings.toml:1:1"]


def test_a_killed_run_is_told_by_its_name_and_nothing_is_told_of_one_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from flows import notices

    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(notices, "_tell", lambda place, failures, *more: told.append(failures))
    state = SimpleNamespace(name="Crashed", message="exit code -9", data=None)
    for deployment in (None, "some deployment"):
        run = SimpleNamespace(name="red-fox", deployment_id=deployment, parameters={"workspace": str(tmp_path)})
        notices.failed(None, run, state)
    assert told == [("the run red-fox crashed: exit code -9",)]

    # What another error says may hold anything, a password too.
    broken = SimpleNamespace(name="Failed", message="KeyError: canary", data=SimpleNamespace(result=KeyError("canary")))
    notices.failed(None, run, broken)
    assert told[1:] == [("the run red-fox broke down: KeyError",)]


def test_a_dry_run_shows_the_next_digests_and_changes_nothing(served: Served, artifact: Callable[[str], Any]) -> None:
    from prefect.client.orchestration import get_client

    pipeline.daily(served.workspace, day=date(2026, 6, 1), dumps=[_dump(served, 1)], now=datetime.now(UTC))
    before = _all_files(served.workspace)
    with get_client(sync_client=True) as client:
        run = client.create_flow_run_from_deployment(served.id, parameters={"dry_run": True, "profiles": ["vision"]})
    state = served.start(run)
    assert (state.name, state.result()) == ("Dry run", None)
    assert state.message.startswith("nothing was changed; would be shown: vision ")
    assert _all_files(served.workspace) == before
    shown = artifact("preview-vision")
    assert shown["data"].startswith("# ")
    assert shown["flow_run_id"] == str(run.id)
    assert artifact("sources")["flow_run_id"] == str(run.id)


def _dump(served: Served, day: int) -> Path:
    return served.workspace.dumps / f"daily-papers-2026-06-0{day}.txt"


def _all_files(workspace: Workspace) -> dict[str, bytes]:
    files = (file for file in workspace.root.rglob("*") if file.is_file() and not file.name.endswith(("-shm", "-wal")))
    return {str(file): file.read_bytes() for file in files}
