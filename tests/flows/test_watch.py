"""A file put into dumps/ starts one run, when it is whole; what a run itself puts there starts none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from broadsheet import pipeline
from broadsheet.errors import StoreBusy
from broadsheet.setup import load, store_of
from broadsheet.store import open_store
from broadsheet.workspace import Workspace

from .conftest import MakeWorkspace

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect_server")]

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)
QUIET = 0.3


class Seen:
    """What the watch of a folder has called ready, in its own thread."""

    def __init__(self) -> None:
        self.calls: list[frozenset[Path]] = []
        self.answers: list[bool] = []
        self.called = threading.Condition()

    def __call__(self, paths: frozenset[Path]) -> bool:
        with self.called:
            self.calls.append(paths)
            self.called.notify_all()
            return self.answers.pop(0) if self.answers else True

    def wait(self, count: int) -> list[set[str]]:
        """The names of each call, when there were so many."""
        with self.called:
            assert self.called.wait_for(lambda: len(self.calls) >= count, timeout=30)
            return [{path.name for path in call} for call in self.calls]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Seen]]:
    from flows.watch import when_quiet

    folder = tmp_path / "dumps"
    (folder / "deep").mkdir(parents=True)
    seen, left = Seen(), threading.Event()
    thread = threading.Thread(target=when_quiet, args=(folder, seen, left, QUIET))
    thread.start()
    try:
        # The system tells nothing of what was before the watch: it has begun when it tells of something.
        for number in range(200):
            (folder / "first.txt").write_text(str(number))
            with seen.called:
                if seen.called.wait_for(lambda: bool(seen.calls), timeout=2 * QUIET):
                    break
        seen.wait(1)
        seen.calls.clear()
        yield folder, seen
    finally:
        left.set()
        thread.join()


def test_files_are_told_together_when_all_is_quiet(watched: tuple[Path, Seen]) -> None:
    folder, seen = watched
    for name in ("one.txt", "deep/two.json"):
        (folder / name).write_text("written")
    # Saved under another name first, as browsers do.
    (folder / "three.html.part").write_text("half")
    (folder / "three.html.part").rename(folder / "three.html")
    (told,) = seen.wait(1)[:1]
    assert told == {"one.txt", "two.json", "three.html"}


def test_a_file_that_is_still_written_is_waited_for(watched: tuple[Path, Seen]) -> None:
    folder, seen = watched
    pause = threading.Event()
    with (folder / "slow.txt").open("w") as file:
        for number in range(12):
            file.write(f"line {number}\n")
            file.flush()
            pause.wait(QUIET / 4)
        assert seen.calls == []
    assert seen.wait(1) == [{"slow.txt"}]


def test_what_is_no_dump_is_nobody_s_business(watched: tuple[Path, Seen]) -> None:
    folder, seen = watched
    names = (".hidden", ".deep/in.txt", "_notes.txt", "README.md", "page.crdownload", "page.tmp", "page.txt~", "p.PART")
    (folder / ".deep").mkdir()
    for name in names:
        (folder / name).write_text("nothing for a reader")
    (folder / "first.txt").unlink()
    (folder / "last.txt").write_text("a dump")
    assert seen.wait(1) == [{"last.txt"}]


def test_what_could_not_be_done_is_tried_again(watched: tuple[Path, Seen]) -> None:
    folder, seen = watched
    seen.answers = [False, False, True]
    (folder / "one.txt").write_text("written")
    assert seen.wait(3) == [{"one.txt"}] * 3


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was asked of Prefect."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr("prefect.deployments.run_deployment", lambda name, **more: asked.append({"name": name, **more}))
    return asked


def _begin(workspace: Workspace, *names: str) -> tuple[bool, list[str]]:
    from flows.watch import begin

    said: list[str] = []
    return begin(workspace, said.append, [workspace.dumps / name for name in names]), said


FIRST, SECOND = "daily-papers-2026-06-01.txt", "daily-papers-2026-06-02.txt"


def test_a_new_file_starts_a_run_and_a_known_one_none(
    make_workspace: MakeWorkspace, started: list[dict[str, Any]]
) -> None:
    workspace = make_workspace("papers")
    pipeline.daily(workspace, now=NOW, dumps=[workspace.dumps / FIRST])
    assert _begin(workspace, FIRST) == (True, [])
    assert started == []
    assert _begin(workspace, FIRST, SECOND) == (True, [f"a run is started for {SECOND}"])
    (asked,) = started
    assert (asked["name"], asked["timeout"], asked["tags"]) == ("daily/daily", 0, ["dropped"])
    # The same file, told twice, is the same run to Prefect; its next content is another one.
    _begin(workspace, SECOND)
    (workspace.dumps / SECOND).write_text("another page")
    _begin(workspace, SECOND)
    keys = [one["idempotency_key"] for one in started]
    assert keys[0] == keys[1] != keys[2]


def test_what_a_run_has_put_there_itself_starts_no_other(
    make_workspace: MakeWorkspace, started: list[dict[str, Any]]
) -> None:
    workspace = make_workspace("papers")
    (workspace.dumps / "fetched.txt").write_bytes(b"\x00\x01\x02" * 100)  # as broken as a page can be
    setup = load(workspace)
    with open_store(store_of(setup), workspace.state / "archive") as store, store.lock(now=NOW):
        # It works still: whether it has put the file there is not to be said yet.
        assert _begin(workspace, "fetched.txt", FIRST) == (False, [])
    pipeline.daily(workspace, now=NOW)
    assert _begin(workspace, "fetched.txt", FIRST) == (True, [])
    assert started == []


def test_a_file_that_is_gone_again_starts_nothing(make_workspace: MakeWorkspace, started: list[dict[str, Any]]) -> None:
    assert _begin(make_workspace("papers"), "gone.txt") == (True, [])
    assert started == []


def test_a_server_that_is_away_is_asked_again(make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(name: str, **more: object) -> None:
        raise httpx.ConnectError("connection refused")

    monkeypatch.setattr("prefect.deployments.run_deployment", away)
    done, (said,) = _begin(make_workspace("papers"), FIRST)
    assert not done
    assert said == f"no run could be started for {FIRST}: ConnectError; it is tried again"


def test_a_configuration_that_is_wrong_is_told_and_not_tried_again(
    make_workspace: MakeWorkspace, started: list[dict[str, Any]]
) -> None:
    workspace = make_workspace("papers")
    workspace.config.mkdir()
    (workspace.config / "settings.toml").write_text("limit = 5\n")
    done, (said,) = _begin(workspace, FIRST)
    assert done
    assert "settings.toml:1" in said
    assert started == []


def test_a_watch_that_breaks_is_told_and_begun_again(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import watch

    again = threading.Event()
    tries: list[Path] = []

    def broken(folder: Path, ready: Callable[..., bool], left: threading.Event, quiet: float) -> None:
        tries.append(folder)
        if len(tries) == 1:
            raise OSError("no more watches")
        again.set()
        left.wait()

    monkeypatch.setattr(watch, "when_quiet", broken)
    monkeypatch.setattr(watch, "_AGAIN", 0.01)
    said: list[str] = []
    workspace = make_workspace("papers")
    with watch.Watcher(workspace, said.append):
        assert again.wait(30)
    assert said == [f"{workspace.dumps} is not watched for 0.01 seconds: no more watches"]
    assert not [thread for thread in threading.enumerate() if thread.name == "watch"]


def test_the_lock_is_only_looked_at(make_workspace: MakeWorkspace, started: list[dict[str, Any]]) -> None:
    workspace = make_workspace("papers")
    _begin(workspace, FIRST)
    setup = load(workspace)
    with open_store(store_of(setup), workspace.state / "archive") as store, store.lock(now=NOW):
        from flows.watch import unseen

        with pytest.raises(StoreBusy):
            unseen(workspace, [workspace.dumps / FIRST])
