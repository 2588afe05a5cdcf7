"""A folder served on loopback below a path, as a host would serve it, with every request written down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Served:
    """Where it is served, and what was asked for."""

    address: str
    asked: list[tuple[str, int]] = field(default_factory=list)


class _Below(SimpleHTTPRequestHandler):
    """Serves a folder below a path, without a word on the terminal."""

    def __init__(self, *arguments: object, below: str, asked: list[tuple[str, int]], directory: str) -> None:
        self.below, self.asked = below, asked
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        known = path.startswith(self.below)
        return super().translate_path("/" + path.removeprefix(self.below) if known else "/not-there")

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.asked.append((self.path, int(code)))


@contextmanager
def serving(folder: Path, below: str = "/") -> Iterator[Served]:
    """Serve the folder until the end of the block."""
    asked: list[tuple[str, int]] = []
    made = partial(_Below, below=below, asked=asked, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(address=f"http://127.0.0.1:{server.server_address[1]}{below}", asked=asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
