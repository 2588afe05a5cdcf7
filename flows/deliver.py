"""The flow that only sends: what is owed to receivers and due, between two daily runs or by hand.

Holds no business logic: its task is broadsheet.pipeline.send. `broadsheet serve` starts it where something is due.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.utilities.annotations import quote

from broadsheet import delivering, pipeline
from broadsheet.delivering import Errand
from broadsheet.text import whole
from broadsheet.workspace import Workspace

from . import page
from .access import access
from .notices import failed, sent


@task(task_run_name="send", cache_policy=NO_CACHE)
def send(errand: Errand, retry: bool) -> dict[str, int]:
    """Send what is due; how many messages are in each state then."""
    counts = pipeline.send(errand, paused=retry)
    log = get_run_logger()
    for line in errand.leaving:
        log.info(line)
    log.info("messages: %s", _told(counts))
    return counts


@flow(persist_result=False, validate_parameters=True, on_failure=[failed], on_crashed=[failed])
def deliver(workspace: Path, retry: bool = False) -> State[dict[str, int]]:
    """Send what is owed to receivers of a workspace and due now. The result is how many messages are in each state.

    Args:
        workspace: The folder with config/, dumps/ and output/.
        retry: Try at once also what was to wait before it is tried again.
    """
    place, now = Workspace(root=workspace.absolute()), datetime.now(UTC)
    progress = page.Shown(pipeline.silent)
    with delivering.open_errand(place, now=now, access=access(), progress=progress) as errand:
        # Prefect would walk through all that it holds.
        counts = send(cast(Errand, quote(errand)), retry)
        progress.finish()
    page.show_outbox(counts)
    failures = tuple(whole(str(failure)) for failure in errand.failures)
    sent(place, failures, now)
    if failures:
        return Completed(data=counts, name="Done in part", message=page.one_line(failures))
    return Completed(data=counts, message=f"messages: {_told(counts)}")


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()) if count) or "none"
