from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadsheet import digest
from broadsheet.types import Change, Digest, FieldChange, Judgement, Match
from tests.made import DAY, change, match, paper, profile


def judgement(*matches: Match, muted_by: str | None = None) -> Judgement:
    return Judgement(matches=matches, muted_by=muted_by)


def compose(*rows: tuple[Change, Judgement], **fields: Any) -> Digest:
    judgements = {row.paper.guid: verdict for row, verdict in rows}
    made = profile(**fields)
    return digest.compose(made, DAY, "UTC", (1, len(rows)), [row for row, _ in rows], judgements, ())


def titles(made: Digest) -> list[str]:
    return [row.change.paper.best.title for row in made.sections[0].rows]


def test_rows_stand_by_score_then_votes_then_newest_then_title() -> None:
    made = compose(
        (change(paper("Zebra", published=date(2026, 1, 1))), judgement(match(points=1))),
        (change(paper("apple", published=date(2026, 1, 1))), judgement(match(points=1))),
        (change(paper("Newest", published=date(2026, 5, 1))), judgement(match(points=1))),
        (change(paper("No date")), judgement(match(points=1))),
        (change(paper("Votes", comments=3, upvotes=4)), judgement(match(points=1))),
        (change(paper("Top")), judgement(match(points=1), match("b", 0.5))),
    )

    assert titles(made) == ["Top", "Votes", "Newest", "apple", "Zebra", "No date"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.text(max_size=3)), max_size=12), st.randoms())
def test_the_order_does_not_depend_on_the_log(facts: list[tuple[int, int, str]], shuffle: random.Random) -> None:
    rows = [
        (change(paper(title, guid=f"title:{number}", comments=votes)), judgement(match(points=points + 1)))
        for number, (points, votes, title) in enumerate(facts)
    ]
    mixed = list(rows)
    shuffle.shuffle(mixed)

    assert compose(*rows, limit=5) == compose(*mixed, limit=5)


def test_every_paper_is_counted_once() -> None:
    made = compose(
        (change(paper("Shown")), judgement(match(points=5))),
        (change(paper("Also shown")), judgement(match(points=4))),
        (change(paper("Cut")), judgement(match(points=3))),
        (change(paper("Low")), judgement(match(points=1))),
        (change(paper("Muted")), judgement(match(points=9), muted_by="no video")),
        (change(paper("Unmatched")), judgement()),
        limit=2,
        min_score=2.0,
    )

    assert titles(made) == ["Shown", "Also shown"]
    assert [(held.title, held.score, held.reason, held.rank) for held in made.held_back] == [
        ("Cut", 3, "limit", 3),
        ("Low", 1, "threshold", None),
    ]
    assert [(muted.title, muted.rule) for muted in made.muted] == [("Muted", "no video")]
    assert made.unmatched == 1
    assert made.considered == made.shown + len(made.held_back) + len(made.muted) + made.unmatched == 6


def test_an_updated_paper_has_a_section_of_its_own() -> None:
    fields = (FieldChange(field="abstract", old="a", new="b"),)
    made = compose(
        (change(paper("New")), judgement(match())),
        (change(paper("Known"), kind="updated", fields=fields), judgement(match())),
    )

    assert [(section.name, len(section.rows)) for section in made.sections] == [("new", 1), ("updated", 1)]


def test_negative_points_can_push_a_paper_below_the_threshold() -> None:
    made = compose((change(paper("Mixed")), judgement(match(points=2), match("b", -1.5))), min_score=1.0)

    assert (made.shown, made.held_back[0].score) == (0, 0.5)


def test_new_and_then_updated_is_new_as_it_is_at_the_end() -> None:
    first, second = paper("Same", abstract="a"), paper("Same", abstract="b", version=2)
    later = change(second, 2, kind="updated", fields=(FieldChange(field="abstract", old="a", new="b"),))

    assert digest.fold([change(first), later], profile()) == (replace(change(first), paper=second),)


def test_two_updates_are_one_from_the_first_state_to_the_last() -> None:
    def update(seq: int, old: str, new: str) -> Change:
        return change(paper("Same"), seq, kind="updated", fields=(FieldChange(field="abstract", old=old, new=new),))

    (folded,) = digest.fold([update(1, "a", "b"), update(2, "b", "c")], profile())
    (undone,) = digest.fold([update(1, "a", "b"), update(2, "b", "a")], profile())

    assert folded.fields == (FieldChange(field="abstract", old="a", new="c"),)
    assert undone.fields == ()


def test_a_paper_that_is_gone_is_not_shown_and_a_foreign_source_is_not_read() -> None:
    log = [change(paper("Gone"), kind="gone"), change(paper("Here")), change(paper("There", source="other"), 3)]

    assert [row.paper.best.title for row in digest.fold(log, profile(sources=("other",)))] == ["There"]
    assert [row.paper.best.title for row in digest.fold(log, profile())] == ["Here", "There"]


ABSTRACT = "We fill a cache once and let many readers share it. It doubles the throughput of the whole system at once. "


def test_near_copies_share_a_row_that_names_both() -> None:
    made = compose(
        (change(paper("A Cache for Many", abstract=ABSTRACT + "We release it.")), judgement(match(points=3))),
        (change(paper("A Cache for the Many", abstract=ABSTRACT + "We release it.")), judgement(match(points=2))),
        (change(paper("Another Cache", abstract="A cache is emptied.")), judgement(match(points=1))),
    )

    first, second = made.sections[0].rows
    assert first.change.paper.best.title == "A Cache for Many"
    assert [copy.paper.best.title for copy in first.copies] == ["A Cache for the Many"]
    assert second.copies == ()
    assert made.considered == made.shown + made.folded == 3


def test_held_back_copies_are_named_each_with_its_own_score() -> None:
    made = compose(
        (change(paper("Top")), judgement(match(points=9))),
        (change(paper("A Cache for Many", abstract=ABSTRACT)), judgement(match(points=3))),
        (change(paper("A Cache for the Many", abstract=ABSTRACT)), judgement(match(points=2))),
        limit=1,
    )

    assert [(held.title, held.score, held.rank) for held in made.held_back] == [
        ("A Cache for Many", 3, 2),
        ("A Cache for the Many", 2, 2),
    ]


def test_a_loud_rule_gets_no_more_than_its_share() -> None:
    rows = [(change(paper(f"Loud {n}")), judgement(match("loud", 9 - n), match("quiet", 1))) for n in range(4)]
    made = compose(*rows, (change(paper("Quiet")), judgement(match("quiet", 1))), per_rule_limit=2, limit=3)

    assert titles(made) == ["Loud 0", "Loud 1", "Quiet"]
    assert [(held.title, held.reason, held.rule, held.rank) for held in made.held_back] == [
        ("Loud 2", "rule", "loud", 3),
        ("Loud 3", "rule", "loud", 4),
    ]


def test_what_re_reading_mended_is_counted_and_not_told() -> None:
    mended = [
        change(paper("Overlooked"), 1, late=True, reparsed=True),
        change(paper("Misread"), 2, kind="updated", late=True, reparsed=True),
        change(paper("Misread"), 3, kind="updated", late=True, reparsed=True),
        change(paper("Never was"), 4, kind="gone", late=True, reparsed=True),
    ]
    assert digest.fold(mended, profile()) == ()
    assert digest.corrected(mended) == 3
    assert digest.compose(profile(), DAY, "UTC", (1, 4), (), {}, (), 3).corrected == 3


def test_news_of_a_paper_that_was_mended_since_are_told_in_the_right_words() -> None:
    wrong, right = paper("Sub scribe", guid="title:x"), paper("Subscribe", guid="title:x", abstract="Right.")
    new = change(wrong, 1)
    mended = change(right, 2, kind="updated", late=True, reparsed=True)
    assert digest.fold([new, mended], profile()) == (replace(new, paper=right),)

    fields = (FieldChange(field="abstract", old="Old.", new="Wrong."), FieldChange(field="version", old="1", new="2"))
    updated = change(wrong, 1, kind="updated", fields=fields)
    (told,) = digest.fold([updated, mended], profile())
    assert told == replace(updated, paper=right, fields=(replace(fields[0], new="Right."), fields[1]))


def test_a_paper_that_never_was_is_not_told() -> None:
    wrong = paper("Subscribe")
    gone = change(wrong, 2, kind="gone", late=True, reparsed=True)
    assert digest.fold([change(wrong), gone], profile()) == ()


def test_what_is_updated_after_it_was_mended_is_told_as_that() -> None:
    found = change(paper("Found"), 1, late=True, reparsed=True)
    later = change(paper("Found", version=2), 2, kind="updated")
    assert digest.fold([found, later], profile()) == (later,)
