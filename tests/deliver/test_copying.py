"""Published files into another folder."""

from __future__ import annotations

from pathlib import Path

from broadsheet.deliver.copying import copy
from broadsheet.deliver.outcome import Outcome

NAMES = ("serving/2026-06-01/digest.html", "serving/2026-06-01/digest.md")


def published(output: Path) -> Path:
    for name in NAMES:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(f"made up: {name}", encoding="utf-8")
    return output


def test_files_come_under_their_names(tmp_path: Path, folder: Path) -> None:
    output = published(tmp_path / "output")
    assert copy(output, folder, NAMES) == Outcome(state="sent", told="2 files")
    assert [(folder / name).read_text(encoding="utf-8") for name in NAMES] == [f"made up: {name}" for name in NAMES]
    times = [(folder / name).stat().st_mtime_ns for name in NAMES]
    assert copy(output, folder, NAMES).state == "sent"
    assert [(folder / name).stat().st_mtime_ns for name in NAMES] == times


def test_what_is_not_published_is_for_later(tmp_path: Path, folder: Path) -> None:
    outcome = copy(published(tmp_path / "output"), folder, (*NAMES, "serving/none.html"))
    assert outcome.state == "later"
    assert "serving/none.html: is not published" in outcome.told


def test_a_folder_that_cannot_be_written_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    outcome = copy(published(tmp_path / "output"), tmp_path / "there", NAMES)
    assert outcome.state == "later"
    assert "cannot be written" in outcome.told
