"""A web server on loopback that does what a test tells it to, well or badly.

    with HostileServer() as server:
        server.on("/feed.xml", reply(500), reply(b"<rss/>", etag='"1"'))   # the last one is repeated for ever
        server.url("/feed.xml")              # http://127.0.0.1:PORT/feed.xml
        server.asked                         # [Asked(method, target, headers, at), ...] in the order they came
        server.connections                   # how many were accepted, also those that never asked for anything

What a path may do (each is a Play: it writes to a Wire, and the connection is closed after it):

    reply(body=b"", status=200, *, etag="", modified="", media_type="text/plain", headers={}, packed=False)
                                     a whole answer; packed: gzip with Content-Encoding. reply(404): a status alone.
    conditional(body, etag="", modified="")    304 when asked with that very ETag or date, else the body with both
    redirect(to, status=302)         `to` is put into Location as it is
    later(seconds_or_date, status=429, date="")   Retry-After; date: what the Date header says
    cut(body, promised)              Content-Length of `promised` bytes, then only `body`
    cut_chunks(body)                 one chunk and no last one
    cut_gzip(body)                   all bytes of a gzip stream but the last ten, in an answer that is whole
    drip(body, pause=0.02)           one byte at a time, head first
    drip_head(pause=0.02)            a head that never ends, one byte at a time
    endless(piece=64 KiB of blanks)  chunks for ever
    bomb(size)                       gzip of `size` zero bytes, made as it is sent
    raw(data)                        these bytes and nothing else: broken heads, header bombs
    hang()                           reads the request and says nothing until the server is closed
    drop()                           closes at once

`HostileServer(tls=context)` speaks TLS (see `certificate` for one that nobody trusts unless told to).
`server.served(n)` waits for n requests; `server.sent` counts body bytes of `endless` and `bomb`, so that a test sees
when the other side hung up. Pauses end at once when the server is closed. Not for use outside tests: it limits nothing.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    #: Names in lower case; of a repeated name the last value.
    headers: dict[str, str] = field(default_factory=dict)
    #: time.monotonic() at its arrival.
    at: float = 0.0


class Wire:
    """What a play writes to."""

    def __init__(self, server: HostileServer, connection: socket.socket, asked: Asked) -> None:
        self._server, self._connection, self.asked = server, connection, asked

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def send_counted(self, data: bytes) -> None:
        self.send(data)
        self._server.sent += len(data)

    def pause(self, seconds: float | None) -> None:
        """Wait; None for ever. Raises ConnectionAbortedError when the server is closed meanwhile."""
        if self._server.closing.wait(seconds):
            raise ConnectionAbortedError


Play = Callable[[Wire], None]


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items()), "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def reply(
    body: bytes | int = b"",
    status: int = 200,
    *,
    etag: str = "",
    modified: str = "",
    media_type: str = "text/plain",
    headers: Mapping[str, str] = {},
    packed: bool = False,
) -> Play:
    plain, status = (b"", body) if isinstance(body, int) else (body, status)
    content = gzip.compress(plain, mtime=0) if packed else plain
    said = {"Content-Type": media_type, "ETag": etag, "Last-Modified": modified}
    said["Content-Encoding"] = "gzip" if packed else ""
    said = (
        {name: value for name, value in said.items() if value} | {"Content-Length": str(len(content))} | dict(headers)
    )
    return raw(_head(status, said) + content)


def conditional(body: bytes, etag: str = "", modified: str = "") -> Play:
    def play(wire: Wire) -> None:
        asked = wire.asked.headers
        known = (etag and asked.get("if-none-match") == etag) or (
            modified and "if-none-match" not in asked and asked.get("if-modified-since") == modified
        )
        (raw(_head(304, {"ETag": etag} if etag else {})) if known else reply(body, etag=etag, modified=modified))(wire)

    return play


def redirect(to: str, status: int = 302) -> Play:
    return reply(b"elsewhere", status, headers={"Location": to})


def later(after: int | str, status: int = 429, *, date: str = "") -> Play:
    return reply(b"", status, headers={"Retry-After": str(after), **({"Date": date} if date else {})})


def cut(body: bytes, promised: int) -> Play:
    return raw(_head(200, {"Content-Length": str(promised)}) + body)


def cut_chunks(body: bytes) -> Play:
    return raw(_head(200, {"Transfer-Encoding": "chunked"}) + b"%x\r\n%s\r\n" % (len(body), body))


def cut_gzip(body: bytes) -> Play:
    content = gzip.compress(body, mtime=0)[:-10]
    return raw(_head(200, {"Content-Encoding": "gzip", "Content-Length": str(len(content))}) + content)


def drip(body: bytes, pause: float = 0.02) -> Play:
    def play(wire: Wire) -> None:
        for byte in _head(200, {"Content-Length": str(len(body))}) + body:
            wire.send(bytes([byte]))
            wire.pause(pause)

    return play


def drip_head(pause: float = 0.02) -> Play:
    def play(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            wire.send(b"x")
            wire.pause(pause)

    return play


def endless(piece: bytes = b" " * (64 << 10)) -> Play:
    def play(wire: Wire) -> None:
        wire.send(_head(200, {"Transfer-Encoding": "chunked"}))
        while True:
            wire.send_counted(b"%x\r\n%s\r\n" % (len(piece), piece))

    return play


def bomb(size: int) -> Play:
    def play(wire: Wire) -> None:
        wire.send(_head(200, {"Content-Encoding": "gzip"}))
        packing, zeros = zlib.compressobj(9, wbits=31), bytes(1 << 20)
        for _ in range(size >> 20):
            wire.send_counted(packing.compress(zeros))
        wire.send_counted(packing.flush())

    return play


def raw(data: bytes) -> Play:
    return lambda wire: wire.send(data)


def hang() -> Play:
    return lambda wire: wire.pause(None)


def drop() -> Play:
    return lambda wire: None


class HostileServer:
    """See the module's docstring."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._plays: dict[str, list[Play]] = {}
        self._came = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self.asked: list[Asked] = []
        self.connections = 0
        self.sent = 0
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    def on(self, path: str, *plays: Play) -> None:
        """What is done for a path (without its query), one after another; the last one for ever. Unknown paths: 404."""
        self._plays[path] = list(plays)

    def url(self, path: str = "/") -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}{path}"

    def served(self, count: int, timeout: float = 10.0) -> bool:
        """Wait until so many requests came; whether they did in time."""
        with self._came:
            return self._came.wait_for(lambda: len(self.asked) >= count, timeout)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.closing.set()
        # A connection of our own wakes accept(), which closing the socket does not do on every system.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.closing.is_set():
                connection.close()
                return
            self.connections += 1
            self._start(self._talk, connection)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            asked = _request(connection)
            if asked is None:
                return
            with self._came:
                plays = self._plays.get(asked.target.partition("?")[0], [reply(404)])
                play = plays.pop(0) if len(plays) > 1 else plays[0]
                self.asked.append(asked)
                self._came.notify_all()
            play(Wire(self, connection, asked))
            # The other side may still be sending; a close with unread bytes would reset what we sent.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                pass
        except OSError:
            pass  # it hung up, or the server is closed
        finally:
            self._open.discard(connection)
            connection.close()


def _request(connection: socket.socket) -> Asked | None:
    """The head of a request; None where the other side hung up first. Bodies are not read."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(1 << 16)
        if not data:
            return None
        head += data
        if not head[:1].isalpha():
            connection.sendall(_head(400, {}))  # somebody speaks TLS to us
            return None
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Asked(method=method, target=target, headers=headers, at=time.monotonic())


def certificate(folder: Path, name: str = "example.org") -> tuple[ssl.SSLContext, Path]:
    """A server's context with a fresh certificate for a name and 127.0.0.1, and that certificate's file for `ca=`."""
    key, made = folder / "key.pem", folder / "cert.pem"
    names = f"subjectAltName=DNS:{name},IP:127.0.0.1"
    asked = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run(
        [*asked, "-subj", f"/CN={name}", "-addext", names, "-keyout", str(key), "-out", str(made)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context, made
