from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet import inbox
from broadsheet.errors import ParseFailed, SourceError
from broadsheet.types import Dump


def test_an_inbox_is_read_in_the_order_of_names_without_what_is_no_dump(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "deep/c.txt", "README.md", ".hidden", "_draft.txt", ".git/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    assert [path.relative_to(tmp_path).as_posix() for path in inbox.files(tmp_path)] == ["a.txt", "b.txt", "deep/c.txt"]
    assert inbox.files(tmp_path / "nowhere") == ()


def test_a_linked_folder_is_looked_into_once_and_one_around_the_inbox_never(tmp_path: Path) -> None:
    inbox_of, elsewhere = tmp_path / "dumps", tmp_path / "elsewhere"
    for folder in (inbox_of, elsewhere):
        folder.mkdir()
        (folder / f"{folder.name}.txt").write_text("x")
    (inbox_of / "a").symlink_to(elsewhere)
    (inbox_of / "b").symlink_to(elsewhere)
    (inbox_of / "loop").symlink_to(tmp_path)
    (elsewhere / "back").symlink_to(inbox_of)

    assert [path.name for path in inbox.files(inbox_of)] == ["elsewhere.txt", "dumps.txt"]


def test_an_inbox_that_is_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("x")
    (tmp_path / "dumps").symlink_to("real")

    assert inbox.files(tmp_path / "dumps") == (tmp_path / "dumps" / "a.txt",)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.txt").write_text("x")
    iterdir = Path.iterdir

    def refusing(path: Path) -> Iterator[Path]:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refusing)
    closed: list[OSError] = []

    assert inbox.files(tmp_path, closed=closed.append) == (tmp_path / "a.txt",)
    assert [error.filename for error in closed] == [str(tmp_path / "locked")]


def test_a_dump_carries_its_hash_and_the_time_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"made up")
    os.utime(file, (1_780_000_000.9, 1_780_000_000.9))

    dump = inbox.read(file)

    assert (dump.name, dump.content, dump.size, dump.stream) == ("a.txt", b"made up", 7, None)
    assert dump.sha256 == hashlib.sha256(b"made up").hexdigest()
    assert dump.modified == datetime.fromtimestamp(1_780_000_000, UTC)


def test_a_large_file_has_a_stream_in_place_of_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "HELD", 10)
    file = tmp_path / "a.txt"
    file.write_bytes(b"made up and long")

    dump = inbox.read(file, source="mine")

    assert (dump.content, dump.size, dump.source) == (b"", 16, "mine")
    assert dump.sha256 == hashlib.sha256(b"made up and long").hexdigest()
    assert dump.stream
    for _ in range(2):
        with dump.stream() as stream:
            assert stream.read() == b"made up and long"
    file.unlink()
    with pytest.raises(SourceError, match=r"a\.txt: cannot be read: No such file"):
        dump.stream()


def test_a_file_may_be_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    with file.open("wb") as opened:
        opened.truncate(5 << 30)
    seen: list[Dump] = []

    def check(dump: Dump) -> None:
        seen.append(dump)
        raise ParseFailed(dump.name, "too large")

    with pytest.raises(ParseFailed, match=r"huge\.txt: too large"):
        inbox.read(file, check=check)
    assert [(dump.name, dump.size, dump.sha256) for dump in seen] == [("huge.txt", 5 << 30, "")]


def test_a_folder_and_a_pipe_are_no_dumps(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is a pipe, not a file"):
        inbox.read(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is a folder, not a file"):
        inbox.read(tmp_path)
    with pytest.raises(SourceError, match=r"gone: cannot be read: No such file"):
        inbox.read(tmp_path / "gone")


def test_a_name_that_is_not_utf_8_can_be_told(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"M\xe4rz.txt")
    file.write_bytes(b"made up")

    assert inbox.read(file).name == "M?rz.txt"
    file.unlink()
    with pytest.raises(SourceError, match=r"M\?rz"):
        inbox.read(file)


def test_patterns_are_matched_against_the_whole_name() -> None:
    assert inbox.belongs("daily-papers-1.txt", ["other", "daily-*"])
    assert not inbox.belongs("my-daily-papers.txt", ["daily-*"])
