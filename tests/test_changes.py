from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadsheet.changes import SIGNIFICANT, Decision, decide, diff
from broadsheet.types import Entry, Guid, Paper, Provenance

A, B, C = Guid("title:a"), Guid("title:b"), Guid("title:c")
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


def entry(title: str = "A Title", **fields: Any) -> Entry:
    return Entry(title=title, title_raw=title, **fields)


def told(decision: Decision) -> list[tuple[str, Guid]]:
    return [(change.kind, change.paper.guid) for change in decision.changes]


class History:
    """What is known after the dumps that were read into it, in the order they were read."""

    def __init__(self) -> None:
        self.papers: dict[Guid, Paper] = {}

    def read(self, observed: Sequence[tuple[Guid, Entry]], taken: datetime, **more: Any) -> Decision:
        decision = decide(observed, self.papers, taken=taken, late=more.pop("late", False), **more)
        self.papers |= {paper.guid: paper for paper in decision.papers}
        return decision


def read(*dumps: tuple[datetime, Entry]) -> tuple[Paper, Decision]:
    """The paper after listings in this order, and what the last of them decided."""
    history = History()
    for taken, listing in dumps:
        decision = history.read([(A, listing)], taken)
    return history.papers[A], decision


def test_a_paper_never_seen_is_new() -> None:
    decision = decide([(A, entry()), (B, entry("Other"))], {}, taken=MONDAY, late=False)
    assert told(decision) == [("new", A), ("new", B)]
    assert decision.changes[0].paper == Paper(guid=A, best=entry(), first_seen=MONDAY, last_seen=MONDAY)
    assert [paper.guid for paper in decision.papers] == [A, B]
    assert {change.seq for change in decision.changes} == {0}


def test_a_paper_seen_again_is_no_change_and_seen_later() -> None:
    paper, decision = read((MONDAY, entry()), (TUESDAY, entry()))
    assert decision.changes == ()
    assert (paper.first_seen, paper.last_seen, paper.version) == (MONDAY, TUESDAY, 1)


def test_a_paper_listed_twice_in_one_dump_is_told_once_with_what_both_know() -> None:
    decision = decide([(A, entry(comments=3)), (A, entry(abstract="We do."))], {}, taken=MONDAY, late=False)
    assert told(decision) == [("new", A)]
    assert decision.papers[0].best == entry(comments=3, abstract="We do.")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ({"abstract": "We show this."}, {"abstract": "We show that."}, "abstract"),
        ({"abstract": "It is 3.5 times faster."}, {"abstract": "It is 35 times faster."}, "abstract"),
        ({"abstract": "We show this."}, {"abstract": "We show this. Code is public."}, "abstract"),
        ({"title": "A Title"}, {"title": "Another Title"}, "title"),
        ({"author_count": 3}, {"author_count": 4}, "authors"),
        ({"authors": ("Ada Lovelace",)}, {"authors": ("Ada Lovelace", "Grace Hopper")}, "authors"),
        ({"authors": ("Ada Lovelace", "Grace Hopper")}, {"authors": ("Grace Hopper", "Ada Lovelace")}, "authors"),
        ({"version": 1}, {"version": 2}, "version"),
    ],
)
def test_a_significant_field_that_changes_makes_an_update(old: dict[str, Any], new: dict[str, Any], field: str) -> None:
    paper, decision = read((MONDAY, entry(**old)), (TUESDAY, entry(**new)))
    assert told(decision) == [("updated", A)]
    assert [change.field for change in decision.changes[0].fields] == [field]
    assert field in SIGNIFICANT
    assert paper.version == 2
    assert decision.changes[0].paper == paper
    assert paper.best == entry(**new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"abstract": "We show  this."}, {"abstract": "We\nshow this."}),
        ({"abstract": "A fine-tuned model."}, {"abstract": "A “fine tuned” model!"}),
        ({"title": "A TITLE"}, {"title": "A Title"}),
        ({"comments": 1, "upvotes": 2}, {"comments": 3, "upvotes": 1}),
        ({"organization": "A Lab"}, {"organization": "A Laboratory"}),
        ({"categories": ("cs.LG",)}, {"categories": ("cs.LG", "cs.CL")}),
        (
            {"published": date(2026, 5, 1), "published_precision": "month"},
            {"published": date(2026, 5, 7), "published_precision": "day"},
        ),
        ({"authors": ("Ada Lovelace",)}, {"authors": ("A. Lovelace",)}),
        ({"authors": ("Ada Lovelace",)}, {"authors": ("Lovelace, Ada",)}),
        ({}, {"abstract": "We show this.", "version": 1, "authors": ("Ada Lovelace",)}),
        ({"author_count": 2}, {"authors": ("Ada Lovelace",)}),
    ],
)
def test_what_is_not_significant_is_kept_and_told_to_nobody(old: dict[str, Any], new: dict[str, Any]) -> None:
    paper, decision = read((MONDAY, entry(**old)), (TUESDAY, entry(**new)))
    assert decision.changes == ()
    assert decision.papers == (paper,)
    assert paper.best == replace(entry(**(old | new)))


def test_what_becomes_unknown_is_kept() -> None:
    full = entry(abstract="We do.", comments=3, authors=("Ada Lovelace",), ids={"arxiv": "2401.01234"}, version=2)
    paper, decision = read((MONDAY, full), (TUESDAY, entry()))
    assert decision.changes == ()
    assert paper.best == full


def test_ids_and_links_of_several_listings_add_up() -> None:
    paper, _ = read(
        (MONDAY, entry(ids={"arxiv": "2401.01234"}, links={"pdf": "https://a.example/1"})),
        (TUESDAY, entry(ids={"doi": "10.1000/x"}, links={"pdf": "https://a.example/2"})),
    )
    assert paper.best.ids == {"arxiv": "2401.01234", "doi": "10.1000/x"}
    assert paper.best.links == {"pdf": "https://a.example/2"}


WHOLE = "We show this. It works well, in all cases."


@pytest.mark.parametrize(
    "cut",
    ["We show this. It works w", "We show this. It works …", "We show this. It works...", "We show this. […]"],
)
def test_a_cut_off_abstract_is_no_update_and_the_whole_one_is_kept(cut: str) -> None:
    for listings in permutations([(MONDAY, entry(abstract=cut)), (TUESDAY, entry(abstract=WHOLE))]):
        for first, second in (listings, ((MONDAY, listings[0][1]), (TUESDAY, listings[1][1]))):
            paper, decision = read(first, second)
            assert decision.changes == ()
            assert paper.best.abstract == WHOLE


def test_an_abstract_that_ends_with_its_sentence_was_not_cut_off() -> None:
    _, decision = read((MONDAY, entry(abstract="We show this.")), (TUESDAY, entry(abstract=WHOLE)))
    assert told(decision) == [("updated", A)]


def test_an_older_dump_that_comes_late_overwrites_nothing_and_fills_what_is_unknown() -> None:
    older = entry(abstract="As it was.", comments=1, organization="A Lab")
    paper, decision = read((TUESDAY, entry(abstract="As it is.", comments=5)), (MONDAY, older))
    assert decision.changes == ()
    assert paper.best == entry(abstract="As it is.", comments=5, organization="A Lab")
    assert (paper.first_seen, paper.last_seen) == (MONDAY, TUESDAY)


def test_a_paper_only_in_a_late_dump_is_new_and_marked_late() -> None:
    history = History()
    history.read([(A, entry())], TUESDAY)
    decision = history.read([(A, entry()), (B, entry("Other"))], MONDAY, late=True)
    assert told(decision) == [("new", B)]
    assert decision.changes[0].late


def test_a_late_dump_does_replace_a_field_that_only_an_older_one_knew() -> None:
    paper, decision = read(
        (MONDAY, entry(abstract="First.")), (WEDNESDAY, entry(comments=4)), (TUESDAY, entry(abstract="Second."))
    )
    assert told(decision) == [("updated", A)]
    assert paper.best == entry(abstract="Second.", comments=4)


def test_an_earlier_version_that_comes_later_changes_nothing_but_the_counts() -> None:
    newer = entry(abstract="Second.", version=2, comments=1)
    paper, decision = read((MONDAY, newer), (TUESDAY, entry(abstract="First.", version=1, comments=2)))
    assert decision.changes == ()
    assert paper.best == replace(newer, comments=2)
    assert paper.last_seen == TUESDAY


def test_a_later_version_in_an_older_dump_is_an_update() -> None:
    paper, decision = read(
        (TUESDAY, entry(abstract="First.", version=1)), (MONDAY, entry(abstract="Second.", version=2))
    )
    assert [change.field for change in decision.changes[0].fields] == ["abstract", "version"]
    assert paper.best.abstract == "Second."


def test_of_two_dumps_taken_at_one_time_the_one_read_later_wins() -> None:
    paper, decision = read((MONDAY, entry(abstract="In the morning.")), (MONDAY, entry(abstract="In the evening.")))
    assert told(decision) == [("updated", A)]
    assert paper.best.abstract == "In the evening."


def test_the_provenance_is_that_of_the_entry_that_gave_the_abstract() -> None:
    def at(position: int) -> Provenance:
        return Provenance(source="s", dump="d", sha256="0", position=position, span=(position, position))

    paper, _ = read(
        (MONDAY, entry(abstract="We do.", provenance=at(1))), (TUESDAY, entry(comments=2, provenance=at(2)))
    )
    assert paper.best.provenance == at(1)
    paper, _ = read((MONDAY, entry(provenance=at(1))), (TUESDAY, entry(provenance=at(2))))
    assert paper.best.provenance == at(2)


def test_authors_are_told_by_name_or_by_number() -> None:
    _, decision = read((MONDAY, entry(author_count=1)), (TUESDAY, entry(author_count=2)))
    assert (decision.changes[0].fields[0].old, decision.changes[0].fields[0].new) == ("1 author", "2 authors")
    _, decision = read((MONDAY, entry(authors=("Ada",))), (TUESDAY, entry(authors=("Ada", "Bo"))))
    assert (decision.changes[0].fields[0].old, decision.changes[0].fields[0].new) == ("Ada", "Ada, Bo")


def test_a_paper_missing_from_a_full_listing_is_gone_and_comes_back_as_returned() -> None:
    history = History()
    history.read([(A, entry("A")), (B, entry("B")), (C, entry("C"))], MONDAY, previous=set())
    left = history.read([(A, entry("A"))], TUESDAY, previous={A, B, C})
    assert told(left) == [("gone", B), ("gone", C)]
    assert [paper.guid for paper in left.papers] == [A]
    back = history.read([(C, entry("C")), (A, entry("A"))], WEDNESDAY, previous={A}, gone={B, C})
    assert told(back) == [("returned", C)]


def test_a_paper_that_returns_changed_is_returned_and_updated() -> None:
    history = History()
    history.read([(A, entry(abstract="First."))], MONDAY)
    back = history.read([(A, entry(abstract="Second."))], TUESDAY, previous=set(), gone={A})
    assert told(back) == [("returned", A), ("updated", A)]


def test_absence_from_a_dump_that_is_no_full_listing_says_nothing() -> None:
    history = History()
    history.read([(A, entry("A")), (B, entry("B"))], MONDAY)
    assert told(history.read([(A, entry("A"))], TUESDAY)) == []


def test_a_late_full_listing_makes_nothing_gone_or_returned() -> None:
    history = History()
    history.read([(A, entry("A")), (B, entry("B"))], TUESDAY)
    assert told(history.read([(A, entry("A"))], MONDAY, late=True, previous={A, B}, gone={A})) == []


def test_diff_names_what_was_added_removed_and_changed() -> None:
    old = [(A, entry("A", abstract="One.")), (B, entry("B"))]
    new = [(C, entry("C")), (A, entry("A", abstract="Two.")), (C, entry("C", comments=1))]
    found = diff(old, new)
    assert found.added == ((C, entry("C", comments=1)),)
    assert found.removed == ((B, entry("B")),)
    assert [(each.guid, each.old.abstract, each.new.abstract) for each in found.changed] == [(A, "One.", "Two.")]
    assert found.unchanged == 0


# Laws. Abstracts end with their sentences here: to which of three listings a cut-off one belongs depends on the order.

DATES = [date(2026, 5, 1), date(2026, 5, 2)]
ENTRY = st.builds(
    lambda title, dated, **fields: entry(title, **dated, **fields),
    st.sampled_from(["A Title", "a title", "Another"]),
    st.just({})
    | st.fixed_dictionaries(
        {"published": st.sampled_from(DATES), "published_precision": st.sampled_from(["day", "month"])}
    ),
    abstract=st.sampled_from([None, "One.", "Two.", "ONE!", "Two. And more."]),
    authors=st.sampled_from([(), ("Ada Lovelace",), ("Ada Lovelace", "Grace Hopper")]),
    author_count=st.sampled_from([None, 1, 2]),
    comments=st.sampled_from([None, 0, 1]),
    version=st.sampled_from([None, 1, 2]),
    ids=st.dictionaries(st.sampled_from(["arxiv", "doi"]), st.sampled_from(["1", "2"])),
)
DUMP = st.lists(st.tuples(st.sampled_from([A, B, C]), ENTRY), max_size=5)


@given(DUMP)
def test_a_dump_does_not_differ_from_itself(dump: list[tuple[Guid, Entry]]) -> None:
    found = diff(dump, dump)
    assert (found.added, found.removed, found.changed) == ((), (), ())
    assert found.unchanged == len({guid for guid, _ in dump})


@given(DUMP, DUMP, st.randoms(use_true_random=False))
def test_permuting_a_dump_changes_no_diff(
    old: list[tuple[Guid, Entry]], new: list[tuple[Guid, Entry]], random: Random
) -> None:
    assert diff(random.sample(old, len(old)), random.sample(new, len(new))) == diff(old, new)


@given(DUMP, DUMP)
def test_a_diff_read_backwards_swaps_added_and_removed(
    old: list[tuple[Guid, Entry]], new: list[tuple[Guid, Entry]]
) -> None:
    there, back = diff(old, new), diff(new, old)
    assert (there.added, there.removed, there.unchanged) == (back.removed, back.added, back.unchanged)
    assert {each.guid for each in there.changed} == {each.guid for each in back.changed}


@given(DUMP, DUMP)
def test_reading_a_dump_twice_changes_nothing_the_second_time(
    earlier: list[tuple[Guid, Entry]], dump: list[tuple[Guid, Entry]]
) -> None:
    history = History()
    history.read(earlier, MONDAY)
    history.read(dump, TUESDAY)
    assert history.read(dump, TUESDAY) == Decision(papers=(), changes=())


@given(st.lists(DUMP, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_any_order_of_dumps_gives_the_same_papers(dumps: list[list[tuple[Guid, Entry]]], random: Random) -> None:
    timed = [(MONDAY + timedelta(days=day), dump) for day, dump in enumerate(dumps)]
    straight, shuffled = History(), History()
    for taken, dump in timed:
        straight.read(dump, taken)
    for taken, dump in random.sample(timed, len(timed)):
        shuffled.read(dump, taken)

    def best(history: History) -> dict[Guid, Paper]:
        # The number of updates told does depend on the order; what is known in the end does not.
        return {guid: replace(paper, version=1) for guid, paper in history.papers.items()}

    assert best(straight) == best(shuffled)


@given(ENTRY, ENTRY)
def test_a_paper_is_updated_exactly_when_its_best_significant_fields_differ(one: Entry, other: Entry) -> None:
    assume(one != other)
    history = History()
    history.read([(A, one)], MONDAY)
    before = history.papers[A]
    decision = history.read([(A, other)], TUESDAY)
    after = history.papers[A]
    assert (after.version > before.version) == bool(diff([(A, before.best)], [(A, after.best)]).changed)
    assert bool(decision.changes) == (after.version > before.version)
