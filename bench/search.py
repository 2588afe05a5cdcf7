"""The site's search in Chromium, over made-up papers, beside reading the same text with one plain `includes`.

Needs /usr/bin/chromium.
"""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from broadsheet.config import Site
from broadsheet.render import open_templates
from broadsheet.render.site.frame import FOLDER, open_press
from broadsheet.render.site.search_data import SearchPaper, search_data
from broadsheet.render.site.search_pages import render_months, render_search
from broadsheet.types import Guid
from broadsheet.workspace import shipped

_CHROMIUM = Path("/usr/bin/chromium")
_MONTH = "2026-06"
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ter",
    "vex",
    "quan",
    "ti",
    "za",
    "tion",
    "al",
    "der",
    "ing",
    "pre",
    "scho",
    "ver",
    "gra",
    "phic",
    "net",
    "work",
    "mo",
    "del",
    "re",
    "force",
    "ser",
    "ca",
    "che",
]
_COMMON = [
    "the",
    "of",
    "a",
    "we",
    "to",
    "and",
    "in",
    "that",
    "for",
    "is",
    "on",
    "with",
    "model",
    "models",
    "language",
    "data",
    "method",
    "results",
    "training",
    "large",
]
_ASK = """(queries) => queries.map((query) => {
  const times = (work) => {
    const all = [];
    let found = 0;
    for (let turn = 0; turn < 21; turn += 1) {
      const began = performance.now();
      found = work();
      all.push(performance.now() - began);
    }
    return [found, all.sort((one, other) => one - other)[10]];
  };
  const texts = Broadsheet.search("the").map((row) => row.title + " " + row.abstract);
  const word = query.replace(/[^a-z ]|title:|author:/g, "").split(" ")[0];
  const plain = times(() => texts.filter((one) => one.includes(word)).length)[1];
  return [...times(() => Broadsheet.search(query).length), plain];
})"""


def _made(papers: int, chance: random.Random) -> list[SearchPaper]:
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(9_000)]

    def text(length: int) -> str:
        return " ".join(chance.choice(_COMMON if chance.random() < 0.45 else words) for _ in range(length))

    return [
        SearchPaper(
            guid=Guid(f"arxiv:2606.{number:05}"),
            href=f"papers/aa/{number}.html",
            title=text(10).capitalize(),
            authors=tuple(text(2).title() for _ in range(5)),
            abstract=text(190),
            day=date(2026, 6, 1 + number % 28),
            source="made-up",
            profiles=("Made up",),
        )
        for number in range(papers)
    ]


def _queries(paper: SearchPaper) -> list[str]:
    rare = [word for word in paper.abstract.split() if word not in _COMMON]
    return [
        *(rare[0], f"{rare[0]} {rare[1]}", f'"{" ".join(paper.abstract.split()[20:23])}"', "language models"),
        *(f"title:{rare[2]}", f"author:{paper.authors[0].split()[0].lower()}", f"{rare[3]} -{rare[4]}", "qu", "zzzzzz"),
    ]


def main(arguments: list[str]) -> None:
    """Print the milliseconds a query, the median of 21, for 500 and 5,000 papers."""
    del arguments
    if not _CHROMIUM.exists():
        print("search: needs /usr/bin/chromium", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, headless=True, args=["--no-sandbox"])
        for papers in (500, 5_000):
            rows = _made(papers, random.Random(papers))
            folder = Path(scratch) / str(papers)
            press = open_press(open_templates((shipped("templates"),)), Site(), [("made", "Made up")])
            months = [(_MONTH, papers)]
            artifacts = [*press.assets(), *search_data(rows), render_months(months), render_search(press, months)]
            for artifact in artifacts:
                name = artifact.name if artifact.name.startswith(FOLDER) else f"{FOLDER}/{artifact.name}"
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(artifact.content)
            page = browser.new_page(bypass_csp=True)
            page.goto((folder / FOLDER / "search" / "index.html").as_uri())
            page.wait_for_function(f"Broadsheet.search('the').length > {papers * 9 // 10}")
            queries = _queries(rows[77])
            print(f"{papers:,} papers".ljust(44) + "found   search ms   one plain includes ms")
            for query, (found, search, plain) in zip(queries, page.evaluate(_ASK, queries), strict=True):
                print(f"  {query[:40]:40} {found:6} {search:11.1f} {plain:23.1f}", flush=True)
            page.close()
        browser.close()
