"""The backfill flow does what the command does, and says it on Prefect's page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from broadsheet import backfilling
from broadsheet.errors import StoreBusy
from broadsheet.store import open_store
from broadsheet.workspace import Workspace
from tests.test_mornings import feed

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]

DAYS = [date(2026, 5, 29), date(2026, 6, 1), date(2026, 6, 2)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with the dumps of three days, in two months."""
    (tmp_path / "archive").mkdir()
    for place, day in enumerate(DAYS):
        text = feed(day, range(10 * place, 10 * place + 12))
        (tmp_path / "archive" / f"cs.CL-{day}.xml").write_text(text, encoding="utf-8")
    return tmp_path / "archive"


def made(root: Path) -> Workspace:
    """A workspace with one profile."""
    (root / "config" / "profiles").mkdir(parents=True)
    text = "title = 'Made up'\n[[rule]]\nwhen = 'paper'\n"
    (root / "config" / "profiles" / "made.toml").write_text(text, encoding="utf-8")
    return Workspace(root=root)


def _files(workspace: Workspace) -> dict[str, bytes]:
    out = workspace.output
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def _asked(url: str, what: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    return list(httpx.post(f"{url}/{what}/filter", json=query, trust_env=False).json())


def test_the_flow_gives_the_same_bytes_as_the_command(tmp_path: Path, archive: Path, prefect_server: str) -> None:
    from flows.backfill import backfill

    through, plain = made(tmp_path / "through"), made(tmp_path / "plain")
    state: Any = backfill(workspace=through.root, dumps=archive, return_state=True)
    report = backfilling.backfill(plain, dumps=archive, now=datetime.now(UTC))
    assert _files(through) == _files(plain)
    result = state.result()
    assert (result.days, result.papers, result.digests) == (report.days, 32, 3)
    assert (state.name, state.message) == ("Completed", "32 new papers, 3 digests")

    query = {"flow_runs": {"id": {"any_": [str(state.state_details.flow_run_id)]}}}
    tasks = {one["name"] for one in _asked(prefect_server, "task_runs", query)}
    assert {"fill 2026-05", "fill 2026-06"} <= tasks
    (table,) = _asked(prefect_server, "artifacts", query | {"artifacts": {"key": {"any_": ["backfill"]}}})
    assert [(row["day"], row["papers"]) for row in json.loads(table["data"])] == [
        ("2026-05-29", 12),
        ("2026-06-01", 10),
        ("2026-06-02", 10),
    ]


def test_a_form_filled_in_as_text_is_understood(tmp_path: Path, archive: Path) -> None:
    from flows.backfill import backfill

    desk = made(tmp_path / "desk")
    form: dict[str, Any] = {"workspace": str(desk.root), "dumps": str(archive), "since": "2026-06-01", "dry_run": True}
    state: Any = backfill(**form, return_state=True)
    assert (state.name, state.message) == ("Dry run", "nothing was changed; 2 dumps to read")
    assert not desk.output.exists()
    state = backfill(**form | {"dry_run": False, "until": "2026-06-01"}, return_state=True)
    assert [one.day for one in state.result().days] == [date(2026, 6, 1)]


def test_a_workspace_that_another_run_holds_is_told(tmp_path: Path, archive: Path) -> None:
    from flows.backfill import backfill

    desk = made(tmp_path / "desk")
    (desk.root / "config" / "settings.toml").write_text("wait = 0\n", encoding="utf-8")
    desk.state.mkdir()
    with (
        open_store(desk.state / "broadsheet.db", desk.state / "archive") as store,
        store.lock(now=datetime.now(UTC)),
        pytest.raises(StoreBusy, match="another run holds the workspace"),
    ):
        backfill(workspace=desk.root, dumps=archive)
