"""No query and no text takes more than linear time: ten times as much costs about ten times as much, not a hundred."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.rules import QuerySyntaxError, compile_profiles, parse_query
from broadsheet.rules.reference import hits_of
from tests.growth import grows_linearly, seconds
from tests.made import paper, profile, rule

TEXTS: dict[str, Callable[[int], str]] = {
    "words": lambda size: "a cache of words and more " * (size // 26),
    "hyphens": lambda size: "a-" * (size // 2),
    "two letters": lambda size: "ab-b " * (size // 5),
    "one token": lambda size: "ab" * (size // 2),
    "dashes": lambda size: "a" + "-" * size + "b",
    "braces": lambda size: "{" * (size // 2) + "}" * (size // 2),
    "accents": lambda size: r"\"{o}" * (size // 5),
    "dollars": lambda size: "$a" * (size // 2),
    "commands": lambda size: r"\emph{" * (size // 6),
    "beyond ascii": lambda size: "é模\u0301 " * (size // 4),
}

QUERIES = [
    "cache",
    "*a*b*c*d*e*",
    "a*b*c*",
    '"a * cache"',
    "a-b-a-b-a-b-c",
    '"' + "a " * 40 + 'c"',
    '"a b c d e f"~1000',
    "a NEAR/1000 b",
    "a NEAR/0 zzz",
    "/(a|b)*c/",
    "/a.*z|a/",
    "/(a*)*$/",
]


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_costs_its_length(name: str) -> None:
    engine = compile_profiles([profile(*(rule(query) for query in QUERIES))])
    assert grows_linearly(lambda size: engine.judge([paper("Zzz", abstract=TEXTS[name](size))]), 8_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_an_abstract_of_a_megabyte_is_judged(name: str) -> None:
    engine = compile_profiles([profile(*(rule(query) for query in QUERIES))])
    assert seconds(lambda: engine.judge([paper("Zzz", abstract=TEXTS[name](1_000_000))])) < 120


def test_many_conditions_cost_their_number() -> None:
    def query(size: int) -> None:
        text = " OR ".join(f"w{number} NEAR/3 x{number}*" for number in range(size))
        hits_of(parse_query(text), paper("w1 x1"))

    assert grows_linearly(query, 80)


def test_many_regular_expressions_cost_their_number() -> None:
    def judge(size: int) -> None:
        rules = [rule(f"/(a|b)*c{number}[^x]*y/", f"r{number}") for number in range(size)]
        compile_profiles([profile(*rules)]).judge([paper("Zzz", abstract="abc " * 200)])

    assert grows_linearly(judge, 60)


def test_many_rules_that_use_one_another_cost_their_number() -> None:
    def judge(size: int) -> None:
        chains = [rule(f'a OR @"r{number + 1}"' if number % 50 else "cache", f"r{number}") for number in range(1, size)]
        compile_profiles([profile(*chains, rule("b", f"r{size}"))]).judge([paper("A cache")])

    assert grows_linearly(judge, 300)


def test_ten_thousand_parentheses_are_refused_at_once() -> None:
    for query in ("(" * 10_000 + "a" + ")" * 10_000, "(" * 10_000, "-(" * 9_000, "title:(" * 2_800):
        with pytest.raises(QuerySyntaxError):
            assert seconds(lambda query=query: parse_query(query)) < 1  # type: ignore[misc]
