"""A mail's HTML part in a real browser: accessible in light and dark, as wide as its window, and silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext

from broadsheet.config import Site
from broadsheet.render import Templates
from broadsheet.types import Digest, FieldChange, Hit, Match, Ranked, SourceReport
from tests.chromium import CHROMIUM
from tests.render.mails import mailed

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def rich_digest(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    make_report: Callable[..., SourceReport],
) -> Digest:
    """A digest with one of everything, and words too long for a phone."""
    hits = (Hit(field="title", text="caches", start=6, end=12), Hit(field="abstract", text="stores", start=22, end=28))
    matches = (make_match("caching", 6.0, *hits, weight=3.0), make_match("x" * 90, -1.0))
    rows = tuple(
        make_row(number=n, matches=matches, authors=("A. Made-Up",) * 7, links={"abstract": "https://example.org/a"})
        for n in range(1, 200)
    )
    fields = (FieldChange(field="abstract", old="y" * 90, new="z" * 90),)
    updated = make_row("Long" * 60, number=500, kind="updated", late=True, fields=fields)
    sources = (make_report(dump="d" * 120, verdict="broken", reason="cut off", alarm=True),)
    return make_digest(rows, (updated,), sources=sources)


def shown(browser: BrowserContext, html: str, path: Path, *, width: int, scheme: Any) -> tuple[Any, list[str]]:
    """The part as a page, and what it asked for or said beside itself."""
    path.write_text(html, encoding="utf-8")
    page, noise = browser.new_page(), list[str]()
    page.on("console", lambda message: noise.append(message.text))
    page.on("request", lambda request: noise.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri())
    noise.remove(path.as_uri())
    return page, noise


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("kind", "width"), [("rich", 360), ("rich", 1280), ("empty", 600)])
def test_a_mail_is_accessible_and_fits_its_window(
    browser: BrowserContext,
    tmp_path: Path,
    rich_digest: Digest,
    make_digest: Callable[..., Digest],
    templates: Templates,
    site: Site,
    kind: str,
    width: int,
    scheme: str,
) -> None:
    digest = rich_digest if kind == "rich" else make_digest(unmatched=3)
    html = mailed(digest, templates, site).html
    page, noise = shown(browser, html, tmp_path / "mail.html", width=width, scheme=scheme)
    # A mail is shown inside a page that brings the landmarks.
    rules = {"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}
    found = Axe().run(page, options=rules).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(251, 250, 246)" if scheme == "light" else "rgb(23, 22, 20)")
    assert page.evaluate("document.querySelector('.sheet').getBoundingClientRect().width") <= 600
    assert page.evaluate("getComputedStyle(document.querySelector('.preview')).display") == "none"
    low = page.evaluate("[...document.querySelectorAll('a.tap, .brief a')].filter(a => a.offsetHeight < 44).length")
    assert low == 0
    assert noise == []
    page.close()


def test_nothing_of_a_naughty_text_is_executed_or_asked_for(
    browser: BrowserContext, tmp_path: Path, naughty_digest: Digest, templates: Templates, site: Site
) -> None:
    html = mailed(naughty_digest, templates, site).html
    page, noise = shown(browser, html, tmp_path / "mail.html", width=600, scheme="light")
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('li').length") == 2 * len(naughty_digest.sections[0].rows)
    assert noise == []
    page.close()
