"""The site's script in a real browser, on pages opened from files: search, keys, switches, chips, and silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page, Playwright, Route, sync_playwright

from broadsheet.config import Site
from broadsheet.render import open_templates
from broadsheet.render.site.days import render_day
from broadsheet.render.site.frame import open_press
from broadsheet.render.site.search_data import SearchPaper, search_data
from broadsheet.text import folded
from broadsheet.types import Digest, Match, Ranked
from tests.chromium import CHROMIUM, FLAGS

SHIPPED = Path(__file__).parents[2] / "templates"
DAY = date(2026, 7, 3)
PAGE = "serving/2026-07-03/index.html"

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium"),
]


@dataclass
class Opened:
    """A page, and what it said or asked for beyond its own folder."""

    page: Page
    noise: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("chromium"), executable_path=CHROMIUM, headless=True, args=FLAGS
    )
    yield context
    context.close()


@pytest.fixture
def open_page(browser: BrowserContext, folder: Path) -> Iterator[Open]:
    """Opens pages of the folder, with nothing remembered from the test before."""
    pages: list[Page] = []

    def opened(name: str = PAGE, query: str = "", width: int = 1280, scheme: Any = "light") -> Opened:
        found = Opened(browser.new_page())
        pages.append(found.page)
        found.page.on("console", lambda message: found.noise.append(message.text))
        found.page.on("pageerror", lambda error: found.noise.append(str(error)))
        found.page.on("request", lambda request: note(found, request.url))
        found.page.set_viewport_size({"width": width, "height": 900})
        found.page.emulate_media(color_scheme=scheme)
        found.page.goto((folder / name).as_uri() + query)
        if len(pages) == 1:
            found.page.evaluate("localStorage.clear()")
            found.page.reload()
        return found

    def note(found: Opened, url: str) -> None:
        if not url.startswith(folder.as_uri() + "/"):
            found.noise.append(url)

    yield opened
    for page in pages:
        page.close()


@pytest.fixture
def digest(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], make_match: Callable[..., Match]
) -> Digest:
    """Twelve new papers of two sources and two rules, and one that was updated."""
    abstract = "One sentence that is long enough for two lines, " * 4 + "ends."
    rows = tuple(
        make_row(
            f"Invented paper {number}",
            abstract,
            number=number,
            authors=("A. Made-Up", "B. Made-Up"),
            source="one" if number % 3 else "two",
            matches=(make_match("caching"),) if number % 2 else (make_match("caching"), make_match("speed", 2.0)),
            links={"abstract": f"https://example.org/{number}"},
        )
        for number in range(1, 25)
    )
    return make_digest(rows, (make_row("An old one", number=40, kind="updated"),))


def library() -> list[SearchPaper]:
    """Papers of four months, of which a page loads two by itself."""
    told = [
        ("Compressing the KV-Cache", "Naïve eviction loses the needle.", ("Pál Erdős",), date(2026, 7, 3)),
        ("Serving models", "A paged kv cache, and a router.", ("Ana Silva-Rodríguez",), date(2026, 7, 1)),
        ("KVCache without regrets", "Nothing of note.", ("B. Made-Up",), date(2026, 6, 2)),
        ("Ragged tensors", "They were storage once.", ("C. Made-Up",), date(2026, 6, 1)),
        ("Łukasiewicz logic for routers", "Speculative decoding of drafts.", ("D. Made-Up",), date(2026, 5, 1)),
        ("量化模型", "关于缓存的研究。", ("E. Made-Up",), date(2026, 4, 1)),
    ]
    ids = {"KVCache without regrets": "arxiv:2606.00002", "Ragged tensors": "doi:10.1000/x.7"}
    return [
        paper(title, abstract, authors, day, guid=ids.get(title, f"title:{number}"))
        for number, (title, abstract, authors, day) in enumerate(told)
    ]


def paper(
    title: str, abstract: str = "", authors: tuple[str, ...] = (), day: date = date(2026, 7, 3), **values: Any
) -> SearchPaper:
    name = f"{abs(hash((title, abstract))):x}"
    told: dict[str, Any] = {"guid": f"title:{name}", "href": f"papers/{name}/index.html", "source": "made-up"}
    return SearchPaper(title=title, abstract=abstract, authors=authors, day=day, **(told | values))


@pytest.fixture
def folder(tmp_path: Path, digest: Digest, site: Site) -> Path:
    """The site's folder, with a day, the search page and its data."""
    write(tmp_path / "site", digest, library(), site)
    return tmp_path / "site"


def write(folder: Path, digest: Digest, papers: list[SearchPaper], site: Site) -> None:
    press = open_press(open_templates([SHIPPED]), site, [("serving", "Efficient serving")])
    days = [replace(digest, day=DAY + timedelta(days=step)) for step in (-1, 0, 1)]
    pages = [
        render_day(day, press, before=day.day - timedelta(days=1), after=day.day + timedelta(days=1)) for day in days
    ]
    found = press.page("search/index.html", "search.html.j2", section="search")
    for artifact in (*pages, found, *press.assets(), *search_data(papers)):
        path = folder.parent / artifact.name if artifact.name.startswith("site/") else folder / artifact.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)


def row_at_focus(page: Page) -> str | None:
    return page.evaluate("(document.activeElement.closest('.row') || {}).id || null")  # type: ignore[no-any-return]


def titles(page: Page) -> list[str]:
    return page.locator(".hit .title").all_text_contents()


# Keys


def test_keys_move_through_rows_and_open_what_they_stand_on(open_page: Open) -> None:
    opened = open_page()
    page = opened.page
    for key, row in (("j", "new-1"), ("j", "new-2"), ("j", "new-3"), ("k", "new-2"), ("k", "new-1"), ("k", "new-1")):
        page.keyboard.press(key)
        assert row_at_focus(page) == row
    assert page.evaluate("getComputedStyle(document.activeElement).boxShadow") != "none"
    opens = "document.querySelector('#new-1 details').open"
    for key, expected in (("o", True), ("o", False), ("Enter", True), ("Enter", False)):
        page.keyboard.press(key)
        assert page.evaluate(opens) is expected, key
    page.keyboard.press("x")
    assert page.evaluate("[...document.querySelectorAll('details.abstract')].every(one => one.open)")
    page.keyboard.press("x")
    assert page.evaluate("[...document.querySelectorAll('details.abstract')].every(one => !one.open)")
    for _ in range(30):
        page.keyboard.press("j")
    assert row_at_focus(page) == "updated-1"
    assert page.evaluate("document.activeElement.getBoundingClientRect().bottom <= innerHeight")
    assert opened.noise == []


def test_j_begins_at_the_row_on_the_screen(open_page: Open) -> None:
    page = open_page().page
    page.evaluate("document.getElementById('new-9').scrollIntoView({block: 'start', behavior: 'instant'})")
    page.keyboard.press("j")
    assert row_at_focus(page) in ("new-8", "new-9")


def test_v_opens_the_link_of_the_paper_and_nothing_else_does(open_page: Open, browser: BrowserContext) -> None:
    opened = open_page()
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    browser.route("https://example.org/**", refuse)
    opened.page.keyboard.press("j")
    opened.page.keyboard.press("o")
    assert asked == []
    with browser.expect_page() as popup:
        opened.page.keyboard.press("v")
    popup.value.wait_for_timeout(200)
    assert asked == ["https://example.org/1"]
    popup.value.close()
    browser.unroute("https://example.org/**")
    assert opened.noise == []


@pytest.mark.parametrize(("key", "day"), [("[", "02"), ("]", "04")])
def test_brackets_turn_to_the_day_before_and_after(open_page: Open, key: str, day: str) -> None:
    page = open_page().page
    page.keyboard.press(key)
    page.wait_for_url(f"**/serving/2026-07-{day}/index.html")


def test_keys_are_letters_where_one_types_and_nothing_with_a_modifier(open_page: Open) -> None:
    page = open_page().page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search-text"
    page.keyboard.type("jk?x/v[")
    assert page.input_value("#search-text") == "jk?x/v["
    page.evaluate("document.activeElement.blur()")
    for modifier in ("Control", "Alt", "Meta"):
        page.evaluate(
            "([ctrl, alt, meta]) => document.body.dispatchEvent(new KeyboardEvent('keydown', "
            "{key: 'j', bubbles: true, ctrlKey: ctrl, altKey: alt, metaKey: meta}))",
            [modifier == "Control", modifier == "Alt", modifier == "Meta"],
        )
        assert row_at_focus(page) is None
    page.keyboard.press("j")
    assert row_at_focus(page) == "new-1"


def test_keys_can_be_turned_off_and_stay_off(open_page: Open) -> None:
    page = open_page().page
    page.keyboard.press("?")
    page.locator("dialog.help input").uncheck()
    page.keyboard.press("Escape")
    for again in (False, True):
        if again:
            page.reload()
        page.keyboard.press("j")
        page.keyboard.press("?")
        assert row_at_focus(page) is None
        assert page.locator("dialog[open]").count() == 0
    page.locator("button.keys").click()
    page.locator("dialog.help input").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert row_at_focus(page) == "new-1"


@pytest.mark.parametrize("way_out", ["Escape", "Close"])
def test_help_opens_over_the_page_and_gives_the_focus_back(open_page: Open, way_out: str) -> None:
    page = open_page().page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press(way_out) if way_out == "Escape" else page.locator("dialog .close").click()
    assert page.locator("dialog[open]").count() == 0
    assert row_at_focus(page) == "new-2"


# Switches


@pytest.mark.parametrize(("name", "value"), [("density", "compact"), ("density", "full"), ("theme", "dark")])
def test_a_switch_stays_after_reload_and_stands_before_the_first_paint(open_page: Open, name: str, value: str) -> None:
    opened = open_page()
    page = opened.page
    page.locator(f"input[name={name}][value={value}]").check()
    # What the page is when its body begins to be read: no paint can have come before.
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.first) "
        "window.first = JSON.stringify(document.documentElement.dataset); }).observe(document, "
        "{childList: true, subtree: true})"
    )
    page.reload()
    assert f'"{name}":"{value}"' in page.evaluate("window.first")
    assert page.locator(f"input[name={name}][value={value}]").is_checked()
    assert opened.noise == []


def test_a_chosen_theme_wins_over_that_of_the_system(open_page: Open) -> None:
    page = open_page(scheme="light").page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("input[name=theme][value=dark]").check()
    dark = page.evaluate(ground)
    assert light != dark
    page.emulate_media(color_scheme="dark")
    page.locator("input[name=theme][value=auto]").check()
    assert page.evaluate(ground) == dark
    page.locator("input[name=theme][value=light]").check()
    assert page.evaluate(ground) == light


def test_compact_rows_show_twelve_papers_on_a_screen(open_page: Open) -> None:
    page = open_page().page
    page.locator("input[name=density][value=compact]").check()
    bottoms = page.evaluate("[...document.querySelectorAll('.row')].map(row => row.getBoundingClientRect().bottom)")
    assert sum(bottom <= 900 for bottom in bottoms) >= 12
    # And their abstracts open all the same, with the mouse.
    page.locator("#new-2 summary").click()
    assert page.locator("#new-2 .text").is_visible()


def test_full_rows_show_abstracts(open_page: Open) -> None:
    page = open_page().page
    assert not page.locator("#new-1 .text").is_visible()
    page.locator("input[name=density][value=full]").check()
    assert page.locator("#new-1 .text").is_visible()
    page.locator("input[name=density][value=normal]").check()
    assert not page.locator("#new-1 .text").is_visible()


@pytest.mark.parametrize("name", [PAGE, "search/index.html"])
def test_a_browser_that_keeps_nothing_works_too(open_page: Open, name: str) -> None:
    opened = open_page(name)
    page = opened.page
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    page.reload()
    with pytest.raises(Exception, match="SecurityError"):
        page.evaluate("window.localStorage")
    page.locator("input[name=theme][value=dark]").check()
    page.locator("button.keys").click()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    if name.startswith("serving"):
        page.keyboard.press("j")
        page.keyboard.press("o")
        assert page.locator("#new-1.seen").count() == 1
    assert opened.noise == []


def test_a_setting_that_somebody_spoiled_is_as_if_it_were_not_there(open_page: Open) -> None:
    opened = open_page()
    for spoiled in ("{", "17", '"<b>"', "null", '["__proto__"]'):
        opened.page.evaluate(
            "text => ['density', 'theme', 'seen', 'keys'].forEach(name => "
            "localStorage.setItem('broadsheet.' + name, text))",
            spoiled,
        )
        opened.page.reload()
        assert opened.page.evaluate("document.documentElement.dataset.density") == "normal", spoiled
    assert opened.noise == []


# What was seen, and chips


def test_what_was_opened_is_remembered_in_the_colour_of_its_title(open_page: Open) -> None:
    opened = open_page()
    page = opened.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.locator("#new-4 summary").click()
    page.locator("input[name=density][value=full]").check()
    page.reload()
    assert page.evaluate("[...document.querySelectorAll('.row.seen')].map(row => row.id)") == ["new-2", "new-4"]
    colour = "id => getComputedStyle(document.querySelector('#' + id + ' .title')).color"
    assert page.evaluate(colour, "new-2") != page.evaluate(colour, "new-1")
    assert opened.noise == []


def test_the_page_of_a_paper_marks_it_as_seen_everywhere(open_page: Open, folder: Path, digest: Digest) -> None:
    guid = digest.sections[0].rows[2].change.paper.guid
    page_of_it = (folder / PAGE).read_text().split("<main>")[
        0
    ] + f'<main><article data-guid="{guid}">x</article></main>'
    (folder / "papers/ab").mkdir(parents=True)
    (folder / "papers/ab/x.html").write_text(page_of_it)
    open_page("papers/ab/x.html")
    opened = open_page("papers/ab/x.html")
    opened.page.goto((folder / PAGE).as_uri())
    assert opened.page.evaluate("[...document.querySelectorAll('.row.seen')].map(row => row.id)") == ["new-3"]


def test_chips_filter_rows_and_count_them(open_page: Open) -> None:
    opened = open_page()
    page = opened.page

    def shown() -> int:
        return int(page.evaluate("[...document.querySelectorAll('.row')].filter(row => row.checkVisibility()).length"))

    assert shown() == 25
    speed = page.locator("button.chip", has_text="speed")
    assert speed.locator(".count").text_content() == "12"
    speed.click()
    assert (shown(), speed.get_attribute("aria-pressed")) == (12, "true")
    assert not page.locator("#updated").is_visible()
    two = page.locator("button.chip", has_text="two")
    assert two.locator(".count").text_content() == "4"
    two.click()
    assert shown() == 4
    assert page.locator("[role=status]", has_text="4 of 25 papers").count() == 1
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert row_at_focus(page) == "new-12"
    page.locator("button", has_text="Show all").click()
    assert shown() == 25
    speed.click()
    page.evaluate("location.hash = 'updated-1'")
    page.locator("#updated-1").wait_for()
    page.evaluate("location.hash = '%'")
    assert opened.noise == []


# Search


#: A question, and the titles it finds in the library above, in their order.
QUESTIONS: tuple[tuple[str, list[str]], ...] = (
    ("needle", ["Compressing the KV-Cache"]),
    ("NEEDL naive", ["Compressing the KV-Cache"]),
    ("needle paged", []),
    ("kv-cache", ["Compressing the KV-Cache", "KVCache without regrets", "Serving models"]),
    ('"kv cache"', ["Compressing the KV-Cache", "KVCache without regrets", "Serving models"]),
    ("kvcache", ["Compressing the KV-Cache", "KVCache without regrets", "Serving models"]),
    ("kvcache -title:regrets", ["Compressing the KV-Cache", "Serving models"]),
    ("title:kvcache", ["Compressing the KV-Cache", "KVCache without regrets"]),
    ("abstract:kv", ["Serving models"]),
    ("author:erdos", ["Compressing the KV-Cache"]),
    ('author:"silva rodriguez"', ["Serving models"]),
    ('"paged kv"', ["Serving models"]),
    ('"kv paged"', []),
    ('"page kv"', []),
    ("rag", ["Ragged tensors"]),
    ("https://arxiv.org/abs/2606.00002v3", ["KVCache without regrets"]),
    ("https://doi.org/10.1000/X.7", ["Ragged tensors"]),
    ("arxiv:2606.00002", ["KVCache without regrets"]),
    ("arxiv", []),
    ("source:made", ["Compressing the KV-Cache", "Serving models", "KVCache without regrets", "Ragged tensors"]),
    ("source:nowhere", []),
    ("abstract:<script>", []),
    ('"', []),
    ("-", []),
)


def test_search_finds_what_was_meant(open_page: Open) -> None:
    opened = open_page("search/index.html")
    opened.page.locator("#search-older").wait_for()
    for query, found in QUESTIONS:
        opened.page.fill("#search-text", query)
        assert titles(opened.page) == found, query
    assert opened.noise == []


def test_search_marks_what_it_found_and_leads_to_the_page_of_the_paper(open_page: Open, folder: Path) -> None:
    opened = open_page("search/index.html", "?q=naive+kvcache")
    page = opened.page
    page.locator(".hit").wait_for()
    assert page.input_value("#search-text") == "naive kvcache"
    assert page.locator(".hit mark").all_text_contents() == ["KV-Cache", "Naïve"]
    href = page.locator(".hit a.title").get_attribute("href") or ""
    assert href.startswith(f"{folder.as_uri()}/papers/")
    assert "1 of 4 papers, Jun 2026 to Jul 2026" in (page.locator("#search-count").text_content() or "")
    assert opened.noise == []


def test_older_months_come_when_they_are_asked_for(open_page: Open) -> None:
    opened = open_page("search/index.html")
    page = opened.page
    page.locator("#search-older").wait_for()
    scripts = "[...document.scripts].map(one => one.src.split('/').pop()).filter(name => /^2026/.test(name))"
    assert page.evaluate(scripts) == ["2026-07.js", "2026-06.js"]
    page.fill("#search-text", "lukasiewicz")
    assert titles(page) == []
    page.locator("#search-older", has_text="Look in 2 papers of Apr 2026 to May 2026 too").click()
    page.locator(".hit").wait_for()
    assert titles(page) == ["Łukasiewicz logic for routers"]
    assert page.locator("#search-older").is_hidden()
    page.fill("#search-text", "模型 缓存")
    assert titles(page) == ["量化模型"]
    assert page.locator(".hit mark").all_text_contents() == ["模型", "缓存"]
    assert opened.noise == []


def test_the_question_stands_in_the_address(open_page: Open) -> None:
    page = open_page("search/index.html").page
    page.fill("#search-text", "kv cache & naïve")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html?q=*")
    page.reload()
    assert page.input_value("#search-text") == "kv cache & naïve"
    page.fill("#search-text", "")
    page.wait_for_url("**/search/index.html")


def test_a_question_is_asked_from_any_page(open_page: Open) -> None:
    opened = open_page()
    page = opened.page
    page.keyboard.press("/")
    page.keyboard.type("paged caché")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/index.html?q=*")
    page.locator(".hit").wait_for()
    assert titles(page) == ["Serving models"]
    page.keyboard.press("ArrowDown") if page.evaluate("document.activeElement.id") else page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className").startswith("hit")
    assert opened.noise == []


def test_what_a_month_lacks_is_told(open_page: Open, folder: Path) -> None:
    (folder / "search/data/2026-06.js").unlink()
    opened = open_page("search/index.html", "?q=kv")
    opened.page.locator("#search-count", has_text="2026-06.js could not be read").wait_for()
    assert titles(opened.page) == ["Compressing the KV-Cache", "Serving models"]


def test_without_javascript_the_page_says_what_to_do(playwright: Playwright, folder: Path) -> None:
    running = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
    page = running.new_context(java_script_enabled=False).new_page()
    page.goto((folder / "search/index.html").as_uri())
    assert page.locator("noscript").is_visible()
    assert "broadsheet search" in (page.locator("noscript").text_content() or "")
    assert not page.locator("#search-form").is_visible()
    running.close()


def test_texts_are_compared_as_rules_compare_them(open_page: Open) -> None:
    texts = [
        "Łódź",
        "straße STRASSE",
        "ﬁne-tuning",
        "Erdős–Rényi",
        "ØRSTED",
        "ıİ",
        "ΣΊΣΥΦΟΣ",
        "½ of H₂O",
        "①Ａ",
        "Đặng",
    ]
    papers = [paper(f"Number {number}", text) for number, text in enumerate(texts)]
    opened = open_page("search/index.html")
    rows = [[one.guid, one.href, one.title, "", one.abstract, "2026-07-03", "s", []] for one in papers]
    data = Path(opened.page.url.removeprefix("file://")).parent / "data/2026-07.js"
    data.write_text(f"Broadsheet.add({rows!r});", "utf-8")
    opened.page.reload()
    opened.page.locator("#search-older").wait_for()
    for number, text in enumerate(texts):
        for query in (text, folded(text), text.upper()):
            opened.page.fill("#search-text", f'abstract:"{query}"')
            assert titles(opened.page) == [f"Number {number}"], query


# Hostile text


def test_nothing_of_a_naughty_text_is_executed_on_the_search_page(
    open_page: Open, folder: Path, naughty_digest: Digest
) -> None:
    naughty_texts = [row.change.paper.best.title for row in naughty_digest.sections[0].rows]
    papers = [
        paper(text, text, (text,), guid=f"{text}{number}", href=text, source=text, profiles=(text,))
        for number, text in enumerate(naughty_texts)
    ] + [
        paper("zebra " + text, "zebra " + text, href=f"javascript:window.pwned=1//{n}")
        for n, text in enumerate(naughty_texts)
    ]
    for artifact in search_data(papers):
        (folder / artifact.name).write_bytes(artifact.content)
    opened = open_page("search/index.html")
    page = opened.page
    for query in ("zebra", "source:a", "source:script", "window", "pwned", "img", *naughty_texts):
        page.fill("#search-text", query)
        for more in page.locator(".more:visible").all():
            more.click()
        page.evaluate("document.querySelectorAll('.hit a').forEach(link => link.dispatchEvent(new Event('mouseover')))")
    page.fill("#search-text", "zebra")
    assert page.locator(".hit").count() == 25
    assert page.locator(".hit .title:not(span)").count() == 0
    assert page.locator(".hit :is(script, img, svg, iframe, style)").count() == 0
    assert page.evaluate("window.pwned") is None
    assert opened.noise == []


def test_the_same_text_in_a_page_that_trusts_it_is_executed(open_page: Open, folder: Path) -> None:
    (folder / "raw.html").write_text(
        "<!DOCTYPE html><title>x</title><p id=p></p><script>window.Broadsheet = {add(rows) "
        "{ rows.forEach(row => { document.getElementById('p').innerHTML = row[2]; }); }};</script>"
        '<script src="search/data/2026-07.js"></script>'
    )
    for artifact in search_data([paper("<img src=x onerror='window.pwned = 1'>")]):
        (folder / artifact.name).write_bytes(artifact.content)
    page = open_page("raw.html").page
    page.wait_for_function("window.pwned === 1")


# As a whole


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", [PAGE, "search/index.html"])
def test_what_the_script_adds_is_accessible_and_fits(open_page: Open, name: str, width: int, scheme: str) -> None:
    # Whether it is silent, other tests say: axe itself tries to fetch the style sheet.
    page = open_page(name, "?q=kv", width, scheme).page

    def check(state: str) -> None:
        found = Axe().run(page).response["violations"]
        assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == [], state
        assert page.evaluate("document.documentElement.scrollWidth") <= width, state

    check("as it comes")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("o") if name.startswith("serving") else None
    for density in ("compact", "full") if name.startswith("serving") else ():
        page.locator(f"input[name=density][value={density}]").check()
        check(density)
    page.locator("input[name=theme][value=dark]").check()
    for chip in page.locator("button.chip", has_text="speed").all():
        chip.click()
    check("dark, filtered")
    page.keyboard.press("?")
    check("help")


def test_two_hundred_rows_scroll_and_keys_are_quick(
    open_page: Open, folder: Path, make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], site: Site
) -> None:
    rows = tuple(make_row(f"Invented paper {number}", "A sentence. " * 90, number=number) for number in range(1, 201))
    write(folder, make_digest(rows), [], site)
    opened = open_page()
    steps = opened.page.evaluate(
        """() => Array.from({length: 200}, () => {
          const began = performance.now();
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true}));
          document.body.getBoundingClientRect();
          return performance.now() - began;
        })"""
    )
    assert row_at_focus(opened.page) == "new-200"
    assert opened.page.evaluate("document.activeElement.getBoundingClientRect().bottom <= innerHeight + 1")
    assert sorted(steps)[len(steps) * 95 // 100] < 50
    assert opened.noise == []
