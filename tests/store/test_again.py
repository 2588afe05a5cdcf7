"""What later dumps are measured against, and what re-reading old ones needs of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from broadsheet.changes import Decision
from broadsheet.store import Store, migrate, open_store
from broadsheet.store.engine import _postgresql, _sqlite, _url
from broadsheet.types import Change, Guid, Problem

from .glue import DAY, MONDAY, NOW, TUESDAY, WEDNESDAY, broken, dump, ingest, listed, parsed, report


def test_the_history_of_a_source_is_its_dumps_until_a_time(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One"), listed("Two")], MONDAY)
    ingest(store, run, [listed("Two")], WEDNESDAY)
    ingest(store, run, [listed("Two")], TUESDAY, source="other")
    store.quarantine(run, dump("bad"), broken(dump("bad"), taken=MONDAY))

    assert [
        (past.taken, past.entries, past.verdict, past.read) for past in store.history("made", TUESDAY, limit=9)
    ] == [(MONDAY, 2, "complete", DAY)]
    both = store.history("made", WEDNESDAY, limit=9)
    assert [past.taken for past in both] == [WEDNESDAY, MONDAY]
    assert store.history("made", WEDNESDAY, limit=1) == both[:1]
    assert store.listing(both[1].sha256) == {change.paper.guid for change in store.changes(1, 2)}
    assert store.listing("no such dump") == set()


def test_the_latest_day_on_a_paper_is_remembered(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    raw = dump("dated")
    store.write(
        run, raw, parsed((), MONDAY), (), {}, Decision(papers=(), changes=()), report(raw, newest=date(2026, 5, 30))
    )
    assert [past.newest for past in store.history("made", MONDAY, limit=1)] == [date(2026, 5, 30)]


def test_which_papers_a_source_has_listed(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    one, two = (change.paper.guid for change in ingest(store, run, [listed("One"), listed("Two")]))
    ingest(store, run, [listed("Two")], TUESDAY, source="other")
    assert store.listed("made", {one, two}) == {one, two}
    assert store.listed("other", {one, two}) == {two}
    assert store.listed("nobody", {one, two}) == set()


def test_the_last_report_of_each_source(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    ingest(store, run, [listed("One")], MONDAY)
    ingest(store, run, [listed("Two")], TUESDAY)
    ingest(store, run, [listed("Two")], MONDAY, source="other")
    told = [(one.source, one.dump) for one in store.latest_reports()]
    assert told == [("made", "made-2026-06-02.txt"), ("other", "other-2026-06-01.txt")]


def test_dumps_come_back_in_the_order_of_reading(store: Store) -> None:
    first = store.start_run(DAY, NOW)
    ingest(store, first, [listed("Two")], TUESDAY)
    ingest(store, first, [listed("One")], MONDAY)
    second = store.start_run(DAY, NOW)
    ingest(store, second, [listed("Old")], MONDAY, source="other")
    store.quarantine(second, dump("bad", "bad.txt"), broken(dump("bad")))

    stored = store.stored()
    # Within a run the oldest first; what has no date comes before all of its run.
    assert [one.name for one in stored] == [
        "made-2026-06-01.txt",
        "made-2026-06-02.txt",
        "bad.txt",
        "other-2026-06-01.txt",
    ]
    assert [one.read for one in stored] == [True, True, False, True]
    assert [one.name for one in store.stored(source="other")] == ["other-2026-06-01.txt"]
    assert [one.name for one in store.stored(since=date(2026, 6, 2))] == ["made-2026-06-02.txt", "bad.txt"]
    known = store.known_dump(stored[0].sha256)
    assert known == stored[0]
    assert store.known_dump(stored[2].sha256) is None


def test_what_a_dump_says_is_replaced_as_a_whole(store: Store) -> None:
    run = store.start_run(DAY, NOW)
    wrong = ingest(store, run, [listed("Wrong"), listed("Kept")], content="raw")
    ingest(store, run, [listed("Kept")], TUESDAY)
    again = store.stored()[0]
    right = replace(wrong[0].paper, guid=Guid("arxiv:2606.00001"), best=listed("Right"))
    problem = Problem(source="made", dump="d", place=(2, 3), level="warning", reason="odd")

    made = store.rewrite(
        run,
        replace(dump("raw"), name=again.name),
        [listed("Right")],
        [right.guid],
        Decision(papers=(right,), changes=(Change(seq=0, kind="new", paper=right, late=True, reparsed=True),)),
        report(dump("raw"), entries=1, problems=(problem,)),
        recovered=False,
        aliases={"arxiv:2606.00001": right.guid, "title:right": right.guid},
        dropped={("title:no such", right.guid)},
        forgotten={wrong[0].paper.guid},
    )

    assert [(change.seq, change.reparsed, change.late) for change in made] == [(3, True, True)]
    assert store.changes(3, 3) == made
    assert [(guid, entry.title) for guid, entry in store.entries(again.number)] == [(right.guid, "Right")]
    assert store.problems(again.number) == ((2, 3, "warning", "odd"),)
    assert store.known_aliases({"title:right"}).keys() == {"arxiv:2606.00001", "title:right"}
    # Only the log knows the paper that never was; no digest need wait for what was mended.
    gone = wrong[0].paper.guid
    assert store.papers({gone, right.guid}).keys() == {right.guid}
    assert store.known_aliases({gone}) == {}
    assert gone not in {paper.guid for paper in store.papers_after("", limit=9)}
    assert store.find("Wrong", limit=1) == ()
    assert store.counts()["papers"] == 2
    assert store.changes(1, 1)[0].paper.guid == gone
    assert store.last_change(right.guid) is None
    assert len(store.sources_since("made")) == 2


def test_an_older_store_gets_the_history_of_its_dumps(url: str, tmp_path: Path) -> None:
    place = _url(url)
    old = _sqlite(place) if place.get_backend_name() == "sqlite" else _postgresql(place)
    migrate.migrate(old, "0001")
    with old.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO runs (id, day, started) VALUES (1, '2026-06-01', '2026-06-01T06:00:00.000000+00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO dumps (id, sha256, source, name, size, state, format, taken, taken_from, run) VALUES "
            "(1, 'aa', 'made', 'a.txt', 1, 'read', 'made', '2026-06-01T00:00:00.000000+00:00', 'file name', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO papers (guid, title, version, first_seen, last_seen, body) "
            "VALUES ('title:x', 'X', 1, '', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO changes (seq, kind, guid, dump, run, late, fields, body) "
            "VALUES (1, 'new', 'title:x', 1, 1, 0, '[]', '')"
        )
        for number, verdict in ((1, "broken"), (2, "partial")):
            body = f'{{"dump": "a.txt", "source": "made", "verdict": "{verdict}", "entries": 7, "reason": "100 %"}}'
            row = f"INSERT INTO reports (id, run, sha256, body) VALUES ({number}, 1, 'aa', '{body}')"  # noqa: S608
            connection.exec_driver_sql(row.replace("%", "%%") if place.get_backend_name() != "sqlite" else row)
    old.dispose()

    with open_store(url, tmp_path / "archive") as store:
        (past,) = store.history("made", MONDAY, limit=9)
        assert (past.dump, past.verdict, past.entries, past.newest) == ("a.txt", "partial", 7, None)
        assert store.last_change(Guid("title:x")) == 1
