"""No request reaches this machine or its network unless that is allowed, however the address is written."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.fetch import Fetcher, guard, wire
from broadsheet.fetch.faults import Failed, Passing
from tests.fetch.elsewhere import Internet
from tests.fetch.hostile_server import HostileServer, certificate, redirect, reply

PUBLIC = "93.184.216.34"


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        running.on("/", reply(b"caught"))
        yield running


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (PUBLIC, "public"),
        ("2606:2800:220:1:248:1893:25c8:1946", "public"),
        ("64:ff9b::5db8:d822", "public"),
        ("::ffff:93.184.216.34", "public"),
        ("127.0.0.1", "private"),
        ("127.255.255.254", "private"),
        ("10.0.0.5", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("192.0.0.9", "private"),
        ("192.88.99.1", "private"),
        ("198.18.0.1", "private"),
        ("203.0.113.7", "private"),
        ("::1", "private"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "private"),
        ("fec0::1", "private"),
        ("::127.0.0.1", "private"),
        ("::8.8.8.8", "private"),
        ("::ffff:127.0.0.1", "private"),
        ("::ffff:10.0.0.5", "private"),
        ("64:ff9b::7f00:1", "private"),
        ("64:ff9b:1::808:808", "private"),
        ("2002:7f00:1::", "private"),
        ("2002:808:808::1", "private"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "private"),
        ("2001:db8::1", "private"),
        ("3fff::1", "private"),
        ("5f00::1", "private"),
        ("0.0.0.0", "never"),  # noqa: S104
        ("0.1.2.3", "never"),
        ("::", "never"),
        ("169.254.169.254", "never"),
        ("::ffff:169.254.169.254", "never"),
        ("64:ff9b::a9fe:a9fe", "never"),
        ("2002:a9fe:a9fe::", "never"),
        ("::169.254.169.254", "never"),
        ("fe80::1", "never"),
        ("fe80::1%eth0", "never"),
        ("224.0.0.1", "never"),
        ("233.252.0.1", "never"),
        ("ff0e::1", "never"),
        ("240.0.0.1", "never"),
        ("255.255.255.255", "never"),
        ("", "never"),
        ("example.org", "never"),
    ],
)
def test_an_address_is_anybodys_ours_or_nobodys(address: str, expected: str) -> None:
    assert guard.reach(address) == expected


@given(st.ip_addresses(v=4))
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("169.254.169.254"))
def test_wrapped_into_ipv6_an_address_is_worth_no_more(inner: IPv4Address) -> None:
    number, expected = int(inner), guard.reach(str(inner))
    assert guard.reach(str(IPv6Address(0xFFFF << 32 | number))) == expected
    assert guard.reach(str(IPv6Address(0x64FF9B << 96 | number))) == expected
    tunnels = (0x2002 << 112 | number << 80, 0x20010000 << 96 | (number ^ 0xFFFFFFFF), 1 << 64 | number)
    assert "public" not in {guard.reach(str(IPv6Address(tunnel))) for tunnel in tunnels}


WRITTEN = [
    *("localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    *("0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),  # noqa: S104
    "[0:0:0:0:0:0:0:1]",
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "169.254.169.254", "[fe80::1]", "224.0.0.1"),
    *("127.0.0.1.", "localhost.", "①②⑦.0.0.1", "127。0。0。1"),
]


@pytest.mark.parametrize("host", WRITTEN)
def test_however_it_is_written_nothing_connects(server: HostileServer, host: str) -> None:
    internet = Internet({}, {})
    with Fetcher(contact="", version="1", sleep=internet.sleep, backend=internet) as fetcher:
        answer = fetcher.get(f"http://{host}:{server.port}/", timeout=5)
    # Some spellings are no address or no name at all, which is as good.
    assert answer.state in ("failed", "later")
    assert (internet.connected, server.connections) == ([], 0)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_with_leave_the_same_spellings_connect(server: HostileServer, host: str) -> None:
    with Fetcher(contact="", version="1", sleep=lambda _: None) as fetcher:
        answer = fetcher.get(f"http://{host}:{server.port}/", timeout=5, allow_private=True)
    assert (answer.state, answer.content, server.connections) == ("new", b"caught", 1)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.5", "192.168.0.1", "127.0.0.1", "::1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.5", "64:ff9b::a00:5"],
)
def test_a_name_that_leads_inside_is_told_with_address_and_remedy(address: str) -> None:
    internet = Internet({"feeds.example.org": [address]}, {})
    fetcher = Fetcher(contact="", version="1", sleep=internet.sleep, resolve=internet.resolve, backend=internet)
    answer = fetcher.get("https://feeds.example.org/rss?key=hush")
    assert answer.state == "failed"
    assert answer.told == (
        f"https://feeds.example.org/rss: its address {address} belongs to this machine or a private network; "
        "write `allow_private = true` for this source if that is meant"
    )
    assert (internet.connected, internet.naps) == ([], [])


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1%eth0", "0.1.2.3", "ff02::1"])
def test_some_addresses_are_never_asked_even_with_leave(address: str) -> None:
    internet = Internet({"feeds.example.org": [address]}, {})
    fetcher = Fetcher(contact="", version="1", sleep=internet.sleep, resolve=internet.resolve, backend=internet)
    answer = fetcher.get("http://feeds.example.org/", allow_private=True)
    assert answer.state == "failed"
    assert address in answer.told
    assert "allow_private" not in answer.told
    assert internet.connected == []


def test_of_several_addresses_only_public_ones_are_asked(server: HostileServer) -> None:
    internet = Internet({"feeds.example.org": ["10.0.0.5", PUBLIC, "127.0.0.1"]}, {PUBLIC: server.port})
    fetcher = Fetcher(contact="", version="1", resolve=internet.resolve, backend=internet)
    assert fetcher.get("http://feeds.example.org/").state == "new"
    assert internet.connected == [(PUBLIC, 80)]


def test_a_dead_address_leaves_time_for_the_next(server: HostileServer) -> None:
    dead = "2606:2800:220:1::1"
    internet = Internet({"feeds.example.org": [dead, PUBLIC]}, {PUBLIC: server.port})
    fetcher = Fetcher(contact="", version="1", resolve=internet.resolve, backend=internet)
    assert fetcher.get("http://feeds.example.org/").state == "new"
    assert internet.connected == [(dead, 80), (PUBLIC, 80)]


def test_a_name_that_changes_its_mind_gains_nothing(server: HostileServer) -> None:
    """DNS rebinding: public when looked at, this machine when connected to."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    internet = Internet({}, {PUBLIC: server.port, "127.0.0.1": server.port})
    fetcher = Fetcher(contact="", version="1", resolve=lambda host, timeout: answers.pop(0), backend=internet)
    assert fetcher.get("http://rebinding.example.org/").state == "new"
    assert internet.connected == [(PUBLIC, 80)]
    assert server.asked[0].headers["host"] == "rebinding.example.org"
    assert answers == [["127.0.0.1"]]


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1/",
        "http://intranet.example.org/",
        "//0x7f000001/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:6379/",
    ],
)
def test_a_redirect_inside_is_refused(server: HostileServer, to: str) -> None:
    server.on("/feed", redirect(to))
    names = {"feeds.example.org": [PUBLIC], "intranet.example.org": ["10.0.0.5"], "localhost": ["127.0.0.1"]}
    literal = {host: [host] for host in ("127.0.0.1", "::1", "169.254.169.254")} | {"0x7f000001": ["127.0.0.1"]}
    internet = Internet(names | literal, {PUBLIC: server.port})
    fetcher = Fetcher(contact="", version="1", sleep=internet.sleep, resolve=internet.resolve, backend=internet)
    answer = fetcher.get("http://feeds.example.org/feed")
    assert answer.state == "failed"
    assert internet.connected == [(PUBLIC, 80)]
    assert "its address " in answer.told


def test_the_certificate_is_checked_for_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path, "feeds.example.org")
    asked_for: list[str | None] = []
    context.sni_callback = lambda connection, name, _: asked_for.append(name)
    with HostileServer(tls=context) as server:
        server.on("/", reply(b"secure"))
        names = {"feeds.example.org": [PUBLIC], "other.example.org": [PUBLIC]}
        internet = Internet(names, {PUBLIC: server.port})

        def answer(url: str, ca: Path | None) -> tuple[str, str]:
            fetcher = Fetcher(
                contact="", version="1", sleep=internet.sleep, ca=ca, resolve=internet.resolve, backend=internet
            )
            found = fetcher.get(url)
            return found.state, found.told

        assert answer("https://feeds.example.org/", authority) == ("new", "")
        assert asked_for == ["feeds.example.org"]
        assert server.asked[0].headers["host"] == "feeds.example.org"
        state, told = answer("https://other.example.org/", authority)
        assert (state, "not valid for 'other.example.org'" in told) == ("failed", True)
        state, told = answer("https://feeds.example.org/", None)
        assert (state, "self-signed certificate" in told) == ("failed", True)
        # A wrong certificate is not asked again, and nothing was said to who showed it.
        assert (len(server.asked), internet.naps) == (1, [])


def test_what_is_no_tls_is_tried_again_and_told(server: HostileServer) -> None:
    naps: list[float] = []
    fetcher = Fetcher(contact="", version="1", sleep=naps.append)
    answer = fetcher.get(f"https://127.0.0.1:{server.port}/", allow_private=True)
    assert answer.state == "later"
    assert "TLS did not come about" in answer.told
    assert len(naps) == 3


@pytest.mark.parametrize("port", [22, 25, 110, 143, 587, 993])
def test_other_services_are_not_spoken_to(port: int) -> None:
    internet = Internet({"mail.example.org": [PUBLIC]}, {})
    fetcher = Fetcher(contact="", version="1", resolve=internet.resolve, backend=internet)
    answer = fetcher.get(f"http://mail.example.org:{port}/")
    assert (answer.state, internet.resolved) == ("failed", [])
    assert f"port {port}" in answer.told


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: end.wait(10) and [])
    with pytest.raises(Passing, match="did not answer"):
        guard.resolve("slow.example.org", 0.01)
    end.set()


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "..", "a..b", "\x00"])
def test_what_cannot_be_a_name_is_told(host: str) -> None:
    with pytest.raises((Failed, Passing)):
        guard.resolve(host, 5)


def test_a_plain_connection_goes_to_the_checked_address(server: HostileServer) -> None:
    with pytest.raises(Failed, match="allow_private"):
        guard.connect("localhost", server.port, 5)
    assert server.connections == 0
    with guard.connect("localhost", server.port, 5, allow_private=True) as connection:
        assert connection.getpeername() == ("127.0.0.1", server.port)
        assert connection.gettimeout() == 5


def test_no_address_answers(server: HostileServer) -> None:
    with pytest.raises(Passing, match="cannot be reached: Connection refused"):
        guard.connect("127.0.0.1", 1, 5, allow_private=True)


def test_trust_has_the_usual_authorities() -> None:
    context = wire.trust(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) > 50
