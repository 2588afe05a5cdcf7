"""What may pass is asked again, politely and not for ever. No test waits: pauses are written down instead."""

from __future__ import annotations

import gzip
import time

import pytest

from broadsheet.fetch import Fetcher, Validators
from tests.fetch import hostile_server as play
from tests.fetch.elsewhere import Get, Internet
from tests.fetch.hostile_server import HostileServer, reply

DATE = "Mon, 01 Jun 2026 06:00:00 GMT"


def test_an_error_that_passes_is_not_seen(server: HostileServer, get: Get, naps: list[float]) -> None:
    server.on("/", reply(500), play.drop(), play.cut(b"half", 9), reply(b"whole"))
    assert get("/").content == b"whole"
    assert naps == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (reply(500), "answered 500"),
        (reply(503), "answered 503"),
        (reply(408), "answered 408"),
        (reply(429), "answered 429"),
        (play.drop(), "broke off before the end"),
        (play.cut(b"half", 9), "broke off before the end"),
        (play.cut_chunks(b"half"), "broke off before the end"),
        (play.cut_gzip(b"half" * 1000), "broke off before the end"),
        (reply(b"\x1f\x8b" + b"x" * 50, headers={"Content-Encoding": "gzip"}), "is damaged"),
        (reply(gzip.compress(b"x") + b"tail", headers={"Content-Encoding": "gzip"}), "is damaged"),
        (play.raw(b"\x00\x1b[2Jnonsense\r\n\r\n"), "does not answer as a web server does"),
        (play.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "does not answer as"),
        (play.raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000), "does not answer as a web server does"),
        (play.raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000), "does not answer as a web server does"),
    ],
)
def test_what_may_pass_is_asked_four_times_and_then_later(
    server: HostileServer, get: Get, naps: list[float], bad: play.Play, told: str
) -> None:
    server.on("/", bad)
    known = Validators(etag='"1"')
    answer = get("/?key=hush", validators=known)
    assert (answer.state, answer.content, answer.validators) == ("later", b"", known)
    assert answer.told.startswith(f"{server.url('/')}: {told}")
    assert naps == [1.0, 2.0, 4.0]
    assert len(server.asked) == 4


def test_nobody_is_there(get: Get, naps: list[float]) -> None:
    answer = get("http://127.0.0.1:1/")
    assert (answer.state, answer.told) == ("later", "http://127.0.0.1:1/: cannot be reached: Connection refused")
    assert naps == [1.0, 2.0, 4.0]


def test_silence_is_not_waited_for_long(server: HostileServer, get: Get, naps: list[float]) -> None:
    server.on("/", play.hang())
    answer = get("/", timeout=0.05)
    assert (answer.state, answer.told) == ("later", f"{server.url('/')}: did not answer within 0.05 s")
    # A pause of a second would end after all patience, ten time-outs.
    assert (len(server.asked), naps) == (1, [])


@pytest.mark.parametrize("slow", [play.drip(b"x" * 1000, 0.001), play.drip_head(0.001)])
def test_what_drips_in_ends_with_all_patience(server: HostileServer, slow: play.Play) -> None:
    server.on("/", slow)
    net = Internet({}, {})
    net.tick = 1.0  # each byte comes a second after the last, well within the time-out
    fetcher = Fetcher(contact="", version="1", sleep=net.sleep, monotonic=net.clock)
    answer = fetcher.get(server.url(), timeout=10, allow_private=True)
    assert (answer.state, answer.told) == ("later", f"{server.url()}: took longer than 100 s in all")
    assert (len(server.asked), net.naps) == (1, [])


def test_the_last_piece_of_what_drips_is_not_called_the_only_one(server: HostileServer) -> None:
    server.on("/", play.hang())
    began: list[float] = []

    def almost_over() -> float:
        began.append(time.monotonic())
        return 0.0 if len(began) == 1 else 99.95 + began[-1] - began[0]

    answer = Fetcher(contact="", version="1", monotonic=almost_over).get(server.url(), timeout=10, allow_private=True)
    assert (answer.state, answer.told) == ("later", f"{server.url()}: took longer than 100 s in all")


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_a_short_pause_gets_it(server: HostileServer, get: Get, naps: list[float], status: int) -> None:
    until = play.later("Mon, 01 Jun 2026 06:00:25 GMT", status, date=DATE)
    server.on("/", play.later(20, status), until, play.later(0, status), reply(b"x"))
    assert get("/").state == "new"
    # Nobody is asked at once, whatever it says.
    assert naps == [20, 25, 4.0]


@pytest.mark.parametrize(
    ("after", "date", "seconds"),
    [
        (61, "", 61),
        (7200, "", 7200),
        ("9" * 30, "", 365 * 86400),
        ("Mon, 01 Jun 2026 08:00:00 GMT", DATE, 7200),
        ("Monday, 01-Jun-26 08:00:00 GMT", DATE, 7200),
        ("Mon, 01 Jun 2026 08:00:00 GMT", "", 3600),
    ],
)
def test_who_asks_for_a_long_pause_is_left_alone(
    server: HostileServer, get: Get, naps: list[float], after: int | str, date: str, seconds: int
) -> None:
    server.on("/", play.later(after, date=date))
    answer = get("/", timeout=30)
    assert (answer.state, answer.retry_after, naps) == ("later", seconds, [])
    assert answer.told == f"{server.url('/')}: answered 429; it asks to wait {seconds} s"


@pytest.mark.parametrize("after", ["", "soon", "-5", "1.5", "٣", "Mon, 99 Jun 2026 06:00:00 GMT"])
def test_a_retry_after_that_says_nothing(server: HostileServer, get: Get, naps: list[float], after: str) -> None:
    said = b"HTTP/1.1 429 x\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n" % after.encode()
    server.on("/", play.raw(said), reply(b"x"))
    assert (get("/").state, naps) == ("new", [1.0])


def test_a_pause_longer_than_what_is_left_of_all_patience(server: HostileServer, get: Get, naps: list[float]) -> None:
    server.on("/", play.later(50))
    answer = get("/", timeout=5)
    assert (answer.state, answer.retry_after, naps) == ("later", 50, [])
