"""Lighthouse's marks for the published pages of the bundled dumps, on a phone and on a desk.

Needs what tests/validators/package.json lists (npm ci --ignore-scripts --prefix tests/validators) and Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from broadsheet import pipeline
from broadsheet.deliver import preview
from broadsheet.workspace import Workspace, shipped

_ROOT = Path(__file__).resolve().parents[1]
_LIGHTHOUSE = _ROOT / "tests" / "validators" / "node_modules" / "lighthouse" / "cli" / "index.js"
_CHROMIUM = Path("/usr/bin/chromium")
FORMS = ("mobile", "desktop")
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_CATEGORIES = ("accessibility", "best-practices", "performance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What Lighthouse gives a page, of 100."""

    #: None where it was not measured.
    performance: int | None
    accessibility: int
    best_practices: int
    #: The checks of accessibility and best practices that the page does not meet.
    wanting: tuple[str, ...]


def say(lighthouse: Path, chromium: Path, address: str, form: str, folder: Path, *, performance: bool = True) -> Marks:
    """Lighthouse's marks for a page; form: one of FORMS; folder: for its files; performance: measured too."""
    categories = _CATEGORIES if performance else _CATEGORIES[:-1]
    report = folder / "lighthouse.json"
    subprocess.run(
        [
            *("node", str(lighthouse), address, "--quiet", "--output=json", f"--output-path={report}"),
            *(["--preset=desktop"] if form == "desktop" else ["--form-factor=mobile"]),
            f"--only-categories={','.join(categories)}",
            f"--chrome-flags={_FLAGS} --user-data-dir={folder / 'chromium'}",
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "CHROME_PATH": str(chromium), "HOME": str(folder)},
    )
    told = json.loads(report.read_text(encoding="utf-8"))
    marks = [round(100 * told["categories"][name]["score"]) for name in categories]
    asked = [check["id"] for name in _CATEGORIES[:-1] for check in told["categories"][name]["auditRefs"]]
    wanting = tuple(name for name in asked if told["audits"][name]["score"] not in (None, 1))
    accessibility, best_practices, *rest = marks
    return Marks(
        performance=rest[0] if rest else None,
        accessibility=accessibility,
        best_practices=best_practices,
        wanting=wanting,
    )


def main(arguments: list[str]) -> None:
    """Print the marks of a page of each kind."""
    del arguments
    if not (_LIGHTHOUSE.exists() and _CHROMIUM.exists() and shutil.which("node")):
        print("pages: needs Chromium, node, and npm ci --ignore-scripts --prefix tests/validators", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copytree(shipped("dumps"), folder / "dumps")
        pipeline.daily(Workspace(root=folder), day=date(2026, 6, 2), now=datetime(2026, 6, 2, 6, tzinfo=UTC))
        site = folder / "output" / "site"
        pages = ["index.html", *(str(next(site.glob(kind)).relative_to(site)) for kind in _KINDS)]
        with preview.server(site, 0, told=lambda _: None) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_address[1]}/"
            print(f"{'page':12} {'form':8} {'performance':>12} {'accessibility':>14} {'best practices':>15}")
            for page in pages:
                for form in FORMS:
                    marks = say(_LIGHTHOUSE, _CHROMIUM, f"{address}{page}", form, folder)
                    kind = page.partition("/")[0].removesuffix(".html")
                    figures = f"{marks.performance or 0:12} {marks.accessibility:14} {marks.best_practices:15}"
                    print(f"{kind:12} {form:8} {figures}", flush=True)
            server.shutdown()


_KINDS = ("agents/20*/index.html", "agents/index.html", "papers/*/*.html", "search/index.html", "sources/index.html")
