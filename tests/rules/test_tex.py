"""TeX in titles and abstracts: what is compared, and the places of words in the text as it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.rules import parse_query
from broadsheet.rules.reference import hits_of
from broadsheet.rules.tex import clean
from tests.made import paper

CLEANED: list[tuple[str, str]] = [
    (r"Schr\"odinger \'{e} {\`a} \~n \^\i", "Schrödinger é à ñ î"),
    (r"\c{c} \v s \H{o} \k{a} \r a", "ç š ő ą å"),
    (r"Stra\ss e, \O{}re, {\l}", "Straße, Øre, ł"),
    (r"50\% R\&D \$5 a\_b \{x\} \#1", "50% R&D $5 a_b {x} #1"),
    (r"\emph{a}\textbf{b} \mathcal{O}(n) \operatorname{arg}", "ab O(n) arg"),
    (r"{\em a} {\bf b}c", "a bc"),
    (r"fine\-tuning a\,b a\\b", "finetuning a b a b"),
    ("$k$-means, $5 and $6, $5-$6", "k-means, $5 and $6, $5-$6"),
    (r"\frac{a}{b} \alpha \emphasis", r"\frac{a}{b} \alpha \emphasis"),
    ("{A}{B} {{C}} } { D", "AB C } { D"),
    (r"\cite{a}", r"\cite{a}"),
    ("\\", "\\"),
    ("$" * 5, "$" * 5),
    ("$x" + "y" * 300 + "$", "$x" + "y" * 300 + "$"),
]


@pytest.mark.parametrize(("text", "cleaned"), CLEANED)
def test_tex_that_breaks_words_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text).text == cleaned


HITS: list[tuple[str, str, list[str]]] = [
    ("schrodinger", r"The Schr\"odinger cat", [r"Schr\"odinger"]),
    ("naive", r"a na\"{\i}ve one", [r"na\"{\i}ve"]),
    ("llms", "many {LLM}s do", ["{LLM}s"]),
    ("llm", r"\textbf{LLM}-based", ["LLM"]),
    ("caches", r"\emph{cache}s", ["{cache}s"]),
    ("e", r"{\'e}", [r"\'e"]),
    ("kmeans", "by $k$-means.", ["k$-means"]),
    ("/na.ve/", r"a na\"{\i}ve one", [r"na\"{\i}ve"]),
    ("/of . a/", r"of {\'e} a", [r"of {\'e} a"]),
    ("cache", r"50\% of the cache", ["cache"]),
]


@pytest.mark.parametrize(("query", "text", "words"), HITS)
def test_hits_point_into_the_text_as_it_is_shown(query: str, text: str, words: list[str]) -> None:
    hits = hits_of(parse_query(query), paper("Zzz", abstract=text))
    assert [hit.text for hit in hits or ()] == words
    assert [text[hit.start : hit.end] for hit in hits or ()] == words


pieces = st.sampled_from(
    ["a", "{", "}", "\\", "$", '"', "'", " ", "\\emph", "\\o", "\\'", "%", "1", "é", "\\frac", "c"]
)


@given(st.lists(pieces, max_size=15).map("".join) | st.text(max_size=30))
def test_every_character_comes_from_its_own_place(text: str) -> None:
    cleaned = clean(text)
    if cleaned.starts is None or cleaned.ends is None:
        assert cleaned.text == text
        return
    assert len(cleaned.text) == len(cleaned.starts) == len(cleaned.ends)
    last = 0
    for char, start, end in zip(cleaned.text, cleaned.starts, cleaned.ends, strict=True):
        assert last <= start < end <= len(text)
        assert char == text[start:end] or text[start] in "\\"
        last = end if len(text[start:end]) == 1 else start


@given(st.text(st.characters(exclude_characters="\\{}$"), max_size=30))
def test_text_without_tex_stays_as_it_is(text: str) -> None:
    assert clean(text).text == text
