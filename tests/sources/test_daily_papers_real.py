"""Real dumps, where a folder of them is at hand: set BROADSHEET_TEST_DUMPS to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broadsheet import sources
from tests.sources.copies import dump

FOLDER = os.environ.get("BROADSHEET_TEST_DUMPS", "")


@pytest.mark.skipif(not FOLDER, reason="set BROADSHEET_TEST_DUMPS to a folder of real dumps")
@pytest.mark.parametrize(
    ("prefix", "count", "taken"), [("000", 63, "07-03"), ("002", 123, "07-28"), ("003", 220, None)]
)
def test_a_real_dump_is_read_to_its_last_line(prefix: str, count: int, taken: str | None) -> None:
    (file,) = Path(FOLDER).glob(f"{prefix}_*")
    parsed = sources.parse(dump(file.read_bytes(), name=file.name))
    assert len(parsed.entries) == count
    assert parsed.account.coverage == 100.0
    assert not parsed.problems
    assert all(entry.abstract and len(entry.abstract) > 400 for entry in parsed.entries)
    assert taken is None or f"{parsed.taken:%m-%d}" == taken
