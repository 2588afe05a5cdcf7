"""Whole runs through the command line, without Prefect."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
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
when = 'cache OR serving'
weight = 3

[[rule]]
name = "agents"
when = 'agent'
weight = 1.5

[[mute]]
name = "no video"
when = 'title:video'
"""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A workspace with one profile."""
    desk.profile(PROFILE)
    return desk


def titles(digest: dict[str, Any], section: int = 0) -> list[str]:
    return [row["change"]["paper"]["best"]["title"] for row in digest["sections"][section]["rows"]]


def test_a_first_morning(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [ORCHID, AGENT, VIDEO, CACHE])

    report = desk.run()

    assert (report["new"], report["entries"], report["papers"], report["exit"]) == (4, 4, 4, 0)
    (dump,) = report["dumps"]
    assert (dump["name"], dump["verdict"], dump["coverage"]) == ("2026-06-01.txt", "complete", 100.0)
    (digest,) = report["digests"]
    assert (digest["profile"], digest["from_seq"], digest["to_seq"]) == ("serving", 1, 4)
    assert (digest["shown"], digest["held_back"], digest["muted"]) == (2, 0, 1)
    assert titles(desk.digest()) == [CACHE[0], AGENT[0]]
    published = {Path(name) for name in desk.published()}
    forms = {"digest.html", "digest.md", "digest.json"}
    assert {name.name for name in published if name.parts[1] == "serving"} >= forms
    assert {name.name for name in published if name.parts[1:3] == ("site", "serving")} >= {
        *("index.html", "rss.xml", "atom.xml", "feed.json")
    }
    assert sum(name.parts[1:3] == ("site", "papers") for name in published) == 4


def test_a_score_is_the_sum_of_the_points_shown(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE, AGENT])
    desk.run()

    for row in desk.digest()["sections"][0]["rows"]:
        assert row["score"] == sum(match["points"] for match in row["matches"]) > 0
        for match in row["matches"]:
            for hit in match["hits"]:
                field = row["change"]["paper"]["best"][hit["field"]]
                assert field[hit["start"] : hit["end"]] == hit["text"]


def test_the_same_page_again_under_any_name_changes_nothing(desk: Desk) -> None:
    first = desk.dump("2026-06-01.txt", [CACHE, AGENT])
    desk.run()
    shutil.copy(first, first.with_name("2027-12-24-copy.txt"))

    report = desk.run(day="2026-06-02")

    assert (report["new"], report["updated"], report["known_dumps"], report["dumps"]) == (0, 0, 2, [])
    assert report["digests"][0]["shown"] == 0


def test_tomorrow_shows_only_what_is_new(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE, ORCHID])
    desk.run()
    desk.dump("2026-06-02.txt", [CACHE, AGENT], day="Jun 2")

    report = desk.run(day="2026-06-02")

    assert (report["new"], report["updated"]) == (1, 0)
    assert titles(desk.digest("2026-06-02")) == [AGENT[0]]


def test_an_abstract_that_really_changed_is_updated_with_its_field(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    desk.run()
    changed = (CACHE[0], CACHE[1].replace("doubles", "triples"))
    desk.dump("2026-06-02.txt", [changed], day="Jun 2")

    report = desk.run(day="2026-06-02")

    assert (report["new"], report["updated"]) == (0, 1)
    (row,) = desk.digest("2026-06-02")["sections"][1]["rows"]
    assert [field["field"] for field in row["change"]["fields"]] == ["abstract"]


def test_a_day_that_was_cut_is_the_same_bytes_for_ever(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE, AGENT])
    desk.run()
    # The page of the day in the site gets a link to the day after it.
    day = {name: content for name, content in desk.published().items() if re.match(r"output/\w+/2026-06-01/", name)}
    desk.dump("2026-06-02.txt", [VIDEO, ORCHID], day="Jun 2")
    desk.run(day="2026-06-02")
    later = desk.published()
    shutil.rmtree(desk.root / "output")

    desk.run(day="2026-06-01")
    desk.run(day="2026-06-02")

    rebuilt = desk.published()
    assert {name: rebuilt[name] for name in day} == day
    assert rebuilt == later


def test_what_comes_after_the_cut_waits_for_the_next_digest(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    desk.run()
    before = desk.digest()
    desk.dump("2026-06-01-noon.txt", [CACHE, AGENT])

    report = desk.run()
    assert report["waiting"] == {"serving": 1}
    assert desk.digest() == before

    desk.run(day="2026-06-02")
    assert titles(desk.digest("2026-06-02")) == [AGENT[0]]


def test_a_run_before_the_first_dump_does_not_close_the_day(desk: Desk) -> None:
    assert desk("run", "--plain", "--date", "2026-06-01") == 0
    assert "holds nothing to read" in desk.err
    assert desk.digest()["sections"][0]["rows"] == []
    desk.dump("2026-06-01.txt", [CACHE])

    desk.run()

    assert titles(desk.digest()) == [CACHE[0]]


def test_a_configured_source_names_its_dumps(desk: Desk) -> None:
    sources = desk.root / "config" / "sources.toml"
    sources.write_text('[[source]]\nname = "mine"\nfiles = ["my-*"]\n', encoding="utf-8")
    desk.dump("my-page-2026-06-01.txt", [CACHE])
    desk.dump("page-2026-06-01.txt", [AGENT])

    report = desk.run()

    assert {dump["name"]: dump["source"] for dump in report["dumps"]} == {
        "my-page-2026-06-01.txt": "mine",
        "page-2026-06-01.txt": "daily-papers",
    }
    places = {row["change"]["paper"]["best"]["provenance"]["source"] for row in desk.digest()["sections"][0]["rows"]}
    assert places == {"mine", "daily-papers"}

    sources.write_text('[[source]]\nname = "mine"\nfiles = ["my-*"]\nformat = "rss"\n', encoding="utf-8")
    assert desk("run", "--plain") == 2
    assert "sources.toml: source mine: no format 'rss'" in desk.err


def test_a_full_listing_says_what_is_gone_and_what_returned(desk: Desk) -> None:
    (desk.root / "config" / "sources.toml").write_text(
        '[[source]]\nname = "all"\nfiles = ["*"]\nfull_listing = true\n', encoding="utf-8"
    )
    desk.dump("2026-06-01.txt", [CACHE, AGENT])
    desk.run()
    desk.dump("2026-06-02.txt", [CACHE], day="Jun 2")
    assert desk.run(day="2026-06-02")["gone"] == 1
    desk.dump("2026-06-03.txt", [CACHE, AGENT, ORCHID], day="Jun 3")
    report = desk.run(day="2026-06-03")
    assert (report["returned"], report["new"], report["gone"]) == (1, 1, 0)


def test_an_older_page_that_arrives_late_is_marked_and_changes_nothing_newer(desk: Desk) -> None:
    desk.dump("2026-06-02.txt", [CACHE], day="Jun 2")
    desk.run(day="2026-06-02")
    old = (CACHE[0], CACHE[1].replace("doubles", "grows by half"))
    desk.dump("2026-06-01.txt", [old, AGENT])

    report = desk.run(day="2026-06-03")

    assert (report["new"], report["updated"]) == (1, 0)
    (row,) = desk.digest("2026-06-03")["sections"][0]["rows"]
    assert row["change"]["late"] is True


def test_dumps_of_one_run_are_read_oldest_first_whatever_their_names(desk: Desk) -> None:
    changed = (CACHE[0], CACHE[1].replace("doubles", "triples"))
    newer = desk.dump("a.txt", [changed], day="Jun 2, 2026")
    older = desk.dump("b.txt", [CACHE], day="Jun 1, 2026")

    report = desk.run(newer, older)

    assert (report["new"], report["updated"]) == (1, 1)
    assert titles(desk.digest()) == [CACHE[0]]
    assert "triples" in desk.digest()["sections"][0]["rows"][0]["change"]["paper"]["best"]["abstract"]


def test_another_workspace_on_another_day_gives_the_same_digest(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.dump("2026-06-01.txt", [CACHE, AGENT, VIDEO])
    desk.run()
    twin = Desk(tmp_path / "twin", capsys)
    shutil.copytree(desk.root / "config", twin.root / "config")
    shutil.copytree(desk.root / "dumps", twin.root / "dumps")
    monkeypatch.setenv("TZ", "Pacific/Apia")

    twin.run()

    assert twin.published() == desk.published()


def test_a_preview_shows_the_ranking_and_leaves_no_trace(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE, ORCHID])
    before = sorted(desk.root.rglob("*"))

    assert desk("preview") == 0
    assert CACHE[0] in desk.out
    assert sorted(desk.root.rglob("*")) == before

    desk.run()
    store = (desk.root / "state" / "broadsheet.db").read_bytes()
    desk.dump("2026-06-02.txt", [AGENT], day="Jun 2")
    assert desk("preview") == 0
    assert AGENT[0] in desk.out
    assert CACHE[0] not in desk.out
    assert (desk.root / "state" / "broadsheet.db").read_bytes() == store


def test_explain_names_rules_words_and_points(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE, AGENT, VIDEO, ORCHID])
    desk.run()

    assert desk("explain", "shared shelves") == 0
    assert "cache" in desk.out
    assert "+6" in desk.out
    assert desk("explain", "colour of orchids") == 0
    assert "no rule" in desk.out
    assert desk("explain", "scene by scene") == 0
    assert "no video" in desk.out
    assert desk("explain", "no such paper") == 1
    assert "no paper is called" in desk.err


def test_status_counts_what_there_is(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE, AGENT])
    desk.run()

    assert desk("status", "--json") == 0
    status = json.loads(desk.out)

    assert status["counts"]["papers"] == 2
    assert status["profiles"][0]["profile"] == "serving"
    assert status["runs"][0]["exit"] == 0
    assert desk("status") == 0
    assert "serving" in desk.out


def test_diff_says_what_was_added_removed_and_changed(desk: Desk) -> None:
    old = desk.dump("2026-06-01.txt", [CACHE, AGENT])
    new = desk.dump("2026-06-02.txt", [(CACHE[0], CACHE[1].replace("doubles", "triples")), ORCHID], day="Jun 2")

    assert desk("diff", old, new) == 0
    assert f"+ {ORCHID[0]}" in desk.out
    assert f"- {AGENT[0]}" in desk.out
    assert "1 added, 1 removed, 1 changed, 0 unchanged" in desk.out
    assert desk("diff", old, old, "--json") == 0
    assert json.loads(desk.out) == {"added": [], "removed": [], "changed": [], "unchanged": 2}


BAD: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "empty.txt": (lambda root: b"", "empty"),
    "picture.txt": (lambda root: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
    "error.txt": (lambda root: b"<!DOCTYPE html><html><title>503 Sorry</title><p>try later</p></html>", "503 Sorry"),
    "line.txt": (lambda root: b"x" * 3_000_000, "line"),
    "notes.txt": (lambda root: b"milk\nbread\nand something for the weekend\n", "notes.txt"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_dump_costs_its_own_part_only(desk: Desk, name: str) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    make, words = BAD[name]
    (desk.root / "dumps" / name).write_bytes(make(desk.root))

    report = desk.run(code=3)

    broken = [dump for dump in report["dumps"] if dump["verdict"] == "broken"]
    assert [dump["name"] for dump in broken] == [name]
    assert words in report["failures"][0]
    assert "\n" not in report["failures"][0]
    assert report["digests"][0]["shown"] == 1
    assert name in json.dumps(desk.digest()["sources"])


def test_a_file_over_the_limit_is_named_in_the_digest(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    with (desk.root / "dumps" / "huge.txt").open("wb") as huge:
        huge.truncate(1 << 30)

    report = desk.run(code=3)

    assert "has 1,024 MiB, more than max_dump_mib = 64" in report["failures"][0]
    assert {source["dump"] for source in desk.digest()["sources"]} == {"2026-06-01.txt", "huge.txt"}


def test_a_dump_that_is_not_there_is_a_usage_error_of_one_line(desk: Desk) -> None:
    assert desk("run", "--plain", desk.root / "gone.txt") == 2
    assert desk.err.count("\n") == 1
    assert desk("run", "--plain", desk.root) == 2
    assert "is a directory" in desk.err
    assert desk("run", "--plain", "--date", "yesterday") == 2
    assert "2026-06-01" in desk.err


def test_a_rule_with_a_missing_parenthesis_stops_the_run_before_anything_is_read(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    file = desk.root / "config" / "profiles" / "serving.toml"
    file.write_text(PROFILE.replace("'cache OR serving'", "'(cache OR serving'"), encoding="utf-8")

    assert desk("run", "--plain") == 2

    assert "profiles/serving.toml:7:9" in desk.err
    lines = desk.err.splitlines()
    assert lines[1].strip() == "when = '(cache OR serving'"
    assert lines[2].index("^") == lines[1].index("(")
    assert not (desk.root / "state").exists()


@pytest.mark.parametrize("content", ["{{ edition.", "{% for %}", "{{ nothing_of_the_kind }}"])
def test_a_template_with_an_error_is_named_and_the_next_run_mends_it(desk: Desk, content: str) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    own = desk.root / "templates" / "digest.md.j2"
    own.parent.mkdir()
    own.write_text(f"fine\n{content}\n", encoding="utf-8")

    assert desk("run", "--plain", "--date", "2026-06-01") in (1, 3)
    assert "digest.md.j2:2" in desk.err

    own.unlink()
    desk.run(day="2026-06-02")
    assert titles(
        desk.digest("2026-06-01") if (desk.root / "output/serving/2026-06-01").exists() else desk.digest("2026-06-02")
    )


def test_an_output_folder_that_cannot_be_written_loses_nothing(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    (desk.root / "output").write_text("a file in the way")

    assert desk("run", "--plain", "--date", "2026-06-01") == 1
    assert "output" in desk.err
    assert desk.err.count("\n") == 1

    (desk.root / "output").unlink()
    desk.run(day="2026-06-02")
    assert titles(desk.digest("2026-06-01")) == [CACHE[0]]
    assert titles(desk.digest("2026-06-02")) == []


def test_a_profile_may_be_named_and_a_new_one_starts_with_the_recent_log(desk: Desk) -> None:
    desk.dump("2026-06-01.txt", [CACHE])
    desk.run()
    other = PROFILE.replace('"Serving"', '"Other"')
    (desk.root / "config" / "profiles" / "other.toml").write_text(other, encoding="utf-8")

    report = desk.run("--profile", "other", day="2026-06-02")

    assert [(digest["profile"], digest["shown"]) for digest in report["digests"]] == [("other", 1)]
    assert desk("run", "--plain", "--profile", "nobody") == 2
    assert "there are: other, serving" in desk.err


def test_a_title_cannot_act_on_the_terminal(desk: Desk) -> None:
    evil = ("Red\x1b[31m Cache \u202eReversed", CACHE[1])
    desk.dump("2026-06-01.txt", [evil])

    assert desk("preview") == 0
    assert "\x1b" not in desk.out
    assert "\u202e" not in desk.out


def test_a_run_leaves_the_dumps_alone(desk: Desk) -> None:
    file = desk.dump("2026-06-01.txt", [CACHE])
    os.utime(file, (1_780_000_000, 1_780_000_000))
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    desk.run()
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_explain_knows_near_copies_and_loud_rules(desk: Desk) -> None:
    file = desk.root / "config" / "profiles" / "serving.toml"
    file.write_text(PROFILE.replace("limit = 2", "limit = 9\nper_rule_limit = 1"), encoding="utf-8")
    twin = ("Shared Shelves: One KV Cache for Many Readers", CACHE[1])
    other = (
        "Tea of the Week",
        "Tea is kept in a cache. It stays warm there for a whole week and tastes of nothing else.",
    )
    desk.dump("2026-06-01.txt", [CACHE, twin, other])
    desk.run()

    assert desk("explain", "one kv cache for many") == 0
    # Wrapped at the width of the terminal.
    told = " ".join(desk.out.split())
    assert 'shown as a near copy of "Shared Shelves: A KV Cache for Many Readers", rank 1 of 1' in told
    assert desk("explain", "tea of the week") == 0
    assert 'held back at rank 2, as rule "cache" had filled its share' in desk.out


def test_a_file_name_that_is_not_utf_8_costs_nothing(desk: Desk) -> None:
    desk.dump(os.fsdecode(b"M\xe4rz-2026-06-01.txt"), [CACHE])
    (desk.root / "dumps" / os.fsdecode(b"f\xfc.txt")).write_bytes(b"junk")

    report = desk.run(code=3)

    assert {dump["name"]: dump["verdict"] for dump in report["dumps"]} == {
        "M?rz-2026-06-01.txt": "complete",
        "f?.txt": "broken",
    }
    assert desk("status") == 0
