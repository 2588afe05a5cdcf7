"""The page's HTML: its own data, its cards where there is none, and what damage does."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import ParseFailed
from tests.sources.damage import DATA, cut_anywhere, flipped, parse, parse_file, survives

NAME = "daily-papers-html"
TITLES = [
    "Kites in the Wind: Steering Strings with Small Models",
    "Counting Orchids Without a Botanist",
    "<loom> Weaves Tokens into Cloth",
]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("day.html", date(2026, 5, 4)),
        ("week.html", date(2026, 5, 2)),
        ("single-quotes-props-first.html", date(2026, 5, 20)),
    ],
)
def test_the_data_of_the_page(name: str, day: date) -> None:
    parsed = parse_file(f"{NAME}/{name}")

    assert [entry.title for entry in parsed.entries] == TITLES
    assert (parsed.taken.date(), parsed.taken_from) == (day, "page date")
    assert (parsed.problems, parsed.account.total) == ((), 3)
    kites = parsed.entries[0]
    assert kites.abstract is not None
    assert "at <5 m/s" in kites.abstract
    assert (kites.organization, kites.upvotes, kites.comments) == ("The Kite Laboratory", 101, 6)
    assert kites.published == date(2026, 4, 30)
    assert kites.authors == ("Ada Moth", "Bo Reed")


def test_a_page_of_a_search_keeps_its_papers_under_another_name() -> None:
    parsed = parse_file(f"{NAME}/search.html")

    assert [(entry.title, entry.ids) for entry in parsed.entries] == [
        ("Kites in the Wind", {"arxiv": "2604.28181"}),
        ("Counting Orchids", {"arxiv": "2604.00010"}),
    ]
    assert (parsed.format, parsed.problems) == (NAME, ())


def test_a_page_says_the_same_as_the_api() -> None:
    api = parse((DATA / "daily-papers-json/answer-of-2026-minified.json").read_bytes())
    page = parse_file(f"{NAME}/day.html")

    assert page.entries == api.entries


def test_a_day_without_papers() -> None:
    parsed = parse_file(f"{NAME}/empty-day.html")

    assert (parsed.entries, parsed.problems, parsed.taken.date()) == ((), (), date(2026, 5, 4))


def test_cards_where_the_data_is_missing() -> None:
    parsed = parse_file(f"{NAME}/cards-without-data.html")
    kites, orchids, loom = parsed.entries

    assert [entry.title for entry in parsed.entries] == TITLES
    assert (kites.upvotes, kites.comments, kites.author_count) == (101, 6, 12)
    assert (orchids.upvotes, orchids.comments, orchids.published) == (None, None, date(2026, 4, 30))
    assert loom.ids == {"arxiv": "2603.19999"}
    assert [problem.level for problem in parsed.problems] == ["note"]


def test_data_that_holds_nothing_gives_way_to_the_cards() -> None:
    page = (DATA / NAME / "cards-without-data.html").read_text()
    page = page.replace("<main", '<div data-target="DailyPapers" data-props=""></div><main', 1)

    assert len(parse(page.encode()).entries) == 3


def test_cards_that_stand_twice_are_one_paper() -> None:
    parsed = parse_file(f"{NAME}/cards-twice.html")

    assert [entry.title for entry in parsed.entries] == TITLES[:2]
    assert (parsed.account.entry, parsed.account.furniture) == (2, 3)


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><html><title>Daily Papers - Hugging Face</title><body>Log in</body></html>",
        '<!doctype html><html class="DailyPapersPage"><article>No paper</article></html>',
    ],
)
def test_a_page_without_papers_is_told(page: str) -> None:
    with pytest.raises(ParseFailed, match="without Daily Papers"):
        parse(page.encode())


@pytest.mark.parametrize("name", ["day.html", "cards-without-data.html"])
def test_cut_anywhere(name: str) -> None:
    cut_anywhere((DATA / NAME / name).read_bytes(), NAME, step=3)


def test_damage_costs_its_own_record() -> None:
    page = (DATA / NAME / "day.html").read_text().replace("Ada Moth&quot;", "Ada Moth", 1)
    parsed = parse(page.encode())

    assert [entry.title for entry in parsed.entries] == TITLES[1:]
    assert parsed.taken.date() == date(2026, 5, 4)
    assert (parsed.account.entry, parsed.account.problem) == (2, 1)


def test_hostile_cards_take_no_time() -> None:
    link = '<h3><a href="/papers/2604.00001">x</a></h3>'
    page = "<!doctype html><html>" + f"<article>{'<div>' * 5000}{link}</article>" * 20 + "<article>" * 20_000
    parsed = parse(page.encode(), NAME)

    assert len(parsed.entries) <= 1


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted((DATA / NAME).iterdir())), st.lists(st.tuples(st.integers(0), st.integers(0, 7)), max_size=6)
)
def test_flipped_bits_raise_nothing_else(path: Path, places: list[tuple[int, int]]) -> None:
    survives(flipped(path.read_bytes(), places), NAME)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<article>",
                "</article>",
                "<h3>",
                '<a href="/papers/2604.00001">',
                "</a>",
                "x",
                "<!--",
                "<?xml?>",
                "\0",
                '"',
                'data-target="DailyPapers"',
                "<div ",
                "data-props='",
                json.dumps({"dailyPapers": [1]}),
                "<label>",
                "]]>",
            ]
        ),
        max_size=25,
    )
)
def test_any_pieces_raise_nothing_else(pieces: list[str]) -> None:
    survives(b"<html>" + "".join(pieces).encode(), NAME)
