"""arXiv's Atom feeds: the same announcements as in RSS."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.sources import arxiv_laws as laws

FEED = "new-cross-and-replaced"


def test_a_feed() -> None:
    parsed = laws.parse("arxiv-atom", FEED)
    new, replaced = parsed.entries

    assert (new.title, new.abstract) == ("Tidegate & Lock", "Ferries wait for tides.")
    assert (new.ids, new.version, new.announce_type) == ({"arxiv": "2603.00501"}, 1, "new")
    assert (new.authors, new.categories) == (("Ivo Lock", "Jana Weir"), ("cs.AI", "math.OC"))
    assert (new.published, new.updated) == (date(2026, 3, 3), None)
    # When the feed was made is no date of a paper.
    assert (replaced.published, replaced.updated, replaced.version) == (None, date(2026, 3, 3), 3)
    assert replaced.authors == ("Kai Root", "Lou Bark")
    assert replaced.related == {"doi:10.1234/trunks": "published version"}
    assert (parsed.account.coverage, parsed.problems) == (100.0, ())
    assert parsed.taken == datetime(2026, 3, 3, 5, 0, 19, 866337, tzinfo=UTC)


def test_an_error_instead_of_papers_is_no_weekend() -> None:
    parsed = laws.parse("arxiv-atom", "error-instead-of-papers")

    assert (parsed.entries, parsed.refusal) == ((), "There is no category 'cs.KITES'.")


def test_a_weekend_is_empty_and_no_problem() -> None:
    parsed = laws.parse("arxiv-atom", "weekend")

    assert (parsed.entries, parsed.problems) == ((), ())
    assert parsed.taken.date() == date(2026, 3, 7)


def test_a_cut_feed() -> None:
    laws.a_cut_file_gives_the_first_entries("arxiv-atom", FEED)


def test_a_damaged_feed() -> None:
    laws.damage_raises_no_other_error("arxiv-atom", FEED)
