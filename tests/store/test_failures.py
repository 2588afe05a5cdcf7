"""Disks that are full or read-only, stores that are locked or damaged: one clear line, and nothing lost."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from broadsheet.changes import Decision
from broadsheet.errors import StoreError
from broadsheet.store import Store, engine, open_store
from broadsheet.store.failures import told
from broadsheet.store.parts import Part
from broadsheet.types import Guid

from .glue import DAY, NOW, PROFILE, TUESDAY, WEDNESDAY, broken, digest, dump, ingest, listed, parsed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An SQLite store with two dumps and a digest in it."""
    path = tmp_path / "broadsheet.db"
    with open_store(path, tmp_path / "archive") as store:
        run = store.start_run(DAY, NOW)
        ingest(store, run, [listed(f"Paper {number}", abstract="We do. " * 200) for number in range(40)])
        store.cut(run, PROFILE, digest(store))
        ingest(store, run, [listed(f"Paper {number}", abstract="We did. " * 200) for number in range(40)], TUESDAY)
    return path


def use(file: Path) -> list[object]:
    """Ask everything and write something."""
    with open_store(file, file.parent / "archive") as store:
        found: list[object] = [
            store.counts(),
            store.changes(1, store.head()),
            store.digest("made", DAY),
            store.sources_since("made"),
            store.newest_taken("made", before_run=9),
            store.find("paper 7", limit=3),
            store.last_listing("made"),
        ]
        run = store.start_run(DAY, NOW)
        ingest(store, run, [listed("Another")], WEDNESDAY)
        return found


# The child may write files of 200 KiB at most; SQLite and the archive meet that limit as they would meet a full disk.
LIMITED = """
import resource, sys
from pathlib import Path
from broadsheet.errors import StoreError
from broadsheet.store import open_store
from tests.store.glue import DAY, NOW, TUESDAY, WEDNESDAY, ingest, listed

folder, what = Path(sys.argv[1]), sys.argv[2]
with open_store(folder / "broadsheet.db", folder / "archive") as store:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One")])
    resource.setrlimit(resource.RLIMIT_FSIZE, (200 * 1024, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        if what == "store":
            ingest(store, run, [listed(str(n), abstract="x" * 9000) for n in range(300)], TUESDAY, content="short")
        else:
            store.keep(__import__("random").Random(1).randbytes(400 * 1024))
        print("no error")
    except StoreError as error:
        print(error)
    # Once there is room again, all is well.
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
    print(store.counts()["papers"], store.head())
    ingest(store, run, [listed("Two")], WEDNESDAY)
    print(store.counts()["papers"], store.head())
"""


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("store", ("broadsheet.db: ", "the disk is full|full or failing disk|limit on file sizes")),
        ("archive", (".zst", r"not allowed to grow: a limit on file sizes is set \(ulimit -f\)")),
    ],
)
def test_a_disk_that_fills_up_gives_one_line_and_loses_nothing(
    tmp_path: Path, what: str, lines: tuple[str, str]
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path), what],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    said, *counts = ran.stdout.splitlines()
    assert lines[0] in said
    with pytest.raises(StoreError, match=lines[1]):
        raise StoreError(said)
    assert counts == ["1 1", "2 2"]
    assert not list((tmp_path / "archive").rglob("*.part"))


def test_a_store_that_may_not_be_written_says_so(file: Path) -> None:
    # Opened read-only, which holds for root too, whom permissions do not stop.
    with (
        contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection,
        pytest.raises(StoreError, match=r"b\.db: cannot be written: .*read-only for this user"),
        told("b.db"),
    ):
        connection.execute("DELETE FROM runs")


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (errno.ENOSPC, "the disk is full; make room and run again"),
        (errno.EDQUOT, "the quota is used up"),
        (errno.EACCES, "read-only for this user"),
        (errno.EIO, "cannot be used: Input/output error"),
    ],
)
def test_an_error_of_the_system_is_one_line_with_the_place(number: int, line: str) -> None:
    with pytest.raises(StoreError, match=rf"^/there/file: .*{line}") as caught, told("elsewhere"):
        raise OSError(number, os.strerror(number), "/there/file")
    assert "\n" not in str(caught.value)


READS: list[Callable[[Store], Any]] = [
    lambda store: store.counts(),
    lambda store: store.has_dump("0"),
    lambda store: store.seen(),
    lambda store: store.newest_taken("made", before_run=9),
    lambda store: store.last_listing("made"),
    lambda store: store.history("made", WEDNESDAY, limit=9),
    lambda store: store.listing("0"),
    lambda store: store.listed("made", []),
    lambda store: store.latest_reports(),
    lambda store: store.known_dump("0"),
    lambda store: store.stored(),
    lambda store: store.entries(1),
    lambda store: store.problems(1),
    lambda store: store.listings([], besides=1),
    lambda store: store.gone("made"),
    lambda store: store.told_in_parts(Part(1, 0)),
    lambda store: store.sources_since("made"),
    lambda store: store.known_aliases(["title:x"]),
    lambda store: store.papers([]),
    lambda store: store.find("x", limit=1),
    lambda store: store.papers_after("", limit=1),
    lambda store: store.first_listed([]),
    lambda store: store.last_change(Guid("title:x")),
    lambda store: store.spans(),
    lambda store: store.editions("made"),
    lambda store: store.head(),
    lambda store: store.changes(1, 2),
    lambda store: store.first_seq_since(DAY),
    lambda store: store.watermark("made"),
    lambda store: store.profiles(),
    lambda store: store.digest("made", DAY),
    lambda store: store.digests("made", limit=1),
    lambda store: store.unpublished(),
    lambda store: store.artifacts("made", DAY),
    lambda store: store.last_runs(1),
    lambda store: store.pages.mark(),
    lambda store: store.pages.dumps_since(0),
    lambda store: store.pages.listed_since(1, 0, after=0, limit=9),
    lambda store: store.pages.touched_since(0, after="", limit=9),
    lambda store: store.pages.digests_since(0),
    lambda store: store.pages.reported_since(0),
    lambda store: store.pages.with_page([]),
    lambda store: store.pages.months(),
    lambda store: store.pages.of_month("2026-06", limit=9),
    lambda store: store.pages.histories([]),
    lambda store: store.pages.reasons("made", DAY),
    lambda store: store.pages.days("made"),
    lambda store: store.pages.told("made", limit=9),
    lambda store: store.glance(),
    lambda store: store.holder(),
    lambda store: store.sender(),
    lambda store: store.last_day("made", until=DAY),
    lambda store: store.waits("made", start=DAY),
    lambda store: store.has_arrived("a.txt", "0"),
    lambda store: store.why_broken("0"),
    lambda store: store.is_told("0", broken(dump("other"))),
]
WRITES: list[Callable[[Store], Any]] = [
    lambda store: store.start_run(DAY, NOW),
    lambda store: store.end_run(1, 0, "", NOW),
    lambda store: store.arrive(1, dump("other")),
    lambda store: ingest(store, 1, [listed("Other")], WEDNESDAY),
    lambda store: store.quarantine(1, dump("other"), broken(dump("other"))),
    lambda store: store.repeated(1, dump("other"), broken(dump("other"))),
    lambda store: store.tell(1, "0", broken(dump("other"))),
    lambda store: store.rewrite(
        1,
        dump("other"),
        (),
        (),
        Decision(papers=(), changes=()),
        broken(dump("other")),
        recovered=False,
        aliases={},
        dropped=(),
        forgotten=(),
    ),
    lambda store: store.begin_parts(1, dump("other"), parsed((), WEDNESDAY), source="made", entries=0),
    lambda store: store.write_part(1, Part(1, 0), (), (), {}, Decision(papers=(), changes=())),
    lambda store: store.end_parts(1, Part(1, 0), dump("other"), Decision(papers=(), changes=()), broken(dump("other"))),
    lambda store: store.opened(1, dump("other"), None, whole=True),
    lambda store: store.published("made", DAY, ()),
    lambda store: store.cut(1, PROFILE, digest(store)),
    lambda store: store.take_back("made", DAY),
    lambda store: store.rehearsal().__enter__(),
]


def test_a_locked_store_can_be_read_and_refuses_to_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 10)
    with (
        open_store(file, file.parent / "archive") as store,
        contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        for read in READS:
            read(store)
        for write in WRITES:
            with pytest.raises(StoreError, match="is locked by another program; wait for it or stop it"):
                write(store)
        other.execute("ROLLBACK")
        store.start_run(DAY, NOW)


def test_no_method_of_the_store_is_left_out_of_the_locked_ones() -> None:
    called = {name for call in (*READS, *WRITES) for name in call.__code__.co_names}
    here = {name for name in vars(Store) if not name.startswith("_")}
    assert here - called == {"close", "lock", "delivery_lock", "keep", "content", "stream", "write"}


def test_pages_that_were_overwritten_are_named_and_never_a_traceback(file: Path) -> None:
    whole = file.read_bytes()
    refused: list[str] = []
    for seed in range(60):
        chance = random.Random(seed)  # noqa: S311
        content = bytearray(whole)
        for _ in range(chance.choice((1, 30))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        page = chance.randrange(len(content) // 4096) * 4096
        content[page : page + 4096] = chance.choice((bytes(4096), chance.randbytes(4096)))
        file.write_bytes(content)
        for beside in ("-wal", "-shm"):
            Path(f"{file}{beside}").unlink(missing_ok=True)
        try:
            use(file)
        except StoreError as error:
            refused.append(str(error))
    assert len(refused) > 30
    assert all(line.startswith(str(file)) and "\n" not in line for line in refused)


def test_a_body_that_was_overwritten_is_named_with_the_store(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE papers SET body = substr(body, 1, 40)")
    with pytest.raises(StoreError, match=r"broadsheet\.db: is damaged; restore it from a backup.*\[a paper: "):
        use(file)


def test_a_store_that_was_cut_short_is_named(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(StoreError, match=r"broadsheet\.db: is damaged; restore it from a backup"):
        use(file)


def test_programming_mistakes_are_not_dressed_up(store: Store) -> None:
    with pytest.raises(AssertionError), told("here"):
        raise AssertionError
    with pytest.raises(AttributeError):
        store.arrive(1, "no dump")  # type: ignore[arg-type]
