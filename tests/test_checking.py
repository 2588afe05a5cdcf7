"""`rules check` over whole workspaces."""

from __future__ import annotations

import re

import pytest

from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID

SOUND = """\
min_score = 1
[[rule]]
name = "cache"
when = 'cache'
"""

WRONG = """\
limit = 0
[[rule]]
when = 'cache OR'
[[rule]]
when = 'titel:cache'
weight = "much"
[[rule]]
name = "none"
"""

DOUBTFUL = """\
[[rule]]
name = "mixed"
when = 'cache memory OR paging'
[[rule]]
name = "zebras"
when = 'zebra'
"""


def test_sound_profiles_pass(desk: Desk) -> None:
    desk.profile(SOUND)
    assert desk("rules", "check") == 0
    assert desk.out.startswith("1 profiles, 1 rules, 0 warnings")
    assert desk.err == ""


def test_every_mistake_of_every_file_is_told_at_once(desk: Desk) -> None:
    desk.profile(WRONG)
    desk.profile("[[rule]]\nwhen = '(cache'\n", name="other")
    (desk.root / "config" / "settings.toml").write_text("wait = -1\n", encoding="utf-8")

    assert desk("rules", "check") == 2

    places = re.findall(r"^(?:broadsheet: )?([\w/.-]+:\d+(?::\d+)?): ", desk.err, flags=re.MULTILINE)
    assert places == [
        "profiles/other.toml:2:9",
        "profiles/serving.toml:1:9",
        "profiles/serving.toml:3:15",
        "profiles/serving.toml:5:9",
        "profiles/serving.toml:6:11",
        "profiles/serving.toml:7:1",
        "settings.toml:1:8",
    ]
    assert "did you mean title:" in desk.err
    assert "Traceback" not in desk.err


def test_mistakes_are_data_with_json(desk: Desk) -> None:
    desk.profile(WRONG)
    checked = desk.json("rules", "check", code=2)
    assert [mistake["line"] for mistake in checked["mistakes"]] == [1, 3, 5, 6, 7]
    assert {"file", "line", "column", "text", "message", "remedy"} <= checked["mistakes"][0].keys()
    assert checked["warnings"] == []


def test_a_file_that_is_no_toml_does_not_hide_the_others(desk: Desk) -> None:
    desk.profile("[[rule\n", name="broken")
    desk.profile(DOUBTFUL)
    checked = desk.json("rules", "check", code=2)
    assert [mistake["file"] for mistake in checked["mistakes"]] == ["profiles/broken.toml"]
    assert [warning["kind"] for warning in checked["warnings"]] == ["and or"]


def test_warnings_are_shown_with_line_and_caret_and_do_not_fail(desk: Desk) -> None:
    desk.profile(DOUBTFUL)
    assert desk("rules", "check") == 0
    lines = desk.out.splitlines()
    assert (
        lines[0] == 'profiles/serving.toml:3:22: warning: "mixed": AND (a blank) and OR are mixed without parentheses'
    )
    assert lines[2].index("^") - 4 == lines[1].index("OR") - 4
    assert "write (cache memory) OR paging" in lines[3]
    assert desk("rules", "check", "--strict") == 2
    assert desk("rules", "check", "--strict", "--json") == 2


def test_one_profile_can_be_checked_alone(desk: Desk) -> None:
    desk.profile(SOUND)
    desk.profile(WRONG, name="other")
    assert desk("rules", "check", "--profile", "serving") == 0
    assert desk("rules", "check", "--profile", "nobody") == 2
    assert "there is no profile 'nobody'" in desk.err


def test_dead_rules_are_told_when_enough_papers_are_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.profile(DOUBTFUL)
    desk.morning(1, [CACHE, AGENT, ORCHID])
    assert desk.json("rules", "check")["papers"] == 0

    monkeypatch.setattr("broadsheet.checking.FEWEST_PAPERS", 3)
    monkeypatch.setattr("broadsheet.rules.lint.FEWEST_PAPERS", 3)
    checked = desk.json("rules", "check")

    assert checked["papers"] == 3
    assert ("dead", "zebras") in [(warning["kind"], warning["rule"]) for warning in checked["warnings"]]
    assert desk("rules", "check") == 0
    assert "has matched none of the last 3 stored papers" in desk.out


def test_a_rule_is_only_tried_on_the_sources_that_its_profile_reads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.profile('sources = ["elsewhere"]\n' + DOUBTFUL)
    desk.morning(1, [CACHE, AGENT, ORCHID])
    monkeypatch.setattr("broadsheet.checking.FEWEST_PAPERS", 3)
    monkeypatch.setattr("broadsheet.rules.lint.FEWEST_PAPERS", 3)
    assert "dead" not in [warning["kind"] for warning in desk.json("rules", "check")["warnings"]]


def test_checking_changes_nothing(desk: Desk) -> None:
    desk.profile(DOUBTFUL)
    desk.morning(1, [CACHE])
    before = desk.state()
    desk("rules", "check")
    assert desk.state() == before
