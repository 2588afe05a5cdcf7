"""What a query lacks, part by part, and which query came closest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.rules import parse_query
from broadsheet.rules.checked import queries_of
from broadsheet.rules.query import Query
from broadsheet.rules.reference import hits_of
from broadsheet.rules.whynot import gaps_of, near_misses
from tests.made import paper, profile, rule

READ = paper(
    "A Cache for Many Readers",
    abstract="The cache of keys is large. A survey of values, quantized. Fine work on tuning a kv store.",
    comments=2,
    authors=("Ann Lee",),
    categories=("cs.LG", "cs.CL"),
    published=date(2026, 1, 5),
)


def told(query: str) -> list[tuple[str, str]]:
    return [(gap.kind, gap.because) for gap in gaps_of(parse_query(query), READ)]


@pytest.mark.parametrize(
    ("query", "kind", "because"),
    [
        ("evict*", "missing", "evict* is in neither title nor abstract"),
        ("cache AND evict*", "missing", "evict* is in neither title nor abstract"),
        ("abstract:readers", "field", "abstract:readers is in the title (Readers), not in the abstract"),
        ("title:survey", "field", "title:survey is in the abstract (survey), not in the title"),
        ("lee", "field", "lee is in the author (Lee), neither in title nor abstract"),
        ('"kv cache"', "apart", '"kv cache" is not there in a row: kv, Cache ×2 stand apart'),
        ("fine-tuning", "apart", "fine-tuning is not there as one word: Fine, tuning stand apart"),
        (
            '"cache of trees"',
            "missing",
            '"cache of trees" is in neither title nor abstract: trees is missing, cache, of is there',
        ),
        ("qua", "missing", "qua is in neither title nor abstract"),
        ("quantize", "form", "quantize is there only as quantized"),
        ("comments:>=3", "value", "comments:>=3 fails: comments is 2, needs at least 3"),
        ("comments:<2", "value", "comments:<=1 fails: comments is 2, needs at most 1"),
        ("authors:2..4", "value", "authors:2..4 fails: authors is 1, needs 2 to 4"),
        ("upvotes:7", "unknown", "upvotes:7 fails: upvotes is not known, needs 7"),
        ("published:>2026-01-05", "value", None),
        ("category:cs.CV", "value", "category:cs.CV does not fit: category is cs.LG, cs.CL"),
        ("org:somewhere", "unknown", "org:somewhere fails: the organisation is not known"),
        ("cache NOT survey", "excluded", "NOT survey: found survey in the abstract"),
        ("NOT cache", "excluded", "NOT cache: found Cache ×2 in the title and the abstract"),
        ("NOT comments:2", "excluded", "NOT comments:2: found 2 comments"),
        (
            "NOT (cache AND keys)",
            "excluded",
            "NOT (cache AND keys): found Cache ×2, keys in the title and the abstract",
        ),
        ("NOT (NOT zebra)", "missing", "zebra is in neither title nor abstract"),
        ("kv NEAR/2 cache", "apart", "kv NEAR/2 cache is not there within 2 words: kv, Cache ×2 stand apart"),
        (
            "tulip NEAR/2 cache",
            "missing",
            "tulip NEAR/2 cache is in neither title nor abstract: tulip is missing, cache is there",
        ),
        ("zebra NEAR/2 tulip", "missing", "zebra NEAR/2 tulip is in neither title nor abstract"),
        ('"kv cache"~2', "apart", '"kv cache"~2 is not there within 2 words: kv, Cache ×2 stand apart'),
        ("/c[a]ches/", "missing", "/c[a]ches/ fits nothing in title or abstract"),
        ("title:/surv[e]y/", "field", "title:/surv[e]y/ is in the abstract (survey), not in the title"),
        ("category:/CV$/", "value", "category:/CV$/ does not fit: category is cs.LG, cs.CL"),
        ("orchid OR tulip", "none of", "none of orchid, tulip"),
        (
            "tulip OR (cache orchid)",
            "none of",
            "none of tulip, (cache AND orchid); closest: orchid is in neither title nor abstract",
        ),
        (
            "tulip OR title:survey",
            "none of",
            "none of tulip, title:survey; closest: title:survey is in the abstract (survey), not in the title",
        ),
    ],
)
def test_a_part_that_fails_is_named_with_its_reason(query: str, kind: str, because: str | None) -> None:
    (gap,) = told(query)
    assert gap[0] == kind
    assert because is None or gap[1] == because


def test_every_part_that_fails_is_named_in_the_order_of_the_query() -> None:
    assert [kind for kind, _ in told("cache NOT (large OR survey) tulip comments:>=9")] == [
        "excluded",
        "excluded",
        "missing",
        "value",
    ]


def test_of_very_many_alternatives_some_are_named_and_the_rest_counted() -> None:
    ((_, because),) = told(" OR ".join(f"word{number}" for number in range(15)))
    assert because.startswith("none of word0, word1, ")
    assert because.endswith(", word11 and 3 more")


def test_a_query_that_holds_has_no_gap() -> None:
    assert told("cache NOT zebra") == []


def test_the_word_that_excludes_is_given_with_its_place() -> None:
    (gap,) = gaps_of(parse_query("cache NOT survey"), READ)
    (hit,) = gap.hits
    assert READ.best.abstract is not None
    assert READ.best.abstract[hit.start : hit.end] == hit.text == "survey"
    assert "cache NOT survey"[gap.at :] == gap.part == "survey"


def ranked(*queries: str, weights: tuple[float, ...] = ()) -> list[str]:
    rules = [rule(query, weight=weight) for query, weight in zip(queries, weights or [1.0] * len(queries), strict=True)]
    return [miss.rule for miss in near_misses([(one, parse_query(one.when)) for one in rules], READ)]


def test_fewer_failed_conditions_are_closer() -> None:
    assert ranked("tulip AND orchid", "tulip") == ["tulip", "tulip AND orchid"]


def test_of_alternatives_the_easiest_one_counts() -> None:
    assert ranked("(a1 AND a2 AND a3) OR (b1 AND b2 AND b3)", "(c1 AND c2) OR (d1 AND d2 AND d3)")[0].startswith("(c1")


def test_a_trace_is_closer_than_nothing() -> None:
    assert ranked("tulip", "title:survey") == ["title:survey", "tulip"]


def test_of_equally_close_rules_the_one_with_more_that_holds_comes_first_then_the_heavier_then_the_earlier() -> None:
    queries = ("tulip", "orchid", "cache AND tulip", "daisy")
    assert ranked(*queries, weights=(1, 1, 1, 2)) == ["cache AND tulip", "daisy", "tulip", "orchid"]


def test_what_holds_and_what_takes_points_away_is_no_near_miss() -> None:
    assert ranked("cache", "tulip", weights=(1, -1)) == []


def test_a_word_that_is_absent_as_it_should_be_is_no_evidence() -> None:
    (miss,) = near_misses([(rule("tulip NOT zebra"), parse_query("tulip NOT zebra"))], READ)
    assert (miss.distance, miss.holds) == (1, ())


def used(*queries: str) -> Query:
    rules = [rule(query, f"rule {number}") for number, query in enumerate(queries)]
    return queries_of(profile(*rules))[rules[-1].name]


def test_what_a_rule_that_is_used_lacks_is_told_under_its_name() -> None:
    (gap,) = gaps_of(used("tulip cache comments:>=3", 'cache AND @"rule 0"'), READ)
    assert (gap.kind, gap.part, gap.at) == ("missing", '@"rule 0"', 10)
    assert gap.because == (
        '@"rule 0": tulip is in neither title nor abstract; comments:>=3 fails: comments is 2, needs at least 3'
    )
    (excluded,) = gaps_of(used("survey", 'cache NOT @"rule 0"'), READ)
    assert (excluded.kind, excluded.because) == ("excluded", '@"rule 0": NOT survey: found survey in the abstract')


def test_rules_that_use_rules_that_use_rules_cost_no_time() -> None:
    chain = ["tulip", *(f'(@"rule {number}" x1) OR (@"rule {number}" x2)' for number in range(40))]
    query = used(*chain)
    assert len(gaps_of(query, READ)) == 1
    assert near_misses([(rule(chain[-1]), query)], READ)


WORDS = st.sampled_from(
    ["cache", "keys", "tulip", "title:survey", '"kv cache"', "comments:>=3", "org:x", "quantize", "kv NEAR/9 cache"]
)
QUERIES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"(NOT ({one}))"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} AND {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
    ),
    max_leaves=6,
)


@given(QUERIES)
def test_there_are_gaps_exactly_where_a_query_does_not_hold(text: str) -> None:
    query = parse_query(text)
    fails = hits_of(query, READ) is None
    assert bool(gaps_of(query, READ)) is fails
    assert bool(near_misses([(rule(text), query)], READ)) is fails
