"""The wheel holds what a run needs, and the lock is what pyproject.toml asks for."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"


def _python(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    """What Python says on stdout."""
    environment = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    done = subprocess.run(
        [sys.executable, "-P", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    _python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    quiet = ("--quiet", "--no-cache", "--no-deps", "--no-index")
    _python("-m", "uv", "pip", "install", *quiet, "--target", str(folder), str(wheel), cwd=folder)
    return folder


def test_the_wheel_holds_what_is_shipped_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("config", "flows", "templates"):
        ours = {path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        assert {f"broadsheet/_shipped/{path.relative_to(ROOT).as_posix()}" for path in ours} <= names
    # Not what else may lie in the inbox of whoever builds it.
    dumps = ("README.md", "daily-papers-2026-06-01.txt", "daily-papers-2026-06-02.txt")
    assert {name for name in names if "/dumps/" in name} == {f"broadsheet/_shipped/dumps/{name}" for name in dumps}
    assert {name.split("/")[0] for name in names} == {"broadsheet", "broadsheet-0.1.0.dist-info"}
    assert "broadsheet/py.typed" in names
    assert not [name for name in names if re.search(r"(^|/)(tests?|bench|state|output|\.prefect)/|\.pyc$", name)]


def test_the_installed_package_finds_what_is_shipped_inside_itself(installed: Path, tmp_path: Path) -> None:
    code = "from broadsheet.workspace import shipped as s; print(*map(s, ('config', 'dumps', 'flows', 'templates')))"
    found = _python("-c", code, cwd=tmp_path, path=installed).split()
    assert found == [
        str(installed / "broadsheet/_shipped" / name) for name in ("config", "dumps", "flows", "templates")
    ]


def test_the_installed_package_has_its_flows(installed: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from broadsheet.workspace import Workspace as W; "
        "print(W(root=Path.cwd()).load_flows().run_daily.__module__)"
    )
    assert _python("-c", code, cwd=tmp_path, path=installed).strip() == "broadsheet._shipped.flows.run"


def test_the_installed_command_makes_a_workspace_and_runs_in_it(installed: Path, tmp_path: Path) -> None:
    command = ("-c", "from broadsheet.cli import main; main()")
    _python(*command, "init", "papers", cwd=tmp_path, path=installed)
    dump = installed / "broadsheet/_shipped/dumps/daily-papers-2026-06-01.txt"
    _python(*command, "run", "--plain", str(dump), cwd=tmp_path / "papers", path=installed)
    assert list((tmp_path / "papers/output").rglob("digest.html"))


# --- The lock -------------------------------------------------------------------------------------------------------


def _locked() -> dict[str, Requirement]:
    """The packages of the lock that this machine and this Python need, by name."""
    lines = re.findall(r"^([a-zA-Z0-9].*?) ?\\$", LOCK.read_text(), re.MULTILINE)
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one for one in requirements if not one.marker or one.marker.evaluate()}


def _asked_for() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [Requirement(line) for line in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"])]


def _all_of(asked: Iterable[Requirement]) -> dict[str, list[Requirement]]:
    """Every package that these need, themselves included, and what each of them is asked to be."""
    needed: dict[str, list[Requirement]] = {}
    waiting = [(one, "") for one in asked]
    while waiting:
        one, extra = waiting.pop()
        if one.marker and not one.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(one.name)
        known = needed.setdefault(name, [])
        if str(one) in map(str, known):
            continue
        known.append(one)
        lines = importlib.metadata.requires(name) or []
        waiting += [(Requirement(line), extra) for line in lines for extra in ("", *one.extras)]
    return needed


def _missing(needed: Mapping[str, list[Requirement]], locked: Mapping[str, Requirement]) -> list[str]:
    """What is needed and not locked, or locked in a version that does not do."""
    return [
        str(one)
        for name, ones in sorted(needed.items())
        for one in ones
        if name not in locked or not one.specifier.contains(_version(locked[name]), prereleases=True)
    ]


def _version(pinned: Requirement) -> str:
    return next(iter(pinned.specifier)).version


def test_the_lock_is_what_pyproject_asks_for() -> None:
    needed, locked = _all_of(_asked_for()), _locked()
    assert _missing(needed, locked) == [], "call ./run lock"
    assert sorted(set(locked) - set(needed)) == [], "call ./run lock"


def test_a_lock_that_is_behind_is_noticed() -> None:
    locked = _locked()
    behind = {**locked, "click": Requirement("click==7.0")}
    del behind["lxml"]
    assert {Requirement(line).name for line in _missing(_all_of(_asked_for()), behind)} == {"click", "lxml"}


def test_the_extra_for_postgresql_is_what_the_tests_use() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["project"]["optional-dependencies"]["postgres"]) <= set(project["dependency-groups"]["dev"])


def test_every_locked_package_has_one_version_and_hashes() -> None:
    blocks = re.split(r"^(?=[a-zA-Z0-9])", LOCK.read_text(), flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    for block in blocks:
        assert re.match(r"[a-zA-Z0-9._-]+==\S+", block), block
        assert "--hash=sha256:" in block, block


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"://|^-", LOCK.read_text(), re.MULTILINE)


def test_what_is_installed_is_what_is_locked() -> None:
    locked = {name: _version(one) for name, one in _locked().items()}
    assert {name: importlib.metadata.version(name) for name in locked} == locked
