"""The index of a site's papers: made by the program itself, asked in a browser, and what is told where it fails."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from broadsheet import deliver
from broadsheet.deliver import preview
from broadsheet.errors import DeliveryError
from tests.chromium import CHROMIUM, FLAGS
from tests.desk import Desk
from tests.pages import CACHE, VIDEO, Listed

BEETLE = (
    "A stag beetle crosses a motorway at night, and nobody counts it. We count all that cross for a year, by hand, on "
    "one motorway, and find that they wait for a gap. Those that do not wait are not in our data."
)
SETTINGS = "[site]\npagefind = true\n"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path / "desk", capsys)
    made.profile("[[rule]]\nwhen = 'cache OR beetle'\n")
    (made.root / "config" / "settings.toml").write_text(SETTINGS)
    return made


def morning(desk: Desk, day: str, *papers: Listed) -> None:
    shown = {"04": "Apr", "05": "May", "06": "Jun"}[day[5:7]] + f" {int(day[8:])}"
    desk.dump(f"{day}.txt", papers, day=shown)
    assert desk("run", "--plain", "--date", day) == 0, desk.err


@pytest.mark.slow
@pytest.mark.chromium
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium")
def test_a_paper_of_a_month_that_was_not_read_is_found(desk: Desk, tmp_path: Path) -> None:
    hostile = 'Of Beetles & <img src=x onerror="window.pwned = 1"> Others'
    morning(desk, "2026-04-01", (hostile, BEETLE))
    morning(desk, "2026-05-01", VIDEO)
    morning(desk, "2026-06-01", CACHE)
    site = desk.root / "output" / "site"
    assert sorted(file.name for file in (site / "search" / "data").iterdir())[0] == "2026-04.js"
    served = tmp_path / "www"
    served.mkdir()
    shutil.copytree(site, served / "papers")
    with (
        preview.server(served / "papers", 0, base="/papers/", told=lambda _: None) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        own = f"http://127.0.0.1:{server.server_address[1]}/papers/"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        page, noise, asked = browser.new_page(), list[str](), list[str]()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{own}search/index.html?q=motorway")
        found = page.locator(".results .hit")
        found.first.wait_for()
        assert "Beetles & <img" in found.first.inner_text()
        assert {mark.inner_text() for mark in found.first.locator("mark").all()} == {"motorway"}
        assert page.evaluate("window.pwned") is None
        found.first.locator("a.title").click()
        assert "Of Beetles" in page.title()
        browser.close()
        server.shutdown()
    assert noise == []
    assert all(url.startswith(own) for url in asked), asked


def test_a_run_without_news_makes_no_index(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def indexed(site: Path, language: str) -> None:
        made.append(site)
        (site / "pagefind").mkdir(exist_ok=True)

    monkeypatch.setattr(deliver, "indexed", indexed)
    morning(desk, "2026-06-01", CACHE)
    assert len(made) == 1
    assert desk("run", "--plain", "--date", "2026-06-01") == 0
    assert len(made) == 1


def test_without_the_program_the_rest_goes_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    desk.dump("2026-06-01.txt", [CACHE], day="Jun 1")
    assert desk("run", "--plain", "--date", "2026-06-01") == 3
    assert "pip install 'broadsheet[pagefind]'" in desk.err
    assert (desk.root / "output" / "site" / "index.html").is_file()


def test_a_program_that_fails_leaves_the_old_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pagefind").mkdir()
    (tmp_path / "pagefind" / "pagefind.js").write_text("old")
    failed = subprocess.CompletedProcess[bytes]([], 1, b"", b"no\x1b[31m room\n")
    monkeypatch.setattr("subprocess.run", lambda *_, **__: failed)
    with pytest.raises(DeliveryError, match="Pagefind failed: no"):
        deliver.indexed(tmp_path, "en")
    assert (tmp_path / "pagefind" / "pagefind.js").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["pagefind"]
