"""arXiv's RSS 2.0 feeds: what was announced, how, and what a damaged feed still says."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.sources import arxiv_laws as laws

ANNOUNCED = "announced-in-every-way"


def test_a_feed() -> None:
    parsed = laws.parse("arxiv-rss", ANNOUNCED)
    first, bells, orchard, ferries, again = parsed.entries

    assert first.title_raw == "Lantern: Reading $O(n^2)$ Logbooks With Small Lamps"
    assert first.abstract_raw == "Keepers wrote when $x < y$, and <think> was a word to them. We read all of it."
    assert first.authors == ("Ada Keeper", "Ben Öl", "Chi Mi")
    assert (first.ids, first.version) == ({"arxiv": "2603.00101"}, 1)
    assert first.categories == ("cs.LG", "stat.ML")
    assert first.links["pdf"] == "https://arxiv.org/pdf/2603.00101"
    assert first.announce_type == "new"
    assert (first.published, first.published_precision, first.updated) == (date(2026, 3, 3), "day", None)
    assert bells.related == {"doi:10.1234/bells.2026.7": "published version"}
    assert bells.links["published"] == "https://doi.org/10.1234/bells.2026.7"
    assert bells.ids == {"arxiv": "2602.00202"}
    assert (again.ids, again.title) == (bells.ids, bells.title)
    assert (ferries.ids, ferries.version, ferries.announce_type) == ({"arxiv": "math/0309136"}, 4, "replace-cross")
    assert orchard.version == 1
    assert (parsed.account.coverage, parsed.problems) == (100.0, ())
    assert parsed.taken == datetime(2026, 3, 3, 5, 0, 11, tzinfo=UTC)


def test_the_day_of_an_announcement_is_when_a_new_paper_appeared_and_a_replacement_was_made() -> None:
    days = [(entry.published, entry.updated) for entry in laws.parse("arxiv-rss", ANNOUNCED).entries]

    day = date(2026, 3, 3)
    # The cross-listed paper of 1901 is years older than its announcement.
    assert days == [(day, None), (day, None), (None, None), (None, day), (day, None)]


def test_a_weekend_is_empty_and_no_problem() -> None:
    parsed = laws.parse("arxiv-rss", "weekend")

    assert (parsed.entries, parsed.problems, parsed.refusal) == ((), (), None)
    assert parsed.taken.date() == date(2026, 3, 7)


def test_an_error_instead_of_papers_is_no_weekend() -> None:
    parsed = laws.parse("arxiv-rss", "error-instead-of-papers")

    assert (parsed.entries, parsed.refusal) == ((), "There is no category 'cs.KITES'.")


def test_what_is_missing_costs_no_more_than_itself() -> None:
    parsed = laws.parse("arxiv-rss", "fields-missing-and-damaged")

    assert [(entry.title, entry.abstract, dict(entry.ids), entry.version) for entry in parsed.entries] == [
        (
            "The Prefix on One Line & a Creator of No Declared Namespace",
            "Cafés by the sea.",
            {"arxiv": "2603.00401"},
            1,
        ),
        ("No Guid, and Nothing Before the Abstract", "Plain & short.", {"arxiv": "2603.00403"}, None),
        ("An Id That Is None", None, {}, None),
        ("A Title Without Its End", "Still here.", {"arxiv": "2603.00405"}, 2),
    ]
    assert parsed.entries[0].authors == ("Gil Wave", "Hana Sand")
    assert [(problem.place, problem.level, problem.reason) for problem in parsed.problems] == [
        (
            None,
            "warning",
            "the record in line 8 is not well-formed XML (Namespace prefix dc on creator is not defined); 1 more are "
            "not either; read as far as it says something",
        ),
        ((2, 2), "error", "a paper without a title"),
        ((4, 4), "warning", "names no paper of arXiv; the paper is kept without an id"),
        ((4, 4), "note", "what stands for a DOI is none; left out"),
    ]
    assert (parsed.account.entry, parsed.account.problem) == (4, 1)


def test_a_cut_feed() -> None:
    laws.a_cut_file_gives_the_first_entries("arxiv-rss", ANNOUNCED)


def test_a_damaged_feed() -> None:
    laws.damage_raises_no_other_error("arxiv-rss", ANNOUNCED)


def test_the_layout_before_2024() -> None:
    parsed = laws.parse("arxiv-rss", "layout-before-2024")
    (entry,) = parsed.entries

    assert (entry.title, entry.abstract_raw) == ("Lamps, Again", "Lamps for $a<b$.")
    assert entry.authors == ("Ann Elm", "Bo Oak")
    assert (entry.ids, entry.version, entry.categories) == ({"arxiv": "1906.00211"}, 3, ("cs.LG",))
    assert (entry.announce_type, entry.published) == ("replace", None)
    assert parsed.problems == ()
