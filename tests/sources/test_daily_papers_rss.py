"""Feeds that others make of Daily Papers, each in the way its maker writes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.damage import DATA, cut_anywhere, flipped, parse, parse_file, survives

NAME = "daily-papers-rss"


def test_labels_in_the_description() -> None:
    parsed = parse_file(f"{NAME}/labelled-description.xml")
    kites, orchids, loom = parsed.entries

    assert loom.title == "<loom> Weaves Tokens into Cloth", "plain text is no markup"
    assert kites.abstract == (
        "Kites fly higher when their strings are steered by small models. We fly 40 of them, at <5 m/s, and lose 3. "
        "They come down where x_1 <-- x_2 says."
    )
    assert (kites.authors, kites.upvotes) == (("Ada Moth", "Bo Reed"), 52)
    assert (orchids.published, orchids.published_precision) == (date(2026, 4, 30), "day")
    assert orchids.links["page"] == "https://huggingface.co/papers/2604.00010"
    assert (parsed.taken.date(), parsed.taken_from, parsed.problems) == (date(2026, 5, 1), "page date", ())


def test_takara_dates_papers_with_the_time_it_looked() -> None:
    parsed = parse_file(f"{NAME}/takara.xml")
    kites, orchids = parsed.entries

    assert (kites.ids, kites.published) == ({"arxiv": "2604.28181"}, None)
    assert parsed.taken.isoformat() == "2026-05-02T06:00:00+00:00"
    assert kites.abstract is not None
    assert orchids.abstract is None, "it is said to be not available"


def test_names_before_the_abstract_are_no_part_of_it() -> None:
    parsed = parse_file(f"{NAME}/names-before-the-abstract.xml")
    kites, orchids, loom = parsed.entries

    assert parsed.format == NAME
    assert kites.abstract == "Kites fly higher when steered — by small mod"
    assert kites.authors == (), "three may not be all"
    assert (orchids.authors, orchids.abstract) == (("Juan S. Meadow",), "Orchids are counted without a botanist.")
    assert (loom.authors, loom.abstract) == ((), "We weave 3 tokens — with a loom — into cloth.")
    assert parsed.taken.date() == date(2026, 10, 3)


def test_rsshub_gives_abstract_and_authors_plainly() -> None:
    parsed = parse_file(f"{NAME}/rsshub.xml")

    assert parsed.entries[0].authors == ("Ada Moth", "Bo Reed")
    assert parsed.entries[1].abstract == (
        "A loom that weaves tokens [into cloth] is described, with 5 bobbins and no thread."
    )
    assert parsed.entries[0].published == date(2026, 4, 29)


def test_a_feed_without_papers_is_no_problem() -> None:
    parsed = parse_file(f"{NAME}/empty.xml")

    assert (parsed.entries, parsed.problems) == ((), ())


def test_a_record_that_leads_to_no_paper_is_told() -> None:
    parsed = parse_file(f"{NAME}/a-record-of-no-paper.xml")

    assert len(parsed.entries) == 1
    assert parsed.problems[0].place == (2, 2)
    assert "blog/kites" in parsed.problems[0].text


@pytest.mark.parametrize("name", ["labelled-description.xml", "takara.xml"])
def test_cut_anywhere(name: str) -> None:
    content = (DATA / NAME / name).read_bytes()
    cut_anywhere(content[: content.rindex(b"</item>") + 7], NAME)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted((DATA / NAME).iterdir())), st.lists(st.tuples(st.integers(0), st.integers(0, 7)), max_size=6)
)
def test_flipped_bits_raise_nothing_else(path: Path, places: list[tuple[int, int]]) -> None:
    survives(flipped(path.read_bytes(), places), NAME)


@pytest.mark.parametrize(
    "description", ["", "N/A", "<b>Upvotes:</b> many", "<b>Authors:</b> N/A</p>", "<b>Summary:</b> <p>"]
)
def test_descriptions_that_say_little(description: str) -> None:
    feed = (
        '<rss version="2.0"><channel><link>https://huggingface.co/papers</link><item><title>Kites</title>'
        f"<link>https://arxiv.org/abs/2604.00001v2</link><description><![CDATA[{description}]]></description></item>"
        "</channel></rss>"
    )
    (entry,) = parse(feed.encode()).entries

    assert (entry.title, entry.version, entry.authors, entry.upvotes) == ("Kites", 2, (), None)
