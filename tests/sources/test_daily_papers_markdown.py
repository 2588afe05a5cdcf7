"""Copies of the page as Markdown in every dialect, digests as tables, and what damage does."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import ParseFailed, SourceError
from broadsheet.types import Entry
from tests.sources.damage import DATA, flipped, parse, parse_file, survives

NAME = "daily-papers-markdown"
KITES = "Kites in the Wind: Steering Strings with Small Models"
ORCHIDS = "Counting Orchids Without a Botanist"
LOOM = "<loom> Weaves Tokens into Cloth"
FILES = sorted((DATA / NAME).iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_is_counted(path: Path) -> None:
    parsed = parse_file(f"{NAME}/{path.name}")

    assert parsed.account.unit == "lines"
    assert parsed.account.total == sum(bool(line.strip()) for line in path.read_text().split("\n"))


def test_firecrawl() -> None:
    parsed = parse_file(f"{NAME}/firecrawl.md")
    kites, orchids, loom = parsed.entries

    assert (kites.title, orchids.title, loom.title) == (KITES, "Counting [Orchids] Without a Botanist", LOOM)
    assert kites.abstract == (
        "Kites fly higher when their strings are steered by small models. We fly 40 of them, at <5 m/s, and lose 3. "
        "They come down where x_1 <-- x_2 says, on the interval (0,1]."
    )
    assert (kites.organization, kites.upvotes, kites.comments) == ("The Kite Laboratory", 101, 6)
    assert (kites.published, kites.published_precision) == (date(2026, 4, 29), "month-day")
    assert (orchids.author_count, orchids.upvotes, orchids.comments) == (3, None, 1)
    assert (orchids.published, orchids.published_precision) == (date(2025, 2, 27), "day")
    assert loom.abstract == (
        "[A loom] that weaves tokens is described, with 5 bobbins and no thread, at https://loom.example.org/."
    )
    assert (parsed.taken.date(), parsed.taken_from, parsed.problems) == (date(2026, 10, 2), "page date", ())


def test_numbered_links() -> None:
    parsed = parse_file(f"{NAME}/numbered-links.md")
    kites, orchids = parsed.entries

    assert (kites.title, orchids.title) == (KITES, ORCHIDS)
    assert (kites.ids, orchids.ids) == ({"arxiv": "2604.28181"}, {"arxiv": "2403.00010"})
    assert kites.abstract == (
        "Kites fly higher when their strings are steered by small models. We fly 40 of them, at most 5 m/s, and lose "
        "3 of them in a wind of [0, 1] m/s."
    )
    assert (kites.author_count, kites.upvotes, kites.published) == (4, None, date(2026, 5, 30))
    assert (orchids.organization, orchids.upvotes, orchids.comments) == ("The Meadow Institute", 65, 6)
    assert (orchids.published, orchids.published_precision) == (date(2024, 3, 8), "day")
    assert (parsed.taken.date(), parsed.problems) == (date(2026, 6, 29), ())


def test_numbered_links_whose_addresses_were_cut_off() -> None:
    whole = parse_file(f"{NAME}/numbered-links.md").entries
    parsed = parse_file(f"{NAME}/numbered-links-cut.md")

    assert [(entry.ids, entry.links) for entry in parsed.entries] == [({}, {}), ({}, {})]
    for entry, with_ids in zip(parsed.entries, whole, strict=True):
        for name in ("title", "abstract", "author_count", "organization", "published", "upvotes", "comments"):
            assert getattr(entry, name) == getattr(with_ids, name), name
    assert "the file ends in the middle of this paper" in [problem.reason for problem in parsed.problems]


def test_titles_without_links() -> None:
    parsed = parse_file(f"{NAME}/titles-without-links.md")
    kites, orchids, loom = parsed.entries

    assert (kites.title, orchids.title) == (KITES, ORCHIDS)
    assert (kites.ids, kites.author_count, kites.links) == ({}, 4, {"code": "https://github.com/example/kites"})
    assert orchids.abstract == (
        "Orchids are counted by a camera that knows no botany, and it finds 7 of 8 of them in the meadow."
    )
    assert (loom.title, loom.author_count, parsed.problems) == ("A Loom That Weaves Tokens", 5, ())


def test_addresses_on_their_own_lines() -> None:
    parsed = parse_file(f"{NAME}/addresses-on-their-own-lines.txt")
    kites, orchids, loom = parsed.entries

    assert (kites.title, orchids.title, loom.title) == (KITES, ORCHIDS, LOOM)
    assert kites.abstract == (
        "Kites fly higher when their strings are steered by small models. We fly 40 of them, at <5 m/s, and lose 3."
    )
    assert (kites.author_count, kites.upvotes, kites.comments) == (4, 19, 2)
    assert (orchids.author_count, orchids.upvotes, orchids.published) == (6, None, date(2021, 4, 26))
    assert (loom.organization, loom.author_count, loom.comments) == ("The Kite Laboratory", None, 1)
    assert (parsed.taken.date(), parsed.problems) == (date(2026, 5, 4), ()), "the day after the one before"


def test_cards_that_stand_twice_are_one_paper() -> None:
    parsed = parse_file(f"{NAME}/every-card-twice.md")
    kites, orchids = parsed.entries

    assert kites.abstract == (
        "Kites fly higher when their strings are steered by small models. We fly 40 of them, see the film of it."
    )
    assert (kites.title, kites.organization, kites.upvotes) == (KITES, "The Kite Laboratory", 117)
    assert (kites.published, kites.links["code"]) == (date(2026, 4, 29), "https://github.com/example/kites")
    assert (orchids.author_count, orchids.published) == (4, date(2024, 12, 28))
    assert parsed.problems == ()


def test_html2text_wraps_titles_and_gives_addresses_of_the_site() -> None:
    parsed = parse_file(f"{NAME}/html2text-wrapped.md")
    kites, orchids = parsed.entries

    assert (kites.title, kites.ids) == (KITES, {"arxiv": "2604.28181"})
    assert (kites.upvotes, kites.comments, kites.author_count) == (101, 6, 4)
    assert (orchids.upvotes, orchids.comments, orchids.organization) == (None, 2, None), "the page's foot is no owner"
    assert (parsed.taken.date(), parsed.problems) == (date(2026, 5, 4), ())


def test_a_table() -> None:
    parsed = parse_file(f"{NAME}/table.md")
    kites, orchids, loom = parsed.entries

    assert kites.title == KITES, "over two lines"
    assert (kites.abstract, kites.authors) == ("a) Kites fly. b) p(x | y) is high.", ("Ada Moth", "reed42"))
    assert (orchids.title, orchids.authors, orchids.abstract) == (
        "p(orchid | photo)",
        ("Bo Reed",),
        "Orchids are counted.",
    )
    assert loom.ids == {"arxiv": "2603.19999"}
    assert parsed.taken.date() == date(2026, 5, 4)
    refused = [problem for problem in parsed.problems if problem.level == "warning"]
    assert [(problem.place, problem.text.strip()[:20]) for problem in refused] == [((10, 10), "A Row Without a Link")]


def test_a_bar_too_many_is_in_the_last_cell() -> None:
    row = "| A Kite ([arXiv](https://arxiv.org/abs/2604.00001)) | A. B. | p(x | y) is high |"
    (entry,) = parse(f"| Title | Authors | Summary |\n|--|--|--|\n{row}\n".encode(), NAME).entries

    assert (entry.authors, entry.abstract) == (("A. B.",), "p(x | y) is high")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("| Category | Title | Authors | Summary |", "| Kites | A Kite ({link})| A. B. | It flies. |"),
        ("| Title | Authors | Category | Abstract |", "| A Kite ({link}) | A. B. | Kites | It flies. |"),
        ("| Title | Authors | Link | Category | Summary |", "| A Kite | A. B. | {link} | Kites | It flies. |"),
    ],
)
def test_the_header_of_a_table_names_its_columns(header: str, row: str) -> None:
    link = "Read more on [arXiv](https://arxiv.org/abs/2604.00001v2) or [HuggingFace](https://huggingface.co/papers/2604.00001)"
    if "Link" in header:
        link = "[arXiv](https://arxiv.org/abs/2604.00001v2)"
    (entry,) = parse(f"{header}\n|--|--|--|--|\n{row.format(link=link)}\n".encode(), NAME).entries

    assert (entry.title, entry.authors, entry.abstract, entry.categories) == (
        "A Kite",
        ("A. B.",),
        "It flies.",
        ("Kites",),
    )
    assert (entry.ids, entry.version) == ({"arxiv": "2604.00001"}, 2)


def test_a_damaged_title_gives_nothing_to_its_neighbour() -> None:
    parsed = parse_file(f"{NAME}/a-heading-that-is-damaged.md")
    (kites,) = parsed.entries

    assert (kites.title, kites.published, kites.upvotes) == ("Kites in the Wind", date(2026, 4, 29), 3)
    assert kites.abstract == "Kites fly higher when their strings are steered by small models, forty of them."
    assert any("Counting Orchids" in problem.text for problem in parsed.problems)


def test_years_without_any_day_of_the_page_are_those_of_the_dump() -> None:
    card = "### [A Kite](https://huggingface.co/papers/2604.00001)\n\n·\n\nApr 30\n"
    (entry,) = parse(card.encode()).entries

    assert (entry.published, entry.published_precision) == (date(2026, 4, 30), "month-day")


def test_a_day_that_is_none_is_left_out() -> None:
    card = "### [A Kite](https://huggingface.co/papers/2604.00001)\n\n·\n\nFeb 29, 2025\n"
    (entry,) = parse(card.encode()).entries

    assert (entry.published, entry.published_precision) == (None, None)


def test_plain_copies_are_left_to_their_own_format() -> None:
    copy = "Daily Papers\nbyAK and the research community\nMay 4\nA Kite\nIt flies, high and long.\n· \nMay 3\n"

    assert parse(copy.encode()).format == "daily-papers"


def test_markdown_of_something_else_is_told() -> None:
    with pytest.raises(ParseFailed, match="no link to a paper"):
        parse(b"# Kites\n\nThey fly.\n", NAME)


def _is_part(part: Entry, whole: Entry) -> bool:
    """Whether a torn entry says nothing that the whole one does not."""
    for field in fields(Entry):
        said, meant = getattr(part, field.name), getattr(whole, field.name)
        if field.name in ("provenance", "links", "published_precision"):
            continue
        if said != meant and (said or field.name in ("title", "ids", "abstract")):
            return False
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_cut_anywhere(path: Path) -> None:
    content = path.read_bytes()
    whole = parse(content, NAME).entries
    counts = set()
    for cut in (*range(1, len(content), 2), len(content) - 1):
        try:
            parsed = parse(content[:cut], NAME)
        except SourceError:
            continue
        assert len(parsed.entries) <= len(whole)
        for part, meant in zip(parsed.entries, whole, strict=False):
            if path.name == "numbered-links.md" and not part.ids:
                # The list of addresses is cut off, from which ids come.
                meant = replace(meant, ids={}, links={})
            assert _is_part(part, meant), (content[cut - 60 : cut], part, meant)
        if path.name != "numbered-links.md":
            assert parsed.entries[:-1] == whole[: len(parsed.entries[:-1])], "only the last one is torn"
        counts.add(len(parsed.entries))
    assert counts == set(range(len(whole) + 1))


def test_a_torn_abstract_is_told_with_its_text() -> None:
    content = (DATA / NAME / "firecrawl.md").read_text()
    parsed = parse(content[: content.index("told apart")].encode())

    assert [entry.title for entry in parsed.entries] == [KITES]
    assert "Bloom" in parsed.problems[0].text
    assert parsed.problems[0].reason == "the file ends in the middle of this paper"


@pytest.mark.parametrize(
    "hostile",
    [
        "# [" * 60_000,
        "### [a](https://huggingface.co/papers/2604.00001)\n" + "[" * 200_000,
        "### [a](https://huggingface.co/papers/2604.00001)\n" + "](/papers/2604.00001)" * 20_000,
        "### [a](https://huggingface.co/papers/2604.00001)\n" + "[[](x " * 40_000,
        "### [a](https://huggingface.co/papers/2604.00001)\n\n" * 5_000,
        "\n".join(f"### [a](https://huggingface.co/papers/2604.{at:05})\n\nApr 1\n" for at in range(10_000)),
        "| Title | Link |\n" + "| a [x](https://arxiv.org/abs/2604.00001)" * 20_000,
        "| Title | Link |\n" + "| a\n\n" * 40_000,
        "https://huggingface.co/papers/2604.00001\n" + "a\n" * 100_000,
    ],
    ids=range(9),
)
def test_hostile_markup_takes_little_time(hostile: str) -> None:
    begin = time.perf_counter()
    survives(hostile.encode(), NAME)

    assert time.perf_counter() - begin < 5


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0), st.integers(0, 7)), max_size=8))
def test_flipped_bits_raise_nothing_else(path: Path, places: list[tuple[int, int]]) -> None:
    survives(flipped(path.read_bytes(), places), NAME)


PIECES = (
    *(
        "### [",
        "](https://huggingface.co/papers/2604.00001)",
        "\n",
        "\n\n",
        "A Kite",
        "[",
        "]",
        "\\",
        "·",
        "Apr 31",
        "|",
    ),
    *(
        "https://huggingface.co/papers/2604.00002",
        "\n| Title | Link |\n",
        "3 authors",
        "Submitted by",
        "![x](y)",
        "[5]",
    ),
    *("https://huggingface.co/login?next=%2Fpapers%2F2604.00001", "#community)", "(", ")", "\r", "\x0b", "\u2028"),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_pieces_raise_nothing_else_and_every_line_counts(pieces: list[str]) -> None:
    text = "### [x](https://huggingface.co/papers/2604.00009)\n" + "".join(pieces)
    survives("".join(pieces).encode(), NAME)
    parsed = parse(text.encode(), NAME)

    assert parsed.account.total == sum(bool(line.strip()) for line in text.replace("\r", "\n").split("\n"))
