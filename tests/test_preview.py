"""The preview on localhost: types, caching, and nothing but the folder."""

from __future__ import annotations

import http.client
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.deliver.preview import found, server, type_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site, with a secret beside it."""
    (tmp_path / "secret.html").write_text("secret")
    site = tmp_path / "site"
    for name, text in (
        ("index.html", "<title>first</title>"),
        ("404.html", "<title>missing</title>"),
        ("style.css", "a{}"),
        ("day/index.html", "<title>day</title>"),
        ("empty/none.txt", "x"),
        (".hidden/index.html", "hidden"),
        ("serving/rss.xml", "<rss/>"),
        ("serving/archive/2026-10.atom.xml", "<feed/>"),
    ):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
        os.utime(site / name, (1_700_000_000, 1_700_000_000))
    (site / "way-out").symlink_to(tmp_path)
    (site / "out.html").symlink_to(tmp_path / "secret.html")
    (site / "round").symlink_to(site / "round")
    return site


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    listening = server(folder, 0, base="/papers/", told=lambda _: None)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield listening.server_address[1]
    listening.shutdown()
    thread.join()
    listening.server_close()


def asked(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def test_a_file_comes_with_its_type_and_what_a_cache_needs(port: int) -> None:
    status, headers, content = asked(port, "/style.css?v=12")
    assert (status, content) == (200, b"a{}")
    assert headers["Content-Type"] == "text/css; charset=utf-8"
    assert headers["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert headers["ETag"].startswith('"')
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Length"] == "3"


def test_what_a_browser_has_is_not_sent_again(port: int, folder: Path) -> None:
    tag = asked(port, "/")[1]["ETag"]
    for headers in (
        {"If_None_Match": tag},
        {"If_None_Match": f'"other", W/{tag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": "Tue, 14 Nov 2023 22:13:20 GMT"},
    ):
        status, answered, content = asked(port, "/", **headers)
        assert (status, content) == (304, b""), headers
        assert answered["ETag"] == tag
    # The tag decides alone.
    assert asked(port, "/", If_None_Match='"x"', If_Modified_Since="Tue, 14 Nov 2023 22:13:20 GMT")[0] == 200
    assert asked(port, "/", If_Modified_Since="no date")[0] == 200
    assert asked(port, "/", If_Modified_Since="Tue, 14 Nov 2023 22:13:19 GMT")[0] == 200
    (folder / "index.html").write_text("<title>other</title>")
    assert asked(port, "/", If_None_Match=tag)[0] == 200


def test_head_has_all_but_the_content(port: int) -> None:
    status, headers, content = asked(port, "/", "HEAD")
    assert (status, headers["Content-Length"], content) == (200, "20", b"")
    assert asked(port, "/", "POST")[0] == 501


def test_a_folder_is_its_page_and_is_never_listed(port: int) -> None:
    assert asked(port, "/day/")[2] == b"<title>day</title>"
    status, headers, _ = asked(port, "/day?x=1")
    assert (status, headers["Location"]) == (301, "/day/")
    for path in ("/empty/", "/empty"):
        status, _, content = asked(port, path)
        assert (status, content) == (404, b"<title>missing</title>")


def test_a_redirect_never_leads_to_another_host(port: int) -> None:
    for path in ("//day", "///day", "/%2Fday"):
        status, headers, _ = asked(port, path)
        assert status in (301, 404)
        assert not (headers["Location"] or "/day/").startswith("//")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/../secret.html",
            "/%2e%2e/secret.html",
            "/day/../../secret.html",
            "/..%2fsecret.html",
            "/%2e%2e%2fsecret.html",
        ),
        *("/way-out/secret.html", "/out.html", "/round", "/.hidden/", "/.hidden/index.html", "/day\\..\\index.html"),
        *("/C:/secret.html", "/%00", "/index.html%00.css", "/%ff", "/" + "a" * 5000, "/none.html", "/index.html/"),
    ],
)
def test_no_path_leaves_the_folder(port: int, path: str) -> None:
    status, _, content = asked(port, path)
    assert status == 404
    assert b"secret" not in content


def test_a_path_with_a_bare_line_of_dots_sent_raw_stays_inside(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"GET /../../secret.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while chunk := raw.recv(4096):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 404 ")


def test_the_path_of_the_site_leads_to_the_same_files(port: int) -> None:
    assert asked(port, "/papers/day/")[2] == b"<title>day</title>"
    assert asked(port, "/papers/style.css")[0] == 200


def test_only_this_machine_is_answered(port: int) -> None:
    assert asked(port, "/", Host="evil.example.net")[0] == 421
    assert asked(port, "/", Host=f"localhost:{port}")[0] == 200


def test_without_a_page_for_it_a_missing_file_is_still_said(port: int, folder: Path) -> None:
    (folder / "404.html").unlink()
    assert asked(port, "/none")[0] == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("rss.xml", "application/rss+xml; charset=utf-8"),
        ("atom.xml", "application/atom+xml; charset=utf-8"),
        ("2026-10.atom.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("made.json", "application/json"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
        ("what.ever", "application/octet-stream"),
    ],
)
def test_types(name: str, kind: str) -> None:
    assert type_of(name) == kind


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "none", "/index.html") is None
