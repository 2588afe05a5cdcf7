"""A real feed reader, Newsboat: an updated paper stays one entry, and a rerun adds none."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from datetime import date
from pathlib import Path

import pytest

from broadsheet.config import Feed, Site
from broadsheet.render import render_feeds
from broadsheet.types import Digest, FieldChange
from tests.render.conftest import digest, row
from tests.validators.serving import Served, serving

pytestmark = [
    pytest.mark.validators,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("newsboat"), reason="needs newsboat (Debian: apt-get install newsboat)"),
]

FORMATS = ["site/serving/rss.xml", "site/serving/atom.xml", "site/serving/digests/atom.xml"]


class Reader:
    """One subscriber with a place of its own for what it has read."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        (folder / "urls").write_text(f"{address}\n")
        (folder / "config").write_text("reload-time 0\nignore-mode display\n")

    def reload(self) -> dict[str, tuple[str, int, str]]:
        """Ask for the feed; gives id to title, whether it is unread, and content, the newest first."""
        command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
        environment = {**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        subprocess.run(command, cwd=self.folder, env=environment, check=True, capture_output=True, timeout=60)
        connection = sqlite3.connect(self.folder / "cache.db")
        try:
            asked = "SELECT guid, title, unread, content FROM rss_item WHERE deleted = 0 ORDER BY pubDate DESC"
            rows = connection.execute(asked).fetchall()
            assert len({guid for guid, *_ in rows}) == len(rows)
            return {guid: (title, unread, content) for guid, title, unread, content in rows}
        finally:
            connection.close()

    def read_all(self) -> None:
        """As a person does who has seen everything."""
        connection = sqlite3.connect(self.folder / "cache.db")
        with connection:
            connection.execute("UPDATE rss_item SET unread = 0")
        connection.close()


def publish(folder: Path, *digests: Digest, stamp: int, tag: str = "example.org,2026") -> None:
    """Write the feeds, with a time of modification of their own: readers ask for what is newer, by the second."""
    for artifact in render_feeds("serving", "Serving", digests, Site(tag=tag), Feed()):
        path = folder / artifact.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.content)
        os.utime(path, (stamp, stamp))


FIRST = digest((row("A kite & a <sail>", number=1), row("A mast", number=2)))
SECOND = digest(
    (row("An anchor", number=3),),
    (
        row(
            "A kite, again",
            number=1,
            kind="updated",
            fields=(FieldChange(field="title", old="A kite & a <sail>", new="A kite, again"),),
        ),
    ),
    day=date(2026, 7, 4),
)


@pytest.mark.parametrize("file", FORMATS[:2])
def test_an_update_stays_one_entry_and_a_rerun_adds_none(tmp_path: Path, file: str) -> None:
    output, home = tmp_path / "output", tmp_path / "home"
    home.mkdir()
    publish(output, FIRST, stamp=1_800_000_000)
    with serving(output) as served:
        reader = Reader(home, served.address + file)
        first = reader.reload()
        # A reader that sorts by date keeps the order of the digest.
        assert [title for title, _, _ in first.values()] == ["A kite & a <sail>", "A mast"]
        reader.read_all()
        publish(output, FIRST, stamp=1_800_000_100)
        rerun = reader.reload()
        assert list(rerun) == list(first)
        assert [unread for _, unread, _ in rerun.values()] == [0, 0]
        publish(output, FIRST, SECOND, stamp=1_800_000_200)
        after = reader.reload()
        assert len(after) == 3
        (new,) = set(after) - set(first)
        assert after[new][:2] == ("An anchor", 1)
        kite = next(guid for guid, (title, _, _) in first.items() if title.startswith("A kite"))
        assert after[kite][0] == "A kite, again"
        assert "What changed" in after[kite][2]
        asked_for_twice(served)


def asked_for_twice(served: Served) -> None:
    """The reader really asked each time."""
    assert [code for _, code in served.asked] == [200, 200, 200]


def test_the_feed_of_days_gains_an_entry_a_day(tmp_path: Path) -> None:
    output, home = tmp_path / "output", tmp_path / "home"
    home.mkdir()
    publish(output, FIRST, stamp=1_800_000_000)
    with serving(output) as served:
        reader = Reader(home, served.address + FORMATS[2])
        assert len(reader.reload()) == 1
        publish(output, FIRST, SECOND, stamp=1_800_000_100)
        assert len(reader.reload()) == 2


def test_a_reader_would_show_other_ids_as_other_entries(tmp_path: Path) -> None:
    output, home = tmp_path / "output", tmp_path / "home"
    home.mkdir()
    publish(output, FIRST, stamp=1_800_000_000)
    with serving(output) as served:
        reader = Reader(home, served.address + FORMATS[0])
        assert len(reader.reload()) == 2
        publish(output, FIRST, stamp=1_800_000_100, tag="example.net,2026")
        assert len(reader.reload()) == 4
