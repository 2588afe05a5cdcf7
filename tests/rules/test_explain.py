"""Judgements in words."""

from __future__ import annotations

from broadsheet.rules import compile_profiles, explain
from broadsheet.rules.explain import closest, lacking
from broadsheet.types import Paper, Profile
from tests.made import paper, profile, rule


def explained(one: Profile, shown: Paper) -> tuple[str, ...]:
    return explain(one, shown, compile_profiles([one]).judge([shown])[one.name][0])


def test_a_match_is_told_with_points_rule_words_and_sum() -> None:
    one = profile(rule("kv-cache", "cache rule", 5), rule("comments:>=3", "discussed"), min_score=2)
    shown = paper("A KV cache", abstract="The KV-cache and the kv cache.", comments=12)
    assert explained(one, shown) == (
        "score 11 reaches min_score 2",
        "  +10 cache rule: KV cache ×3, in title (5 × 2)",
        "  +1 discussed: 12 comments",
    )


def test_a_rule_named_by_its_query_is_not_named_twice() -> None:
    one = profile(rule("NOT survey", weight=-0.25), min_score=-1)
    assert explained(one, paper("A cache")) == ("score -0.25 reaches min_score -1", "  -0.25 NOT survey")


def test_too_few_points_are_told_with_what_is_asked_for() -> None:
    one = profile(rule("cache", weight=0.5), min_score=2)
    assert explained(one, paper("Zzz", abstract="a cache"))[0] == "score 0.5 is 1.5 below min_score 2"


def test_no_rule_matched_is_told() -> None:
    assert explained(profile(rule("cache")), paper("Zzz")) == ("no rule matched",)


def test_a_mute_is_told_with_its_words() -> None:
    one = profile(rule("cache"), mutes=(rule('"image generation" OR video*', "pictures"),))
    assert explained(one, paper("Videos of videos", abstract="no words")) == ('muted by "pictures" (Videos ×2)',)


def test_a_mute_named_by_its_query_and_without_words_is_told_once() -> None:
    one = profile(rule("cache"), mutes=(rule("NOT cache"),))
    assert explained(one, paper("Zzz")) == ('muted by "NOT cache"',)


def test_a_paper_of_a_source_that_is_not_read_is_told_so() -> None:
    one = profile(rule("cache"), sources=("mail", "feeds"))
    told = "not read: the paper is from daily-papers, and the profile reads only mail, feeds"
    assert explained(one, paper("A cache"))[0] == told


def test_a_rule_that_came_close_is_told_with_what_holds_and_what_lacks() -> None:
    one = profile(rule("orchid"), rule("cache AND evict*", "kv cache", 5))
    first, second = closest(one, paper("A cache"))
    assert lacking(first) == (
        "+5 kv cache (cache AND evict*)",
        "  holds: cache",
        "  lacks: evict* is in neither title nor abstract",
    )
    assert lacking(second) == ("+1 orchid", "  lacks: orchid is in neither title nor abstract")
