"""Answers in OAI-PMH: three kinds of metadata, deleted records, errors, answers that go on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from broadsheet import sources
from tests.sources import arxiv_laws as laws

ARXIV, RAW, DUBLIN = "arxiv-with-deleted-and-token", "arxivraw-versions", "dublin-core"


def test_arxivs_own_metadata() -> None:
    parsed = laws.parse("oai", ARXIV)
    (entry,) = parsed.entries

    assert entry.title_raw == "Water in Deep Wells and Shallow Ones"
    assert entry.abstract_raw == "Wells are deep, and $x < y$."
    assert entry.authors == ("Deep-Well Collaboration", "Ada B. Keeper III", "Uma Wells", "BUCKET Collaboration")
    assert (entry.ids, entry.categories) == ({"arxiv": "2601.00901"}, ("hep-ex", "physics.ins-det"))
    assert (entry.published, entry.updated, entry.version) == (date(2026, 1, 2), date(2026, 3, 4), None)
    assert entry.related == {"doi:10.1234/wells.1": "published version"}
    assert entry.links["published"] == "https://doi.org/10.1234/wells.1"
    assert (parsed.account.entry, parsed.account.furniture, parsed.account.problem) == (1, 1, 0)
    assert parsed.taken == datetime(2026, 3, 5, 12, 56, 31, tzinfo=UTC)


def test_a_day_after_the_month_of_its_id_is_not_when_a_paper_appeared() -> None:
    *papers, bucket = laws.parse("oai", "created-after-its-id").entries

    assert {entry.ids["arxiv"]: entry.published for entry in papers} == {
        "2508.00901": None,
        # The last evening of August in Ithaca.
        "2508.00902": date(2025, 9, 1),
        "2508.00903": None,
        "2509.00904": date(2025, 8, 29),
        "math/9912001": None,
        "hep-th/0001002": date(1999, 12, 31),
    }
    assert (papers[0].published_precision, papers[0].updated) == (None, date(2026, 3, 4))
    assert bucket.authors == ("BUCKET Collaboration",)


def test_an_answer_that_goes_on_says_so() -> None:
    (note,) = laws.parse("oai", ARXIV).problems

    assert (note.level, note.text) == ("note", "madeUp|1001")
    assert "goes on" in note.reason


def test_raw_metadata_has_every_version() -> None:
    (entry,) = laws.parse("oai", RAW).entries

    assert (entry.published, entry.updated, entry.version) == (date(2018, 10, 22), date(2019, 1, 13), 2)
    assert entry.authors == ("Rafe Roof", "Sam Gable", "Éde Roof")
    assert entry.categories == ("cond-mat.stat-mech", "physics.soc-ph")
    assert (entry.title, entry.abstract) == ("Heat of Houses", "Houses.")


def test_dublin_core_of_arxiv_and_of_others() -> None:
    parsed = laws.parse("oai", DUBLIN)
    ropes, thesis = parsed.entries

    assert (ropes.ids, ropes.title) == ({"arxiv": "math/0306904"}, "Numbers of Ropes")
    assert ropes.authors == ("Finn Tide", "Ivo Lock Jr")
    assert ropes.abstract == "Ropes are counted."
    assert ropes.categories == ("Mathematics - Combinatorics",)
    assert (ropes.published, ropes.updated) == (date(2003, 6, 18), date(2004, 1, 2))
    assert ropes.related == {"doi:10.1234/s0000000000000001": "published version"}
    assert (thesis.ids, thesis.related) == ({"doi": "10.1234/thesis.77"}, {})
    assert (thesis.published, thesis.published_precision) == (date(2021, 1, 1), "year")
    assert thesis.links == {"abstract": "https://repository.example/77"}
    (unknown,) = parsed.problems
    assert unknown.reason == "metadata in a form that is not known here (marc); ask for arXiv or oai_dc"
    assert (unknown.place, unknown.text) == ((3, 3), "oai:repository.example:78 Unknown")
    assert (parsed.account.entry, parsed.account.problem) == (2, 1)


def test_a_bare_record() -> None:
    (entry,) = laws.parse("oai", "bare-record").entries

    assert (entry.ids, entry.authors) == ({"arxiv": "0704.0905"}, ("Ann Élm",))


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("no-records-match", None), ("bad-resumption-token", "badResumptionToken: The token has run out")],
)
def test_that_there_is_nothing_is_no_refusal(name: str, refusal: str | None) -> None:
    parsed = laws.parse("oai", name)

    assert (parsed.entries, parsed.problems, parsed.refusal) == ((), (), refusal)
    assert parsed.taken.date() == date(2026, 3, 5)


def test_an_answer_without_titles_says_what_it_is() -> None:
    raw = laws.content("oai", ARXIV).replace(b"ListRecords", b"ListIdentifiers")
    raw = raw[: raw.index(b"<record>")] + raw[raw.index(b"<resumptionToken") :]
    (warning, _) = sources.parse(laws.dump(raw)).problems

    assert warning.reason == "an answer to ListIdentifiers, which holds no titles; ask for ListRecords"


@pytest.mark.parametrize("name", [ARXIV, RAW, DUBLIN])
def test_a_cut_answer(name: str) -> None:
    laws.a_cut_file_gives_the_first_entries("oai", name)


@pytest.mark.parametrize("name", [ARXIV, DUBLIN])
def test_a_damaged_answer(name: str) -> None:
    laws.damage_raises_no_other_error("oai", name)
