"""The site over whole runs: what a run touches is enough, all of it is there, and no more is written than changed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

from broadsheet import pipeline, sitemaking
from broadsheet.config import Site
from broadsheet.errors import RenderError
from broadsheet.histories import History
from broadsheet.render import open_templates
from broadsheet.render.site import papers as paper_pages
from broadsheet.render.site.frame import Press
from broadsheet.render.site.names import paper_page
from broadsheet.sitemaking import MARK, Mark, read_mark
from broadsheet.store import Store, open_store
from broadsheet.types import Artifact, Guid
from broadsheet.workspace import Workspace, shipped
from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, VIDEO, Listed
from tests.store import glue

TEMPLATES = open_templates([shipped("templates")])
NOW = datetime(2031, 1, 1, tzinfo=UTC)
PROFILE = """
min_score = 1
[[rule]]
name = "caching"
when = "cache"
"""
EVERYTHING = """
min_score = 0
[[rule]]
name = "all"
when = "paper OR we OR the"
"""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.profile(PROFILE)
    desk.profile(EVERYTHING, name="All")
    return desk


def tree(content: str | bytes) -> Any:
    """A page, read without its types, which are many."""
    return lxml.html.document_fromstring(content)


def site(desk: Desk) -> dict[str, bytes]:
    """The files of the site, by their names in it."""
    folder = desk.root / "output" / "site"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def pages(desk: Desk) -> dict[str, bytes]:
    """The same without the feeds, which are made elsewhere."""
    return {name: content for name, content in site(desk).items() if not re.search(r"(\.xml|feed\.json|\.opml)$", name)}


def made(desk: Desk, *, rebuild: bool = False) -> sitemaking.Made:
    workspace = Workspace.find(desk.root, desk.root)
    # Templates take longer to be read than all these pages to be made.
    templates = open_templates(workspace.templates) if len(workspace.templates) > 1 else TEMPLATES
    with open_store(workspace.state / "broadsheet.db", workspace.state / "archive") as store:
        return sitemaking.publish(store, templates, Site(), workspace.output, pipeline.silent, rebuild=rebuild)


def paper(title: Listed, number: int) -> Listed:
    return f"{title[0]} {number}", f"{title[1]} This is number {number}, and it is not like the others in any way."


def page_of(desk: Desk, title: str) -> str:
    found = [
        name
        for name, content in site(desk).items()
        if name.startswith("papers/") and title in " ".join(tree(content).findtext(".//title").split())
    ]
    assert len(found) == 1, (title, found)
    return found[0]


def text_of(desk: Desk, name: str) -> str:
    return " ".join(tree(site(desk)[name].decode()).text_content().split())


def test_a_first_run_makes_every_page(desk: Desk) -> None:
    desk.morning(1, [CACHE, ORCHID, AGENT])
    names = set(site(desk))
    assert {name for name in names if not name.startswith("papers/")} >= {
        *("index.html", "404.html", "style.css", "script.js", "made.json", "feeds/index.html", "search/index.html"),
        *("search/data/2026-06.js", "search/data/months.js", "sources/index.html", "sources/daily-papers.html"),
        *("serving/index.html", "serving/2026-06-01/index.html", "serving/rss.xml", "serving/digests/atom.xml"),
    }
    assert sum(name.startswith("papers/") for name in names) == 3
    # A name with a capital letter would be one with a small one on some machines.
    assert any(re.fullmatch(r"all-[a-z2-7]{20}/2026-06-01/index\.html", name) for name in names)


def test_every_link_of_the_site_leads_somewhere(desk: Desk) -> None:
    for day, papers in enumerate(([CACHE, ORCHID], [AGENT, VIDEO], [CACHE, (AGENT[0], AGENT[1] + " Twice.")]), start=1):
        desk.morning(day, papers)
    folder = (desk.root / "output" / "site").resolve()
    checked = 0
    for name, content in site(desk).items():
        if not name.endswith(".html") or name == "404.html":
            continue
        for link in tree(content).xpath("//@href | //@src"):
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme == "https", link
                continue
            target = (folder / name).parent / unquote(parts.path) if parts.path else folder / name
            target = target.resolve()
            assert target.is_relative_to(folder), (name, link)
            assert target.is_file(), (name, link)
            if parts.fragment:
                ids = tree(target.read_bytes()).xpath("//@id")
                assert unquote(parts.fragment) in ids, (name, link)
            checked += 1
    assert checked > 200


def test_what_mornings_leave_is_what_a_rebuild_makes(desk: Desk) -> None:
    reworded = (CACHE[0], CACHE[1].replace("doubles", "triples"))
    for day, papers in enumerate(([CACHE, ORCHID], [AGENT], [reworded, VIDEO], [ORCHID, paper(AGENT, 4)], []), start=1):
        if papers:
            desk.morning(day, papers)
        else:
            assert desk("run", "--plain", "--date", f"2026-06-{day:02}") == 0
        before = pages(desk)
        outcome = made(desk, rebuild=True)
        assert outcome.changed == 0, day
        assert outcome.rendered == len(before) - 1  # and the mark
        assert pages(desk) == before


def test_from_nothing_a_rebuild_makes_the_same(desk: Desk) -> None:
    for day in range(1, 4):
        desk.morning(day, [paper(CACHE, day), paper(ORCHID, day), CACHE])
    before = pages(desk)
    for path in sorted((desk.root / "output" / "site").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    made(desk, rebuild=True)
    assert pages(desk) == before


def test_a_run_with_nothing_new_writes_nothing(desk: Desk) -> None:
    desk.morning(1, [CACHE, ORCHID])
    folder = desk.root / "output" / "site"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert desk("run", "--plain", "--date", "2026-06-01") == 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before
    assert made(desk) == sitemaking.Made(rendered=0, changed=0)


def test_a_morning_touches_only_its_own(desk: Desk) -> None:
    for day in range(1, 5):
        desk.morning(day, [paper(CACHE, day), paper(ORCHID, day)])
    before = pages(desk)
    desk.morning(5, [paper(CACHE, 5), paper(ORCHID, 5)])
    after = pages(desk)
    changed = {name for name in after if after[name] != before.get(name)}
    all_of = next(name.partition("/")[0] for name in after if name.startswith("all-"))
    assert {name for name in changed if not name.startswith("papers/")} == {
        *("index.html", "made.json", "search/data/2026-06.js", "search/data/months.js"),
        *("sources/index.html", "sources/daily-papers.html"),
        *(f"{profile}/index.html" for profile in ("serving", all_of)),
        *(f"{profile}/2026-06-0{day}/index.html" for profile in ("serving", all_of) for day in (4, 5)),
    }
    assert sum(name.startswith("papers/") for name in changed) == 2


@pytest.mark.slow
def test_after_some_months_a_day_touches_three_percent_of_the_files_at_most(desk: Desk) -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC).date()

    def morning(number: int) -> None:
        dump = desk.dump(
            f"{number}.txt", [paper(one, number * 30 + n) for n, one in enumerate((CACHE, ORCHID, AGENT) * 9)]
        )
        workspace = Workspace.find(desk.root, desk.root)
        on = day + timedelta(days=number)
        with pipeline.open_run(workspace, day=on, dumps=[dump], now=NOW) as run:
            pipeline.ingest(run, [dump])
            pipeline.digest(run)

    for number in range(48):
        morning(number)
    made(desk)
    morning(48)
    outcome = made(desk)
    files = len(pages(desk))
    assert 27 <= outcome.changed <= 0.03 * files, (outcome, files)
    assert made(desk, rebuild=True).changed == 0


def test_a_paper_tells_what_changed_and_where_it_stood(desk: Desk) -> None:
    desk.morning(1, [CACHE, ORCHID])
    desk.morning(2, [(CACHE[0], CACHE[1].replace("doubles", "triples")), AGENT])
    page = tree(site(desk)[page_of(desk, CACHE[0])].decode())
    assert [one.text_content().strip() for one in page.xpath("//del")] == ["doubles"]
    assert [one.text_content().strip() for one in page.xpath("//ins")] == ["triples"]
    shown = [" ".join(one.text_content().split()) for one in page.xpath("//ol[@class='shown']/li")]
    assert shown[0].startswith("All, 2 Jun 2026 Rank 1 of updated,")
    assert [line.split(" Rank")[0] for line in shown] == [
        *("All, 2 Jun 2026", "Serving, 2 Jun 2026", "All, 1 Jun 2026", "Serving, 1 Jun 2026")
    ]
    assert "caching" in text_of(desk, page_of(desk, CACHE[0]))
    assert "2 dumps" in text_of(desk, page_of(desk, CACHE[0]))


def test_a_paper_that_is_listed_again_says_so_though_it_did_not_change(desk: Desk) -> None:
    desk.morning(1, [CACHE, ORCHID])
    assert "1 dump " in text_of(desk, page_of(desk, ORCHID[0]))
    desk.morning(2, [ORCHID, AGENT])
    assert "2 dumps" in text_of(desk, page_of(desk, ORCHID[0]))


def test_a_run_that_was_killed_before_it_published_is_made_up_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.morning(1, [CACHE])

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sitemaking, "_days", killed)
        desk.dump("2026-06-02.txt", [ORCHID, AGENT], day="Jun 2")
        with pytest.raises(KeyboardInterrupt):
            pipeline.daily(Workspace.find(desk.root, desk.root), day=datetime(2026, 6, 2, tzinfo=UTC).date(), now=NOW)
    assert "serving/2026-06-02/index.html" not in site(desk)
    assert desk("run", "--plain", "--date", "2026-06-02") == 0
    assert "serving/2026-06-02/index.html" in site(desk)
    assert made(desk, rebuild=True).changed == 0


def test_another_look_makes_every_page_again(desk: Desk) -> None:
    desk.morning(1, [CACHE, ORCHID])
    own = desk.root / "templates" / "site" / "style.css"
    own.parent.mkdir(parents=True)
    own.write_text("/* mine */", encoding="utf-8")
    outcome = made(desk)
    assert outcome.changed == outcome.rendered - 3  # the script and the two files of the search's data
    assert b"/* mine */" in site(desk)["style.css"]
    assert made(desk).rendered == 0


def test_nothing_that_lies_in_the_folder_is_removed(desk: Desk) -> None:
    desk.morning(1, [CACHE])
    mine = desk.root / "output" / "site" / "CNAME"
    mine.write_text("digests.example.org", encoding="utf-8")
    made(desk, rebuild=True)
    assert mine.read_text(encoding="utf-8") == "digests.example.org"


def test_a_lost_or_spoilt_mark_costs_a_rebuild_and_nothing_else(desk: Desk) -> None:
    desk.morning(1, [CACHE])
    before = pages(desk)
    mark = desk.root / "output" / MARK
    for content in (b"", b"[]", b"{}", b'{"run": "x", "look": 1}', b"\xff", b'{"run": 99, "look": "x"}'):
        mark.write_bytes(content)
        assert made(desk).changed == 0
        assert pages(desk) == before
    mark.unlink()
    assert made(desk).rendered > 0
    assert read_mark(None) == Mark()


def test_a_broken_template_of_the_site_does_not_keep_the_digests(desk: Desk) -> None:
    own = desk.root / "templates" / "site" / "paper.html.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ story.nothing_like_that }}", encoding="utf-8")
    desk.dump("2026-06-01.txt", [CACHE])
    assert desk("run", "--plain", "--date", "2026-06-01") != 0
    assert "nothing_like_that" in desk.err
    assert (desk.root / "output" / "serving" / "2026-06-01" / "digest.html").is_file()
    with pytest.raises(RenderError):
        made(desk)
    own.unlink()
    assert desk("run", "--plain", "--date", "2026-06-01") == 0
    assert made(desk, rebuild=True).changed == 0


def test_all_papers_come_exactly_once_however_small_the_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaking, "_BATCH", 2)
    for day in range(1, 4):
        desk.morning(day, [CACHE, paper(ORCHID, day), AGENT, paper(AGENT, day), VIDEO])
    rendered: list[str] = []
    original = paper_pages.render_paper

    def noted(history: History, press: Press) -> Artifact:
        rendered.append(history.paper.guid)
        return original(history, press)

    monkeypatch.setattr(paper_pages, "render_paper", noted)
    made(desk, rebuild=True)
    assert len(rendered) == len(set(rendered)) == 9


def test_papers_of_an_archive_have_a_page_only_when_a_digest_showed_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from broadsheet.store import histories

    monkeypatch.setattr(histories, "MOST_LISTED", 3)
    (desk.root / "config" / "profiles" / "All.toml").unlink()
    desk.morning(1, [CACHE, ORCHID, AGENT, VIDEO])
    with_page = {name for name in site(desk) if name.startswith("papers/")}
    assert len(with_page) == 2  # CACHE and VIDEO speak of a cache
    assert made(desk, rebuild=True).changed == 0


def test_search_finds_what_has_a_page(desk: Desk) -> None:
    desk.morning(1, [CACHE, ORCHID])
    data = site(desk)["search/data/2026-06.js"].decode()
    rows = json.loads(data.removeprefix("Broadsheet.add(").removesuffix(");\n"))
    assert {row[1] for row in rows} <= set(site(desk))
    assert sorted(row[2] for row in rows) == sorted([CACHE[0], ORCHID[0]])


def test_progress_is_told(desk: Desk) -> None:
    desk.morning(1, [CACHE, ORCHID])
    told: list[tuple[str, int, int]] = []
    workspace = Workspace.find(desk.root, desk.root)
    sitemaking.rebuilt(
        workspace, now=NOW, progress=lambda stage, done, total: told.append((stage, done, total)), rebuild=True
    )
    assert told == [("papers", 2, 2)]


def test_a_preprint_and_its_published_version_lead_to_each_other(tmp_path: Path) -> None:
    def links(store: Store, made: bytes | None) -> tuple[dict[str, list[str]], bytes]:
        files = {
            artifact.name.removeprefix("site/"): artifact.content
            for artifact in sitemaking.artifacts(store, TEMPLATES, Site(), made, pipeline.silent)
        }
        found = {
            name: tree(content).xpath("//ul[@class='relatives']//a/@href")
            for name, content in files.items()
            if name.startswith("papers/")
        }
        return found, files["made.json"]

    preprint = glue.listed("A Preprint", ids={"arxiv": "2401.01234"}, related={"doi:10.1000/x": "published version"})
    published = glue.listed("The Same, Published", ids={"doi": "10.1000/x"}, related={"arxiv:2401.01234": "preprint"})
    first, second = paper_page(Guid("arxiv:2401.01234")), paper_page(Guid("doi:10.1000/x"))
    with open_store(tmp_path / "store.db", tmp_path / "archive") as store:
        glue.ingest(store, store.start_run(glue.DAY, glue.NOW), [preprint])
        found, mark = links(store, None)
        assert found == {first: ["https://doi.org/10.1000/x"]}
        glue.ingest(store, store.start_run(glue.DAY, glue.NOW), [published], glue.TUESDAY)
        found, _ = links(store, mark)
        assert found == {first: [f"../../{second}"], second: [f"../../{first}"]}
