"""What comes back from servers that behave, and what may be written as an address."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from broadsheet.fetch import Answer, Fetcher, Validators
from tests.fetch import hostile_server as play
from tests.fetch.elsewhere import Get, Internet
from tests.fetch.hostile_server import HostileServer, reply

DATE = "Mon, 01 Jun 2026 06:00:00 GMT"


def test_a_page_with_all_that_is_known_of_it(server: HostileServer, get: Get) -> None:
    server.on("/a.xml", reply(b"<rss/>", etag='W/"a b"', modified=DATE, media_type="Application/RSS+XML; charset=x"))
    assert get("/a.xml?key=hush#part") == Answer(
        state="new",
        content=b"<rss/>",
        media_type="application/rss+xml",
        validators=Validators(etag='W/"a b"', modified=DATE),
        url=server.url("/a.xml"),
    )
    assert server.asked[0].target == "/a.xml?key=hush"


def test_it_says_who_asks_and_nothing_else(server: HostileServer, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.on("/", reply(b"x", headers={"Set-Cookie": "a=b"}))
    for _ in range(2):
        assert get("/").state == "new"
    headers = server.asked[1].headers
    assert headers.pop("accept").startswith("application/atom+xml, application/rss+xml")
    assert headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "Broadsheet/9.9 (+https://example.org/me)",
        "accept-encoding": "gzip",
        "connection": "close",
    }


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("me@example.org", "Broadsheet/1 (+me@example.org)"),
        ("", "Broadsheet/1 (digests of research papers)"),
        ("a\r\nX-Evil: 1", "Broadsheet/1 (digests of research papers)"),
        ("a) (b", "Broadsheet/1 (digests of research papers)"),
        ("Jürgen", "Broadsheet/1 (digests of research papers)"),
    ],
)
def test_a_contact_that_no_header_can_hold_is_left_out(server: HostileServer, contact: str, expected: str) -> None:
    server.on("/", reply(b"x"))
    Fetcher(contact=contact, version="1").get(server.url(), allow_private=True)
    assert server.asked[0].headers["user-agent"] == expected
    assert "x-evil" not in server.asked[0].headers


@pytest.mark.parametrize("said", ["", "nonsense", "text/<b>", "a/b\x1b[2J", "x" * 200 + "/y"])
def test_a_media_type_that_is_none(server: HostileServer, get: Get, said: str) -> None:
    server.on("/", reply(b"x", headers={"Content-Type": said}))
    assert get("/").media_type in ("", "text/plain")


@pytest.mark.parametrize("body", [b"", b"short", bytes(300_000)])
def test_packed_bodies_are_unpacked(server: HostileServer, get: Get, body: bytes) -> None:
    server.on("/", reply(body, packed=True))
    assert get("/").content == body


def test_gzip_in_several_members_and_with_zeros_behind(server: HostileServer, get: Get) -> None:
    content = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(512)
    server.on("/", reply(content, headers={"Content-Encoding": "x-gzip"}))
    assert get("/").content == b"one two"


def test_a_body_without_length_ends_with_the_connection(server: HostileServer, get: Get) -> None:
    server.on("/", play.raw(b"HTTP/1.0 200 OK\r\n\r\nall of it"))
    assert get("/").content == b"all of it"


@pytest.mark.parametrize(
    "known",
    [
        Validators(etag='"strong"'),
        Validators(etag='W/"weak"'),
        Validators(etag="unquoted"),
        Validators(modified=DATE),
        Validators(etag='"both"', modified=DATE),
    ],
)
def test_what_has_not_changed_is_not_sent_again(server: HostileServer, get: Get, known: Validators) -> None:
    server.on("/", play.conditional(b"news", known.etag, known.modified))
    first = get("/")
    assert (first.state, first.validators) == ("new", known)
    again = get("/", validators=first.validators)
    assert (again.state, again.content, again.validators, again.told) == ("same", b"", known, "")
    changed = get("/", validators=Validators(etag='"old"', modified="Sun, 31 May 2026 06:00:00 GMT"))
    assert (changed.state, changed.content) == ("new", b"news")


def test_a_304_may_bring_a_new_etag(server: HostileServer, get: Get) -> None:
    server.on("/", play.raw(b'HTTP/1.1 304 Same\r\nETag: "2"\r\n\r\n'))
    assert get("/", validators=Validators(etag='"1"', modified=DATE)).validators == Validators(
        etag='"2"', modified=DATE
    )


def test_a_304_that_nobody_asked_for_is_no_answer(server: HostileServer, get: Get) -> None:
    server.on("/", reply(304))
    assert get("/").state == "failed"


def test_validators_lost_or_unfit_are_not_kept(server: HostileServer, get: Get) -> None:
    server.on("/", reply(b"x"), reply(b"x", etag='"' + "e" * 600 + '"', modified="\x1b[2J"))
    for _ in range(2):
        assert get("/", validators=Validators(etag='"old"')).validators == Validators()


def test_validators_that_no_header_can_hold_are_not_sent(server: HostileServer, get: Get) -> None:
    server.on("/", reply(b"x"))
    assert get("/", validators=Validators(etag='"a"\r\nX-Evil: 1', modified="ü")).state == "new"
    assert not {"if-none-match", "if-modified-since", "x-evil"} & set(server.asked[0].headers)


@pytest.mark.parametrize("url", ["", "x", "/feed", "ftp://example.org/", "http:///x", "http://[::1", "http://a:b/"])
def test_what_is_no_address_is_told(get: Get, url: str) -> None:
    answer = Fetcher(contact="", version="1").get(url)
    assert (answer.state, answer.told != "") == ("failed", True)


def test_secrets_of_an_address_are_in_no_message(server: HostileServer, get: Get) -> None:
    server.on("/a", reply(404), play.drop(), play.redirect("ftp://u:hush@h/?hush#hush"), reply(b"x"))
    urls = ["/a?hush#hush", "http://u:hush@127.0.0.1/", "http://u:hu?hush@h/", "http://nosuch.invalid/?hush", "hush@["]
    for url in ["/a?hush", "/a?hush", "/a?hush", *urls]:
        answer = get(url)
        assert "hush" not in repr(answer), answer
        assert answer.told.isprintable()


_BYTES = st.binary(max_size=200)
_HEADS = st.builds(lambda head, tail: b"HTTP/1.1 " + head + b"\r\n" + tail, _BYTES, _BYTES)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=_BYTES | _HEADS)
@example(data=b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n")
@example(data=b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
@example(data=b"HTTP/1.1 200 OK\r\nLocation: \xff\r\nETag: \xff\xfe\r\nContent-Type: \xc3\xbc\r\n\r\n")
@example(data=b"HTTP/1.1 302 OK\r\nLocation: \xff\xfe http://\xc3\r\nContent-Length: 0\r\n\r\n")
@example(data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx")
def test_nothing_that_a_server_sends_raises(server: HostileServer, get: Get, data: bytes) -> None:
    server.on("/", play.raw(data))
    answer = get("/")
    assert answer.state in ("new", "later", "failed")
    assert answer.told.isprintable()


@given(st.text(max_size=60) | st.builds("http://{}".format, st.text(max_size=40)))
@example("http://a\x00b/")
@example("http://" + "a" * 70 + "/")
@example("http://xn--/")
@example("http://a%00b/")
@example("HTTP://\udcff/")
def test_nothing_that_stands_for_an_address_raises(url: str) -> None:
    net = Internet({}, {})
    answer = Fetcher(contact="", version="1", sleep=net.sleep, resolve=net.resolve, backend=net).get(url)
    assert answer.state in ("failed", "later")
    assert answer.told.isprintable()


def test_threads_share_a_fetcher(server: HostileServer, get: Get) -> None:
    for name in range(8):
        server.on(f"/{name}", reply(str(name).encode() * 10_000, packed=True))
    found: dict[int, bytes] = {}

    def ask(name: int) -> None:
        found[name] = get(f"/{name}").content

    threads = [threading.Thread(target=ask, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: str(name).encode() * 10_000 for name in range(8)}


def test_importing_costs_nothing_of_http() -> None:
    code = (
        "import sys, broadsheet.fetch as fetch; before = {'httpx', 'httpcore', 'h11'} & set(sys.modules);"
        "fetch.Fetcher(contact='', version='1'); print(before, 'httpx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set() True\n"
