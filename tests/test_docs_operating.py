"""The units, tables, commands and files of docs/operating.md are what they say: read, checked and run."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import yaml  # type: ignore[import-untyped]
from cronsim import CronSim

from broadsheet import config, standing
from broadsheet.cli import cli
from broadsheet.workspace import Workspace, shipped
from tests.desk import Desk
from tests.pages import CACHE

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
#: Options of other programs that the page names.
FOREIGN = {"--collector.textfile.directory", "--failed"}
UNITS = ("broadsheet-serve.service", "broadsheet.service", "broadsheet.timer")
SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
SQLITE = pytest.mark.skipif(not shutil.which("sqlite3"), reason="needs Debian's sqlite3")


def blocks(name: str) -> list[str]:
    found = re.findall(rf"<!-- {re.escape(name)} -->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found


def block(name: str) -> str:
    (found,) = blocks(name)
    return found


def commands() -> Iterator[list[str]]:
    """Every use of our command on the page, as words, without what the shell does with it."""
    fenced = re.findall(r"```\w*\n(.*?)```", PAGE, re.DOTALL)
    inline = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
    for line in [line for text in fenced for line in text.splitlines()] + inline:
        if line.startswith("prefect "):
            continue
        for found in re.finditer(r"(?:^|[ /=])broadsheet ((?:-C \S+ |-q )*[a-z-][^|>&;}`]*)", line):
            words = shlex.split(found[1].replace("...", ""), comments=True)
            while words and words[0] in ("-C", "-q"):
                words = words[2:] if words[0] == "-C" else words[1:]
            if words:
                yield words


def options(command: click.Command) -> set[str]:
    return {name for param in command.params for name in param.opts + param.secondary_opts} | {"--help"}


def test_every_command_of_the_page_exists_with_its_options() -> None:
    found = list(commands())
    assert {words[0] for words in found} >= {"run", "serve", "status", "deliver", "backfill", "collect", "init"}
    for words in found:
        if words[0].startswith("-"):
            assert words[0] in options(cli), words
            continue
        assert words[0] in cli.commands, words
        command = cli.commands[words[0]]
        if isinstance(command, click.Group):
            command = command.commands[words.pop(1)]
        assert {word for word in words if word.startswith("-") and word != "-"} <= options(command), words


def test_every_option_that_stands_alone_belongs_to_some_command() -> None:
    ours = {name for command in cli.commands.values() for name in options(command)} | FOREIGN
    alone = re.findall(r"`(--[a-z.-]+)[^`]*`", PAGE)
    assert len(alone) > 5
    assert set(alone) <= ours


def test_every_message_that_the_page_quotes_is_one_of_ours() -> None:
    said = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "broadsheet").rglob("*.py"))
    rows = re.findall(r"^\| (.*?) \|", PAGE[PAGE.index("## What to do when") :], re.MULTILINE)
    quoted = [part for row in rows for text in re.findall(r'"([^"]+)"', row) for part in text.split(" ... ")]
    assert len(quoted) >= 6
    for text in quoted:
        assert text in said, text


@pytest.mark.parametrize("text", blocks("settings.toml"))
def test_the_settings_are_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    assert config.read_settings(tmp_path / "settings.toml") != config.Settings()


def test_the_deliveries_are_read(tmp_path: Path) -> None:
    (tmp_path / "deliveries.toml").write_text(block("deliveries.toml"), encoding="utf-8")
    ours = shipped("config")
    loaded = config.load(ours / "settings.toml", ours / "sources.toml", tmp_path / "deliveries.toml", ours / "profiles")
    assert [delivery.name for delivery in loaded.deliveries.deliveries] == ["team", "chat"]


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(block(name))
    return parser


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_says_which_file_it_is(name: str) -> None:
    assert block(name).startswith(f"# /etc/systemd/system/{name}\n[Unit]\n")
    assert unit(name)["Unit"]["Description"]


def test_a_timer_catches_a_missed_morning_up() -> None:
    timer = unit("broadsheet.timer")["Timer"]
    assert (timer["Persistent"], timer["OnCalendar"]) == ("true", "*-*-* 06:00:00 Europe/Berlin")


@SYSTEMD
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """With a program and a user that are there."""
    for name in UNITS:
        text = block(name).replace("/opt/broadsheet/.venv/bin/broadsheet", "/bin/true").replace("papers", "root")
        (tmp_path / name).write_text(text, encoding="utf-8")
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    files = [str(tmp_path / name) for name in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], env=environment, capture_output=True, text=True, check=False
    )
    # It also tells what it finds in units of the machine.
    told = [line for line in done.stderr.splitlines() if "broadsheet" in line or str(tmp_path) in line]
    assert told == []
    assert done.returncode == 0, done.stderr


@SYSTEMD
@pytest.mark.parametrize("when", ["*-*-* 06:00:00 Europe/Berlin", "*:0/15"])
def test_systemd_takes_the_times(when: str) -> None:
    assert when in PAGE
    subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, check=True)


def test_the_work_pool_is_the_one_of_the_deployments() -> None:
    written = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    deployments = yaml.safe_load(written)["deployments"]
    pools = set(re.findall(r"(?:work-pool create|--pool) (\S+)", block("pools")))
    assert {deployment["work_pool"]["name"] for deployment in deployments} == pools
    (flow, name) = re.findall(r"deployment run (\w+)/(\S+)", block("pools"))[0]
    assert f"flows/{flow}.py:{flow}" in {one["entrypoint"] for one in deployments if one["name"] == name}
    for line in block("pools").splitlines()[:3]:
        assert line in written


def test_the_crontab_has_times_and_variables_only() -> None:
    jobs = 0
    for line in block("crontab").splitlines():
        if line.startswith("#") or re.fullmatch(r"[A-Z_]+=\S+", line):
            continue
        found = re.fullmatch(r"((?:\S+ ){5})(\S.*)", line)
        assert found, line
        assert next(CronSim(found[1].strip(), datetime(2026, 6, 1, tzinfo=UTC)))
        # cron takes a bare % for the end of the line.
        assert "%" not in line
        jobs += 1
    assert jobs == 2


def shell(script: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the page as the page would have it run."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **variables}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def papers(desk: Desk) -> Desk:
    """A workspace with a dump to read."""
    desk.profile('title = "Serving"\n[[rule]]\nwhen = "cache"\n')
    desk.dump("2026-06-01.txt", [CACHE])
    return desk


@pytest.mark.slow
def test_the_cron_line_is_silent_on_a_good_morning_and_shows_the_status_on_a_bad_one(papers: Desk) -> None:
    (line,) = (line for line in block("crontab").splitlines() if line.startswith("0 6"))
    script = line.split(" ", 5)[5].replace("/srv/papers", str(papers.root))
    assert (good := shell(script, papers.root)).stdout + good.stderr == ""
    (papers.root / "dumps" / "2026-06-02.txt").write_text('{"error": "Rate limit exceeded"}', encoding="utf-8")
    bad = shell(script, papers.root)
    assert bad.stdout.startswith("1 thing needs a look\n")


@pytest.mark.slow
def test_the_workflow_runs(papers: Desk) -> None:
    workflow = yaml.safe_load(block("workflow"))
    # YAML takes a bare "on" for a truth.
    ((schedule,), steps) = (workflow[True]["schedule"], workflow["jobs"]["digest"]["steps"])
    assert next(CronSim(schedule["cron"], datetime(2026, 6, 1, tzinfo=UTC)))
    assert all(("uses" in step) != ("run" in step) for step in steps)
    assert [step["uses"] for step in steps if "uses" in step and "@v" not in step["uses"]] == []
    restored, saved = (step["with"] for step in steps if "cache" in step.get("uses", ""))
    assert (restored["path"], restored["key"]) == (saved["path"], saved["key"])
    assert saved["key"].startswith(restored["restore-keys"])

    (script,) = (step["run"] for step in steps if step.get("name") == "Run")
    summary = papers.root / "summary.md"
    done = shell(script, papers.root, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0, done.stderr
    assert summary.read_text(encoding="utf-8").startswith("    all is well")
    (pages,) = (step["with"]["path"] for step in steps if "upload-pages" in step.get("uses", ""))
    assert (papers.root / pages / "index.html").exists()

    (papers.root / "config" / "profiles" / "serving.toml").write_text("title =", encoding="utf-8")
    assert shell(script, papers.root, GITHUB_STEP_SUMMARY=str(summary)).returncode == 2


@pytest.mark.slow
def test_a_run_in_part_does_not_fail_the_workflow(papers: Desk) -> None:
    (script,) = (
        step["run"]
        for step in yaml.safe_load(block("workflow"))["jobs"]["digest"]["steps"]
        if step.get("name") == "Run"
    )
    (papers.root / "dumps" / "2026-06-02.txt").write_text('{"error": "Rate limit exceeded"}', encoding="utf-8")
    done = shell(script, papers.root, GITHUB_STEP_SUMMARY=str(papers.root / "summary.md"))
    assert done.returncode == 0
    assert "::warning::" in done.stdout


def test_the_alerts_ask_for_metrics_that_there_are(papers: Desk) -> None:
    papers.run()
    written = standing.exposition(standing.look(Workspace(root=papers.root), datetime.now(UTC)))
    there = set(re.findall(r"^# TYPE (\w+)", written, re.MULTILINE)) | {"broadsheet_fetch_failures"}
    rules = yaml.safe_load(block("prometheus"))["groups"][0]["rules"]
    for rule in rules:
        names = set(re.findall(r"broadsheet_\w+", rule["expr"]))
        assert names
        assert names <= there, rule


@pytest.mark.slow
@SQLITE
def test_a_backup_restores_what_was_told(papers: Desk) -> None:
    def here(name: str) -> str:
        return block(name).replace("/srv/papers", str(papers.root))

    papers.run()
    assert (done := shell(here("backup"), papers.root)).returncode == 0, done.stderr
    assert (done := shell(here("backup"), papers.root)).returncode == 0, done.stderr
    shutil.rmtree(papers.root / "state")

    done = shell(here("restore"), papers.root)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ok\n")
    report = papers.run(day="2026-06-02")
    assert (report["known_dumps"], report["new"]) == (1, 0)
    script = 'sqlite3 state/broadsheet.db ".backup backup/broadsheet.db"'
    assert script in PAGE
    assert shell(script, papers.root).returncode == 0
