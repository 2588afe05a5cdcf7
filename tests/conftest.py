"""What tests of several folders start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """An empty workspace."""
    return Desk(tmp_path, capsys)
