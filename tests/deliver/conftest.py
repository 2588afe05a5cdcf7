"""What tests of several transports start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deliver.certificates import Certificates, made


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """For a server at 127.0.0.1."""
    return made(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def other_name(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Of the same kind, for a server of another name."""
    return made(tmp_path_factory.mktemp("other"), "DNS:mail.example.org")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One that is not there yet."""
    return tmp_path / "made" / "folder"
