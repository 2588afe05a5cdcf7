"""Collecting through the real ways: an HTTP server on loopback that misbehaves, and Dovecot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broadsheet import collecting
from broadsheet.collecting import Ways
from broadsheet.fetch import Fetcher
from tests.collecting.bench import PAPER
from tests.desk import Desk
from tests.fetch import hostile_server
from tests.fetch.hostile_server import HostileServer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def reader(desk: Desk) -> Desk:
    """A desk with a profile."""
    desk.profile("[[rule]]\nwhen = 'cache OR a'\n")
    return desk


def sources(desk: Desk, *texts: str) -> None:
    text = "\n".join(f"[[source]]\n{text}\nallow_private = true" for text in texts)
    (desk.root / "config" / "sources.toml").write_text(text, encoding="utf-8")


def test_a_morning_with_servers_that_misbehave(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient = Ways(fetcher=lambda _: Fetcher(contact="", version="1", sleep=lambda _: None))
    monkeypatch.setattr(collecting, "WAYS", impatient)
    with HostileServer() as server:
        server.on("/good", hostile_server.conditional(PAPER.encode(), etag='"1"'))
        server.on("/busy", hostile_server.later(7200))
        server.on("/cut", hostile_server.cut(b"<rss>" + b" " * 100, 5000))
        server.on("/endless", hostile_server.endless())
        pages = ("good", "busy", "cut", "endless")
        sources(reader, *(f"name = '{name}'\nurl = '{server.url(f'/{name}')}'\nlimit_mib = 1" for name in pages))

        first = reader.json("run", "--plain", code=3)
        second = reader.json("run", "--plain", code=3)

    outcomes = [{one["source"]: one["outcome"] for one in report["collected"]} for report in (first, second)]
    assert outcomes[0] == {"good": "new", "busy": "later", "cut": "later", "endless": "failed"}
    assert outcomes[1] == outcomes[0] | {"good": "same"}
    assert (first["new"], second["new"]) == (1, 0)
    # What was not had in full lies nowhere.
    files = [path for path in (reader.root / "dumps").rglob("*") if path.is_file()]
    assert [path.read_text(encoding="utf-8") for path in files] == [PAPER]
    assert "was not asked: 127.0.0.1 wants to be left alone" in second["collected"][1]["told"]


@pytest.mark.mailservers
def test_arxivs_mails_come_from_a_real_mailbox(reader: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.dovecot import dovecot

    body = (ROOT / "tests" / "data" / "arxiv-mail" / "daily.txt").read_bytes()
    head = b"From: no-reply@arxiv.org\nDate: Fri, 17 Mar 2023 00:31:14 +0000\nSubject: q-fin daily\n\n"
    monkeypatch.setenv("MAILBOX", "horse")
    with dovecot({"anna": "horse"}) as server:
        server.put("anna", head + body, "1780000000.one")
        server.put("anna", b"From: a friend\nSubject: hello\n\nno listing", "1780000001.two")
        url = f"imap://anna@{server.host}:{server.port}/INBOX"
        mailbox = f"name = 'mails'\nmailbox = '{url}'\npassword = 'env:MAILBOX'\nfrom = ['arxiv.org']\ndays = 9000"
        sources(reader, mailbox)

        first = reader.json("run", "--plain")
        second = reader.json("collect")

    assert [one["told"] for one in first["collected"] + second["collected"]] == ["1 new mail", "nothing new"]
    (dump,) = first["dumps"]
    assert (dump["source"], dump["format"], dump["taken"][:10]) == ("mails", "arxiv-mail", "2023-03-17")
    assert os.environ["MAILBOX"] not in "".join(map(str, (first, second)))
