"""The command line: what goes to stdout and stderr, and the exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet import cli, pipeline
from broadsheet.cli.terminal import Terminal, safe
from broadsheet.errors import StoreError
from tests.pages import AGENT, CACHE, page

Said = pytest.CaptureFixture[str]


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    file = tmp_path / "2026-06-01.txt"
    tail = "  • 3 authors\n·\nMay 30, 2025 12\n"
    file.write_text(page("Jun 1", [CACHE]) + tail + page("Jun 2", [AGENT]), encoding="utf-8")
    return file


def test_parse_prints_one_object_a_line_with_every_key(listing: Path, capsys: Said) -> None:
    assert cli.run(["parse", "--json", str(listing)]) == 0

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["title"] == first["title_raw"] == CACHE[0]
    assert first["abstract_raw"] == CACHE[1]
    assert (first["author_count"], first["published"], first["published_precision"]) == (3, "2025-05-30", "day")
    assert (first["comments"], first["upvotes"], first["authors"], first["ids"]) == (12, None, [], {})
    assert (first["source"], first["dump"], first["position"]) == ("daily-papers", listing.name, 1)
    assert second["published"] is None
    assert (
        set(first)
        == set(second)
        == {
            *("guid", "title", "title_raw", "abstract", "abstract_raw", "authors", "author_count", "organization"),
            *("published", "published_precision", "comments", "upvotes", "categories", "ids", "links"),
            *("announce_type", "version", "source", "dump", "position", "span"),
        }
    )


def test_parse_prints_a_list_for_people(listing: Path, capsys: Said) -> None:
    assert cli.run(["parse", str(listing)]) == 0
    assert f"   1  {CACHE[0]}\n      3 authors · 2025-05-30 · 12 comments\n   2  {AGENT[0]}" in capsys.readouterr().out


def test_an_account_says_where_every_line_went(listing: Path, capsys: Said) -> None:
    assert cli.run(["parse", "--account", "--json", str(listing)]) == 0
    account = json.loads(capsys.readouterr().out)
    lines = account["lines"]
    assert (account["dump"], account["format"], account["taken_from"]) == (listing.name, "daily-papers", "file name")
    assert (account["entries"], account["coverage"], account["problems"]) == (2, 100.0, [])
    assert lines["total"] == lines["entry"] + lines["furniture"] + lines["problem"] == 17

    assert cli.run(["parse", "--account", str(listing)]) == 0
    assert "coverage 100 %" in capsys.readouterr().out


def test_one_bad_file_does_not_keep_the_others(listing: Path, tmp_path: Path, capsys: Said) -> None:
    bad = tmp_path / "bad.bin"
    bad.write_bytes(b"\x7fELF\x00\x00")

    assert cli.run(["parse", str(bad), str(listing)]) == 3

    said = capsys.readouterr()
    assert CACHE[0] in said.out
    assert said.err.startswith("bad.bin: ")
    assert said.err.count("\n") == 1


def test_a_problem_is_told_with_its_line(tmp_path: Path, capsys: Said) -> None:
    file = tmp_path / "cut.txt"
    file.write_text(page("Jun 1", [CACHE, AGENT])[:-40], encoding="utf-8")

    assert cli.run(["parse", "--account", str(file)]) == 0
    assert "cut.txt:17: warning: " in capsys.readouterr().out


def test_an_unknown_format_is_told_with_the_known_ones(listing: Path, capsys: Said) -> None:
    assert cli.run(["parse", "--format", "rss", str(listing)]) == 3
    assert re.search(r"the formats are: .*\bdaily-papers\b", capsys.readouterr().err)


def test_init_makes_a_workspace_once(tmp_path: Path, capsys: Said) -> None:
    assert cli.run(["init", str(tmp_path / "new")]) == 0
    made = capsys.readouterr().out.splitlines()
    assert str(tmp_path / "new" / "config" / "settings.toml") in made
    assert cli.run(["init", str(tmp_path / "new")]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert cli.run(["-C", str(tmp_path / "new"), "preview"]) == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["parse"], "broadsheet: Missing argument 'FILE...'. (see broadsheet parse --help)"),
        (["fetch"], "broadsheet: No such command 'fetch'. (see broadsheet --help)"),
        (["parse", "gone.txt"], "broadsheet: Invalid value for 'FILE...': File 'gone.txt' does not exist."),
        (["run", "--date", "2026-13-01"], "'2026-13-01' is no day; write it as 2026-06-01"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(words: list[str], line: str, capsys: Said) -> None:
    assert cli.run(words) == 2
    said = capsys.readouterr()
    assert line in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_a_missing_workspace_is_told_with_its_remedy(tmp_path: Path, capsys: Said) -> None:
    assert cli.run(["-C", str(tmp_path / "none"), "status"]) == 1
    assert "make one with `broadsheet init DIR`" in capsys.readouterr().err


def test_status_of_a_new_workspace_says_what_to_do(tmp_path: Path, capsys: Said) -> None:
    assert cli.run(["-C", str(tmp_path), "status"]) == 0
    assert "none yet: `broadsheet run`" in capsys.readouterr().out


def test_a_failed_and_a_killed_run_stand_in_the_status(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(run: pipeline.Run) -> tuple[Path, ...]:
        raise StoreError("the disk is full")

    def killed(run: pipeline.Run) -> tuple[Path, ...]:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "collect", full)
    assert cli.run(["-C", str(tmp_path), "run", "--plain"]) == 1
    monkeypatch.setattr(pipeline, "collect", killed)
    assert cli.run(["-C", str(tmp_path), "run", "--plain"]) == 130
    assert "what was done is kept" in capsys.readouterr().err

    assert cli.run(["-C", str(tmp_path), "status"]) == 0
    said = capsys.readouterr().out
    assert "exit 1: the disk is full" in said
    assert "did not end" in said


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="does not exist"):
        cli.run(["--debug", "-C", str(tmp_path / "none"), "status"])


def test_main_leaves_with_the_exit_code(capsys: Said) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["parse"])
    assert left.value.code == 2


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    papers = [(f"Paper {number} About Nothing at All", CACHE[1]) for number in range(2000)]
    file.write_text(page("Jun 1", papers), encoding="utf-8")
    command = [sys.executable, "-m", "broadsheet", "parse", "--json", str(file)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(timeout=60), process.stderr.read()) == (0, b"")


def test_quiet_keeps_notes_to_itself(capsys: Said) -> None:
    Terminal(folder=None, quiet=False, debug=False).note("a note")
    Terminal(folder=None, quiet=True, debug=False).note("a secret")
    assert capsys.readouterr().err == "a note\n"


def test_without_a_terminal_only_waiting_is_told(capsys: Said) -> None:
    with Terminal(folder=None, quiet=False, debug=False).progress() as progress:
        progress("reading", 1, 2)
        progress("waiting for process 1", 0, 0)
    assert capsys.readouterr().err == "waiting for process 1\n"


def test_a_terminal_sees_a_bar(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Terminal(folder=None, quiet=False, debug=False).progress() as progress:
        progress("reading", 1, 2)
        progress("waiting for process 1", 0, 0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢\tx\ny", "plain é 漢\tx\ny"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\x07", "a\\rb\\x07"),
        ("\u202eab\u2066", "\\u202eab\\u2066"),
        ("a\u2028b\ud800", "a\\u2028b\\ud800"),
    ],
)
def test_text_of_a_dump_cannot_act_on_the_terminal(text: str, shown: str) -> None:
    assert safe(text) == shown
