"""The archive read again: through the command line, with a parser that learnt something in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from broadsheet import sources
from broadsheet.errors import ParseFailed, StoreError
from broadsheet.sources.reading import Reading
from broadsheet.store import Store
from broadsheet.types import Dump, Entry
from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID

PROFILE = """\
title = "Serving"
min_score = 1

[[rule]]
when = 'cache OR agent OR serving OR orchid'
"""

Learnt = Callable[[Entry], Entry | None]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.profile(PROFILE)
    return desk


@pytest.fixture
def parser(monkeypatch: pytest.MonkeyPatch) -> Callable[[Learnt], None]:
    """Makes the parser of copied pages give other entries: those that a function gives for each of today's."""

    def teach(learnt: Learnt) -> None:
        today = sources.FORMATS["daily-papers"]
        read = today.read

        def other(reading: Reading) -> Iterator[Entry]:
            entries = [made for entry in read(reading) if (made := learnt(entry))]
            if reading._whole is not None:
                reading._whole = replace(reading._whole, entries=tuple(entries))
            yield from entries

        formats = {**sources.FORMATS, "daily-papers": replace(today, read=other)}
        monkeypatch.setattr(sources, "FORMATS", MappingProxyType(formats))

    return teach


def titles(digest: dict[str, object]) -> list[str]:
    sections = digest["sections"]
    assert isinstance(sections, list)
    return [row["change"]["paper"]["best"]["title"] for section in sections for row in section["rows"]]


def glued(entry: Entry) -> Entry:
    """As a parser would give it that takes the date into every abstract."""
    assert entry.abstract
    return replace(entry, abstract=f"{entry.abstract} Jun 1", abstract_raw=f"{entry.abstract_raw} Jun 1")


def test_a_parser_that_learnt_nothing_changes_nothing(desk: Desk) -> None:
    desk.morning(1, [CACHE, AGENT])
    desk.morning(2, [CACHE, ORCHID])
    before = desk.json("status")

    report = desk.json("reparse")

    assert report["dumps"] == {"same": 2}
    assert (report["corrected"], report["found"], report["gone"], report["new"], report["told"]) == (0, 0, 0, 0, [])
    after = desk.json("status")
    assert {**after["counts"], "runs": 0} == {**before["counts"], "runs": 0}
    assert desk("reparse") == 0
    assert "2 dumps re-read: 2 same" in desk.out
    assert "4 entries before, 4 now" in desk.out


def test_what_was_misread_is_mended_and_no_digest_tells_it_as_news(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context():
        parser(glued)
        desk.morning(1, [CACHE, AGENT])
        desk.morning(2, [CACHE, ORCHID])
    monkeypatch.undo()
    cut = desk.published()

    report = desk.json("reparse")

    assert (report["dumps"], report["corrected"], report["found"], report["gone"]) == ({"mended": 2}, 3, 0, 0)
    told = {one["title"]: one["fields"] for dump in report["told"] for one in dump["mended"]}
    assert told.keys() == {CACHE[0], AGENT[0], ORCHID[0]}
    assert all([field["field"] for field in fields] == ["abstract"] for fields in told.values())
    assert all(field["old"] == f"{field['new']} Jun 1" for fields in told.values() for field in fields)
    assert desk("explain", AGENT[0]) == 0
    assert desk.json("reparse")["dumps"] == {"same": 2}

    desk.dump("2026-06-03.txt", [("A New Cache", AGENT[1])], day="Jun 3")
    desk.run(day="2026-06-03")
    later = desk.digest("2026-06-03")
    assert titles(later) == ["A New Cache"]
    assert (later["corrected"], later["considered"]) == (3, 1)
    assert (
        b"3 papers were corrected by re-reading old dumps." in desk.published()["output/serving/2026-06-03/digest.md"]
    )
    # The site's page of a day links to the next one.
    days = {name: content for name, content in cut.items() if "/2026-06-0" in name and "/site/" not in name}
    assert days
    assert {name: desk.published()[name] for name in days} == days


def test_a_paper_that_was_overlooked_is_stored_and_not_told(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(lambda entry: None if entry.title == AGENT[0] else entry)
    desk.morning(1, [CACHE, AGENT])
    monkeypatch.undo()

    report = desk.json("reparse")

    assert (report["entries_before"], report["entries"], report["found"], report["corrected"]) == (1, 2, 1, 0)
    assert desk("search", "agent") == 0
    assert AGENT[0] in desk.out
    assert desk("explain", AGENT[0]) == 0
    assert "it was found by re-reading an old dump, which no digest tells as news" in desk.out
    desk.dump("2026-06-02.txt", [AGENT, ORCHID], day="Jun 2")
    assert desk.run(day="2026-06-02")["new"] == 1
    assert titles(desk.digest("2026-06-02")) == [ORCHID[0]]


def test_a_paper_that_never_was_one_is_known_to_the_log_alone(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(lambda entry: replace(entry, title="Subscribe to the Cache", title_raw="Subscribe to the Cache"))
    desk.morning(1, [CACHE])
    monkeypatch.undo()

    report = desk.json("reparse")

    assert (report["found"], report["gone"], report["corrected"]) == (1, 1, 0)
    assert desk("search", "subscribe") == 0
    assert "0 of 1 papers" in desk.out
    assert desk("explain", "Subscribe to the Cache") == 1
    desk.dump("2026-06-02.txt", [("Subscribe to the Cache", CACHE[1]), ORCHID], day="Jun 2")
    assert desk.run(day="2026-06-02")["new"] == 2
    assert sorted(titles(desk.digest("2026-06-02"))) == [ORCHID[0], "Subscribe to the Cache"]


def test_news_that_no_digest_has_told_are_told_in_the_right_words(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.morning(1, [ORCHID])
    parser(lambda entry: glued(entry) if entry.title != AGENT[0] else replace(entry, title="Agents That", title_raw=""))
    desk.dump("2026-06-01-noon.txt", [CACHE, AGENT])
    desk.run()  # the day's digest is cut already: both wait
    monkeypatch.undo()
    desk.json("reparse")

    desk.run(day="2026-06-02")

    (row,) = desk.digest("2026-06-02")["sections"][0]["rows"]
    assert row["change"]["paper"]["best"]["title"] == CACHE[0]
    assert row["change"]["paper"]["best"]["abstract"] == CACHE[1]
    assert row["change"]["reparsed"] is False


def test_a_dry_run_shows_all_and_writes_nothing(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(glued)
    desk.morning(1, [CACHE, AGENT])
    monkeypatch.undo()
    before = desk.state()

    shown = desk.json("reparse", "--dry-run")

    assert (shown["dry_run"], shown["corrected"], shown["dumps"]) == (True, 2, {"mended": 1})
    assert desk.state() == before
    assert desk("reparse", "--dry-run") == 0
    assert f"~ {CACHE[0]} (abstract)" in desk.out
    assert "papers would be corrected: 2" in desk.out
    assert desk.json("reparse")["told"] == shown["told"]


def test_a_pass_is_over_one_source_or_from_a_day_on(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(glued)
    desk.morning(1, [CACHE])
    desk.morning(2, [AGENT])
    monkeypatch.undo()

    assert desk.json("reparse", "--since", "2026-06-02")["dumps"] == {"mended": 1}
    assert desk.json("reparse", "--source", "daily-papers")["dumps"] == {"same": 1, "mended": 1}
    assert desk("reparse", "--source", "nobody") == 1
    assert "there are those of: daily-papers" in desk.err


def test_a_pass_that_was_stopped_is_begun_again(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(glued)
    desk.morning(1, [CACHE])
    desk.morning(2, [AGENT])
    monkeypatch.undo()
    with monkeypatch.context() as patched:
        rewrite = Store.rewrite

        def failing(self: Store, run: int, dump: Dump, *rest: Any, **more: Any) -> Any:
            if dump.name == "2026-06-02.txt":
                raise StoreError("the disk is full")
            return rewrite(self, run, dump, *rest, **more)

        patched.setattr(Store, "rewrite", failing)
        assert desk("reparse") == 1
        assert "the disk is full" in desk.err

    report = desk.json("reparse")

    assert report["dumps"] == {"same": 1, "mended": 1}
    assert (report["corrected"], report["found"]) == (1, 0)


def test_a_wrong_id_is_taken_back_and_the_right_paper_is_news(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(lambda entry: replace(entry, ids={"arxiv": "2606.00001"}))
    desk.morning(1, [CACHE])
    monkeypatch.undo()
    assert desk("explain", "arxiv:2606.00001") == 0

    report = desk.json("reparse")

    assert (report["found"], report["gone"]) == (1, 1)
    assert desk("explain", "arxiv:2606.00001") == 1
    assert desk("explain", CACHE[0]) == 0
    parser(lambda entry: replace(entry, ids={"arxiv": "2606.00001"}))
    desk.dump("2026-06-02.txt", [ORCHID], day="Jun 2")
    assert desk.run(day="2026-06-02")["new"] == 1
    assert titles(desk.digest("2026-06-02")) == [ORCHID[0]]


def test_an_id_that_was_overlooked_joins_the_paper_that_is_there(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.morning(1, [CACHE])
    before = desk.json("search", "cache")["results"][0]["guid"]
    parser(lambda entry: replace(entry, ids={"arxiv": "2606.00001"}))

    report = desk.json("reparse")

    assert (report["corrected"], report["found"], report["gone"]) == (1, 0, 0)
    (change,) = report["told"][0]["mended"]
    assert change["fields"] == [{"field": "ids", "old": None, "new": "arxiv:2606.00001"}]
    assert change["guid"] == before
    assert desk("explain", "2606.00001") == 0


def test_works_that_a_wrong_id_made_one_are_as_many_as_if_they_had_been_read_well(
    desk: Desk, parser: Callable[[Learnt], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser(lambda entry: replace(entry, ids={"arxiv": "2606.00001"}))
    desk.morning(1, [CACHE, AGENT])
    desk.morning(2, [ORCHID, AGENT])
    monkeypatch.undo()
    assert desk.json("status")["counts"]["papers"] == 1

    desk.json("reparse")

    found = desk.json("search", "the OR orchid OR agent OR cache")["results"]
    assert sorted(one["title"] for one in found) == sorted(paper[0] for paper in (CACHE, AGENT, ORCHID))
    assert desk.json("status")["counts"]["papers"] == 3


def quarantine(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, day: str) -> None:
    """A page that the parser of the time could not read."""

    def failing(reading: Reading) -> Iterator[Entry]:
        raise ParseFailed(reading.dump.name, "cannot be read yet; wait")
        yield

    formats = dict(sources.FORMATS)
    formats["daily-papers"] = replace(formats["daily-papers"], read=failing)
    monkeypatch.setattr(sources, "FORMATS", MappingProxyType(formats))
    file = desk.dump(name, [CACHE, AGENT], day=day)
    desk.run(day="2026-06-02", code=3)
    file.unlink()
    assert desk.json("reparse", code=3)["dumps"] == {"kept": 1, "quarantined": 1}
    monkeypatch.undo()


def test_a_quarantined_dump_of_these_days_that_can_be_read_now_is_news(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.morning(1, [ORCHID])
    quarantine(desk, monkeypatch, "2026-06-02.txt", "Jun 2")

    report = desk.json("reparse")

    assert (report["dumps"], report["new"], report["found"]) == ({"recovered": 1, "same": 1}, 2, 0)
    desk.run(day="2026-06-03")
    digest = desk.digest("2026-06-03")
    assert sorted(titles(digest)) == sorted([CACHE[0], AGENT[0]])
    assert all(row["change"]["late"] for row in digest["sections"][0]["rows"])
    assert [(one["dump"], one["verdict"]) for one in digest["sources"]] == [("2026-06-02.txt", "complete")]


def test_an_old_quarantined_dump_only_completes_the_record(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.morning(1, [ORCHID])
    quarantine(desk, monkeypatch, "2026-05-02.txt", "May 2")

    report = desk.json("reparse")

    assert (report["dumps"], report["new"], report["found"]) == ({"recovered": 1, "same": 1}, 0, 2)
    desk.run(day="2026-06-03")
    digest = desk.digest("2026-06-03")
    assert titles(digest) == []
    assert digest["corrected"] == 2
    assert desk("search", "agent") == 0
    assert AGENT[0] in desk.out


def test_a_parser_that_unlearnt_something_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.morning(1, [CACHE])
    monkeypatch.setattr(sources, "FORMATS", MappingProxyType({}))

    report = desk.json("reparse", code=3)

    assert report["dumps"] == {"kept": 1}
    assert "2026-06-01.txt" in desk.err
    assert "kept as it was read before" in desk.err
    monkeypatch.undo()
    assert desk("search", "cache") == 0
    assert CACHE[0] in desk.out


def test_status_tells_of_a_pass(desk: Desk) -> None:
    desk.morning(1, [CACHE])
    assert desk("reparse") == 0
    assert desk("status") == 0
    assert "re-read 1 dump, 0 papers corrected" in desk.out
