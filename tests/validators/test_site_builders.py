"""Hugo and Jekyll build a site from digests in Markdown: no text of a dump stops them or is an order to them."""

from __future__ import annotations

import dataclasses
import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from broadsheet.config import Site
from broadsheet.render import open_templates, render_digest
from broadsheet.render.characters import one_line
from tests.render.conftest import NAUGHTY, SHIPPED, filled

pytestmark = [pytest.mark.validators, pytest.mark.slow]

SHOWN = "<title>{}</title><p id='when'>{}</p><p id='tags'>{}</p><main>{}</main>"
HUGO = SHOWN.format(
    "{{ .Title }}", "{{ .Date.Format `2006-01-02` }}", "{{ delimit .Params.tags `,` }}", "{{ .Content }}"
)
JEKYLL = SHOWN.format(
    "{{ page.title | escape }}", "{{ page.date | date: '%Y-%m-%d' }}", "{{ page.tags | join: ',' }}", "{{ content }}"
)


def write(folder: Path) -> None:
    """A digest of each naughty text."""
    templates, site = open_templates([SHIPPED]), Site()
    for number, text in enumerate(NAUGHTY):
        digest = dataclasses.replace(filled(text), profile=f"naughty{number}")
        markdown = next(one for one in render_digest(digest, templates, site) if one.name.endswith(".md"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"naughty{number}.md").write_bytes(markdown.content)


def check(pages: dict[int, str]) -> None:
    """The fields are what they were, and the texts stand in the page, none of them executed."""
    assert len(pages) == len(NAUGHTY)
    for number, text in enumerate(NAUGHTY):
        page = pages[number]
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        assert title
        assert html.unescape(title[1]) == f"{one_line(text)}, Friday, 3 July 2026"
        assert "<p id='when'>2026-07-03</p>" in page
        assert f"<p id='tags'>digest,naughty{number}</p>" in page
        body = page[page.index("<main>") :]
        assert not re.search(r"<(script|img|svg|iframe|style|mark)\b", body), page
        # Both set quotes and dashes as printers do, so only letters and digits are compared.
        told = re.sub(r"[\W_]", "", html.unescape(re.sub(r"<[^>]*>", "", body)))
        assert told.count(re.sub(r"[\W_]", "", one_line(text))) >= 18


@pytest.mark.skipif(not shutil.which("hugo"), reason="needs hugo (Debian: apt-get install hugo)")
def test_hugo_builds_naughty_digests(tmp_path: Path) -> None:
    write(tmp_path / "content")
    layouts = tmp_path / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (tmp_path / "config.toml").write_text(
        'baseURL = "https://example.org/"\ndisableKinds = ["taxonomy", "term", "RSS"]\n'
    )
    (layouts / "single.html").write_text(HUGO)
    (layouts / "list.html").write_text("")
    done = subprocess.run(["hugo", "-s", str(tmp_path)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    check({n: (tmp_path / f"public/naughty{n}/index.html").read_text() for n in range(len(NAUGHTY))})
    # The alias leads to the page, and to nowhere else.
    assert "/naughty7/" in (tmp_path / "public/naughty7-2026-07-03/index.html").read_text()


@pytest.mark.skipif(not shutil.which("jekyll"), reason="needs jekyll (Debian: apt-get install jekyll)")
def test_jekyll_builds_naughty_digests(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "_config.yml").write_text("defaults:\n- scope: {path: ''}\n  values: {layout: one}\n")
    (tmp_path / "_layouts").mkdir()
    (tmp_path / "_layouts" / "one.html").write_text(JEKYLL)
    command = ["jekyll", "build", "-s", str(tmp_path), "-d", str(tmp_path / "_site"), "--disable-disk-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    check({n: (tmp_path / f"_site/naughty{n}.html").read_text() for n in range(len(NAUGHTY))})


@pytest.mark.skipif(not shutil.which("hugo"), reason="needs hugo (Debian: apt-get install hugo)")
@pytest.mark.skipif(not shutil.which("jekyll"), reason="needs jekyll (Debian: apt-get install jekyll)")
@pytest.mark.parametrize(
    ("builder", "text"), [("hugo", "{{< nothing >}}"), ("jekyll", "{% nothing %}"), ("jekyll", "{% raw")]
)
def test_the_same_text_unescaped_stops_them(tmp_path: Path, builder: str, text: str) -> None:
    folder = tmp_path / "content" if builder == "hugo" else tmp_path
    folder.mkdir(exist_ok=True)
    (folder / "page.md").write_text(f"---\ntitle: x\n---\n{text}\n")
    (tmp_path / "config.toml").write_text('baseURL = "https://example.org/"\n')
    build = {"hugo": ["hugo"], "jekyll": ["jekyll", "build", "-d", str(tmp_path / "_site"), "--disable-disk-cache"]}
    done = subprocess.run([*build[builder], "-s", str(tmp_path)], capture_output=True, check=False, timeout=60)
    assert done.returncode
