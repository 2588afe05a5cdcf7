"""One request at a time at each host, a pause between two, and an end of patience."""

from __future__ import annotations

import threading

import pytest

from broadsheet.fetch import Fetcher
from broadsheet.fetch.faults import Passing
from broadsheet.fetch.pacing import Deadline, Pacing
from tests.fetch.elsewhere import Internet
from tests.fetch.hostile_server import HostileServer, redirect, reply


def pacing(clock: Internet) -> Pacing:
    return Pacing(3.0, sleep=clock.sleep, monotonic=clock.clock)


def test_the_first_request_waits_for_nothing() -> None:
    clock = Internet({}, {})
    with pacing(clock).turn("a.example") as waited:
        assert waited == 0
    assert clock.naps == []


def test_the_pause_counts_from_the_end_of_the_last_request() -> None:
    clock = Internet({}, {})
    turns = pacing(clock)
    with turns.turn("a.example"):
        clock.now += 100
    clock.now += 1
    with turns.turn("A.Example.") as waited:
        assert waited == pytest.approx(2)
    assert clock.naps == [pytest.approx(2)]
    clock.now += 3
    with turns.turn("a.example") as waited:
        assert waited == 0


def test_another_host_has_its_own_turn() -> None:
    clock = Internet({}, {})
    turns = pacing(clock)
    with turns.turn("a.example"), turns.turn("b.example"):
        pass
    assert clock.naps == []


def test_a_request_that_failed_counts_too() -> None:
    clock = Internet({}, {})
    turns = pacing(clock)
    with pytest.raises(OSError, match="gone"), turns.turn("a.example"):
        raise OSError("gone")
    with turns.turn("a.example"):
        pass
    assert clock.naps == [pytest.approx(3)]


def test_threads_take_turns() -> None:
    clock = Internet({}, {})
    turns, busy, most = pacing(clock), [0], [0]

    def ask() -> None:
        with turns.turn("a.example"):
            busy[0] += 1
            most[0] = max(most[0], busy[0])
            threading.Event().wait(0.001)
            busy[0] -= 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert clock.naps == [pytest.approx(3)] * 7


def test_threads_at_different_hosts_do_not_wait_for_each_other() -> None:
    turns, both = Pacing(3.0), threading.Barrier(2, timeout=5)

    def ask(host: str) -> None:
        with turns.turn(host):
            both.wait()

    threads = [threading.Thread(target=ask, args=(f"{name}.example",)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not both.broken


def test_a_fetcher_spaces_gets_redirects_and_retries() -> None:
    with HostileServer() as server:
        server.on("/", redirect("/feed"))
        server.on("/feed", reply(500), reply(b"text"))
        names = {"a.example.org": ["93.184.216.34"], "b.example.org": ["93.184.216.34"]}
        net = Internet(names, {"93.184.216.34": server.port})
        fetcher = Fetcher(
            contact="",
            version="1",
            sleep=net.sleep,
            jitter=lambda: 0.5,
            monotonic=net.clock,
            resolve=net.resolve,
            backend=net,
        )
        assert fetcher.get("http://a.example.org/").state == "new"
        # The redirect; the retry's own pause and what is missing to three seconds; the redirect again.
        assert net.naps == [pytest.approx(3), 1.0, pytest.approx(2), pytest.approx(3)]
        assert fetcher.get("http://b.example.org/feed").state == "new"
        assert len(net.naps) == 4
        assert fetcher.get("http://a.example.org/feed").state == "new"
        assert net.naps[4:] == [pytest.approx(3)]


def test_this_machine_needs_no_pauses() -> None:
    with HostileServer() as server:
        server.on("/", reply(b"text"))
        naps: list[float] = []
        fetcher = Fetcher(contact="", version="1", sleep=naps.append)
        for _ in range(3):
            assert fetcher.get(server.url(), allow_private=True).state == "new"
        assert naps == []


def test_waiting_for_a_turn_costs_no_patience() -> None:
    with HostileServer() as server:
        server.on("/", reply(b"text"))
        net = Internet({"a.example.org": ["93.184.216.34"]}, {"93.184.216.34": server.port})
        fetcher = Fetcher(
            contact="",
            version="1",
            spacing=100,
            sleep=net.sleep,
            monotonic=net.clock,
            resolve=net.resolve,
            backend=net,
        )
        # All patience would be fifty seconds.
        assert [fetcher.get("http://a.example.org/", timeout=5).state for _ in range(2)] == ["new", "new"]
        assert net.naps == [100]


def test_a_deadline_ends_and_waiting_for_a_turn_does_not_count() -> None:
    clock = Internet({}, {})
    deadline = Deadline(10, clock.clock)
    assert deadline.within(30) == 10
    assert deadline.within(3) == 3
    assert deadline.within(None) == 10
    clock.now += 9
    assert deadline.within(3) == pytest.approx(1)
    deadline.extend(5)
    clock.now += 5
    assert deadline.left() == pytest.approx(1)
    clock.now += 1
    with pytest.raises(Passing, match="longer than 10 s"):
        deadline.within(3)
