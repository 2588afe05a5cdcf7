"""One rule that uses another: what it stands for, and what cannot be."""

from __future__ import annotations

import pytest

from broadsheet.errors import ConfigError, Mistake
from broadsheet.rules import QuerySyntaxError, compile_profiles, parse_query, queries_of
from broadsheet.rules.reference import hits_of
from broadsheet.types import Match
from tests.made import paper, profile, rule


def matches(*rules: tuple[str, str], text: str = "a cache b") -> list[Match]:
    one = profile(*(rule(when, name) for name, when in rules))
    return list(compile_profiles([one]).judge([paper("Zzz", abstract=text)])[one.name][0].matches)


def mistakes(*rules: tuple[str, str]) -> list[Mistake]:
    with pytest.raises(ConfigError) as caught:
        compile_profiles([profile(*(rule(when, name) for name, when in rules))])
    return list(caught.value.mistakes)


def test_a_rule_stands_for_its_query_wherever_it_is_written() -> None:
    found = matches(("both", '@"first" b'), ("none", '-@"first"'), ("first", "cache OR nothing"))
    assert [(match.rule, [hit.text for hit in match.hits]) for match in found] == [
        ("both", ["cache", "b"]),
        ("first", ["cache"]),
    ]


def test_a_mute_can_be_used_and_use() -> None:
    one = profile(rule('-@"films"', "rest"), rule("video*", "base"), mutes=(rule('@"base"', "films"),))
    judgement = compile_profiles([one]).judge([paper("Videos")])[one.name][0]
    assert judgement.muted_by == "films"
    assert [match.rule for match in judgement.matches] == ["base"]


def test_a_name_of_another_profile_is_not_known() -> None:
    one, two = profile(rule("a", "x"), name="one"), profile(rule('@"x"', "y"), name="two")
    with pytest.raises(ConfigError, match="there is no rule 'x'"):
        compile_profiles([one, two])


def test_the_same_name_stands_for_the_query_of_its_own_profile() -> None:
    one = profile(rule("a", "x"), rule('@"x"', "use"), name="one")
    two = profile(rule("b", "x"), rule('@"x"', "use"), name="two")
    found = compile_profiles([one, two]).judge([paper("A")])
    assert {name: len(judgements[0].matches) for name, judgements in found.items()} == {"one": 2, "two": 0}


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    (one,) = mistakes(("kv cache", "cache"), ("y", 'a @"kv cahe"'))
    assert (one.message, one.column, one.remedy) == ("there is no rule 'kv cahe'", 11, 'did you mean @"kv cache"?')
    (other,) = mistakes(("x", '@"zzz"'))
    assert other.remedy == "write the name of a rule or mute of this profile"


def test_a_rule_that_uses_itself_is_told_once() -> None:
    (one,) = mistakes(("x", 'a OR @"x"'))
    assert (one.message, one.column) == ("the rule uses itself: x -> x", 14)
    (other,) = mistakes(("x", '@"y"'), ("y", 'a @"z"'), ("z", '@"x"'), ("user", '@"x"'))
    assert other.message == "the rule uses itself: x -> y -> z -> x"


def test_a_use_of_a_faulty_rule_is_no_fault_of_its_own() -> None:
    (one,) = mistakes(("x", "a OR"), ("y", '@"x"'), ("z", '@"y"'))
    assert one.message == "OR has nothing behind it"


def test_rules_too_deep_in_one_another_are_told_once() -> None:
    (one,) = mistakes(*((f"r{number}", f'(a @"r{number + 1}")') for number in range(400)), ("r400", "b"))
    assert "more than 300 conditions deep" in one.message


def test_rules_that_use_one_twice_each_are_no_slower_for_it() -> None:
    rules = [(f"r{number}", f'(@"r{number + 1}" a) OR (@"r{number + 1}" b)') for number in range(60)]
    found = matches(*rules, ("r60", "cache"))
    assert len(found) == 61
    assert [hit.text for hit in found[0].hits] == ["a", "cache", "b"]


def test_without_a_profile_there_is_nothing_to_use() -> None:
    with pytest.raises(QuerySyntaxError, match="there are no other rules here") as caught:
        hits_of(parse_query('a @"x"'), paper("A"))
    assert caught.value.offset == 2


def test_the_queries_of_a_profile_stand_for_themselves() -> None:
    queries = queries_of(profile(rule("a", "x"), rule('@"x"', "y"), mutes=(rule('@"y"', "z"),)))
    assert list(queries) == ["x", "y", "z"]
    assert all(hits_of(query, paper("A")) for query in queries.values())
