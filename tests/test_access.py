"""A secret is found where the configuration says, and what cannot be found is told with its remedy."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from broadsheet.access import Access
from broadsheet.cli.terminal import Terminal
from broadsheet.errors import BroadsheetError
from broadsheet.workspace import Workspace

CANARY = "made-up-canary"


def test_a_secret_is_found_in_a_variable_a_file_and_a_block(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{CANARY}\r\n")
    access = Access(environment={"PASSWORD": CANARY}, blocks=lambda name: f"{name} {CANARY}")
    assert access.secret("env:PASSWORD") == CANARY
    assert access.secret(f"file:{file}") == CANARY
    assert access.secret("secret:mail") == f"mail {CANARY}"
    assert CANARY not in repr(access)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("env:NOWHERE", "the environment variable NOWHERE is not set; set it where the run starts"),
        ("secret:mail", "leave --plain away, or name an environment variable or a file"),
        ("file:/nowhere/password", "cannot be read"),
    ],
)
def test_what_is_not_there_is_told_with_its_remedy(place: str, told: str) -> None:
    with pytest.raises(BroadsheetError, match=told):
        Access().secret(place)


@pytest.mark.parametrize(("content", "told"), [(b"", "is empty"), (b"\xff", "UTF-8"), (b"a" * 70_000, "too large")])
def test_a_file_that_holds_no_secret_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(BroadsheetError, match=told):
        Access().secret(f"file:{file}")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The blocks that Prefect was asked for; there is one, called "mail"."""
    asked: list[str] = []

    def block(workspace: Workspace, name: str) -> str:
        asked.append(name)
        if name != "mail":
            raise BroadsheetError(f"there is no Secret block {name!r}")
        return CANARY

    monkeypatch.setattr(Workspace, "load_flows", lambda *_, **__: SimpleNamespace(block=block))
    return asked


def test_a_command_asks_prefect_only_for_what_stands_in_a_block(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASSWORD", CANARY)
    terminal = Terminal(folder=str(tmp_path), quiet=False, debug=False)
    access = terminal.access()
    assert access.secret("env:PASSWORD") == CANARY
    assert asked == []
    assert access.secret("secret:mail") == CANARY
    assert asked == ["mail"]
    assert capsys.readouterr() == ("", "asking Prefect for the Secret block mail\n")
    with pytest.raises(BroadsheetError, match="--plain"):
        terminal.access(blocks=False).secret("secret:mail")
    assert asked == ["mail"]


def test_a_block_that_is_not_there_is_asked_for_once(tmp_path: Path, asked: list[str]) -> None:
    access = Terminal(folder=str(tmp_path), quiet=True, debug=False).access()
    for _ in range(3):
        with pytest.raises(BroadsheetError, match="there is no Secret block 'other'"):
            access.secret("secret:other")
    assert asked == ["other"]
