"""MEDLINE text: PubMed's and PubMed Central's fields, wrapped lines, torn records."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from tests.sources.answering import DATA, check_damage, check_every_cut, parse

HERE = Path("medline")


def test_two_records_with_wrapped_lines_and_doubled_authors() -> None:
    parsed = parse(HERE / "two-records.nbib")
    paper, translated = parsed.entries

    assert (parsed.format, parsed.account.unit, parsed.problems) == ("medline", "lines", ())
    assert parsed.account.total == 33
    assert paper.title == "Lift of small kites at five metres in a second: a survey."
    assert paper.abstract == "METHODS: We flew kites - as one does. RESULTS: They flew."
    assert paper.authors == ("Ada B Windley", "The Kite Group", "B Stringer Jr")
    assert paper.ids == {"doi": "10.5555/kites.1", "pmid": "100001"}
    assert paper.links["pmc"] == "https://pmc.ncbi.nlm.nih.gov/articles/PMC7654321/"
    assert (paper.published, paper.published_precision) == (date(2024, 3, 5), "day")
    assert paper.categories == ("Kites", "Wind")
    assert paper.provenance is not None
    assert paper.provenance.span == (2, 27)
    assert (translated.title, translated.title_raw) == ("Kites of the old school.", "[Kites of the old school].")
    assert (translated.published, translated.published_precision) == (date(1998, 12, 1), "month")


def test_the_variant_of_pubmed_central() -> None:
    parsed = parse(HERE / "pmc-variant.txt")
    first, second = parsed.entries

    assert (parsed.format, parsed.problems) == ("medline", ())
    assert (first.title, first.abstract, first.authors) == ("Kites of the world.", None, ("Ada Windley",))
    assert first.ids == {"doi": "10.5555/k.1", "pmid": "200001"}
    assert first.published == date(2018, 3, 30)
    assert (second.authors, second.ids) == (("B Stringer",), {"pmid": "200002"})


def test_records_of_eric_begin_with_their_owner() -> None:
    parsed = parse(HERE / "of-eric.nbib")
    kites, strings = parsed.entries

    assert (parsed.format, parsed.account.total, parsed.problems) == ("medline", 26, ())
    assert kites.title == "Kites in the Schoolyard: A Study of Two Classes"
    assert kites.authors == ("Ada B. Windley", "Tom Stringer")
    assert (kites.ids, strings.ids) == ({"doi": "10.5555/kites.7"}, {})
    assert (kites.published, kites.published_precision) == (date(2000, 1, 1), "year")
    assert (strings.published, strings.published_precision) == (date(2001, 3, 1), "month")
    assert strings.abstract == "Strings are counted."


@pytest.mark.parametrize("name", ["two-records.nbib", "pmc-variant.txt"])
@pytest.mark.parametrize(("sound", "other"), [("\n\n", "\n"), ("\n", "\r\n"), ("\n", "\r"), ("\n\n", "\n \n\n")])
def test_other_line_breaks_and_no_blank_lines(name: str, sound: str, other: str) -> None:
    text = (DATA / HERE / name).read_text(encoding="utf-8")
    assert parse(text.replace(sound, other)).entries == parse(text).entries


def test_lines_of_no_record_and_records_without_titles_are_told() -> None:
    parsed = parse("Saved today\nby me\n\nPMID- 1\nTI  - Kites\nSO  - K.\n\nPMID- 2\nSO  - K.\n", "medline")

    assert [entry.title for entry in parsed.entries] == ["Kites"]
    assert [(one.place, one.level) for one in parsed.problems] == [
        ((1, 1), "warning"),
        ((2, 2), "warning"),
        ((8, 9), "error"),
    ]
    assert parsed.account.problem == 4


def test_records_that_never_name_their_source_are_whole_where_a_line_ends() -> None:
    text = "PMID- 1\nTI  - Kites\n\nPMID- 2\nTI  - Tails\n"
    assert len(parse(text, "medline").entries) == 2
    assert len(parse(text[:-1], "medline").entries) == 1


def test_cut_and_damaged() -> None:
    check_every_cut("medline/two-records.nbib", "medline", told=False)
    check_every_cut("medline/pmc-variant.txt", "medline", told=False)
    check_damage("medline/two-records.nbib", "medline", "Drachen der alten Schule.")


@given(
    st.lists(
        st.sampled_from(["PMID- 1", "PMC - PMC2", "TI  - Kites", "      on", "", " ", "SO  - K", "FAU - A, B", "x"])
    )
)
def test_every_line_is_counted_once(lines: list[str]) -> None:
    try:
        parsed = parse("\n".join(lines) + "\n", "medline")
    except SourceError:
        assert not any(line.strip() for line in lines)
    else:
        assert parsed.account.total == sum(bool(line.strip()) for line in lines)
