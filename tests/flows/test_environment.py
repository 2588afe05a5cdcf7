"""What Prefect is told before it is imported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.environment import prepare


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    made: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", made)
    return made


def test_prefect_lives_in_the_workspace_and_calls_nobody(environment: dict[str, str]) -> None:
    prepare(Path("/papers/.prefect"))
    assert environment["PREFECT_HOME"] == "/papers/.prefect"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert "PREFECT_API_URL" not in environment


def test_what_the_user_has_set_is_kept(environment: dict[str, str]) -> None:
    mine = {"PREFECT_HOME": "/mine", "PREFECT_API_URL": "http://example.org/api", "PREFECT_LOGGING_LEVEL": "DEBUG"}
    environment.update(mine)
    prepare(Path("/papers/.prefect"))
    assert {name: environment[name] for name in mine} == mine


@pytest.mark.parametrize(("debug", "level"), [(False, "CRITICAL"), (True, "INFO")])
def test_the_terminal_shows_the_log_only_to_debug(environment: dict[str, str], level: str, *, debug: bool) -> None:
    prepare(Path("/papers/.prefect"), debug=debug)
    assert environment["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] == level
    assert environment["PREFECT_LOGGING_LEVEL"] == "INFO"


def test_no_proxy_stands_between_the_flow_and_its_server(environment: dict[str, str]) -> None:
    environment.update(NO_PROXY="example.org,localhost", HTTP_PROXY="http://proxy:3128")
    prepare(Path("/papers/.prefect"))
    prepare(Path("/papers/.prefect"))
    assert environment["NO_PROXY"] == "example.org,localhost,127.0.0.1"
    assert environment["no_proxy"] == "127.0.0.1,localhost"
