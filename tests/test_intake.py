"""Runs over files that hold others, and over dumps that are read in parts."""

from __future__ import annotations

import errno
import gzip
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from broadsheet import inbox, ingesting, intake
from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, page
from tests.sources.holding import attached, mail, mailbox, multipart, zipped

PROFILE = """
title = "Serving"
min_score = 0.5
limit = 1000

[[rule]]
name = "caches"
when = 'cache OR agent OR swimming'
"""


@pytest.fixture(autouse=True)
def _profile(desk: Desk) -> None:
    desk.profile(PROFILE)


def put(desk: Desk, name: str, raw: bytes) -> Path:
    """A file in the inbox."""
    file = desk.root / "dumps" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(raw)
    return file


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {dump["name"]: dump["verdict"] for dump in report["dumps"]}


def test_each_listing_in_an_archive_is_a_dump_of_its_own(desk: Desk) -> None:
    listings = [
        ("2026-06-01.txt", page("Jun 1", [CACHE]).encode()),
        ("2026-05-31.txt", page("May 31", [AGENT]).encode()),
        ("README", b"read me"),
    ]
    put(desk, "papers.zip", zipped(listings))

    report = desk.run()

    assert verdicts(report) == {
        "papers.zip/2026-05-31.txt": "complete",
        "papers.zip/2026-06-01.txt": "complete",
        "papers.zip": "complete",
    }
    assert (report["new"], report["entries"], report["exit"]) == (2, 2, 0)
    container = report["dumps"][-1]
    assert container["reason"] == "opened: 2 inside; 1 passed over: a README"
    assert "papers.zip/2026-06-01.txt" in json.dumps(desk.digest()["sources"])

    # Neither the archive nor what lies in it is read again, wherever else it lies.
    again = desk.run(day="2026-06-02")
    assert (again["known_dumps"], again["new"], again["dumps"]) == (1, 0, [])
    put(desk, "alone.txt", listings[0][1])
    put(desk, "alone.txt.gz", gzip.compress(listings[1][1]))
    third = desk.run(day="2026-06-03")
    assert (third["known_dumps"], third["new"], third["dumps"]) == (3, 0, [])


def test_a_growing_mailbox_brings_its_new_mails_only(desk: Desk) -> None:
    mails = [mail(page(f"Jun {day}", [paper]).encode()) for day, paper in enumerate((CACHE, AGENT, ORCHID), start=1)]
    put(desk, "alerts.mbox", mailbox(mails[:2]))
    assert desk.run()["new"] == 2
    put(desk, "alerts.mbox", mailbox(mails))
    report = desk.run(day="2026-06-02")
    assert verdicts(report) == {"alerts.mbox/mail 3/body": "complete"}
    assert (report["new"], report["known_dumps"]) == (1, 2)


def test_a_bad_member_costs_itself_only_and_is_tried_again(desk: Desk) -> None:
    news = b"Dear reader,\nit rained all week, and nothing was written.\n"
    body = ("Content-Type: text/plain", page("Jun 1", [CACHE]).encode())
    mails = [multipart("mixed", [body, attached("x.png", b"\x89PNG\r\n")]), mail(news, subject="Gardens")]
    put(desk, "alerts.mbox", mailbox(mails))
    # Whoever was told of it once is not told of it every morning.
    for day, new in (("2026-06-01", 1), ("2026-06-02", 0)):
        report = desk.run(day=day, code=3 if new else 0)
        assert verdicts(report).get("alerts.mbox/mail 2/body") == "broken"
        assert "'Gardens'" in " ".join(report["failures"]) if new else report["failures"] == []
        assert report["new"] == new
        assert ("alerts.mbox" in verdicts(report)) == bool(new)


def test_a_cut_archive_is_told_loudly(desk: Desk) -> None:
    raw = gzip.compress(page("Jun 1", [CACHE, AGENT, ORCHID]).encode())
    put(desk, "2026-06-01.txt.gz", raw[: len(raw) * 3 // 4])
    report = desk.run(code=3)
    assert verdicts(report)["2026-06-01.txt.gz"] == "partial"
    assert "fetch it again" in " ".join(report["failures"])


def test_members_belong_to_the_source_of_their_container(desk: Desk) -> None:
    sources = '[[source]]\nname = "mine"\nfiles = ["papers*.zip"]\nformat = "daily-papers"\n'
    (desk.root / "config" / "sources.toml").write_text(sources, encoding="utf-8")
    put(desk, "papers-1.zip", zipped([("a.txt", page("Jun 1", [CACHE]).encode())]))
    assert [dump["source"] for dump in desk.run()["dumps"]] == ["mine"]


def records(numbers: Iterable[int], *, more: str = "") -> bytes:
    """JSON lines as arXiv's metadata has them, of made-up papers."""
    lines = (
        json.dumps(
            {
                "id": f"2401.{number:05}",
                "submitter": "Ada One",
                "authors": "Ada One",
                "title": f"Swimming {number}{more}",
                "comments": None,
                "journal-ref": None,
                "doi": None,
                "report-no": None,
                "categories": "cs.LG",
                "license": None,
                "abstract": f"  We swim {number} lengths and count them.\n",
                "versions": [{"version": "v1", "created": "Mon, 1 Jan 2024 19:18:42 GMT"}],
                "update_date": "2024-01-02",
                "authors_parsed": [["One", "Ada", ""]],
            }
        )
        for number in numbers
    )
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dumps are large when they are not."""
    monkeypatch.setattr(inbox, "HELD", 2_000)
    monkeypatch.setattr(intake, "PART", 30)


def stored(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """What the store holds, but for which run wrote it."""
    questions = {
        "dumps": "SELECT sha256, state, source, format, taken, verdict, entries FROM dumps ORDER BY sha256",
        "entries": "SELECT position, guid, body FROM entries ORDER BY dump, position",
        "papers": "SELECT guid, body FROM papers ORDER BY guid",
        "aliases": "SELECT alias, guid FROM aliases ORDER BY alias",
        "changes": "SELECT seq, kind, guid, body FROM changes ORDER BY seq",
    }
    connection = sqlite3.connect(desk.root / "state" / "broadsheet.db")
    try:
        return {name: connection.execute(question).fetchall() for name, question in questions.items()}
    finally:
        connection.close()


@pytest.mark.usefixtures("small")
def test_a_large_dump_is_written_in_parts_and_says_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk, "2024-02-01.jsonl", records([*range(100), 7, 99, *range(100, 145)]))
    report = desk.run()
    in_parts = stored(desk)
    assert (report["new"], report["entries"], report["papers"], report["exit"]) == (145, 147, 145, 0)
    assert verdicts(report) == {"2024-02-01.jsonl": "complete"}
    assert len(in_parts["entries"]) == 147

    (desk.root / "state" / "broadsheet.db").unlink()
    monkeypatch.setattr(inbox, "HELD", 1 << 30)
    assert desk.run()["new"] == 145
    assert stored(desk) == in_parts


@pytest.mark.usefixtures("small")
def test_a_large_dump_that_is_known_or_partly_known_tells_only_what_is_new(desk: Desk) -> None:
    put(desk, "2024-02-01.jsonl", records(range(100)))
    assert desk.run()["new"] == 100
    assert desk.run(day="2026-06-02")["known_dumps"] == 1
    put(desk, "2024-02-02.jsonl", records(range(120)))
    report = desk.run(day="2026-06-03")
    assert (report["new"], report["updated"]) == (20, 0)
    put(desk, "2024-02-03.jsonl", records(range(50)) + records(range(50, 120), more=" again"))
    report = desk.run(day="2026-06-04")
    assert (report["new"], report["updated"]) == (0, 70)


@pytest.mark.usefixtures("small")
def test_a_full_listing_in_parts_tells_what_is_gone_and_back(desk: Desk) -> None:
    sources = '[[source]]\nname = "all"\nfiles = ["*.jsonl"]\nfull_listing = true\n'
    (desk.root / "config" / "sources.toml").write_text(sources, encoding="utf-8")
    days = ((1, range(100), (100, 0, 0)), (2, range(10, 100), (0, 10, 0)), (3, range(101), (1, 0, 10)))
    for day, numbers, expected in days:
        put(desk, f"2024-02-0{day}.jsonl", records(numbers))
        desk("run", "--plain", "--date", f"2026-06-0{day}", "--json")
        report = json.loads(desk.out)
        assert (report["new"], report["gone"], report["returned"]) == expected


@pytest.mark.usefixtures("small")
def test_a_large_dump_in_a_container_is_written_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.sources.containers import streams

    monkeypatch.setattr(streams, "HELD", 2_000)
    put(desk, "snapshot.jsonl.gz", gzip.compress(records(range(100))))
    report = desk.run()
    assert (report["new"], verdicts(report)) == (100, {"snapshot.jsonl.gz/snapshot.jsonl": "complete"})
    archived = list((desk.root / "state" / "archive").rglob("*.zst"))
    assert len(archived) == 1


@pytest.mark.usefixtures("small")
def test_a_preview_of_a_large_dump_writes_nothing(desk: Desk) -> None:
    put(desk, "2024-02-01.jsonl", records(range(100)))
    before = {name for name in desk.state() if not name.startswith("state/broadsheet.db")}
    assert desk("preview") == 0, desk.err
    assert {name for name in desk.state() if not name.startswith("state/broadsheet.db")} <= before | {"state/run.lock"}
    assert desk.run()["new"] == 100


KILLED = """
import os, signal, sys
from broadsheet import cli, inbox, intake
from broadsheet.store import Store
inbox.HELD, intake.PART = 2_000, 30
left = [int(sys.argv[1])]
write = Store.write_part
def killed(*args, **more):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return write(*args, **more)
Store.write_part = killed
cli.run(["-C", sys.argv[2], "run", "--plain", "--date", "2026-06-01"])
"""


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("parts", [0, 1, 3, 4])
def test_a_run_killed_in_the_middle_goes_on_and_says_nothing_twice(desk: Desk, tmp_path: Path, parts: int) -> None:
    put(desk, "2024-02-01.jsonl", records([*range(100), 7, 99, *range(100, 145)]))
    done = subprocess.run([sys.executable, "-c", KILLED, str(parts), str(desk.root)], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    half = stored(desk)
    assert len(half["entries"]) == 30 * parts
    assert half["dumps"][0][1] == "reading"

    report = desk.run()

    assert (report["papers"], report["entries"], report["exit"]) == (145, 147, 0)
    assert [(dump["verdict"], dump["new"]) for dump in report["dumps"]] == [("complete", 145)]
    whole = stored(desk)
    kinds = [(kind, guid) for _, kind, guid, _ in whole["changes"]]
    assert len(kinds) == len(set(kinds)) == 145
    assert [position for position, _, _ in whole["entries"]] == list(range(1, 148))
    assert whole["changes"][: len(half["changes"])] == half["changes"]
    assert len(desk.digest()["sections"][0]["rows"]) == 145
    (desk.root / "state" / "broadsheet.db").unlink()
    desk.run()
    assert stored(desk) == whole


def test_a_dump_that_fails_near_its_end_brings_nothing(
    desk: Desk, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from broadsheet.sources.containers import streams

    monkeypatch.setattr(streams, "HELD", 2_000)
    raw = bytearray(gzip.compress(records(range(100))))
    raw[-8] ^= 1
    put(desk, "snapshot.jsonl.gz", bytes(raw))
    report = desk.run(code=3)
    assert (report["new"], report["papers"]) == (0, 0)
    assert verdicts(report) == {"snapshot.jsonl.gz": "broken"}


def test_a_disk_that_fails_while_a_file_is_read_costs_that_file_only(
    desk: Desk, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk, "2024-02-01.jsonl", records(range(100)))
    put(desk, "2026-06-01.txt", page("Jun 1", [CACHE]).encode()[:1_500])
    survey = intake._survey

    def failing(*args: Any) -> Any:
        survey(*args)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(intake, "_survey", failing)
    report = desk.run(code=3)
    assert verdicts(report)["2024-02-01.jsonl"] == "broken"
    assert report["new"] == 1
    assert "2024-02-01.jsonl: cannot be read: Input/output error" in report["failures"]


def test_more_than_is_held_at_once_is_written_in_between(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = [
        (f"Swimming {number}", f"We swim {number} lengths in a lake and count them all, one by one.")
        for number in range(9)
    ]
    mails = [mail(page(f"Jun {day}", [paper]).encode()) for day, paper in enumerate(papers, start=1)]
    put(desk, "alerts.mbox", mailbox(mails))
    put(
        desk,
        "papers.zip",
        zipped([(f"{number}.txt", page("Jun 1", [paper]).encode()) for number, paper in enumerate(papers)]),
    )
    monkeypatch.setattr(ingesting, "_MOST_HELD", 500)
    report = desk.run()
    assert (report["new"], len(report["dumps"]), report["exit"]) == (9, 17, 0)
    assert desk.run(day="2026-06-02")["known_dumps"] == 2
