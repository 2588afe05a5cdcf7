"""Matches and points in few words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadsheet.types import Hit, Match
from broadsheet.wording import badge, format_points, score_of, signed_points, weighed, words_of
from tests.made import match


def hit(text: str, start: int | None = 0, field: str = "abstract") -> Hit:
    return Hit(field=field, text=text, start=start, end=None if start is None else start + len(text))


@pytest.mark.parametrize(
    ("points", "text", "signed"),
    [
        (3.0, "3", "+3"),
        (1.5, "1.5", "+1.5"),
        (-0.25, "-0.25", "-0.25"),
        (0.12345, "0.1235", "+0.1235"),
        (-0.00001, "0", "+0"),
        (0.0, "0", "+0"),
        (100.0, "100", "+100"),
        (1000000.0, "1000000", "+1000000"),
    ],
)
def test_points_have_four_decimals_at_most_and_no_zeros_at_the_end(points: float, text: str, signed: str) -> None:
    assert (format_points(points), signed_points(points)) == (text, signed)


def boosted(*hits: Hit) -> Match:
    return replace(match(points=10), weight=5.0, boosted=True, hits=hits)


def test_a_badge_counts_the_words_and_tells_the_title() -> None:
    hits = hit("kv cache", 3, "title"), hit("KV-cache", 9), hit("KV Cache", 40)
    assert badge(boosted(*hits)) == "kv cache ×3, in title"
    assert weighed(boosted(*hits)) == "5 × 2"


def test_a_badge_without_words_is_the_query() -> None:
    assert badge(replace(match(), when="NOT survey")) == "NOT survey"
    assert weighed(match(points=3)) == ""


def test_a_word_inside_a_longer_one_is_left_out() -> None:
    assert words_of([hit("kv", 3), hit("kv cache", 3), hit("cache", 30)]) == "kv cache, cache"


def test_many_words_are_cut() -> None:
    hits = [hit(word, place * 10) for place, word in enumerate(["a", "b", "c", "d", "e", "f"])]
    assert words_of(hits) == "a, b, c, d and 2 more"


def test_words_of_other_fields_carry_their_name() -> None:
    hits = [hit("Lee", 0, "author"), hit("cs.LG", 0, "category"), hit("1", None, "comments"), hit("2", None, "upvotes")]
    assert words_of(hits) == "author Lee, category cs.LG, 1 comment, 2 upvotes"


def test_a_score_is_the_sum_of_the_points() -> None:
    assert score_of([match(points=0.1), match(points=0.2), match(points=-1)]) == -0.7
