"""`explain` over whole workspaces: shown, muted, below the threshold, cut by the limit, not matched."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, VIDEO

PROFILE = """\
title = "Serving"
min_score = 2
limit = 1

[[rule]]
name = "cache"
when = 'cache OR serving'
weight = 3

[[rule]]
name = "rooms"
when = 'rooms'

[[rule]]
name = "long agents"
when = 'agent AND memory'
weight = 4

[[rule]]
name = "no questions"
when = 'agent NOT question'
weight = 2

[[rule]]
name = "prompt caches"
when = '"cache of long prompts"'
weight = 2

[[rule]]
name = "titled"
when = 'title:room'
weight = 2

[[rule]]
name = "discussed"
when = 'comments:>=3'
weight = 1

[[mute]]
name = "no dance"
when = 'title:orchid'
"""

LATER = ("Colder Shelves", "A cache is kept on ice, and nothing else is said of it. It was filled by hand, and cold.")


@pytest.fixture
def explained(desk: Desk) -> Desk:
    desk.profile(PROFILE)
    desk.morning(1, [ORCHID, AGENT, CACHE, LATER])
    return desk


def of(desk: Desk, paper: str) -> dict[str, Any]:
    (record,) = desk.json("explain", paper)
    return dict(record)


def lacks(record: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    return {miss["rule"]: [(gap["kind"], gap["part"]) for gap in miss["lacks"]] for miss in record["closest"]}


def test_a_shown_paper_has_its_points_with_the_words_in_their_sentence(explained: Desk) -> None:
    record = of(explained, "shared shelves")
    assert (record["score"], record["short_by"], record["muted_by"]) == (8, 0, None)
    assert record["digest"]["status"] == "shown"
    match, phrase = record["matches"]
    assert [hit["text"] for hit in phrase["hits"]] == ["cache of long prompts"]
    title, abstract = match["sentences"]
    assert title["text"] == CACHE[0]
    assert abstract["text"] == CACHE[1][abstract["start"] : abstract["end"]]
    assert [CACHE[1][start:end] for start, end in abstract["words"]] == ["cache"]

    assert explained("explain", "shared shelves") == 0
    assert "+6 cache: Cache ×3, in title (3 × 2)" in explained.out
    assert "title: Shared Shelves: A KV [Cache] for Many Readers" in explained.out
    assert "shown as new, rank 1 of 1, on 2026-06-01" in explained.out
    assert "closest" not in explained.out


def test_a_muted_paper_names_the_mute_and_its_words(explained: Desk) -> None:
    record = of(explained, "colour of orchids")
    assert record["muted_by"] == record["mute"]["rule"] == "no dance"
    assert [hit["text"] for hit in record["mute"]["hits"]] == ["Orchids"]
    assert record["mute"]["sentences"][0]["text"] == ORCHID[0]

    assert explained("explain", "colour of orchids") == 0
    assert 'muted by "no dance" (Orchids)' in explained.out
    assert "title: On the Colour of [Orchids]" in explained.out
    assert "muted on 2026-06-01" in explained.out


def test_a_paper_below_the_threshold_names_the_missing_points_and_the_closest_rules(explained: Desk) -> None:
    record = of(explained, "agents that ask")
    assert (record["score"], record["short_by"]) == (1, 1)
    assert record["standing"] == "score 1 is 1 below min_score 2"
    assert (record["digest"]["status"], record["digest"]["score"]) == ("threshold", 1)
    assert lacks(record) == {
        "titled": [("field", "title:room")],
        "long agents": [("missing", "memory")],
        "no questions": [("excluded", "question")],
        "prompt caches": [("missing", '"cache of long prompts"')],
        "cache": [("none of", "cache OR serving")],
        "discussed": [("unknown", "comments:>=3")],
    }
    holds = {miss["rule"]: miss["holds"] for miss in record["closest"]}
    assert holds["long agents"] == holds["no questions"] == ["agent"]
    excluded = next(miss for miss in record["closest"] if miss["rule"] == "no questions")["lacks"][0]
    assert excluded["because"] == "NOT question: found question ×3 in the abstract"
    assert "question" in excluded["sentences"][0]["text"]

    assert explained("explain", "agents that ask") == 0
    assert "held back below min_score, on 2026-06-01" in explained.out
    assert "lacks: memory is in neither title nor abstract" in explained.out
    assert "lacks: title:room is in the abstract (rooms), not in the title" in explained.out
    assert "We measure how many" not in explained.out


def test_a_paper_cut_by_the_limit_names_its_rank_and_what_the_last_one_has(explained: Desk) -> None:
    record = of(explained, "colder shelves")
    assert record["digest"] == {
        "day": "2026-06-01",
        "status": "limit",
        "section": None,
        "rank": 2,
        "of": 1,
        "score": 3.0,
        "last_shown": 8.0,
        "copy_of": "",
        "rule": "",
    }
    assert record["place"] == "held back at rank 2 by limit 1, on 2026-06-01; the last one shown has 8"


def test_a_paper_that_no_rule_matches_is_explained_without_any_digest(explained: Desk) -> None:
    explained.morning(
        2, [("Still Water", "There is nobody here, and nobody was here before us. We have looked twice.")]
    )
    record = of(explained, "still water")
    assert (record["standing"], record["digest"]["status"]) == ("no rule matched", "unmatched")
    assert record["place"] == "no rule matched it on 2026-06-02"
    assert len(record["closest"]) == 7
    assert explained("explain", "still water") == 0
    assert "lacks: none of cache, serving" in explained.out


def test_a_paper_that_no_digest_has_covered_waits(explained: Desk) -> None:
    explained.morning(1, [("Cache Rooms, Late", "A cache of rooms that came when the digest of the day was cut.")])
    assert of(explained, "rooms, late")["place"] == "no digest has covered it yet: it waits for the next one"


def test_a_paper_from_before_the_first_digest_is_told_so(explained: Desk) -> None:
    explained.profile("start_days = 0\n" + PROFILE, name="new")
    explained.morning(2, [VIDEO])
    places = {record["profile"]: record["place"] for record in explained.json("explain", "shared shelves")}
    assert places["serving"].startswith("shown as new")
    assert places["new"] == "it came before the profile's first digest began"


def test_words_that_overlap_are_marked_together(explained: Desk) -> None:
    explained.profile("""[[rule]]\nwhen = '"kv cache" OR "cache of long prompts"'\n""")
    assert explained("explain", "shared shelves") == 0
    assert "We compress the [KV cache of long prompts] and serve" in " ".join(explained.out.split())


def test_a_paper_of_a_source_that_is_not_read_is_told(explained: Desk) -> None:
    explained.profile('sources = ["mail"]\n' + PROFILE)
    record = of(explained, "agents that ask")
    assert record["standing"].startswith("not read: the paper is from ")


def test_explaining_changes_nothing(explained: Desk) -> None:
    before = explained.state()
    explained("explain", "shared shelves")
    assert explained.state() == before


def test_a_near_copy_names_the_paper_whose_row_it_stands_in(explained: Desk) -> None:
    explained.morning(2, [("Colder Boxes, Retitled", VIDEO[1]), VIDEO])
    copy, shown = of(explained, "scene by scene"), of(explained, "colder boxes")
    assert (shown["digest"]["status"], copy["digest"]["status"]) == ("shown", "copy")
    assert copy["place"] == 'shown as a near copy of "Colder Boxes, Retitled", rank 1 of 1, on 2026-06-02'


def test_a_paper_that_a_loud_rule_pushed_out_names_the_rule(explained: Desk) -> None:
    explained.profile("per_rule_limit = 1\nlimit = 9\n" + PROFILE.split("\n", 3)[3], name="few")
    explained.morning(2, [VIDEO])
    places = {record["profile"]: record["place"] for record in explained.json("explain", "colder shelves")}
    assert places["few"] == 'held back at rank 2, as rule "cache" had filled its share, on 2026-06-02'
