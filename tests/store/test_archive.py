from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zstandard

from broadsheet.errors import StoreError
from broadsheet.store.archive import Archive
from broadsheet.types import Dump


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "deep" / "archive")
    for content in (b"", b"a dump", bytes(range(256)) * 5000):
        sha256 = archive.keep(content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert archive.content(sha256) == content
    assert archive.path(sha256) == tmp_path / "deep" / "archive" / sha256[:2] / f"{sha256}.zst"


def test_the_same_content_gives_the_same_bytes_on_disk(tmp_path: Path) -> None:
    one, other = Archive(tmp_path / "one"), Archive(tmp_path / "other")
    sha256 = one.keep(b"a dump" * 1000)
    other.keep(b"a dump" * 1000)
    assert one.path(sha256).read_bytes() == other.path(sha256).read_bytes()


def test_what_is_kept_already_is_not_written_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    path = archive.path(archive.keep(b"a dump"))
    before = path.stat()
    archive.keep(b"a dump")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("damage", [b"", b"no archive at all", zstandard.compress(b"another dump")])
def test_a_damaged_file_is_named_when_read_and_mended_when_kept(tmp_path: Path, damage: bytes) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.keep(b"a dump")
    archive.path(sha256).write_bytes(damage)
    with pytest.raises(StoreError, match=rf"{sha256}\.zst: is damaged; restore"):
        archive.content(sha256)
    archive.keep(b"a dump")
    assert archive.content(sha256) == b"a dump"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"/ab/ab0\.zst: this dump is missing from the archive; restore"):
        Archive(tmp_path).content("ab0")


def test_nothing_is_made_before_there_is_something_to_keep(tmp_path: Path) -> None:
    Archive(tmp_path / "archive")
    assert files(tmp_path) == []
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("call", ["open", "write", "fsync", "close", "mkdir", "replace"])
@pytest.mark.parametrize(
    ("number", "line"),
    [(errno.ENOSPC, "the disk is full; make room"), (errno.EROFS, "read-only"), (errno.EIO, "cannot be used")],
)
def test_a_failing_call_leaves_nothing_torn_and_the_next_try_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, line: str
) -> None:
    archive, content = Archive(tmp_path / "archive"), os.urandom(100_000)
    succeeded, said = False, list[str]()
    for nth in range(1, 20):
        with monkeypatch.context() as patched:
            patched.setattr(os, call, failing(getattr(os, call), nth, number))
            try:
                archive.keep(content)
                succeeded = True
            except StoreError as error:
                said.append(str(error))
        for name in files(tmp_path):
            sha256 = name.removesuffix(".zst")
            assert archive.content(sha256) == content
        if succeeded:
            break
    assert succeeded
    assert said
    assert all(line in one and "\n" not in one for one in said)


def failing(call: Callable[..., Any], nth: int, number: int) -> Callable[..., Any]:
    """The system call, failing at its nth use."""
    count = 0

    def called(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if count == nth:
            if call is REAL_CLOSE:
                call(*args)
            raise OSError(number, os.strerror(number))
        return call(*args, **kwargs)

    return called


REAL_CLOSE = os.close


def test_a_short_write_is_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, content, write = Archive(tmp_path), os.urandom(5000), os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, bytes(data[:700])))
    assert archive.content(archive.keep(content)) == content


def test_a_symbolic_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    archive, target = Archive(tmp_path / "archive"), tmp_path / "precious"
    target.write_text("mine")
    sha256 = hashlib.sha256(b"a dump").hexdigest()
    folder = archive.path(sha256).parent
    folder.mkdir(parents=True)
    (folder / f".{sha256}.zst.part").symlink_to(target)
    with pytest.raises(StoreError):
        archive.keep(b"a dump")
    assert target.read_text() == "mine"
    assert archive.content(archive.keep(b"a dump")) == b"a dump"


def test_a_rehearsal_keeps_in_memory(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    kept = archive.keep(b"before")
    archive.rehearsed = {}
    assert archive.content(archive.keep(b"within")) == b"within"
    assert archive.content(kept) == b"before"
    archive.rehearsed = None
    assert files(tmp_path) == [f"{kept}.zst"]


def large(content: bytes, sha256: str = "") -> Dump:
    """A dump that is not held."""
    return Dump(
        source="made",
        name="made.jsonl",
        sha256=sha256 or hashlib.sha256(content).hexdigest(),
        modified=datetime(2026, 6, 1, tzinfo=UTC),
        size=len(content),
        stream=partial(BytesIO, content),
    )


@pytest.mark.parametrize("content", [b"", b"a dump", bytes(range(256)) * 20_000])
def test_a_dump_that_is_not_held_is_kept_like_any_other(tmp_path: Path, content: bytes) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.keep_dump(large(content))
    assert archive.content(sha256) == content
    before = archive.path(sha256).stat().st_ino
    archive.keep_dump(large(content))
    archive.keep(content)
    assert archive.path(sha256).stat().st_ino == before
    archive.path(sha256).write_bytes(zstandard.compress(b"another dump"))
    archive.keep_dump(large(content))
    assert archive.content(sha256) == content
    assert files(tmp_path) == [f"{sha256}.zst"]


@pytest.mark.parametrize("size", [6, 5, 7])
def test_a_dump_that_changed_since_it_was_hashed_is_not_kept(tmp_path: Path, size: int) -> None:
    archive = Archive(tmp_path)
    changed = replace(large(b"a dump", sha256="ab" * 32), size=size)
    with pytest.raises(StoreError, match=r"made\.jsonl: changed while it was read; run again"):
        archive.keep_dump(changed)
    assert files(tmp_path) == []


def test_a_full_disk_leaves_nothing_of_a_dump_that_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, content = Archive(tmp_path / "archive"), os.urandom(3_000_000)
    for nth in (1, 2, 3):
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", failing(os.write, nth, errno.ENOSPC))
            with pytest.raises(StoreError, match="the disk is full; make room"):
                archive.keep_dump(large(content))
        assert files(tmp_path) == []
    assert archive.content(archive.keep_dump(large(content))) == content


def test_a_rehearsal_keeps_no_large_dump(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.rehearsed = {}
    archive.keep_dump(large(b"a dump"))
    assert files(tmp_path) == []
