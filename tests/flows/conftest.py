"""A Prefect server for all tests of this folder that run flows in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from broadsheet.workspace import Workspace, shipped
from flows.environment import prepare
from flows.server import server

MakeWorkspace = Callable[[str], Workspace]


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server's API, which Prefect finds in the environment when it is first imported, so not before."""
    home = tmp_path_factory.mktemp("prefect")
    # Prefect reads the environment once, so this one stays for the session; the server takes it along.
    prepare(home)
    with pytest.MonkeyPatch.context() as patch, server(home) as ready:
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


@pytest.fixture
def artifact(prefect_server: str) -> Callable[[str], Any]:
    """The newest artifact with a key."""

    def newest(key: str) -> dict[str, Any]:
        query = {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC", "limit": 1}
        found = httpx.post(f"{prefect_server}/artifacts/filter", json=query, trust_env=False).json()
        return dict(found[0])

    return newest


@pytest.fixture
def artifacts(prefect_server: str) -> Callable[[], int]:
    """How many artifacts there are."""
    return lambda: int(httpx.post(f"{prefect_server}/artifacts/count", json={}, trust_env=False).json())
