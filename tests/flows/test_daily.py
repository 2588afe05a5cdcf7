"""The daily flow does what the plain path does, says it on Prefect's page, and lets our errors through."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from broadsheet import pipeline
from broadsheet.errors import BroadsheetError, ConfigError, StoreError
from broadsheet.pipeline import Run
from broadsheet.workspace import Workspace
from flows.run import run_daily

from .conftest import MakeWorkspace

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)


def _files(workspace: Workspace) -> dict[str, bytes]:
    out = workspace.output
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def _last(url: str, what: str) -> dict[str, Any]:
    """The newest flow_runs, task_runs, artifacts or logs of the server."""
    sort = {"flow_runs": "EXPECTED_START_TIME_DESC", "artifacts": "CREATED_DESC"}[what]
    found = httpx.post(f"{url}/{what}/filter", json={"sort": sort, "limit": 1}, trust_env=False).json()
    return dict(found[0])


def _artifact(url: str, key: str) -> dict[str, Any]:
    query = {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC", "limit": 1}
    return dict(httpx.post(f"{url}/artifacts/filter", json=query, trust_env=False).json()[0])


def test_the_flow_gives_the_same_bytes_as_the_plain_path(make_workspace: MakeWorkspace) -> None:
    through, plain = make_workspace("through"), make_workspace("plain")
    reports = run_daily(through, now=NOW), pipeline.daily(plain, now=NOW)
    assert _files(through) == _files(plain)
    assert len(_files(plain)) > 10
    first, second = (msgspec.to_builtins(report) for report in reports)
    for report, workspace in ((first, through), (second, plain)):
        del report["seconds"]
        for digest in report["digests"]:
            digest["files"] = [str(Path(file).relative_to(workspace.output)) for file in digest["files"]]
    assert first == second


def test_days_profiles_and_dumps_reach_the_stages(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace("papers")
    monkeypatch.chdir(workspace.dumps)
    dump = Path("daily-papers-2026-06-01.txt")
    report = run_daily(workspace, day=date(2026, 5, 5), profiles=["vision"], dumps=[dump], now=NOW)
    assert [(cut.profile, cut.day) for cut in report.digests] == [("vision", date(2026, 5, 5))]
    assert [read.name for read in report.dumps] == [dump.name]


def test_the_page_shows_each_digest_and_the_sources(make_workspace: MakeWorkspace, prefect_server: str) -> None:
    workspace = make_workspace("papers")
    report = run_daily(workspace, now=NOW)
    for cut in report.digests:
        published = (workspace.output / cut.profile / "2026-06-02/digest.md").read_text()
        shown = _artifact(prefect_server, f"digest-{cut.profile}")["data"]
        assert published.startswith("---\n")
        assert published.endswith(f"\n---\n\n{shown}")
        assert shown.startswith("# ")
    rows = msgspec.json.decode(_artifact(prefect_server, "sources")["data"])
    assert [(row["dump"], row["verdict"], row["new"], row["alarm"]) for row in rows] == [
        (dump.name, dump.verdict, dump.new, "yes" if dump.alarm else "") for dump in report.dumps
    ]
    assert [row["taken"] for row in rows] == ["2026-06-01", "2026-06-02"]


def test_the_page_shows_the_run_and_what_came_of_it(make_workspace: MakeWorkspace, prefect_server: str) -> None:
    workspace = make_workspace("papers")
    report = run_daily(workspace, now=NOW)
    run = _last(prefect_server, "flow_runs")
    assert run["parameters"]["workspace"] == str(workspace.root)
    assert run["state"]["type"] == "COMPLETED"
    assert run["state"]["message"] == f"{report.new} new papers, {len(report.digests)} digests"
    query = {"logs": {"flow_run_id": {"any_": [run["id"]]}}}
    lines = [
        line["message"] for line in httpx.post(f"{prefect_server}/logs/filter", json=query, trust_env=False).json()
    ]
    assert "2 dumps to look at" in lines
    assert any("is complete: 10 entries, 10 new, 0 updated" in line for line in lines)


def test_a_run_done_in_part_is_completed_and_says_so(make_workspace: MakeWorkspace, prefect_server: str) -> None:
    workspace = make_workspace("papers")
    (workspace.dumps / "broken.txt").write_bytes(b"\x00\x01\x02" * 100)
    report = run_daily(workspace, now=NOW)
    assert report.exit == 3
    state = _last(prefect_server, "flow_runs")["state"]
    assert (state["type"], state["name"]) == ("COMPLETED", "Done in part")
    assert state["message"].startswith("18 new papers, 3 digests; broken.txt: ")


def test_an_error_of_a_stage_comes_out_unchanged(
    make_workspace: MakeWorkspace,
    prefect_server: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    error = StoreError("the store is full")

    def full(run: Run) -> None:
        raise error

    monkeypatch.setattr(pipeline, "digest", full)
    with pytest.raises(StoreError) as raised:
        run_daily(make_workspace("papers"), now=NOW)
    assert raised.value is error
    assert _last(prefect_server, "flow_runs")["state"]["type"] == "FAILED"
    assert capfd.readouterr() == ("", "")


def test_a_programming_mistake_is_no_failure_of_the_server(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(run: Run) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(pipeline, "digest", mistaken)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        run_daily(make_workspace("papers"), now=NOW)


def test_a_server_that_goes_away_is_told_with_its_remedy(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(run: Run) -> None:
        raise httpx.ConnectError("connection refused")

    monkeypatch.setattr(pipeline, "finish", gone)
    with pytest.raises(BroadsheetError, match=r"server failed during the run \(connection refused\).*--plain"):
        run_daily(make_workspace("papers"), now=NOW)


def test_an_artifact_that_cannot_be_shown_costs_nothing(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import page

    def refused(**artifact: object) -> None:
        raise httpx.ReadTimeout("too slow")

    for kind in ("markdown", "table", "link"):
        monkeypatch.setattr(page, f"create_{kind}_artifact", refused)
    assert run_daily(make_workspace("papers"), now=NOW).exit == 0


def test_a_bad_configuration_is_told_before_prefect_hears_of_it(
    make_workspace: MakeWorkspace, prefect_server: str
) -> None:
    run_daily(make_workspace("good"), now=NOW)
    before = _last(prefect_server, "flow_runs")["id"]
    workspace = make_workspace("bad")
    workspace.config.mkdir()
    (workspace.config / "settings.toml").write_text("limit = 5\n")
    with pytest.raises(ConfigError, match=r"settings\.toml:1"):
        run_daily(workspace, now=NOW)
    assert _last(prefect_server, "flow_runs")["id"] == before


def test_progress_reaches_the_caller(make_workspace: MakeWorkspace) -> None:
    stages: list[str] = []
    run_daily(make_workspace("papers"), now=NOW, progress=lambda stage, done, total: stages.append(stage))
    assert stages[0] == "starting Prefect"
    assert {"reading", "comparing", "ranking", "publishing"} <= set(stages)


def test_a_late_run_belongs_to_the_day_it_was_planned_for(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.types import DateTime

    from flows import call, daily, late

    workspace = make_workspace("papers")
    workspace.config.mkdir()
    (workspace.config / "settings.toml").write_text('timezone = "Asia/Tokyo"\n')
    # Of Prefect's own type, which is not the library's.
    planned = SimpleNamespace(scheduled_start_time=DateTime(2026, 6, 1, 23, 30, tzinfo=UTC))
    monkeypatch.setattr(late, "runtime", SimpleNamespace(flow_run=planned))
    report = call.daily(None, daily.Call(), workspace=workspace.root)
    assert report.day == date(2026, 6, 2)
    assert type(report.day) is date


@pytest.mark.parametrize(
    ("profile", "key"),
    [("vision", "digest-vision"), ("Efficient_Serving--2", "digest-efficient-serving-2"), ("a_", "digest-a")],
)
def test_a_profile_s_name_becomes_a_key_that_prefect_takes(profile: str, key: str) -> None:
    from flows.page import artifact_key

    assert artifact_key("digest", profile) == key
