"""ISI's export of the Web of Science."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.biblio import assert_cuts_invent_nothing, bytes_of, dump, parse, recognised, titles

FILE = bytes_of("isi", "web-of-science.isi")


def test_records_are_read() -> None:
    parsed = parse("isi", FILE)
    boats, kites = parsed.entries

    assert boats.title == "Folding boats of Sn2P2S6 and of paper"
    assert boats.authors == ("Jane Doe", "Richard Roe")
    assert boats.abstract == "We fold boats that have been wrapped."
    assert boats.ids == {"doi": "10.1234/boats.7", "pmid": "12345678"}
    assert boats.categories == ("Boats & Ships", "Physics, Condensed Matter")
    assert (boats.published, boats.published_precision) == (date(2006, 3, 20), "day")
    assert (kites.published, kites.published_precision) == (date(2007, 1, 1), "year")
    assert (parsed.problems, parsed.account.furniture) == ((), 3)


def test_damage_is_told_and_costs_its_record_alone() -> None:
    text = (
        "FN ISI Export Format\nVR 1.0\nPT J\nTI No end\nPT J\nTI Whole\nER\nAU Doe, J\nTI No begin\nER\nER\n? x\nPT J\n"
    )
    parsed = parse("isi", text + "AU Without Title\nER\nPT J\nTI Torn\n")

    assert titles(parsed) == ["Whole", "No begin"]
    assert [(problem.place, problem.level) for problem in parsed.problems] == [
        ((3, 4), "error"),
        ((8, 8), "warning"),
        ((11, 11), "warning"),
        ((12, 12), "warning"),
        ((13, 15), "error"),
        ((16, 17), "error"),
    ]


def test_an_export_without_papers_is_empty() -> None:
    parsed = parse("isi", "FN ISI Export Format\nVR 1.0\nEF\n")

    assert (parsed.entries, parsed.problems) == ((), ())


def test_it_is_recognised() -> None:
    assert recognised(FILE) == "isi"
    assert recognised("PT J\nAU Doe, J\nTI Boats\nER\n") == "isi"


def test_cut_anywhere_it_invents_nothing() -> None:
    assert_cuts_invent_nothing("isi", FILE)


@given(st.lists(st.sampled_from(["PT J", "ER", "EF", "FN x", "TI T", "   more", "AU A", "  ", "ti"]), max_size=20))
def test_any_lines_are_accounted_for(lines: list[str]) -> None:
    if "".join(lines).strip():
        parse("isi", "\n".join(lines))


@given(st.integers(0, 700), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    try:
        parsed = sources.parse(dump(FILE[:at] + junk + FILE[at + len(junk) :]), format="isi")
    except SourceError:
        return
    assert len(parsed.entries) <= 2
