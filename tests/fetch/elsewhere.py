"""A small public internet for tests: names with public addresses, which all lead to servers on loopback.

    internet = Internet({"feeds.example.org": ["93.184.216.34"]}, {"93.184.216.34": server.port})
    fetcher = Fetcher(contact="", version="1", sleep=internet.sleep, resolve=internet.resolve, backend=internet)

So the guard stays on, sees addresses like those outside, and nothing leaves this machine: an address that leads
nowhere refuses. `internet.resolved`, `.connected` and `.naps` say what was asked for. `clock` is a monotonic clock that
only `sleep` and `tick` move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import httpcore

from broadsheet.fetch import Answer
from broadsheet.fetch.faults import Passing

#: Fetcher.get with a path of the server for an address; what is not given is fit for tests.
Get = Callable[..., Answer]


class Internet(httpcore.SyncBackend):
    """Resolver, network and clock at once."""

    def __init__(self, names: Mapping[str, Sequence[str]], ports: Mapping[str, int]) -> None:
        self.names, self.ports = dict(names), dict(ports)
        self.resolved: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self.naps: list[float] = []
        self.now = 1000.0
        #: Seconds that pass at each look at the clock.
        self.tick = 0.0

    def resolve(self, host: str, timeout: float) -> Sequence[str]:
        self.resolved.append(host)
        if host not in self.names:
            raise Passing("the name does not resolve")
        return self.names[host]

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        if host not in self.ports:
            raise httpcore.ConnectError(ConnectionRefusedError(111, "Connection refused"))
        return super().connect_tcp("127.0.0.1", self.ports[host], timeout)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        self.now += self.tick
        return self.now
