"""Where words stand, against a second definition of the same meaning: one regular expression over the marked text."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet.rules import parse_query
from broadsheet.rules.occurrences import occurrences
from broadsheet.rules.pattern import Pattern, pattern_of
from broadsheet.rules.reference import hits_of
from broadsheet.rules.tex import clean
from broadsheet.rules.tokens import Part, Text, comparable
from broadsheet.text import folded
from tests.growth import grows_linearly
from tests.made import paper


def text_of(*values: str) -> Text:
    return Text(Part(field="abstract", text=value) for value in values)


def regex_of(spelling: str) -> str:
    """A spelling as a regular expression over tokens with "-", " " or "|" between them."""
    signs = {"*": "[^ |-]*", "-": "[ -]?", " ": "[ -]"}
    out = ""
    for before, sign in zip(" " + spelling, spelling, strict=False):
        between_letters = before not in signs and sign not in signs
        out += ("-?" if between_letters else "") + signs.get(sign, re.escape(sign))
    return out


def expected(pattern: Pattern, text: Text) -> set[tuple[int, int]]:
    """Every run of tokens that is spelled like the pattern."""
    return {
        (first, last)
        for first in range(len(text.tokens))
        for last in range(first, len(text.tokens))
        for spelling in pattern.spellings
        if re.fullmatch(regex_of(spelling), _marked(text, first, last))
    }


def _marked(text: Text, first: int, last: int) -> str:
    run = range(first, last)
    return "".join(text.tokens[place] + text.after[place] for place in run) + text.tokens[last]


short = st.sampled_from(["a", "b", "ab", "ba", "aab", "as", "abs", "aby", "abies", "a-b", "b-a"])
edges = st.sampled_from(["-", " ", " - ", ", ", "--", "/"])
stars = st.sampled_from(["", "", "", "*"])


@st.composite
def written(draw: st.DrawFn, *, starred: bool) -> str:
    out = draw(short)
    for _ in range(draw(st.integers(0, 4))):
        star = draw(stars) if starred else ""
        out += star + draw(edges if not star else st.sampled_from(["-", " ", ""])) + draw(short)
    return draw(stars) + out + draw(stars) if starred else out


@settings(max_examples=400)
@given(written(starred=True), st.lists(written(starred=False), min_size=1, max_size=2), st.booleans())
@example("*ab*cd", ["xaba-bcd"], False)
@example("a * b", ["a b", "a c b"], False)
@example("a-*", ["a-b ab a"], True)
def test_occurrences_are_the_shortest_runs_that_are_spelled_so(query: str, values: list[str], plural: bool) -> None:
    pattern, text = pattern_of(query, plural=plural), text_of(*values)
    everywhere = expected(pattern, text)
    found = occurrences(pattern, text)
    assert set(found) <= everywhere
    assert bool(found) == bool(everywhere)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    for first, last in everywhere:  # nothing is left out but for an overlap
        assert any(one <= last and first <= other for one, other in found)


@given(st.text())
def test_comparable_text_is_the_folded_text_with_its_separators_made_plain(text: str) -> None:
    plain = "".join(
        char if char.isascii() or unicodedata.category(char)[0] in "LNM"
        else "-" if unicodedata.category(char) == "Pd" or char == "\u2212" else " "
        for char in folded(text)
    )  # fmt: skip
    assert comparable(text) == plain


@given(st.text(max_size=60))
def test_every_token_is_found_at_its_own_place(value: str) -> None:
    text = text_of(value)
    ends = 0
    for place, token in enumerate(text.tokens):
        part, start, end = text.span(place, place)
        assert 0 <= start < end <= len(part.text)
        assert token in comparable(part.text[start:end]) or clean(value).starts
        assert start >= ends or not value.isascii() or clean(value).starts
        ends = end


HITS: list[tuple[str, str, list[str]]] = [
    ("cache", "Caches: a cache, CACHE", ["Caches", "cache", "CACHE"]),
    ("kv-cache", "KV-caches, KV cache, KVCache", ["KV-caches", "KV cache", "KVCache"]),
    ("finetuning", "re-fine\u2011tuning", ["fine\u2011tuning"]),
    ("naive", "a nai\u0308ve, naïve", ["nai\u0308ve", "naïve"]),
    ("fine", "İ ﬁne", ["ﬁne"]),
    ("strasse", "½ Straße!", ["Straße"]),
    ("quant*", "quantized-aware quantum", ["quantized", "quantum"]),
    ('"a b"', "a b a-b", ["a b", "a-b"]),
    ("a OR b", "b a", ["b", "a"]),
    ("a OR (b c)", "b a", ["a"]),  # b did not make it hold
    ("a NOT b", "a", ["a"]),
    ("NOT b", "a", []),
    ('kv OR "kv cache"', "kv cache", ["kv", "kv cache"]),
    ("a OR a", "a", ["a"]),
    ("data", "data-s", ["data"]),
]


@pytest.mark.parametrize(("query", "text", "words"), HITS)
def test_hits_are_the_exact_words_at_their_places(query: str, text: str, words: list[str]) -> None:
    hits = hits_of(parse_query(query), paper("Zzz", abstract=text))
    assert hits is not None
    assert [hit.text for hit in hits] == words
    assert [text[hit.start : hit.end] for hit in hits] == words


def test_hits_stand_in_the_order_of_fields_and_places() -> None:
    shown = paper(
        "One cache", abstract="Two caches", authors=("Ann Lee", "Lee Cache"), categories=("cs.LG",),
        organization="Cache Labs", comments=3, ids={"arxiv": "2601.00042"}, published=date(2026, 1, 2),
    )  # fmt: skip
    query = parse_query("published:2026 comments:3 id:2601.* source:daily-papers cat:CS.* org:cache au:cache cache")
    assert [(hit.field, hit.text, hit.start, hit.end) for hit in hits_of(query, shown) or ()] == [
        ("title", "cache", 4, 9),
        ("abstract", "caches", 4, 10),
        ("author", "Cache", 13, 18),
        ("org", "Cache", 0, 5),
        ("category", "cs.LG", 0, 5),
        ("source", "daily-papers", 0, 12),
        ("id", "arxiv:2601.00042", 17, 33),
        ("comments", "3", None, None),
        ("published", "2026-01-02", None, None),
    ]


HOSTILE = ["*a*b*c*d*", "a" * 60, "*-".join("abcdefgh") + "*", '"* * * * a"', "-".join("a" * 20)]


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_takes_more_than_linear_time(query: str) -> None:
    def look(size: int) -> None:
        for text in ("ab" * size, "a-" * size + "b", "a b " * size):
            occurrences(pattern_of(query, plural=True), text_of(text))

    assert grows_linearly(look, 1_000)
