"""Where files are: what a workspace has of its own, and what is shipped for the rest."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import pytest

from broadsheet import config, workspace
from broadsheet.errors import BroadsheetError
from broadsheet.workspace import Workspace, init, shipped


def _make(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("")
    return root


def test_what_ships_is_found_in_the_checkout() -> None:
    for name in ("config/settings.toml", "config/profiles", "dumps", "flows/daily.py", "templates"):
        assert shipped(name).exists()


def test_what_is_missing_from_the_installation_is_named() -> None:
    with pytest.raises(BroadsheetError, match=r"nothing is missing from the installation.*install Broadsheet again"):
        shipped("nothing")


def test_a_neighbour_of_an_installed_package_is_not_taken_for_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make(tmp_path, "templates/of_another_package.html")
    monkeypatch.setattr(workspace, "_PACKAGE", tmp_path / "broadsheet")
    monkeypatch.setattr(workspace, "_CHECKOUT", tmp_path)
    with pytest.raises(BroadsheetError):
        shipped("templates")


def test_shipped_data_inside_the_package_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(tmp_path, "broadsheet/_shipped/templates/x", "templates/x", "pyproject.toml")
    monkeypatch.setattr(workspace, "_PACKAGE", tmp_path / "broadsheet")
    monkeypatch.setattr(workspace, "_CHECKOUT", tmp_path)
    assert shipped("templates") == tmp_path / "broadsheet/_shipped/templates"


def test_the_folder_that_was_asked_for_is_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    _make(tmp_path, "config/settings.toml")
    assert Workspace.find(Path("mine"), tmp_path).root == tmp_path / "mine"
    assert Workspace.find(tmp_path / "mine", Path("/")).root == tmp_path / "mine"


@pytest.mark.parametrize("marker", ["config/settings.toml", "config/profiles/mine.toml"])
def test_the_nearest_workspace_upward_is_found(tmp_path: Path, marker: str) -> None:
    _make(tmp_path, "config/settings.toml")
    _make(tmp_path / "inner", marker)
    deep = tmp_path / "inner/a/b"
    deep.mkdir(parents=True)
    assert Workspace.find(None, deep).root == tmp_path / "inner"
    assert Workspace.find(None, tmp_path).root == tmp_path


def test_a_folder_outside_any_workspace_is_one_itself(tmp_path: Path) -> None:
    _make(tmp_path, "config/other.toml")
    assert Workspace.find(None, tmp_path).root == tmp_path


@pytest.mark.parametrize(
    ("folder", "state"), [("missing", "does not exist"), ("file", "is a file"), ("x" * 300, "does not exist")]
)
def test_a_folder_that_is_none_is_told_with_its_remedy(tmp_path: Path, folder: str, state: str) -> None:
    _make(tmp_path, "file")
    with pytest.raises(BroadsheetError, match=f"{folder}: the workspace {state}; make one with `broadsheet init DIR`"):
        Workspace.find(Path(folder), tmp_path)


def test_a_bare_folder_uses_what_is_shipped(tmp_path: Path) -> None:
    bare = Workspace(root=tmp_path)
    assert bare.templates == (shipped("templates"),)
    assert bare.profiles == shipped("config/profiles")
    assert bare.file("settings.toml") == shipped("config/settings.toml")


def test_what_stands_in_the_workspace_wins(tmp_path: Path) -> None:
    _make(tmp_path, "config/settings.toml", "config/profiles/mine.toml", "templates/digest.md.j2")
    own = Workspace(root=tmp_path)
    assert own.templates == (tmp_path / "templates", shipped("templates"))
    assert own.profiles == tmp_path / "config/profiles"
    assert own.file("settings.toml") == tmp_path / "config/settings.toml"
    assert own.file("sources.toml") == shipped("config/sources.toml")


def test_the_checkout_lists_its_templates_once() -> None:
    assert Workspace(root=shipped("templates").parent).templates == (shipped("templates"),)


def test_everything_else_lies_in_the_workspace(tmp_path: Path) -> None:
    own = Workspace(root=tmp_path)
    places = (own.dumps, own.output, own.state, own.prefect)
    assert [place.relative_to(tmp_path).as_posix() for place in places] == ["dumps", "output", "state", ".prefect"]


def test_a_new_workspace_has_the_shipped_configuration_and_an_inbox(tmp_path: Path) -> None:
    made = init(tmp_path / "new/papers")
    names = [path.relative_to(tmp_path / "new/papers").as_posix() for path in made]
    assert {"config/settings.toml", "config/sources.toml", "dumps/README.md", ".gitignore"} < set(names)
    assert all(path.is_file() for path in made)
    assert (made[names.index("config/settings.toml")]).read_bytes() == shipped("config/settings.toml").read_bytes()
    assert sorted(path for path in (tmp_path / "new/papers").rglob("*") if path.is_file()) == sorted(made)


def test_a_new_workspace_is_found_and_its_configuration_can_be_read(tmp_path: Path) -> None:
    init(tmp_path)
    found = Workspace.find(None, tmp_path / "dumps")
    assert found.root == tmp_path
    loaded = config.load(
        found.file("settings.toml"), found.file("sources.toml"), found.file("deliveries.toml"), found.profiles
    )
    assert [profile.name for profile in loaded.profiles] == sorted(path.stem for path in found.profiles.iterdir())


def test_the_example_dumps_and_the_templates_are_not_copied(tmp_path: Path) -> None:
    init(tmp_path)
    assert [path.name for path in (tmp_path / "dumps").iterdir()] == ["README.md"]
    assert [path.name for path in (tmp_path / "templates").iterdir()] == ["README.md"]
    assert "- digest.md.j2\n" in (tmp_path / "templates/README.md").read_text()


def test_a_file_that_is_there_is_never_touched(tmp_path: Path) -> None:
    own = _make(tmp_path, "config/settings.toml") / "config/settings.toml"
    own.write_text("mine")
    made = init(tmp_path)
    assert own.read_text() == "mine"
    assert own not in made
    assert init(tmp_path) == ()


def test_a_link_that_leads_nowhere_counts_as_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/settings.toml").symlink_to(tmp_path / "elsewhere.toml")
    init(tmp_path)
    assert not (tmp_path / "elsewhere.toml").exists()


def test_a_workspace_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    _make(tmp_path, "file")
    with pytest.raises(BroadsheetError, match=r"config/\S+: cannot be made: Not a directory$"):
        init(tmp_path / "file")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Path.open

    def full(self: Path, mode: str = "r", *rest: Any) -> IO[Any]:
        if "x" not in mode:
            return usual(self, mode, *rest)
        self.touch()
        return usual(Path("/dev/full"), "wb")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(BroadsheetError, match=r"cannot be made: No space left on device"):
        init(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_foreign_package_called_flows_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = ModuleType("flows.environment")
    foreign.__file__ = str(tmp_path / "flows/environment.py")
    monkeypatch.setitem(sys.modules, "flows", ModuleType("flows"))
    monkeypatch.setitem(sys.modules, "flows.environment", foreign)
    with pytest.raises(BroadsheetError, match=r"flows/environment.py hides .*--plain"):
        Workspace(root=tmp_path).load_flows()


def test_loading_the_flows_settles_prefect_in_the_workspace_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {})
    before = "prefect" in sys.modules
    flows = Workspace(root=tmp_path).load_flows()
    assert callable(flows.run_daily)
    assert os.environ["PREFECT_HOME"] == str(tmp_path / ".prefect")
    assert ("prefect" in sys.modules) == before
