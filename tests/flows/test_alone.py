"""What `serve` is told before it starts anything: who serves here already, a port, a server that is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.errors import BroadsheetError
from flows.alone import alone
from flows.serve import _page, _port

_SERVE = [sys.executable, "-m", "broadsheet", "serve"]


def test_a_workspace_is_served_once_at_a_time(tmp_path: Path) -> None:
    home = tmp_path / "papers/.prefect"
    with (
        alone(home),
        pytest.raises(BroadsheetError, match=f"is served already by process {os.getpid()}; end that one"),
        alone(home),
    ):
        pass
    with alone(home), alone(tmp_path / "other"):
        pass


def test_whoever_wrote_the_file_that_is_locked_says_nothing_in_our_name(tmp_path: Path) -> None:
    with alone(tmp_path):
        (tmp_path / "serving.lock").write_bytes(b"\x1b[2J\xff nobody\n")
        with pytest.raises(BroadsheetError) as refused, alone(tmp_path):
            pass
    assert str(refused.value) == "this workspace is served already; end that one first"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BroadsheetError, match="file: Prefect cannot write there: "), alone(tmp_path / "file"):
        pass


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "4200 ", "٤٢٠٠", "http", "9" * 5000])
def test_what_is_no_port_is_told_with_its_variable(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PREFECT_SERVER_API_PORT", port)
    with pytest.raises(
        BroadsheetError, match=r"^PREFECT_SERVER_API_PORT: .{2,30} is no port; give a number"
    ) as refused:
        _port()
    assert len(str(refused.value)) < 100


def test_the_page_has_a_port_of_its_own_or_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_API_PORT", "65535")
    assert _port() == 65535
    monkeypatch.delenv("PREFECT_SERVER_API_PORT")
    assert _port() == 4200
    assert os.environ["PREFECT_SERVER_API_PORT"] == "4200"


@pytest.mark.parametrize(
    ("api", "page"),
    [
        ("http://127.0.0.1:4200/api", "http://127.0.0.1:4200"),
        ("https://me:made-up-canary@flows.example.org/prefect/api/", "https://flows.example.org/prefect"),
    ],
)
def test_the_page_s_url_is_told_without_a_password(api: str, page: str) -> None:
    assert _page(api) == page


@pytest.mark.prefect
@pytest.mark.slow
def test_a_server_of_one_s_own_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    # Nobody can listen at port 1 but root, and nobody does.
    environment = {**kept, "PREFECT_API_URL": "http://me:made-up-canary@127.0.0.1:1/api", "HOME": str(tmp_path)}
    done = subprocess.run(
        [*_SERVE[:3], "-C", str(tmp_path), *_SERVE[3:]], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("broadsheet: Prefect's server does not answer as it should (ConnectError)")
    assert "canary" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
