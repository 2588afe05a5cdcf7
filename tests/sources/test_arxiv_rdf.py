"""arXiv's RSS 1.0 feeds: what stands behind titles, and HTML within XML."""

from __future__ import annotations

from datetime import date

from tests.sources import arxiv_laws as laws

FEED = "suffixes-of-titles"


def test_a_feed() -> None:
    parsed = laws.parse("arxiv-rdf", FEED)
    first, updated, crossed, bare = parsed.entries

    assert first.title_raw == "Do Orchards (arXiv:too) Remember?"
    assert first.abstract_raw == r"An orchard rings for $2.6<\eta<4$, and never for $p>5$."
    assert first.authors == ("Ann Élm", "Bo Oak, Jr")
    assert (first.ids, first.version, first.categories) == ({"arxiv": "1906.00601"}, 1, ("hep-ex",))
    assert (first.announce_type, first.published, first.updated) == ("new", date(2019, 6, 12), None)
    assert (updated.ids, updated.version, updated.title) == ({"arxiv": "hep-ex/0605001"}, 7, "Lamps, Again")
    assert (updated.announce_type, updated.published, updated.updated) == ("replace", None, date(2019, 6, 12))
    assert updated.authors == ("Cy Wick", "Di Oil")
    assert (crossed.announce_type, crossed.categories, crossed.title) == ("cross", ("astro-ph.HE",), "Storms")
    assert (bare.ids, bare.version, bare.announce_type) == ({"arxiv": "1906.00604"}, None, None)
    assert (parsed.account.coverage, parsed.problems) == (100.0, ())
    # Half past eight in the evening, five hours behind UTC.
    assert parsed.taken.date() == date(2019, 6, 13)


def test_a_weekend_is_empty_and_no_problem() -> None:
    parsed = laws.parse("arxiv-rdf", "weekend")

    assert (parsed.entries, parsed.problems) == ((), ())


def test_a_cut_feed() -> None:
    laws.a_cut_file_gives_the_first_entries("arxiv-rdf", FEED)


def test_a_damaged_feed() -> None:
    laws.damage_raises_no_other_error("arxiv-rdf", FEED)
