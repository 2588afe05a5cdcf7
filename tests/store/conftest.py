"""A store on SQLite, and the same tests again on PostgreSQL where a server is named."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.store import Store, open_store

_NUMBERS = itertools.count(1)


_SERVER = os.environ.get("BROADSHEET_TEST_POSTGRES", "")
_DATABASES = ["sqlite", *([pytest.param("postgresql", marks=pytest.mark.postgres)] if _SERVER else [])]


@pytest.fixture(params=_DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a place for a store of this test alone."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'broadsheet.db'}"
    else:
        yield from _schema()


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty schema in PostgreSQL."""
    yield from _schema()


def _schema() -> Iterator[str]:
    if not _SERVER:
        pytest.skip("BROADSHEET_TEST_POSTGRES names no server")
    import psycopg

    name = f"broadsheet_test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(_SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield f"{_SERVER}{'&' if '?' in _SERVER else '?'}options=-csearch_path%3D{name}"
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    with open_store(url, tmp_path / "archive") as opened:
        yield opened
