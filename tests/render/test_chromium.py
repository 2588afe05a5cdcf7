"""The pages in a real browser: accessible, as wide as the screen, silent, and with nothing executed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page

from broadsheet.config import Site
from broadsheet.render import Templates, render_digest, render_index
from broadsheet.types import Digest, FieldChange, HeldBack, Hit, Match, Muted, Problem, Ranked, SourceReport
from tests.chromium import CHROMIUM

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
    matches = (make_match("caching", 6.0, *hits, weight=3.0), make_match("x" * 60, -1.0))
    rows = tuple(
        make_row(number=number, matches=matches, authors=("A. Made-Up",) * 7, categories=("cs.XX",), comments=number)
        for number in range(1, 9)
    )
    fields = (FieldChange(field="abstract", old="y" * 90, new="z" * 90),)
    problem = Problem(source="s", dump="d", place=(1, 2), level="warning", reason="odd", text="w" * 500)
    guid = rows[0].change.paper.guid
    return make_digest(
        rows,
        (make_row("Long" * 40, number=20, kind="updated", late=True, fields=fields), make_row("", None, number=21)),
        held_back=(HeldBack(guid=guid, title="Held" * 40, score=1, reason="threshold", rank=None),),
        muted=(Muted(guid=guid, title="Muted", rule="noise"),),
        sources=(make_report(dump="d" * 120 + ".txt", verdict="partial", problems=(problem,)), make_report()),
    )


def opened(browser: BrowserContext, path: Path, width: int, scheme: Any) -> tuple[Page, list[str]]:
    """The page, and what it said or asked for that it should not have."""
    page, noise = browser.new_page(), list[str]()
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda request: noise.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri())
    noise.remove(path.as_uri())
    return page, noise


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", ["digest", "index", "empty"])
def test_a_page_is_accessible_and_fits_its_screen(
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
    artifact = {
        "digest": lambda: render_digest(rich_digest, templates, site)[1],
        "empty": lambda: render_digest(make_digest(unmatched=3), templates, site)[1],
        "index": lambda: render_index(
            [[rich_digest] * 12, [make_digest(profile="quiet", title="Quiet")]], templates, site
        ),
    }[kind]()
    path = tmp_path / "page.html"
    path.write_bytes(artifact.content)
    page, noise = opened(browser, path, width, scheme)
    for state in ("folded", "open"):
        found = Axe().run(page).response["violations"]
        assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == [], state
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert noise == []
    page.close()


def test_rows_are_low_enough_for_a_day_to_be_seen_at_a_glance(
    browser: BrowserContext,
    tmp_path: Path,
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    templates: Templates,
    site: Site,
) -> None:
    abstract = "One sentence that is long enough for two lines, " * 4 + "ends."
    matches = (make_match("caching", 6.0, Hit(field="comments", text="4"), weight=3.0), make_match("speed", 2.0))
    rows = tuple(make_row(abstract=abstract, number=n, matches=matches, author_count=12) for n in range(1, 13))
    path = tmp_path / "page.html"
    path.write_bytes(render_digest(make_digest(rows), templates, site)[1].content)
    page, _ = opened(browser, path, 1280, "light")
    bottoms = page.evaluate("[...document.querySelectorAll('.row')].map(row => row.getBoundingClientRect().bottom)")
    assert sum(bottom <= 900 for bottom in bottoms) >= 7
    page.close()


def test_nothing_of_a_naughty_text_is_executed_or_asked_for(
    browser: BrowserContext,
    tmp_path: Path,
    naughty_digest: Digest,
    templates: Templates,
    site: Site,
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(render_digest(naughty_digest, templates, site)[1].content)
    page, noise = opened(browser, path, 1280, "light")
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.evaluate("document.querySelectorAll('.row').length") == 2 * len(naughty_digest.sections[0].rows)
    assert page.evaluate("window.pwned") is None
    assert noise == []
    page.close()


def test_the_same_text_unescaped_is_executed(browser: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html><title>x</title><script>window.pwned = 1</script>")
    page, _ = opened(browser, path, 1280, "light")
    assert page.evaluate("window.pwned") == 1
    page.close()
