"""What Prefect costs a morning: the daily run plain, through a running server, and through one of its own.

Beside them an empty flow of one task, as Prefect comes, with and without a running server: the least that any flow
costs. Every case is a process of its own in a fresh workspace, the cases take turns, and the figures are medians of
wall time. "warm": Prefect's database is there already; "new": it is made. `--quick`: one round. DIR: real dumps instead
of made-up ones. Prints differences and ratios; passes and fails nothing.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.daily import made_up
from flows.server import server

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
#: What the issue asks for.
MOST_ADDED = 1.5
MOST_RATIO = 1.3

EMPTY = """
from prefect import flow, task

@task
def one():
    return 1

@flow
def empty():
    return one()

empty()
"""


def main(arguments: list[str]) -> None:
    """Print the table."""
    rounds = 1 if "--quick" in arguments else ROUNDS
    given = [Path(argument) for argument in arguments if not argument.startswith("-")]
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), given[0] if given else made_up(Path(folder) / "made-up"))
        with server(bench.root / "server") as ready:
            bench.api = ready()
            bench.warm_up()
            took: dict[str, list[float]] = {name: [] for name in bench.cases}
            for _ in range(rounds):
                for name, case in bench.cases.items():
                    took[name].append(case())
    _print({name: statistics.median(seconds) for name, seconds in took.items()}, rounds, bench.pages)


class _Bench:
    def __init__(self, root: Path, dumps: Path) -> None:
        self.root = root
        self.dumps = dumps
        self.pages = sum(1 for file in dumps.iterdir() if file.is_file())
        self.api = ""
        self._number = 0
        self.cases: dict[str, Callable[[], float]] = {
            "run --plain": lambda: self.daily("--plain"),
            "run, running server": lambda: self.daily(PREFECT_API_URL=self.api),
            "empty flow, running server": lambda: self.empty(self.root / "home", PREFECT_API_URL=self.api),
            "run, own server, warm": lambda: self.daily(home=self.root / "warm"),
            "empty flow, no server, warm": lambda: self.empty(self.root / "home"),
            "run, own server, new": self.daily,
            "empty flow, no server, new": lambda: self.empty(self._fresh()),
        }

    def warm_up(self) -> None:
        """Everything once: Python's compiled files, Prefect's databases."""
        workspace = self._fresh()
        self._daily_in(workspace)
        shutil.copytree(workspace / ".prefect", self.root / "warm")
        self.empty(self.root / "home")
        self.cases["run, running server"]()

    def daily(self, *words: str, home: Path | None = None, **variables: str) -> float:
        """Seconds of the daily run in a fresh workspace."""
        workspace = self._fresh()
        if home:
            shutil.copytree(home, workspace / ".prefect")
        return self._daily_in(workspace, *words, **variables)

    def _daily_in(self, workspace: Path, *words: str, **variables: str) -> float:
        shutil.copytree(ROOT / "config", workspace / "config")
        shutil.copytree(self.dumps, workspace / "dumps")
        command = ["-m", "broadsheet", "-C", str(workspace), "-q", "run", "--date", "2026-06-03", *words]
        # 3: a dump of somebody's own may be one that needs a look.
        return self._timed(command, (0, 3), variables)

    def empty(self, home: Path, **variables: str) -> float:
        """Seconds of the empty flow."""
        quiet = {
            "PREFECT_HOME": str(home),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        return self._timed(["-c", EMPTY], (0,), {**quiet, **variables})

    def _timed(self, command: list[str], good: tuple[int, ...], variables: dict[str, str]) -> float:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-P", *command],
            env={**ours, "PYTHONPATH": str(ROOT), **variables},
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        took = time.perf_counter() - began
        if done.returncode not in good:
            raise SystemExit(f"bench: {' '.join(command[:8])} ended with {done.returncode}:\n{done.stderr}")
        return took

    def _fresh(self) -> Path:
        self._number += 1
        folder = self.root / f"workspace-{self._number}"
        folder.mkdir()
        return folder


def _print(took: dict[str, float], rounds: int, pages: int) -> None:
    plain = took["run --plain"]
    print(f"flow: {pages} dumps, 3 profiles, medians of {rounds}")
    print(f"{'':30}{'wall s':>8}{'more than --plain':>20}{'ratio to the empty flow':>26}")
    for name, seconds in took.items():
        more = f"{seconds - plain:+.2f} s" if name.startswith("run,") else ""
        empty = {
            "run, running server": "empty flow, running server",
            "run, own server, warm": "empty flow, no server, warm",
            "run, own server, new": "empty flow, no server, new",
        }.get(name)
        ratio = f"{seconds / took[empty]:.2f}" if empty else ""
        print(f"{name:30}{seconds:8.2f}{more:>20}{ratio:>26}")
    print(f"asked for: a running server adds at most {MOST_ADDED} s, and without one at most {MOST_RATIO} times empty")


if __name__ == "__main__":
    main(sys.argv[1:])
