"""What rehearsals and searches ask the store: papers in chunks, what each run appended, the versions of a profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from broadsheet.store import Edition, Store
from broadsheet.types import Guid, Paper

from .glue import DAY, NOW, PROFILE, TUESDAY, WEDNESDAY, digest, ingest, listed

TOMORROW = DAY + timedelta(days=1)


def test_papers_come_in_chunks_each_once(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed(f"Paper {number}") for number in range(5)])
    seen: list[Paper] = []
    after = ""
    while chunk := store.papers_after(after, limit=2):
        assert len(chunk) <= 2
        seen += chunk
        after = chunk[-1].guid
    assert sorted(paper.best.title for paper in seen) == [f"Paper {number}" for number in range(5)]
    assert [paper.guid for paper in seen] == sorted(paper.guid for paper in seen)


def test_papers_are_asked_for_by_the_day_they_were_first_seen(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One")])
    ingest(store, run, [listed("One"), listed("Two")], TUESDAY)
    assert [paper.best.title for paper in store.papers_after("", limit=9, since=TOMORROW)] == ["Two"]
    assert len(store.papers_after("", limit=9, since=DAY)) == 2


def test_the_first_dump_that_listed_a_paper_is_known(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    (one,) = ingest(store, run, [listed("One")], content="first")
    ingest(store, run, [listed("One"), listed("Two")], TUESDAY, content="second")
    found = store.first_listed([one.paper.guid])
    assert found == {one.paper.guid: ("made", "made-2026-06-01.txt")}
    assert store.first_listed([]) == {}


def test_what_each_run_appended_is_known_by_its_day(store: Store) -> None:
    assert store.spans() == ()
    ingest(store, store.start_run(DAY, NOW), [listed("One"), listed("Two")])
    store.start_run(DAY, NOW)
    ingest(store, store.start_run(TOMORROW, NOW), [listed("Three")], TUESDAY)
    assert store.spans() == ((DAY, 1, 2), (TOMORROW, 3, 3))
    assert store.spans(since=TOMORROW) == ((TOMORROW, 3, 3),)
    assert store.spans(since=date(2027, 1, 1)) == ()


def test_the_last_change_of_a_paper_is_known(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    one, _ = ingest(store, run, [listed("One", abstract="We do."), listed("Two")])
    ingest(store, run, [listed("One", abstract="We did something else.")], TUESDAY)
    assert store.last_change(one.paper.guid) == 3
    assert store.last_change(Guid("title:none")) is None


def test_every_digest_is_known_with_the_profile_it_was_cut_with(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    assert store.editions("made") == ()
    ingest(store, run, [listed("One")])
    store.cut(run, PROFILE, digest(store))
    ingest(store, run, [listed("Two")], WEDNESDAY)
    edited = replace(PROFILE, limit=3, sha256="2" * 64)
    later = replace(digest(store), day=TOMORROW)
    store.cut(run, edited, later)
    assert store.editions("made") == (
        Edition(day=DAY, from_seq=1, to_seq=1, profile=PROFILE),
        Edition(day=TOMORROW, from_seq=later.from_seq, to_seq=2, profile=edited),
    )
    assert store.editions("other") == ()


def test_a_moment_of_the_first_day_is_not_before_it(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One")], datetime(2026, 6, 1, 0, 0, 0, 1, tzinfo=UTC))
    assert len(store.papers_after("", limit=9, since=DAY)) == 1
