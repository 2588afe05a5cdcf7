"""What is owed is sent, once, and what becomes of what cannot be: through the whole of it but for the server."""

from __future__ import annotations

import email
import json
import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import policy
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Self

import pytest

from broadsheet import config, delivering, pipeline
from broadsheet.access import Access
from broadsheet.config import Deliveries, Delivery
from broadsheet.deliver.outcome import Outcome
from broadsheet.delivering import Errand, owed_of, pause_after
from broadsheet.delivering.making import Maker
from broadsheet.store import Message, Owed, Store, open_store
from broadsheet.types import Digest, Ranked, Section, SourceReport
from broadsheet.workspace import Workspace
from tests.desk import Desk
from tests.pages import AGENT, CACHE, ORCHID, VIDEO

DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
PROFILE = """\
title = "Serving"
min_score = 1

[[rule]]
name = "cache"
when = 'cache OR agent'
"""
#: Nobody listens there.
SMTP = """\
[smtp]
host = "127.0.0.1"
port = 9
security = "none"
timeout = 1

"""
ME = """\
[[delivery]]
name = "me"
kind = "smtp"
to = ["you@example.org"]
"""


@dataclass
class Server:
    """A mail server, with what it says to the first, the second, ... message; to all others that it took it."""

    says: list[Outcome] = field(default_factory=list)
    #: Whether it says so before it has heard the dot.
    early: bool = False
    #: Called before it answers.
    meanwhile: Callable[[str], None] = lambda receiver: None
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    tried: list[bytes] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)

    def __call__(self, settings: config.Smtp, password: str) -> Server:
        self.passwords.append(password)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, sender: str, receiver: str, content: bytes, before_dot: Callable[[], None]) -> Outcome:
        says = self.says.pop(0) if self.says else Outcome(state="sent", told="250 taken")
        self.tried.append(content)
        if not self.early:
            before_dot()
        self.meanwhile(receiver)
        if says.state == "sent":
            self.mails.append((sender, receiver, content))
        return says


class Place:
    """A workspace with a digest that is cut and published, and what is owed for it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.workspace = Workspace(root=desk.root)
        desk.profile(PROFILE)
        desk.dump("2026-06-01.txt", [CACHE, AGENT, ORCHID])

    def deliveries(self, text: str) -> None:
        file = self.desk.root / "config" / "deliveries.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def cut(self, day: date = DAY, *, publish: bool = True, files: bool = False) -> None:
        """The run of a day, without sending; files: published in truth, and not only said to be."""
        now = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
        with pipeline.open_run(self.workspace, day=day, now=now) as run:
            pipeline.ingest(run, pipeline.collect(run))
            cut = pipeline.digest(run)
            if files:
                pipeline.publish(run, cut)
            elif publish:
                for one in cut:
                    run.store.published(one.profile, one.day, [])
            pipeline.finish(run)

    def store(self) -> AbstractContextManager[Store]:
        return open_store(self.workspace.state / "broadsheet.db", self.workspace.state / "archive")

    def send(
        self, server: Server, *, now: datetime = NOW, paused: bool = False, environment: dict[str, str] | None = None
    ) -> tuple[dict[str, int], list[str]]:
        """What an errand leaves behind, and what it said."""
        access = Access(environment=environment or {})
        with delivering.open_errand(self.workspace, now=now, access=access) as errand:
            counts = delivering.deliver(errand, paused=paused, connect=server)
            return counts, [str(failure) for failure in errand.failures]

    def messages(self) -> dict[str, Message]:
        with self.store() as store:
            return {message.receiver: message for message in store.outbox.messages()}

    def trail(self, receiver: str = "you@example.org") -> list[str]:
        with self.store() as store:
            return [event.after for event in store.outbox.events(self.messages()[receiver].id)]


@pytest.fixture
def place(desk: Desk) -> Place:
    place = Place(desk)
    place.deliveries(SMTP + ME)
    return place


# Who is owed what.


def digest_of(*, shown: bool = True, alarm: bool = False, profile: str = "serving") -> Digest:
    report = SourceReport(
        dump="a.txt",
        source="a",
        format="made",
        taken=None,
        taken_from=None,
        verdict="broken" if alarm else "complete",
        reason="",
        alarm=alarm,
    )
    rows = (Ranked.__new__(Ranked),) if shown else ()
    return Digest(
        profile=profile,
        title="Serving",
        day=DAY,
        timezone="UTC",
        from_seq=1,
        to_seq=0,
        min_score=1,
        limit=9,
        sections=(Section(name="new", title="New", rows=rows),),
        held_back=(),
        muted=(),
        unmatched=0,
        considered=0,
        sources=(report,),
    )


def deliveries_of(*deliveries: Delivery) -> Deliveries:
    return Deliveries(deliveries=deliveries)


MAIL = Delivery(name="me", kind="smtp", to=("you@example.org", "Other@example.org"))


def receivers(owed: Sequence[Owed]) -> list[str]:
    return [one.receiver for one in owed]


def test_each_receiver_of_each_delivery_is_owed_a_digest() -> None:
    box = Delivery(name="box", kind="maildir", to=("Mail",))
    owed = owed_of(deliveries_of(MAIL, box), digest_of(), frozenset())
    assert [(one.delivery, one.kind, one.receiver) for one in owed] == [
        ("me", "smtp", "you@example.org"),
        ("me", "smtp", "Other@example.org"),
        ("box", "maildir", "Mail"),
    ]


def test_a_delivery_brings_the_profiles_that_it_names() -> None:
    only = replace(MAIL, profiles=("agents",))
    assert owed_of(deliveries_of(only), digest_of(), frozenset()) == ()
    assert len(owed_of(deliveries_of(only), digest_of(profile="agents"), frozenset())) == 2


def test_an_address_in_two_deliveries_is_one_reader() -> None:
    second = Delivery(name="team", kind="smtp", to=("YOU@example.org", "third@example.org"))
    owed = owed_of(deliveries_of(MAIL, second), digest_of(), frozenset())
    assert receivers(owed) == ["you@example.org", "Other@example.org", "third@example.org"]


@pytest.mark.parametrize("profile", ["serving", "*"])
def test_who_left_is_owed_nothing(profile: str) -> None:
    left = frozenset({("other@example.org", profile), ("you@example.org", "another")})
    assert receivers(owed_of(deliveries_of(MAIL), digest_of(), left)) == ["you@example.org"]


@pytest.mark.parametrize(
    ("shown", "alarm", "quiet", "owed"),
    [
        (True, False, False, True),
        (False, False, False, False),
        (False, False, True, True),
        # Nobody may take silence for "nothing new" when a source could not be read.
        (False, True, False, True),
    ],
)
def test_a_digest_without_news_is_owed_where_it_is_wanted_or_needed(
    *, shown: bool, alarm: bool, quiet: bool, owed: bool
) -> None:
    found = owed_of(deliveries_of(replace(MAIL, quiet=quiet)), digest_of(shown=shown, alarm=alarm), frozenset())
    assert bool(found) == owed


def test_a_digest_of_long_ago_is_owed_to_nobody() -> None:
    patient = replace(MAIL, name="patient", to=("patient@example.org",), max_age_days=30)
    for days, who in ((0, 3), (3, 3), (4, 1), (30, 1), (31, 0)):
        today = DAY + timedelta(days=days)
        assert len(owed_of(deliveries_of(MAIL, patient), digest_of(), frozenset(), today=today)) == who


def test_pauses_grow_and_a_server_can_make_them_longer_but_not_endless() -> None:
    minutes = [pause_after(attempt) / timedelta(minutes=1) for attempt in range(1, 9)]
    assert minutes == [5, 15, 60, 240, 720, 1440, 1440, 1440]
    assert pause_after(1, 299) == timedelta(minutes=5)
    assert pause_after(1, 3600) == timedelta(hours=1)
    assert pause_after(1, 10**30) == timedelta(days=7)
    assert pause_after(1, -5) == timedelta(minutes=5)


# Sending.


def test_a_digest_is_owed_from_its_cut_on_and_sent_once(place: Place) -> None:
    place.cut()
    assert place.messages()["you@example.org"].state == "pending"
    server = Server()
    assert place.send(server) == ({"sent": 1}, [])
    assert place.send(server) == ({"sent": 1}, [])
    ((sender, receiver, content),) = server.mails
    assert (sender, receiver) == ("digests@broadsheet.invalid", "you@example.org")
    mail = email.message_from_bytes(content, policy=policy.default)
    assert mail["To"] == "you@example.org"
    assert mail["Message-ID"] == place.messages()["you@example.org"].message_id
    assert place.trail() == ["pending", "claimed", "dot", "sent"]


def test_where_nobody_is_owed_anything_no_server_is_asked(place: Place) -> None:
    place.deliveries("")
    place.cut()
    server = Server()
    assert place.send(server) == ({}, [])
    assert server.passwords == []


def test_nothing_is_sent_before_it_is_published(place: Place) -> None:
    place.cut(publish=False)
    server = Server()
    assert place.send(server) == ({"pending": 1}, [])
    place.cut()
    assert place.send(server)[0] == {"sent": 1}
    assert len(server.mails) == 1


def test_every_try_sends_the_same_bytes_whatever_became_of_the_templates(place: Place) -> None:
    place.cut()
    server = Server([Outcome(state="later", told="451 no"), Outcome(state="later", told="451 no")])
    place.send(server)
    (place.desk.root / "config" / "settings.toml").write_text('[site]\ntitle = "Another Name"\n', encoding="utf-8")
    place.send(server, now=NOW + timedelta(minutes=5))
    counts, _ = place.send(server, now=NOW + timedelta(days=1))
    assert counts == {"sent": 1}
    assert len(set(server.tried)) == 1
    assert len(server.tried) == 3


def test_a_digest_of_an_earlier_day_is_rendered_from_its_frozen_rows(place: Place) -> None:
    place.deliveries(SMTP + ME.replace("you@example.org", "reader@broadsheet.invalid"))
    place.cut(files=True)
    place.desk.dump("2026-06-02.txt", [(CACHE[0], "Another abstract. " + CACHE[1])], day="Jun 2")
    place.cut(DAY + timedelta(days=1))
    server = Server()
    place.send(server, now=NOW + timedelta(days=1))
    # The published one is to the same receiver.
    published = place.desk.root / "output" / "serving" / "2026-06-01" / "mail.eml"
    assert server.mails[0][2] == published.read_bytes()


def test_a_server_that_is_busy_is_asked_again_after_a_growing_pause(place: Place) -> None:
    place.cut()
    busy = Outcome(state="later", told="451 try again")
    server, now = Server([busy] * 7), NOW
    for minutes in (5, 15, 60, 240, 720, 1440, 1440):
        counts, failures = place.send(server, now=now)
        assert counts == {"pending": 1}
        assert failures == [
            f"outbox: serving of 2026-06-01 to you@example.org (message 1) is tried again later: {busy.told}"
        ]
        tried = len(server.tried)
        place.send(server, now=now + timedelta(minutes=minutes, seconds=-1))
        assert len(server.tried) == tried
        now += timedelta(minutes=minutes)
        if now - NOW > timedelta(days=3):
            break
    assert len(server.tried) == 7


def test_a_pause_that_the_server_asks_for_is_kept(place: Place) -> None:
    place.cut()
    place.send(Server([Outcome(state="later", told="wait", pause=7200)]))
    assert place.messages()["you@example.org"].not_before == NOW + timedelta(hours=2)


def test_who_asks_for_it_need_not_wait(place: Place) -> None:
    place.cut()
    server = Server([Outcome(state="later", told="451"), Outcome(state="later", told="451")])
    place.send(server)
    assert place.send(server, paused=True)[0] == {"pending": 1}
    assert len(server.tried) == 2, "a round tries a message once"
    assert place.send(server, paused=True)[0] == {"sent": 1}


def test_what_is_too_old_is_given_up_and_that_is_said(place: Place) -> None:
    place.cut()
    server = Server([Outcome(state="later", told="451 no disk")])
    place.send(server)
    counts, failures = place.send(server, now=NOW + timedelta(days=4))
    assert counts == {"expired": 1}
    assert failures == [
        "outbox: serving of 2026-06-01 to you@example.org (message 1) is given up: it is older than 3 days; "
        "451 no disk; decide with `broadsheet deliver --resend 1`, `--sent 1` or `--drop 1`"
    ]
    assert len(server.tried) == 1


def test_the_last_day_is_a_day(place: Place) -> None:
    place.cut()
    assert place.send(Server(), now=NOW + timedelta(days=3, hours=17, minutes=59))[0] == {"sent": 1}


def test_what_a_server_refuses_for_good_is_not_tried_again(place: Place) -> None:
    place.cut()
    server = Server([Outcome(state="failed", told="550 no such user")])
    counts, failures = place.send(server)
    assert counts == {"failed": 1}
    assert "is refused for good: 550 no such user; decide with" in failures[0]
    assert place.send(server, paused=True) == ({"failed": 1}, [])
    assert len(server.tried) == 1


@pytest.mark.parametrize("early", [False, True])
def test_what_may_have_arrived_is_held(place: Place, *, early: bool) -> None:
    place.cut()
    server = Server([Outcome(state="unknown", told="connection lost")], early=early)
    counts, failures = place.send(server)
    assert counts == {"held": 1}
    assert "may have arrived, or may not: connection lost" in failures[0]
    assert place.send(server, paused=True) == ({"held": 1}, [])


def test_who_rather_has_it_twice_gets_it_again_under_the_same_name(place: Place) -> None:
    place.deliveries(SMTP + ME + 'on_unknown = "resend"\n')
    place.cut()
    server = Server([Outcome(state="unknown", told="connection lost")])
    assert place.send(server)[0] == {"pending": 1}
    assert place.send(server, now=NOW + timedelta(minutes=5))[0] == {"sent": 1}
    assert len(set(server.tried)) == 1


def test_one_receiver_that_fails_holds_up_no_other(place: Place) -> None:
    place.deliveries(SMTP + ME.replace('"you@', '"first@example.org", "second@example.org", "you@'))
    place.cut()
    server = Server([Outcome(state="failed", told="550"), Outcome(state="unknown", told="lost")])
    counts, failures = place.send(server)
    assert counts == {"sent": 1, "held": 1, "failed": 1}
    assert len(failures) == 2
    assert [mail[1] for mail in server.mails] == ["you@example.org"]


def test_many_that_wait_for_one_reason_are_one_line(place: Place) -> None:
    place.deliveries(SMTP + ME.replace('"you@', '"first@example.org", "second@example.org", "you@'))
    place.cut()
    _, failures = place.send(Server([Outcome(state="later", told="cannot be reached")] * 3))
    assert failures == ["outbox: 3 messages are tried again later: cannot be reached"]


def test_a_message_that_a_person_drops_while_others_are_sent_is_not_sent(place: Place) -> None:
    place.deliveries(SMTP + ME.replace('"you@', '"first@example.org", "you@'))
    place.cut()

    def drop(receiver: str) -> None:
        with place.store() as store:
            store.outbox.resolve(place.messages()["you@example.org"].id, "drop", NOW)

    server = Server(meanwhile=drop)
    assert place.send(server) == ({"sent": 1, "cancelled": 1}, [])
    assert [mail[1] for mail in server.mails] == ["first@example.org"]


# Who does not want it any more.


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no delivery me any more"),
        (ME.replace("you@", "new@"), "does not bring this to this receiver any more"),
        (ME + 'profiles = ["other"]\n', "does not bring this to this receiver any more"),
        (ME.replace("smtp", "maildir"), "does not bring this to this receiver any more"),
    ],
)
def test_a_receiver_that_is_configured_no_more_gets_nothing_more(place: Place, text: str, why: str) -> None:
    place.desk.profile(PROFILE, name="other")
    place.cut()
    place.deliveries(SMTP + text)
    server = Server()
    place.send(server)
    with place.store() as store:
        message = next(one for one in store.outbox.messages() if one.profile == "serving")
        assert message.state == "cancelled"
        assert why in store.outbox.events(message.id)[-1].told


def test_a_delivery_that_is_called_otherwise_or_split_brings_what_is_owed(place: Place) -> None:
    place.deliveries(SMTP + ME.replace('"you@', '"first@example.org", "you@'))
    place.cut()
    two = (ME.replace('"me"', f'"{name}"').replace("you@", f"{to}@") for name, to in (("a", "First"), ("b", "you")))
    place.deliveries(SMTP + "\n".join(two))
    server = Server()
    assert place.send(server) == ({"sent": 2}, [])
    assert [mail[1] for mail in server.mails] == ["first@example.org", "you@example.org"]


def test_what_a_lost_delivery_owed_is_told_and_can_be_sent_after_all(place: Place) -> None:
    place.deliveries(SMTP + ME.replace('"you@', '"first@example.org", "you@'))
    place.cut()
    place.deliveries("")
    assert place.send(Server()) == (
        {"cancelled": 2},
        [
            "outbox: 2 messages are not sent: there is no delivery me any more; if that is a mistake, put it back, "
            "then `broadsheet deliver --resend 1 --resend 2`"
        ],
    )
    assert place.send(Server()) == ({"cancelled": 2}, [])
    place.deliveries(SMTP + ME)
    for number in (1, 2):
        with place.store() as store:
            store.outbox.resolve(number, "resend", NOW)
    server = Server()
    assert place.send(server)[0] == {"sent": 1, "cancelled": 1}
    assert [mail[1] for mail in server.mails] == ["you@example.org"]


def test_who_left_is_not_sent_to_because_a_person_says_so(place: Place) -> None:
    place.cut()
    with place.store() as store:
        store.leavers.add("you@example.org", "serving", NOW, "by hand")
    place.send(Server())
    with place.store() as store:
        store.outbox.resolve(1, "resend", NOW)
    server = Server()
    assert place.send(server) == ({"cancelled": 1}, [])
    assert server.mails == []


def test_what_is_cut_while_the_last_server_is_hung_up_on_is_sent_too(place: Place) -> None:
    place.cut()
    tomorrow = DAY + timedelta(days=1)

    class Slow(Server):
        def __exit__(self, *_: object) -> None:
            if len(self.mails) == 1:
                place.desk.dump("2026-06-02.txt", [("Another Agent", AGENT[1] + " Again.")], day="Jun 2")
                place.cut(tomorrow)

    server = Slow()
    assert place.send(server, now=NOW + timedelta(days=1)) == ({"sent": 2}, [])
    assert len(server.mails) == 2


def test_a_digest_that_is_taken_back_while_its_mail_is_made_ends_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deliveries(SMTP + ME + "quiet = true\n")
    tomorrow = DAY + timedelta(days=1)
    place.cut()
    place.cut(tomorrow)
    make = Maker.make

    def taken_back(self: Maker, message: Message) -> tuple[bytes, str]:
        if message.day == tomorrow:
            with place.store() as store:
                assert store.take_back("serving", tomorrow)
        return make(self, message)

    monkeypatch.setattr(Maker, "make", taken_back)
    assert place.send(Server(), now=NOW + timedelta(days=1)) == ({"sent": 1}, [])


def test_a_folder_that_cannot_be_keeps_nobody_else_waiting(place: Place) -> None:
    box = '[[delivery]]\nname = "box"\nkind = "maildir"\nto = ["~nobody-is-called-so/Mail"]\n'
    place.deliveries(SMTP + box + ME)
    place.cut()
    counts, (failure,) = place.send(Server())
    assert counts == {"pending": 1, "sent": 1}
    told = "is tried again later: deliveries.toml: ~nobody-is-called-so/Mail: there is no such user"
    assert told in failure


def test_the_bytes_of_what_is_over_are_dropped_after_a_month(place: Place) -> None:
    place.cut()
    place.send(Server())
    for days, there in ((30, True), (31, False)):
        later = DAY + timedelta(days=days)
        papers = [(f"Another Agent {days}", AGENT[1] + f" Again {days}.")]
        place.desk.dump(f"{later}.txt", papers, day=f"{later:%b %-d}")
        place.cut(later)
        place.send(Server(), now=NOW + timedelta(days=days))
        with place.store() as store:
            assert (store.outbox.body(1) is not None) == there
            assert store.outbox.body(store.outbox.messages(limit=1)[0].id) is not None


def test_who_leaves_while_others_are_served_is_left_out_too(place: Place) -> None:
    place.deliveries(SMTP + ME.replace('"you@', '"first@example.org", "you@'))
    place.cut()

    def leave(receiver: str) -> None:
        with place.store() as store:
            store.leavers.add("YOU@example.org", "serving", NOW, "by hand")

    server = Server(meanwhile=leave)
    assert place.send(server)[0] == {"sent": 1, "cancelled": 1}
    assert [mail[1] for mail in server.mails] == ["first@example.org"]


def test_an_address_that_is_spelled_anew_is_the_same_receiver(place: Place) -> None:
    place.cut()
    place.deliveries(SMTP + ME.replace("you@", "You@"))
    assert place.send(Server())[0] == {"sent": 1}


# What a sender that died left behind.


def test_an_attempt_that_died_before_the_dot_is_made_again(place: Place) -> None:
    place.cut()
    with pytest.raises(KeyboardInterrupt):
        place.send(Dying(early=True))
    assert place.messages()["you@example.org"].state == "claimed"
    assert place.send(Server()) == ({"sent": 1}, [])
    assert place.trail() == ["pending", "claimed", "pending", "claimed", "dot", "sent"]


def test_an_attempt_that_died_at_the_dot_is_held_and_that_is_said_once(place: Place) -> None:
    place.cut()
    with pytest.raises(KeyboardInterrupt):
        place.send(Dying())
    server = Server()
    counts, failures = place.send(server)
    assert counts == {"held": 1}
    assert len(failures) == 1
    assert "is held: its sender died at the very moment" in failures[0]
    assert place.send(server) == ({"held": 1}, [])
    assert server.mails == []


def test_of_those_that_are_held_only_the_newly_held_are_said(place: Place) -> None:
    place.cut()
    with pytest.raises(KeyboardInterrupt):
        place.send(Dying())
    tomorrow = DAY + timedelta(days=1)
    place.desk.dump("2026-06-02.txt", [("Another Agent", AGENT[1] + " Again.")], day="Jun 2")
    place.cut(tomorrow)
    # The later day's is held first.
    with place.store() as store:
        later = store.outbox.messages(limit=1)[0]
        store.outbox.keep(later.id, b"x", "<later@example.org>")
        store.outbox.claim(later.id, NOW)
        store.outbox.settle(later.id, 1, "held", NOW, "lost")
    counts, (failure,) = place.send(Server(), now=NOW + timedelta(days=1))
    assert counts == {"held": 2}
    assert failure.startswith("outbox: serving of 2026-06-01 to you@example.org (message 1) is held")


@pytest.mark.parametrize("early", [False, True])
def test_who_rather_has_it_twice_gets_it_after_a_death_too(place: Place, *, early: bool) -> None:
    place.deliveries(SMTP + ME + 'on_unknown = "resend"\n')
    place.cut()
    with pytest.raises(KeyboardInterrupt):
        place.send(Dying(early=early))
    assert place.send(Server()) == ({"sent": 1}, [])


class Dying(Server):
    """A server at whose feet the sender dies."""

    def send(self, sender: str, receiver: str, content: bytes, before_dot: Callable[[], None]) -> Outcome:
        super().send(sender, receiver, content, before_dot)
        raise KeyboardInterrupt


def test_a_death_between_the_cut_and_the_first_attempt_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cut()
    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.store.Outbox.claim", _die)
        with pytest.raises(KeyboardInterrupt):
            place.send(Server())
    kept = place.messages()["you@example.org"]
    assert (kept.state, kept.attempt, bool(kept.sha256)) == ("pending", 0, True)
    server = Server()
    assert place.send(server) == ({"sent": 1}, [])
    assert place.messages()["you@example.org"].sha256 == kept.sha256


def _die(*_: object) -> None:
    raise KeyboardInterrupt


# Two senders.


def hold(root: Path, ready: Event, done: Event) -> None:
    """In a process of its own: is sending until it is told to end."""
    workspace = Workspace(root=root)
    with (
        open_store(workspace.state / "broadsheet.db", workspace.state / "archive") as store,
        store.delivery_lock(now=NOW),
    ):
        ready.set()
        done.wait()


def test_a_second_sender_steps_back_with_a_line(place: Place) -> None:
    place.cut()
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    process = context.Process(target=hold, args=(place.desk.root, ready, done))
    process.start()
    said: list[str] = []
    server = Server()
    try:
        assert ready.wait(60)
        with delivering.open_errand(
            place.workspace, now=NOW, progress=lambda stage, done, total: said.append(stage)
        ) as errand:
            assert delivering.deliver(errand, connect=server) == {"pending": 1}
            assert errand.failures == []
    finally:
        done.set()
        process.join(60)
    (line,) = said
    assert line.startswith("waiting messages are left as they are: another process is sending what is owed: process ")
    assert server.mails == []


def test_what_is_cut_while_another_sends_is_sent_by_that_one(place: Place) -> None:
    place.cut()

    def next_day(receiver: str) -> None:
        if not (place.desk.root / "dumps" / "2026-06-02.txt").exists():
            place.desk.dump("2026-06-02.txt", [("Another Agent", AGENT[1] + " Again.")], day="Jun 2")
            place.cut(DAY + timedelta(days=1))

    server = Server(meanwhile=next_day)
    assert place.send(server, now=NOW + timedelta(days=1)) == ({"sent": 2}, [])


# The other ways.


def test_a_maildir_has_a_digest_once(place: Place) -> None:
    place.deliveries('[[delivery]]\nname = "box"\nkind = "maildir"\nto = ["Mail"]\n')
    place.cut()
    assert place.send(Server()) == ({"sent": 1}, [])
    (file,) = (place.desk.root / "Mail" / "new").iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["To"] == "reader@broadsheet.invalid"
    assert place.trail("Mail") == ["pending", "claimed", "sent"]


def test_a_maildir_that_was_written_when_the_sender_died_has_it_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deliveries('[[delivery]]\nname = "box"\nkind = "maildir"\nto = ["Mail"]\n')
    place.cut()
    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.store.Outbox.settle", _die)
        with pytest.raises(KeyboardInterrupt):
            place.send(Server())
    assert place.send(Server()) == ({"sent": 1}, [])
    assert len(list((place.desk.root / "Mail" / "new").iterdir())) == 1


def test_a_folder_has_the_published_files(place: Place) -> None:
    place.deliveries('[[delivery]]\nname = "share"\nkind = "folder"\nto = ["share"]\n')
    place.cut(files=True)
    assert place.send(Server()) == ({"sent": 1}, [])
    published = place.desk.root / "output" / "serving" / "2026-06-01"
    shared = place.desk.root / "share" / "serving" / "2026-06-01"
    names = sorted(file.name for file in shared.iterdir())
    assert names == ["digest.html", "digest.json", "digest.md", "mail.eml"]
    assert all((shared / name).read_bytes() == (published / name).read_bytes() for name in names)


def test_a_webhook_has_the_digest_and_a_url_that_is_nowhere_shown(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deliveries('[[delivery]]\nname = "chat"\nkind = "webhook"\nto = ["env:HOOK"]\n')
    (place.desk.root / "config" / "settings.toml").write_text('[site]\nurl = "https://digests.example.org/papers/"\n')
    place.cut(files=True)
    posted: list[tuple[str, bytes, str, str, str, str]] = []

    def post(url: str, content: bytes, key: str, *, title: str, text: str, page: str) -> Outcome:
        posted.append((url, content, key, title, text, page))
        return Outcome(state="sent", told="204")

    monkeypatch.setattr("broadsheet.deliver.webhook.post", post)
    counts, failures = place.send(Server())
    assert counts == {"pending": 1}
    assert failures == [
        "outbox: serving of 2026-06-01 to env:HOOK (message 1) is tried again later: the environment variable HOOK is "
        "not set; set it where the run starts"
    ]
    place.send(Server(), environment={"HOOK": "https://hook.example.org/canary"})
    ((url, content, key, title, text, page),) = posted
    assert url == "https://hook.example.org/canary"
    assert content == (place.desk.root / "output/serving/2026-06-01/digest.json").read_bytes()
    assert len(key) == 40
    assert title == "Serving, Monday, 1 June 2026"
    assert CACHE[0] in text.splitlines()
    assert page == "https://digests.example.org/papers/serving/2026-06-01/index.html"
    assert place.trail("env:HOOK") == ["pending", "claimed", "dot", "sent"]
    assert b"canary" not in (place.workspace.state / "broadsheet.db").read_bytes()


def test_a_password_that_is_missing_costs_no_attempt_and_is_said_once(place: Place) -> None:
    secured = SMTP.replace('security = "none"\n', 'security = "tls"\nuser = "me"\npassword = "env:MAIL"\n')
    place.deliveries(secured + ME.replace('"you@', '"first@example.org", "you@'))
    place.cut()
    server = Server()
    counts, failures = place.send(server)
    assert counts == {"pending": 2}
    assert failures == [
        "outbox: 2 messages are tried again later: the environment variable MAIL is not set; "
        "set it where the run starts"
    ]
    assert place.messages()["you@example.org"].attempt == 0
    assert place.send(server, environment={"MAIL": "secret"})[0] == {"sent": 2}
    assert server.passwords == ["secret"]


def test_a_mail_is_signed_once_and_kept_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.deliveries('[dkim]\nselector = "mail2026"\nkey = "env:KEY"\n\n' + SMTP + ME)
    (place.desk.root / "config" / "settings.toml").write_text('[mail]\nsender = "me@mail.example.org"\n', "utf-8")
    place.cut()
    asked: list[tuple[str, str, str]] = []

    def signed(content: bytes, *, selector: str, domain: str, key: str) -> bytes:
        asked.append((selector, domain, key))
        return f"DKIM-Signature: {len(asked)}\r\n".encode() + content

    monkeypatch.setattr("broadsheet.deliver.dkim.signed", signed)
    assert place.send(Server())[0] == {"pending": 1}, "without its key it waits, and is not sent unsigned"
    server = Server([Outcome(state="later", told="451")])
    place.send(server, environment={"KEY": "pem"})
    place.send(server, environment={"KEY": "pem"}, paused=True)
    assert asked == [("mail2026", "mail.example.org", "pem")]
    assert [content.partition(b"\r\n")[0] for content in server.tried] == [b"DKIM-Signature: 1"] * 2
    assert place.messages()["you@example.org"].state == "sent"


# Days without news.


def test_a_day_that_was_told_to_be_quiet_stays_so(place: Place) -> None:
    place.deliveries(SMTP + ME + "quiet = true\n")
    place.cut()
    tomorrow = DAY + timedelta(days=1)
    place.cut(tomorrow)
    server = Server()
    assert place.send(server, now=NOW + timedelta(days=1))[0] == {"sent": 2}
    assert b"No paper today" in server.mails[1][2]
    place.desk.dump("2026-06-02.txt", [("Another Agent", AGENT[1] + " Again.")], day="Jun 2")
    place.cut(tomorrow)
    with place.store() as store:
        assert store.watermark("serving") == 3
    place.cut(tomorrow + timedelta(days=1))
    assert place.send(server, now=NOW + timedelta(days=2))[0] == {"sent": 3}
    assert b"Another Agent" in server.mails[2][2]


def test_a_quiet_day_that_was_told_to_nobody_can_still_become_one_with_news(place: Place) -> None:
    place.deliveries(SMTP + ME + "quiet = true\n")
    place.cut()
    place.send(Server())
    tomorrow = DAY + timedelta(days=1)
    place.cut(tomorrow)
    place.send(Server([Outcome(state="later", told="451")], early=True), now=NOW + timedelta(days=1))
    place.desk.dump("2026-06-02.txt", [("Another Agent", AGENT[1] + " Again.")], day="Jun 2")
    place.cut(tomorrow)
    server = Server()
    assert place.send(server, now=NOW + timedelta(days=1))[0] == {"sent": 2}
    assert b"Another Agent" in server.mails[0][2]


# The command line.


def test_a_run_tells_what_is_owed_and_a_dead_server_fails_nothing_else(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broadsheet.cli.produce.now", lambda: NOW)
    report = place.desk.run(code=3)
    assert report["outbox"] == {"pending": 1}
    assert report["failures"][0].startswith(
        "outbox: serving of 2026-06-01 to you@example.org (message 1) is tried again"
    )
    assert "deliver" in report["seconds"]
    assert (place.desk.root / "output" / "serving" / "2026-06-01" / "digest.html").exists()


@pytest.fixture
def held(place: Place) -> Place:
    """A held message, number 1, of a digest of today, so that it is not too old for the command's own clock."""
    place.desk.dump("2026-06-01.txt", [CACHE], day="Jun 1")
    place.cut()
    place.send(Server([Outcome(state="unknown", told="lost \x1b[31mthe line")]))
    return place


def test_what_is_held_is_shown_with_its_number_and_what_to_do(held: Place) -> None:
    assert held.desk("deliver") == 0
    assert held.desk.out.splitlines() == [
        "1 held",
        "held           1  2026-06-01 serving to you@example.org (me): lost [31mthe line",
    ]
    assert "broadsheet deliver --resend ID, --sent ID, --drop ID" in held.desk.err


def test_a_person_says_that_it_arrived(held: Place) -> None:
    assert held.desk("deliver", "--sent", "1") == 0
    assert held.desk.out == "1 sent\n"
    assert held.desk("deliver", "--drop", "1") == 1
    assert "message 1 is sent: there is nothing to decide on it" in held.desk.err


def test_a_person_drops_it(held: Place) -> None:
    assert held.desk("deliver", "--drop", "1") == 0
    assert held.desk.out == "1 cancelled\n"


def test_a_person_has_it_sent_again(held: Place) -> None:
    assert held.desk("deliver", "--resend", "1") == 3
    assert held.desk.out.splitlines()[0] == "1 pending"
    assert "is tried again later: 127.0.0.1:9" in held.desk.err
    assert held.desk("deliver", "--list") == 0
    assert "not before" in held.desk.out
    assert held.messages()["you@example.org"].attempt == 2
    assert held.desk("deliver") == 0
    assert held.messages()["you@example.org"].attempt == 2
    assert held.desk("deliver", "--retry") == 3
    assert held.messages()["you@example.org"].attempt == 3


def test_a_person_is_told_that_the_receiver_has_left(held: Place) -> None:
    with held.store() as store:
        store.leavers.add("you@example.org", "serving", NOW, "by hand")
    assert held.desk("deliver", "--resend", "1") == 0
    assert (held.desk.out, held.desk.err) == (
        "1 cancelled\n",
        "message 1 is not sent: the receiver asked to be left out\n",
    )


def test_a_number_that_is_none(held: Place) -> None:
    assert held.desk("deliver", "--sent", "77") == 1
    assert held.desk.err.startswith("broadsheet: there is no message 77")
    assert held.desk("deliver", "--sent", "x") == 2


def test_all_of_it_as_json(held: Place) -> None:
    told = held.desk.json("deliver")
    assert (told["outbox"], told["failures"], told["exit"]) == ({"held": 1}, [], 0)
    (message,) = told["messages"]
    assert (message["id"], message["state"], message["day"], message["since"], message["not_before"]) == (
        *(1, "held", "2026-06-01"),
        *("2026-06-01", None),
    )
    json.dumps(told)


def test_who_left_is_shown_and_welcomed_back(place: Place) -> None:
    assert place.desk("deliver", "--leavers") == 0
    assert place.desk.out == "nobody is left out\n"
    with place.store() as store:
        store.leavers.add("you@example.org", "serving", NOW, "mail \x1b[2Jof 1 June")
    assert place.desk("deliver", "--leavers") == 0
    assert place.desk.out == "you@example.org left serving on 2026-06-01: mail [2Jof 1 June\n"
    assert place.desk.json("deliver", "--leavers")["leavers"][0]["receiver"] == "you@example.org"
    assert place.desk("deliver", "--welcome", "You@Example.org") == 0
    assert place.desk.out == "nobody is left out\n"
    assert place.desk("deliver", "--welcome", "you@example.org") == 1
    assert "is not among those who left" in place.desk.err


def test_an_errand_has_all_that_a_sender_needs(place: Place) -> None:
    place.cut()
    with place.store() as store, delivering.open_errand(place.workspace, now=NOW) as errand:
        assert isinstance(errand, Errand)
        assert pipeline.send(errand, paused=False) == {"pending": 1}
        assert store.outbox.counts() == {"pending": 1}


def test_the_next_digest_says_which_mail_may_not_have_arrived(place: Place) -> None:
    place.cut()
    place.send(Server([Outcome(state="unknown", told="the line went dead")]))
    place.desk.dump("2026-06-02.txt", [VIDEO], day="Jun 2")
    place.cut(date(2026, 6, 2), files=True)
    folder = place.desk.root / "output" / "serving" / "2026-06-02"
    told = "The mail of 1 Jun 2026 may not have arrived everywhere"
    assert json.loads((folder / "digest.json").read_bytes())["in_doubt"] == ["2026-06-01"]
    assert all(told in (folder / name).read_text() for name in ("digest.md", "digest.html"))
