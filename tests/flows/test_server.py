"""A server of our own starts with the run, ends with it however that ends, and says why it cannot start."""

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
from urllib.parse import urlsplit

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.workspace import Workspace, shipped
from flows.server import server

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

_HOLD = """
import sys
from pathlib import Path
from broadsheet.workspace import Workspace
Workspace(root=Path(sys.argv[1])).load_flows()
from flows.server import server
with server(Path(sys.argv[1]) / ".prefect") as ready:
    print(ready(), flush=True)
    sys.stdin.read()
"""


@contextmanager
def _holding(root: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that holds a server, and the server's port."""
    command = [sys.executable, "-c", _HOLD, str(root)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        port = urlsplit(process.stdout.readline()).port
        assert port
        assert _answers(port)
        yield process, port


def _answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(5)
        return client.connect_ex(("127.0.0.1", port)) == 0


def _gone(port: int, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while _answers(port) and time.monotonic() < end:
        time.sleep(0.1)
    return not _answers(port)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose Prefect has made its tables."""
    root = tmp_path_factory.mktemp("papers")
    with _holding(root, root) as (process, port):
        process.communicate("")
        assert _gone(port, 0)
    return root


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_with_a_run_that_is_killed(home: Path, tmp_path: Path, how: signal.Signals) -> None:
    with _holding(home, tmp_path) as (process, port):
        process.send_signal(how)
        process.wait()
        assert _gone(port)


def test_two_servers_that_start_at_once_on_one_new_home_do_not_break_each_other(tmp_path: Path) -> None:
    commands = [[sys.executable, "-c", _HOLD, str(tmp_path)] for _ in range(2)]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
        for command in commands
    ]
    said = [process.communicate("", timeout=120)[0] for process in both]
    assert all(line.startswith("http://127.0.0.1:") for line in said)
    assert said[0] != said[1]


def test_a_server_that_cannot_start_says_why_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prefect.db").write_bytes(b"no database at all, and never was one")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    began = time.monotonic()
    with (
        pytest.raises(BroadsheetError, match=r"did not start: .*file is not a database.*; use --plain"),
        server(tmp_path) as ready,
    ):
        ready()
    assert time.monotonic() - began < 60


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(BroadsheetError, match=r"file: Prefect cannot write there: .*; use --plain"),
        server(tmp_path / "file"),
    ):
        pass


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(BroadsheetError, match=f"cannot have port {port} .*PREFECT_SERVER_API_PORT"),
            server(tmp_path, port=port),
        ):
            pass


def _command(*arguments: str, home: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("PATH",)} | {"HOME": str(home)}
    code = "from broadsheet.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_the_command_runs_the_flow_quietly_and_leaves_nothing_in_the_user_s_home(tmp_path: Path) -> None:
    for folder in ("user", "papers"):
        (tmp_path / folder).mkdir()
    dump = shipped("dumps/daily-papers-2026-06-01.txt")
    done = _command("run", "--date", "2026-06-01", str(dump), home=tmp_path / "user", cwd=tmp_path / "papers")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2026-06-01 vision: " in done.stdout
    assert list((tmp_path / "user").iterdir()) == []
    assert {path.name for path in (tmp_path / "papers").iterdir()} == {".prefect", "output", "state"}


def test_the_command_names_the_way_without_prefect_when_its_server_cannot_start(tmp_path: Path) -> None:
    workspace = Workspace(root=tmp_path)
    workspace.prefect.mkdir()
    (workspace.prefect / "prefect.db").write_bytes(b"no database at all, and never was one")
    done = _command("run", home=tmp_path, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("broadsheet: Prefect's server did not start: ")
    assert done.stderr.count("\n") == 1
    assert "--plain" in done.stderr
