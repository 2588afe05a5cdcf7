"""Google Scholar's alert mails, newer and older."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import sources
from broadsheet.errors import SourceError
from tests.sources.biblio import assert_cuts_invent_nothing, bytes_of, dump, parse, recognised, titles

FILE = bytes_of("scholar-alert", "alert.html")
OLD = bytes_of("scholar-alert", "alert-of-2014.html")


def test_papers_are_read() -> None:
    parsed = parse("scholar-alert", FILE)
    boats, kites, bare = parsed.entries

    assert boats.title == "Folding Boats & Kites"
    assert boats.authors == ("J Doe", "R Roe", "A Poe")
    assert (boats.published, boats.published_precision) == (date(2019, 1, 1), "year")
    # A snippet, as its ellipsis tells.
    assert boats.abstract == "We fold boats, that are wide and long. However, the boats that are …"
    assert boats.links == dict.fromkeys(("abstract", "pdf"), "http://boats.example/p.php?a=1&b=2")
    assert (kites.ids, kites.authors) == ({"arxiv": "2401.01234"}, ("A Poe",))
    assert kites.links["abstract"] == "https://arxiv.org/abs/2401.01234"
    assert (bare.title, bare.authors, bare.published) == ("No byline to speak of", (), date(2018, 1, 1))
    assert bare.ids == {"doi": "10.1234/3318464.33897"}
    assert (parsed.account.total, parsed.problems) == (3, ())


def test_an_older_layout() -> None:
    (boats,) = parse("scholar-alert", OLD).entries

    assert (boats.title, boats.authors, boats.published) == ("Boats of old", ("J Doe",), date(2014, 1, 1))
    assert boats.abstract == "Old boats were folded by hand ..."
    assert boats.links["pdf"] == "http://boats.example/a.pdf"


def test_a_title_whose_heading_is_damaged_is_told() -> None:
    parsed = parse("scholar-alert", FILE.replace(b"\n<h3 style", b"\n<h\x013 style"))

    assert titles(parsed) == ["Folding Boats & Kites", "No byline to speak of"]
    assert [problem.reason for problem in parsed.problems] == ["a title whose heading is damaged"]
    assert "Kites of several strings" in parsed.problems[0].text


def test_a_torn_mail_loses_its_last_paper_alone() -> None:
    parsed = parse("scholar-alert", FILE[: FILE.index(b"Text ")])

    assert titles(parsed) == ["Folding Boats & Kites", "Kites of several strings"]
    assert [problem.reason for problem in parsed.problems] == ["the mail ends within this paper"]


def test_a_mail_without_papers_is_empty() -> None:
    parsed = parse("scholar-alert", "<html><body><style>.gse_alrt_title{}</style><h3>Nothing</h3></body></html>")

    assert (parsed.entries, parsed.problems) == ((), ())


@pytest.mark.parametrize("content", [FILE, OLD])
def test_it_is_recognised(content: bytes) -> None:
    assert recognised(content) == "scholar-alert"


def test_cut_anywhere_it_invents_nothing() -> None:
    assert_cuts_invent_nothing("scholar-alert", FILE)


@pytest.mark.parametrize(
    "text",
    [
        "<html><h3><a class=gse_alrt_title>T</a></h3>" + "<a " * 200_000 + "gse_alrt_title",
        "<html>" + "<h3 gse_alrt_title><div color:#006621>" * 3_000 + "</html>",
        "<html><h3><a class=gse_alrt_title>T</a></h3>" + "<div>" * 200_000,
    ],
)
def test_hostile_markup_costs_little(text: str) -> None:
    begin = time.process_time()
    parse("scholar-alert", text)

    assert time.process_time() - begin < 5


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_its_place_raise_nothing_else(at: int, junk: bytes) -> None:
    try:
        parsed = sources.parse(dump(FILE[:at] + junk + FILE[at + len(junk) :]), format="scholar-alert")
    except SourceError:
        return
    assert len(parsed.entries) <= 3
