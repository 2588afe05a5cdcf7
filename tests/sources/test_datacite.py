"""DataCite: records in answers, alone, and as lines of attributes."""

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

HERE = Path("datacite")


def test_an_answer_of_three_records() -> None:
    parsed = parse(HERE / "search.json")
    preprint, other = parsed.entries

    assert (parsed.format, parsed.announced) == ("datacite", 3)
    assert [(one.level, one.place) for one in parsed.problems] == [("error", (3, 3))]
    assert preprint.ids == {"doi": "10.48550/arxiv.2401.00001", "arxiv": "2401.00001"}
    assert preprint.related == {"doi:10.5555/kites.1": "published version"}
    assert preprint.links["published"] == "https://doi.org/10.5555/kites.1"
    assert (preprint.published, preprint.published_precision) == (date(2024, 1, 2), "day")
    assert (preprint.updated, preprint.version) == (date(2024, 1, 9), 2)
    assert preprint.authors == ("Ada Windley", "Institute of Kites, Department of Strings", "Bo Stringer")
    assert preprint.abstract == "Kites fly."
    assert other.title == "Strings that hold: A survey"
    assert other.related == {"arxiv:2401.00009": "preprint"}


@pytest.mark.parametrize(("name", "count"), [("single.json", 1), ("attributes.jsonl", 2), ("empty.json", 0)])
def test_other_answers(name: str, count: int) -> None:
    parsed = parse(HERE / name)
    assert (parsed.format, len(parsed.entries), parsed.problems) == ("datacite", count, ())


def test_an_answer_that_refuses() -> None:
    parsed = parse(HERE / "error.json")
    assert (parsed.format, parsed.refusal) == ("datacite", "The resource you are looking for doesn't exist.")


def test_cut_and_damaged() -> None:
    check_every_cut("datacite/search.json", "datacite")
    check_every_cut("datacite/single.json", "datacite")
    check_damage("datacite/search.json", "datacite", "Schnüre: A survey", "Schnüre")


KEYS = ["doi", "titles", "creators", "descriptions", "dates", "relatedIdentifiers", "publicationYear", "subjects"]


@given(st.dictionaries(st.sampled_from([*KEYS, "types", "url", "version", "title"]), JSON))
def test_values_of_any_type_raise_nothing(held: dict[str, Any]) -> None:
    record = {"id": "10.5555/k", "attributes": held}
    for shape in (held, [held], {"data": [record]}, {"data": record}):
        try:
            parsed = parse(json.dumps(shape), "datacite")
        except SourceError:
            continue
        assert parsed.account.total == 1
