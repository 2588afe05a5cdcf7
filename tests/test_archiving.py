"""The documents of past months over whole runs: written once, and with no month left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet import archiving, deliver
from broadsheet.config import Site
from broadsheet.store import Store, open_store
from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, VIDEO

SITE = Site(url="https://digests.example.org/papers/", tag="digests.example.org,2026")
EVERYTHING = """
min_score = 0
[[rule]]
name = "all"
when = "paper OR we OR the OR a"
"""
MONTHS = {"2026-06": (CACHE,), "2026-08": (CACHE, AGENT), "2026-09": (CACHE, AGENT, VIDEO)}


def opened(desk: Desk) -> Store:
    return open_store(f"sqlite:///{desk.root / 'state' / 'broadsheet.db'}", desk.root / "state" / "archive")


def write(desk: Desk, output: Path) -> list[str]:
    """Publish what is owed; gives the names of the files that were."""
    with opened(desk) as store:
        owed = list(archiving.owed(store, "serving", SITE, output))
    deliver.publish(output, owed)
    return [artifact.name.rpartition("/")[2] for artifact in owed]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.profile(EVERYTHING)
    for number, (month, papers) in enumerate(MONTHS.items(), start=1):
        desk.dump(f"page-{number}.txt", papers)
        desk.run(day=f"{month}-01")
    return desk


def test_every_month_has_its_documents_and_only_the_last_one_is_written_again(desk: Desk) -> None:
    output = desk.root / "output"
    with opened(desk) as store:
        assert archiving.months(store, "serving", SITE) == tuple(MONTHS)
        assert archiving.months(store, "serving", Site()) == ()
        assert list(archiving.owed(store, "serving", Site(), output)) == []
    endings = ("rss.xml", "atom.xml", "json")
    assert write(desk, output) == [f"{month}.{ending}" for month in MONTHS for ending in endings]
    assert write(desk, output) == [f"2026-09.{ending}" for ending in endings]


def test_a_month_that_is_over_is_left_as_it_lies_there(desk: Desk) -> None:
    output = desk.root / "output"
    write(desk, output)
    folder = output / "site" / "serving" / "archive"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    desk.profile('title = "Another title"\n' + EVERYTHING)
    desk.dump("page-4.txt", (CACHE, AGENT, VIDEO, ORCHID))
    desk.run(day="2026-10-01")
    # September is over now, and says so; what was over before is not touched.
    assert sorted({name[:7] for name in write(desk, output)}) == ["2026-09", "2026-10"]
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {name for name in before if after[name] != before[name]} == {"2026-09.atom.xml", "2026-09.rss.xml"}
    assert b"Another title" not in after["2026-09.atom.xml"]


def test_a_document_that_is_missing_is_written_again(desk: Desk) -> None:
    output = desk.root / "output"
    write(desk, output)
    (output / "site" / "serving" / "archive" / "2026-06.atom.xml").unlink()
    assert {name[:7] for name in write(desk, output)} == {"2026-06", "2026-09"}


def test_a_run_writes_them_where_the_site_has_an_address(desk: Desk) -> None:
    folder = desk.root / "output" / "site" / "serving"
    assert not (folder / "archive").exists()
    assert b"archive" not in (folder / "atom.xml").read_bytes()
    settings = desk.root / "config" / "settings.toml"
    settings.write_text(f'[site]\nurl = "{SITE.url}"\ntag = "{SITE.tag}"\n')
    desk.dump("page-4.txt", (CACHE, AGENT, VIDEO, ORCHID))
    desk.run(day="2026-09-02")
    assert len(list((folder / "archive").iterdir())) == 9
    feed = (folder / "atom.xml").read_text()
    assert f'rel="prev-archive" href="{SITE.url}serving/archive/2026-08.atom.xml"' in feed
    assert f'rel="next" href="{SITE.url}serving/archive/2026-09.atom.xml"' in feed
    before = (folder / "archive" / "2026-06.json").stat().st_mtime_ns
    desk.run(day="2026-09-03")
    assert (folder / "archive" / "2026-06.json").stat().st_mtime_ns == before
