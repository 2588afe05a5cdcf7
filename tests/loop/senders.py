"""A sender in a process of its own, to be killed: as `broadsheet deliver --retry` does, but quick to start."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from datetime import datetime
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

from broadsheet import delivering, pipeline
from broadsheet.access import Access
from broadsheet.workspace import Workspace


def send(root: Path, now: datetime, environment: Mapping[str, str], ready: Any) -> None:
    """Send all that is owed, once."""
    access = Access(environment=environment)
    with delivering.open_errand(Workspace(root=root), now=now, access=access) as errand:
        ready.set()
        pipeline.send(errand, paused=True)


def clean_context() -> ForkServerContext:
    """Processes that are no fork of this one, which has open servers and their threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["broadsheet.pipeline", "broadsheet.deliver.smtp", "tests.loop.senders"])
    return context


def begin(context: ForkServerContext, root: Path, now: datetime, environment: Mapping[str, str]) -> ForkServerProcess:
    """A sender that is at work."""
    ready = context.Event()
    process = context.Process(target=send, args=(root, now, environment, ready))
    process.start()
    assert ready.wait(60)
    return process
