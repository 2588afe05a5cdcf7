"""Digests in HTML in which papers are links among others."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from tests.sources.damage import DATA, flipped, parse, parse_file, survives

NAME = "paper-links"


def test_addresses_that_stand_as_text() -> None:
    parsed = parse_file(f"{NAME}/digest-with-addresses-as-text.html")

    assert [(entry.title, entry.ids["arxiv"]) for entry in parsed.entries] == [
        ("Kites in the Wind", "2604.28181"),
        ("Orchids, counted", "2604.00010"),
    ]
    assert parsed.account.furniture == 1, "the shop is news"
    assert (parsed.taken.date(), parsed.problems) == (date(2026, 5, 19), ())


def test_titles_of_links_and_of_their_surroundings() -> None:
    parsed = parse_file(f"{NAME}/links-with-titles.html")

    assert [entry.title for entry in parsed.entries] == [
        "Kites in the Wind: Steering Strings",
        "Counting Orchids Without a Botanist",
    ]
    assert parsed.entries[0].links["page"] == "https://huggingface.co/papers/2604.28181"
    (problem,) = parsed.problems
    assert (problem.text, problem.level) == ("https://arxiv.org/abs/2603.19999", "warning")


def test_a_cut_page_makes_no_paper_up() -> None:
    content = (DATA / NAME / "digest-with-addresses-as-text.html").read_bytes()
    whole = {(entry.title, entry.ids["arxiv"]) for entry in parse(content, NAME).entries}
    most = 0
    for cut in range(1, len(content)):
        try:
            found = {(entry.title, entry.ids["arxiv"]) for entry in parse(content[:cut], NAME).entries}
        except SourceError:
            continue
        assert found <= whole, content[cut - 60 : cut]
        most = max(most, len(found))
    assert most == len(whole)


def test_many_links_take_little_time() -> None:
    links = "".join(f'<div><a href="https://arxiv.org/abs/2604.{at:05}">Kite number {at}</a>' for at in range(2000))
    begin = time.perf_counter()
    parsed = parse(f"<html><body>{links}</body></html>".encode(), NAME)

    assert parsed.entries[0].title == "Kite number 0"
    assert time.perf_counter() - begin < 5


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted((DATA / NAME).iterdir())), st.lists(st.tuples(st.integers(0), st.integers(0, 7)), max_size=6)
)
def test_flipped_bits_raise_nothing_else(path: Path, places: list[tuple[int, int]]) -> None:
    survives(flipped(path.read_bytes(), places), NAME)


def test_a_page_that_looks_like_xml_is_a_page() -> None:
    # The parser's warning of it would be an error here.
    survives(b'<?xml version="1.0">Hi', "paper-links")
