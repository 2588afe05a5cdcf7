"""The schedule of settings.toml really starts runs, a dropped file too, and what cannot be scheduled is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broadsheet.config import Settings
from broadsheet.workspace import Workspace, shipped

pytestmark = pytest.mark.prefect

DUMP = "daily-papers-2026-06-01.txt"
BROADSHEET = [sys.executable, "-m", "broadsheet"]


@contextmanager
def _serving(root: Path, schedule: str, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The scheduler of a workspace with this schedule, at a port that was free."""
    (root / "config").mkdir()
    (root / "config/settings.toml").write_text(f'schedule = "{schedule}"\ntimezone = "Europe/Berlin"\n')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {**kept, "PREFECT_SERVER_API_PORT": port, "HOME": str(root)}
    with (
        (root / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True) as one,
    ):
        try:
            yield one
        finally:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)


def _until(scheduler: subprocess.Popen[bytes], log: Path, happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 180
    while not happened():
        assert scheduler.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.5)


@pytest.mark.slow
def test_a_scheduled_run_comes_and_publishes(tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / DUMP).write_bytes(shipped(f"dumps/{DUMP}").read_bytes())
    log = tmp_path / "log"
    with _serving(tmp_path, "* * * * *", [sys.executable, "-m", "flows.serve", str(tmp_path)]) as scheduler:
        _until(scheduler, log, (tmp_path / "output/index.html").exists)
        scheduler.send_signal(signal.SIGINT)
        assert scheduler.wait(timeout=60) == 0
    assert list((tmp_path / "output").rglob("digest.html"))


@pytest.mark.slow
def test_a_file_that_is_dropped_starts_a_run_and_a_service_is_ended_by_its_signal(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [*BROADSHEET, "-C", str(tmp_path), "serve", "--watch"]
    with _serving(tmp_path, "0 6 1 1 *", command) as scheduler:
        _until(scheduler, log, lambda: "watching" in log.read_text())
        time.sleep(1)
        (tmp_path / "dumps" / DUMP).write_bytes(shipped(f"dumps/{DUMP}").read_bytes())
        _until(scheduler, log, lambda: "Finished in state Completed('10 new papers, 3 digests')" in log.read_text())
        scheduler.send_signal(signal.SIGTERM)
        assert scheduler.wait(timeout=60) == 0
    said = log.read_text()
    assert said.startswith("Prefect's page: http://127.0.0.1:")
    assert " 06:00, " in said.splitlines()[1]
    assert said.splitlines()[1].endswith("(Europe/Berlin)")
    assert said.count("a run is started for") == 1
    assert "Warning" not in said


@pytest.mark.slow
@pytest.mark.parametrize("schedule", ["61 * * * *", "0 6 31 2 *"])
def test_a_schedule_that_is_no_cron_is_a_mistake_of_the_configuration(tmp_path: Path, schedule: str) -> None:
    with _serving(tmp_path, schedule, [*BROADSHEET, "-C", str(tmp_path), "serve"]) as scheduler:
        assert scheduler.wait(timeout=120) == 2
    assert (tmp_path / "log").read_text().startswith(f"broadsheet: settings.toml: schedule: '{schedule}' is no cron\n")


@pytest.mark.usefixtures("prefect_server")
def test_each_cadence_in_use_and_the_backfill_can_be_started_by_hand(tmp_path: Path) -> None:
    from flows.serve import deployments

    schedules = {"agents": "daily", "theory": "weekly", "reviews": "monthly", "vision": "weekly"}
    settings = Settings(schedule="30 5 * * 1-5", timezone="America/New_York")
    made = deployments(Workspace(root=tmp_path), settings, schedules)
    assert [one.name for one in made] == ["daily", "weekly", "monthly", "backfill"]
    daily, weekly, monthly, backfill = made
    times = [schedule.schedule.model_dump() for schedule in daily.schedules or () if schedule.schedule]
    assert [(time["cron"], time["timezone"]) for time in times] == [("30 5 * * 1-5", "America/New_York")]
    assert not any(one.schedules for one in (weekly, monthly, backfill))
    assert daily.parameters == {"workspace": str(tmp_path)}
    assert weekly.parameters == {"workspace": str(tmp_path), "profiles": ["theory", "vision"]}
    assert monthly.parameters["profiles"] == ["reviews"]
    assert all(one.description for one in made)
