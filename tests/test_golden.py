"""Whole runs against expected files, byte for byte; `./run golden` makes the files anew, to be read as a diff.

A case is a folder with config/ and a folder of dumps for each day. The example in output/example/ is the case that
readers see: it is made of what ships, config/ and dumps/.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadsheet import pipeline
from broadsheet.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "golden"
REFRESH = "BROADSHEET_REFRESH_GOLDEN" in os.environ


def published(folder: Path) -> Mapping[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix != ".png")
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def run(config: Path, days: Mapping[str, list[Path]], root: Path) -> Path:
    """The output folder after a run on each day, with the dumps of that day."""
    shutil.copytree(config, root / "config")
    workspace = Workspace.find(root, root)
    for day, dumps in days.items():
        clock = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)  # any other would do
        pipeline.daily(workspace, day=date.fromisoformat(day), dumps=dumps, now=clock)
    return root / "output"


def compare(made: Path, expected: Path) -> None:
    if REFRESH:
        for name, content in published(made).items():
            (expected / name).parent.mkdir(parents=True, exist_ok=True)
            (expected / name).write_bytes(content)
        for name in published(expected).keys() - published(made).keys():
            (expected / name).unlink()
    left, right = published(made), published(expected)
    assert sorted(left) == sorted(right)
    assert [name for name in left if left[name] != right[name]] == []


def test_the_example_is_what_the_shipped_dumps_and_profiles_give(tmp_path: Path) -> None:
    days = {
        found[0]: [file]
        for file in sorted((ROOT / "dumps").glob("*.txt"))
        if (found := re.search(r"\d{4}-\d\d-\d\d", file.name))
    }

    compare(run(ROOT / "config", days, tmp_path), ROOT / "output" / "example")


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_a_case_gives_the_expected_files(case: str, tmp_path: Path) -> None:
    folder = CASES / case
    days = {day.name: sorted(day.iterdir()) for day in sorted(folder.glob("20*"))}

    compare(run(folder / "config", days, tmp_path), folder / "expected")
