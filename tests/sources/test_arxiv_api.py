"""Answers of arXiv's API: both layouts, errors that look like papers, pages of longer answers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from broadsheet import sources
from tests.sources import arxiv_laws as laws

NEW = "layout-since-2025"


def test_the_layout_since_2025() -> None:
    parsed = laws.parse("arxiv-api", NEW)
    lamps, knots = parsed.entries

    assert (lamps.title, lamps.abstract) == ("Small Lamps", "We light lamps.")
    assert (lamps.ids, lamps.version) == ({"arxiv": "2603.00701"}, 2)
    assert (lamps.published, lamps.updated) == (date(2026, 3, 1), date(2026, 3, 4))
    assert lamps.authors == ("Ada Keeper", "The LAMP Collaboration")
    assert lamps.categories == ("stat.ML", "cs.LG")
    # arXiv's own DOI is no other work.
    assert lamps.related == {"doi:10.1234/lamps.1": "published version"}
    assert lamps.links == {
        "abstract": "https://arxiv.org/abs/2603.00701",
        "pdf": "https://arxiv.org/pdf/2603.00701",
        "published": "https://doi.org/10.1234/lamps.1",
    }
    assert (knots.ids, knots.version) == ({"arxiv": "math/0309136"}, 1)
    assert (parsed.account.coverage, parsed.problems) == (100.0, ())
    assert parsed.taken == datetime(2026, 3, 5, 10, tzinfo=UTC)


def test_the_layout_before_2025() -> None:
    (entry,) = laws.parse("arxiv-api", "layout-before-2025").entries

    assert entry.title_raw == "Lamps With a Title That Is Longer Than a Line"
    assert entry.abstract_raw == "Lamps have always been lit."
    assert (entry.authors, entry.categories) == (("Ada Keeper",), ("cs.RO", "cs.AI"))


@pytest.mark.parametrize(("name", "announced"), [(NEW, 2), ("layout-before-2025", 1), ("nothing-found", 0)])
def test_what_a_page_announces_is_its_own_part_of_all_results(name: str, announced: int) -> None:
    parsed = laws.parse("arxiv-api", name)

    assert parsed.announced == announced == len(parsed.entries)
    assert parsed.problems == ()


def test_an_error_is_a_refusal_and_no_paper() -> None:
    parsed = laws.parse("arxiv-api", "error")

    assert (parsed.entries, parsed.problems) == ((), ())
    assert parsed.refusal == "incorrect id format for lamp"
    assert (parsed.announced, parsed.account.furniture) == (None, 1)


def test_a_paper_called_error_is_a_paper() -> None:
    raw = laws.content("arxiv-api", NEW).replace(b"<title>Small Lamps</title>", b"<title>Error</title>")
    parsed = sources.parse(laws.dump(raw))

    assert (len(parsed.entries), parsed.refusal) == (2, None)


def test_a_cut_answer() -> None:
    laws.a_cut_file_gives_the_first_entries("arxiv-api", NEW)


def test_a_damaged_answer() -> None:
    laws.damage_raises_no_other_error("arxiv-api", NEW)
