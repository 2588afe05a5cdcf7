"""Prefect's page as a person uses it: forms filled in by hand, runs watched, digests read; nothing asked elsewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from broadsheet.workspace import Workspace, shipped
from tests.chromium import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.chromium,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium"),
]

#: Seconds for anything to come: the runner looks for new runs every ten, and a busy machine is slow.
_PATIENCE = 180
_STAGES = ("collect", "ingest", "digest", "publish")
_ENDED = re.compile("^(Completed|Done in part|Dry run|Superseded|Stepped back|Failed|Crashed|Cancelled)$")


@dataclass
class Desk:
    """The page of a workspace's `serve`, in a browser."""

    workspace: Workspace
    url: str
    page: Page
    asked: set[str] = field(default_factory=set)

    def form(self, deployment: str) -> None:
        """Open the form of a custom run."""
        self.page.goto(f"{self.url}/deployments")
        self.page.get_by_role("link", name=deployment, exact=True).first.click()
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_text("Custom run").click()
        expect(self.parameter("workspace").get_by_role("textbox")).to_have_value(str(self.workspace.root))

    def parameter(self, name: str) -> Locator:
        """A parameter's part of the form."""
        label = self.page.locator(".schema-form-property__label", has_text=re.compile(rf"^{name}\b"))
        return self.page.locator(".schema-form-property").filter(has=label)

    def choose(self, name: str, day: str) -> None:
        """Give a parameter that is a day or nothing a day."""
        self.parameter(name).get_by_role("button", name="date").click()
        self.parameter(name).get_by_text("Select date").click()
        self.page.locator("input[type=date]").fill(day)
        self.page.get_by_role("button", name="Apply").click()
        expect(self.parameter(name)).to_contain_text(re.compile(rf"\b{int(day[-2:])}\w\w, {day[:4]}"))

    def submit(self, name: str) -> None:
        """Start the run under a name of one's own, go to its page, and see it end well."""
        self.page.locator(".flow-run-name-input input").fill(name)
        self.page.get_by_role("button", name="Submit").click()
        # The list of runs moves while they begin; a link is there from the start.
        link = self.page.get_by_role("link", name=name, exact=True).first
        expect(link).to_have_attribute("href", re.compile("/runs/flow-run/"))
        self.page.goto(f"{self.url}{link.get_attribute('href')}")
        expect(self.page.locator("header").get_by_text(name, exact=True)).to_be_visible()
        expect(self.page.locator("header").get_by_text(_ENDED)).to_have_text("Completed")

    def log(self) -> Locator:
        """The lines of the run's log."""
        return self.page.locator(".log-row")

    def artifacts(self) -> dict[str, str]:
        """Of the run that is shown: the page of each by its title."""
        self.page.get_by_text("Artifacts", exact=True).click()
        cards = self.page.locator("a", has=self.page.locator(".artifact-card__title"))
        expect(cards.first).to_be_visible()
        return {
            card.locator(".artifact-card__title").inner_text(): f"{self.url}{card.get_attribute('href')}"
            for card in cards.all()
        }

    def hosts(self) -> set[str]:
        """Whom the page has asked for anything, but for what it holds itself."""
        return {url.netloc for url in map(urlsplit, self.asked) if url.scheme not in ("data", "blob")}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, str]]:
    """A workspace with the shipped dumps and `broadsheet serve` at work in it, and the URL of its page."""
    root = tmp_path_factory.mktemp("served") / "papers"
    shutil.copytree(shipped("dumps"), root / "dumps")
    (root / "config").mkdir()
    (root / "config/settings.toml").write_text('schedule = "0 6 1 1 *"\n')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {**kept, "PREFECT_SERVER_API_PORT": str(port), "HOME": str(root.parent)}
    command = [sys.executable, "-m", "broadsheet", "-C", str(root), "serve"]
    told = root.parent / "told"
    with (
        told.open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True) as serving,
    ):
        try:
            end = time.monotonic() + _PATIENCE
            while "\nbackfill: " not in told.read_text():
                assert serving.poll() is None, told.read_text()
                assert time.monotonic() < end, told.read_text()
                time.sleep(0.2)
            yield Workspace(root=root), f"http://127.0.0.1:{port}"
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(timeout=_PATIENCE) == 0, told.read_text()
        finally:
            if serving.poll() is None:
                os.killpg(serving.pid, signal.SIGKILL)


@pytest.fixture
def desk(served: tuple[Workspace, str], tmp_path: Path) -> Iterator[Desk]:
    expect.set_options(timeout=_PATIENCE * 1000)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "chromium", executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        context.set_default_timeout(_PATIENCE * 1000)
        page = context.pages[0]
        desk = Desk(*served, page)
        context.on("request", lambda request: desk.asked.add(request.url))
        page.on("websocket", lambda wire: desk.asked.add(wire.url))
        yield desk
        context.close()


def test_a_run_with_parameters_typed_into_the_form_is_shown_with_its_digest(desk: Desk) -> None:
    page, output = desk.page, desk.workspace.output
    desk.form("daily")
    labels = page.locator(".schema-form-property__label").all_inner_texts()
    names = ("workspace", "day", "profiles", "dumps", "dry_run", "deliver")
    assert [label.removesuffix(" (Optional)") for label in labels] == list(names)
    told = [desk.parameter(name).locator(".schema-form-property__description").inner_text() for name in names]
    assert all(text.endswith(".") for text in told)
    assert len(set(told)) == len(names)

    desk.choose("day", "2026-06-02")
    desk.parameter("profiles").get_by_role("button", name="Add item").click()
    desk.parameter("profiles").get_by_role("textbox").fill("vision")
    desk.parameter("deliver").get_by_role("switch").click()
    expect(desk.parameter("deliver").get_by_role("switch")).not_to_be_checked()
    desk.submit("one by hand")

    expect(desk.log().last).to_contain_text("18 new papers, 1 digest'")
    lines = [row.split("\n") for row in desk.log().all_inner_texts()]
    said = [(next((name for name in _STAGES if name in line), ""), line[1]) for line in lines]
    assert ("collect", "2 dumps to look at") in said
    assert ("ingest", "2 dumps read, 0 known from earlier runs") in said
    assert ("ingest", "daily-papers-2026-06-02.txt is complete: 10 entries, 8 new, 1 updated") in said
    assert ("digest", "vision: 1 of 18 papers shown, 1 held back, 0 muted") in said
    assert any(stage == "publish" and line.endswith(f"files published to {output}") for stage, line in said)

    assert {path.name for path in output.iterdir()} == {"index.html", "site", "vision"}
    assert [path.name for path in (output / "vision").iterdir() if path.is_dir()] == ["2026-06-02"]
    digest = json.loads((output / "vision/2026-06-02/digest.json").read_text(encoding="utf-8"))

    artifacts = desk.artifacts()
    assert set(artifacts) == {"digest-vision", "sources", "site"}
    page.goto(artifacts["digest-vision"])
    expect(page.get_by_role("heading", name="Vision and generation, Tuesday, 2 June 2026")).to_be_visible()
    shown = [row["change"]["paper"]["best"]["title"] for section in digest["sections"] for row in section["rows"]]
    assert shown
    text = page.locator(".artifact-data-markdown")
    for title in shown:
        expect(text.get_by_role("listitem").get_by_text(title, exact=True)).to_be_visible()
        expect(text.locator(f'a[href^="https://huggingface.co/papers?q={title.split()[0]}"]')).to_be_visible()
    assert not re.search(r"\*\*|\]\(|^#|^---|\\", text.inner_text(), re.MULTILINE)

    page.goto(artifacts["sources"])
    expect(page.locator("tbody tr")).to_have_count(2)
    heads = page.locator("thead th").all_inner_texts()
    cells = [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]
    rows = [dict(zip(heads, map(str.strip, row), strict=True)) for row in cells]
    assert [(row["dump"], row["verdict"], row["new"]) for row in rows] == [
        ("daily-papers-2026-06-01.txt", "complete", "10"),
        ("daily-papers-2026-06-02.txt", "complete", "8"),
    ]
    page.goto(artifacts["site"])
    expect(page.locator("code", has_text=(output / "site/index.html").as_uri())).to_be_visible()
    assert desk.hosts() == {urlsplit(desk.url).netloc}


def test_past_days_of_another_workspace_are_filled_from_the_page(desk: Desk, tmp_path: Path) -> None:
    other = Workspace(root=tmp_path / "other")
    shutil.copytree(shipped("dumps"), other.dumps)
    desk.form("backfill")
    desk.parameter("workspace").get_by_role("textbox").fill(str(other.root))
    for name in ("since", "until"):
        desk.choose(name, "2026-06-01")
    desk.submit("the first of June")
    expect(desk.log().last).to_contain_text("10 new papers, 3 digests'")
    days = {path.parent.name for path in other.output.rglob("digest.json")}
    assert days == {"2026-06-01"}
    artifacts = desk.artifacts()
    assert set(artifacts) == {"backfill"}
    desk.page.goto(artifacts["backfill"])
    expect(desk.page.locator("tbody tr")).to_have_count(1)
    expect(desk.page.locator("tbody tr")).to_contain_text("2026-06-01")
    assert desk.hosts() == {urlsplit(desk.url).netloc}
