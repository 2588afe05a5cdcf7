"""What a person has to look at: answers that stay, bodies without end, packing with a bomb in it."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from broadsheet.fetch import Validators
from tests.fetch import hostile_server as play
from tests.fetch.elsewhere import Get
from tests.fetch.hostile_server import HostileServer, reply


@pytest.mark.parametrize(
    ("status", "word"),
    [
        *((401, "login"), (403, "refuses"), (404, "nothing is there"), (410, "gone for good")),
        *((status, "check the address") for status in (204, 206, 300, 302, 400, 418)),
    ],
)
def test_a_status_that_stays(server: HostileServer, get: Get, naps: list[float], status: int, word: str) -> None:
    server.on("/", reply(status))
    known = Validators(etag='"1"')
    answer = get("/?key=hush", validators=known)
    assert (answer.state, answer.validators, len(server.asked), naps) == ("failed", known, 1, [])
    assert answer.told.startswith(f"{server.url('/')}: answered {status}: ")
    assert word in answer.told


def test_a_body_without_end_stops_at_the_limit(server: HostileServer, get: Get) -> None:
    server.on("/", play.endless())
    tracemalloc.start()
    answer = get("/", limit=1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.told == f"{server.url('/')}: is larger than 1 MiB; raise limit_mib for this source if it should be"
    assert (answer.state, len(server.asked)) == ("failed", 1)
    assert peak < 6 << 20


def test_a_body_that_announces_too_much_is_not_read(server: HostileServer, get: Get) -> None:
    server.on("/", play.cut(b"", 10 << 30), play.cut(b"", int("9" * 19)))
    for _ in range(2):
        assert "is larger than" in get("/").told


def test_a_body_of_exactly_the_limit_is_taken(server: HostileServer, get: Get) -> None:
    server.on("/", reply(b"x" * 100), reply(b"x" * 101), reply(b"x" * 100, packed=True), reply(b"x" * 101, packed=True))
    assert [get("/", limit=100).state for _ in range(4)] == ["new", "failed", "new", "failed"]


def test_a_bomb_unpacks_to_the_limit_and_no_further(server: HostileServer, get: Get) -> None:
    packed = gzip.compress(bytes(64 << 20), 9, mtime=0)
    assert len(packed) < 1 << 17  # one or two reads hold all of it
    server.on("/", reply(packed, headers={"Content-Encoding": "gzip"}))
    tracemalloc.start()
    answer = get("/", limit=1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.state, "is larger than 1 MiB" in answer.told) == ("failed", True)
    assert peak < 6 << 20


def test_gzip_that_unpacks_to_nothing_for_ever(server: HostileServer, get: Get) -> None:
    server.on("/", play.raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"") * 100_000))
    assert get("/", limit=1000).state == "failed"


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip", "\x7f"])
def test_packing_that_was_not_asked_for(server: HostileServer, get: Get, coding: str) -> None:
    server.on("/", reply(b"x", headers={"Content-Encoding": coding}))
    answer = get("/")
    assert answer.state in ("failed", "later")
    assert answer.told.isprintable()
