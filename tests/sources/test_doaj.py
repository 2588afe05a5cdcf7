"""DOAJ: records in answers and in lines."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from tests.sources.answering import check_damage, check_every_cut, parse
from tests.sources.test_openalex import JSON

HERE = Path("doaj")


def test_an_answer_with_a_journal_in_it() -> None:
    parsed = parse(HERE / "search.json")
    (paper,) = parsed.entries

    assert (parsed.format, parsed.announced, parsed.account.furniture) == ("doaj", 1, 1)
    assert (parsed.taken.date(), parsed.taken_from) == (date(2024, 4, 2), "page date")
    assert (paper.title, paper.authors) == ("Kites in wind", ("Ada Windley", "Bo Stringer"))
    assert (paper.published, paper.published_precision) == (date(2024, 3, 1), "month")
    assert paper.ids == {"doi": "10.5555/kites.1"}
    assert paper.links == {"pdf": "https://kites.example/1.pdf", "abstract": "https://doi.org/10.5555/kites.1"}
    assert (paper.abstract, paper.categories) == ("Kites fly. Keywords: kites", ("Aeronautics",))


def test_lines_with_an_empty_title_and_the_name_of_a_month() -> None:
    parsed = parse(HERE / "lines.jsonl")

    assert [entry.title for entry in parsed.entries] == ["Kites in wind & rain", "Strings that hold"]
    assert [entry.published for entry in parsed.entries] == [date(2024, 3, 1)] * 2
    assert [one.place for one in parsed.problems] == [(3, 3)]


def test_answers_without_records() -> None:
    assert parse(HERE / "empty.json").announced == 0
    assert parse(HERE / "error.json").refusal == "pageSize must be between 1 and 100"


def test_cut_and_damaged() -> None:
    check_every_cut("doaj/search.json", "doaj")
    check_every_cut("doaj/lines.jsonl", "doaj", told=False)
    check_damage("doaj/lines.jsonl", "doaj")


KEYS = ["title", "abstract", "author", "identifier", "link", "month", "year", "subject", "eissn", "apc"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_values_of_any_type_raise_nothing(held: dict[str, Any]) -> None:
    record = {"id": "k", "bibjson": held}
    for shape in (record, [record], {"results": [record], "total": 1, "pageSize": 10}):
        try:
            parsed = parse(json.dumps(shape), "doaj")
        except SourceError:
            continue
        assert parsed.account.total == 1
