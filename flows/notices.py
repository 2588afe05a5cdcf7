"""Whom a run that nobody watches tells how it ended: the operator by mail, the machine by its file of metrics.

Of runs that Prefect has started. One that a person has called in a terminal is told there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import get_run_logger
from prefect.logging import get_logger

from broadsheet.errors import BroadsheetError, StoreBusy
from broadsheet.report import RunReport
from broadsheet.workspace import Workspace

from .access import access


def failed(flow: Any, flow_run: Any, state: Any) -> None:
    """Prefect's hook on a run that failed, or was killed."""
    if flow_run.deployment_id is None:
        return
    # A run that ended in this process left its exception; of a killed one there is only the message.
    error = getattr(state.data, "result", None)
    if isinstance(error, StoreBusy):
        return
    if isinstance(error, BroadsheetError):
        told = str(error)
    elif isinstance(error, BaseException):
        # The text of any other error may hold anything; the page has it.
        told = f"the run {flow_run.name} broke down: {type(error).__name__}"
    else:
        told = f"the run {flow_run.name} {state.name.lower()}: {state.message or 'without a word'}"
    place = Workspace(root=Path(flow_run.parameters["workspace"]).absolute())
    _tell(place, (told,), datetime.now(UTC), get_logger("broadsheet"))


def finished(place: Workspace, report: RunReport, now: datetime) -> None:
    """The end of a run that was not killed and did not fail, perhaps in part."""
    _tell(place, report.failures, now, get_run_logger())


def sent(place: Workspace, failures: Sequence[str], now: datetime) -> None:
    """The end of a run that only sent. That it went well does not say that all is well, so nobody hears that of it."""
    if failures:
        _tell(place, failures, now, get_run_logger())
    else:
        _write_metrics(place, now, get_run_logger())


def _tell(place: Workspace, failures: Sequence[str], now: datetime, log: Any) -> None:
    from broadsheet.noticing import report

    report(place, failures, access=access(), now=now, tell=log.warning)
    _write_metrics(place, now, log)


def _write_metrics(place: Workspace, now: datetime, log: Any) -> None:
    from broadsheet.standing import write_metrics

    try:
        write_metrics(place, now)
    except BroadsheetError as error:
        log.warning("the metrics were not written: %s", error)
