"""Crossref: works in answers and alone."""

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

HERE = Path("crossref")


def test_an_answer_of_five_records() -> None:
    parsed = parse(HERE / "search.json")
    journal, preprint, survey = parsed.entries

    assert (parsed.format, parsed.announced, parsed.account.furniture) == ("crossref", 4, 1)
    assert journal.title == "The role of KITE in H2O & air"
    assert journal.abstract == "Kites fly at p < 0.05 m. Aim To fly."
    assert journal.authors == ("Ada Windley", "The Kite Collaboration", "Mononym")
    assert (journal.published, journal.published_precision) == (date(2024, 3, 5), "day")
    assert journal.ids == {"doi": "10.5555/kites.1"}
    assert journal.related == {"arxiv:2401.00001": "preprint"}
    assert journal.links["pdf"] == "https://kites.example/1.pdf"
    assert preprint.related == {"doi:10.5555/kites.1": "published version"}
    assert preprint.links["published"] == "https://doi.org/10.5555/kites.1"
    assert preprint.published == date(2023, 12, 24)
    assert (survey.title, survey.published) == ("Measuring lift: A survey", None)


def test_a_work_without_a_title_is_told_with_its_doi() -> None:
    (problem,) = parse(HERE / "search.json").problems
    assert (problem.level, problem.place, problem.text[:15]) == ("error", (3, 3), "10.5555/KITES.3")


def test_a_formula_in_a_title_is_read_once() -> None:
    assert [one.title for one in parse(HERE / "mathml-title.json").entries] == ["Lift v2 and <think> in wind"]


@pytest.mark.parametrize(("name", "count"), [("single.json", 1), ("empty.json", 0)])
def test_other_answers(name: str, count: int) -> None:
    parsed = parse(HERE / name)
    assert (parsed.format, len(parsed.entries), parsed.problems) == ("crossref", count, ())


@pytest.mark.parametrize("save", [json.dumps, lambda works: "\n".join(map(json.dumps, works))])
def test_works_saved_as_a_list_or_as_lines(save: Any) -> None:
    work = {"DOI": "10.5555/k", "title": ["Kites"], "reference-count": 0, "container-title": [], "type": "dataset"}
    parsed = parse(save([work, work, work]))
    assert (parsed.format, len(parsed.entries), parsed.problems) == ("crossref", 3, ())


def test_an_answer_that_refuses() -> None:
    parsed = parse(HERE / "error.json")
    assert (parsed.format, parsed.refusal) == ("crossref", "This route does not support kite")


@pytest.mark.parametrize(("name", "kind"), [("journals.json", "journal-list"), ("journal.json", "journal")])
def test_journals_are_no_papers_and_no_refusal(name: str, kind: str) -> None:
    parsed = parse(HERE / name)
    (problem,) = parsed.problems

    assert (parsed.entries, parsed.refusal, parsed.account.total) == ((), None, 1)
    assert problem.reason == f"an answer of Crossref about something else: {kind}"


def test_cut_and_damaged() -> None:
    check_every_cut("crossref/single.json", "crossref")
    check_every_cut("crossref/mathml-title.json", "crossref")
    check_damage("crossref/search.json", "crossref", "Kites: volume 4")


KEYS = ["DOI", "title", "author", "published", "issued", "posted", "relation", "link", "abstract", "subtitle", "type"]


@given(st.dictionaries(st.sampled_from([*KEYS, "subject", "group-title", "reference-count"]), JSON))
def test_values_of_any_type_raise_nothing(work: dict[str, Any]) -> None:
    for shape in (work, [work], {"message": {"items": [work]}}, {"message": work}):
        try:
            parsed = parse(json.dumps(shape), "crossref")
        except SourceError:
            continue
        assert parsed.account.total == 1
