"""Ovid's plain-text export."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.biblio import bytes_of, dump, parse, recognised, titles

FILE = bytes_of("ovid", "export.txt")


def test_records_are_read() -> None:
    parsed = parse("ovid", FILE)
    boats, kites = parsed.entries

    assert boats.title == "Rain and boats"
    assert boats.authors == ("Jane Doe", "Richard Roe", "Alva Poe")
    assert boats.abstract == "It rains on boats."
    assert (boats.published, boats.published_precision) == (date(2015, 9, 1), "month")
    assert boats.ids == {"doi": "10.1234/eco.1563"}
    assert (kites.title, kites.published, kites.published_precision) == ("Kites in the rain", date(2014, 1, 1), "year")
    assert parsed.problems == ()


def test_what_is_no_record_is_told() -> None:
    parsed = parse("ovid", "Search results\n<1>\nAuthor\n  Doe, Jane\n<2>\nTitle\n  Boats\n<3>\nTitle\n  Tor")

    assert titles(parsed) == ["Boats"]
    assert [problem.place for problem in parsed.problems] == [(1, 1), (2, 4), (8, 10)]


def test_a_record_that_ends_with_its_references_is_torn() -> None:
    parsed = parse("ovid", FILE[: FILE.index(b"  Coe B.")])

    assert (parsed.entries, [problem.place for problem in parsed.problems]) == ((), [(1, 13)])


def test_it_is_recognised() -> None:
    assert recognised(FILE) == "ovid"


def test_cut_anywhere_no_title_is_invented() -> None:
    whole = titles(parse("ovid", FILE))
    for cut in range(1, len(FILE)):
        # Nothing marks the end of a record, so that the last one may lack fields, though not for its references.
        found = titles(parse("ovid", FILE[:cut]))
        assert found == whole[: len(found)]


@given(st.integers(0, 700), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    try:
        parsed = sources.parse(dump(FILE[:at] + junk + FILE[at + len(junk) :]), format="ovid")
    except SourceError:
        return
    assert len(parsed.entries) <= 3
