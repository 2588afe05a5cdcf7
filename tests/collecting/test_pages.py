from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broadsheet import collecting, pipeline
from broadsheet.errors import StoreError
from broadsheet.fetch import Answer, Validators, landing
from tests.collecting.bench import FEED, NOW, PAPER, SAME, Bench, Pages, new


def test_a_page_becomes_a_dump_named_after_source_and_time(bench: Bench) -> None:
    bench.page()
    bench.pages.answers = {"https://example.org/feed": [new(), SAME]}

    run = bench.collect()

    assert bench.inbox() == ["feed/feed-2026-06-02T060000Z.xml"]
    file = bench.workspace.dumps / "feed" / "feed-2026-06-02T060000Z.xml"
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (FEED, 0o644)
    assert run.checked[0].told == "feed-2026-06-02T060000Z.xml, 81 bytes"
    assert run.checked[0].files == ("dumps/feed/feed-2026-06-02T060000Z.xml",)

    again = bench.collect(now=NOW + timedelta(days=1))
    assert (again.checked[0].outcome, again.checked[0].told) == ("same", "nothing new")
    assert [validators.etag for _, validators in bench.pages.asked] == ["", '"1"']
    assert len(bench.inbox()) == 1


def test_the_same_bytes_as_last_time_make_no_second_file(bench: Bench) -> None:
    bench.page()
    bench.pages.answers = {"https://example.org/feed": [new(etag="a"), new(etag="b"), new(b"<rss/>", etag="c")]}

    for day, outcome in enumerate(("new", "same", "new")):
        assert bench.outcomes(bench.collect(now=NOW + timedelta(days=day))) == {"feed": outcome}
        # Hidden files too.
        assert len(bench.inbox()) == (1, 1, 2)[day]

    assert bench.inbox() == ["feed/feed-2026-06-02T060000Z.xml", "feed/feed-2026-06-04T060000Z.xml"]
    assert [validators.etag for _, validators in bench.pages.asked] == ["", "a", "b"]


def test_two_answers_of_one_second_have_two_names(bench: Bench) -> None:
    bench.page()
    bench.pages.answers = {"https://example.org/feed": [new(b"<rss>1</rss>"), new(b"<rss>2</rss>")]}
    bench.collect()
    bench.collect()
    assert bench.inbox() == ["feed/feed-2026-06-02T060000Z-2.xml", "feed/feed-2026-06-02T060000Z.xml"]


def test_validators_are_kept_only_when_the_file_is(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.page()
    bench.pages.answers = {"https://example.org/feed": [new()]}
    with bench.run() as run:
        monkeypatch.setattr(run.store.fetches, "put", crash)
        with pytest.raises(StoreError):
            collecting.collect(run, bench.ways)
    assert len(bench.inbox()) == 1

    bench.collect()

    assert [validators for _, validators in bench.pages.asked] == [Validators(), Validators()]


def crash(*_: object) -> None:
    raise StoreError("gone")


def test_nothing_is_asked_conditionally_whose_answer_is_gone_unread(bench: Bench) -> None:
    bench.page(url="https://example.org/page")
    bench.pages.answers = {"https://example.org/page": [new(PAPER.encode())]}
    bench.collect()
    (file,) = (bench.workspace.dumps / "feed").iterdir()
    file.unlink()

    assert bench.outcomes(bench.collect()) == {"feed": "new"}
    assert bench.pages.asked[-1][1] == Validators()

    # Once a run has read it, the store has it, and the file may go.
    with bench.run() as run:
        pipeline.ingest(run, collecting.lying(run))
    for file in (bench.workspace.dumps / "feed").iterdir():
        file.unlink()
    assert bench.outcomes(bench.collect()) == {"feed": "same"}
    assert bench.pages.asked[-1][1] == Validators(etag='"1"')


def test_the_day_of_the_run_stands_in_the_address(bench: Bench) -> None:
    bench.page(url="https://example.org/{day}/{day}")
    bench.pages.answers = {
        f"https://example.org/{day}/{day}": [new(day.encode(), media_type="text/plain")]
        for day in ("2026-06-02", "2026-06-03")
    }

    bench.collect()
    bench.collect(now=NOW + timedelta(days=1))

    # Another address is another page: what its server said of the first one means nothing.
    assert bench.pages.asked == [
        ("https://example.org/2026-06-02/2026-06-02", Validators()),
        ("https://example.org/2026-06-03/2026-06-03", Validators()),
    ]
    assert bench.inbox() == ["feed/feed-2026-06-02T060000Z.txt", "feed/feed-2026-06-03T060000Z.txt"]


def test_a_failure_is_told_and_counted_and_forgotten_when_all_is_well(bench: Bench) -> None:
    bench.page()
    failed = Answer(state="failed", told="https://example.org/feed: gone\x1b[2J\nfor good")
    bench.pages.answers = {"https://example.org/feed": [failed, failed, new(), failed]}

    runs = [bench.collect(now=NOW + timedelta(days=day)) for day in range(4)]

    told = [run.checked[0].told for run in runs]
    assert told[0] == "https://example.org/feed: gone [2J for good"
    assert told[1] == f"{told[0]} (2 times in a row)"
    assert told[3] == told[0]
    # In the same words each time, so that the operator is told of it once.
    assert [list(map(str, run.failures)) for run in runs] == [
        [f"feed: {told[0]}"],
        [f"feed: {told[0]}"],
        [],
        [f"feed: {told[0]}"],
    ]
    assert runs[0].unread[0].reason == f"could not be collected: {told[0]}"
    with bench.run() as run:
        (fetch,) = run.store.fetches.all()
    assert (fetch.outcome, fetch.body["failures"], fetch.place) == ("failed", 1, "https://example.org/feed")
    # What is known of the last good answer outlives the failures.
    assert fetch.body["etag"] == '"1"'


def test_a_server_that_wants_to_be_left_alone_is_left_alone(bench: Bench) -> None:
    bench.page()
    later = Answer(state="later", told="https://example.org/feed: 429", retry_after=3600)
    bench.pages.answers = {"https://example.org/feed": [later, new()]}

    bench.collect()
    early = bench.collect(now=NOW + timedelta(minutes=59))

    assert len(bench.pages.asked) == 1
    assert early.checked[0].outcome == "later"
    assert early.checked[0].told == "was not asked: example.org wants to be left alone until 2026-06-02 07:00 UTC"
    assert len(early.failures) == 1
    with bench.run() as run:
        (fetch,) = run.store.fetches.all()
    assert (fetch.checked, fetch.body["failures"]) == (NOW, 1)
    assert bench.outcomes(bench.collect(now=NOW + timedelta(minutes=60))) == {"feed": "new"}


def test_nobody_is_left_alone_for_longer_than_a_day(bench: Bench) -> None:
    bench.page()
    bench.pages.answers = {"https://example.org/feed": [Answer(state="later", told="x", retry_after=10**7), new()]}
    bench.collect()
    assert bench.outcomes(bench.collect(now=NOW + timedelta(days=1))) == {"feed": "new"}


def test_a_page_that_moved_for_good_is_told(bench: Bench) -> None:
    bench.page()
    moved = Answer(state="new", content=b"<rss/>", told="https://example.org/feed: has moved to elsewhere for good")
    bench.pages.answers = {"https://example.org/feed": [moved]}
    assert "has moved to elsewhere for good" in bench.collect().checked[0].told


def test_a_fault_of_ours_keeps_no_other_source(bench: Bench) -> None:
    bench.sources(
        "[[source]]\nname = 'a'\nurl = 'https://one.example.org/'\n[[source]]\nname = 'b'\nurl = 'https://two.example.org/'\n"
    )
    bench.pages.answers = {"https://one.example.org/": [ZeroDivisionError("x")], "https://two.example.org/": [new()]}

    run = bench.collect()

    assert bench.outcomes(run) == {"a": "failed", "b": "new"}
    assert "ZeroDivisionError" in run.checked[0].told


class Meeting(Pages):
    """Servers that answer once all hosts were asked at the same time; who comes twice at once to one is noted."""

    def __init__(self, hosts: int) -> None:
        super().__init__()
        self.barrier, self.busy, self.clashes = threading.Barrier(hosts), set[str](), 0

    def get(self, url: str, **named: Any) -> Answer:
        host = url.split("/")[2]
        self.clashes += host in self.busy
        self.busy.add(host)
        if url.endswith("/1"):
            self.barrier.wait(timeout=20)
        self.asked.append((url, named["validators"]))
        self.busy.discard(host)
        return new(url.encode())


def test_hosts_are_asked_at_the_same_time_and_each_in_order(bench: Bench) -> None:
    names = [(host, number) for number in (1, 2) for host in "abcd"]
    bench.sources(
        "".join(f"[[source]]\nname = '{host}{n}'\nurl = 'https://{host}.example.org/{n}'\n" for host, n in names)
    )
    bench.pages = meeting = Meeting(4)

    run = bench.collect()

    assert [checked.source for checked in run.checked] == [f"{host}{number}" for host, number in names]
    assert set(bench.outcomes(run).values()) == {"new"}
    assert meeting.clashes == 0
    for host in "abcd":
        assert [url[-1] for url, _ in meeting.asked if f"//{host}." in url] == ["1", "2"]


@pytest.mark.parametrize(
    ("content", "media_type", "wanted"),
    [
        (b"<?xml version='1.0'?><feed/>", "text/plain", "xml"),
        (b"\xef\xbb\xbf<rss/>", "", "xml"),
        (b' \n{"a": 1}', "text/html", "json"),
        (b"[]", "", "json"),
        (b"<!DOCTYPE html><html>", "application/xml", "html"),
        (b"\x1f\x8b\x08", "application/json", "gz"),
        (b"PK\x03\x04", "", "zip"),
        (b"From: a\n\n", "message/rfc822", "eml"),
        (b"PMID- 1", "text/plain; charset=utf-8", "txt"),
        (b"", "../../x", "txt"),
        (b"x", "application/atom+xml", "xml"),
    ],
)
def test_a_dump_ends_in_what_it_is(content: bytes, media_type: str, wanted: str) -> None:
    assert landing.extension(content, media_type) == wanted


def test_a_dump_can_be_read_by_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        begun = landing.begin(tmp_path, [b"x"])
    finally:
        os.umask(before)
    assert begun.path.stat().st_mode & 0o777 == 0o644


LOGIN = b"<!doctype html><html><head><title>Log in</title></head><body><h1>Log in</h1></body></html>"


@pytest.mark.parametrize("again", [SAME, new(LOGIN)])
def test_a_source_that_goes_on_serving_a_log_in_page_has_failed_until_it_serves_another(
    bench: Bench, again: Answer
) -> None:
    bench.page()
    good = new(b"<?xml version='1.0'?><rss version='2.0'><channel><title>good again</title></channel></rss>", etag="2")
    bench.pages.answers = {"https://example.org/feed": [new(LOGIN), again, good]}

    codes, outcomes = [], []
    for day in range(3):
        now = NOW + timedelta(days=day)
        with bench.run(now=now) as run:
            pipeline.ingest(run, collecting.collect(run, bench.ways))
            codes.append(pipeline.finish(run).exit)
        outcomes.append(bench.outcomes(run)["feed"])
        if day == 1:
            (failure,) = run.failures
            assert "answers as last time, which could not be read: " in str(failure)
            assert "'Log in'" in str(failure)

    assert (codes, outcomes) == ([3, 3, 0], ["new", "failed", "new"])
    # The page lies there still, and is no alarm any more.
    assert [(one.verdict, one.alarm) for one in run.reports if one.verdict == "broken"] == [("broken", False)]


def test_a_pause_that_a_wrong_clock_wrote_down_does_not_last_for_years(bench: Bench) -> None:
    bench.page()
    busy = Answer(state="later", told="answered 429", retry_after=3600)
    bench.pages.answers = {"https://example.org/feed": [busy, new()]}
    bench.collect(now=NOW + timedelta(days=4000))

    assert bench.outcomes(bench.collect()) == {"feed": "new"}
