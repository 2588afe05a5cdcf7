"""What stands in no lock of Python's: which programs there are, and every page of whole runs to try them on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadsheet import pipeline
from broadsheet.clean import clean
from broadsheet.render.math import with_math
from broadsheet.workspace import Workspace
from tests.attacks import MATH

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(__file__).parent / "node_modules"
VNU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
HTML_VALIDATE = MODULES / "html-validate" / "bin" / "html-validate.mjs"
CANIEMAIL = MODULES / "caniemail" / "package.json"
LIGHTHOUSE = MODULES / "lighthouse" / "cli" / "index.js"
#: How to get what these tests need; .ci/run does it.
GET = "apt-get install default-jre-headless nodejs npm; npm ci --ignore-scripts --prefix tests/validators"
ADDRESS = 'url = "https://digests.example.org/papers/"\n'
#: Formulas of every kind that converters make.
FORMULAS = (
    r"x^2", r"\alpha_{i,j}", r"O(n \log n)", r"\frac{1}{2}", r"\arg\min_x f(x)", r"\mathbb{R}^{d}", r"\sqrt[3]{x}",
    r"\text{a & b} < c", r"\boldsymbol{\theta}", r"\sum_{i=1}^n x_i", r"\left( \frac{a}{b} \right]", r"\hat{x}",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"\begin{cases} 1 & x > 0 \\ 0 & x \leq 0 \end{cases}",
    r"\|x\|_2", r"\xrightarrow{f}", r"\operatorname{softmax}(x)", r"\mathrm{KL}", r"\overline{AB}", r"\binom{n}{k}",
    r"\lim_{x\to 0}", r"\int_0^1 f\,dx", r"\underbrace{a+b}_{c}", r"a'", r"\phantom{x}y", r"\color{red}x", r"\tfrac12",
    r"\displaystyle x", r"\big( x \big)", r"\substack{a \\ b}", r"\overset{a}{b}", r"\mathcal{L}_{\text{t}}", r"50\%",
)  # fmt: skip


def _run(config: Path, days: dict[str, list[Path]], root: Path, address: str) -> Path:
    shutil.copytree(config, root / "config")
    settings = root / "config" / "settings.toml"
    text = settings.read_text(encoding="utf-8") if settings.exists() else "[site]\n"
    settings.write_text(re.sub(r'(?m)^url = ""\n', address, text), encoding="utf-8")
    workspace = Workspace.find(root, root)
    for day, dumps in days.items():
        pipeline.daily(workspace, day=date.fromisoformat(day), dumps=dumps, now=datetime(2026, 12, 31, tzinfo=UTC))
    return root / "output"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the shipped dumps, of the golden cases, and a page of formulas."""
    whole = tmp_path_factory.mktemp("published")
    shipped = {re.search(r"\d{4}-\d\d-\d\d", file.name): file for file in sorted((ROOT / "dumps").glob("*.txt"))}
    days = {found[0]: [file] for found, file in shipped.items() if found}
    output = _run(ROOT / "config", days, tmp_path_factory.mktemp("example"), ADDRESS)
    shutil.copytree(output, whole / "example")
    for case in sorted(path for path in (ROOT / "tests" / "golden").iterdir() if path.is_dir()):
        days = {day.name: sorted(day.iterdir()) for day in sorted(case.glob("20*"))}
        shutil.copytree(_run(case / "config", days, tmp_path_factory.mktemp(case.name), ""), whole / case.name)
    (whole / "math.html").write_text(_formulas(), encoding="utf-8")
    return whole


def _formulas() -> str:
    """A page of formulas, harmless ones and attacks, as a paper's page has them."""
    told = "\n".join(
        f"<p>{with_math(clean(raw), raw)}</p>"
        for tex in (*FORMULAS, *MATH)
        for raw in (f"A text with ${tex}$ in it.", f"And \\[{tex}\\] on a line.")
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Formulas</title>\n'
        '<link rel="icon" href="data:,">\n</head>\n<body>\n<main>\n<h1>Formulas</h1>\n'
        + told
        + "\n</main>\n</body>\n</html>\n"
    )


def kinds(whole: Path) -> dict[str, Path]:
    """The largest page of each kind: of whichever profile, day, paper and source."""
    found: dict[str, Path] = {}
    for page in sorted(whole.rglob("*.html")):
        parts: Sequence[str] = page.relative_to(whole).parts[1:] or (page.name,)
        kind = "/".join(
            re.sub(r"\d{4}-\d\d-\d\d", "day", re.sub(r".*-[a-z2-7]{20}\.html", "one.html", part))
            if part.endswith(".html") or part in {"site", "papers", "sources", "archive", "search", "feeds"}
            else re.sub(r"^(?!day$).*", "any", re.sub(r"\d{4}-\d\d-\d\d", "day", part))
            for part in parts
        )
        if kind not in found or page.stat().st_size > found[kind].stat().st_size:
            found[kind] = page
    return found
