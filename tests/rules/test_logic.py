"""What can be told of queries without any paper."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.rules import parse_query
from broadsheet.rules.implied import anchors, implies
from broadsheet.rules.logic import always, covered, holds_for_nothing, leaves, never
from broadsheet.rules.reference import hits_of
from tests.made import paper


@pytest.mark.parametrize(
    "query",
    [
        "x1 NOT x1",
        "comments:3 comments:5",
        "comments:<3 comments:>=3",
        "source:mail source:feed",
        '"kv cache" NOT cache',
        "title:cache NOT cache",
        "(aa OR bb) NOT aa NOT bb",
        "published:2024 published:2025",
        "evicted -evict*",
        "(cache NEAR/3 keys) NOT keys",
        '"kv cache"~2 NOT kv',
        '"kv cache" NOT "kv cache"~4',
        "category:cs.LG NOT category:cs.*",
    ],
)
def test_a_contradiction_never_holds(query: str) -> None:
    assert never(parse_query(query))


@pytest.mark.parametrize(
    "query",
    [
        "x1",
        "title:cache NOT abstract:cache",
        "comments:3 upvotes:5",
        "category:cs.LG category:cs.CL",
        "cache NOT caches",
    ],
)
def test_what_can_hold_is_no_contradiction(query: str) -> None:
    assert not never(parse_query(query))


@pytest.mark.parametrize("query", ["x1 OR NOT x1", "cache OR NOT title:cache", "NOT (comments:3 comments:5)"])
def test_a_tautology_always_holds(query: str) -> None:
    assert always(parse_query(query))


def test_an_unknown_number_is_neither_small_nor_large() -> None:
    assert not always(parse_query("comments:<3 OR comments:>=3"))


@pytest.mark.parametrize(
    ("query", "by"),
    [
        ("title:cache", "cache"),
        ("abstract:cache size", "cache OR other"),
        ('"kv cache" size', "cache OR other"),
        ('"kv cache"', "kv-cache"),
        ("evicted", "evict*"),
        ('"latentdiffusion"', "*diffusion"),
        ("comments:>=5", "comments:>=3"),
        ("published:2026-01", "published:2026"),
        ("cache memory NOT survey", "cache NOT survey"),
        ("cache NOT (survey OR review)", "cache NOT survey"),
        ("cache NEAR/2 keys", "keys NEAR/3 cache"),
        ("/cach(e|ing)/", "/cach(e|ing)/i"),
        ("cache OR keys", "keys OR cache OR other"),
    ],
)
def test_a_narrower_query_is_covered_by_a_wider_one_and_not_the_other_way_round(query: str, by: str) -> None:
    assert covered(parse_query(query), parse_query(by))
    assert not covered(parse_query(by), parse_query(query))


@pytest.mark.parametrize(
    ("query", "by"),
    [
        ("cache", "title:cache"),
        ("author:lee", "lee"),
        ("cache", '"kv cache"'),
        ("kv-cache", '"kv cache"'),
        ("comments:>=3", "upvotes:>=3"),
        ("evict*", "evicted"),
        ("/cache/i", "/cache/"),
    ],
)
def test_what_another_query_may_miss_is_not_covered_by_it(query: str, by: str) -> None:
    assert not covered(parse_query(query), parse_query(by))


def test_a_query_that_only_excludes_holds_for_nothing_in_particular() -> None:
    assert holds_for_nothing(parse_query("NOT survey"))
    assert holds_for_nothing(parse_query("-survey OR cache"))
    assert not holds_for_nothing(parse_query("cache NOT survey"))


def test_the_search_gives_up_and_says_nothing() -> None:
    # Pigeonholes: 9 things in 8 places is impossible, and takes ages to see.
    places = [" OR ".join(f"thing{thing}at{place}" for place in range(8)) for thing in range(9)]
    apart = [
        f"NOT (thing{one}at{place} thing{other}at{place})"
        for place in range(8)
        for one in range(9)
        for other in range(one)
    ]
    query = parse_query(" ".join([*(f"({place})" for place in places), *apart]))
    began = time.perf_counter()
    assert not never(query)
    assert time.perf_counter() - began < 20


WORDS = ["cache", "caches", "kv", "kv-cache", "kvcache", "evict*", "*cache", "evicted", '"kv cache"', '"cache kv"~2']
LEAVES = st.tuples(st.sampled_from(["", "", "title:", "abstract:"]), st.sampled_from(WORDS)).map("".join)
NUMBERS = st.sampled_from(["comments:>=3", "comments:2..5", "comments:<2", "cache NEAR/1 kv"])
QUERIES = st.recursive(
    st.one_of(LEAVES, LEAVES, NUMBERS),
    lambda inner: st.one_of(
        inner.map(lambda one: f"(NOT ({one}))"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} AND {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
    ),
    max_leaves=5,
)
TEXTS = st.lists(
    st.sampled_from(
        ["cache", "caches", "kv", "KV-cache", "kvcache", "evicted", "ev-icted", "evic-ted", "mycache", "x"]
    ),
    max_size=4,
).map(" ".join)


@settings(max_examples=400)
@given(QUERIES, QUERIES, TEXTS, TEXTS, st.sampled_from([None, 0, 2, 3, 9]))
def test_what_is_said_of_queries_is_true_of_every_paper(
    one: str, other: str, title: str, abstract: str, comments: int | None
) -> None:
    first, second = parse_query(one), parse_query(other)
    shown = paper(title or "untitled", abstract=abstract, comments=comments)
    holds, holds_too = hits_of(first, shown) is not None, hits_of(second, shown) is not None
    assert not (never(first) and holds)
    assert not (always(first) and not holds)
    assert not (covered(first, second) and holds and not holds_too)


def test_the_conditions_of_a_query_come_in_its_order() -> None:
    assert [leaf.at for leaf in leaves(parse_query("aa (bb OR NOT cc)"))] == [0, 4, 14]


@settings(max_examples=400)
@given(LEAVES | NUMBERS, LEAVES | NUMBERS)
def test_conditions_without_a_sign_in_common_do_not_imply_one_another(one: str, other: str) -> None:
    first, second = next(leaves(parse_query(one))), next(leaves(parse_query(other)))
    if implies(first, second):
        assert anchors(first) & anchors(second) or "*" in anchors(second)
