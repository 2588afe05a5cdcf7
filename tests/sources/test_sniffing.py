"""Texts that say little of what they are: what is taken for a copied page, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadsheet import sources
from broadsheet.errors import UnknownFormat
from broadsheet.types import Dump, Parsed
from tests.pages import AGENT, CACHE, ORCHID, VIDEO, page

LONG = " Nothing else is said of it in this abstract, which goes on for long enough to be one." * 4


def parse(text: str) -> Parsed:
    taken = datetime(2026, 6, 1, tzinfo=UTC)
    return sources.parse(Dump(source="", name="made.txt", sha256="0" * 64, modified=taken, content=text.encode()))


def test_a_piece_of_the_header_glued_to_a_title_is_enough() -> None:
    parsed = parse(f"Subscribe{CACHE[0]}\n{CACHE[1]}\n{AGENT[0]}\n{AGENT[1]}\n")

    assert [entry.title for entry in parsed.entries] == [CACHE[0], AGENT[0]]
    assert parsed.problems == ()


@pytest.mark.parametrize("count", [3, 400])
def test_titles_and_long_abstracts_in_turns_are_enough_however_many(count: int) -> None:
    papers = [CACHE, AGENT, ORCHID, VIDEO] * (count // 4 + 1)
    lines = [text for title, abstract in papers[:count] for text in (title, abstract + LONG)]
    parsed = parse("\n".join(lines))

    assert len(parsed.entries) == count
    assert [problem.level for problem in parsed.problems] == ["note"]


@pytest.mark.parametrize(
    "text",
    [
        "SubscribeNow\nand save\n",
        "Shopping list\nmilk\nbread\n",
        f"Chapter one.\n{LONG}\nChapter two.\n{LONG}\nChapter three.\n{LONG}\n",
        f"{LONG}\n{LONG}\n{LONG}\n{LONG}\n",
    ],
)
def test_other_text_is_not_taken_for_a_page(text: str) -> None:
    with pytest.raises(UnknownFormat):
        parse(text)


TAIL = "  • 3 authors\n·\nMay 30, 2025 12"


@pytest.mark.parametrize("head", ["new\n", ""])
@pytest.mark.parametrize("tail", [f"\n{TAIL}", ""])
def test_a_page_appended_without_a_line_break_is_a_page_of_its_own(head: str, tail: str) -> None:
    first = page("Jun 1", [CACHE]).rstrip() + tail
    parsed = parse(first + head + page("Jun 2", [AGENT]))

    assert [(entry.title, entry.abstract) for entry in parsed.entries] == [CACHE, AGENT]
    assert parsed.entries[0].comments == (12 if tail else None)
    assert (parsed.account.coverage, parsed.problems) == (100.0, ())
