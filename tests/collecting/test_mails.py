from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from broadsheet.errors import DeliveryError
from broadsheet.fetch.mailbox import Letter, Mark
from tests.collecting.bench import NOW, Bench

BOX = """
[[source]]
name = "mails"
mailbox = "imaps://me@imap.example.org/INBOX"
password = "env:IMAP"
from = ["arxiv.org"]
days = 3
limit_mib = 1
"""
MAIL = b"From: no-reply@arxiv.org\r\nDate: Mon, 01 Jun 2026 00:10:00 +0000\r\n\r\nhello"


def test_mails_are_brought_once_each_under_their_number_and_day(bench: Bench) -> None:
    bench.sources(BOX)
    bench.box.mails = [Letter(uid=3, content=MAIL), Letter(uid=9, content=b"no head at all")]

    run = bench.collect(IMAP="horse")

    assert bench.inbox() == ["mails/mails-2026-06-01-7-3.eml", "mails/mails-2026-06-02-7-9.eml"]
    assert run.checked[0].told == "2 new mails"
    asked = bench.box.asked[0]
    assert (asked["url"], asked["password"], asked["mark"]) == ("imaps://me@imap.example.org/INBOX", "horse", Mark())
    assert (asked["since"], asked["senders"], asked["limit"]) == (date(2026, 5, 30), ("arxiv.org",), 1 << 20)
    again = bench.collect(IMAP="horse")
    assert (bench.outcomes(again), bench.box.asked[1]["mark"]) == ({"mails": "same"}, Mark(validity=7, uid=9))
    assert "horse" not in json.dumps([fetch.told + str(fetch.body) for fetch in fetches(bench)])


def fetches(bench: Bench) -> Sequence[Any]:
    with bench.run() as run:
        return run.store.fetches.all()


def test_a_mail_that_lies_there_is_not_written_again(bench: Bench) -> None:
    bench.sources(BOX)
    bench.box.mails = [Letter(uid=3, content=MAIL)]
    bench.collect(IMAP="horse")
    with bench.run() as run:  # as after a crash before the mark was written down
        run.store.fetches.put("mails", "imaps://me@imap.example.org/INBOX", NOW, "new", "", {})

    assert bench.outcomes(bench.collect(now=NOW + timedelta(days=1), IMAP="horse")) == {"mails": "same"}
    assert len(bench.inbox()) == 1


def test_a_conversation_that_breaks_keeps_what_came_before(bench: Bench) -> None:
    bench.sources(BOX)
    fault = DeliveryError("imap.example.org", "the connection broke; tried again later", transient=True)
    bench.box.mails = [Letter(uid=3, content=MAIL), fault]

    run = bench.collect(IMAP="horse")

    assert bench.outcomes(run) == {"mails": "later"}
    assert run.checked[0].told == "imap.example.org: the connection broke; tried again later; 1 new mail before that"
    assert len(bench.inbox()) == len(run.failures) == 1
    bench.box.mails = [Letter(uid=3, content=MAIL), Letter(uid=4, content=MAIL)]
    bench.collect(IMAP="horse")
    assert bench.box.asked[1]["mark"] == Mark(validity=7, uid=3)
    assert len(bench.inbox()) == 2


def test_a_mail_that_is_too_large_is_an_alarm_and_keeps_no_other(bench: Bench) -> None:
    bench.sources(BOX)
    bench.box.mails = [Letter(uid=3, content=b"", told="mail 3 is too large"), Letter(uid=4, content=MAIL)]

    run = bench.collect(IMAP="horse")

    assert (bench.outcomes(run), list(map(str, run.failures))) == ({"mails": "new"}, ["mails: mail 3 is too large"])
    assert bench.collect(IMAP="horse").failures == []


def test_a_missing_password_is_told_by_its_place(bench: Bench) -> None:
    bench.sources(BOX)
    run = bench.collect()
    assert bench.outcomes(run) == {"mails": "failed"}
    assert "the environment variable IMAP is not set" in run.checked[0].told
    assert bench.box.asked == []
