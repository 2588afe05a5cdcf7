"""PubMed XML: papers, chapters, deleted citations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.sources import pubmed_text
from broadsheet.types import Precision
from tests.sources.answering import check_damage, check_every_cut, parse

HERE = Path("pubmed")


def test_a_set_of_all_kinds_of_records() -> None:
    parsed = parse(HERE / "set.xml")
    paper, translated, untitled, chapter = parsed.entries

    assert (parsed.format, parsed.account.total, parsed.account.furniture) == ("pubmed", 6, 1)
    assert paper.title == "Lift of small kites at 5 m s-1 & more."
    assert paper.abstract == "METHODS: We flew kites at p < 0.05. RESULTS: They flew."
    assert paper.authors == ("Ada B Windley Jr", "The Kite Group")
    assert paper.ids == {"doi": "10.5555/kites.1", "pmid": "100001"}
    assert paper.links["pmc"] == "https://pmc.ncbi.nlm.nih.gov/articles/PMC7654321/"
    assert paper.related == {"pmid:100099": "preprint"}
    assert paper.categories == ("Kites",)
    # Electronic in March, in print in June.
    assert (paper.published, paper.published_precision) == (date(2024, 3, 5), "day")
    assert translated.title == "Kites of the old school."
    assert translated.title_raw == "[Kites of the old school]."
    assert (translated.published, translated.published_precision) == (date(1998, 12, 1), "month")
    assert (untitled.title, untitled.published_precision) == ("Drachen.", "year")
    assert (chapter.title, chapter.authors, chapter.abstract) == ("Strings", ("Bo Stringer",), "On strings.")
    assert chapter.published == date(2021, 7, 4)


def test_a_record_without_a_title_is_told_with_its_number() -> None:
    (problem,) = parse(HERE / "set.xml").problems
    assert (problem.level, problem.place, "100004" in problem.text) == ("error", (4, 4), True)


def test_answers_without_records() -> None:
    empty, refused = parse(HERE / "empty.xml"), parse(HERE / "error.xml")
    assert (empty.format, empty.entries, empty.problems) == ("pubmed", (), ())
    assert (refused.format, refused.entries) == ("pubmed", ())
    assert refused.refusal == "Error occurred: cannot get document summary"


def test_cut_and_damaged() -> None:
    check_every_cut("pubmed/set.xml", "pubmed")
    check_damage(
        "pubmed/set.xml",
        "pubmed",
        "Drachen der alten Schule.",
        "The Book of Kites",
        "Not Available ArticleTitle VernacularTitle Drachen",
    )


@given(st.binary(max_size=120) | st.text(alphabet="<>/ Pubmedrticl&;[]\"'=!-?x", max_size=120).map(str.encode))
def test_nothing_but_a_source_error_is_raised(tail: bytes) -> None:
    for begin in (b"<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>", b""):
        try:
            parsed = parse(begin + tail, "pubmed")
        except SourceError:
            continue
        assert not parsed.entries or b"</PubmedArticle>" in tail


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2002 Sep", date(2002, 9, 1), "month"),
        ("2010 Mar 15", date(2010, 3, 15), "day"),
        ("2010 March 15", date(2010, 3, 15), "day"),
        ("2018", date(2018, 1, 1), "year"),
        ("1998 Dec-1999 Jan", date(1998, 12, 1), "month"),
        ("2000 Sep 15-30", date(2000, 9, 1), "month"),
        ("2018 May - Jun", date(2018, 5, 1), "month"),
        ("1947-1948", date(1947, 1, 1), "year"),
        ("2012 Spring", date(2012, 1, 1), "year"),
        ("Summer 1999", date(1999, 1, 1), "year"),
        ("20180330", date(2018, 3, 30), "day"),
        ("201003", date(2010, 3, 1), "month"),
        ("2023 Feb 30", date(2023, 2, 1), "month"),
        ("0000", None, None),
        ("soon", None, None),
    ],
)
def test_days_of_every_shape(text: str, day: date | None, precision: Precision | None) -> None:
    assert pubmed_text.day(text) == (day, precision)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[Kites of old].", "Kites of old."),
        ("[Kites of old]", "Kites of old"),
        ("[Kites [red] of old].", "Kites [red] of old."),
        ("[A] and [B]", "[A] and [B]"),
        ("[18F] kites", "[18F] kites"),
        ("[Not Available].", ""),
    ],
)
def test_brackets_around_a_title(written: str, read: str) -> None:
    assert pubmed_text.unbracketed(written) == read


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_none(text: str) -> None:
    day, precision = pubmed_text.day(text)
    assert (day is None) == (precision is None)
