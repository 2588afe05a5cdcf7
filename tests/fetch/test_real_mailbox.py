"""The same against a real server (Dovecot): mails in a Maildir, TLS, folders with odd names, a request honoured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadsheet import config, leaving
from broadsheet.access import Access
from broadsheet.errors import DeliveryError
from broadsheet.fetch.mailbox import Letter, Mark, letters
from broadsheet.store import open_store
from tests.dovecot import Dovecot, dovecot

pytestmark = pytest.mark.mailservers

USERS = {"anna": 'g"eh\\eim 47', "bea@example.org": "schlüssel"}


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot(USERS) as found:
        yield found


@pytest.fixture
def server(running: Dovecot) -> Dovecot:
    """With no mail in it."""
    for file in running.mails.rglob("*"):
        if file.is_file():
            file.unlink()
    return running


def read(
    server: Dovecot,
    mark: Mark,
    url: str = "",
    *,
    user: str = "anna",
    limit: int = 1 << 20,
    senders: tuple[str, ...] = (),
) -> list[tuple[Mark, Letter | None]]:
    place = url or server.url(user)
    found = letters(
        place,
        USERS[user],
        mark,
        since=date(2000, 1, 1),
        limit=limit,
        senders=senders,
        allow_private=True,
        ca=server.certificate,
    )
    return list(found)


def mail(number: int, sender: str = "=?utf-8?q?J=C3=BCrgen?= <j@example.org>", size: int = 5) -> bytes:
    return f"From: {sender}\r\nSubject: Mail {number}\r\n\r\n".encode() + b"x" * size + b"\r\n"


def test_mails_come_once_and_stay_as_they_were(server: Dovecot) -> None:
    files = [server.put("anna", mail(number), f"170000000{number}.a") for number in range(3)]
    first = read(server, Mark())
    assert [letter.content for _, letter in first if letter] == [mail(0), mail(1), mail(2)]
    # Still new, and without a flag.
    assert all(file.exists() for file in files)
    behind = first[-1][0]
    assert read(server, behind) == []
    server.put("anna", mail(3, "other@example.org"), "1700000003.a")
    server.put("anna", mail(4, size=3 << 20), "1700000004.a")
    server.put("anna", mail(5), "1700000005.a")
    later = read(server, behind, senders=("jürgen",))
    assert [letter.content for _, letter in later if letter] == [b"", mail(5)]
    assert later[0][1] is not None
    assert "has 3.0 MiB, more than the 1.0 MiB allowed" in later[0][1].told


def test_the_first_look_goes_back_to_a_day_and_no_further(server: Dovecot) -> None:
    for day, number in ((1, 1), (20, 2), (21, 3)):
        arrived = datetime(2026, 6, day, 12, tzinfo=UTC)
        server.put("anna", mail(number), f"{arrived.timestamp():.0f}.a")
    found = letters(
        server.url("anna"), USERS["anna"], Mark(), since=date(2026, 6, 20), limit=1 << 20, allow_private=True
    )
    assert [letter.content for _, letter in found if letter] == [mail(2), mail(3)]


def test_by_tls_with_a_checked_certificate(server: Dovecot) -> None:
    server.put("anna", mail(1), "1700000001.a")
    url = server.url("anna", tls=True)
    assert len(read(server, Mark(), url)) == 1
    with pytest.raises(DeliveryError, match="its certificate is not valid"):
        read(server, Mark(), url.replace("localhost", "127.0.0.1"))


def test_a_user_with_a_password_beyond_ascii(server: Dovecot) -> None:
    server.put("bea@example.org", mail(1), "1700000001.a")
    assert len(read(server, Mark(), user="bea@example.org")) == 1


def test_a_folder_with_an_odd_name(server: Dovecot) -> None:
    server.put("anna", mail(1), "1700000001.a", "Lesen &APw-bung [x] &-")
    found = read(server, Mark(), server.url("anna", "Lesen übung [x] &"))
    assert [letter.content for _, letter in found if letter] == [mail(1)]


def test_what_the_server_refuses_is_final(server: Dovecot) -> None:
    with pytest.raises(DeliveryError, match="the folder cannot be opened: Mailbox doesn't exist") as caught:
        read(server, Mark(), server.url("anna", "Nowhere"))
    assert not caught.value.transient
    with pytest.raises(DeliveryError, match="log-in was refused") as caught:
        list(letters(server.url("anna"), "wrong", Mark(), since=date(2000, 1, 1), limit=1, allow_private=True))
    assert not caught.value.transient


def test_a_request_in_a_real_mailbox_is_honoured_once(server: Dovecot, tmp_path: Path) -> None:
    now = datetime(2026, 6, 3, 6, tzinfo=UTC)
    minute = int(now.timestamp()) - 60
    server.put("anna", b"From: Bea <BEA@example.org>\r\nSubject: Re: unsubscribe serving\r\n\r\n", f"{minute}.a")
    server.put("anna", b"From: bea@example.org\nSubject: Lunch\n\nunsubscribe graphs\n", f"{minute + 1}.a")
    deliveries = config.Deliveries(
        unsubscribe=config.Unsubscribe(mailbox=server.url("anna"), password="env:IMAP"),  # noqa: S106
        deliveries=(
            config.Delivery(name="mails", kind="smtp", to=("bea@example.org",), profiles=("serving", "graphs")),
        ),
    )
    access, told = Access(environment={"IMAP": USERS["anna"]}), list[str]()
    with open_store(f"sqlite:///{tmp_path / 'broadsheet.db'}", tmp_path / "archive") as store:
        for expected in (1, 0):
            found = leaving.honour(store, deliveries, config.Settings(), access=access, now=now, tell=told.append)
            assert found == expected
        assert store.leavers.all() == {("bea@example.org", "serving")}
    assert len(told) == 1
