"""DBLP's XML: entities without a DTD, markup in titles, numbers behind names."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.biblio import assert_cuts_invent_nothing, bytes_of, dump, parse, recognised

FILE = bytes_of("dblp", "records.xml")


def test_records_are_read() -> None:
    parsed = parse("dblp", FILE)
    boats, kites, blank = parsed.entries

    assert boats.title == "Folding B2O Boats & Kites"
    assert boats.authors == ("Jane Doe", "Michael Böat", "Zoë Roe")
    assert (boats.published, boats.published_precision) == (date(2008, 1, 1), "year")
    assert boats.ids == {"doi": "10.1234/978-3-540-87877-3_3", "dblp": "conf/boat/Doe08"}
    assert boats.links["dblp"] == "https://dblp.org/rec/conf/boat/Doe08"
    assert (kites.title, kites.ids["arxiv"], kites.related) == ("Are Kites All You Need?", "2401.01234", {})
    assert blank.title == "An address with a blank..."
    assert set(blank.ids) == {"dblp"}
    assert [problem.reason for problem in parsed.problems] == ["an address with a blank in it; left out"]
    # The proceedings as a whole, and a home page.
    assert (parsed.account.total, parsed.account.furniture) == (5, 2)


def test_an_old_preprint_has_its_id_in_the_volume() -> None:
    record = "<article key='journals/corr/cs-LG-0101001' publtype='informal'><author>A</author><title>T.</title>"
    parsed = parse("dblp", f"<dblp>{record}<journal>CoRR</journal><volume>cs.LG/0101001</volume></article></dblp>")

    assert parsed.entries[0].ids == {"arxiv": "cs/0101001", "dblp": "journals/corr/cs-LG-0101001"}


def test_answers_to_a_search_are_read() -> None:
    content = bytes_of("dblp", "search.xml")
    parsed = parse("dblp", content)
    wind, string = parsed.entries

    assert recognised(content) == "dblp"
    assert (wind.title, wind.authors) == ("Kites in Wind", ("Jane Doe", "Zoë Roe"))
    assert wind.ids == {"arxiv": "2401.01234", "dblp": "journals/corr/abs-2401-01234"}
    assert string.ids == {"doi": "10.1234/kite.2023.1", "dblp": "conf/kite/Doe23"}
    assert (string.published, string.published_precision) == (date(2023, 1, 1), "year")
    # The proceedings as a whole.
    assert (parsed.account.total, parsed.account.furniture, parsed.problems) == (3, 1, ())


def test_an_empty_list_is_empty() -> None:
    parsed = parse("dblp", "<dblp>\n</dblp>")

    assert (parsed.entries, parsed.problems) == ((), ())


def test_it_is_recognised() -> None:
    assert recognised(FILE) == "dblp"
    assert recognised("<?xml version='1.0'?><dblpperson name='Jane Doe'><r><article/></r></dblpperson>") == "dblp"


def test_cut_anywhere_it_invents_nothing() -> None:
    assert_cuts_invent_nothing("dblp", FILE)
    assert_cuts_invent_nothing("dblp", bytes_of("dblp", "search.xml"))


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    try:
        parsed = sources.parse(dump(FILE[:at] + junk + FILE[at + len(junk) :]), format="dblp")
    except SourceError:
        return
    assert len(parsed.entries) <= 4
