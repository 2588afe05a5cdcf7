from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet import inbox
from broadsheet.errors import SourceError


def test_an_inbox_is_read_in_the_order_of_names_without_what_is_no_dump(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "deep/c.txt", "README.md", ".hidden", "_draft.txt", ".git/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    assert [path.relative_to(tmp_path).as_posix() for path in inbox.files(tmp_path)] == ["a.txt", "b.txt", "deep/c.txt"]
    assert inbox.files(tmp_path / "nowhere") == ()


def test_a_dump_carries_its_hash_and_the_time_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"made up")
    os.utime(file, (1_780_000_000.9, 1_780_000_000.9))

    dump = inbox.read(file, limit_mib=1)

    assert (dump.name, dump.content) == ("a.txt", b"made up")
    assert dump.sha256 == hashlib.sha256(b"made up").hexdigest()
    assert dump.modified == datetime.fromtimestamp(1_780_000_000, UTC)


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    with file.open("wb") as opened:
        opened.truncate(5 << 30)

    with pytest.raises(SourceError, match=r"huge\.txt: has 5,120 MiB, more than max_dump_mib = 64 .*; raise it"):
        inbox.read(file, limit_mib=64)


def test_a_folder_and_a_pipe_are_no_dumps(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is a pipe, not a file"):
        inbox.read(tmp_path / "pipe", limit_mib=1)
    with pytest.raises(SourceError, match="is a folder, not a file"):
        inbox.read(tmp_path, limit_mib=1)
    with pytest.raises(SourceError, match=r"gone: cannot be read: No such file"):
        inbox.read(tmp_path / "gone", limit_mib=1)


def test_a_name_that_is_not_utf_8_can_be_told(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"M\xe4rz.txt")
    file.write_bytes(b"made up")

    assert inbox.read(file, limit_mib=1).name == "M?rz.txt"
    with pytest.raises(SourceError, match=r"M\?rz"):
        inbox.read(file, limit_mib=0)


def test_patterns_are_matched_against_the_whole_name() -> None:
    assert inbox.belongs("daily-papers-1.txt", ["other", "daily-*"])
    assert not inbox.belongs("my-daily-papers.txt", ["daily-*"])
