"""Which way imports go, who may use which package, and who touches clock, environment, disk and network."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Lowest first. A part imports itself and what stands below it, never its neighbours.
LAYERS = (
    {"types", "errors"},
    {"text", "dates", "ids", "toml_file", "addresses", "access", "disk"},
    {"workspace", "config", "wording", "copies", "clean", "histories", "cadence"},
    {
        *("sources", "identity", "store", "changes", "rules", "digest", "render", "deliver"),
        *("inbox", "verdicts", "fetch"),
    },
    {"report", "setup", "judging"},
    {"archiving", "intake", "running", "sitemaking"},
    {"ingesting", "collecting", "delivering", "leaving"},
    {"pipeline"},
    {"questions"},
    {"checking", "explanation", "rehearsal", "reparsing", "searching", "backfilling", "standing", "noticing"},
    {"cli", "flows"},
    {"__main__"},
)
RANKS = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}

#: Package -> the parts that may import it. One that is missing here is used nowhere.
PACKAGES = {
    "ahocorasick_rs": {"rules"},
    "alembic": {"store"},
    "bibtexparser": {"sources"},
    "apprise": {"deliver"},
    "bs4": {"sources"},
    "click": {"cli"},
    "cronsim": {"cadence"},
    "css_inline": {"render"},
    "dkim": {"deliver"},
    "feedparser": {"sources"},
    "ftfy": {"clean"},
    "httpcore": {"fetch"},
    "httpx": {"flows", "fetch", "deliver"},
    "jinja2": {"render"},
    "lark": {"rules"},
    "latex2mathml": {"render"},
    "lxml": {"sources", "render"},
    "markupsafe": {"render"},
    "msgspec": {
        "checking",
        "explanation",
        "rehearsal",
        "render",
        "reparsing",
        "report",
        "searching",
        "sources",
        "store",
    },
    "prefect": {"flows"},
    "pylatexenc": {"clean"},
    "re2": {"rules"},
    "psycopg": {"store"},
    "rich": {"cli"},
    "rispy": {"sources"},
    "sqlalchemy": {"store"},
    "uvicorn": {"flows"},
    "watchfiles": {"flows"},
    "yaml": {"render"},
    "zstandard": {"store", "sources"},
}

#: Values in, values out.
PURE = {
    *("types", "errors", "text", "dates", "ids", "addresses", "wording", "copies", "clean", "histories"),
    *("sources", "identity", "changes", "rules", "digest", "verdicts", "report"),
}
#: What only a look at the machine is good for.
IMPURE_MODULES = {
    *("asyncio", "ctypes", "fcntl", "glob", "http", "importlib", "io", "locale", "logging", "multiprocessing", "os"),
    *("platform", "random", "secrets", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile"),
    *("threading", "time", "urllib.request"),
}
#: Arithmetic on strings, and bytes in memory, that happen to live there.
HARMLESS = {"os.path.commonprefix", "io.BytesIO", "io.BufferedReader", "io.RawIOBase"}
DISK = {"open", "read_bytes", "read_text", "write_bytes", "write_text", "unlink", "mkdir", "rename", "touch"}
#: The machine's clock, and who may read it. A stopwatch (perf_counter, monotonic) tells no time.
CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
CLOCK_OWNERS = {"cli", "flows"}
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb"}
ENVIRONMENT_OWNERS = {"cli", "flows"}
NETWORK = {"aiohttp", "ftplib", "http.client", "httpx", "imaplib", "requests", "smtplib", "socket", "urllib.request"}
#: The store says which machine holds its lock.
NETWORK_OWNERS = {"deliver", "fetch", "flows"}
NETWORK_EXCEPTIONS = {("store", "socket")}


def faults(root: Path) -> list[str]:
    """Every breach of the rules above under root, as "file:line: what"."""
    found: list[str] = []
    for folder in ("broadsheet", "flows"):
        for file in sorted((root / folder).rglob("*.py")):
            where = file.relative_to(root)
            if "_shipped" in where.parts:
                continue
            part = "flows" if folder == "flows" else where.parts[1].removesuffix(".py")
            module = where.with_suffix("").parts
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found += [f"{where}:{line}: {what}" for line, what in _breaches(tree, module, part)]
    return found


def _breaches(tree: ast.Module, module: tuple[str, ...], part: str) -> Iterator[tuple[int, str]]:
    if part != "__init__" and part not in RANKS:
        yield 1, f"{part} has no layer yet: give it one in {Path(__file__).name}"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for imported in _imported(node, module):
                yield from ((node.lineno, what) for what in _import_faults(part, imported))
        else:
            yield from ((getattr(node, "lineno", 0), what) for what in _use_faults(part, node))


def _imported(node: ast.Import | ast.ImportFrom, module: tuple[str, ...]) -> Iterator[str]:
    """The dotted names of what is imported, as if every import were absolute."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    # One dot means the package of the module: for a package's __init__, itself.
    base = ".".join((*(module[: len(module) - node.level] if node.level else ()), *filter(None, [node.module])))
    yield from (f"{base}.{alias.name}" for alias in node.names)


def _import_faults(part: str, imported: str) -> Iterator[str]:
    top, _, rest = imported.partition(".")
    if top == "flows" and part != "flows":
        yield "imports flows"
    elif top == "broadsheet":
        target = rest.partition(".")[0]
        if target in RANKS and target != part and (part == "__init__" or RANKS[target] >= RANKS[part]):
            yield f"{part} imports {target}, which does not stand below it"
    elif top not in sys.stdlib_module_names and top not in ("broadsheet", "flows"):
        if part not in PACKAGES.get(top, ()):
            yield f"{part} imports {top}, which is used in {sorted(PACKAGES.get(top, ())) or 'no part'}"
    elif part in PURE and _is_in(imported, IMPURE_MODULES) and imported not in HARMLESS:
        yield f"{part} is pure and imports {imported}"
    if _is_in(imported, NETWORK) and part not in NETWORK_OWNERS and (part, top) not in NETWORK_EXCEPTIONS:
        yield f"{part} imports {imported}, which reaches the network"
    if imported in CLOCK | {"time.time"} and part not in CLOCK_OWNERS:
        yield f"{part} imports the clock {imported}"
    if imported in ENVIRONMENT and part not in ENVIRONMENT_OWNERS:
        yield f"{part} imports {imported}"


def _is_in(imported: str, modules: set[str]) -> bool:
    return any(imported == module or imported.startswith(f"{module}.") for module in modules)


def _use_faults(part: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        dotted = ".".join(ast.unparse(node).split(".")[-2:])
        if dotted in CLOCK and part not in CLOCK_OWNERS:
            yield f"{part} reads the clock: {dotted}"
        if dotted in ENVIRONMENT and part not in ENVIRONMENT_OWNERS:
            yield f"{part} reads the environment: {dotted}"
    if isinstance(node, ast.Call) and part in PURE:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in DISK:
            yield f"{part} is pure and calls {name}"
        if name == "__import__":
            yield f"{part} is pure and imports by name"


def test_imports_go_one_way() -> None:
    assert faults(ROOT) == []


def test_every_layer_names_a_part_that_exists() -> None:
    parts = {path.name.removesuffix(".py") for path in (ROOT / "broadsheet").iterdir()} | {"flows"}
    assert set(RANKS) <= parts


@pytest.mark.parametrize(
    ("file", "line", "what"),
    [
        ("broadsheet/types.py", "from .errors import BroadsheetError", "types imports errors"),
        ("broadsheet/config.py", "from .workspace import Workspace", "config imports workspace"),
        ("broadsheet/rules/parse.py", "from ..digest import fold", "rules imports digest"),
        ("broadsheet/rules/parse.py", "from .. import store", "rules imports store"),
        ("broadsheet/rules/parse.py", "from broadsheet import store", "rules imports store"),
        ("broadsheet/rules/parse.py", "import broadsheet.store.front", "rules imports store"),
        ("broadsheet/sources/deep/down.py", "from ...pipeline import daily", "sources imports pipeline"),
        ("broadsheet/sources/__init__.py", "from .. import identity", "sources imports identity"),
        ("broadsheet/text.py", "def f():\n    from .store import Store", "text imports store"),
        ("broadsheet/pipeline.py", "from .cli import main", "pipeline imports cli"),
        ("broadsheet/pipeline.py", "import prefect", "pipeline imports prefect"),
        ("broadsheet/cli/run.py", "from prefect import flow", "cli imports prefect"),
        ("broadsheet/cli/run.py", "from flows.run import run_daily", "imports flows"),
        ("flows/daily.py", "from broadsheet.cli import main", "flows imports cli"),
        ("broadsheet/__init__.py", "from .pipeline import daily", "__init__ imports pipeline"),
        ("broadsheet/digest.py", "import bs4", "digest imports bs4"),
        ("broadsheet/digest.py", "from lxml import etree", "digest imports lxml"),
        ("broadsheet/deliver/mail.py", "import jinja2", "deliver imports jinja2"),
        ("broadsheet/pipeline.py", "from sqlalchemy import select", "pipeline imports sqlalchemy"),
        ("broadsheet/store/x.py", "import pandas", "store imports pandas, which is used in no part"),
        ("broadsheet/digest.py", "import time", "digest is pure and imports time"),
        ("broadsheet/digest.py", "from time import time", "digest is pure and imports time.time"),
        ("broadsheet/digest.py", "from os import environ", "digest imports os.environ"),
        ("broadsheet/pipeline.py", "from time import time", "pipeline imports the clock"),
        ("broadsheet/pipeline.py", "import time\nnow = time.time()", "reads the clock: time.time"),
        ("broadsheet/store/x.py", "from datetime import datetime\nx = datetime.now()", "clock: datetime.now"),
        ("broadsheet/store/x.py", "import datetime\nx = datetime.date.today()", "clock: date.today"),
        ("broadsheet/store/x.py", "import os\nx = os.environ['HOME']", "environment: os.environ"),
        ("broadsheet/sources/x.py", "import socket", "sources imports socket, which reaches"),
        ("broadsheet/render/x.py", "from urllib import request", "render imports urllib.request"),
        ("broadsheet/sources/x.py", "def f(path): return open(path)", "sources is pure and calls open"),
        ("broadsheet/rules/x.py", "def f(path): return path.read_text()", "rules is pure and calls read_text"),
        ("broadsheet/rules/x.py", "def f(): return __import__('os')", "rules is pure and imports by name"),
        ("broadsheet/extra.py", "", "extra has no layer yet"),
    ],
)
def test_a_planted_breach_is_found(tmp_path: Path, file: str, line: str, what: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(parents=True)
    planted.write_text(line)
    assert any(what in fault and fault.startswith(file) for fault in faults(tmp_path)), faults(tmp_path)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("broadsheet/rules/parse.py", "from ..text import folded\nfrom .query import Query\nimport lark"),
        ("broadsheet/rules/__init__.py", "from .parse import parse\nfrom ..types import Paper"),
        ("broadsheet/pipeline.py", "from . import changes, rules\nimport time\nbegan = time.perf_counter()"),
        ("broadsheet/cli/__init__.py", "from .. import __version__, pipeline\nfrom . import look\nimport click"),
        ("broadsheet/cli/x.py", "from datetime import datetime\nnow = datetime.now()"),
        ("broadsheet/render/links.py", "from urllib.parse import quote"),
        ("flows/daily.py", "from prefect import flow\nfrom broadsheet import pipeline\nfrom . import environment"),
    ],
)
def test_what_the_house_allows_passes(tmp_path: Path, file: str, line: str) -> None:
    allowed = tmp_path / file
    allowed.parent.mkdir(parents=True)
    allowed.write_text(line)
    assert faults(tmp_path) == []
