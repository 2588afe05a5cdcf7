"""The real command in a process of its own, with the day's clock and a small public internet.

    python -m tests.loop.driver '{"now": ..., "hosts": {...}, "told": FILE, "ready": false}' -C DIR run --plain ...

now: the time, in place of the clock's. hosts: name -> (address, port on this machine). told: a JSON file that is
written at the end: the greatest memory (KiB) and all addresses that were connected to. ready: say so on stdout before
anything is done, and begin at a line on stdin. Nothing else differs from `broadsheet`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpcore

from broadsheet import cli, collecting, delivering, noticing, pipeline, standing
from broadsheet.cli import terminal
from broadsheet.collecting import Ways
from broadsheet.deliver import smtp
from broadsheet.fetch import Fetcher, guard

#: What a command would import only when it needs it: two processes that start together must be ready together.
_EARLY = (delivering, noticing, pipeline, smtp, standing)


class Hosts(httpcore.SyncBackend):
    """Names of the public internet, which lead to servers on loopback; every connection is written down."""

    def __init__(self, hosts: Mapping[str, Sequence[Any]]) -> None:
        self._hosts = hosts
        self._ports = dict(map(tuple, hosts.values()))
        self.connected: list[str] = []

    def resolve(self, host: str, timeout: float) -> Sequence[str]:
        """The addresses of a name."""
        return [self._hosts[host][0]] if host in self._hosts else guard.resolve(host, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to where an address leads."""
        self.connected.append(f"{host}:{port}")
        if host in self._ports:
            return super().connect_tcp("127.0.0.1", self._ports[host], timeout)
        if host != "127.0.0.1":
            raise httpcore.ConnectError(ConnectionRefusedError(111, "Connection refused"))
        return super().connect_tcp(host, port, timeout)


def main(settings: Mapping[str, Any], words: Sequence[str]) -> int:
    """The command's exit code."""
    at = datetime.fromisoformat(settings["now"])
    clock = terminal.now
    for name, module in tuple(sys.modules.items()):
        if name.startswith("broadsheet.cli") and getattr(module, "now", None) is clock:
            vars(module)["now"] = lambda: at
    hosts = Hosts(settings.get("hosts", {}))

    def hasty(seconds: float) -> None:
        time.sleep(seconds / 50)

    def fetcher(setup: Any) -> Fetcher:
        return Fetcher(
            contact=setup.config.deliveries.operator.mail,
            version="0",
            sleep=hasty,
            resolve=hosts.resolve,
            backend=hosts,
        )

    collecting.WAYS = Ways(fetcher=fetcher)
    if settings.get("ready"):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
    try:
        return cli.run(words)
    finally:
        if told := settings.get("told"):
            peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
            assert peak
            found = {"peak_kib": int(peak[1]), "connected": hosts.connected}
            Path(told).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
