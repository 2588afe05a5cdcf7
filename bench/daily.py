"""What a morning costs: three dumps, three profiles, the store on disk, without Prefect.

Prints CPU seconds of our own work (parse, compare, rank, render, publish) beside those of starting Python and importing
the libraries, for the first run and for a second one that finds nothing new; medians of several fresh workspaces. Each
run is a process of its own. Does not measure the network, and Prefect only by its absence.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZES = (63, 123, 220)
ROUNDS = 5

# One process: import everything first, then do the day's work, then the same day again.
CHILD = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
import ahocorasick_rs, alembic.command, lark, re2  # what the stages import only where they need it
from broadsheet import pipeline
from broadsheet.store import migrate
from broadsheet.workspace import Workspace
workspace = Workspace.find(Path(sys.argv[1]), Path.cwd())
imported = time.process_time()
figures = {"import": imported}
for name in ("first", "again"):
    began = time.process_time()
    report = pipeline.daily(workspace, now=datetime(2026, 6, 3, tzinfo=UTC))
    figures[name] = time.process_time() - began
    figures[name + " stages"] = dict(report.seconds)
    figures[name + " counts"] = [report.entries, report.new, sum(digest.shown for digest in report.digests)]
print(json.dumps(figures))
"""


def main(arguments: list[str]) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        dumps = Path(arguments[0]) if arguments else made_up(Path(folder) / "dumps")
        pages = len(list(dumps.iterdir()))
        rounds = [one_round(Path(folder) / str(number), dumps) for number in range(ROUNDS)]

    def median(name: str) -> float:
        return float(statistics.median(figures[name] for figures in rounds))

    entries, new, shown = rounds[0]["first counts"]
    print(f"daily: {pages} dumps, {entries} entries, {new} new papers, 3 profiles, {shown} rows")
    print(f"{'':34}{'CPU s':>8}{'ratio to import':>18}")
    for name, label in (
        ("import", "starting Python and importing"),
        ("first", "own work, first run"),
        ("again", "own work, nothing new"),
    ):
        print(f"{label:34}{median(name):8.3f}{median(name) / median('import'):18.2f}")
    stages = rounds[0]["first stages"]
    print("stages of the first run (wall s): " + ", ".join(f"{name} {took:.3f}" for name, took in stages.items()))


def one_round(workspace: Path, dumps: Path) -> dict[str, Any]:
    """The figures of one fresh workspace."""
    shutil.copytree(ROOT / "config", workspace / "config")
    shutil.copytree(dumps, workspace / "dumps")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHILD, str(workspace)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def made_up(folder: Path) -> Path:
    """Three dumps of made-up papers, as many as three real pages held, in two layouts."""
    folder.mkdir(parents=True)
    draw = random.Random(7)
    words = (ROOT / "dumps" / "daily-papers-2026-06-01.txt").read_text(encoding="utf-8").split()
    for number, size in enumerate(SIZES):
        lines = [
            "Get trending papers in your email inbox!",
            "",
            "Subscribe",
            "",
            "Daily Papers",
            "",
            f"Jun {number + 1}",
            "",
        ]
        for _ in range(size):
            title = " ".join(draw.choices(words, k=9)).capitalize().rstrip(".")
            sentences = (" ".join(draw.choices(words, k=24)).capitalize().rstrip(".") + "." for _ in range(8))
            lines += [title, "", " ".join(sentences), ""]
        (folder / f"made-up-2026-06-0{number + 1}.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder
