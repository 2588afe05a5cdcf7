"""Every page of whole runs against the Nu checker, html-validate and axe, in light and dark, on a phone and a desk.

Of html-validate's rules, off are those of style, and: require-sri (script and style sheet are the page's own, and from
file:// their sums would keep them out) and wcag/h32 (a search is sent by Enter). Lists may have names, as ARIA has it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.validators.conftest import GET, HTML_VALIDATE, VNU, kinds
from tests.validators.serving import serving

pytestmark = [pytest.mark.validators, pytest.mark.slow]
nu = pytest.mark.skipif(not (VNU.exists() and shutil.which("java")), reason=f"needs the Nu checker: {GET}")
node = pytest.mark.skipif(not (HTML_VALIDATE.exists() and shutil.which("node")), reason=f"needs html-validate: {GET}")

BAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Bad</title></head>'
    '<body><h1 id="a">x</h1><p id="a" style="color:red">a <img src="x.png"> <math><mfoo>x</mfoo></math></p>'
    "</body></html>"
)


@contextmanager
def served(published: Path) -> Iterator[dict[Path, str]]:
    """Every page with its address: the site of the example below the path that its settings say, all else beside it."""
    example = published / "example" / "site"
    with serving(example, "/papers/") as site, serving(published) as rest:
        yield {
            page: f"{site.address}{page.relative_to(example)}"
            if page.is_relative_to(example)
            else f"{rest.address}{page.relative_to(published)}"
            for page in sorted(published.rglob("*.html"))
        }


def nu_says(addresses: Iterable[str]) -> list[str]:
    """What the Nu checker says. It asks for the pages, as what a page's policy allows depends on where it is served."""
    loopback = "-Dnu.validator.servlet.allow-forbidden-hosts=true"
    # The heading of a paper's page is that of the page as a whole, outside the article that script.js looks for.
    usual = ["--filterpattern", ".*Article lacks heading.*"]
    command = ["java", loopback, "-jar", str(VNU), "--Werror", "--format", "json", *usual, *addresses]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    told = json.loads(done.stderr or "{}").get("messages", [])
    assert bool(told) == bool(done.returncode), done.stderr
    return [f"{one.get('url', '')}:{one.get('lastLine')}: {one['message']}" for one in told]


def html_validate_says(folder: Path, report: Path) -> list[str]:
    config = Path(__file__).with_name("htmlvalidate.json")
    command = ["node", str(HTML_VALIDATE), "--config", str(config), "--max-warnings", "0"]
    # Into a file: what it has not yet written into a pipe when it ends is lost.
    pages = map(str, sorted(folder.rglob("*.html")))
    done = subprocess.run(
        [*command, "--formatter", f"json={report}", *pages], capture_output=True, text=True, check=False, timeout=120
    )
    found = json.loads(report.read_text())
    told = [
        f"{Path(page['filePath']).relative_to(folder)}:{one['line']}: {one['ruleId']}: {one['message']}"
        for page in found
        for one in page["messages"]
    ]
    assert bool(told) == bool(done.returncode), done.stderr
    return told


@nu
def test_the_nu_checker_has_nothing_to_say(published: Path) -> None:
    with served(published) as pages:
        assert len(pages) > 8
        assert nu_says(pages.values()) == []


@node
def test_html_validate_has_nothing_to_say(published: Path, tmp_path: Path) -> None:
    assert html_validate_says(published, tmp_path / "report.json") == []


@nu
def test_the_nu_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(BAD)
    with serving(tmp_path) as site:
        told = "\n".join(nu_says([f"{site.address}bad.html"]))
    assert "Duplicate ID" in told
    assert "mfoo" in told
    assert "alt" in told


@node
def test_html_validate_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(BAD)
    told = "\n".join(html_validate_says(tmp_path, tmp_path / "report.json"))
    assert "no-dup-id" in told
    assert "no-inline-style" in told


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs /usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


def axe_says(browser: Browser, address: str, width: int, scheme: Any) -> list[str]:
    """What axe finds in a page with all of it unfolded; and whether it is wider than its screen, or says something."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    told, asked = list[str](), list[str]()
    page.on("console", lambda message: told.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"error: {error}"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    own = address[: address.index("/", len("http://"))]
    told += [f"asks for {url}" for url in asked if not url.startswith((own, "data:"))]
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    if page.evaluate("document.documentElement.scrollWidth") > width:
        told.append(f"wider than {width} pixels")
    # What axe itself asks for from here on, the page's policy may forbid.
    told = told[:]
    for violation in Axe().run(page).response["violations"]:
        told.append(f"{violation['id']}: {violation['nodes'][0]['html'][:200]}")
    page.close()
    return told


@pytest.mark.chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_has_nothing_to_say_of_any_kind_of_page(published: Path, browser: Browser, width: int, scheme: str) -> None:
    with served(published) as addresses:
        found = {kind: axe_says(browser, addresses[page], width, scheme) for kind, page in kinds(published).items()}
    assert {kind: told for kind, told in found.items() if told} == {}
    assert len(found) >= 3


@pytest.mark.chromium
def test_axe_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(BAD + '<p><a href="#b" style="color:#eee">pale</a></p>')
    with serving(tmp_path) as site:
        assert "color-contrast" in "\n".join(axe_says(browser, f"{site.address}bad.html", 390, "light"))
