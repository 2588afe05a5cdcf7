"""Where an answer leads, and where it may not."""

from __future__ import annotations

import pytest

from broadsheet.fetch import Fetcher, Validators
from tests.fetch import hostile_server as play
from tests.fetch.elsewhere import Get
from tests.fetch.hostile_server import HostileServer, reply


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: HostileServer, get: Get, status: int) -> None:
    server.on("/old", play.redirect("/new?key=hush#x", status))
    server.on("/new", reply(b"x", etag='"1"'))
    answer = get("/old", validators=Validators(etag='"0"'))
    assert (answer.state, answer.url) == ("new", server.url("/new"))
    told = f"{server.url('/old')}: has moved to {server.url('/new')} for good"
    assert answer.told == (told if status in (301, 308) else "")
    assert server.asked[1].target == "/new?key=hush"
    assert server.asked[1].headers["if-none-match"] == '"0"'


def test_cookies_of_a_redirect_are_not_sent_on(server: HostileServer, get: Get) -> None:
    server.on("/old", reply(b"", 302, headers={"Location": "/new", "Set-Cookie": "a=b; Path=/"}))
    server.on("/new", reply(b"x"))
    assert get("/old").state == "new"
    assert "cookie" not in server.asked[1].headers


def test_five_redirects_and_no_more(server: HostileServer, get: Get) -> None:
    for step in range(6):
        server.on(f"/{step}", play.redirect(f"/{step + 1}"))
    server.on("/6", reply(b"x"))
    assert get("/1").state == "new"
    answer = get("/0")
    assert (answer.state, "redirects more than 5 times" in answer.told) == ("failed", True)
    assert server.asked[-1].target == "/5"


def test_a_circle(server: HostileServer, get: Get) -> None:
    server.on("/a", play.redirect("/b"))
    server.on("/b", play.redirect("/a#again"))
    answer = get("/a")
    assert answer.told == f"{server.url('/b')}: redirects in a circle; check the address in a browser"
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("ftp://example.org/", "redirects to ftp://example.org/: only http and https"),
        ("file:///etc/passwd", "redirects to file:///etc/passwd: only http and https"),
        ("javascript:alert(1)", "redirects to javascript:alert(1): only http and https"),
        ("http://me:hush@example.org/", "redirects to http://example.org/: a name or password"),
        ("http://[::1", "redirects to http://[::1: this is no address"),
        ("http://example.org:99999/", "there is no port 99999"),
        ("http://exa mple.org/", "redirects to http://exa mple.org/: this is no address"),
    ],
)
def test_a_redirect_to_no_such_place(server: HostileServer, get: Get, to: str, told: str) -> None:
    server.on("/", play.redirect(to))
    answer = get("/")
    assert (answer.state, told in answer.told, "hush" in answer.told) == ("failed", True, False)


def test_no_way_back_from_https_to_http(server: HostileServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    context, authority = play.certificate(tmp_path_factory.mktemp("ca"))
    with HostileServer(tls=context) as secure:
        secure.on("/", play.redirect(server.url("/")))
        server.on("/up", play.redirect(secure.url("/down")))
        secure.on("/down", reply(b"secure"))
        fetcher = Fetcher(contact="", version="1", ca=authority)
        answer = fetcher.get(secure.url("/"), allow_private=True)
        assert (answer.state, "from https to http" in answer.told) == ("failed", True)
        assert server.asked == []
        assert fetcher.get(server.url("/up"), allow_private=True).content == b"secure"
