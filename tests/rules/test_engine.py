"""From profiles and papers to judgements."""

from __future__ import annotations

from broadsheet.rules import Engine, compile_profiles, parse_query
from broadsheet.rules.reference import Conditions, Reading
from broadsheet.types import Judgement, Paper, Profile
from tests.made import paper, profile, rule


def judged(one: Profile, shown: Paper) -> Judgement:
    return compile_profiles([one]).judge([shown])[one.name][0]


def test_a_rule_gives_its_weight_once_however_often_its_words_stand_there() -> None:
    (match,) = judged(profile(rule("cache", weight=3)), paper("Zzz", abstract="cache, cache, caches")).matches
    assert (match.points, match.boosted, len(match.hits)) == (3, False, 3)


def test_a_word_in_the_title_boosts_the_points() -> None:
    one = profile(rule("cache", weight=3), title_boost=1.5)
    (match,) = judged(one, paper("A cache", abstract="cache")).matches
    assert (match.points, match.boosted, match.weight) == (4.5, True, 3)


def test_points_have_four_decimals_at_most() -> None:
    (match,) = judged(profile(rule("cache", weight=1.13), title_boost=1.07), paper("A cache")).matches
    assert match.points == 1.2091


def test_a_negative_weight_is_boosted_too() -> None:
    (match,) = judged(profile(rule("cache", weight=-2)), paper("A cache")).matches
    assert match.points == -4


def test_a_rule_that_holds_without_words_gives_unboosted_points_and_no_hits() -> None:
    (match,) = judged(profile(rule("NOT survey", weight=2)), paper("A cache")).matches
    assert (match.points, match.boosted, match.hits) == (2, False, ())


def test_numbers_boost_nothing() -> None:
    (match,) = judged(profile(rule("comments:>=3")), paper("A cache", comments=4)).matches
    assert (match.points, match.boosted) == (1, False)


def test_matches_come_in_the_order_of_the_profile() -> None:
    one = profile(rule("b", "second"), rule("nothing"), rule("a", "first"))
    assert [match.rule for match in judged(one, paper("A b")).matches] == ["second", "first"]


def test_the_first_mute_that_holds_is_named_and_the_matches_stay() -> None:
    one = profile(rule("a"), mutes=(rule("nothing"), rule("b", "no b"), rule("a", "no a")))
    judgement = judged(one, paper("A b"))
    assert judgement.muted_by == "no b"
    assert [match.rule for match in judgement.matches] == ["a"]


def test_every_profile_gets_one_judgement_for_each_paper_in_order() -> None:
    one, two = profile(rule("a"), name="one"), profile(rule("b"), name="two")
    engine: Engine = compile_profiles([one, two])
    found = engine.judge([paper("A"), paper("B"), paper("A b")])
    assert {name: [len(each.matches) for each in judgements] for name, judgements in found.items()} == {
        "one": [1, 0, 1],
        "two": [0, 1, 1],
    }
    assert engine.judge([]) == {"one": (), "two": ()}


def test_a_paper_without_abstract_source_and_authors_is_judged() -> None:
    shown = paper("Zzz")
    one = profile(rule("abs:a"), rule("author:a"), rule("authors:>=0"), rule("published:>=2000"), rule("org:a"))
    assert judged(one, shown).matches == ()


def test_the_number_of_authors_is_counted_where_the_listing_only_names_them() -> None:
    one = profile(rule("authors:2"))
    assert judged(one, paper("Zzz", authors=("A", "B"))).matches
    assert judged(one, paper("Zzz", author_count=2)).matches
    assert not judged(one, paper("Zzz", authors=("A", "B"), author_count=9)).matches


def test_rules_with_the_same_condition_ask_it_once() -> None:
    conditions = Conditions()
    reading = Reading(paper("A cache"))
    for field in ("", "title:", "TI:"):
        assert conditions.of(parse_query(f"{field}cache"))(reading)
    assert len(reading.decided) == 2
