"""Several hundred texts that attack a page, in every field, on every page and in the mail, with the page's own policy
switched off: whatever is kept from running is kept by the escaping alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from broadsheet.config import Site
from broadsheet.render import Templates, render_digest
from broadsheet.render.site.frame import open_press
from broadsheet.types import Digest, Section
from tests.attacks import payloads
from tests.chromium import CHROMIUM, FLAGS
from tests.render.mails import mailed
from tests.render.test_site_pages import pages

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium"),
]

#: Everything a reader's hand could set off.
TOUCH = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const kinds = ["mouseover", "pointerenter", "focus", "focusin", "toggle", "animationstart", "mouseenter"];
  for (const element of document.querySelectorAll("*")) {
    for (const kind of kinds) element.dispatchEvent(new Event(kind, { bubbles: false }));
  }
  for (const link of document.querySelectorAll("a[href]")) {
    if (!/^(https?|file|mailto):$/.test(link.protocol)) link.click();
  }
  for (const element of document.querySelectorAll("[onclick], button, [popovertarget]")) element.click();
}"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"), executable_path=CHROMIUM, headless=True, args=FLAGS, bypass_csp=True
        )
        yield context
        context.close()


def touched(page: Page, path: Path, content: bytes) -> bool:
    """Whether anything ran, or led elsewhere, when the page was opened and touched all over."""
    path.write_bytes(content)
    page.goto(path.as_uri())
    try:
        page.evaluate(TOUCH)
        page.wait_for_timeout(20)
        return page.evaluate("window.pwned") is not None or page.url != path.as_uri()
    except Error:  # the page was left meanwhile
        return True


def whole(digests: list[Digest]) -> Digest:
    """One digest with the rows of many."""
    first = digests[0]
    return replace(
        first,
        sections=tuple(
            Section(name=section.name, title=section.title, rows=tuple(one.sections[n].rows[0] for one in digests))
            for n, section in enumerate(first.sections)
        ),
        held_back=tuple(one.held_back[0] for one in digests),
        muted=tuple(one.muted[0] for one in digests),
        sources=tuple(one.sources[0] for one in digests),
    )


@pytest.fixture(scope="module")
def digests(digest_of: Callable[[str], Digest]) -> list[Digest]:
    return [digest_of(text) for text in payloads()]


def test_there_are_several_hundred_and_they_run_where_nothing_is_escaped(
    browser: BrowserContext, tmp_path: Path
) -> None:
    texts = payloads()
    assert len(set(texts)) == len(texts) > 300
    page = browser.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    ran = 0
    for text in texts[:: len(texts) // 60]:
        raw = f'<!DOCTYPE html><title>x</title><p title="{text}">{text}</p><a href="{text}">y</a>'
        ran += touched(page, tmp_path / "raw.html", raw.encode("utf-8", "replace"))
    page.close()
    assert ran > 40


def test_nothing_runs_on_a_day(
    browser: BrowserContext, tmp_path: Path, digests: list[Digest], templates: Templates, site: Site
) -> None:
    day = whole(digests)
    press = open_press(templates, site, [("serving", payloads()[0])])
    made = {kind: artifact.content for kind, artifact in pages(day, press, payloads()[1]).items()}
    made["digest"] = next(one.content for one in render_digest(day, templates, site) if one.name.endswith(".html"))
    page = browser.new_page()
    for kind, content in made.items():
        assert not touched(page, tmp_path / f"{kind}.html", content), kind
    page.close()


def test_nothing_runs_on_the_page_of_a_paper_or_of_a_source(
    browser: BrowserContext, tmp_path: Path, digests: list[Digest], templates: Templates, site: Site
) -> None:
    press = open_press(templates, site, [("serving", "Serving")])
    page = browser.new_page()
    for text, digest in zip(payloads(), digests, strict=True):
        made = pages(digest, press, text)
        for kind in ("paper", "source"):
            assert not touched(page, tmp_path / "page.html", made[kind].content), (kind, text)
    page.close()


def test_nothing_runs_in_a_mail(
    browser: BrowserContext, tmp_path: Path, digests: list[Digest], templates: Templates, site: Site
) -> None:
    page = browser.new_page()
    # A mail shows its first papers in full, so each batch is one of its own.
    for start in range(0, len(digests), 25):
        html = mailed(whole(digests[start : start + 25]), templates, site).html
        assert not touched(page, tmp_path / "mail.html", html.encode("utf-8", "replace")), start
    page.close()
