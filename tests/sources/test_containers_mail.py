"""What comes out of mails, mailboxes and Gmail's answers."""

from __future__ import annotations

import base64
import gzip
import json
import random
from typing import Any

import pytest

from broadsheet import sources
from tests.pages import AGENT, CACHE, ORCHID, page
from tests.sources.holding import (
    LISTING,
    MODIFIED,
    OTHER,
    POSTED,
    Opened,
    attached,
    file,
    mail,
    mailbox,
    multipart,
    opened,
    zipped,
)

HTML = b"<html><body><p>A weekly letter about gardens, with nothing in it that is listed anywhere.</p></body></html>"
NEWS = b"Dear reader,\nit rained all week, and nothing was written.\n"


def test_the_body_of_a_mail_is_a_dump_without_the_header() -> None:
    found = opened(mail(), "letter.eml")
    (dump,) = found.dumps
    assert (dump.name, dump.content, dump.posted) == ("letter.eml/body", LISTING, POSTED)
    assert (found.problems, found.refused) == ([], [])
    assert len(sources.parse(dump).entries) == 2


@pytest.mark.parametrize(
    ("body", "kind", "encoding"),
    [
        (LISTING, "text/plain; charset=utf-8", "8bit"),
        (LISTING.replace(b"\n", b"\r\n"), "text/plain", "7bit"),
        (base64.encodebytes(LISTING), "text/plain; charset=utf-8", "base64"),
        (
            LISTING.replace(b"the", b"t=68e").replace(b"\n", b" =\n\n").replace(b" =\n\n", b"\n"),
            "text/plain",
            "quoted-printable",
        ),
        (LISTING.decode().encode("utf-16"), "text/plain; charset=utf-16", "binary"),
        (LISTING, "text/plain; charset=no-such-charset", "8bit"),
        (LISTING, "text/plain; charset*=broken''x", "no-such-encoding"),
        (base64.encodebytes(LISTING)[:-3] + b"!!", "text/plain", "base64"),
    ],
)
def test_encodings_of_a_mail_are_undone_and_malformed_ones_survive(body: bytes, kind: str, encoding: str) -> None:
    (dump,) = opened(mail(body, kind=kind, encoding=encoding)).dumps
    assert len(sources.parse(dump).entries) == 2
    assert dump.content.startswith(LISTING[:200])


def test_a_charset_that_is_not_utf_8_becomes_it() -> None:
    papers = [("Über die Kälte des Käfers", "Ein Käfer friert. Wir messen, wie sehr, an tausend Käfern im Winter.")]
    text = page("Jun 1", papers)
    (dump,) = opened(mail(text.encode("latin-1"), kind="text/plain; charset=iso-8859-1")).dumps
    assert dump.content == text.encode()
    (dump,) = opened(mail(text.encode("cp1252"), kind="text/plain; charset=utf-8")).dumps
    assert dump.content == text.encode()


def test_the_same_mail_is_the_same_dump_however_it_is_kept() -> None:
    body = b"From the editors: nothing.\n\n" + LISTING
    alone = mail(body)
    ways = [
        alone,
        alone.replace(b"\n", b"\r\n"),
        mail(base64.encodebytes(body), encoding="base64"),
        mailbox([alone]),
        multipart("alternative", [("Content-Type: text/plain", body), ("Content-Type: text/html", HTML)]),
        gmail([message(body)]),
    ]
    assert len({dump.sha256 for way in ways for dump in opened(way).dumps}) == 1


def test_of_several_forms_the_one_that_a_format_knows_is_taken() -> None:
    plain, html = ("Content-Type: text/plain; charset=utf-8", LISTING), ("Content-Type: text/html", HTML)
    for parts in ([plain, html], [html, plain]):
        found = opened(multipart("alternative", parts))
        assert (found.contents, found.problems) == ([LISTING], [])
    swapped = [("Content-Type: text/plain", NEWS), ("Content-Type: text/html; charset=utf-8", LISTING)]
    assert opened(multipart("alternative", swapped)).contents == [LISTING]


def test_attached_files_are_dumps_of_their_own_and_are_opened() -> None:
    parts = [
        ("Content-Type: text/plain", LISTING),
        attached("more.txt.gz", gzip.compress(OTHER, mtime=0)),
        attached("logo.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        attached("odd.bin", b"\0\1\2\3 nothing that is known"),
    ]
    found = opened(multipart("mixed", parts), "x.eml")
    assert sorted(found.names) == ["x.eml/body", "x.eml/more.txt.gz/more.txt"]
    assert set(found.contents) == {LISTING, OTHER}
    assert {dump.posted for dump in found.dumps} == {POSTED}
    assert {problem.level for problem in found.problems} == {"note", "warning"}
    told = " ".join(problem.reason + problem.text for problem in found.problems)
    assert "logo.png" in told
    assert "odd.bin" in told
    assert found.refused == []


def test_an_attached_file_is_its_bytes_and_not_its_text() -> None:
    windows = LISTING.replace(b"\n", b"\r\n") + b"\r\n\r\n"
    (dump,) = opened(multipart("mixed", [attached("papers.txt", windows, "text/plain")])).dumps
    assert dump.content == windows


def test_a_forwarded_mail_is_opened() -> None:
    parts = [("Content-Type: text/plain", NEWS), ("Content-Type: message/rfc822", mail())]
    found = opened(multipart("mixed", parts))
    assert found.contents == [LISTING]


def test_a_mail_without_a_listing_is_one_member_called_by_its_subject() -> None:
    for raw in (
        mail(NEWS, subject="=?utf-8?q?G=C3=A4rten_im_Juni?="),
        multipart("alternative", [("Content-Type: text/plain", NEWS), ("Content-Type: text/html", HTML)]).replace(
            b"Daily papers", "Gärten im Juni".encode()
        ),
        mail(b"", subject="=?utf-8?b?R8OkcnRlbiBpbSBKdW5p?="),
    ):
        found = opened(raw, "x.eml")
        assert (found.dumps, len(found.refused)) == ([], 1)
        assert "is a mail with the subject 'Gärten im Juni', in which" in found.reasons[0]


def test_mails_of_a_mailbox_each_have_their_own_date_and_verdict() -> None:
    mails = [
        mail(),
        mail(NEWS, subject="Gardens"),
        mail(OTHER, date="Tue, 02 Jun 2026 05:00:00 +0000"),
        b"no header at all",
    ]
    found = opened(mailbox(mails), "alerts-2026-01-01.mbox")
    assert found.names == ["alerts-2026-01-01.mbox/mail 1/body", "alerts-2026-01-01.mbox/mail 3/body"]
    assert [dump.posted.isoformat() if dump.posted else "" for dump in found.dumps] == [
        "2026-06-01T05:30:00+00:00",
        "2026-06-02T05:00:00+00:00",
    ]
    assert [refused.error.dump for refused in found.refused] == [
        "alerts-2026-01-01.mbox/mail 2/body",
        "alerts-2026-01-01.mbox/mail 4/body",
    ]
    assert "'Gardens'" in found.reasons[0]


def test_a_growing_mailbox_brings_only_its_new_mails() -> None:
    mails = [mail(page("Jun 1", [paper]).encode()) for paper in (CACHE, AGENT, ORCHID)]
    before = {dump.sha256 for dump in opened(mailbox(mails[:2])).dumps}
    after = {dump.sha256 for dump in opened(mailbox(mails)).dumps}
    assert (len(before), len(after - before), before - after) == (2, 1, set())


def test_a_mail_is_dated_by_itself_and_not_by_the_mailbox_it_lies_in() -> None:
    # Without a date of its own the page says nothing; neither does the name of the file that holds many mails.
    text = page("Jun 1", [CACHE]).replace("Jun 1\n", "")
    (dump,) = opened(mailbox([mail(text.encode())]), "archive-2020-01-01.mbox").dumps
    assert dump.posted == dump.modified == POSTED
    assert sources.parse(dump).taken.date() == POSTED.date()


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026", "Mon, 01 Jun 99999 00:00:00 +9999"])
def test_a_mail_without_a_sound_date_has_that_of_its_way(date: str) -> None:
    (dump,) = opened(mail(date=date)).dumps
    assert dump.posted is not None
    assert dump.posted.isoformat() == "2026-06-01T05:31:00+00:00"
    (dump,) = opened(mail(date=date).replace(b"Received:", b"Return-Path:")).dumps
    assert (dump.posted, dump.modified) == (None, MODIFIED)


def message(body: bytes, **more: Any) -> dict[str, Any]:
    return {
        "id": more.pop("id", "16ab"),
        "threadId": "16ab",
        "labelIds": ["INBOX"],
        "internalDate": "1780291800000",
        "payload": {
            "mimeType": "text/plain",
            "headers": [{"name": "Subject", "value": "Daily"}, {"name": "Date", "value": more.pop("date", "")}],
            "body": {"data": base64.urlsafe_b64encode(body).decode().rstrip("="), "size": len(body)},
            **more,
        },
    }


def gmail(messages: Any) -> bytes:
    return json.dumps(messages, indent=1).encode()


def test_gmail_answers_hold_mails() -> None:
    found = opened(gmail([message(LISTING, id="a1"), message(OTHER, id="b2")]), "read.json")
    assert found.names == ["read.json/a1/body", "read.json/b2/body"]
    assert found.contents == [LISTING, OTHER]
    assert {dump.posted for dump in found.dumps} == {POSTED}
    for shape in (
        gmail({"messages": [message(LISTING)]}),
        gmail(message(LISTING)),
        b"\n".join(json.dumps(one).encode() for one in (message(LISTING), message(OTHER))),
    ):
        assert opened(shape).contents[0] == LISTING


def test_gmail_parts_and_raw_mails_are_read() -> None:
    parts = [
        {"mimeType": "text/html", "body": {"data": base64.urlsafe_b64encode(HTML).decode()}},
        {"mimeType": "text/plain", "body": {"data": base64.urlsafe_b64encode(LISTING).decode()}},
    ]
    whole = message(b"", mimeType="multipart/alternative", parts=parts)
    raw = {
        "id": "r",
        "threadId": "r",
        "labelIds": [],
        "raw": base64.urlsafe_b64encode(mail(OTHER)).decode().rstrip("="),
    }
    found = opened(gmail([whole, raw]))
    assert found.contents == [LISTING, OTHER]
    assert found.dumps[1].posted == POSTED


def test_a_damaged_message_of_gmail_costs_itself_only() -> None:
    broken: list[Any] = [
        {"id": "x", "threadId": "x"},
        {"id": "y", "payload": {"mimeType": "text/plain", "body": {"data": "A"}}},
        7,
        message(LISTING),
    ]
    found = opened(gmail(broken))
    assert found.contents == [LISTING]
    assert len(found.refused) == 3
    found = opened(gmail(broken)[:-40])
    assert (found.dumps, len(found.refused)) == ([], 1)
    assert "no sound JSON" in found.reasons[0]


def test_what_merely_looks_like_a_mail_is_none() -> None:
    for text in (
        b"Date: Mon, 1 Jun 26 00:31:14 GMT\nSubject: math daily 13 new + 4 crosses received\n\nlisting\n",
        b"Title: A\nFrom: B\nAbstract: C\n\n",
        b"From here on it is text.\nDate: later\n",
        b"TY  - JOUR\nTI  - From\nER  - \n",
    ):
        assert sources.container_of(file(text)) is None


def test_damaged_mails_never_raise() -> None:
    parts = [("Content-Type: text/plain", LISTING), attached("a.zip", zipped([("a.txt", OTHER)]))]
    whole = [multipart("mixed", parts), mailbox([mail(), mail(OTHER)]), gmail([message(LISTING), message(OTHER)])]
    chance = random.Random(11)  # noqa: S311
    for raw in whole:
        for _ in range(150):
            damaged = bytearray(raw[: chance.randrange(1, len(raw) + 1)])
            for _ in range(chance.randrange(4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            for dump in Opened(file(bytes(damaged))).dumps:
                assert dump.name.isprintable()


def test_a_page_that_a_browser_saved_in_one_file_is_opened_like_a_mail() -> None:
    raw = (
        b"From: <Saved by Blink>\nSnapshot-Content-Location: https://example.org/list\nSubject: Papers\n"
        b"Date: Mon, 1 Jun 2026 05:30:00 -0000\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/related;\n\ttype="text/html";\n\tboundary="----edge"\n\n\n'
        b"------edge\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
        + LISTING.replace(b"=", b"=3D")
        + b"\n------edge\nContent-Type: text/css\nContent-Transfer-Encoding: 8bit\n\nbody { color: red }\n"
        b"------edge\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n------edge--\n"
    )
    found = opened(raw, "list.mhtml")
    assert (found.contents, found.dumps[0].posted, found.refused) == ([LISTING], POSTED, [])
    assert {problem.level for problem in found.problems} == {"note"}
