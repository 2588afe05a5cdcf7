"""The flow that only sends: what it brings, what the page shows of it, and how its deployment is started."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from broadsheet import noticing, pipeline
from broadsheet.config import Settings
from broadsheet.workspace import Workspace
from tests.desk import Desk

from .conftest import MakeWorkspace

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)
DUMP = "daily-papers-2026-06-01.txt"
MAILDIR = '[[delivery]]\nname = "team"\nkind = "maildir"\nto = ["mail/ada"]\nmax_age_days = 36500\n'
#: Nobody listens there.
SMTP = """\
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
timeout = 1

[[delivery]]
name = "team"
kind = "smtp"
to = ["ada@example.org"]
max_age_days = 36500
"""


@pytest.fixture
def owing(make_workspace: MakeWorkspace) -> Callable[[str], Workspace]:
    """A workspace whose digests are published, and owed."""

    def make(deliveries: str) -> Workspace:
        workspace = make_workspace("papers")
        workspace.config.mkdir()
        (workspace.config / "deliveries.toml").write_text(deliveries)
        with pipeline.open_run(workspace, now=NOW, dumps=[workspace.dumps / DUMP]) as run:
            pipeline.ingest(run, pipeline.collect(run))
            pipeline.publish(run, pipeline.digest(run))
            pipeline.finish(run)
        return workspace

    return make


def test_what_is_owed_is_sent_and_shown(
    owing: Callable[[str], Workspace], artifact: Callable[[str], Any], tmp_path: Path
) -> None:
    from flows.deliver import deliver

    workspace = owing(MAILDIR)
    state: Any = deliver(workspace.root, return_state=True)
    counts = state.result()
    assert counts == {"sent": counts["sent"]}
    assert counts["sent"] == len(list((workspace.root / "mail/ada/new").iterdir())) > 0
    assert state.message == f"messages: {counts['sent']} sent"
    assert msgspec.json.decode(artifact("outbox")["data"]) == [{"state": "sent", "messages": counts["sent"]}]
    assert deliver(workspace.root, return_state=True).result() == counts


def test_what_fails_is_told_the_operator_and_what_goes_well_is_not_said_to_be_all(
    owing: Callable[[str], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.deliver import deliver

    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(noticing, "report", lambda place, failures, **more: told.append(failures))
    workspace = owing(SMTP)
    state: Any = deliver(workspace.root, return_state=True)
    assert state.name == "Done in part"
    assert set(state.result()) == {"pending"}
    ((failure,),) = told
    assert "tried again later" in failure
    assert failure in (state.message or "")
    # It waits now, unless somebody asks for it.
    assert deliver(workspace.root, return_state=True).name == "Completed"
    assert len(told) == 1
    assert deliver(workspace.root, retry=True, return_state=True).name == "Done in part"
    assert len(told) == 2


def test_its_deployment_is_there_where_anybody_gets_anything(tmp_path: Path) -> None:
    from prefect.utilities.callables import parameter_schema

    from flows.deliver import deliver
    from flows.serve import deployments

    place = Workspace(root=tmp_path)
    assert [one.name for one in deployments(place, Settings(), {})] == ["daily", "backfill"]
    made = {one.name: one for one in deployments(place, Settings(), {}, delivers=True)}
    assert list(made) == ["daily", "deliver", "backfill"]
    assert made["deliver"].parameters == {"workspace": str(tmp_path)}
    assert not made["deliver"].schedules
    properties = parameter_schema(deliver.fn).properties
    assert {name: field["type"] for name, field in properties.items()} == {"workspace": "string", "retry": "boolean"}
    assert all(field["description"] for field in properties.values())


def test_a_reason_is_one_run_however_often_it_is_given(prefect_server: str, tmp_path: Path) -> None:
    from flows.serve import deployments
    from flows.starting import start

    _, deployment, _ = deployments(Workspace(root=tmp_path), Settings(), {}, delivers=True)
    number = str(deployment.apply())
    said: list[str] = []
    for reason in (["1 pending 0"], ["1 pending 0"], ["1 pending 1"]):
        assert start("deliver/deliver", "owed", reason, "a message that is due", said.append)
    query = {"flow_runs": {"deployment_id": {"any_": [number]}}}
    runs = httpx.post(f"{prefect_server}/flow_runs/filter", json=query, trust_env=False).json()
    assert len(runs) == 2
    assert {tuple(run["tags"]) for run in runs} == {("owed",)}
    assert said == ["a run is started for a message that is due"] * 3
    assert not start("deliver/nowhere", "owed", ["1"], "a message that is due", said.append)
    assert said[-1] == "no run could be started for a message that is due: ObjectNotFound; it is tried again"


def test_a_command_at_the_terminal_finds_its_password_in_a_block(owing: Callable[[str], Workspace], desk: Desk) -> None:
    from prefect.blocks.system import Secret

    Secret.model_validate({"value": "made-up-canary"}).save("terminal-password", overwrite=True)
    desk.root = owing(SMTP.replace("timeout", 'user = "ada"\npassword = "secret:terminal-password"\ntimeout')).root
    assert desk("deliver") == 3
    # It has come as far as the server.
    assert desk.err.startswith("asking Prefect for the Secret block terminal-password\noutbox: ")
    assert "127.0.0.1:9: cannot be reached" in desk.err
    assert "canary" not in desk.err + desk.out
