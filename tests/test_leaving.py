"""Unsubscribe mails: which are requests, what they change, and that none is missed, forgotten or done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet import config, leaving
from broadsheet.access import Access
from broadsheet.delivering import owed_of
from broadsheet.errors import BroadsheetError, DeliveryError
from broadsheet.render.mail.headers import leaving_of
from broadsheet.store import EVERY, Store, has_left, open_store
from broadsheet.types import Digest
from tests.desk import Desk
from tests.fetch.imap_server import ImapServer

NOW = datetime(2026, 6, 3, 6, tzinfo=UTC)
PASSWORD = "geheim-47"  # noqa: S105
ANNA = "Anna@Example.org"
BEA = "bea+papers@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'broadsheet.db'}", tmp_path / "archive") as opened:
        yield opened


class Household:
    """Receivers, the mailbox their requests arrive in, and what the operator heard."""

    def __init__(self, store: Store, server: ImapServer) -> None:
        self.store, self.server = store, server
        self.told: list[str] = []
        self.now = NOW

    @property
    def deliveries(self) -> config.Deliveries:
        mails = config.Delivery(name="mails", kind="smtp", to=(ANNA, BEA), profiles=("serving", "Graph-Nets"))
        folder = config.Delivery(name="folder", kind="folder", to=("cleo@example.org",))
        box = config.Unsubscribe(mailbox=self.server.url(), password="env:IMAP")  # noqa: S106
        return config.Deliveries(unsubscribe=box, deliveries=(mails, folder))

    def arrive(self, subject: str, sender: str = ANNA, *, more: str = "") -> None:
        number = max(self.server.mails, default=0) + 1
        self.server.mails[number] = f"From: {sender}\r\nSubject: {subject}\r\n{more}\r\nhello\r\n".encode()

    def honour(self) -> int:
        self.told.clear()
        return leaving.honour(
            self.store,
            self.deliveries,
            config.Settings(),
            access=Access(environment={"IMAP": PASSWORD}),
            now=self.now,
            tell=self.told.append,
        )


@pytest.fixture
def house(store: Store) -> Iterator[Household]:
    with ImapServer() as server:
        yield Household(store, server)


def quiet(profile: str) -> Digest:
    """A digest that shows nothing."""
    return Digest(
        profile=profile,
        title="T",
        day=NOW.date(),
        timezone="UTC",
        from_seq=0,
        to_seq=0,
        min_score=0,
        limit=9,
        sections=(),
        held_back=(),
        muted=(),
        unmatched=0,
        considered=0,
        sources=(),
    )


# What is a request.


@pytest.mark.parametrize(
    ("subject", "rest"),
    [
        ("unsubscribe serving", "serving"),
        ("UNSUBSCRIBE  \t Serving ", "Serving"),
        ("Re: unsubscribe serving", "serving"),
        ("AW: Re[2]: Fwd: unsubscribe serving", "serving"),
        ("=?utf-8?b?dW5zdWJzY3JpYmUgc2VydmluZw==?=", "serving"),
        ("=?utf-8?q?unsub?=\r\n =?utf-8?q?scribe_serving?=", "serving"),
        ('Unsubscribe: "serving".', "serving"),
        ("unsubscribe", ""),
        ("Unsubscribe!", ""),
        ("unsubscribe serving, graph-nets", "serving, graph-nets"),
        ("please unsubscribe me", None),
        ("unsubscribed: thoughts", None),
        ("unsubscribe-me", None),
        ("How to unsubscribe serving", None),
        ("", None),
    ],
)
def test_a_subject_that_begins_with_the_word_is_a_request(subject: str, rest: str | None) -> None:
    found = leaving.request_of(f"From: A <{ANNA}>\r\nSubject: {subject}\r\n\r\nx".encode())
    assert (found.rest if found else None) == rest
    assert found is None or found.sender == "anna@example.org"


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: Auto-Replied; owner-email=anna@example.org",
        "auto-submitted: auto-notified",
        "Content-Type: multipart/report; report-type=delivery-status",
        "Return-Path: <>",
        "From: somebody@example.org",
    ],
)
def test_what_a_program_wrote_or_nobody_signed_is_none(head: str) -> None:
    request = f"From: {ANNA}\r\nSubject: unsubscribe serving\r\n"
    assert leaving.request_of(f"{request}\r\n".encode())
    assert leaving.request_of(f"{request}{head}\r\n\r\n".encode()) is None


def test_a_request_that_a_mail_program_makes_by_itself_is_one() -> None:
    head = f"From: {ANNA}\r\nSubject: unsubscribe serving\r\nAuto-Submitted: auto-generated\r\n"
    assert leaving.request_of(f"{head}Return-Path: <{ANNA}>\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("anna@example.org", "anna@example.org"),
        ("=?utf-8?q?J=C3=BCrgen?= <Anna@Example.ORG>", "anna@example.org"),
        ('"Doe, Anna" <anna@example.org>', "anna@example.org"),
        ("Doe, Anna <anna@example.org>", "anna@example.org"),
        ("anna@example.org (Anna)", "anna@example.org"),
        ('"bea@example.org" <anna@example.org>', "anna@example.org"),
        ("=?utf-8?q?=3Cbea=40example=2Eorg=3E?= <anna@example.org>", "anna@example.org"),
        ("anna@example.org, bea@example.org", None),
        ("<anna@example.org> <bea@example.org>", None),
        ("<anna@example.org", "anna@example.org"),
        ("anna", None),
        ("", None),
    ],
)
def test_who_asks_is_the_one_address_that_a_mail_is_from(sender: str, address: str | None) -> None:
    found = leaving.request_of(f"From: {sender}\r\nSubject: unsubscribe serving\r\n\r\n".encode())
    assert (found.sender if found else None) == address


@example(b"=?utf-8?b?=?=", b"unsubscribe =?utf-8?q?=ff\xff?=")
@example(b"<a@example.org>, \xff", b"=?x-no?q?unsubscribe?=")
@example(b"a@example.org", b"unsubscribe =?utf-8*\x00?b?AAAA?= \\ud800 \\u12")
@example(b"a@example.org", b"Re: " * 5000 + b"unsubscribe")
@given(st.binary(), st.binary())
def test_no_bytes_make_it_stumble(sender: bytes, subject: bytes) -> None:
    for content in (b"From: " + sender + b"\nSubject: " + subject, sender + b"\r\n\r\n" + subject):
        found = leaving.request_of(content)
        if found:
            found.subject.encode()
            assert found.subject.isprintable() or "\n" not in found.subject
            leaving.profiles_of(found.rest, {"serving"})


@given(st.text(), st.sets(st.text(min_size=1)))
def test_only_known_profiles_are_named(rest: str, known: set[str]) -> None:
    assert set(leaving.profiles_of(rest, known)) <= known | {EVERY}


@pytest.mark.parametrize(
    ("rest", "named"),
    [
        ("serving", ("serving",)),
        ("SERVING", ("serving",)),
        ("two words", ("two words",)),
        ("serving, Graph-nets; nothing", ("serving", "Graph-Nets")),
        ("", (EVERY,)),
        ("me from all please", (EVERY,)),
        ("all serving", ("serving",)),
        ("cooking", ()),
        ("*", ()),
    ],
)
def test_profiles_are_found_however_they_are_written(rest: str, named: tuple[str, ...]) -> None:
    assert leaving.profiles_of(rest, {"serving", "Graph-Nets", "two words"}) == named


@pytest.mark.parametrize("name", ["serving", "Graph-Nets", "größe & 100%", "unsubscribe"])
def test_what_our_mails_offer_is_understood(name: str) -> None:
    digest = quiet(name)
    offered = urlsplit(leaving_of(digest, config.Site(), config.Mail(), ANNA).mailto)
    (subject,) = parse_qs(offered.query)["subject"]
    found = leaving.request_of(f"From: {ANNA}\r\nSubject: {subject}\r\n\r\n".encode())
    assert found
    assert leaving.profiles_of(found.rest, {name, "other"}) == (name,)


# What a request changes.


def test_a_receiver_is_left_out_and_the_operator_is_told(house: Household) -> None:
    house.arrive("unsubscribe serving", f"Anna <{ANNA.upper()}>")
    house.arrive("Lunch?", BEA)
    assert house.honour() == 1
    assert house.store.leavers.all() == {("anna@example.org", "serving")}
    (line,) = house.told
    assert "anna@example.org asked by mail to be left out of serving" in line
    assert "broadsheet deliver --welcome anna@example.org" in line
    (leaver,) = house.store.leavers.told()
    assert (leaver.at, leaver.told) == (NOW, "asked by mail: unsubscribe serving")


def test_who_left_is_owed_nothing_more(house: Household) -> None:
    house.arrive("unsubscribe serving")
    house.honour()
    digest = quiet("serving")
    deliveries = config.Deliveries(deliveries=(config.Delivery(name="mails", kind="smtp", to=(ANNA, BEA), quiet=True),))
    assert [owed.receiver for owed in owed_of(deliveries, digest, house.store.leavers.all())] == [BEA]


def test_without_a_name_it_is_every_profile_of_now_and_later(house: Household) -> None:
    house.arrive("unsubscribe", BEA)
    assert house.honour() == 1
    leavers = house.store.leavers.all()
    assert all(has_left(leavers, BEA.upper(), name) for name in ("serving", "not-yet-made"))
    assert not has_left(leavers, "bea@example.org", "serving")
    assert "every profile" in house.told[0]


@pytest.mark.parametrize("sender", ["bea@example.org", "mallory@example.org", "cleo@example.org"])
def test_who_is_no_receiver_changes_nothing_and_is_told_of(house: Household, sender: str) -> None:
    house.arrive("unsubscribe serving", sender)
    assert house.honour() == 0
    assert house.store.leavers.all() == frozenset()
    assert house.told == [f"{sender} asks to be left out, and is no receiver of any delivery; nothing was changed"]


def test_an_unknown_profile_changes_nothing_and_is_told_of(house: Household) -> None:
    house.arrive("unsubscribe cooking")
    assert house.honour() == 0
    assert "'cooking', which is no profile" in house.told[0]


def test_without_a_mailbox_nothing_happens(store: Store) -> None:
    assert leaving.honour(store, config.Deliveries(), config.Settings(), access=Access(), now=NOW) == 0
    assert store.fetches.all() == ()


def test_the_mailbox_is_only_read(house: Household) -> None:
    house.arrive("unsubscribe serving")
    house.honour()
    assert house.server.commands("EXAMINE")
    assert not [one for one in house.server.heard if one.startswith(("SELECT", "UID STORE", "STORE", "EXPUNGE"))]


# Once each, and none missed.


def test_a_request_is_honoured_once(house: Household) -> None:
    house.arrive("unsubscribe serving")
    assert house.honour() == 1
    house.store.leavers.remove(ANNA)
    house.now += timedelta(days=1)
    assert house.honour() == 0
    assert (house.told, house.store.leavers.all()) == ([], frozenset())
    house.arrive("unsubscribe serving")
    assert house.honour() == 1


def test_a_new_numbering_takes_no_welcome_back(house: Household) -> None:
    house.arrive("unsubscribe serving")
    house.honour()
    house.store.leavers.remove(ANNA)
    house.server.validity += 1
    house.server.heard.clear()
    house.now += timedelta(days=9)
    house.honour()
    # A day before the last look, and another one for the server's time zone.
    assert house.server.commands("UID SEARCH") == ["UID SEARCH SINCE 1-Jun-2026"]


def test_the_first_look_goes_back_some_days(house: Household) -> None:
    house.honour()
    assert house.server.commands("UID SEARCH") == ["UID SEARCH SINCE 3-May-2026"]


def test_days_without_the_mailbox_are_looked_at_again_though_it_is_numbered_anew(house: Household) -> None:
    house.honour()
    house.server.answers["LOGIN"] = b"{tag} NO [UNAVAILABLE] moving house\r\n"
    for _ in range(5):
        house.now += timedelta(days=1)
        with pytest.raises(DeliveryError):
            house.honour()
    del house.server.answers["LOGIN"]
    house.server.validity += 1
    house.server.heard.clear()
    house.honour()
    assert house.server.commands("UID SEARCH") == ["UID SEARCH SINCE 1-Jun-2026"]


def test_one_that_was_killed_before_the_mark_was_kept_loses_and_doubles_nothing(
    house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.arrive("unsubscribe serving")
    house.arrive("unsubscribe graph-nets", BEA)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(house.store.fetches, "put", die)
        with pytest.raises(Killed):
            house.honour()
    assert house.store.leavers.all() == {("anna@example.org", "serving")}
    house.now += timedelta(hours=1)
    assert house.honour() == 1
    assert [leaver.at for leaver in house.store.leavers.told()] == [NOW, NOW + timedelta(hours=1)]
    assert len(house.told) == 1


def test_a_connection_lost_in_the_middle_keeps_what_was_honoured_and_goes_on_there(house: Household) -> None:
    house.arrive("unsubscribe serving")
    house.arrive("unsubscribe graph-nets", BEA)
    house.server.answers["UID FETCH 2 (UID BODY"] = None
    with pytest.raises(DeliveryError) as caught:
        house.honour()
    assert caught.value.transient
    assert house.store.leavers.all() == {("anna@example.org", "serving")}
    (fetch,) = house.store.fetches.all()
    assert (fetch.source, fetch.outcome, fetch.body["uid"]) == ("unsubscribe", "later", 1)
    house.server.answers.clear()
    house.server.heard.clear()
    assert house.honour() == 1
    assert house.server.commands("UID SEARCH") == ["UID SEARCH UID 2:*"]


def test_a_wrong_password_is_kept_as_a_failure_without_it(house: Household) -> None:
    house.server.answers["LOGIN"] = f"{{tag}} NO {PASSWORD} is wrong\r\n".encode()
    with pytest.raises(DeliveryError) as caught:
        house.honour()
    assert not caught.value.transient
    (fetch,) = house.store.fetches.all()
    assert fetch.outcome == "failed"
    assert "log-in was refused" in fetch.told
    assert PASSWORD not in f"{fetch} {caught.value!r}"


def test_a_password_that_is_not_there_is_told(house: Household) -> None:
    with pytest.raises(BroadsheetError, match="variable IMAP is not set"):
        leaving.honour(house.store, house.deliveries, config.Settings(), access=Access(), now=NOW)
    assert house.server.heard == []


def test_nothing_new_is_kept_as_such(house: Household) -> None:
    house.arrive("unsubscribe serving")
    house.honour()
    house.now += timedelta(days=1)
    house.honour()
    (fetch,) = house.store.fetches.all()
    assert (fetch.outcome, fetch.checked) == ("same", house.now)
    assert fetch.body["uid"] == 1


# As the operator sees it.


def test_the_report_and_the_terminal_tell_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAP", PASSWORD)
    desk.profile('title = "Serving"\n[[rule]]\nname = "kv"\nwhen = "cache"\nweight = 1\n')
    with ImapServer({1: f"From: {ANNA}\r\nSubject: unsubscribe serving\r\n\r\n".encode()}) as server:
        (desk.root / "config" / "deliveries.toml").write_text(
            f'[smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
            f'[unsubscribe]\nmailbox = "{server.url()}"\npassword = "env:IMAP"\n'
            f'[[delivery]]\nname = "mails"\nkind = "smtp"\nto = ["{ANNA}"]\n'
        )
        # Nothing was cut yet, so that nobody knows the profile; the digest comes first, the mailbox behind it.
        (line,) = desk.run()["leaving"]
        assert "anna@example.org asked by mail to be left out of serving" in line
        server.mails[2] = f"From: {ANNA}\r\nSubject: unsubscribe cooking\r\n\r\n".encode()
        assert desk("deliver") == 0
        assert "'cooking', which is no profile" in desk.err
        assert desk("deliver", "--leavers") == 0
        assert "anna@example.org left serving" in desk.out
        server.answers["LOGIN"] = b"{tag} NO wrong\r\n"
        report = desk.run(code=3)
    assert report["leaving"] == []
    assert "the log-in was refused: wrong" in report["failures"][0]
    assert PASSWORD not in str(report) + desk.err
