"""Ten mornings on loopback: real commands, sources that misbehave, a real mail server, readers who look by IMAP.

Each morning is run by `broadsheet run --plain`, which sees a mail server that is well, busy, gone or odd. Then senders
are killed, two hundred in ten days, and `broadsheet deliver --retry` brings the day to its end. What readers have is
then compared with what was published: exactly once each, or held and listed; and after a person has looked at what is
held, exactly once each.
"""

from __future__ import annotations

import os
import random
import smtplib
import time
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.loop import mornings
from tests.loop.house import PASSWORDS, READERS, House, Said, house, words_of
from tests.loop.mornings import EXPECTED, Expected
from tests.loop.reading import Had, Wanted, balance, folder, numbers
from tests.loop.storm import Storm, run_words

pytestmark = [pytest.mark.slow, pytest.mark.mailservers]

KILLS = 200
#: Mornings after which senders are killed; on the others the run sends everything at once.
_STORMS = (1, 3, 5, 6, 7, 8, 9)
#: Of the kills, those that come at the worst of moments whatever chance says.
_SURE = {3: "dot", 5: "answer", 6: "dot", 8: "answer"}
BEN, CLEO = "ben@example.net", "cleo@example.net"
#: On this evening a reader asks to be left out of one profile.
_LEAVES = 5
#: Bytes of the whole run that reads an endless body, in KiB.
_MOST_MEMORY = 300 << 10


@pytest.mark.skipif(os.getuid() != 0, reason="OpenSMTPD starts as root only")
def test_ten_days(tmp_path: Path) -> None:
    began = time.monotonic()
    with house(tmp_path, random.Random(24)) as home:  # noqa: S311
        storm = Storm(house=home, chance=random.Random(6))  # noqa: S311
        left: dict[tuple[str, str], int] = {}
        for day in range(1, mornings.DAYS + 1):
            home.morning(day)
            said = _morning(home, storm)
            if day > 1:
                assert said
                _check_sources(said, EXPECTED[day])
                assert said.code == (3 if day not in (4, 10) else 0), said
            if day == _LEAVES + 1:
                assert said
                assert any(
                    "cleo@example.net asked by mail to be left out of caches" in one for one in said.json["leaving"]
                )
            if day in _SURE:
                storm.at(_SURE[day])
            if day in _STORMS:
                storms = [one for one in _STORMS if one <= day]
                storm.until(KILLS * len(storms) // len(_STORMS))
            _evening(home)
            _check_mailboxes(home, left)
            if day == _LEAVES:
                _leave(home)
                left[CLEO, "caches"] = day + 1
        assert storm.total == KILLS
        held = _a_person_looks(home)
        home.arrived()
        had = home.had()
        found = balance(home.owed(left), had, _taken_back(home, left))
        assert found.even, found
        _check_texts(home, had)
        _check_store(home)
        _check_what_was_asked(home)
        _check_teeth(home, left)
        seconds = time.monotonic() - began
        print(  # noqa: T201  (shown with -s: the figures of the documentation)
            f"\n{storm.total} kills, {len(had)} mails, {held} held, {len(found.twice)} twice, "
            f"{len(found.lost)} lost, {home.count('operator')} notices, {home.peak >> 10} MiB at most, "
            f"{seconds:.0f} s; {dict(sorted(storm.kills.items()))}"
        )


def _morning(home: House, storm: Storm) -> Said | None:
    """The run of the day, with the mail server as it is that day; what it said, unless it was killed."""
    others = [f"{reader}@example.net" for reader in READERS if f"{reader}@example.net" != BEN]
    home.post.stop()
    match home.day:
        case 3:
            home.gate.to = home.post.port  # where nobody listens
        case 5:
            home.gate.to = home.post.start(later=[*others, BEN])
        case 6 | 8:
            home.gate.to = None
        case 7:
            # The first mail is taken; what is said to the others is not what anybody hopes for.
            answers = ["250 2.0.0 taken", "451 4.3.0 the disk is full", "421 4.3.2 going down", "552 5.3.4 too much"]
            home.scripted.answers = answers[:]
            home.gate.to = home.scripted.port
        case 9:
            home.gate.to = home.post.start(later=others, never=[BEN])
        case _:
            home.gate.to = home.post.start()
    if home.day == 1:
        storm.at("answer", 2, words=run_words(mornings.the_day(1).isoformat()))
        return None
    said = home.run()
    assert home.day != 7 or set(home.scripted.said) == {answer[:3] for answer in answers}
    home.post.stop()
    home.gate.to = home.post.start()
    return said


def _check_sources(said: Said, expected: Expected) -> None:
    """The account of the sources: what failed failed, was told, and nothing else did."""
    report = said.json
    outcomes = {one["source"]: one["outcome"] for one in report["collected"]}
    sources = (*mornings.SOURCES, *(["cellar"] if "cellar" in outcomes else []))
    assert outcomes == dict.fromkeys(sources, "new") | expected.outcomes, report["collected"]
    failures = [failure for failure in report["failures"] if not failure.startswith("outbox")]
    assert len(failures) == len(expected.failures), failures
    for words in expected.failures:
        assert any(words in failure for failure in failures), (words, failures)
    alarms = {dump["source"] for dump in report["dumps"] if dump["alarm"]}
    assert alarms == set(expected.alarms), report["dumps"]


def _evening(home: House) -> None:
    """All that can be sent is, and what cannot is listed."""
    said = home("deliver", "--retry", "--json")
    counts = said.json["outbox"]
    assert not {"pending", "claimed", "dot"} & set(counts), said
    undecided = {message.id: message for message in home.messages("held", "failed", "expired")}
    assert all(message.state != "expired" for message in undecided.values())
    listed = home("deliver", "--list")
    for message in undecided.values():
        assert any(line.split()[:2] == [message.state, str(message.id)] for line in listed.out.splitlines()), listed
    status = home("status").out
    assert f"{counts.get('held', 0)} held" in status or "held" not in counts, status
    # So many are named, the rest is a number.
    assert sum(f"message {number} (" in status for number in undecided) == min(5, len(undecided)), status
    home.arrived()


def _check_mailboxes(home: House, left: dict[tuple[str, str], int]) -> None:
    told = {(one.profile, one.day.isoformat(), one.receiver) for one in home.messages("held", "failed")}
    found = balance(home.owed(left), home.had(), told)
    assert found.even, found


def _taken_back(home: House, left: dict[tuple[str, str], int]) -> set[Wanted]:
    """What was held when its receiver asked to be left out: from then on nobody wants it."""
    gone = [one for one in home.messages("cancelled") if (one.receiver, one.profile) in left]
    assert len(gone) == len(home.messages("cancelled"))
    return {(one.profile, one.day.isoformat(), one.receiver) for one in gone}


def _leave(home: House) -> None:
    """A reader does what the header of a mail says."""
    mail = next(one for one in home.had() if one.receiver == CLEO and one.what[0] == "caches")
    address, subject = mail.leaving
    request = EmailMessage()
    request["From"], request["To"], request["Subject"] = CLEO, address, subject
    request.set_content("")
    with smtplib.SMTP("127.0.0.1", home.post.port) as client:
        client.send_message(request)
    for _ in range(400):
        if home.count("digests"):
            return
        time.sleep(0.02)
    raise AssertionError("the request did not arrive")


def _a_person_looks(home: House) -> int:
    """Decide on each message by what lies in the reader's mailbox; how many were held."""
    words, held = list[str](), home.messages("held")
    there = {
        message.id: home.count(message.receiver.partition("@")[0], "HEADER", "Message-ID", str(message.message_id))
        for message in (*held, *home.messages("failed"))
    }
    for number, found in there.items():
        words += ["--sent" if found else "--resend", str(number)]
    assert {there[message.id] for message in held} == {0, 1}, "both are held: what arrived, and what did not"
    said = home("deliver", *words)
    assert said.code == 0, said
    assert not home.messages("pending", "claimed", "dot", "held", "failed", "expired")
    return len(held)


def _check_texts(home: House, had: list[Had]) -> None:
    """What the mails say is what was published, and mail programs can sort them."""
    digests, made = home.digests(), [paper.title for paper in mornings.all_papers()]
    ids = Counter(one.id for one in had)
    assert max(ids.values()) == 1
    assert {message.message_id for message in home.messages("sent")} == set(ids)
    for one in had:
        profile, day, _ = one.what
        shown, rest = words_of(digests[profile, day]), one.text
        assert {title for title in made if title in rest} == set(shown), one.what
        for title in shown:
            assert title in rest, (one.what, title)
            rest = rest.partition(title)[2]
    for user in READERS:
        listed = sum(
            home.count(user, "HEADER", "List-Id", f"<{profile}.example.net>")
            for profile in ("caches", "lanterns", "orchids")
        )
        assert listed == home.count(user)
    for profile, word in (("caches", "Cache"), ("orchids", "Orchid")):
        shown = [title for (name, _), digest in digests.items() if name == profile for title in words_of(digest)]
        assert sorted(shown) == sorted(title for title in made if word in title)
    assert any(not words_of(digests[one.what[:2]]) for one in had), "an 'all quiet' mail"


def _check_store(home: House) -> None:
    """Every paper that was ever served is there once, and was new once."""
    made = [paper.title for paper in mornings.all_papers()]
    assert len(set(made)) == len(made)
    there = home.store.papers_after("", limit=10_000)
    assert Counter(paper.best.title for paper in there) == Counter(made)
    changes = home.store.changes(1, home.store.head())
    assert Counter(change.paper.best.title for change in changes if change.kind == "new") == Counter(made)


def _check_what_was_asked(home: House) -> None:
    assert home.inner.connections == 0
    assert {one.partition(":")[0] for one in home.connected} == {"127.0.0.1", mornings.PUBLIC[1]}
    assert not any(one.endswith(f":{home.inner.port}") for one in home.connected)
    assert home.pages.sent > 64 << 20, "the endless body came"
    assert home.peak < _MOST_MEMORY
    # Told of each failure, and not every day of it; a good run after bad ones is told too.
    assert 1 <= home.count("operator") <= 2 * mornings.DAYS


def _check_teeth(home: House, left: dict[tuple[str, str], int]) -> None:
    """The same reading finds a mail that is there twice, and one that is not there."""
    had = home.had()
    twin, gone = had[0], next(one for one in had if one.receiver == BEN)
    home.boxes.put("ada", bytes(twin.mail), "1700000000.twin")
    with folder(home.boxes, "ben", PASSWORDS["ben"], write=True) as client:
        (number,) = numbers(client, "HEADER", "Message-ID", gone.id)
        client.store(number.decode(), "+FLAGS", r"\Deleted")
        client.expunge()
    found = balance(home.owed(left), home.had(), _taken_back(home, left))
    assert (found.twice, found.lost, found.strange) == ((twin.what,), (gone.what,), ())
