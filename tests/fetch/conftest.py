"""A server that does what it is told, and a Fetcher that never waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.fetch import Answer, Fetcher
from tests.fetch.elsewhere import Get
from tests.fetch.hostile_server import HostileServer


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def get(server: HostileServer, naps: list[float]) -> Get:
    fetcher = Fetcher(contact="https://example.org/me", version="9.9", sleep=naps.append, jitter=lambda: 0.5)

    def ask(path: str, **others: object) -> Answer:
        url = path if "://" in path else server.url(path)
        return fetcher.get(url, **{"timeout": 5, "limit": 1 << 20, "allow_private": True, **others})  # type: ignore[arg-type]

    return ask
