"""Daily Papers as JSON: every shape of the API's answers, archives of them, and what damage does."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import ParseFailed
from tests.sources.damage import DATA, cut_anywhere, flipped, parse, parse_file, survives

NAME = "daily-papers-json"
KITES = "Kites in the Wind: Steering Strings with Small Models"
ORCHIDS = "Counting Orchids Without a Botanist"
LOOM = "<loom> Weaves Tokens into Cloth"


def record(number: int, **paper: object) -> dict[str, Any]:
    """One record of the API as short as it can be."""
    inner = {
        "id": f"2604.{number:05}",
        "title": f"Kite {number}",
        "summary": "It flies.",
        "authors": [{"name": "A. B."}],
    }
    return {"paper": inner | paper, "title": f"Kite {number}", "numComments": 0}


def of(value: object, *, form: str | None = NAME) -> Any:
    return parse(json.dumps(value).encode(), form)


@pytest.mark.parametrize(
    "name",
    [
        "answer-of-2024.json",
        "answer-of-2026-minified.json",
        "strings-of-python.json",
        "scraped.json",
        "records.jsonl",
        "answers-one-a-line.jsonl",
    ],
)
def test_every_shape_gives_the_same_papers(name: str) -> None:
    parsed = parse_file(f"{NAME}/{name}")

    assert [entry.title for entry in parsed.entries] == [KITES, ORCHIDS, LOOM]
    assert [entry.ids for entry in parsed.entries] == [
        {"arxiv": "2604.28181"},
        {"arxiv": "2604.00010"},
        {"arxiv": "2603.19999"},
    ]
    assert parsed.entries[0].abstract == (
        "Kites fly higher when their strings are steered by small models. We fly 40 of them, at <5 m/s, and lose 3. "
        "They come down where x_1 <-- x_2 says."
    )
    assert (parsed.problems, parsed.account.entry, parsed.account.total) == ((), 3, 3)


def test_what_a_record_of_2026_says() -> None:
    parsed = parse_file(f"{NAME}/answer-of-2026-minified.json")
    kites, orchids, _ = parsed.entries

    assert kites.authors == ("Ada Moth", "Bo Reed"), "hidden ones included"
    assert (kites.organization, kites.upvotes, kites.comments) == ("The Kite Laboratory", 101, 6)
    assert (kites.published, kites.published_precision) == (date(2026, 4, 30), "day")
    assert kites.links == {
        "abstract": "https://arxiv.org/abs/2604.28181",
        "pdf": "https://arxiv.org/pdf/2604.28181",
        "page": "https://huggingface.co/papers/2604.28181",
        "code": "https://github.com/example/kites",
        "project": "https://kites.example.org",
    }
    assert (orchids.organization, orchids.upvotes, orchids.comments) == (None, 0, 0)
    assert "code" not in orchids.links, "what is no link is none"
    assert (parsed.taken.date(), parsed.taken_from) == (date(2026, 5, 2), "page date"), "the latest day it was listed"


def test_a_record_of_2024_says_no_day_of_the_list() -> None:
    parsed = parse_file(f"{NAME}/answer-of-2024.json")

    assert parsed.taken_from == "file time"
    assert {entry.published for entry in parsed.entries} == {date(2024, 5, 24)}, "not when it was submitted to the list"
    assert parsed.entries[0].title_raw == KITES, "the outer title, without arXiv's line break"


def test_wrappers_say_their_day_and_their_number() -> None:
    archive = parse_file(f"{NAME}/strings-of-python.json")
    scraped = parse_file(f"{NAME}/scraped.json")

    assert (archive.taken.date(), archive.announced) == (date(2025, 1, 10), 3)
    assert (scraped.taken.date(), scraped.announced) == (date(2024, 10, 10), None)
    assert scraped.entries[0].upvotes == 7


@pytest.mark.parametrize(
    ("name", "count"), [("search.json", 2), ("one-paper.json", 1), ("submitter-organization.json", 1)]
)
def test_other_answers(name: str, count: int) -> None:
    parsed = parse_file(f"{NAME}/{name}")

    assert len(parsed.entries) == count
    assert parsed.entries[0].organization == "The Kite Laboratory"
    assert parsed.problems == ()


def test_what_is_no_paper_is_told_with_its_text() -> None:
    parsed = parse_file(f"{NAME}/records-that-are-no-papers.json")

    assert [entry.title for entry in parsed.entries] == [KITES, "A Damaged Id"]
    assert parsed.entries[1].ids == {}
    assert parsed.entries[1].authors == ("Ada Moth",)
    refused = [problem for problem in parsed.problems if problem.level == "error"]
    assert [problem.place for problem in refused] == [(2, 2), (3, 3), (4, 4), (6, 6)]
    assert "Kite shop opens downtown" in refused[0].text
    assert "A paper without a title." in refused[3].text
    assert any("26o4.00010" in problem.reason for problem in parsed.problems)
    assert parsed.account.problem == 4


def test_a_full_answer_may_not_be_all() -> None:
    full, fewer = (of([record(number) for number in range(count)]) for count in (50, 49))

    assert [problem.reason for problem in full.problems] == [
        "50 papers is the most one answer holds; the day may have more"
    ]
    assert (len(full.entries), full.problems[0].level, fewer.problems) == (50, "note", ())


def test_a_list_of_fifty_in_a_wrapper_is_no_cut_answer() -> None:
    assert of({"date": "2026-05-01", "papers": [record(number) for number in range(50)]}).problems == ()


@pytest.mark.parametrize(
    "content", [[], {"date": "2026-05-02", "papers": []}, {"status": "success", "count": 0, "data": []}]
)
def test_a_day_without_papers_is_no_problem(content: object) -> None:
    parsed = of(content, form=None)

    assert parsed.format == NAME
    assert (parsed.entries, parsed.problems, parsed.refusal, parsed.account.total) == ((), (), None, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"error": "Rate limit exceeded"}, "Rate limit exceeded"),
        ({"status": "error", "date": "2025-01-10", "data": []}, "error"),
        ({"status": "error", "message": "no such day", "data": []}, "no such day"),
    ],
)
def test_an_error_in_place_of_an_answer(content: object, said: str) -> None:
    parsed = of(content)

    assert (parsed.entries, parsed.refusal) == ((), said)


def test_days_that_are_each_wrapped_on_their_own() -> None:
    days = [{"date": f"2026-05-0{day}", "papers": [record(day), record(day + 5)]} for day in (1, 2)]
    lines = parse("\n".join(map(json.dumps, days)).encode(), NAME)
    listed = of(days)

    for parsed in (lines, listed):
        assert [entry.title for entry in parsed.entries] == ["Kite 1", "Kite 6", "Kite 2", "Kite 7"]
        assert (parsed.taken.date(), parsed.account.total) == (date(2026, 5, 2), 4)


def test_hostile_values_are_no_fields() -> None:
    odd = record(
        1, upvotes=True, publishedAt=17, githubRepo="javascript:alert(1)", authors="A. One, B. Two", id="2604.00001v3"
    )
    odd |= {"numComments": -5, "organization": ["x"], "title": "Half a pair \ud800 in a title"}
    (entry,) = of([odd]).entries

    assert (entry.upvotes, entry.comments, entry.organization, entry.published) == (None, None, None, None)
    assert (entry.authors, entry.version, entry.ids) == (("A. One", "B. Two"), 3, {"arxiv": "2604.00001"})
    assert "code" not in entry.links
    entry.title.encode()


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, '[{"paper":' * 50_000])
def test_nesting_beyond_reason_is_no_listing(content: str) -> None:
    with contextlib.suppress(ParseFailed):
        assert parse(content.encode(), NAME).entries == ()


def test_strings_that_are_no_records_are_told() -> None:
    strings = ["{'paper': {'id': '2604.00001'", "{" * 5000, "{'a': __import__('os')}", "kites", repr(record(2))]
    parsed = of({"status": "success", "data": strings})

    assert [entry.title for entry in parsed.entries] == ["Kite 2"]
    assert [problem.text for problem in parsed.problems] == [json.dumps(text) for text in strings[:4]]


@pytest.mark.parametrize(
    "name", ["answer-of-2026-minified.json", "strings-of-python.json", "scraped.json", "records.jsonl"]
)
def test_cut_anywhere(name: str) -> None:
    cut_anywhere((DATA / NAME / name).read_bytes(), NAME)


def test_the_only_record_is_not_taken_torn() -> None:
    content = (DATA / NAME / "one-paper.json").read_bytes().rstrip()
    for cut in range(1, len(content)):
        try:
            assert parse(content[:cut], NAME).entries == (), content[:cut]
        except ParseFailed:
            continue


def test_damage_costs_its_own_record() -> None:
    content = (DATA / NAME / "strings-of-python.json").read_text().replace("2604.28181'", '2604.28181"', 1)
    parsed = parse(content.encode(), NAME)

    assert [entry.title for entry in parsed.entries] == [ORCHIDS, LOOM]
    assert parsed.taken.date() == date(2025, 1, 10), "said before the damage"
    assert "2604.28181" in "".join(problem.text for problem in parsed.problems)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted((DATA / NAME).iterdir())), st.lists(st.tuples(st.integers(0), st.integers(0, 7)), max_size=6)
)
def test_flipped_bits_raise_nothing_else(path: Path, places: list[tuple[int, int]]) -> None:
    survives(flipped(path.read_bytes(), places), NAME)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "paper",
                        "title",
                        "id",
                        "summary",
                        "authors",
                        "name",
                        "data",
                        "papers",
                        "error",
                        "status",
                        "organization",
                        "publishedAt",
                        "count",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)
def test_any_json_raises_nothing_else(value: object) -> None:
    survives(json.dumps(value).encode(), NAME)


def test_memory_stays_with_the_size_of_the_answer() -> None:
    content = json.dumps([record(number) for number in range(3000)]).encode()
    parse(content[:2000], NAME)
    tracemalloc.start()
    entries = parse(content, NAME).entries
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(entries) == 3000
    assert peak < 40 * len(content)
