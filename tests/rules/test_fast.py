"""The fast engine against the reference: the same matches, words, places and points on whatever is drawn."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.rules import ReferenceEngine
from broadsheet.rules.checked import check_profiles
from broadsheet.rules.fast import FastEngine, lexicon
from broadsheet.types import Paper, Profile
from tests.made import paper, profile, rule

# Few words, alike enough to be plurals, parts and joins of one another.
WORDS = [
    "ab",
    "abs",
    "abes",
    "aby",
    "abies",
    "cache",
    "caches",
    "kv",
    "kvcache",
    "fine",
    "tuning",
    "finetuning",
    "a",
    "é",
    "straße",
]
STARRED = ["ab*", "*s", "*ac*", "k*e", "*", "f*n*g", "a*"]
TEX = [
    r"na\"{\i}ve",
    r"\emph{ab}s",
    "{KV}-cache",
    r"$k$-ab",
    r"50\%",
    r"\o",
    r"\frac{ab}{kv}",
    "{a",
    "$",
    r"fine\-tuning",
]
ODD = ["ＡＢ", "ﬁne", "İ", "²", "模型", "\u2011", "\u0301", "'s", "1", "10,000", "\x01", "\ud800"]

words = st.sampled_from(WORDS)
signs = st.sampled_from([" ", " ", " ", "-", "-", "--", ", ", "/", "", ". ", "\u2013", " - "])
pieces = st.one_of(words, words, words, words.map(str.title), st.sampled_from(TEX), st.sampled_from(ODD))
texts = st.lists(st.tuples(pieces, signs).map("".join), max_size=9).map("".join)
long_hyphens = st.lists(words, min_size=8, max_size=14).map("-".join)

papers = st.builds(
    paper,
    texts,
    guid=st.sampled_from(["arxiv:2601.00001", "title:ab"]),
    abstract=st.one_of(st.none(), texts, texts, texts, long_hyphens),
    authors=st.lists(texts, max_size=3).map(tuple),
    organization=st.one_of(st.none(), texts),
    categories=st.sampled_from([(), ("cs.LG",), ("cs.CL", "stat.ML")]),
    ids=st.sampled_from([{}, {"arxiv": "2601.00001"}]),
    comments=st.one_of(st.none(), st.integers(0, 4)),
    published=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 5))),
)

tokens = st.one_of(words, words, st.sampled_from(STARRED[:4] + STARRED[5:]), st.sampled_from([r"na\'ive", "σ", "模型"]))
hyphened = st.lists(tokens, min_size=1, max_size=3).map("-".join) | st.lists(words, min_size=5, max_size=6).map(
    "-".join
)
single = st.one_of(tokens, hyphened)
rows = st.lists(st.one_of(words, words, hyphened, st.sampled_from(STARRED)), min_size=2, max_size=4).map(" ".join)
phrases = st.tuples(words, rows).map(lambda both: f'"{both[0]} {both[1]}"') | single.map('"{}"'.format)
slops = st.tuples(st.lists(single, min_size=2, max_size=3), st.integers(0, 3)).map(
    lambda both: f'"{" ".join(both[0])}"~{both[1]}'
)
nears = st.tuples(single | phrases, st.integers(0, 3), single | phrases).map(lambda n: f"{n[0]} NEAR/{n[1]} {n[2]}")
regexes = st.sampled_from(["/ab?/", "/^A/i", "/fine.tun/", "/x*/", r"/\bkv\b/i", "/é|\\//", "/s$/"])
values = st.sampled_from(
    ["cat:cs.LG", "cat:CS.*", "source:daily-papers", "id:2601.00001", "id:title:ab", "id:*1", "comments:>=2",
     "comments:1..3", "authors:2", "published:2026-01-02..2026-01-04", "upvotes:<9", "cat:/cs.[CL]/", "id:/^arx/"]
)  # fmt: skip
scopes = st.sampled_from(["", "", "", "title:", "abs:", "author:", "org:"])
texty = st.tuples(scopes, st.one_of(single, single, phrases, slops, nears, regexes)).map(
    lambda both: f"{both[0]}({both[1]})" if both[0] else both[1]
)
leaves = st.one_of(texty, texty, texty, values, st.sampled_from(['@"rule 0"', '@"mute 0"']))


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda parts: f"({' AND '.join(parts)})"),
        several.map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"NOT ({part})"),
    )


@st.composite
def leaf(draw: st.DrawFn, *, uses: bool) -> str:  # a function, because the leaves are long to tell
    drawn: str = draw(leaves if uses else st.one_of(texty, values))
    return drawn


queries = st.recursive(leaf(uses=True), grown, max_leaves=4)
plain = st.recursive(leaf(uses=False), grown, max_leaves=2)


@st.composite
def profiles(draw: st.DrawFn, name: str) -> Profile:
    rules = [draw(plain), *draw(st.lists(queries, min_size=1, max_size=4))]
    mutes = [draw(plain), *draw(st.lists(queries, max_size=1))]
    return profile(
        *(rule(when, f"rule {number}", draw(st.integers(-2, 3))) for number, when in enumerate(rules)),
        name=name,
        mutes=tuple(rule(when, f"mute {number}") for number, when in enumerate(mutes)),
        title_boost=draw(st.sampled_from([1.0, 2.0, 1.37])),
    )


def agree(shown: list[Paper], *readers: Profile) -> None:
    checked = check_profiles(readers)
    reference, fast = ReferenceEngine(checked), FastEngine(checked)
    assert fast.judge(shown) == reference.judge(shown)
    assert fast.standings(shown) == reference.standings(shown)


drawn = given(st.lists(papers, min_size=1, max_size=5), profiles("one"), profiles("two"))


# Each example asks some ten queries about up to five papers.
@settings(max_examples=160, deadline=None, suppress_health_check=list(HealthCheck))
@drawn
def test_the_fast_engine_agrees_with_the_reference(shown: list[Paper], one: Profile, two: Profile) -> None:
    agree(shown, one, two)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@drawn
def test_it_agrees_where_phrases_are_many(shown: list[Paper], one: Profile, two: Profile) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "_MANY_PHRASES", 0)
        agree(shown, one, two)


@pytest.mark.slow
@settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(papers, min_size=1, max_size=5), profiles("one"), profiles("two"), st.sampled_from([0, 1000]))
def test_it_agrees_in_the_long_run(shown: list[Paper], one: Profile, two: Profile, many: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "_MANY_PHRASES", many)
        agree(shown, one, two)
