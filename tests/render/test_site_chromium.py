"""The pages of the site in a real browser, from a file: accessible, as wide as the screen, styled, and silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page

from broadsheet.config import Site
from broadsheet.render import Templates
from broadsheet.render.site.frame import Press, open_press
from broadsheet.types import Digest
from tests.chromium import CHROMIUM

from .test_site_pages import pages

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory,
    digest_of: Callable[[str], Digest],
    naughty_digest: Digest,
    templates: Templates,
    site: Site,
) -> Path:
    """Every kind of page, of an ordinary text, of one too long for a phone, and of naughty ones, each with its look."""
    root = tmp_path_factory.mktemp("site")
    press: Press = open_press(templates, site, [("serving", "Efficient serving"), ("vision", "Vision")])
    for name, digest, text in (
        ("plain", digest_of("An ordinary text of some words"), "plain"),
        ("long", digest_of("Long" * 60), "x" * 90),
        ("naughty", naughty_digest, "\"><img src=x onerror='window.pwned = 1'><script>window.pwned = 1</script>"),
    ):
        for artifact in (*press.assets(), *pages(digest, press, text).values()):
            path = root / name / artifact.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.content)
    return root


KINDS = ("index.html", "serving/index.html", "serving/2026-07-03/index.html", "papers", "sources/index.html")
OTHERS = ("sources", "feeds/index.html", "search/index.html")


def page_in(folder: Path, kind: str) -> Path:
    if kind in ("papers", "sources"):
        return next(path for path in sorted((folder / kind).rglob("*.html")) if path.name != "index.html")
    return folder / kind


def listening(browser: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it will say that it should not."""
    page, noise = browser.new_page(), list[str]()
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    return page, noise


@pytest.mark.parametrize("kind", [*KINDS, *OTHERS])
@pytest.mark.parametrize("text", ["plain", "long"])
def test_a_page_is_accessible_and_fits_its_screen(browser: BrowserContext, folder: Path, kind: str, text: str) -> None:
    path = page_in(folder / text / "site", kind)
    for width, scheme in ((320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")):
        page, noise = listening(browser)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(path.as_uri())
        assert page.evaluate("getComputedStyle(document.body).maxWidth") == "1248px", "the style sheet was not taken"
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        # The data of the search is not among these pages. Asked before axe, which fetches style sheets of its own.
        assert [line for line in noise if "ERR_FILE_NOT_FOUND" not in line] == []
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
        page.close()


@pytest.mark.parametrize("kind", [*KINDS, "sources"])
def test_nothing_of_a_naughty_text_is_executed(browser: BrowserContext, folder: Path, kind: str) -> None:
    page, asked = browser.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_in(folder / "naughty" / "site", kind).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert all(url.startswith(folder.as_uri()) for url in asked), asked
    page.close()


def test_a_heading_stays_while_its_papers_pass(browser: BrowserContext, folder: Path) -> None:
    page = browser.new_page()
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto((folder / "naughty" / "site" / "serving" / "2026-07-03" / "index.html").as_uri())
    page.evaluate("document.querySelector('#new-20').scrollIntoView({behavior: 'instant'})")
    assert page.evaluate("document.querySelector('#new > h2').getBoundingClientRect().top") == 0
    assert page.evaluate("document.querySelector('#new-20').getBoundingClientRect().top") >= 20
    page.close()


def test_pages_can_be_read_without_the_script(
    browser: BrowserContext, tmp_path: Path, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    press = replace(open_press(templates, site, [("serving", "Serving")]), script=b"")
    for artifact in (*press.assets(), *pages(digest_of("A text"), press).values()):
        path = tmp_path / artifact.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
    page = browser.new_page()
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto((tmp_path / "site" / "serving" / "2026-07-03" / "index.html").as_uri())
    assert page.locator(".row").count() == 2
    assert page.locator("nav.chips a").count() >= 2
    page.locator("a[rel=prev]").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(page).response["violations"] == []
    page.close()
