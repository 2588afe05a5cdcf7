"""Two runs of one workspace, started at the same moment, ten times: one works, the other waits or steps back.

Real commands, held until both are ready. Whatever happens, each digest is cut once and each mail arrives once.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from broadsheet.store import open_store
from tests.deliver import smtp_server
from tests.desk import Desk
from tests.loop import mornings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
READERS = ("ada@example.net", "ben@example.net")
TIMES = 10
#: After so many mornings a run that finds another one steps back at once, in place of waiting for it.
_PATIENT = 5


@pytest.fixture
def server() -> Iterator[smtp_server.Server]:
    """A mail server that takes everything."""
    with smtp_server.serving({}) as found:
        yield found


def test_two_runs_at_once(desk: Desk, server: smtp_server.Server) -> None:
    desk.profile('title = "Caches"\nmin_score = 1\nlimit = 100\n\n[[rule]]\nwhen = "cache"\n', name="caches")
    to = ", ".join(f'"{reader}"' for reader in READERS)
    (desk.root / "config" / "deliveries.toml").write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n\n'
        f'[[delivery]]\nname = "all"\nto = [{to}]\n',
        encoding="utf-8",
    )
    told = Counter[str]()
    for day in range(1, TIMES + 1):
        wait = 60 if day <= _PATIENT else 0
        (desk.root / "config" / "settings.toml").write_text(f"wait = {wait}\n", encoding="utf-8")
        desk.dump(f"saved-{mornings.the_day(day)}.txt", [], day="Jun 1").write_text(
            mornings.saved_page(day), encoding="utf-8"
        )
        told.update(_both(desk.root, day, patient=wait > 0))
    assert told["worked"] == TIMES
    assert told["waited"]
    assert told["stepped back"]
    print(f"\n{TIMES} times two runs: {dict(told)}")  # noqa: T201  (shown with -s: the figures of the documentation)

    files = sorted((desk.root / "output" / "caches").glob("*/digest.json"))
    assert [file.parent.name for file in files] == [str(mornings.the_day(day)) for day in range(1, TIMES + 1)]
    assert [json.loads(file.read_text(encoding="utf-8"))["shown"] for file in files] == [1] * TIMES
    ids = Counter(message_from_bytes(taken.content)["Message-ID"] for taken in server.mails)
    assert (len(ids), set(ids.values())) == (TIMES * len(READERS), {1})
    with open_store(desk.root / "state" / "broadsheet.db", desk.root / "state" / "archive") as store:
        news = [change.paper.best.title for change in store.changes(1, store.head()) if change.kind == "new"]
        assert store.outbox.counts() == {"sent": len(ids)}
    assert sorted(news) == sorted(paper.title for day in range(1, TIMES + 1) for paper in mornings.papers("saved", day))


def _both(root: Path, day: int, *, patient: bool) -> list[str]:
    """Two runs of a day that begin at once; how each came to its end."""
    date = mornings.the_day(day)
    settings = json.dumps({"now": f"{date}T06:00:00+00:00", "ready": True})
    command = [
        sys.executable,
        "-m",
        "tests.loop.driver",
        settings,
        "-C",
        str(root),
        "run",
        "--plain",
        "--date",
        str(date),
    ]
    pipe = subprocess.PIPE
    pair = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    for process in pair:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in pair:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [_ended(process, patient=patient) for process in pair]


def _ended(process: subprocess.Popen[str], *, patient: bool) -> str:
    """How a run came to its end, in one of few ways."""
    out, err = process.communicate(timeout=120)
    if process.returncode == 0:
        if not err:
            # A machine that is very busy lets the second begin when the first has ended.
            return "worked" if ": 2 new papers, 0 updated\n" in out else "came later"
        assert re.fullmatch(r"waiting for process \d+ on \S+ since .* UTC\n(waiting messages are left .*\n)?", err), err
        assert "0 new dumps, " in out, out
        assert patient
        return "waited"
    assert (process.returncode, out) == (1, ""), (out, err)
    assert not patient, err
    line = r"broadsheet: another run holds the workspace: process \d+ on \S+ since .* UTC; wait for it, or stop it\n"
    assert re.fullmatch(line, err), err
    return "stepped back"
