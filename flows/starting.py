"""Runs that `serve` starts by itself beside its schedule: nobody asked for them, and nobody waits for them.

Knows how Prefect is asked for a run, and how a thread goes on beside the schedule until it is left. Why a run is to be
started is not its business.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from typing import Self

import httpx

Tell = Callable[[str], None]


class Beside(threading.Thread):
    """A thread that ends soon after it is left."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._left = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self.join()


def start(deployment: str, tag: str, reason: Iterable[str], what: str, tell: Tell) -> bool:
    """Have Prefect start a run of a deployment; False where it could not be asked.

    reason: the same lines are the same run, however often it is asked for. what: for whom it is told.
    """
    # Those who only look whether a run is to be started need no Prefect.
    from prefect.deployments import run_deployment
    from prefect.exceptions import PrefectException

    told = "\n".join(reason).encode("utf-8", "surrogateescape")
    key = f"{tag}-{hashlib.sha256(told).hexdigest()}"
    try:
        run_deployment(deployment, timeout=0, as_subflow=False, tags=[tag], idempotency_key=key)
    except (PrefectException, httpx.HTTPError) as error:
        tell(f"no run could be started for {what}: {type(error).__name__}; it is tried again")
        return False
    tell(f"a run is started for {what}")
    return True
