"""The commands parse and diff over files that hold others, and over files too large to be held."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from broadsheet import cli, identity, inbox, sources
from tests.pages import AGENT, CACHE, ORCHID, page
from tests.sources.holding import file, mail, mailbox, zipped
from tests.test_intake import records

Said = pytest.CaptureFixture[str]


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    listings = [("a.txt", page("Jun 1", [CACHE, AGENT]).encode()), ("b/b.txt", page("Jun 2", [ORCHID]).encode())]
    path = tmp_path / "papers.zip"
    path.write_bytes(zipped([*listings, ("README", b"read me"), ("bad.bin", b"\0" * 100)]))
    return path


def test_parse_shows_the_entries_of_every_listing_in_a_container(archive: Path, capsys: Said) -> None:
    assert cli.run(["parse", "--json", str(archive)]) == 3
    said = capsys.readouterr()
    found = [(entry["dump"], entry["position"], entry["title"]) for entry in lines(said.out)]
    assert found == [
        ("papers.zip/a.txt", 1, CACHE[0]),
        ("papers.zip/a.txt", 2, AGENT[0]),
        ("papers.zip/b/b.txt", 1, ORCHID[0]),
    ]
    assert "papers.zip/bad.bin: holds binary data" in said.err
    assert "papers.zip: note: 1 passed over: a README: README" in said.err


def test_an_account_is_given_of_each_listing(archive: Path, capsys: Said) -> None:
    assert cli.run(["parse", "--account", "--json", str(archive)]) == 3
    first, second = lines(capsys.readouterr().out)
    assert (first["dump"], first["entries"], first["announced"], first["refusal"]) == (
        "papers.zip/a.txt",
        2,
        None,
        None,
    )
    assert (second["dump"], second["entries"]) == ("papers.zip/b/b.txt", 1)
    assert cli.run(["parse", "--account", str(archive)]) == 3
    assert capsys.readouterr().out.count("coverage 100 %") == 2


def test_a_mailbox_is_parsed_with_the_dates_of_its_mails(tmp_path: Path, capsys: Said) -> None:
    text = page("Jun 1", [CACHE]).replace("Jun 1\n\n", "")
    path = tmp_path / "alerts.mbox"
    path.write_bytes(mailbox([mail(text.encode()), mail(b"It rained.\n", subject="Rain")]))
    assert cli.run(["parse", "--account", "--json", str(path)]) == 3
    said = capsys.readouterr()
    (account,) = lines(said.out)
    assert (account["dump"], account["taken"][:10]) == ("alerts.mbox/mail 1/body", "2026-06-01")
    assert "alerts.mbox/mail 2/body: is a mail with the subject 'Rain'" in said.err


def test_diff_opens_what_holds_one_listing(tmp_path: Path, archive: Path, capsys: Said) -> None:
    old, new = tmp_path / "old.txt.gz", tmp_path / "new.zip"
    old.write_bytes(gzip.compress(page("Jun 1", [CACHE, AGENT]).encode()))
    new.write_bytes(zipped([("x.txt", page("Jun 2", [CACHE, ORCHID]).encode())]))
    assert cli.run(["diff", "--json", str(old), str(new)]) == 0
    difference = json.loads(capsys.readouterr().out)
    assert [paper["title"] for paper in difference["added"]] == [ORCHID[0]]
    assert [paper["title"] for paper in difference["removed"]] == [AGENT[0]]

    assert cli.run(["diff", str(old), str(archive)]) == 3
    assert "holds several listings; unpack it and name one" in capsys.readouterr().err


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "2024-02-01.jsonl"
    path.write_bytes(records(range(1200)) + b'{"id": "2401.0')
    monkeypatch.setattr(inbox, "HELD", 1_000)
    return path


@pytest.mark.parametrize("words", [["--json"], [], ["--account"], ["--account", "--json"]])
def test_a_large_dump_is_shown_as_it_is_read_and_shows_the_same(
    large: Path, words: list[str], capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.run(["parse", *words, str(large)]) == 0
    streamed = capsys.readouterr()
    monkeypatch.setattr(inbox, "HELD", 1 << 30)
    assert cli.run(["parse", *words, str(large)]) == 0
    assert capsys.readouterr() == streamed
    assert "2401.0" in streamed.out + streamed.err


def test_by_itself_an_entry_has_the_guid_it_has_among_others() -> None:
    entries = sources.parse(file(records(range(50)), "x.jsonl")).entries
    assert [identity.aliases_of(entry)[0] for entry in entries] == list(identity.resolve(entries, {}))


def test_a_large_dump_is_printed_before_it_is_read_to_its_end(large: Path) -> None:
    code = (
        "import sys\nfrom broadsheet import cli, inbox\ninbox.HELD = 1000\ncli.main(['parse', '--json', sys.argv[1]])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(large)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(timeout=60), process.stderr.read()) == (0, b"")


# Not ru_maxrss: a process inherits that from the one that started it, and this one holds thousands of tests.
MEASURED = """
import re, sys
from pathlib import Path
from broadsheet import cli
code = cli.run(["parse", "--json", sys.argv[1]])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(code, int(peak[1]) >> 10, file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
def test_memory_does_not_grow_with_a_dump(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "snapshot.jsonl"
    opener = gzip.open if packed else open
    with opener(path, "wb") as out:
        for start in range(0, 300_000, 10_000):
            out.write(records(range(start, start + 10_000)))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True
    )
    code, mebibytes = map(int, done.stderr.split()[-2:])
    assert (code, mebibytes < 300) == (0, True), done.stderr


def test_a_gigabyte_of_nonsense_gives_one_line_at_once(tmp_path: Path, capsys: Said) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as opened:
        opened.truncate(1 << 30)
    assert cli.run(["parse", str(path)]) == 3
    said = capsys.readouterr().err
    assert "huge.txt: has 1,024 MiB, more than max_dump_mib = 64 of config/settings.toml, and holds binary data" in said
    assert said.count("\n") == 1
