"""OpenAlex: works in answers, alone and in lines."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from tests.sources.answering import check_damage, check_every_cut, parse

HERE = Path("openalex")


def test_an_answer_of_three_works() -> None:
    parsed = parse(HERE / "search.json")
    first, second, third = parsed.entries

    assert (parsed.format, parsed.announced, parsed.problems) == ("openalex", 3, ())
    assert first.title == "Kites in steady wind & rain"
    assert first.abstract == "Kites fly where the wind and the string agree to let kites fly."
    assert first.authors == ("Ada Windley", "Bo Stringer")
    assert (first.published, first.published_precision) == (date(2024, 3, 5), "day")
    assert first.ids == {"doi": "10.5555/kites.1", "pmid": "1", "openalex": "W1"}
    assert first.links == {"abstract": "https://doi.org/10.5555/kites.1"}
    assert first.categories == ("Kite Dynamics", "Wind")
    assert (second.ids, second.abstract) == ({"arxiv": "2401.00002", "openalex": "W2"}, None)
    assert (second.published, second.published_precision) == (date(2024, 1, 1), "year")
    assert second.links["pdf"] == "https://arxiv.org/pdf/2401.00002v2"
    assert third.related == {"arxiv:2401.00003": "preprint"}
    assert (third.author_count, len(third.authors)) == (240, 2)


def test_a_title_that_is_null_is_told_and_a_page_of_many_announces_nothing() -> None:
    parsed = parse(HERE / "title-null.json")

    assert [entry.title for entry in parsed.entries] == ["Strings that hold"]
    assert parsed.announced is None
    assert [(one.level, "W1" in one.text or "2 of 900" in one.reason) for one in parsed.problems] == [
        ("note", True),
        ("error", True),
    ]


@pytest.mark.parametrize(("name", "count"), [("single.json", 1), ("lines.jsonl", 3), ("empty.json", 0)])
def test_other_ways_of_saving_them(name: str, count: int) -> None:
    parsed = parse(HERE / name)
    assert (parsed.format, len(parsed.entries), parsed.problems) == ("openalex", count, ())


def test_an_answer_that_refuses() -> None:
    parsed = parse(HERE / "error.json", "openalex")
    assert parsed.refusal == "Invalid query parameters error.: kite is not a valid field."
    assert (parsed.entries, parsed.account.problem) == ((), 1)


@pytest.mark.parametrize(
    ("index", "abstract"),
    [
        ({"Kites": [0], "fly": [10**15]}, "Kites fly"),
        ({"Kites": [-1, 0, "1", None, 1.5, True], "fly": 3}, "Kites"),
        ({"Kites": list(range(30_000))}, None),
        ({}, None),
        ([], None),
    ],
)
def test_an_inverted_index_of_any_kind(index: Any, abstract: str | None) -> None:
    work = {"id": "https://openalex.org/W1", "title": "Kites", "abstract_inverted_index": index}
    assert parse(json.dumps(work)).entries[0].abstract == abstract


def test_cut_and_damaged() -> None:
    check_every_cut("openalex/search.json", "openalex")
    check_damage("openalex/search.json", "openalex")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["id", "doi", "ids", "title", "authorships", "publication_date", "locations", "primary_location", "topics"]


@given(st.dictionaries(st.sampled_from([*KEYS, "abstract_inverted_index", "publication_year", "meta"]), JSON))
def test_values_of_any_type_raise_nothing(work: dict[str, Any]) -> None:
    for shape in (work, [work], {"results": [work], "meta": work.get("meta")}):
        try:
            parsed = parse(json.dumps(shape), "openalex")
        except SourceError:
            continue
        assert parsed.account.total == 1
