"""`search` over whole workspaces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, VIDEO


@pytest.fixture
def stored(desk: Desk) -> Desk:
    desk.morning(1, [ORCHID, CACHE, VIDEO])
    desk.morning(2, [CACHE, AGENT])
    return desk


def titles(findings: dict[str, Any]) -> list[str]:
    return [result["title"] for result in findings["results"]]


def test_papers_are_found_with_their_words_and_their_first_dump(stored: Desk) -> None:
    findings = stored.json("search", "title:cache serve")
    (result,) = findings["results"]
    assert (findings["query"], findings["papers"], findings["found"]) == ("title:cache serve", 4, 1)
    assert (result["title"], result["source"], result["dump"]) == (CACHE[0], "daily-papers", "2026-06-01.txt")
    assert result["first_seen"].startswith("2026-06-01")
    for hit in result["hits"]:
        text = {"title": CACHE[0], "abstract": CACHE[1]}[hit["field"]]
        assert text[hit["start"] : hit["end"]] == hit["text"]
    assert {hit["field"] for hit in result["hits"]} == {"title", "abstract"}


def test_the_newest_come_first_then_the_titles_in_their_order(stored: Desk) -> None:
    assert titles(stored.json("search", "the")) == [AGENT[0], ORCHID[0], VIDEO[0], CACHE[0]]


def test_a_query_may_begin_with_a_minus(stored: Desk) -> None:
    assert titles(stored.json("search", "-cache")) == [AGENT[0], ORCHID[0]]
    assert stored.json("search", "-cache")["results"][0]["hits"] == []
    assert stored("search", "--json", "--", "-cache") == 0
    assert titles(json.loads(stored.out)) == [AGENT[0], ORCHID[0]]
    assert stored("search", "-h") == 0
    assert "Usage" in stored.out


def test_no_more_are_shown_than_asked_for(stored: Desk) -> None:
    findings = stored.json("search", "the", "--limit", "1")
    assert (findings["found"], titles(findings)) == (4, [AGENT[0]])
    assert "the first 1 of 4" in stored.err


def test_only_papers_first_seen_since_a_day_are_searched(stored: Desk) -> None:
    findings = stored.json("search", "the", "--since", "2026-06-02")
    assert (findings["papers"], titles(findings)) == (1, [AGENT[0]])
    assert stored("search", "the", "--since", "June") == 2


def test_papers_are_read_in_chunks(stored: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadsheet.searching.CHUNK", 1)
    assert titles(stored.json("search", "the", "--limit", "3")) == [AGENT[0], ORCHID[0], VIDEO[0]]


def test_a_query_that_means_nothing_is_an_error_with_a_caret(stored: Desk) -> None:
    assert stored("search", "cache OR (title:", "--json") == 2
    assert stored.out == ""
    first, shown, caret, *_ = stored.err.splitlines()
    assert first.startswith("broadsheet: query:1:")
    column = int(first.split(":")[3])
    assert caret.index("^") == shown.index("cache") + column - 1
    assert stored("search", '@"a rule"') == 2
    assert "Traceback" not in stored.err


def test_the_terminal_shows_titles_words_and_the_sum(stored: Desk) -> None:
    assert stored("search", "questions OR zebra") == 0
    assert stored.out.splitlines()[0] == f"2026-06-02  {AGENT[0]}"
    assert "[question]" in stored.out
    assert stored.out.splitlines()[-1] == "1 of 4 papers"


def test_a_workspace_without_a_store_has_no_papers(desk: Desk) -> None:
    assert desk.json("search", "cache") == {"query": "cache", "papers": 0, "found": 0, "results": []}
    assert desk.state() == {}


def test_searching_changes_nothing(stored: Desk) -> None:
    before = stored.state()
    stored("search", "cache")
    assert stored.state() == before
