"""Every step of a message, every step that is refused, and that no two senders get hold of one."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import update

from broadsheet.errors import StoreBusy, StoreError
from broadsheet.store import STATES, Decision, Message, Owed, Store, open_store, schema

from .glue import DAY, NOW, PROFILE, digest, ingest, listed

LATER = NOW + timedelta(minutes=5)
MAIL = Owed(delivery="me", kind="smtp", receiver="you@example.org")
OTHER = replace(MAIL, receiver="other@example.org")
MAILDIR = Owed(delivery="box", kind="maildir", receiver="Mail")


@pytest.fixture
def run(store: Store) -> int:
    number = store.start_run(DAY, NOW)
    ingest(store, number, [listed("One"), listed("Two")])
    return number


def owe(store: Store, run: int, *owed: Owed, day: date = DAY) -> tuple[Message, ...]:
    """A published digest that is owed; its messages, the first one first."""
    store.cut(run, PROFILE, digest(store, day), owed)
    store.published("made", day, [])
    return store.outbox.due(NOW)


@pytest.fixture
def message(store: Store, run: int) -> Message:
    """A message that is owed, with its bytes."""
    (message,) = owe(store, run, MAIL)
    store.outbox.keep(message.id, b"bytes", "<1@example.org>")
    return message


def claimed(store: Store, message: Message) -> Message:
    found = store.outbox.claim(message.id, NOW)
    assert found is not None
    return found


def brought(store: Store, message: Message, state: str) -> Message:
    """The message in a state, on the way that it usually goes there."""
    box, number = store.outbox, message.id
    if state in ("expired", "cancelled"):
        box.settle(number, 0, state, NOW)
    elif state != "pending":
        claimed(store, message)
        if state in ("dot", "sent", "held"):
            box.dot(number, 1, NOW)
        if state in ("sent", "held", "failed"):
            box.settle(number, 1, state, NOW, "as told")
    found = box.message(number)
    assert found is not None
    assert found.state == state
    return found


def test_a_digest_and_what_is_owed_are_written_at_once(store: Store, run: int) -> None:
    store.cut(run, PROFILE, digest(store), [MAIL, OTHER])
    messages = store.outbox.messages(["pending"])
    assert [(one.receiver, one.state, one.attempt, one.day, one.since) for one in messages] == [
        ("other@example.org", "pending", 0, DAY, DAY),
        ("you@example.org", "pending", 0, DAY, DAY),
    ]
    assert [(one.before, one.after, one.at) for one in store.outbox.events(messages[0].id)] == [("", "pending", NOW)]
    assert store.outbox.counts() == {"pending": 2}


def test_where_one_cannot_be_owed_no_digest_is_cut(store: Store, run: int) -> None:
    with pytest.raises(StoreError):
        store.cut(run, PROFILE, digest(store), [MAIL, MAIL])
    assert store.digest("made", DAY) is None
    assert store.outbox.counts() == {}


def test_a_message_waits_for_its_digest_to_be_published(store: Store, run: int) -> None:
    store.cut(run, PROFILE, digest(store), [MAIL])
    assert store.outbox.due(NOW) == ()
    store.published("made", DAY, [])
    assert len(store.outbox.due(NOW)) == 1


def test_what_is_due_comes_in_the_order_of_days(store: Store, run: int) -> None:
    for day in (3, 1, 2):
        owe(store, run, MAIL, OTHER, day=date(2026, 6, day))
    due = store.outbox.due(NOW)
    assert [(one.day.day, one.receiver[:3]) for one in due] == [
        *((1, "you"), (1, "oth"), (2, "you"), (2, "oth"), (3, "you"), (3, "oth"))
    ]


def test_bytes_are_kept_once_and_come_back(store: Store, run: int) -> None:
    (message,) = owe(store, run, MAIL)
    assert store.outbox.body(message.id) is None
    content = b"From: me\r\n\r\n" + bytes(range(256)) * 99
    store.outbox.keep(message.id, content, "<1@example.org>")
    assert store.outbox.body(message.id) == content
    found = store.outbox.message(message.id)
    assert found is not None
    assert found.message_id == "<1@example.org>"
    with pytest.raises(StoreError, match="is not waiting for its bytes"):
        store.outbox.keep(message.id, b"others", "<2@example.org>")
    assert store.outbox.body(message.id) == content


def test_damaged_bytes_are_never_sent(store: Store, message: Message) -> None:
    with store._engine.begin() as connection:
        connection.execute(update(schema.outbox).values(sha256="0" * 64))
    with pytest.raises(StoreError, match="are not those that were kept"):
        store.outbox.body(message.id)
    with store._engine.begin() as connection:
        connection.execute(update(schema.outbox_bodies).values(body=b"?"))
    with pytest.raises(StoreError, match="is damaged"):
        store.outbox.body(message.id)


def test_two_messages_cannot_have_one_message_id(store: Store, run: int) -> None:
    first, second = owe(store, run, MAIL, OTHER)
    store.outbox.keep(first.id, b"1", "<1@example.org>")
    with pytest.raises(StoreError):
        store.outbox.keep(second.id, b"2", "<1@example.org>")
    assert store.outbox.body(second.id) is None


def test_the_usual_way(store: Store, message: Message) -> None:
    box = store.outbox
    mine = claimed(store, message)
    assert (mine.state, mine.attempt) == ("claimed", 1)
    assert box.claim(message.id, NOW) is None
    assert box.due(NOW) == ()
    box.dot(message.id, 1, NOW)
    box.settle(message.id, 1, "sent", LATER, "250 ok")
    assert [(one.before, one.after, one.told) for one in box.events(message.id)] == [
        ("", "pending", ""),
        ("pending", "claimed", "attempt 1"),
        ("claimed", "dot", ""),
        ("dot", "sent", "250 ok"),
    ]
    assert box.events(message.id)[-1].at == LATER
    assert box.counts() == {"sent": 1}


def test_no_attempt_begins_without_bytes(store: Store, run: int) -> None:
    (message,) = owe(store, run, MAIL)
    assert store.outbox.claim(message.id, NOW) is None
    assert store.outbox.counts() == {"pending": 1}


@pytest.mark.parametrize("dot", [False, True])
def test_what_is_refused_for_now_waits(store: Store, message: Message, *, dot: bool) -> None:
    box = store.outbox
    claimed(store, message)
    if dot:
        box.dot(message.id, 1, NOW)
    box.settle(message.id, 1, "pending", NOW, "451 later", not_before=LATER)
    assert box.due(LATER - timedelta(microseconds=1)) == ()
    (due,) = box.due(LATER)
    assert (due.attempt, due.not_before, due.error) == (1, LATER, "451 later")
    assert box.due(NOW, paused=True) == (due,)
    again = claimed(store, message)
    assert (again.attempt, again.not_before) == (2, None)


#: From each state, what a sender that settles may make of it.
ALLOWED = {
    "pending": {"expired", "cancelled"},
    "claimed": {"pending", "failed", "held"},
    "dot": {"pending", "sent", "failed", "held"},
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_every_step_of_a_sender_is_allowed_or_refused(store: Store, message: Message, before: str, after: str) -> None:
    found = brought(store, message, before)
    events = store.outbox.events(message.id)
    if after in ALLOWED.get(before, ()):
        store.outbox.settle(message.id, found.attempt, after, LATER)
        (event,) = store.outbox.events(message.id)[len(events) :]
        assert (event.before, event.after) == (before, after)
        assert store.outbox.counts() == {after: 1}
    else:
        with pytest.raises(StoreError, match=f"message {message.id} cannot become {after}"):
            store.outbox.settle(message.id, found.attempt, after, LATER)
        assert store.outbox.message(message.id) == found
        assert store.outbox.events(message.id) == events


@pytest.mark.parametrize("before", STATES)
def test_only_a_claimed_message_comes_to_the_dot(store: Store, message: Message, before: str) -> None:
    found = brought(store, message, before)
    if before == "claimed":
        store.outbox.dot(message.id, 1, NOW)
        assert store.outbox.counts() == {"dot": 1}
    else:
        with pytest.raises(StoreError, match="cannot become dot"):
            store.outbox.dot(message.id, found.attempt, NOW)
        assert store.outbox.message(message.id) == found


@pytest.mark.parametrize("state", [state for state in STATES if state != "pending"])
def test_only_a_pending_message_is_claimed(store: Store, message: Message, state: str) -> None:
    found = brought(store, message, state)
    assert store.outbox.claim(message.id, NOW) is None
    assert store.outbox.message(message.id) == found


def test_a_folder_needs_no_dot_and_a_mail_does(store: Store, run: int) -> None:
    mail, folder = owe(store, run, MAIL, MAILDIR)
    for one in (mail, folder):
        store.outbox.keep(one.id, b"x", str(one.id))
        claimed(store, one)
    store.outbox.settle(folder.id, 1, "sent", NOW)
    with pytest.raises(StoreError):
        store.outbox.settle(mail.id, 1, "sent", NOW)


@pytest.mark.parametrize(
    "step",
    [
        lambda store, number: store.outbox.dot(number, 1, NOW),
        lambda store, number: store.outbox.settle(number, 1, "sent", NOW),
        lambda store, number: store.outbox.settle(number, 1, "failed", NOW),
        lambda store, number: store.outbox.settle(number, 1, "pending", NOW, not_before=LATER),
    ],
)
@pytest.mark.parametrize("dot", [False, True])
def test_a_sender_that_was_given_up_for_dead_changes_nothing(
    store: Store, message: Message, step: Callable[[Store, int], None], *, dot: bool
) -> None:
    claimed(store, message)
    assert store.outbox.recover(NOW) == (1, 0)
    claimed(store, message)
    if dot:
        store.outbox.dot(message.id, 2, NOW)
    found = store.outbox.message(message.id)
    with pytest.raises(StoreError, match="another sender is at it"):
        step(store, message.id)
    assert store.outbox.message(message.id) == found


def test_recovering_knows_what_the_server_cannot_have(store: Store, run: int) -> None:
    messages = owe(store, run, MAIL, OTHER, replace(OTHER, delivery="bold"), MAILDIR)
    for one in messages:
        store.outbox.keep(one.id, b"x", str(one.id))
        claimed(store, one)
    for one in messages[1:3]:
        store.outbox.dot(one.id, 1, NOW)
    assert store.outbox.recover(LATER, resend=["bold"]) == (3, 1)
    states = [found.state for one in messages if (found := store.outbox.message(one.id))]
    assert states == ["pending", "held", "pending", "pending"]
    assert [one.id for one in store.outbox.due(NOW)] == [messages[0].id, messages[2].id, messages[3].id]
    assert store.outbox.recover(LATER, resend=["bold"]) == (0, 0)


#: What a person may decide, from which states, and what comes of it.
DECISIONS: dict[Decision, tuple[set[str], str]] = {
    "resend": ({"held", "failed", "expired", "cancelled"}, "pending"),
    "sent": ({"held", "failed", "expired"}, "sent"),
    "drop": ({"held", "failed", "expired", "pending"}, "cancelled"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_person_decides_what_no_program_can(store: Store, message: Message, state: str, decision: Decision) -> None:
    found = brought(store, message, state)
    states, after = DECISIONS[decision]
    if state in states:
        store.outbox.resolve(message.id, decision, LATER)
        assert store.outbox.counts() == {after: 1}
        assert store.outbox.events(message.id)[-1].told.endswith("a person said")
    else:
        with pytest.raises(StoreError, match=f"message {message.id} is {state}: there is nothing to decide"):
            store.outbox.resolve(message.id, decision, LATER)
        assert store.outbox.message(message.id) == found


def test_what_a_person_sends_again_is_not_too_old_at_once(store: Store, message: Message) -> None:
    brought(store, message, "expired")
    store.outbox.resolve(message.id, "resend", NOW + timedelta(days=9))
    (due,) = store.outbox.due(NOW)
    assert due.since == DAY + timedelta(days=9)
    assert store.outbox.body(message.id) == b"bytes"


def test_its_new_age_counts_from_the_day_where_the_person_is(store: Store, message: Message) -> None:
    brought(store, message, "failed")
    store.outbox.resolve(message.id, "resend", NOW, today=DAY + timedelta(days=1))
    assert store.outbox.due(NOW)[0].since == DAY + timedelta(days=1)


# What is kept of it.


@pytest.mark.parametrize("state", STATES)
def test_only_the_bytes_of_what_is_over_are_dropped_in_time(store: Store, message: Message, state: str) -> None:
    found = brought(store, message, state)
    events = store.outbox.events(message.id)
    assert store.outbox.prune(NOW) == 0, "its last step was not before then"
    over = state in ("sent", "cancelled")
    assert store.outbox.prune(NOW + timedelta(seconds=1)) == over
    assert (store.outbox.body(message.id) is None) == over
    assert store.outbox.message(message.id) == found
    assert store.outbox.events(message.id) == events
    assert store.outbox.prune(NOW + timedelta(seconds=1)) == 0


def test_only_the_last_step_counts(store: Store, message: Message) -> None:
    brought(store, message, "held")
    store.outbox.resolve(message.id, "sent", LATER)
    assert store.outbox.prune(LATER) == 0
    assert store.outbox.prune(LATER + timedelta(seconds=1)) == 1


def test_the_bytes_of_others_stay(store: Store, run: int) -> None:
    messages = owe(store, run, MAIL, OTHER)
    for one in messages:
        store.outbox.keep(one.id, b"of " + one.receiver.encode(), str(one.id))
    store.outbox.settle(messages[0].id, 0, "cancelled", NOW)
    assert store.outbox.prune(LATER) == 1
    assert store.outbox.body(messages[1].id) == b"of other@example.org"


def test_what_was_dropped_is_made_anew_where_a_person_wants_it_after_all(store: Store, message: Message) -> None:
    brought(store, message, "cancelled")
    store.outbox.prune(LATER)
    store.outbox.resolve(message.id, "resend", LATER)
    assert store.outbox.body(message.id) is None
    assert store.outbox.claim(message.id, LATER) is None
    store.outbox.keep(message.id, b"anew", "<1@example.org>")
    assert claimed(store, message).state == "claimed"
    assert store.outbox.body(message.id) == b"anew"


def test_a_message_that_is_not_there(store: Store) -> None:
    assert store.outbox.message(7) is None
    assert store.outbox.claim(7, NOW) is None
    steps: tuple[Callable[[], None], ...] = (
        lambda: store.outbox.resolve(7, "drop", NOW),
        lambda: store.outbox.settle(7, 1, "sent", NOW),
        lambda: store.outbox.dot(7, 1, NOW),
        lambda: store.outbox.keep(7, b"", "x"),
    )
    for step in steps:
        with pytest.raises(StoreError, match="message 7"):
            step()


def test_what_a_server_says_is_kept_as_one_line(store: Store, message: Message) -> None:
    claimed(store, message)
    store.outbox.settle(message.id, 1, "failed", NOW, "550 \x1b[2Jno\r\nBcc: all\0 \ud800" + "x" * 9999)
    found = store.outbox.message(message.id)
    assert found is not None
    assert found.error.startswith("550 [2Jno Bcc: all")
    assert len(found.error) == 500
    assert store.outbox.events(message.id)[-1].told == found.error


# Taking a digest back.


@pytest.fixture
def quiet(store: Store, run: int) -> Message:
    """A message of a digest that covers no change."""
    store.cut(run, PROFILE, digest(store))
    (message,) = owe(store, run, MAIL, day=DAY + timedelta(days=1))
    store.outbox.keep(message.id, b"all quiet", "<q@example.org>")
    return message


@pytest.mark.parametrize("state", ["pending", "failed", "expired", "cancelled"])
def test_an_empty_digest_that_nobody_has_is_taken_back_with_what_is_owed(
    store: Store, quiet: Message, state: str
) -> None:
    brought(store, quiet, state)
    assert not store.outbox.is_out("made", quiet.day)
    assert store.take_back("made", quiet.day)
    assert store.digest("made", quiet.day) is None
    assert store.outbox.counts() == {}
    assert store.outbox.events(quiet.id) == ()
    assert store.outbox.body(quiet.id) is None


@pytest.mark.parametrize("state", ["claimed", "dot", "held", "sent"])
def test_an_empty_digest_that_somebody_may_have_stays(store: Store, quiet: Message, state: str) -> None:
    found = brought(store, quiet, state)
    assert store.outbox.is_out("made", quiet.day)
    assert not store.outbox.is_out("made", quiet.day + timedelta(days=1))
    assert not store.take_back("made", quiet.day)
    assert store.digest("made", quiet.day) is not None
    assert store.outbox.message(quiet.id) == found


def test_what_was_at_the_dot_once_may_be_with_somebody(store: Store, quiet: Message) -> None:
    brought(store, quiet, "held")
    store.outbox.resolve(quiet.id, "resend", NOW)
    assert not store.take_back("made", quiet.day)


# Two senders.


def grab(url: str, archive: Path, pipe: Connection) -> None:
    """In a process of its own: claims all that it can; the ids."""
    with open_store(url, archive) as store:
        numbers = pipe.recv()
        pipe.send([number for number in numbers if store.outbox.claim(number, NOW)])


def test_two_senders_never_get_hold_of_one_message(url: str, store: Store, run: int, tmp_path: Path) -> None:
    messages = owe(store, run, *(replace(MAIL, receiver=f"r{number}@example.org") for number in range(60)))
    for one in messages:
        store.outbox.keep(one.id, b"x", str(one.id))
    context = multiprocessing.get_context("spawn")
    pipes = []
    for _ in range(3):
        ours, theirs = context.Pipe()
        process = context.Process(target=grab, args=(url, tmp_path / "archive", theirs))
        process.start()
        pipes.append((ours, process))
    for ours, _ in pipes:
        ours.send([one.id for one in messages])
    got = [number for ours, _ in pipes for number in ours.recv()]
    for _, process in pipes:
        process.join(30)
    assert sorted(got) == [one.id for one in messages]


def hold(url: str, archive: Path, pipe: Connection) -> None:
    """In a process of its own: holds the delivery lock until it is killed."""
    with open_store(url, archive) as store, store.delivery_lock(now=NOW):
        pipe.send(True)
        signal.pause()


def test_a_sender_that_is_killed_frees_its_lock_and_a_run_never_needs_it(
    url: str, store: Store, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=(url, tmp_path / "archive", theirs))
    process.start()
    try:
        assert ours.recv()
        with store.lock(now=NOW):
            pass
        with (
            pytest.raises(StoreBusy, match=f"process is sending what is owed: (broadsheet )?process {process.pid} on"),
            store.delivery_lock(now=NOW),
        ):
            pytest.fail("two senders at once")
    finally:
        process.kill()
        process.join(30)
    with store.delivery_lock(now=NOW, wait=10), store.lock(now=NOW):
        pass
