"""arXiv's listing pages."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from tests.sources.damage import DATA, cut_anywhere, flipped, parse, parse_file, survives

NEW = (DATA / "arxiv-listing" / "new.html").read_bytes()
OLD = (DATA / "arxiv-listing" / "new-before-2024.html").read_bytes()


def test_the_new_page() -> None:
    parsed = parse_file("arxiv-listing/new.html")

    assert parsed.problems == ()
    assert (parsed.account.unit, parsed.account.total, parsed.announced) == ("records", 4, 4)
    assert parsed.taken == datetime(2023, 3, 17, tzinfo=UTC)
    cranes, kites, boats, wings = parsed.entries
    assert cranes.title_raw == "Cranes & boats: folding <paper> at $T < 0$"
    assert cranes.abstract_raw == (
        "We fold cranes. The code is at https://example.org/cranes?a=1&b=2 . It isn't much. "
        "A second paragraph with $x < y$."
    )
    assert cranes.authors == ("Ada One", "Björn Two Jr.")
    assert cranes.categories == ("q-fin.TR", "cond-mat.stat-mech", "gr-qc")
    assert cranes.ids == {"arxiv": "2303.00001"}
    assert cranes.links["pdf"] == "https://arxiv.org/pdf/2303.00001"
    assert (cranes.announce_type, cranes.published, cranes.updated) == ("new", date(2023, 3, 17), None)
    assert (kites.authors, kites.author_count) == (("C. Three", "D. Four"), 40)
    assert (boats.announce_type, boats.published, boats.authors) == ("cross", None, ())
    assert boats.categories == ("math.GR", "q-fin.EC")
    assert wings.ids == {"arxiv": "math/0206005"}
    assert (wings.announce_type, wings.published, wings.updated) == ("replace", None, date(2023, 3, 17))
    assert wings.abstract is None
    assert [entry.provenance.span for entry in parsed.entries if entry.provenance] == [(n, n) for n in (1, 2, 3, 4)]


def test_the_layout_before_2024() -> None:
    parsed = parse_file("arxiv-listing/new-before-2024.html")

    assert (parsed.problems, parsed.announced) == ((), 3)
    assert parsed.taken == datetime(2023, 3, 17, tzinfo=UTC)
    cranes, boats, strings = parsed.entries
    assert (cranes.title, cranes.abstract) == ("Cranes folded from banknotes", "We fold cranes.")
    assert (cranes.authors, boats.authors) == (("Ada One", "Björn Two"), ("E. Five", "F. Six"))
    assert cranes.categories == ("q-fin.TR", "cond-mat.stat-mech")
    assert [entry.announce_type for entry in parsed.entries] == ["new", "cross", "replace"]
    assert strings.ids == {"arxiv": "2204.00004"}


def test_recent_days() -> None:
    parsed = parse_file("arxiv-listing/recent.html")

    assert (parsed.problems, parsed.announced) == ((), 2)
    assert parsed.taken == datetime(2023, 3, 3, tzinfo=UTC)
    cranes, kites = parsed.entries
    assert (cranes.announce_type, cranes.published) == (None, date(2023, 3, 3))
    assert (kites.announce_type, kites.published) == ("cross", None)


def test_a_month() -> None:
    parsed = parse_file("arxiv-listing/month.html")

    assert (parsed.problems, parsed.announced) == ((), 2)
    assert [(entry.ids["arxiv"], entry.version) for entry in parsed.entries] == [
        ("2401.00001", None),
        ("2401.00002", 3),
    ]
    assert [entry.published for entry in parsed.entries] == [None, None]


def test_a_piece_of_a_page_is_one() -> None:
    parsed = parse_file("arxiv-listing/piece-of-a-page.html")
    (entry,) = parsed.entries

    assert (entry.title, entry.ids) == ("A Piece of a Page", {"arxiv": "2603.00801"})
    assert entry.authors == ("Ada Keeper", "Ben Oak")
    assert (entry.categories, entry.published) == (("cs.AI", "cs.CL"), date(2026, 3, 3))
    assert parsed.announced == 1


def test_a_weekend_is_empty() -> None:
    parsed = parse_file("arxiv-listing/weekend.html")

    assert (parsed.entries, parsed.problems, parsed.announced, parsed.refusal) == ((), (), 0, None)


def test_an_error_is_a_refusal() -> None:
    parsed = parse_file("arxiv-listing/error.html")

    assert (parsed.entries, parsed.problems) == ((), ())
    assert parsed.refusal == "Invalid archive or category | arXiv e-print repository"


def test_math_that_a_browser_has_typeset_is_its_source() -> None:
    (cranes,) = parse_file("arxiv-listing/saved-by-a-browser.html").entries

    assert cranes.title_raw == "Cranes at $\\alpha^2$ degrees"
    assert cranes.ids == {"arxiv": "2303.00001"}


@pytest.mark.parametrize(
    "page",
    [
        b"<html><head><title>A page not found</title></head></html>",
        b"<!DOCTYPE html><html><title>[2303.00001] Cranes</title><p>On arXiv, with an <b>error</b> bar</p></html>",
        b"<html><dl><dt>Term<dd>Description</dl></html>",
    ],
)
def test_other_pages_are_not_taken_for_one(page: bytes) -> None:
    with pytest.raises(SourceError):
        assert parse(page).format != "arxiv-listing"


@pytest.mark.parametrize(
    ("found", "instead", "reason"),
    [
        (b'href ="/abs/2303.00002"', b'hrxf ="/abs/2303.00002"', ""),
        (b'href ="/abs/2303.00002"', b'href ="/abs/23O3.OOOO2"', ""),
        (b'href ="/abs/2303.00002"', b'href ="/abs/2303.10002"', "names several ids of arXiv; the first is kept"),
        (b"<a name='item2'>[2]</a>", b"<a name='item2>[2]</a>", ""),
        (b"          Kites\n        </div>", b"          Kites\n        </dxv>", ""),
    ],
)
def test_damage_costs_no_paper(found: bytes, instead: bytes, reason: str) -> None:
    assert NEW.count(found) == 1
    parsed = parse(NEW.replace(found, instead))

    assert len(parsed.entries) == 4
    assert [problem.reason for problem in parsed.problems] == ([reason] if reason else [])


def test_damage_to_a_record_costs_that_record_only() -> None:
    for found, instead in (
        (b"<dt>\n      <a name='item2'>", b"<dx>\n      <a name='item2'>"),
        (
            b"</dt>\n    <dd>\n      <div class='meta'>\n        <div class='list-title mathjax'>"
            b"<span class='descriptor'>Title:</span>\n          Kites",
            b"</dt>\n    <dx><div>",
        ),
        (b"          Kites\n", b"\n"),
    ):
        assert NEW.count(found) == 1
        parsed = parse(NEW.replace(found, instead))

        whole = parse(NEW).entries
        assert [entry.title for entry in parsed.entries if entry.title != "Kites"] == [
            entry.title for entry in whole if entry.title != "Kites"
        ]
        assert len(parsed.problems) == 1


def test_cut_anywhere() -> None:
    cut_anywhere(NEW, "arxiv-listing", step=5)
    cut_anywhere(OLD, "arxiv-listing", step=7)


@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 7)), max_size=8), st.sampled_from([NEW, OLD]))
def test_flipped_bits(places: list[tuple[int, int]], content: bytes) -> None:
    survives(flipped(content, places), "arxiv-listing")


PIECES = [piece + b"<" for piece in sorted(set(NEW.split(b"<")))]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=40))
def test_any_order_of_tags(pieces: list[bytes]) -> None:
    survives(b"<html id='dlpage'>" + b"".join(pieces), "arxiv-listing")


@pytest.mark.parametrize(
    "piece",
    [
        b"<dt>",
        b"<dd>",
        b"<dt><dd>",
        b"<h3>",
        b"<div class='list-title'>",
        b"<!--",
        b"<a href='",
        b"&amp;",
        b"<br>",
        b"\0<",
    ],
)
def test_hostile_pages_cost_little(piece: bytes) -> None:
    began = time.process_time()
    survives(b"<html id='dlpage'><dt><dd><div class='list-title'>" + piece * 20_000 + b"</dd>", "arxiv-listing")
    assert time.process_time() - began < 10
