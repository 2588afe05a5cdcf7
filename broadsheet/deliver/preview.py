"""A folder on localhost, as a static web server would show it: for a look at the site before it is served.

Answers GET and HEAD with types, ETag, Last-Modified and 304. Lists no folder, leaves the folder by no path and no
symbolic link, and answers requests for this machine's own name alone, so that no page of another site can read it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Where it listens: never beyond this machine.
HOST = "127.0.0.1"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".opml": "text/x-opml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}
_FEEDS = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json",
}


def type_of(name: str) -> str:
    """The media type of a file, by its name."""
    if name in _FEEDS:
        return _FEEDS[name]
    if name.endswith(".atom.xml"):
        return _FEEDS["atom.xml"]
    return _TYPES.get(Path(name).suffix, "application/octet-stream")


def found(folder: Path, path: str) -> Path | None:
    """The file that the path of a request means; None for what is not in the folder, and for hidden files."""
    try:
        parts = unquote(path, errors="strict").split("/")
    except UnicodeDecodeError:
        return None
    if any(part.startswith(".") or set(part) & {"\0", "\\", ":"} for part in parts):
        return None
    try:
        whole = folder.resolve(strict=True)
        file = whole.joinpath(*filter(None, parts)).resolve(strict=True)
        if not file.is_relative_to(whole):
            return None
        if parts[-1] == "":
            file = file / "index.html"
        return file if file.is_file() and file.resolve().is_relative_to(whole) else None
    except (OSError, RuntimeError, ValueError):  # not there, not readable, a loop of links, too long
        return None


class _Answers(BaseHTTPRequestHandler):
    """What is said to a browser; made for a folder by `server`."""

    protocol_version = "HTTP/1.1"
    server_version = "broadsheet"
    sys_version = ""
    # A connection that says nothing must not keep its thread.
    timeout = 30
    folder: Path
    base: str
    told: Callable[[str], None]

    def do_GET(self) -> None:
        """A file, a 304, or the page for what is not there."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """The same without the file."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in {"localhost", HOST}:
            self._send(HTTPStatus.MISDIRECTED_REQUEST, b"this is a preview for this machine alone\n", body=body)
            return
        path = urlsplit(self.path).path
        if len(self.base) > 1 and path.startswith(self.base):
            path = path[len(self.base) - 1 :]
        folder = None if path.endswith("/") else found(self.folder, f"{path}/")
        if folder:
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            # One slash at its begin: two would be the name of a host.
            self.send_header("Location", f"/{path.strip('/')}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file = found(self.folder, path)
        if file:
            self._send_file(file, HTTPStatus.OK, body=body)
        elif missing := found(self.folder, "404.html"):
            self._send_file(missing, HTTPStatus.NOT_FOUND, body=body)
        else:
            self._send(HTTPStatus.NOT_FOUND, b"there is no such page\n", body=body)

    def _send_file(self, file: Path, status: HTTPStatus, *, body: bool) -> None:
        try:
            with file.open("rb") as opened:
                content, changed = opened.read(), int(os.fstat(opened.fileno()).st_mtime)
        except OSError:
            self._send(HTTPStatus.NOT_FOUND, b"there is no such page\n", body=body)
            return
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if status is HTTPStatus.OK and self._is_known(tag, changed):
            status, content, body = HTTPStatus.NOT_MODIFIED, b"", False
        self.send_response(status)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", type_of(file.name))
            self.send_header("Content-Length", str(len(content)))
        if status is not HTTPStatus.NOT_FOUND:
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", formatdate(changed, usegmt=True))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def _is_known(self, tag: str, changed: int) -> bool:
        """Whether the browser has it already (RFC 9110, 13.1: a tag that is asked for decides alone)."""
        if (tags := self.headers.get("If-None-Match")) is not None:
            return tags.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in tags.split(",")}
        try:
            return int(parsedate_to_datetime(self.headers.get("If-Modified-Since", "")).timestamp()) >= changed
        except (ValueError, TypeError, OverflowError):
            return False

    def _send(self, status: HTTPStatus, content: bytes, *, body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name in the standard library)
        """One line for each request, without the clock."""
        self.told(format % args)


def server(folder: Path, port: int, *, base: str = "/", told: Callable[[str], None]) -> ThreadingHTTPServer:
    """A server that listens, to be run with serve_forever(); port 0: any that is free.

    base: the path under which the site will be served, which leads to the same files. told: gets a line a request.
    Raises OSError where the port is taken.
    """
    answers = type("_AnswersFor", (_Answers,), {"folder": folder, "base": base, "told": staticmethod(told)})
    listening = ThreadingHTTPServer((HOST, port), answers)
    listening.daemon_threads = True
    return listening
