"""Queries as trees, and back to text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.rules import Query, QuerySyntaxError, format_query, parse_query
from broadsheet.rules.query import And, Days, Near, Not, Number, Or, Phrase, Regex, Use, Word


def word(text: str, field: str | None = None) -> Word:
    return Word(field=field, text=text)


TREES: list[tuple[str, Query, str]] = [
    ("a b OR c", Or((And((word("a"), word("b"))), word("c"))), "a AND b OR c"),
    ("a AND (b OR c)", And((word("a"), Or((word("b"), word("c"))))), "a AND (b OR c)"),
    ("a (b (c d))", And((word("a"), word("b"), word("c"), word("d"))), "a AND b AND c AND d"),
    ("NOT a b", And((Not(word("a")), word("b"))), "NOT a AND b"),
    ("-(a OR b) c", And((Not(Or((word("a"), word("b")))), word("c"))), "NOT (a OR b) AND c"),
    ("ti:(a OR -b)", Or((word("a", "title"), Not(word("b", "title")))), "title:a OR NOT title:b"),
    ('au:"A  B"', Phrase(field="author", text="A B"), 'author:"A B"'),
    ("id:(arxiv:1 OR 2)", Or((word("arxiv:1", "id"), word("2", "id"))), "id:arxiv:1 OR id:2"),
    ("a && !b || c", Or((And((word("a"), Not(word("b")))), word("c"))), "a AND NOT b OR c"),
    ("a ANDNOT (b c)", And((word("a"), Not(And((word("b"), word("c")))))), "a AND NOT (b AND c)"),
    ('ti:"a  b"~5', Phrase(field="title", text="a b", slop=5), 'title:"a b"~5'),
    ("-a NEAR/5 b*", Not(Near(left=word("a"), right=word("b*"), within=5)), "NOT a NEAR/5 b*"),
    ("ti:a NEAR/05 ti:b", Near(left=word("a", "title"), right=word("b", "title"), within=5), "title:(a NEAR/5 b)"),
    ('(a) NEAR/0 "b c"', Near(left=word("a"), right=Phrase(field=None, text="b c"), within=0), 'a NEAR/0 "b c"'),
    ("abs:(/a (b)/i OR c)", Or((Regex(field="abstract", text="a (b)", ignore_case=True), word("c", "abstract"))),
     "abstract:/a (b)/i OR abstract:c"),
    (r'/"\/"/', Regex(field=None, text=r'"\/"'), r'/"\/"/'),
    ('@"a rule" OR -@"b"', Or((Use(name="a rule"), Not(Use(name="b")))), '@"a rule" OR NOT @"b"'),
    ("comments:>3", Number(field="comments", low=4, high=None), "comments:>=4"),
    ("comments:<3", Number(field="comments", low=None, high=2), "comments:<=2"),
    ("comments:>=0", Number(field="comments", low=0, high=None), "comments:>=0"),
    ("comments:(3 OR 5..7)", Or(
        (Number(field="comments", low=3, high=3), Number(field="comments", low=5, high=7))
    ), "comments:3 OR comments:5..7"),
    ("published:2024-02", Days(field="published", low=date(2024, 2, 1), high=date(2024, 2, 29)),
     "published:2024-02-01..2024-02-29"),
    ("published:>2025", Days(field="published", low=date(2026, 1, 1), high=None), "published:>=2026-01-01"),
    ("published:<2025-12", Days(field="published", low=None, high=date(2025, 11, 30)), "published:<=2025-11-30"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree", "canonical"), TREES)
def test_a_query_has_its_tree_and_its_canonical_form(text: str, tree: Query, canonical: str) -> None:
    assert parse_query(text) == tree
    assert format_query(tree) == canonical
    assert parse_query(canonical) == tree


def test_a_condition_knows_where_it_stands() -> None:
    query = parse_query('aa OR title:"bb" comments:>3')
    assert isinstance(query, Or)
    first, both = query.parts
    assert isinstance(both, And)
    assert [leaf.at for leaf in (first, *both.parts) if not isinstance(leaf, Not | And | Or)] == [0, 12, 26]


texts = st.from_regex(r"[a-zé]{1,4}(-[a-z]{1,3})?\*?", fullmatch=True)
fields = st.sampled_from([None, "title", "abstract", "author", "org", "category", "source", "id"])
words_in = st.sampled_from([None, "title", "abstract", "author", "org"])
numbers = st.integers(0, 10**9)
dates = st.dates()


def bounds(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    pairs = st.tuples(values, values).map(sorted)  # type: ignore[arg-type]
    return st.one_of(
        values.map(lambda low: {"low": low, "high": None}),
        values.map(lambda high: {"low": None, "high": high}),
        pairs.map(lambda pair: {"low": pair[0], "high": pair[1]}),
    )


leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Word, field=fields, text=texts),
    st.builds(Phrase, field=fields, text=st.lists(texts, min_size=1, max_size=3).map(" ".join)),
    st.builds(
        Phrase, field=words_in, text=st.lists(texts, min_size=2, max_size=3).map(" ".join), slop=st.integers(0, 1000)
    ),
    st.tuples(words_in, texts, texts, st.integers(0, 1000)).map(
        lambda drawn: Near(left=word(drawn[1], drawn[0]), right=Phrase(field=drawn[0], text=drawn[2]), within=drawn[3])
    ),
    st.builds(
        Regex, field=fields, text=st.sampled_from(["a", r"\/", "(a|b) c", '"', "[)]"]), ignore_case=st.booleans()
    ),
    st.builds(Use, name=st.text("ab (:", min_size=1, max_size=4).filter(str.strip)),
    bounds(numbers).map(lambda ends: Number(field="comments", **ends)),  # type: ignore[arg-type]
    bounds(dates).map(lambda ends: Days(field="published", **ends)),  # type: ignore[arg-type]
)


def grown(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        inner.map(Not),
        several.filter(lambda parts: not any(isinstance(part, And) for part in parts)).map(And),
        several.filter(lambda parts: not any(isinstance(part, Or) for part in parts)).map(Or),
    )


@st.composite
def leaf(draw: st.DrawFn) -> Query:  # a function, because the leaves are long to tell
    return draw(leaves)


queries = st.recursive(leaf(), grown, max_leaves=8)


@given(queries)
def test_a_canonical_form_parses_back_to_an_equal_tree(query: Query) -> None:
    assert parse_query(format_query(query)) == query


pieces = st.sampled_from(
    ["a", "kv-cache", '"', '"x y"', "(", ")", " ", "  ", "AND", "OR", "NOT", "-", "*", ":", "title:", "comments:",
     "id:", "published:", ">=", "..", "3", "2026-01", "~5", "NEAR/2", "NEAR/2 ", "/", "/i", "@",
     '@"a"', "&&", "||", "ANDNOT", "\\", "“", "\n", "é", "\u2013", "^", "!", "'"]
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join) | st.text(max_size=30))
def test_any_text_is_a_query_or_a_fault_with_a_place_inside_it(text: str) -> None:
    try:
        query = parse_query(text)
    except QuerySyntaxError as caught:
        fault = caught
    else:
        assert parse_query(format_query(query)) == query
        return
    assert 0 <= fault.offset <= len(text)
    assert all((fault.message, fault.remedy, str(fault)))


def test_a_query_of_the_greatest_length_and_depth_is_understood() -> None:
    deep = "(a OR b NOT " * 50 + "c" + ")" * 50
    assert parse_query(format_query(parse_query(deep))) == parse_query(deep)
    long = "ab " * 6_666
    assert len(parse_query(long).parts) == 6_666  # type: ignore[union-attr]
