"""A Prefect server for all tests of this folder that run flows in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadsheet.workspace import Workspace, shipped
from flows.environment import prepare
from flows.server import server

MakeWorkspace = Callable[[str], Workspace]


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server's API, which Prefect finds in the environment when it is first imported, so not before."""
    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch, server(home) as ready:
        # Prefect reads the environment once, so this one stays for the session.
        prepare(home)
        url = ready()
        patch.setenv("PREFECT_API_URL", url)
        yield url


@pytest.fixture
def make_workspace(tmp_path: Path) -> MakeWorkspace:
    """Make a workspace with the shipped dumps in its inbox."""

    def make(name: str) -> Workspace:
        shutil.copytree(shipped("dumps"), tmp_path / name / "dumps")
        return Workspace(root=tmp_path / name)

    return make
