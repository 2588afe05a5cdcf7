"""What the Prefect page shows beside digests and sources: the form, links, progress, the outbox; and no secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from broadsheet import pipeline
from broadsheet.errors import BroadsheetError
from broadsheet.report import RunReport
from flows.run import run_daily

from .conftest import MakeWorkspace

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)

Artifact = Callable[[str], Any]


def test_every_parameter_has_its_type_and_says_what_it_is_for() -> None:
    from prefect.utilities.callables import parameter_schema

    from flows.daily import daily

    schema = parameter_schema(daily.fn).model_dump()
    types = {
        "workspace": {"type": "string", "format": "path"},
        "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None},
        "profiles": {"type": "array", "items": {"type": "string"}, "default": ()},
        "dumps": {"type": "array", "items": {"type": "string", "format": "path"}, "default": ()},
        "dry_run": {"type": "boolean", "default": False},
        "deliver": {"type": "boolean", "default": True},
    }
    assert list(schema["properties"]) == list(types)
    assert schema["required"] == ["workspace"]
    for name, field in schema["properties"].items():
        assert field.pop("description").endswith("."), name
        assert field.pop("title") == name
        del field["position"]
        wanted = types[name]
        assert {
            key: tuple(value) if key == "default" and value == [] else value for key, value in field.items()
        } == wanted


@pytest.mark.parametrize(("url", "way"), [("", "`{output}/site/index.html`"), ("https://example.org/d/", "({url})")])
def test_the_way_to_what_was_published_is_shown_as_a_link_where_a_browser_follows_one(
    make_workspace: MakeWorkspace, artifact: Artifact, url: str, way: str
) -> None:
    workspace = make_workspace("pa`pers")
    workspace.config.mkdir()
    (workspace.config / "settings.toml").write_text(f'[site]\nurl = "{url}"\n')
    run_daily(workspace, now=NOW)
    shown = artifact("site")
    assert way.format(output=workspace.output.as_uri(), url=url) in shown["data"]
    assert "pa`pers" not in shown["data"]
    assert shown["description"] == "Where the published pages are"
    assert (workspace.output / "site/index.html").is_file()


def test_a_run_that_brings_nothing_shows_nothing(make_workspace: MakeWorkspace, artifacts: Callable[[], int]) -> None:
    workspace = make_workspace("papers")
    for dump in workspace.dumps.glob("*.txt"):
        dump.unlink()
    before = artifacts()
    assert run_daily(workspace, now=NOW).exit == 0
    assert artifacts() == before


def test_a_long_run_shows_how_far_it_is_once_in_a_while(
    make_workspace: MakeWorkspace, artifact: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import page

    clock = iter(range(0, 100_000, 1))
    drawn: list[str] = []
    draw = page.Shown._draw
    # The page's own clock alone: Prefect's threads look at the machine's, however often.
    monkeypatch.setattr(page, "time", SimpleNamespace(monotonic=lambda: next(clock) / 5))
    monkeypatch.setattr(page, "_LONG", 1.0)

    def drawing(shown: page.Shown, percent: float, text: str) -> None:
        drawn.append(text)
        draw(shown, percent, text)

    monkeypatch.setattr(page.Shown, "_draw", drawing)
    said: list[str] = []
    run_daily(make_workspace("papers"), now=NOW, progress=lambda stage, done, total: said.append(stage))
    bar = artifact("progress")
    assert (float(bar["data"]), bar["description"]) == (100.0, "done")
    assert 2 <= len(drawn) < len(said)
    assert ": " in drawn[0]


def test_a_short_run_shows_no_progress(make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import page

    monkeypatch.setattr(page, "create_progress_artifact", lambda **more: pytest.fail("this was no long run"))
    run_daily(make_workspace("papers"), now=NOW)


def test_the_outbox_is_a_table_of_what_there_is(artifact: Artifact) -> None:
    from prefect import flow

    from flows.page import show_outbox

    @flow(persist_result=False)
    def owed() -> None:
        show_outbox({"sent": 3, "pending": 1, "held": 0})

    owed()
    rows = msgspec.json.decode(artifact("outbox")["data"])
    assert rows == [{"state": "pending", "messages": 1}, {"state": "sent", "messages": 3}]


def test_a_secret_block_is_read_and_a_missing_one_is_told_with_its_remedy() -> None:
    from prefect.blocks.system import Secret

    from flows.access import access

    for name, value in (("mail-password", "made-up-canary"), ("no-text", {"user": "made-up-canary"})):
        Secret.model_validate({"value": value}).save(name, overwrite=True)
    assert access().secret("secret:mail-password") == "made-up-canary"
    assert "made-up-canary" not in repr(access())
    with pytest.raises(BroadsheetError, match=r"^there is no Secret block 'not-there'; make it on Prefect's page"):
        access().secret("secret:not-there")
    with pytest.raises(BroadsheetError, match="holds no text") as refused:
        access().secret("secret:no-text")
    assert "canary" not in str(refused.value)


def test_a_run_may_ask_for_secrets_in_the_environment(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADE_UP_PASSWORD", "made-up-canary")
    asked: list[str] = []
    finish = pipeline.finish

    def asking(run: pipeline.Run) -> RunReport:
        asked.append(run.access.secret("env:MADE_UP_PASSWORD"))
        return finish(run)

    monkeypatch.setattr(pipeline, "finish", asking)
    run_daily(make_workspace("papers"), now=NOW)
    assert asked == ["made-up-canary"]
