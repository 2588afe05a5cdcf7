"""Who asked to be left out, as the store keeps it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.store import EVERY, Store, has_left, open_store

NOW = datetime(2026, 6, 3, 6, tzinfo=UTC)
LATER = datetime(2026, 6, 4, 6, tzinfo=UTC)


def test_the_first_time_stands(store: Store) -> None:
    assert store.leavers.add("Anna@Example.org", "serving", NOW, "first\x00\ud800\nline " + "x" * 1000)
    assert not store.leavers.add("anna@example.org", "serving", LATER, "second")
    (leaver,) = store.leavers.told()
    assert (leaver.receiver, leaver.profile, leaver.at) == ("anna@example.org", "serving", NOW)
    assert leaver.told.startswith("first")
    assert len(leaver.told) == 300


def test_case_does_not_matter_and_what_stands_behind_a_plus_does(store: Store) -> None:
    store.leavers.add("anna+papers@example.org", "serving", NOW, "")
    leavers = store.leavers.all()
    assert has_left(leavers, "Anna+Papers@EXAMPLE.org", "serving")
    assert not has_left(leavers, "anna@example.org", "serving")
    assert not has_left(leavers, "anna+papers@example.org", "Serving")


def test_every_is_each_profile(store: Store) -> None:
    store.leavers.add("anna@example.org", EVERY, NOW, "")
    assert has_left(store.leavers.all(), "anna@example.org", "whatever")
    assert not has_left(store.leavers.all(), "bea@example.org", "whatever")


def test_who_is_welcomed_back_has_not_left(store: Store) -> None:
    for profile in ("serving", "graphs", EVERY):
        store.leavers.add("anna@example.org", profile, NOW, "")
    store.leavers.add("bea@example.org", "serving", NOW, "")
    assert store.leavers.remove("Anna@example.org", "serving") == 1
    assert store.leavers.remove("anna@example.org") == 2
    assert store.leavers.remove("anna@example.org") == 0
    assert store.leavers.all() == {("bea@example.org", "serving")}


def test_two_runs_that_read_the_same_request_are_one_request(url: str, tmp_path: Path) -> None:
    added = list[bool]()
    begun = threading.Barrier(2)

    def run() -> None:
        with open_store(url, tmp_path / "archive") as store:
            store.leavers.all()
            begun.wait(10)
            added.extend(store.leavers.add(f"reader-{number}@example.org", "serving", NOW, "") for number in range(20))

    runs = [threading.Thread(target=run) for _ in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join(30)
    assert sorted(added) == [False] * 20 + [True] * 20
