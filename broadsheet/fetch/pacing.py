"""Time: a pause between two requests to one host, and the end of all patience. Knows nothing of HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .faults import Passing


class Pacing:
    """Turns at hosts: one request at a time at each, and a pause after it. Threads may share it.

    arXiv asks for exactly this, three seconds and one connection; nobody minds being asked more gently than needed.
    """

    def __init__(
        self,
        spacing: float = 3.0,
        *,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spacing, self._sleep, self._monotonic = spacing, sleep, monotonic
        self._turns: dict[str, threading.Lock] = {}
        self._ended: dict[str, float] = {}
        self._all = threading.Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[float]:
        """Wait for one's turn at a host and hold it; gives the seconds waited."""
        key = host.lower().rstrip(".")
        with self._all:
            turn = self._turns.setdefault(key, threading.Lock())
        began = self._monotonic()
        with turn:
            if key in self._ended:
                pause = self._ended[key] + self._spacing - self._monotonic()
                if pause > 0:
                    self._sleep(pause)
            try:
                yield self._monotonic() - began
            finally:
                self._ended[key] = self._monotonic()


class Deadline:
    """When all is too late, whatever still drips in."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._monotonic = seconds, monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds; zero or less when it is over."""
        return self._end - self._monotonic()

    def extend(self, seconds: float) -> None:
        """What was spent waiting for a turn does not count."""
        self._end += seconds

    def within(self, timeout: float | None) -> float:
        """The time-out, or what is left if that is less. Raises Passing when it is over."""
        left = self.left()
        if left <= 0:
            raise Passing(f"took longer than {self._seconds:.0f} s in all")
        return left if timeout is None else min(timeout, left)
