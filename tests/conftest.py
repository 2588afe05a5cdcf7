"""What tests of several folders start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.desk import Desk

# A slow morning fails no test; what must not grow is measured in tests/growth.py.
settings.register_profile("broadsheet", settings(), deadline=None)
settings.load_profile("broadsheet")


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """An empty workspace."""
    return Desk(tmp_path, capsys)
