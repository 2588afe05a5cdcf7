"""Warnings: what is allowed and probably not meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.rules import parse_query
from broadsheet.rules.checked import queries_of
from broadsheet.rules.lint import MOST_COMPARED, Lint, lint, lint_counts
from broadsheet.rules.query import And, Or
from broadsheet.types import Place, Profile, Rule
from tests.made import profile, rule


def linted(one: Profile) -> tuple[Lint, ...]:
    queries = queries_of(one)
    return lint(one, [queries[each.name] for each in one.rules], [queries[each.name] for each in one.mutes])


def kinds(*queries: str) -> list[str]:
    return [warning.kind for warning in linted(profile(*map(rule, queries)))]


@pytest.mark.parametrize(
    ("query", "kind", "caret"),
    [
        ("cache NOT cache", "never matches", 0),
        ("comments:1 comments:2", "never matches", 9),
        ("cache OR NOT cache", "matches everything", 0),
        ("NOT survey", "matches everything", 4),
        ("cache memory OR eviction", "and or", 13),
        ("eviction OR (cache memory) paging", "and or", 9),
        ("(cache memory OR paging) AND kv", "and or", 14),
        ("cache && memory || paging", "and or", 16),
        ("cache or paging", "small word", 6),
        ("cache and paging", "small word", 6),
        ("cache not paging", "small word", 6),
        ("c++", "one letter", 0),
        ("title:r", "one letter", 6),
        ('memory "c"', "one letter", 7),
        ("ab*", "costly", 0),
        ("*x*", "costly", 0),
        ("memory *ab", "costly", 7),
        ("/[0-9]+/", "costly", 0),
        ("/(cache)?/", "matches everything", 0),
        ("memory OR comments:>=0", "matches everything", 19),
        ("/a|memory/", "costly", 0),
    ],
)
def test_a_doubtful_query_is_warned_of_at_its_place(query: str, kind: str, caret: int) -> None:
    (warning,) = linted(profile(rule(query)))
    assert (warning.kind, warning.mistake.line, warning.mistake.column) == (kind, 3, 9 + caret)
    assert warning.mistake.message
    assert warning.mistake.remedy
    assert str(warning.mistake).splitlines()[2].index("^") == 4 + 8 + caret


@pytest.mark.parametrize(
    "query",
    [
        "cache",
        "cache memory NOT (survey OR review)",
        "(cache memory) OR paging",
        'title:("kv cache" OR video*) NOT serving',
        '"this or that" OR paging',
        "/cache-[0-9]+/",
        "quantiz* OR 4-bit",
        "author:x",
        "a1 NEAR/3 memory OR paging",
        '"plan b"',
        "comments:>=3 OR upvotes:>=50",
        "not",
        "survey-*",
    ],
)
def test_what_is_meant_so_is_not_warned_of(query: str) -> None:
    assert kinds(query) == []


def test_a_mixed_query_is_told_with_the_parentheses_that_change_nothing() -> None:
    (warning,) = linted(profile(rule("kv  cache OR paging OR NOT (a1 b1) video")))
    assert "write (kv cache) OR paging OR (NOT (a1 b1) video)" in warning.mistake.remedy


FLAT = st.lists(
    st.sampled_from(
        ["aa", '"b c"', "NOT dd", "-ee", "(ff OR gg)", "title:hh", "ii NEAR/2 jj", "comments:>=3", "/kkk/"]
    ),
    min_size=2,
    max_size=6,
)


@given(FLAT, st.lists(st.sampled_from([" ", " AND ", " OR ", " && ", " || "]), min_size=6, max_size=6))
def test_the_parentheses_that_are_proposed_change_nothing(operands: list[str], signs: list[str]) -> None:
    query = "".join(part for pair in zip(operands, signs, strict=False) for part in pair)
    query = query[: query.rindex(operands[-1]) + len(operands[-1])]
    mixed = [one.mistake.remedy for one in linted(profile(rule(query))) if one.kind == "and or"]
    for remedy in mixed:
        proposed = remedy.removeprefix("AND binds tighter; write ").removesuffix(" if that is meant")
        assert parse_query(proposed) == parse_query(query)
        assert "and or" not in kinds(proposed)
    tree = parse_query(query)
    assert bool(mixed) is (isinstance(tree, Or) and any(isinstance(part, And) for part in tree.parts))


def test_a_rule_that_finds_only_what_another_finds_is_told_with_its_line() -> None:
    (warning,) = linted(profile(rule("cache OR paging", "wide"), rule("title:cache memory", "narrow")))
    assert (warning.kind, warning.rule) == ("covered", "narrow")
    assert warning.mistake.message == 'matches only papers that match rule "wide" (line 3), too'


def test_of_two_rules_that_say_the_same_the_later_is_told() -> None:
    (warning,) = linted(profile(rule("cache OR paging", "one"), rule("paging OR cache", "two")))
    assert (warning.rule, warning.mistake.message) == ("two", 'matches the same papers as rule "one" (line 3)')


def test_a_rule_that_takes_points_from_part_of_what_another_finds_is_meant_so() -> None:
    assert linted(profile(rule("cache"), rule("title:cache", weight=-2))) == ()


def test_a_rule_whose_papers_are_all_muted_is_told() -> None:
    (warning,) = linted(profile(rule("paging"), rule("title:video cache"), mutes=(rule("video*", "films"),)))
    assert (warning.kind, warning.rule) == ("always muted", "title:video cache")
    assert 'muted by the mute "films"' in warning.mistake.message


def test_a_mute_covered_by_a_mute_is_told_and_one_covered_by_a_rule_is_not() -> None:
    one = profile(rule("video"), mutes=(rule("title:video", "a mute"), rule("title:video memory", "another")))
    assert [(warning.kind, warning.rule) for warning in linted(one)] == [("covered", "another")]


def test_a_rule_that_uses_another_is_understood_with_it() -> None:
    one = profile(rule("cache OR paging", "wide"), rule('@"wide" memory', "more"), rule('@"wide" NOT @"wide"', "none"))
    assert {(warning.kind, warning.rule) for warning in linted(one)} == {("covered", "more"), ("never matches", "none")}


def test_rules_that_use_rules_that_use_rules_cost_no_time() -> None:
    chain = [rule("cache", "rule 0"), *(rule(f'@"rule {n}" OR (@"rule {n}" x1)', f"rule {n + 1}") for n in range(40))]
    assert all(warning.kind in {"covered", "and or"} for warning in linted(profile(*chain)))


def test_points_that_nobody_can_reach_are_told() -> None:
    (warning,) = linted(profile(rule("cache", weight=1), rule("paging", weight=-3), min_score=3))
    assert warning.kind == "unreachable"
    assert "all rules together give 2 points at most" in warning.mistake.message


def test_a_rule_without_points_is_told() -> None:
    assert [warning.kind for warning in linted(profile(rule("cache"), rule("paging", weight=0)))] == ["no points"]


def test_very_many_rules_are_not_compared_and_that_is_told() -> None:
    many = [rule(f"word{number}") for number in range(MOST_COMPARED)]
    assert linted(profile(*many)) == ()
    (warning,) = linted(profile(*many, rule("word1 memory")))
    assert warning.kind == "not compared"


def test_warnings_come_in_the_order_of_the_file() -> None:
    def at(line: int, query: str) -> Rule:
        return Rule(name=query, when=query, place=Place(file="profiles/made.toml", line=line, column=9, text=query))

    warnings = linted(profile(at(2, "c++"), at(5, "NOT survey"), at(9, "ab*")))
    assert [warning.mistake.line for warning in warnings] == [2, 5, 9]


def test_rules_that_found_nothing_or_most_of_many_papers_are_told() -> None:
    one = profile(rule("tulip"), rule("model"), rule("cache"), mutes=(rule("zebra"),))
    told = [(warning.kind, warning.rule) for warning in lint_counts(one, [0, 900, 100, 0], 1000)]
    assert told == [("dead", "tulip"), ("loud", "model"), ("dead", "zebra")]
    assert lint_counts(one, [0, 90, 10, 0], 100) == ()
