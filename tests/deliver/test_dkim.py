"""Mails signed, and what a receiver makes of the signature."""

from __future__ import annotations

import base64
import subprocess
import sys
import traceback

import pytest

from broadsheet.deliver.dkim import SIGNED, signed
from broadsheet.deliver.smtp_session import fault_in
from broadsheet.errors import DeliveryError
from tests.deliver.mails import MAIL

dkim = pytest.importorskip("dkim")

HEADERS = (
    "From: Papers <digests@example.org>",
    "To: <reader@example.net>",
    "Subject: =?utf-8?q?caf=C3=A9?=",
    " =?utf-8?q?_noir?=",
    "Date: Mon, 01 Jun 2026 00:00:00 +0000",
    "Message-ID: <made-up@example.org>",
    "List-Id: Papers <serving.example.org>",
    "List-Unsubscribe: <https://example.org/leave>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    "Precedence: bulk",
    "MIME-Version: 1.0",
    'Content-Type: text/plain; charset="utf-8"',
)
LETTER = "".join(f"{line}\r\n" for line in (*HEADERS, "", "one line", ".", "", "")).encode()


@pytest.fixture(scope="module", params=["genrsa 2048", "genrsa -traditional 2048"])
def key(request: pytest.FixtureRequest) -> str:
    found = subprocess.run(["openssl", *request.param.split()], capture_output=True, check=True)
    return found.stdout.decode()


def answer(key: str) -> bytes:
    """What the domain says of its key."""
    words = ["openssl", "rsa", "-pubout", "-outform", "DER"]
    public = subprocess.run(words, input=key.encode(), capture_output=True, check=True).stdout
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def good(content: bytes, key: str) -> bool:
    asked: list[bytes] = []

    def dns(name: bytes, **_: object) -> bytes:
        asked.append(name)
        return answer(key)

    found = bool(dkim.verify(content, dnsfunc=dns))
    assert asked == [b"mail2026._domainkey.example.org."]
    return found


def test_a_receiver_believes_it_and_nothing_that_was_changed(key: str) -> None:
    content = signed(LETTER, selector="mail2026", domain="example.org", key=key)
    assert content.endswith(LETTER)
    assert content.startswith(b"DKIM-Signature: ")
    assert fault_in(content) == ""
    assert good(content, key)
    for was, now in (
        (b"one line", b"two lines"),
        (b"<reader@", b"<other@"),
        (b"/leave>", b"/stay>"),
        (b"One-Click", b"Two-Clicks"),
        (b"01 Jun", b"02 Jun"),
        (b"<made-up", b"<made-down"),
        (b"text/plain", b"text/html"),
    ):
        assert not good(content.replace(was, now), key), was
    # What relays change on the way.
    assert good(content.replace(b"Subject: ", b"Subject:  ").replace(b"one line", b"one  line"), key)
    assert good(content.replace(b"Precedence: bulk\r\n", b"") + b"\r\n", key)


def test_all_that_matters_is_signed_and_only_what_is_there(key: str) -> None:
    head = signed(LETTER, selector="s", domain="example.org", key=key).partition(b"From: ")[0]
    tags = dict(part.strip().split("=", 1) for part in head.partition(b":")[2].decode().split(";"))
    assert [name.strip() for name in tags["h"].split(":")] == [name.lower() for name in SIGNED]
    assert (tags["a"], tags["c"], tags["d"]) == ("rsa-sha256", "relaxed/relaxed", "example.org")
    assert "l" not in tags
    assert b"list-id" not in signed(MAIL, selector="s", domain="example.org", key=key).partition(b"From: ")[0]


@pytest.mark.parametrize("damage", ["none", "cut", "words", "foreign"])
def test_a_key_that_is_none_is_named_and_not_shown(key: str, damage: str) -> None:
    wrong = {
        "none": "",
        "cut": key[: len(key) // 2],
        "words": "canary-of-a-key",
        "foreign": "canäry-of-a-key",
    }[damage]
    with pytest.raises(DeliveryError, match=r"check key in \[dkim\]: an RSA private key in PEM") as caught:
        signed(LETTER, selector="s", domain="example.org", key=wrong)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not [part for part in wrong.split() if len(part) > 12 and part in shown]


def test_without_the_extra_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(DeliveryError, match=r"pip install 'broadsheet\[dkim\]'"):
        signed(LETTER, selector="s", domain="example.org", key="x")
