"""The whole house on loopback: a workspace, its sources, its mail server and its readers' mailboxes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.store import Message, Store, open_store
from tests.dovecot import Dovecot, dovecot
from tests.fetch.hostile_server import HostileServer
from tests.loop import mornings
from tests.loop.gate import Gate
from tests.loop.post import Post, post
from tests.loop.reading import Had, Wanted, folder, mails, numbers
from tests.loop.scripted import Scripted, scripted

ROOT = Path(__file__).parents[2]
READERS = ("ada", "ben", "cleo")
#: Everybody with a mailbox: the readers, what sends, who is told of failures, and who gets arXiv's mails.
USERS = (*READERS, "digests", "operator", "alerts")
PASSWORDS = {user: f"the horse of {user}" for user in USERS}
_PROFILES = {
    "caches": ('title = "Caches"\nlimit = 100\n', "cache"),
    "lanterns": ('title = "Lanterns, weekly"\nlimit = 200\nschedule = "weekly"\nweekday = "monday"\n', "lantern"),
    "orchids": ('title = "Orchids"\n', "orchid"),
}
#: The profiles that write when there is nothing new, too.
QUIET = ("orchids",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str
    #: Of its memory at its greatest, in KiB, and the addresses it connected to; without them where it was killed.
    peak: int = 0
    connected: tuple[str, ...] = ()

    @property
    def json(self) -> dict[str, Any]:
        """What --json printed."""
        return dict(json.loads(self.out))


@dataclass(kw_only=True)
class House:
    """All of it; made by `house`."""

    root: Path
    pages: HostileServer
    #: A server that nothing may connect to.
    inner: HostileServer
    boxes: Dovecot
    post: Post
    gate: Gate
    scripted: Scripted
    store: Store
    day: int = 0
    #: Every command's, the greatest.
    peak: int = 0
    connected: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """Six in the morning."""
        return datetime.combine(mornings.the_day(self.day), datetime.min.time(), tzinfo=UTC) + timedelta(hours=6)

    @property
    def environment(self) -> dict[str, str]:
        """Where the passwords are."""
        return {f"LOOP_{user.upper()}": password for user, password in PASSWORDS.items()}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The real command, as it is at work."""
        name, address = mornings.PUBLIC
        settings = {
            "now": self.now.isoformat(),
            "hosts": {name: (address, self.pages.port)},
            "told": str(self.root / "told.json"),
        }
        command = [sys.executable, "-m", "tests.loop.driver", json.dumps(settings), "-C", str(self.root / "desk")]
        return subprocess.Popen(
            [*command, *words],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str) -> Said:
        """Run the real command to its end."""
        (self.root / "told.json").unlink(missing_ok=True)
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        told = json.loads((self.root / "told.json").read_text(encoding="utf-8"))
        self.peak = max(self.peak, told["peak_kib"])
        self.connected += told["connected"]
        return Said(
            code=process.returncode, out=out, err=err, peak=told["peak_kib"], connected=tuple(told["connected"])
        )

    def run(self) -> Said:
        """The daily run of the day."""
        return self("run", "--plain", "--date", mornings.the_day(self.day).isoformat(), "--json")

    def morning(self, day: int) -> None:
        """What has come overnight."""
        self.day = day
        mornings.play(self.pages, self.inner, day)
        arrived = int(self.now.timestamp()) - 3600
        self.boxes.put("alerts", mornings.alert(day), f"{arrived}.alert")
        saved = self.root / "drops" / f"saved-{mornings.the_day(day)}.txt"
        saved.write_text(mornings.saved_page(day), encoding="utf-8")
        os.utime(saved, (arrived, arrived))
        self.configure(cellar=day == 9)

    def configure(self, *, cellar: bool = False) -> None:
        """sources.toml; cellar: with an entry for a server in the house that nobody has allowed to be asked."""
        config = self.root / "desk" / "config"
        rows = [
            f'[[source]]\nname = "{source}"\nurl = "{self.pages.url("/" + source)}"\n'
            "allow_private = true\ntimeout = 1\n"
            for source in mornings.FEEDS
            if source != "moved"
        ]
        rows += [
            f'[[source]]\nname = "moved"\nurl = "http://{mornings.PUBLIC[0]}/moved"\ntimeout = 1\n',
            '[[source]]\nname = "saved"\nfiles = ["saved-*"]\nfolder = "../drops"\nmove = true\n',
            f'[[source]]\nname = "alerts"\nmailbox = "{self.boxes.url("alerts")}"\npassword = "env:LOOP_ALERTS"\n'
            'from = ["arxiv.org"]\nallow_private = true\n',
        ]
        if cellar:
            rows.append(f'[[source]]\nname = "cellar"\nurl = "{self.inner.url("/cellar")}"\n')
        (config / "sources.toml").write_text("\n".join(rows), encoding="utf-8")

    # Reading back.

    def had(self) -> list[Had]:
        """All digests in the readers' mailboxes, once the mail server has put all it took there."""
        return [
            Had(f"{user}@example.net", mail) for user in READERS for mail in mails(self.boxes, user, PASSWORDS[user])
        ]

    def arrived(self) -> None:
        """Wait until all that the server took is in a mailbox."""
        self.gate.rest()
        taken = self.gate.taken.total()
        for _ in range(400):
            there = sum(self.count(user) for user in (*READERS, "operator"))
            if there >= taken:
                assert there == taken, "mails that did not come through the gate"
                return
            time.sleep(0.05)
        raise AssertionError(f"the server took {taken} mails and delivered {there}")

    def count(self, user: str, *words: str) -> int:
        """How many mails of a user a search finds."""
        with folder(self.boxes, user, PASSWORDS[user]) as client:
            return len(numbers(client, *(words or ("ALL",))))

    def digests(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What was published, by profile and day."""
        files = sorted((self.root / "desk" / "output").glob("*/*/digest.json"))
        return {
            (file.parts[-3], file.parts[-2]): json.loads(file.read_text(encoding="utf-8"))
            for file in files
            if file.parts[-3] in _PROFILES
        }

    def owed(self, left: Mapping[tuple[str, str], int]) -> list[Wanted]:
        """What the readers were to get until now; left: (address, profile) -> the first day without it."""
        return [
            (profile, day, f"{reader}@example.net")
            for (profile, day), digest in self.digests().items()
            if digest["shown"] or any(source["alarm"] for source in digest["sources"]) or profile in QUIET
            for reader in READERS
            if day < mornings.the_day(left.get((f"{reader}@example.net", profile), 99)).isoformat()
        ]

    def messages(self, *states: str) -> tuple[Message, ...]:
        """Rows of the outbox."""
        return self.store.outbox.messages(states, limit=10_000)


@contextmanager
def house(root: Path, chance: random.Random) -> Iterator[House]:
    """Everything started but the mail server."""
    with ExitStack() as stack:
        boxes = stack.enter_context(dovecot(PASSWORDS))
        server = stack.enter_context(post(boxes.mails, (*READERS, "digests", "operator")))
        gate = stack.enter_context(Gate(chance))
        desk = root / "desk"
        _furnish(desk, gate.port, boxes)
        (root / "drops").mkdir()
        yield House(
            root=root,
            pages=stack.enter_context(HostileServer()),
            inner=stack.enter_context(HostileServer()),
            boxes=boxes,
            post=server,
            gate=gate,
            scripted=stack.enter_context(scripted(boxes)),
            store=stack.enter_context(open_store(desk / "state" / "broadsheet.db", desk / "state" / "archive")),
        )


def _furnish(desk: Path, port: int, boxes: Dovecot) -> None:
    config = desk / "config"
    (config / "profiles").mkdir(parents=True)
    (desk / "state").mkdir()
    for name, (head, word) in _PROFILES.items():
        rule = f"{head}min_score = 1\n\n[[rule]]\nwhen = '{word}'\n"
        (config / "profiles" / f"{name}.toml").write_text(rule, encoding="utf-8")
    (config / "settings.toml").write_text(
        '[site]\ntag = "example.net,2024"\n\n[mail]\nsender = "Morning papers <digests@example.net>"\n',
        encoding="utf-8",
    )
    to = ", ".join(f'"{reader}@example.net"' for reader in READERS)
    readers = "\n".join(
        f'[[delivery]]\nname = "mail-{name}"\nto = [{to}]\nprofiles = ["{name}"]\n'
        f"quiet = {str(name in QUIET).lower()}\n"
        for name in _PROFILES
    )
    (config / "deliveries.toml").write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\ntimeout = 20\n\n'
        f'[unsubscribe]\nmailbox = "{boxes.url("digests")}"\npassword = "env:LOOP_DIGESTS"\n\n'
        f'[operator]\nmail = "operator@example.net"\n\n{readers}',
        encoding="utf-8",
    )


def words_of(digest: Mapping[str, Any]) -> Sequence[str]:
    """The titles of a published digest, in its order, their white space folded."""
    rows = [row for section in digest["sections"] for row in section["rows"]]
    return [" ".join(row["change"]["paper"]["best"]["title"].split()) for row in rows]
