"""A digest posted to a URL, and what each answer means."""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from broadsheet.deliver import webhook
from broadsheet.deliver.webhook import post

DIGEST = json.dumps({"profile": "serving", "day": "2026-06-01", "sections": [], "title": "Sérving"}).encode()
HIDDEN = "/services/T0CANARY0/B0CANARY0/xyzcanaryxyz"


class Hook(ThreadingHTTPServer):
    """A server that gives one answer, and what it was asked."""

    def __init__(self, code: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.code, self.headers, self.body = code, headers, body
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{HIDDEN}"


class _Answers(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        if self.server.code == 0:
            self.close_connection = True
            return
        self.send_response_only(self.server.code)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, {}, b""))
        self.send_response_only(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def hook(code: int = 200, body: bytes = b"ok", **headers: str) -> Iterator[Hook]:
    server = Hook(code, {name.replace("_", "-"): value for name, value in headers.items()}, body)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def posted(url: str, content: bytes = DIGEST, title: str = "Serving, 1 Jun", text: str = "1. A paper") -> Any:
    return post(url, content, "key-1", title=title, text=text)


def test_the_digest_arrives_as_json() -> None:
    with hook() as server:
        outcome = posted(server.url)
        assert outcome.state == "sent"
        posted(server.url)
        post(server.url, DIGEST, "key-1", title="", text="", page="https://example.org/serving/")
    (method, path, headers, body), again, linked = server.asked
    assert (method, path) == ("POST", HIDDEN)
    assert json.loads(body) == {
        "title": "Serving, 1 Jun",
        "text": "1. A paper",
        "profile": "serving",
        "day": "2026-06-01",
        "url": None,
        "digest": json.loads(DIGEST),
    }
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("broadsheet/")
    assert headers["idempotency-key"] == "key-1"
    assert again[2:] == (headers, body)
    assert json.loads(linked[3])["url"] == "https://example.org/serving/"


def test_a_user_in_the_url_logs_in() -> None:
    with hook() as server:
        posted(server.url.replace("http://", "http://m%C3%A9:p%3Aw@"))
    assert server.asked[0][2]["authorization"] == "Basic bcOpOnA6dw=="


@pytest.mark.parametrize(
    ("code", "headers", "state", "pause"),
    [
        (200, {}, "sent", 0),
        (204, {}, "sent", 0),
        (301, {"Location": "/elsewhere"}, "failed", 0),
        (307, {"Location": "/elsewhere"}, "failed", 0),
        (400, {}, "failed", 0),
        (404, {}, "failed", 0),
        (410, {}, "failed", 0),
        (408, {}, "later", 0),
        (425, {}, "later", 0),
        (429, {"Retry-After": "120"}, "later", 120),
        (429, {"Retry-After": "99999999"}, "later", 86_400),
        (429, {"Retry-After": "-5"}, "later", 0),
        (429, {"Retry-After": "soon"}, "later", 0),
        (
            503,
            {"Date": "Mon, 01 Jun 2026 06:00:00 GMT", "Retry-After": "Mon, 01 Jun 2026 06:10:00 GMT"},
            "later",
            600,
        ),
        (503, {"Date": "Mon, 01 Jun 2026 06:00:00 GMT", "Retry-After": "Sun, 31 May 2026 06:10:00 GMT"}, "later", 0),
        (503, {"Retry-After": "Mon, 01 Jun 2026 06:10:00 GMT"}, "later", 0),
        (500, {}, "later", 0),
        (0, {}, "later", 0),
    ],
)
def test_what_an_answer_means(code: int, headers: dict[str, str], state: str, pause: int) -> None:
    with hook(code, b"", **{name.replace("-", "_"): value for name, value in headers.items()}) as server:
        outcome = posted(server.url)
    assert (outcome.state, outcome.pause) == (state, pause), outcome
    assert len(server.asked) == 1


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        outcome = posted(f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert outcome.state == "later"
    assert "no answer within 0.1 s" in outcome.told


def test_an_answer_without_end_is_read_no_further() -> None:
    with hook(404, b"no " * 10_000_000) as server:
        outcome = posted(server.url)
    assert outcome.state == "failed"
    assert len(outcome.told) < 300


@pytest.mark.parametrize("code", [200, 302, 400, 404, 500, 0])
def test_the_url_is_in_nothing_that_anybody_reads(code: int, caplog: pytest.LogCaptureFixture) -> None:
    said = f"no {HIDDEN} here, nor xyzcanaryxyz \x1b[31m".encode()
    with caplog.at_level(logging.DEBUG), hook(code, said, Location=HIDDEN) as server:
        outcome = posted(server.url)
    assert "canary" not in (outcome.told + caplog.text).lower()
    assert outcome.told.isprintable()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "http://", "http:///canary", "https://[canary", "http://\udcffcanary/"]
)
def test_a_url_that_is_none(url: str) -> None:
    outcome = posted(url)
    assert outcome.state == "later"
    assert "canary" not in outcome.told


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{"])
def test_what_is_no_digest(content: bytes) -> None:
    assert posted("http://127.0.0.1:9/", content).state == "failed"


def test_nobody_is_called_by_the_title_of_a_paper() -> None:
    with hook() as server:
        posted(server.url, text="<!channel> @everyone @here <@U123> a@all.example.org, a < b, @alloy")
    text = json.loads(server.asked[0][3])["text"]
    assert "@everyone" not in text
    assert "<!" not in text
    assert "<@" not in text
    assert text.replace("\u200b", "").startswith("<!channel> @everyone @here")
    assert text.endswith("a < b, @alloy")


# apprise looks for a module that Python will not have for long.
apprise_alone = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@apprise_alone
def test_any_other_scheme_goes_by_apprise(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("apprise")
    with hook() as server, caplog.at_level(logging.DEBUG):
        outcome = posted(f"json://127.0.0.1:{server.server_port}{HIDDEN}")
    assert (outcome.state, outcome.told) == ("sent", "by apprise")
    assert server.asked[0][1].rstrip("/") == HIDDEN
    told = json.loads(server.asked[0][3])
    assert (told["title"], told["message"]) == ("Serving, 1 Jun", "1. A paper")
    assert "canary" not in caplog.text.lower()


@apprise_alone
@pytest.mark.parametrize("code", [404, 500])
def test_what_apprise_cannot_send_is_for_later(
    code: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("apprise")
    level = logging.getLogger("apprise").level
    with hook(code) as server, caplog.at_level(logging.DEBUG):
        outcome = posted(f"json://127.0.0.1:{server.server_port}{HIDDEN}")
    assert outcome.state == "later"
    assert f"error={code}" in outcome.told
    assert "canary" not in (outcome.told + caplog.text + "".join(capfd.readouterr())).lower()
    assert logging.getLogger("apprise").level == level


@apprise_alone
def test_a_url_that_apprise_does_not_know() -> None:
    pytest.importorskip("apprise")
    for url in ("canary://canary", "slack://canary"):
        outcome = posted(url)
        assert outcome.state == "later"
        assert "none that apprise knows" in outcome.told


def test_without_apprise_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    outcome = posted("slack://canary")
    assert outcome.state == "later"
    assert "pip install 'broadsheet[apprise]'" in outcome.told
