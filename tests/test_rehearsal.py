"""`rules rehearse` over whole workspaces."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, VIDEO

PROFILE = """\
title = "Serving"
min_score = 2
limit = 2
[[rule]]
name = "cache"
when = 'cache'
weight = 3
"""

AGENTS = """\
[[rule]]
name = "agents"
when = 'agent'
weight = 1.5
"""

MUTE = """\
[[mute]]
name = "no video"
when = 'title:video'
"""


@pytest.fixture
def mornings(desk: Desk) -> Desk:
    desk.profile(PROFILE)
    desk.morning(1, [ORCHID, CACHE, VIDEO])
    desk.morning(2, [CACHE, AGENT])
    return desk


def moved(day: dict[str, Any], side: str) -> list[tuple[str, float, str]]:
    return [(one["title"], one["score"], one["otherwise"]) for one in day[side]]


def test_rules_as_they_were_change_nothing(mornings: Desk) -> None:
    (replay,) = mornings.json("rules", "rehearse")["profiles"]
    assert (replay["profile"], replay["against"], replay["unedited"]) == ("serving", "serving", True)
    assert [(day["day"], day["considered"], day["kept"]) for day in replay["days"]] == [
        ("2026-06-01", 3, 2),
        ("2026-06-02", 1, 0),
    ]
    assert (replay["kept"], replay["gained"], replay["lost"]) == (2, 0, 0)


def test_edited_rules_gain_and_lose_papers_by_name_and_day(mornings: Desk) -> None:
    mornings.profile(PROFILE + AGENTS + MUTE)

    (replay,) = mornings.json("rules", "rehearse")["profiles"]

    first, second = replay["days"]
    assert not replay["unedited"]
    assert moved(first, "lost") == [(VIDEO[0], 3.0, 'muted by "no video"')]
    assert first["gained"] == []
    assert moved(second, "gained") == [(AGENT[0], 3.0, "no rule matches")]
    assert second["gained"][0]["because"] == ["agents: Agents, agent ×2, in title"]


def test_what_the_threshold_and_the_limit_take_is_told(mornings: Desk) -> None:
    mornings.profile(PROFILE.replace("limit = 2", "limit = 1"))
    (replay,) = mornings.json("rules", "rehearse", "--since", "2026-06-01")["profiles"]
    assert moved(replay["days"][0], "lost") == [(VIDEO[0], 3.0, "rank 2, score 3, cut by limit 1")]

    mornings.profile(PROFILE.replace("min_score = 2", "min_score = 4"))
    (replay,) = mornings.json("rules", "rehearse")["profiles"]
    assert moved(replay["days"][0], "lost") == [(VIDEO[0], 3.0, "score 3, below min_score 4")]


def test_an_edited_file_is_rehearsed_instead_of_the_workspaces_own(mornings: Desk) -> None:
    edited = mornings.profile(PROFILE + AGENTS, folder="drafts")
    (replay,) = mornings.json("rules", "rehearse", "--profile", edited)["profiles"]
    assert (replay["gained"], replay["lost"]) == (1, 0)
    (own,) = mornings.json("rules", "rehearse", "--profile", "serving")["profiles"]
    assert (own["gained"], own["lost"]) == (0, 0)


def test_a_draft_of_another_name_is_compared_where_it_is_told_to(mornings: Desk) -> None:
    draft = mornings.profile(PROFILE + AGENTS, name="draft", folder="drafts")
    (alone,) = mornings.json("rules", "rehearse", "--profile", draft)["profiles"]
    assert (alone["against"], alone["kept"], alone["gained"]) == (None, 0, 3)
    (against,) = mornings.json("rules", "rehearse", "--profile", draft, "--against", "serving")["profiles"]
    assert (against["against"], against["kept"], against["gained"]) == ("serving", 2, 1)
    assert mornings("rules", "rehearse", "--against", "nobody") == 1
    assert "no digest of a profile 'nobody' is stored; there are those of: serving" in mornings.err


def test_each_day_is_compared_with_the_rules_of_its_own_digest(mornings: Desk) -> None:
    mornings.profile(PROFILE + AGENTS)
    again = (ORCHID[0] + ", Again by an Agent", ORCHID[1] + " An agent waters them.")
    mornings.morning(3, [again])

    (replay,) = mornings.json("rules", "rehearse")["profiles"]

    first, second, third = replay["days"]
    assert (first["kept"], first["gained"]) == (2, [])
    assert [one["title"] for one in second["gained"]] == [AGENT[0]]
    assert (third["kept"], third["gained"]) == (1, [])


def test_only_the_days_since_one_are_replayed(mornings: Desk) -> None:
    (replay,) = mornings.json("rules", "rehearse", "--since", "2026-06-02")["profiles"]
    assert [day["day"] for day in replay["days"]] == ["2026-06-02"]
    assert mornings("rules", "rehearse", "--since", "2027-01-01") == 0
    assert "nothing is stored of these days" in mornings.out


def test_the_terminal_shows_a_bar_a_day_and_the_papers(mornings: Desk) -> None:
    mornings.profile(PROFILE + AGENTS + MUTE)
    assert mornings("rules", "rehearse") == 0
    lines = mornings.out.splitlines()
    assert lines[0] == "serving: 2 days, against the digests of serving"
    assert lines[1].split("  ")[1:3] == ["2026-06-01", "=-"]
    assert lines[1].endswith("1 kept, 0 gained, 1 lost")
    assert lines[2].split("  ")[1:3] == ["2026-06-02", "+"]
    assert lines[3].endswith("1 kept, 1 gained, 1 lost")
    assert f"  2026-06-01 - {VIDEO[0]}" in lines
    assert f"  2026-06-02 + {AGENT[0]}" in lines
    assert 'now: muted by "no video"' in mornings.out
    assert "was: no rule matches" in mornings.out


def test_a_draft_with_mistakes_is_told_with_its_place(mornings: Desk) -> None:
    draft = mornings.profile(PROFILE + "[[rule]]\nwhen = 'cache OR'\n", folder="drafts")
    assert mornings("rules", "rehearse", "--profile", draft) == 2
    assert "drafts/serving.toml:9:15: OR has nothing behind it" in mornings.err
    assert mornings("rules", "rehearse", "--profile", "nobody") == 2


def test_rehearsing_writes_nothing(mornings: Desk) -> None:
    mornings.profile(PROFILE + AGENTS)
    before = mornings.state()
    mornings.json("rules", "rehearse")
    assert mornings.state() == before


def test_a_workspace_without_history_has_nothing_to_replay(desk: Desk) -> None:
    desk.profile(PROFILE)
    (replay,) = desk.json("rules", "rehearse")["profiles"]
    assert (replay["against"], replay["days"]) == (None, [])
