"""A glance at the store: few rows, no lock, and who holds one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from broadsheet.errors import StoreBusy
from broadsheet.store import Store, open_store, schema

NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
EARLIER = datetime(2026, 5, 1, 6, tzinfo=UTC)


def test_an_empty_store_has_nothing_of_anything(store: Store) -> None:
    found = store.glance()
    assert set(found.counts.values()) == {0}
    assert (found.head, found.digests) == (0, {})
    assert (found.started, found.succeeded, found.owed_since) == (None, None, None)


def test_the_latest_run_is_the_one_that_started_last(store: Store) -> None:
    store.end_run(store.start_run(date(2026, 6, 1), NOW), 0, "{}", NOW)
    store.end_run(store.start_run(date(2026, 5, 1), EARLIER), 0, "{}", EARLIER)
    store.end_run(store.start_run(date(2026, 5, 2), EARLIER), 1, "no", EARLIER)
    found = store.glance()
    assert (found.started, found.succeeded) == (NOW, NOW)
    assert found.counts["runs"] == 3


def test_the_holder_of_each_lock_is_named_while_it_holds_it(store: Store) -> None:
    assert (store.holder(), store.sender()) == (None, None)
    with store.lock(now=NOW):
        assert (store.holder() or "").startswith("process ")
        assert "since 01 Jun 06:00 UTC" in (store.holder() or "")
        assert store.sender() is None
    with store.delivery_lock(now=NOW):
        assert store.holder() is None
        assert "since 01 Jun 06:00 UTC" in (store.sender() or "")
    assert (store.holder(), store.sender()) == (None, None)


def test_looking_takes_the_lock_from_nobody_and_keeps_none(store: Store, url: str, tmp_path: Path) -> None:
    with open_store(url, tmp_path / "archive") as other, store.lock(now=NOW):
        assert other.holder()
        with pytest.raises(StoreBusy), other.lock(now=NOW):
            pass
    with open_store(url, tmp_path / "archive") as other:
        assert other.holder() is None
        with store.lock(now=NOW):
            pass


def test_messages_are_counted_by_the_profiles_last_digest(store: Store) -> None:
    run = store.start_run(date(2026, 6, 1), NOW)
    with store._writing() as connection:
        connection.execute(insert(schema.profiles).values(name="a", sha256="0", run=run, body="{}"))
        for day, to_seq in (("2026-05-31", 3), ("2026-06-01", 7)):
            connection.execute(
                insert(schema.digests).values(
                    profile="a", day=day, from_seq=to_seq, to_seq=to_seq, to_report=0, sha256="0", run=run, published=1,
                    body="no digest at all, and never read",
                )
            )  # fmt: skip
            for number, state in enumerate(("sent", "sent", "held", "pending")):
                connection.execute(
                    insert(schema.outbox).values(
                        profile="a", day=day, delivery="me", kind="smtp", receiver=f"{number}@example.org", state=state,
                        attempt=1, since=day, run=run,
                    )
                )  # fmt: skip
    found = store.glance()
    last = found.digests["a"]
    assert (last.day, last.to_seq, last.shown) == (date(2026, 6, 1), 7, 0)
    assert last.messages == {"sent": 2, "held": 1, "pending": 1}
    assert found.owed_since == NOW
