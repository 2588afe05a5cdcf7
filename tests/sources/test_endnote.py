"""EndNote's tagged export."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.biblio import bytes_of, dump, parse, recognised, titles

FILE = bytes_of("endnote", "library.enw")


def test_records_are_read() -> None:
    parsed = parse("endnote", FILE)
    boats, kites, untyped = parsed.entries

    assert (boats.title, boats.authors) == ("Folding boats", ("Jane Doe", "Richard Roe"))
    assert boats.abstract == "We fold boats and unfold them."
    assert (boats.published, boats.published_precision) == (date(2016, 3, 3), "day")
    assert (boats.ids, boats.links) == ({"doi": "10.1234/boats.8"}, {"abstract": "https://journal.example/boats/8"})
    assert kites.ids == {"arxiv": "2401.01234"}
    assert (untyped.title, untyped.authors) == ("No type, and a blank line before", ("Carla Coe",))
    # What has a journal and no title is part of the record that follows without a type of its own.
    assert parsed.account.entry == parsed.account.total


def test_records_without_titles_are_told() -> None:
    parsed = parse("endnote", "%0 Book\n%B Nothing else\n%0 Thesis\n%0 Report\n%T A title\n")

    assert titles(parsed) == ["A title"]
    assert [problem.place for problem in parsed.problems] == [(1, 2), (3, 3)]


def test_the_last_record_is_torn_where_its_line_is() -> None:
    parsed = parse("endnote", "stray\n%0 Book\n%T Whole\n%0 Book\n%T Tor")

    assert titles(parsed) == ["Whole"]
    assert [(problem.place, problem.level) for problem in parsed.problems] == [((1, 1), "warning"), ((4, 5), "error")]


def test_it_is_recognised() -> None:
    assert recognised(FILE) == "endnote"
    assert recognised("%T Boats\n%A Doe, J\n%D 2020\n") == "endnote"


def test_cut_anywhere_no_title_is_invented() -> None:
    whole = titles(parse("endnote", FILE))
    for cut in range(1, len(FILE)):
        # Nothing marks the end of a record, so that the last one may lack fields.
        found = titles(parse("endnote", FILE[:cut]))
        assert found == whole[: len(found)]


@given(st.lists(st.sampled_from(["%0 Book", "%T T", "%A A", "", "more", "%", "%%", "%X"]), max_size=20))
def test_any_lines_are_accounted_for(lines: list[str]) -> None:
    if "".join(lines).strip():
        parse("endnote", "\n".join(lines))


@given(st.integers(0, 500), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    try:
        parsed = sources.parse(dump(FILE[:at] + junk + FILE[at + len(junk) :]), format="endnote")
    except SourceError:
        return
    assert len(parsed.entries) <= 4
