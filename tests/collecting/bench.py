"""A workspace to collect for, with servers and mailboxes that answer what a test has laid out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet import collecting, pipeline
from broadsheet.access import Access
from broadsheet.collecting import Ways
from broadsheet.errors import DeliveryError
from broadsheet.fetch import Answer, Validators
from broadsheet.fetch import folder as taking
from broadsheet.fetch.mailbox import Letter, Mark
from broadsheet.running import Run
from broadsheet.setup import load, store_of
from broadsheet.store import open_store
from broadsheet.workspace import Workspace
from tests.pages import CACHE, page

NOW = datetime(2026, 6, 2, 6, 0, 0, tzinfo=UTC)
OLD = NOW - timedelta(hours=1)
PAPER = page("Jun 1", [CACHE])
FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><title>x</title></channel></rss>"


@dataclass
class Pages:
    """A fetcher whose servers answer what a test has laid out, in order; the last answer again and again."""

    answers: dict[str, list[Answer | Exception]] = field(default_factory=dict)
    asked: list[tuple[str, Validators]] = field(default_factory=list)

    def get(self, url: str, *, validators: Validators, timeout: int, limit: int, allow_private: bool) -> Answer:
        self.asked.append((url, validators))
        laid = self.answers[url]
        answer = laid.pop(0) if len(laid) > 1 else laid[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def new(content: bytes = FEED, *, etag: str = '"1"', media_type: str = "text/xml") -> Answer:
    return Answer(state="new", content=content, media_type=media_type, validators=Validators(etag=etag))


SAME = Answer(state="same", validators=Validators(etag='"1"'))


@dataclass
class Box:
    """A mailbox whose mails a test has laid out; an exception among them breaks the conversation there."""

    mails: list[Letter | DeliveryError] = field(default_factory=list)
    validity: int = 7
    asked: list[dict[str, Any]] = field(default_factory=list)

    def letters(self, url: str, password: str, mark: Mark, **named: Any) -> Iterator[tuple[Mark, Letter | None]]:
        self.asked.append({"url": url, "password": password, "mark": mark, **named})
        for mail in self.mails:
            if isinstance(mail, DeliveryError):
                raise mail
            if mail.uid > mark.uid or mark.validity != self.validity:
                yield Mark(validity=self.validity, uid=mail.uid), mail


class Bench:
    """A workspace that is collected for, morning after morning."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root=root)
        self.drop = root / "drop"
        self.drop.mkdir()
        (root / "config" / "profiles").mkdir(parents=True)
        (root / "config" / "profiles" / "p.toml").write_text("[[rule]]\nwhen = 'cache'\n", encoding="utf-8")
        self.pages, self.box = Pages(), Box()

    @property
    def ways(self) -> Ways:
        return Ways(fetcher=lambda _: nullcontext(self.pages), letters=self.box.letters)

    def sources(self, text: str) -> None:
        (self.workspace.config / "sources.toml").write_text(text, encoding="utf-8")

    def folder(self, more: str = "") -> None:
        self.sources(f"[[source]]\nname = 'drop'\nfiles = ['*.txt']\nfolder = 'drop'\n{more}")

    def page(self, more: str = "", url: str = "https://example.org/feed", name: str = "feed") -> None:
        self.sources(f"[[source]]\nname = '{name}'\nurl = '{url}'\n{more}")

    def save(self, name: str | bytes, content: str = PAPER, *, at: datetime = OLD) -> Path:
        path = self.drop / os.fsdecode(name)
        path.write_text(content, encoding="utf-8")
        os.utime(path, (at.timestamp(), at.timestamp()))
        return path

    @contextmanager
    def run(
        self, *, now: datetime = NOW, dumps: Sequence[Path] = (), secrets: Mapping[str, str] | None = None
    ) -> Iterator[Run]:
        setup = load(self.workspace)
        with open_store(store_of(setup), self.workspace.state / "archive") as store:
            run = pipeline.begin(setup, store, now.date(), now, dumps)
            run.access = Access(environment=secrets or {})
            yield run

    def collect(self, *, now: datetime = NOW, **secrets: str) -> Run:
        with self.run(now=now, secrets=secrets) as run:
            collecting.collect(run, self.ways)
        return run

    def inbox(self) -> list[str]:
        """All that lies there, hidden files too."""
        dumps = self.workspace.dumps
        return sorted(str(path.relative_to(dumps)) for path in dumps.rglob("*") if not path.is_dir())

    def outcomes(self, run: Run) -> dict[str, str]:
        return {checked.source: checked.outcome for checked in run.checked}


def tells_of_writers(folder: Path) -> bool:
    """Whether the file system of a folder tells who has a file open for writing."""
    path = folder / "probe"
    path.write_bytes(b"")
    with path.open("rb+") as writer, path.open("rb") as reader:
        writer.flush()
        found = taking.has_writer(reader.fileno())
    path.unlink()
    return found
