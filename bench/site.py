"""What the site costs: a year of made-up mornings, three profiles, sixty papers a day.

Prints how long making every page takes and how large the site is, and what the morning after touches: files written, as
a share of all, and seconds. The store is filled by the stages themselves, without their pages. `--quick`: a month.
"""

from __future__ import annotations

import random
import resource
import shutil
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from broadsheet import pipeline, sitemaking
from broadsheet.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
BEGIN = date(2026, 1, 5)
PAPERS = 60
#: Of a day's papers, so many stood on the page of the day before, and the first of them with another abstract.
AGAIN = 6


def main(arguments: list[str]) -> None:
    """Print the figures."""
    days = 30 if "--quick" in arguments else 365
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "config", root / "config")
        workspace = Workspace.find(root, root)
        listings = made_up(days + 1)
        began = time.perf_counter()
        for number in range(days):
            morning(workspace, listings, number)
        filled = time.perf_counter() - began
        seconds, made = measured(workspace)
        files = [path for path in (root / "output" / "site").rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        print(f"site: {days} days, 3 profiles, {PAPERS} papers a day (the store was filled in {filled:.0f} s)")
        print(f"  everything        {seconds:8.1f} s  {made.rendered:,} files, {size / 1e6:,.0f} MB")
        print(f"  of it, the mark says all is there{measured(workspace)[0]:8.2f} s")
        morning(workspace, listings, days)
        seconds, made = measured(workspace)
        files = [path for path in (root / "output" / "site").rglob("*") if path.is_file()]
        share = 100 * made.changed / len(files)
        told = f"{made.rendered:,} made, {made.changed:,} changed: {share:.2f} % of all"
        print(f"  the next morning  {seconds:8.2f} s  {told}")
        seconds, made = measured(workspace, rebuild=True)
        print(f"  everything again  {seconds:8.1f} s  {made.changed:,} changed (none, if the morning left nothing out)")
        print(f"  memory at most    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MiB")


def morning(workspace: Workspace, listings: list[list[tuple[str, str]]], number: int) -> None:
    """The stages of a day up to its digests, and its feeds; the site is measured for itself."""
    day = BEGIN + timedelta(days=number)
    dump = workspace.root / "dumps" / f"daily-papers-{day}.txt"
    dump.parent.mkdir(exist_ok=True)
    head = ["Get trending papers in your email inbox!", "Subscribe", "Daily Papers", f"{day:%b} {day.day}"]
    papers = [line for paper in listings[number] for line in paper]
    dump.write_text("\n\n".join([*head, *papers]) + "\n", encoding="utf-8")
    with pipeline.open_run(workspace, day=day, dumps=[dump], now=datetime(2026, 1, 1, tzinfo=UTC)) as run:
        pipeline.ingest(run, pipeline.collect(run))
        pipeline.digest(run)
        pipeline.finish(run)


def measured(workspace: Workspace, *, rebuild: bool = False) -> tuple[float, sitemaking.Made]:
    """Seconds, and what was made."""
    began = time.perf_counter()
    made = sitemaking.rebuilt(
        workspace, now=datetime(2026, 1, 1, tzinfo=UTC), progress=pipeline.silent, rebuild=rebuild
    )
    return time.perf_counter() - began, made


def made_up(days: int) -> list[list[tuple[str, str]]]:
    """Title and abstract of each paper of each day."""
    draw = random.Random(11)
    words = (ROOT / "dumps" / "daily-papers-2026-06-01.txt").read_text(encoding="utf-8").split()

    def sentence(length: int) -> str:
        return " ".join(draw.choices(words, k=length)).capitalize().rstrip(".") + "."

    listings: list[list[tuple[str, str]]] = []
    for _ in range(days):
        fresh = [(sentence(9).rstrip("."), " ".join(sentence(22) for _ in range(8))) for _ in range(PAPERS - AGAIN)]
        again = listings[-1][:AGAIN] if listings else []
        if again:
            title, abstract = again[0]
            again = [(title, f"{abstract} {sentence(12)}"), *again[1:]]
        listings.append([*fresh, *again])
    return listings


if __name__ == "__main__":
    main([])
