"""./run makes its environment once, again when it must, and never half. uv and Python are stand-ins that take notes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

_UV = """\
#!/usr/bin/env bash
set -eu
echo "uv $*" >>"$NOTES"
case "$*" in
    venv*)
        venv=${!#}
        mkdir -p "$venv/bin"
        printf '#!/bin/sh\\necho "Python 3.11.0"\\n' >"$venv/bin/python"
        chmod +x "$venv/bin/python"
        ;;
    *--require-hashes*)
        sleep "${UV_SLEEP:-0}"
        if [ -n "${UV_FAILS:-}" ]; then echo "no such package" && exit 1; fi
        ;;
    *-e*)
        printf '#!/bin/sh\\necho "broadsheet $*"\\n' >"$BIN/broadsheet"
        chmod +x "$BIN/broadsheet"
        ;;
esac
"""
_PYTHON = """\
#!/bin/sh
[ "$1" = --version ] && echo "Python $PYTHON_VERSION" && exit
[ "$1" = -m ] && echo "python $*" >>"$NOTES" && echo "pip is broken too" && exit 1
[ "$PYTHON_VERSION" != 3.9.2 ]
"""


class Checkout:
    """A folder with ./run and a lock, and the stand-ins on its PATH."""

    def __init__(self, root: Path) -> None:
        self.root = root / "checkout"
        self.notes = root / "notes"
        self.commands = root / "commands"
        for folder in (self.root, self.commands):
            folder.mkdir()
        shutil.copy(ROOT / "run", self.root)
        (self.root / "requirements.lock").write_text("click==8.2.0 \\\n    --hash=sha256:0\n")
        for name, text in {"uv": _UV, **dict.fromkeys(_PYTHONS, _PYTHON)}.items():
            (self.commands / name).write_text(text)
            (self.commands / name).chmod(0o755)

    def start(self, *arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": f"{self.commands}{os.pathsep}{os.environ['PATH']}",
            "NOTES": str(self.notes),
            "BIN": str(self.root / ".venv/bin"),
            "PYTHON_VERSION": "3.12.1",
            **variables,
        }
        command = [str(self.root / "run"), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=cwd or self.root, env=environment, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def run(self, *arguments: str, cwd: Path | None = None, **variables: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        with self.start(*arguments, cwd=cwd, **variables) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def set_ups(self) -> int:
        """How often an environment was made."""
        return self.notes.read_text().count("uv venv") if self.notes.exists() else 0


_PYTHONS = ("python3", "python3.11", "python3.12", "python3.13")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_scripts_are_executable_and_bash_can_read_them() -> None:
    for script in (ROOT / "run", ROOT / ".ci/run"):
        assert os.access(script, os.X_OK)
        subprocess.run(["bash", "-n", script], check=True)


def test_ci_runs_the_check_and_nothing_but_it() -> None:
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == '"$root/run" check'


def test_help_names_every_command_and_makes_nothing(checkout: Checkout) -> None:
    code, out, err = checkout.run()
    assert (code, err) == (0, "")
    listed = set(re.findall(r"^\./run (\w+)", out, re.MULTILINE))
    cases = re.search(r"^ +([a-z |]+)\) ensure", (ROOT / "run").read_text(), re.MULTILINE)
    assert cases
    assert listed == set(cases[1].split(" | "))
    assert not (checkout.root / ".venv").exists()


def test_an_unknown_command_is_wrong_usage_and_makes_nothing(checkout: Checkout) -> None:
    code, out, err = checkout.run("tset")
    assert (code, out) == (2, "")
    assert "./run test" in err
    assert not (checkout.root / ".venv").exists()


def test_the_first_use_makes_the_environment_and_the_second_does_not(checkout: Checkout) -> None:
    code, out, err = checkout.run("broadsheet", "status", "a b")
    assert (code, out) == (0, "broadsheet status a b\n")
    assert "setting up .venv" in err
    assert checkout.run("broadsheet", "status") == (0, "broadsheet status\n", "")
    assert checkout.set_ups() == 1


def test_only_what_is_locked_is_installed(checkout: Checkout) -> None:
    checkout.run("broadsheet")
    installs = [line for line in checkout.notes.read_text().splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert all("--no-deps" in line for line in installs)
    assert "--require-hashes" in installs[0]
    assert "--no-build-isolation" in installs[1]


def test_it_works_from_any_folder(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "else where").mkdir()
    assert checkout.run("broadsheet", "x", cwd=tmp_path / "else where")[:2] == (0, "broadsheet x\n")
    assert not list((tmp_path / "else where").iterdir())


def test_another_lock_is_installed_over_the_old_one(checkout: Checkout) -> None:
    checkout.run("broadsheet")
    (checkout.root / "requirements.lock").write_text("click==8.3.0 \\\n    --hash=sha256:1\n")
    checkout.run("broadsheet")
    assert checkout.set_ups() == 2


def test_an_environment_of_another_place_is_made_again(checkout: Checkout) -> None:
    checkout.run("broadsheet")
    (checkout.root / ".venv/old").write_text("")
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    code, out, err = checkout.run("broadsheet", "x")
    assert (code, out) == (0, "broadsheet x\n")
    assert "made elsewhere" in err
    assert not (checkout.root / ".venv/old").exists()


def test_a_failed_set_up_shows_why_and_is_done_again(checkout: Checkout) -> None:
    code, out, err = checkout.run("broadsheet", UV_FAILS="1")
    assert (code, out) == (1, "")
    assert "no such package" in err
    assert "uv failed; trying pip" in err
    assert "pip is broken too" in err
    assert checkout.run("broadsheet", "x")[:2] == (0, "broadsheet x\n")


def test_an_interrupted_set_up_is_done_again(checkout: Checkout) -> None:
    with checkout.start("broadsheet", UV_SLEEP="30") as process:
        while "--require-hashes" not in (checkout.notes.read_text() if checkout.notes.exists() else ""):
            assert process.poll() is None
        os.killpg(process.pid, 9)
        process.communicate()
    assert checkout.run("broadsheet", "x")[:2] == (0, "broadsheet x\n")
    assert checkout.set_ups() == 2


@pytest.mark.skipif(not shutil.which("flock"), reason="needs flock, of util-linux")
def test_two_first_uses_at_once_make_one_environment(checkout: Checkout) -> None:
    both = [checkout.start("broadsheet", "x", UV_SLEEP="0.5") for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert said == ["broadsheet x\n"] * 2
    assert checkout.set_ups() == 1


def test_an_old_python_is_named(checkout: Checkout) -> None:
    code, _, err = checkout.run("broadsheet", PYTHON_VERSION="3.9.2")
    assert code == 1
    assert "needs Python 3.11 or newer; python3 is Python 3.9.2" in err
    assert checkout.set_ups() == 0


def test_a_newer_python_is_found_beside_an_old_one(checkout: Checkout) -> None:
    (checkout.commands / "python3").write_text(_PYTHON.replace("$PYTHON_VERSION", "3.9.2"))
    assert checkout.run("broadsheet", "x")[:2] == (0, "broadsheet x\n")
    assert f"--python {checkout.commands / 'python3.13'}" in checkout.notes.read_text()


def test_the_digest_is_shown_and_the_exit_code_kept(checkout: Checkout, tmp_path: Path) -> None:
    checkout.run("broadsheet")
    page = tmp_path / "output/mine/2026-06-01/digest.html"
    page.parent.mkdir(parents=True)
    page.with_suffix(".md").write_text("# Mine\n\nthe first lines\n" + "more\n" * 50)
    command = checkout.root / ".venv/bin/broadsheet"
    command.write_text(f'#!/bin/sh\necho "$@"\necho "2026-06-01 mine: 3 shown"\necho "    {page}"\nexit 3\n')
    code, out, err = checkout.run("digest", "--date", "2026-06-01", cwd=tmp_path)
    assert (code, err) == (3, "")
    assert out.startswith(f"-C {checkout.root} run --date 2026-06-01\n2026-06-01 mine: 3 shown\n    {page}\n\nOpen ")
    assert f"read {page.with_suffix('.md')}" in out
    assert "the first lines\nmore\n" in out
    assert out.count("\n") < 25


def test_a_digest_for_a_program_is_json_alone(checkout: Checkout) -> None:
    checkout.run("broadsheet")
    code, out, _ = checkout.run("digest", "--json")
    assert (code, out) == (0, f"broadsheet -C {checkout.root} run --json\n")
