"""Formulas in a real browser: they are set as mathematics, and nothing of what they hold is executed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser, Page, sync_playwright

from broadsheet.clean import clean
from broadsheet.render.math import with_math
from tests.attacks import MATH
from tests.chromium import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


def opened(browser: Browser, tmp_path: Path, texts: list[Markup]) -> Page:
    path = tmp_path / "page.html"
    body = Markup("").join(Markup("<p>{}</p>\n").format(text) for text in texts)
    path.write_text(f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>x</title>{body}", encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_timeout(200)
    # What waits for somebody to press it.
    page.evaluate("document.querySelectorAll('*').forEach(element => element.dispatchEvent(new Event('click')))")
    return page


def test_nothing_of_a_formula_is_executed(browser: Browser, tmp_path: Path) -> None:
    texts = [with_math(clean(raw), raw) for tex in MATH for raw in (f"a ${tex}$ b", f"a \\({tex}\\) b", f"\\[{tex}\\]")]
    page = opened(browser, tmp_path, texts)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('img, script, svg, a, [onclick], [onload], [style]').length") == 0
    assert page.evaluate("document.querySelectorAll('p').length") == len(texts)
    page.close()


def test_the_converter_alone_lets_some_of_them_through(browser: Browser, tmp_path: Path) -> None:
    from latex2mathml.converter import convert

    executed = 0
    for tex in MATH:
        try:
            told = Markup(convert(tex))  # noqa: S704  (this is the mistake)
        except Exception:  # noqa: S112
            continue
        page = opened(browser, tmp_path, [told])
        executed += page.evaluate("window.pwned") == 1
        page.close()
    assert executed >= 5


def test_formulas_are_set_as_mathematics(browser: Browser, tmp_path: Path) -> None:
    raw = "A bound of $\\frac{a}{b}$, and $x^2$."
    page = opened(browser, tmp_path, [with_math(clean(raw), raw)])
    height, line = page.evaluate(
        "[document.querySelector('mfrac').getBoundingClientRect().height,"
        " document.querySelector('mi').getBoundingClientRect().height]"
    )
    assert height > 1.5 * line
    assert page.evaluate("document.querySelector('p').innerText").startswith("A bound of")
    page.close()
