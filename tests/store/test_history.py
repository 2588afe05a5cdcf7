"""Dumps into the store: papers, aliases, entries, the log."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet.errors import StoreError
from broadsheet.store import Store, log, open_store
from broadsheet.types import Change, Guid, Problem

from .glue import DAY, MONDAY, NOW, TUESDAY, WEDNESDAY, broken, dump, ingest, listed, parsed, report


class Nothing:
    """A decision that changes nothing."""

    papers = ()
    changes = ()


def told(changes: tuple[Change, ...]) -> list[tuple[int, str, str]]:
    return [(change.seq, change.kind, change.paper.best.title) for change in changes]


def test_a_dump_is_archived_and_its_papers_are_new(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    changes = ingest(store, run, [listed("One", abstract="We do."), listed("Two")])
    assert told(changes) == [(1, "new", "One"), (2, "new", "Two")]
    assert store.changes(1, store.head()) == changes
    guids = [change.paper.guid for change in changes]
    assert store.papers(guids) == {change.paper.guid: change.paper for change in changes}
    provenance = changes[0].paper.best.provenance
    assert provenance is not None
    assert store.papers(guids)[guids[0]].best.provenance == provenance
    assert store.has_dump(provenance.sha256)
    assert b"One" in store.content(provenance.sha256)
    assert store.counts() == {
        "dumps": 1,
        "arrivals": 1,
        "entries": 2,
        "papers": 2,
        "changes": 2,
        "digests": 0,
        "runs": 1,
    }


def test_an_empty_log_has_no_head(store: Store) -> None:
    assert store.head() == 0
    assert store.changes(1, 0) == ()
    assert store.known_aliases([]) == {}
    assert store.papers([]) == {}


def test_the_same_papers_in_another_dump_are_not_new(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One"), listed("Two")])
    assert told(ingest(store, run, [listed("TWO"), listed("Three")], TUESDAY)) == [(3, "new", "Three")]
    assert store.counts()["papers"] == 3


def test_a_changed_abstract_is_in_the_log_with_both_sides(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One", abstract="It was.")])
    (change,) = ingest(store, run, [listed("One", abstract="It is.")], TUESDAY)
    assert change == store.changes(2, 2)[0]
    assert (change.kind, change.fields[0].old, change.fields[0].new) == ("updated", "It was.", "It is.")
    assert change.paper.version == 2
    # The log keeps the paper as it was.
    assert store.changes(1, 1)[0].paper.best.abstract == "It was."


def test_the_same_content_is_read_once_and_seen_under_every_name(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    first = dump("the dump", "monday.txt")
    store.write(run, first, parsed([], MONDAY), [], {}, Nothing(), report(first))
    assert not store.arrive(run, first)
    assert store.arrive(run, dump("the dump", "renamed.txt"))
    assert store.arrive(run, replace(first, modified=NOW + timedelta(hours=1)))
    assert store.counts()["arrivals"] == 3
    assert store.seen() == {(first.sha256, first.name), (first.sha256, "renamed.txt")}
    with pytest.raises(StoreError, match=r"monday\.txt: a dump of this content was read by an earlier run"):
        store.write(run, first, parsed([], MONDAY), [], {}, Nothing(), report(first))
    assert store.counts()["dumps"] == 1


def test_a_dump_that_cannot_be_read_is_kept_and_tried_again(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    bad = dump("\x00 gibberish", "bad.txt")
    problem = Problem(
        source="made", dump="bad.txt", place=None, level="error", reason="not \x00 text", text="\udce9\x00"
    )
    for _ in range(2):
        store.quarantine(run, bad, broken(bad, problems=(problem,)))
        assert not store.has_dump(bad.sha256)
    assert store.content(bad.sha256) == bad.content
    store.write(run, bad, parsed([], MONDAY), [], {}, Nothing(), report(bad))
    assert store.has_dump(bad.sha256)
    assert store.counts()["dumps"] == 1
    assert [one.verdict for one in store.sources_since("made")] == ["broken", "complete"]


def test_problems_come_back_with_the_report(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    problem = Problem(source="made", dump="x", place=(3, 4), level="warning", reason="odd", text="Ω")
    ingest(store, run, [listed("One")], problems=[problem])
    (said,) = store.sources_since("made")
    assert said.problems == (problem,)
    assert said.taken == MONDAY


def test_known_aliases_come_with_all_others_of_the_same_papers(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One", ids={"arxiv": "2401.00001", "doi": "10.1000/x"}), listed("Two")])
    found = store.known_aliases(["doi:10.1000/x", "doi:10.1000/unknown"])
    assert set(found.values()) == {"arxiv:2401.00001"}
    assert {alias.split(":")[0] for alias in found} == {"arxiv", "doi", "title"}


def test_many_aliases_are_looked_up_at_once(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed(f"Paper {number}", ids={"pmid": str(number)}) for number in range(1, 101)])
    found = store.known_aliases([f"pmid:{number}" for number in range(1, 20_001)])
    assert len(set(found.values())) == 100


def test_a_title_and_an_id_in_two_dumps_are_one_paper_with_one_history(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    (new,) = ingest(store, run, [listed("One")])
    assert ingest(store, run, [listed("One", ids={"arxiv": "2401.00001"})], TUESDAY) == ()
    (updated,) = ingest(store, run, [listed("One, Renamed", ids={"arxiv": "2401.00001"})], WEDNESDAY)
    assert updated.paper.guid == new.paper.guid
    assert store.counts()["papers"] == 1


def test_a_late_dump_is_marked_and_overwrites_nothing(store: Store) -> None:
    first = store.start_run(DAY, NOW)
    ingest(store, first, [listed("One", abstract="It is.")], TUESDAY)
    assert store.newest_taken("made", before_run=first) is None
    second = store.start_run(DAY, NOW)
    assert store.newest_taken("made", before_run=second) == TUESDAY
    changes = ingest(store, second, [listed("One", abstract="It was."), listed("Old")], MONDAY)
    assert [(change.paper.best.title, change.kind, change.late) for change in changes] == [("Old", "new", True)]
    assert store.changes(2, 2)[0].late
    (one,) = store.find("One", limit=5)
    assert (one.best.abstract, one.first_seen, one.last_seen) == ("It is.", MONDAY, TUESDAY)
    # Another source has a history of its own.
    assert store.newest_taken("other", before_run=second) is None


def test_any_order_of_dumps_ends_in_the_same_papers(tmp_path: Path) -> None:
    dumps = [
        (MONDAY, [listed("One", abstract="First."), listed("Two", comments=1)]),
        (TUESDAY, [listed("One", abstract="Second.", ids={"doi": "10.1000/x"}), listed("Three")]),
        (WEDNESDAY, [listed("Two", comments=4, organization="A Lab"), listed("One")]),
    ]
    ends = set()
    for number, order in enumerate(itertools.permutations(dumps)):
        with open_store(tmp_path / f"{number}.db", tmp_path / "archive") as store:
            run = store.start_run(DAY, NOW)
            for taken, entries in order:
                ingest(store, run, entries, taken)
            papers = store.papers([change.paper.guid for change in store.changes(1, store.head())])
            # A guid is the alias a paper was first seen under, so it and the count of updates do depend on the order.
            ends.add(repr(sorted(repr(replace(paper, guid=Guid(""), version=1)) for paper in papers.values())))
    assert len(ends) == 1


def test_a_full_listing_tells_what_is_gone_and_what_returned(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    assert store.last_listing("list") is None
    one, two = listed("One"), listed("Two")
    ingest(store, run, [one, two], MONDAY, source="list", full=True)
    # What another source lists, or leaves out, does not count.
    ingest(store, run, [listed("Three")], MONDAY, source="other")
    left = ingest(store, run, [one], TUESDAY, source="list", full=True)
    assert told(left) == [(4, "gone", "Two")]
    assert store.gone("list") == {left[0].paper.guid}
    assert store.gone("other") == set()
    assert told(ingest(store, run, [one], WEDNESDAY, source="list", full=True)) == []
    back = ingest(store, run, [one, two], WEDNESDAY + timedelta(days=1), source="list", full=True)
    assert told(back) == [(5, "returned", "Two")]
    assert store.gone("list") == set()
    assert store.last_listing("list") == {change.paper.guid for change in store.changes(1, 2)}


def test_the_log_is_found_by_the_day_of_the_run(store: Store) -> None:
    assert store.first_seq_since(DAY) == 1
    monday = store.start_run(date(2026, 6, 1), NOW)
    ingest(store, monday, [listed("One")], MONDAY)
    tuesday = store.start_run(date(2026, 6, 2), NOW)
    ingest(store, tuesday, [listed("Two"), listed("Three")], TUESDAY)
    assert store.first_seq_since(date(2026, 5, 1)) == 1
    assert store.first_seq_since(date(2026, 6, 2)) == 2
    assert store.first_seq_since(date(2026, 6, 3)) == 4


def test_a_range_of_the_log_has_both_its_ends(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed(f"Paper {number}") for number in range(5)])
    assert [change.seq for change in store.changes(2, 4)] == [2, 3, 4]
    assert [change.seq for change in store.changes(4, 99)] == [4, 5]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ("arxiv:2401.00001", ["Caching, Fast"]),
        ("arXiv:2401.00001v3", ["Caching, Fast"]),
        ("2401.00001v2", ["Caching, Fast"]),
        ("10.1000/X", ["Caching"]),
        ("CACHING", ["Caching"]),
        ("fast", ["Caching, Fast", "Fast Tables"]),
        ("é tables", []),
        ("", []),
    ],
)
def test_a_paper_is_found_by_id_or_title(store: Store, wanted: str, titles: list[str]) -> None:
    run = store.start_run(DAY, NOW)
    ingest(
        store,
        run,
        [
            listed("Fast Tables"),
            listed("Caching, Fast", ids={"arxiv": "2401.00001"}),
            listed("Caching", ids={"doi": "10.1000/x"}),
        ],
    )
    assert [paper.best.title for paper in store.find(wanted, limit=5)] == titles
    assert [paper.best.title for paper in store.find(wanted, limit=1)] == titles[:1]


def test_a_guid_is_found_as_it_is(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    (change,) = ingest(store, run, [listed("One")])
    assert store.find(change.paper.guid, limit=2) == (change.paper,)


def test_an_entry_with_a_lone_surrogate_does_not_stop_its_dump(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    odd = replace(dump("odd"), name="caf\udce9.txt")
    assert store.arrive(run, odd)
    assert not store.arrive(run, odd)
    assert told(ingest(store, run, [listed("Odd \udce9 title"), listed("Two")]))[1] == (2, "new", "Two")


def test_a_write_that_fails_halfway_leaves_no_trace(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One")])
    before = store.counts()

    def fail(*args: object) -> None:
        raise OSError("pulled the plug")

    with monkeypatch.context() as patched:
        patched.setattr(log, "append", fail)
        with pytest.raises(StoreError, match="pulled the plug"):
            ingest(store, run, [listed("Two")], TUESDAY)
    assert store.counts() == before
    assert told(ingest(store, run, [listed("Two")], TUESDAY)) == [(2, "new", "Two")]


def test_an_alias_that_has_an_owner_already_is_refused(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    (change,) = ingest(store, run, [listed("One")])
    other = dump("another")
    with pytest.raises(StoreError, match="cannot be used"):
        store.write(run, other, parsed([], MONDAY), [], {change.paper.guid: Guid("title:x")}, Nothing(), report(other))
    assert not store.has_dump(other.sha256)


def killed_before_the_commit(url: str, archive: Path) -> None:
    """Runs in a process of its own, and does not survive it."""
    log.append = lambda *args: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    with open_store(url, archive) as store:
        ingest(store, 1, [listed("Two")], TUESDAY)


def test_a_run_that_is_killed_before_the_commit_has_done_nothing(url: str, tmp_path: Path) -> None:
    with open_store(url, tmp_path / "archive") as store:
        run = store.start_run(DAY, NOW)
        ingest(store, run, [listed("One")])
        before = store.counts()
    process = multiprocessing.get_context("spawn").Process(
        target=killed_before_the_commit, args=(url, tmp_path / "archive")
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    with open_store(url, tmp_path / "archive") as store:
        assert store.counts() == before
        # The dump was archived before anything was said about it.
        assert len(list((tmp_path / "archive").rglob("*.zst"))) == 2
        assert told(ingest(store, run, [listed("Two")], TUESDAY)) == [(2, "new", "Two")]
