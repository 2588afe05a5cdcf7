"""Semantic Scholar: papers in answers, in lists with null, in lines."""

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
from tests.sources.test_openalex import JSON

HERE = Path("semantic-scholar")


def test_an_answer_of_two_papers() -> None:
    parsed = parse(HERE / "search.json")
    both, preprint = parsed.entries

    assert (parsed.format, parsed.announced, parsed.problems) == ("semantic-scholar", 2, ())
    assert both.ids == {"arxiv": "2401.00001", "s2": "0" * 39 + "1"}
    assert both.related == {"doi:10.5555/kites.1": "published version", "pmid:123": "published version"}
    assert both.links["published"] == "https://doi.org/10.5555/kites.1"
    assert (both.abstract, both.authors) == ("Kites fly when the wind does.", ("Ada Windley", "Bo Stringer"))
    assert both.categories == ("Engineering", "Physics")
    assert (both.published, both.published_precision) == (date(2024, 3, 5), "day")
    assert {**preprint.ids, "s2": ""} == {"arxiv": "2401.00002", "doi": "10.48550/arxiv.2401.00002", "s2": ""}
    # A summary that a machine wrote is no abstract.
    assert (preprint.abstract, preprint.authors) == (None, ())
    assert preprint.published_precision == "year"


def test_null_for_what_it_does_not_know_is_told_in_its_place() -> None:
    parsed = parse(HERE / "batch-with-null.json")

    assert [entry.title for entry in parsed.entries] == ["Kites in wind", "Tails"]
    assert [(one.place, one.reason) for one in parsed.problems] == [((2, 2), "the answer knows no paper for this id")]


@pytest.mark.parametrize(("name", "count"), [("citations.json", 2), ("dataset.jsonl", 2), ("empty.json", 0)])
def test_other_answers(name: str, count: int) -> None:
    parsed = parse(HERE / name)
    assert (parsed.format, len(parsed.entries), parsed.problems) == ("semantic-scholar", count, ())


@pytest.mark.parametrize(
    ("name", "said"), [("not-found.json", "Paper with id 12 not found"), ("rate-limit.json", "Too Many Requests.")]
)
def test_an_answer_that_refuses(name: str, said: str) -> None:
    parsed = parse(HERE / name)
    assert parsed.format == "semantic-scholar"
    assert (parsed.refusal or "").startswith(said)
    assert parsed.entries == ()


def test_cut_and_damaged() -> None:
    check_every_cut("semantic-scholar/search.json", "semantic-scholar")
    check_every_cut("semantic-scholar/batch-with-null.json", "semantic-scholar")
    check_damage("semantic-scholar/search.json", "semantic-scholar")
    check_damage("semantic-scholar/batch-with-null.json", "semantic-scholar")


KEYS = ["paperId", "title", "authors", "externalIds", "publicationDate", "year", "openAccessPdf", "citingPaper"]


@given(st.dictionaries(st.sampled_from([*KEYS, "abstract", "s2FieldsOfStudy", "fieldsOfStudy", "total"]), JSON))
def test_values_of_any_type_raise_nothing(paper: dict[str, Any]) -> None:
    for shape in (paper, [paper], {"data": [paper], "total": paper.get("total")}):
        try:
            parsed = parse(json.dumps(shape), "semantic-scholar")
        except SourceError:
            continue
        assert parsed.account.total == 1


def test_records_without_the_title_field_are_papers_known_by_their_ids() -> None:
    name = "00000000000000000000000000000000000000aa"
    content = f'{{"data": [{{"paperId": "{name}", "openAccessPdf": {{"url": "https://x.example/a.pdf"}}}}]}}'
    parsed = parse(content.encode(), "semantic-scholar")
    assert [entry.title for entry in parsed.entries] == [f"Untitled paper {name}"]
    assert [problem.level for problem in parsed.problems] == ["warning"]
    damaged = parse(
        content.replace('"openAccessPdf"', '"tjtle": "A Kite", "openAccessPdf"').encode(), "semantic-scholar"
    )
    assert not damaged.entries
