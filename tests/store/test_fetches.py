from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.errors import StoreError
from broadsheet.store import Fetch, Store, open_store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_place_that_was_never_looked_at_is_unknown(store: Store) -> None:
    assert store.fetches.of("feed", "https://example.org/") is None
    assert store.fetches.all() == ()


def test_what_was_learned_last_stands_instead_of_what_was_before(store: Store) -> None:
    place = "https://example.org/feed?key={day}"
    store.fetches.put("feed", place, NOON, "failed", "gone", {"failures": 1})
    store.fetches.put("feed", place, NOON + HOUR, "new", "back", {"etag": '"1"'})
    store.fetches.put("drop", "~/Downloads", NOON, "same", "nothing new", {"files": {"a.txt": [1, 2, "ab"]}})

    found = Fetch(source="feed", place=place, checked=NOON + HOUR, outcome="new", told="back", body={"etag": '"1"'})
    assert store.fetches.of("feed", place) == found
    assert store.fetches.of("feed", "https://example.org/other") is None
    assert [one.source for one in store.fetches.all()] == ["drop", "feed"]


def test_names_that_are_no_text_and_words_of_servers_are_kept(store: Store) -> None:
    body = {"files": {"caf\udce9\x00\u202e.txt": [1, 2, "ab"]}}
    store.fetches.put("drop", "\udce9", NOON, "failed", "two\nlines\x1b[2J \x00 " + "x" * 900, body)

    found = store.fetches.of("drop", "\udce9")
    assert found is not None
    assert found.body == body
    assert found.told.startswith("two lines")
    assert found.told.isprintable()
    assert len(found.told) == 500


def test_a_rehearsal_forgets_it(store: Store) -> None:
    with store.rehearsal():
        store.fetches.put("feed", "x", NOON, "new", "", {})
    assert store.fetches.all() == ()


@pytest.mark.parametrize("body", ["{", "[]", ""])
def test_a_damaged_row_is_told(tmp_path: Path, body: str) -> None:
    with open_store(tmp_path / "a.db", tmp_path / "archive") as store:
        store.fetches.put("feed", "x", NOON, "new", "", {})
        with store._writing() as connection:
            connection.exec_driver_sql("UPDATE fetches SET body = ?", (body,))
        with pytest.raises(StoreError, match="is damaged"):
            store.fetches.of("feed", "x")
