"""Collecting as a person at the terminal sees it."""

from __future__ import annotations

import io
import sys
from contextlib import nullcontext
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from broadsheet import collecting
from broadsheet.collecting import Ways
from broadsheet.fetch import Answer
from tests.desk import Desk
from tests.pages import CACHE, page

PAPER = page("Jun 1", [CACHE])


@pytest.fixture
def reader(desk: Desk) -> Desk:
    """A desk with a profile."""
    desk.profile("[[rule]]\nwhen = 'cache'\n")
    return desk


def sources(desk: Desk, text: str) -> None:
    (desk.root / "config" / "sources.toml").write_text(text, encoding="utf-8")


def serve(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> None:
    """What the only page of the world answers, one answer a call."""
    left = list(answers)
    getter = SimpleNamespace(get=lambda url, **_: left.pop(0))
    monkeypatch.setattr(collecting, "WAYS", Ways(fetcher=lambda _: nullcontext(getter)))


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


FEED = "[[source]]\nname = 'feed'\nurl = 'https://example.org/feed'\n"


def test_a_run_collects_first_and_says_so(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sources(reader, FEED)
    serve(monkeypatch, Answer(state="new", content=PAPER.encode()), Answer(state="same"))

    assert reader("run", "--plain") == 0, reader.err
    assert reader.out.startswith("new       feed: feed-20")
    assert "1 new dump: 1 new paper" in reader.out

    report = reader.json("run", "--plain")
    assert report["collected"] == [{"source": "feed", "outcome": "same", "told": "nothing new", "files": []}]


def test_a_source_that_fails_is_in_the_digest_and_makes_exit_3(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sources(reader, FEED)
    serve(monkeypatch, Answer(state="failed", told="https://example.org/feed: nothing is there"))
    reader.dump("2026-06-01.txt", [CACHE])

    report = reader.run(code=3)

    told = "https://example.org/feed: nothing is there"
    assert report["failures"] == [f"feed: {told}"]
    assert report["new"] == 1
    text = (reader.root / "output" / "serving" / "2026-06-01" / "digest.md").read_text(encoding="utf-8")
    assert "could not be collected" in text


def test_collect_prints_a_line_for_each_source(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sources(reader, FEED)
    serve(
        monkeypatch,
        Answer(state="new", content=b"<rss/>"),
        Answer(state="later", told="https://example.org/feed: busy"),
    )

    assert reader("collect") == 0
    assert reader.out.startswith("new       feed: feed-")
    found = reader.json("collect", "--source", "feed", code=3)
    assert found["collected"][0]["outcome"] == "later"
    assert (found["failures"], found["exit"]) == (["feed: https://example.org/feed: busy"], 3)


def test_collect_without_anything_to_collect_says_where_to_begin(reader: Desk) -> None:
    assert reader("collect") == 0
    assert (reader.out, "ready entries" in reader.err) == ("", True)
    assert reader("collect", "--source", "x") == 1
    assert "no source 'x' is collected" in reader.err


@pytest.mark.parametrize("words", [["-", "--source", "x"], ["--name", "x.txt"], ["x"]])
def test_what_makes_no_sense_together_is_refused(reader: Desk, words: list[str]) -> None:
    assert reader("collect", *words) == 2


def test_preview_asks_no_source(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sources(reader, FEED)
    serve(monkeypatch)
    reader.dump("2026-06-01.txt", [CACHE])
    assert reader("preview") == 0
    assert "Shared Shelves" in reader.out


def test_a_run_reads_standard_input_as_a_dump_like_any_other(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, PAPER)
    report = reader.json("run", "--plain", "-")
    (file,) = (reader.root / "dumps").iterdir()
    today = datetime.now(UTC).date()
    assert file.name.startswith(f"stdin-{today.year}-")
    assert (report["new"], file.read_text(encoding="utf-8")) == (1, PAPER)

    # The same once more is no second dump.
    pipe(monkeypatch, PAPER)
    again = reader.json("run", "--plain", "-")
    assert (again["known_dumps"], again["dumps"], again["exit"]) == (1, [], 0)
    assert [file] == list((reader.root / "dumps").iterdir())


def test_standard_input_is_parsed_and_previewed_and_leaves_nothing(
    reader: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, PAPER)
    assert reader("parse", "-") == 0
    assert "Shared Shelves" in reader.out
    pipe(monkeypatch, PAPER)
    assert reader("preview", "-") == 0
    assert "Shared Shelves" in reader.out
    assert set(reader.state()) == {"config/profiles/serving.toml"}


def test_standard_input_is_collected_under_a_name(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for outcome, told in (("new", "dumps/today.html"), ("same", "dumps/today.html holds the same already")):
        pipe(monkeypatch, PAPER)
        assert reader("collect", "-", "--name", "today.html") == 0
        assert reader.out == f"{outcome:9} today.html: {told}\n"
    pipe(monkeypatch, "other")
    assert reader("collect", "-", "--name", "today.html") == 1
    assert "is there already and holds something else" in reader.err
    assert (reader.root / "dumps" / "today.html").read_text(encoding="utf-8") == PAPER


def test_standard_input_is_read_once(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, PAPER)
    assert reader("run", "--plain", "-", "-") == 2
    monkeypatch.setattr(sys, "stdin", None)
    assert reader("run", "--plain", "-") == 2
    assert "standard input is closed" in reader.err


def test_a_day_in_the_address_is_the_day_of_the_run(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sources(reader, "[[source]]\nname = 'feed'\nurl = 'https://example.org/{day}'\n")
    asked: list[str] = []

    def get(url: str, **_: object) -> Answer:
        asked.append(url)
        return Answer(state="same")

    monkeypatch.setattr(collecting, "WAYS", Ways(fetcher=lambda _: nullcontext(SimpleNamespace(get=get))))
    reader.run(day="2026-05-31")
    assert asked == [f"https://example.org/{date(2026, 5, 31)}"]


def test_a_file_that_was_saved_a_moment_ago_is_read_at_once(reader: Desk) -> None:
    reader.dump("2026-06-01.txt", [CACHE])
    assert reader.run()["new"] == 1
