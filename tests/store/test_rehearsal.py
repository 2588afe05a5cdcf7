from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.errors import StoreError
from broadsheet.store import Store, open_store

from .glue import DAY, NOW, PROFILE, TUESDAY, broken, digest, dump, ingest, listed


def test_a_rehearsal_sees_what_it_does_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One")])
    before, archived = store.counts(), sorted((tmp_path / "archive").rglob("*"))
    with store.rehearsal():
        rehearsed = store.start_run(DAY, NOW)
        changes = ingest(store, rehearsed, [listed("Two")], TUESDAY)
        assert store.changes(2, store.head()) == changes
        store.cut(rehearsed, PROFILE, digest(store))
        assert store.watermark("made") == 2
        bad = dump("bad")
        store.quarantine(rehearsed, bad, broken(bad))
        assert store.content(bad.sha256) == b"bad"
    assert store.counts() == before
    assert store.watermark("made") is None
    assert sorted((tmp_path / "archive").rglob("*")) == archived
    with pytest.raises(StoreError, match="missing from the archive"):
        store.content(bad.sha256)


def test_a_step_that_fails_in_a_rehearsal_does_not_end_it(store: Store) -> None:
    with store.rehearsal():
        run = store.start_run(DAY, NOW)
        ingest(store, run, [listed("One")])
        store.cut(run, PROFILE, digest(store))
        with pytest.raises(StoreError, match="cut already"):
            store.cut(run, PROFILE, digest(store))
        ingest(store, run, [listed("Two")], TUESDAY)
        assert store.head() == 2
    assert store.head() == 0


def test_a_rehearsal_that_is_broken_off_leaves_nothing_and_hides_no_error(store: Store) -> None:
    def rehearse() -> None:
        with store.rehearsal():
            store.start_run(DAY, NOW)
            raise FileNotFoundError("mine")

    with pytest.raises(FileNotFoundError, match="mine"):
        rehearse()
    assert store.counts()["runs"] == 0
    assert store.start_run(DAY, NOW) >= 1


def test_a_store_in_memory_can_rehearse(tmp_path: Path) -> None:
    with open_store("sqlite://", tmp_path / "archive") as store:
        with store.rehearsal():
            run = store.start_run(DAY, NOW)
            assert len(ingest(store, run, [listed("One")])) == 1
        assert store.head() == 0
    assert list(tmp_path.iterdir()) == []


def test_others_read_the_store_while_it_rehearses(store: Store, url: str, tmp_path: Path) -> None:
    with store.rehearsal():
        store.start_run(DAY, NOW)
        with open_store(url, tmp_path / "archive") as other:
            assert other.counts()["runs"] == 0
