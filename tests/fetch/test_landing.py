from __future__ import annotations

import errno
import io
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.collecting import alone
from broadsheet.fetch import landing
from broadsheet.workspace import Workspace

NOW = datetime(2026, 6, 2, 6, 0, 0, tzinfo=UTC)


@pytest.fixture(params=["links", "no links"])
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that knows no hard links."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("file_system")
def test_a_place_that_is_taken_is_not_taken_over(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    landing.settle(landing.begin(tmp_path, [b"first"]), place)
    begun = landing.begin(tmp_path, [b"second"])
    with pytest.raises(FileExistsError):
        landing.settle(begun, place)
    assert place.read_bytes() == b"first"
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", begun.path.name}


def test_what_is_piped_in_at_the_same_second_is_all_kept(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("", encoding="utf-8")
    workspace, together = Workspace(root=tmp_path), threading.Barrier(8)

    def pipe(number: int) -> None:
        together.wait(5)
        alone.receive(workspace, io.BytesIO(b"page %d" % number), now=NOW)

    threads = [threading.Thread(target=pipe, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    kept = sorted(path.read_bytes() for path in workspace.dumps.iterdir())
    assert kept == [b"page %d" % number for number in range(8)]


def test_what_was_left_by_a_process_of_the_same_number_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert landing.begin(tmp_path, [b"a"]).path != landing.begin(tmp_path, [b"b"]).path


def test_what_others_may_be_writing_is_swept_away_a_day_later(tmp_path: Path) -> None:
    old, young = (landing.begin(tmp_path, [b"x"]).path for _ in range(2))
    for path, hours in ((old, 25), (young, 1)):
        written = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(path, (written, written))
    landing.sweep_old(tmp_path, NOW)
    assert list(tmp_path.iterdir()) == [young]
