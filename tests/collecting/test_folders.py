from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet import collecting, pipeline
from broadsheet.collecting import folders
from broadsheet.config import FromFolder
from broadsheet.fetch import folder as taking
from tests.collecting.bench import NOW, OLD, Bench, tells_of_writers


def test_files_of_a_folder_are_copied_once(bench: Bench) -> None:
    bench.folder()
    first = bench.save("a.txt")
    bench.save("notes.md")

    run = bench.collect()

    assert bench.inbox() == ["drop/a.txt"]
    assert (run.checked[0].outcome, run.checked[0].told, run.checked[0].files) == (
        *("new", "1 new file"),
        ("dumps/drop/a.txt",),
    )
    copy = bench.workspace.dumps / "drop" / "a.txt"
    assert (copy.read_bytes(), copy.stat().st_mtime_ns) == (first.read_bytes(), first.stat().st_mtime_ns)
    assert copy.stat().st_mode & 0o777 == 0o644
    assert first.exists()
    again = bench.collect()
    assert (bench.outcomes(again), again.checked[0].told) == ({"drop": "same"}, "nothing new")
    assert bench.inbox() == ["drop/a.txt"]


def test_a_file_saved_again_with_the_same_content_is_not_copied_again(bench: Bench) -> None:
    bench.folder()
    bench.save("a.txt")
    bench.collect()
    bench.save("a.txt", at=OLD + timedelta(minutes=5))
    bench.save("b.txt")

    assert bench.outcomes(bench.collect()) == {"drop": "same"}
    assert bench.inbox() == ["drop/a.txt"]


def test_a_file_whose_content_changed_lies_beside_the_earlier_one(bench: Bench) -> None:
    bench.folder()
    bench.save("a.txt", "one")
    bench.collect()
    bench.save("a.txt", "two", at=OLD + timedelta(minutes=5))

    run = bench.collect()

    assert bench.outcomes(run) == {"drop": "new"}
    again = [name for name in bench.inbox() if name != "drop/a.txt"]
    assert len(again) == 1
    assert again[0].startswith("drop/again-")
    assert again[0].endswith("/a.txt")
    assert (bench.workspace.dumps / again[0]).read_text() == "two"


def test_what_the_store_has_read_is_not_copied_again_whatever_it_is_called(bench: Bench) -> None:
    bench.folder()
    bench.save("a.txt")
    with bench.run() as run:
        pipeline.ingest(run, collecting.collect(run, bench.ways))
        (bench.workspace.dumps / "drop" / "a.txt").unlink()
        run.store.fetches.put("drop", "drop", NOW, "same", "", {})
    bench.save("b.txt")

    assert bench.outcomes(bench.collect()) == {"drop": "same"}
    assert bench.inbox() == []


def test_a_young_file_is_left_and_taken_by_a_later_run(bench: Bench) -> None:
    bench.folder()
    bench.save("a.txt", at=NOW - timedelta(seconds=taking.YOUNG - 1))

    run = bench.collect()

    assert (bench.inbox(), bench.outcomes(run), run.failures) == ([], {"drop": "same"}, [])
    assert "a.txt is still being written" in run.checked[0].told
    bench.collect(now=NOW + timedelta(seconds=1))
    assert bench.inbox() == ["drop/a.txt"]


def test_a_file_that_is_open_for_writing_is_left_however_old_it_looks(bench: Bench, tmp_path: Path) -> None:
    if not tells_of_writers(tmp_path):
        pytest.skip("this file system does not tell who writes")
    bench.folder()
    path = bench.save("a.txt")
    with path.open("ab"):
        run = bench.collect()
        assert (bench.inbox(), bench.outcomes(run)) == ([], {"drop": "same"})
    assert bench.outcomes(bench.collect()) == {"drop": "new"}


def test_a_lease_that_the_system_does_not_grant_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "no lease")

    path = tmp_path / "a.txt"
    path.write_text("a")
    with path.open("ab"):
        monkeypatch.setattr(fcntl, "fcntl", refused)
        assert not taking.is_written(path)


@pytest.mark.parametrize("change", ["grows", "is replaced", "is cut"])
def test_a_file_that_changes_while_it_is_copied_is_left(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    bench.folder()
    path = bench.save("a.txt", "old content")
    chunks = taking._chunks

    def disturbed(fd: int) -> Iterator[bytes]:
        yield from chunks(fd)
        if change == "grows":
            with path.open("a") as file:
                file.write("more")
        elif change == "is cut":
            path.write_text("old")
        else:
            (bench.drop / "new").write_text("new content")
            (bench.drop / "new").replace(path)
        os.utime(path, (OLD.timestamp(), OLD.timestamp()))

    monkeypatch.setattr(taking, "_chunks", disturbed)
    run = bench.collect()

    assert (bench.inbox(), bench.outcomes(run)) == ([], {"drop": "same"})
    monkeypatch.undo()
    bench.collect()
    assert bench.inbox() == ["drop/a.txt"]


def test_what_a_browser_has_not_fully_saved_is_left(bench: Bench) -> None:
    bench.sources("[[source]]\nname = 'drop'\nfiles = ['*']\nfolder = 'drop'\n")
    # Firefox keeps the place with an empty file.
    for name in ("a.txt", "a.txt.part", "b.txt.crdownload"):
        bench.save(name, "")

    run = bench.collect()

    assert bench.inbox() == []
    assert "a.txt is still being written" in run.checked[0].told


def test_links_folders_and_pipes_are_not_followed(bench: Bench, tmp_path: Path) -> None:
    bench.folder()
    (tmp_path / "secret").write_text("secret")
    (bench.drop / "link.txt").symlink_to(tmp_path / "secret")
    (bench.drop / "folder.txt").mkdir()
    os.mkfifo(bench.drop / "pipe.txt")
    bench.save("a.txt")

    run = bench.collect()

    assert bench.inbox() == ["drop/a.txt"]
    assert "link.txt is a link, which is not followed" in run.checked[0].told
    assert "pipe.txt is no regular file" in run.checked[0].told
    assert run.failures == []


HOSTILE = [
    b"caf\xe9.txt",
    b"\x1b[2Jx.txt",
    b"line\nbreak.txt",
    "turned\u202etxt.txt".encode(),
    b"a" * 251 + b".txt",
    ("ü" * 125).encode() + b".txt",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_becomes_a_safe_one_and_its_source_has_it(bench: Bench, name: bytes) -> None:
    bench.folder()
    bench.save(name)

    run = bench.collect()
    bench.collect()

    (found,) = bench.inbox()
    assert found.isprintable()
    assert len(found.encode()) < 200
    source = run.setup.source_of(Path(found).name)
    assert source is not None
    assert source.name == "drop"
    assert all(checked.told.isprintable() for checked in run.checked)


def test_a_safe_name_that_its_source_would_not_have_is_ours(bench: Bench) -> None:
    bench.sources("[[source]]\nname = 'drop'\nfiles = ['*\ue000\u202e']\nfolder = 'drop'\n".replace("\ue000", "x"))
    bench.save("ax\u202e")

    run = bench.collect()

    (found,) = bench.inbox()
    assert found.startswith("drop/drop-2026-06-02T050000Z-")
    source = run.setup.source_of(Path(found).name)
    assert source is not None
    assert source.name == "drop"


def test_a_moved_file_is_gone_once_it_lies_in_the_inbox(bench: Bench) -> None:
    bench.folder("move = true")
    first = bench.save("a.txt")

    assert bench.outcomes(bench.collect()) == {"drop": "new"}
    assert (bench.inbox(), first.exists()) == (["drop/a.txt"], False)
    # The same again, under another name: it lies there.
    second = bench.save("a.txt")
    assert bench.outcomes(bench.collect()) == {"drop": "same"}
    assert (bench.inbox(), second.exists()) == (["drop/a.txt"], False)


def test_a_move_that_was_cut_off_goes_on_without_a_second_copy(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.folder("move = true")
    path = bench.save("a.txt")

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "remove", refused)
        run = bench.collect()
    assert bench.outcomes(run) == {"drop": "new"}
    assert [str(failure) for failure in run.failures] == ["drop: a.txt cannot be taken over: Permission denied"]

    assert bench.collect().failures == []
    assert (bench.inbox(), path.exists()) == (["drop/a.txt"], False)


def test_a_file_that_was_replaced_after_it_was_copied_is_not_taken_away(bench: Bench) -> None:
    path = bench.save("a.txt", "one")
    (taken,) = taking.take(bench.drop, bench.workspace.dumps, wanted=lambda _: True, before={}, now=NOW)
    bench.save("b.txt", "two").replace(path)

    taking.remove(bench.drop, taken)

    assert path.read_text() == "two"


@pytest.mark.parametrize(
    ("folder", "told"),
    [("nowhere", "No such file"), ("dumps", "is the inbox"), ("dumps/deep", "is the inbox"), ("drop/a.txt", "Not a")],
)
def test_a_folder_that_cannot_be_read_keeps_no_other_source(bench: Bench, folder: str, told: str) -> None:
    bench.sources(
        f"[[source]]\nname = 'bad'\nfiles = ['*']\nfolder = '{folder}'\n"
        "[[source]]\nname = 'drop'\nfiles = ['*.txt']\nfolder = 'drop'\n"
    )
    bench.save("a.txt")
    (bench.workspace.dumps / "deep").mkdir(parents=True)

    run = bench.collect()

    assert bench.outcomes(run) == {"bad": "failed", "drop": "new"}
    assert told in str(run.failures[0])
    assert [(report.source, report.verdict, report.alarm) for report in run.unread] == [("bad", "broken", True)]


def test_a_full_disk_is_told_and_leaves_nothing_half(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.folder()
    bench.save("a.txt")

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    run = bench.collect()

    assert bench.inbox() == []
    assert "a.txt cannot be copied: No space left on device" in str(run.failures[0])


def test_what_a_killed_writer_left_is_swept_away(bench: Bench) -> None:
    bench.folder()
    left = bench.workspace.dumps / "drop" / ".collecting-1-0"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")

    bench.collect()

    assert bench.inbox() == []


def test_a_home_is_expanded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(bench.workspace.root))
    with bench.run() as run:
        assert folders.place_of(run, FromFolder(folder="~/drop")) == bench.drop


def test_a_known_file_is_not_even_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.folder()
    bench.save("a.txt")
    bench.collect()

    def read(*_: object, **__: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(taking, "begin", read)
    assert bench.outcomes(bench.collect()) == {"drop": "same"}


def test_nothing_is_taken_away_that_the_inbox_has_lost_unread(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.folder("move = true")
    path = bench.save("a.txt")
    with monkeypatch.context() as patch:
        patch.setattr(taking, "remove", crash)
        bench.collect()
    (bench.workspace.dumps / "drop" / "a.txt").unlink()

    bench.collect()

    assert (bench.inbox(), path.exists()) == (["drop/a.txt"], False)


def crash(*_: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("place", [".", "output", "output/serving", "state", "config", "templates"])
def test_a_folder_of_the_workspaces_own_is_refused_and_nothing_leaves_it(bench: Bench, place: str) -> None:
    (bench.workspace.root / place).mkdir(parents=True, exist_ok=True)
    own = bench.workspace.root / place / "own.txt"
    own.write_bytes(b"ours")
    bench.sources(f"[[source]]\nname = 'drop'\nfiles = ['*']\nfolder = '{place}'\nmove = true\n")

    run = bench.collect()

    assert "holds the workspace's own files" in str(run.failures[0])
    assert (own.exists(), bench.inbox()) == (True, [])
