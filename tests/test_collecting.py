from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from broadsheet import collecting, pipeline
from broadsheet.collecting import alone
from broadsheet.errors import BroadsheetError, SourceError, StoreBusy
from broadsheet.setup import load, store_of
from broadsheet.store import open_store
from tests.collecting.bench import NOW, PAPER, Bench, new, tells_of_writers
from tests.desk import Desk
from tests.pages import CACHE


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A workspace to collect for."""
    return Bench(tmp_path)


def test_named_dumps_are_read_and_nobody_is_asked(bench: Bench) -> None:
    bench.page()
    path = bench.save("a.txt")
    with bench.run(dumps=[path]) as run:
        assert collecting.collect(run, bench.ways) == (path,)
    assert (bench.pages.asked, run.checked) == ([], [])


def test_a_file_of_the_inbox_that_somebody_writes_is_left_for_the_next_run(desk: Desk, tmp_path: Path) -> None:
    if not tells_of_writers(tmp_path):
        pytest.skip("this file system does not tell who writes")
    desk.profile("[[rule]]\nwhen = 'cache'\n")
    path = desk.dump("2026-06-01.txt", [CACHE])
    with path.open("ab"):
        assert desk("run", "--plain", "--date", "2026-06-01") == 0
    assert "left      2026-06-01.txt: is still being written; the next run reads it" in desk.out
    assert desk.run()["new"] == 1


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.workspace.dumps / "2026-06-01.txt"
    path.parent.mkdir()
    path.write_text(PAPER, encoding="utf-8")
    fstat = os.fstat

    def growing(fd: int) -> os.stat_result:
        with path.open("a") as file:
            file.write("x")
        return fstat(fd)

    with bench.run() as run, monkeypatch.context() as patch:
        patch.setattr("broadsheet.inbox.os.fstat", growing)
        assert pipeline.ingest(run, (path,)) == ()
    assert [(one.source, one.outcome) for one in run.checked] == [("2026-06-01.txt", "left")]
    assert (run.failures, run.unread) == ([], [])


def test_what_is_collected_belongs_to_its_source_with_its_format(bench: Bench) -> None:
    bench.sources(
        "[[source]]\nname = 'all'\nfiles = ['*']\n"
        "[[source]]\nname = 'feed'\nurl = 'https://example.org/feed'\nformat = 'daily-papers'\nfull_listing = true\n"
        "[[source]]\nname = 'feed-2'\nurl = 'https://example.org/feed2'\n"
    )
    with bench.run() as run:
        of = run.setup.source_of
        names = ["feed-2026-06-02T060000Z.xml", "feed-2-2026-06-02T060000Z.xml", "feed-3.xml", "feed-2026-06-02.zip/x"]
        assert [source and source.name for source in map(of, names)] == ["feed", "feed-2", "all", "feed"]
        found = of(names[0])
    assert found is not None
    assert (found.format, found.full_listing) == ("daily-papers", True)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("https://example.org/feed?key=secret", "https://example.org/feed"),
        ("imaps://me:secret@imap.example.org:993/INBOX", "imaps://imap.example.org:993/INBOX"),
        ("~/Downloads", "~/Downloads"),
    ],
)
def test_a_place_is_shown_without_what_may_be_secret(place: str, wanted: str) -> None:
    assert collecting.shown(place) == wanted


def test_collecting_alone_reads_nothing_and_is_no_run(bench: Bench) -> None:
    bench.folder()
    bench.save("a.txt")

    found = alone.gather_alone(bench.workspace, now=NOW, ways=bench.ways)

    assert ([one.outcome for one in found.collected], found.failures, found.exit) == (["new"], (), 0)
    setup = load(bench.workspace)
    with open_store(store_of(setup), bench.workspace.state / "archive") as store:
        assert (store.last_runs(5), store.counts()["papers"]) == ((), 0)


def test_collecting_alone_holds_the_run_lock(bench: Bench) -> None:
    (bench.workspace.config / "settings.toml").write_text("wait = 0\n", encoding="utf-8")
    bench.folder()
    setup = load(bench.workspace)
    with ExitStack() as stack:
        store = stack.enter_context(open_store(store_of(setup), bench.workspace.state / "archive"))
        stack.enter_context(store.lock(now=NOW))
        with pytest.raises(StoreBusy):
            alone.gather_alone(bench.workspace, now=NOW, ways=bench.ways)


def test_a_source_that_collects_nothing_cannot_be_named(bench: Bench) -> None:
    bench.folder()
    with pytest.raises(BroadsheetError, match="no source 'drip' is collected; there are: drop"):
        alone.gather_alone(bench.workspace, names=["drip"], now=NOW, ways=bench.ways)


def test_only_the_named_sources_are_asked(bench: Bench) -> None:
    bench.sources("".join(f"[[source]]\nname = '{name}'\nurl = 'https://example.org/{name}'\n" for name in "ab"))
    bench.pages.answers = {"https://example.org/b": [new()]}
    found = alone.gather_alone(bench.workspace, names=["b"], now=NOW, ways=bench.ways)
    assert [one.source for one in found.collected] == ["b"]


@pytest.mark.parametrize("name", ["../x", "a/b", ".x", "_x", "README.md", "x\x1b[2J", "x\udce9", "a" * 300])
def test_what_cannot_be_the_name_of_a_dump_is_refused(bench: Bench, name: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    with source.open("rb") as stream, pytest.raises(BroadsheetError, match="cannot be the name of a dump"):
        alone.receive(bench.workspace, stream, now=NOW, name=name)
    assert bench.inbox() == []


def test_more_than_a_dump_may_have_is_refused_and_leaves_nothing(bench: Bench, tmp_path: Path) -> None:
    (bench.workspace.config / "settings.toml").write_text("max_dump_mib = 1\n", encoding="utf-8")
    source = tmp_path / "source"
    source.write_bytes(bytes((1 << 20) + 1))
    with source.open("rb") as stream, pytest.raises(SourceError, match="is larger than 1 MiB; raise max_dump_mib"):
        alone.receive(bench.workspace, stream, now=NOW)
    source.write_bytes(b"")
    with source.open("rb") as stream, pytest.raises(SourceError, match="holds nothing"):
        alone.receive(bench.workspace, stream, now=NOW)
    assert bench.inbox() == []


def test_the_digest_and_the_quiet_mail_name_the_sources_that_had_nothing_new(desk: Desk) -> None:
    desk.profile("[[rule]]\nwhen = 'cache'\n")
    (desk.root / "config" / "sources.toml").write_text(
        '[[source]]\nname = "drop"\nfiles = ["*.txt"]\nfolder = "drop"\n'
    )
    saved = desk.dump("2026-06-01.txt", [CACHE])
    saved.parent.rename(desk.root / "drop")
    os.utime(desk.root / "drop" / "2026-06-01.txt", (0, 0))
    assert desk.run()["new"] == 1
    assert desk.digest()["unchanged"] == []
    desk.run(day="2026-06-02")
    folder = desk.root / "output" / "serving" / "2026-06-02"
    assert desk.digest("2026-06-02")["unchanged"] == ["drop"]
    for name in ("digest.md", "digest.html", "mail.eml"):
        assert "nothing new: drop." in (folder / name).read_text().replace("=\n", ""), name
