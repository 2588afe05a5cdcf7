"""The schedule of settings.toml really starts runs, and what cannot be scheduled is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broadsheet.workspace import shipped

pytestmark = [pytest.mark.prefect, pytest.mark.slow]


@contextmanager
def _serving(root: Path, schedule: str) -> Iterator[subprocess.Popen[bytes]]:
    """The scheduler of a workspace with this schedule, at a port that was free."""
    (root / "config").mkdir()
    (root / "config/settings.toml").write_text(f'schedule = "{schedule}"\ntimezone = "Europe/Berlin"\n')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {**kept, "PREFECT_SERVER_API_PORT": port, "HOME": str(root)}
    command = [sys.executable, "-m", "flows.serve", str(root)]
    with (
        (root / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True) as one,
    ):
        try:
            yield one
        finally:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)


def test_a_scheduled_run_comes_and_publishes(tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    dump = shipped("dumps/daily-papers-2026-06-01.txt")
    (tmp_path / "dumps" / dump.name).write_bytes(dump.read_bytes())
    with _serving(tmp_path, "* * * * *") as scheduler:
        end = time.monotonic() + 180
        while not (tmp_path / "output/index.html").exists():
            assert scheduler.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < end, (tmp_path / "log").read_text()
            time.sleep(0.5)
        scheduler.send_signal(signal.SIGINT)
        assert scheduler.wait(timeout=60) == 0
    assert list((tmp_path / "output").rglob("digest.html"))


def test_a_schedule_that_is_no_cron_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    with _serving(tmp_path, "61 * * * *") as scheduler:
        assert scheduler.wait(timeout=120) == 2
    assert (tmp_path / "log").read_text().startswith("serve: settings.toml: schedule: '61 * * * *' is no cron\n")
