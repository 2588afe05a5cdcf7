"""One call of the daily flow, with its errors as the command line wants them and nothing of it left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import httpx
from prefect.events.worker import EventsWorker
from prefect.exceptions import PrefectException
from prefect.logging.handlers import APILogWorker
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from broadsheet.errors import BroadsheetError
from broadsheet.report import RunReport

from . import access
from . import daily as flow

#: Seconds for what is still to be sent to the server when the flow is done.
_PATIENCE = 10


def daily(ready: Callable[[], str] | None, call: flow.Call, **parameters: object) -> RunReport:
    """Call the flow with its parameters.

    ready: waits for a server of our own and gives its URL; None where the user has configured one. What the stages
    raise comes out unchanged. Raises BroadsheetError where the server fails.
    """
    # The end of a flow waits for its heartbeat thread, which sleeps a second at a time.
    settings = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, **_server(ready)}
    with temporary_settings(settings), flow.called(call):
        try:
            state = flow.daily(**parameters, return_state=True)
            return cast(RunReport, state.result())
        except (PrefectException, httpx.HTTPError, RuntimeError) as error:
            if type(error) is RuntimeError and "reach API" not in str(error):
                raise
            raise BroadsheetError(
                f"Prefect's server failed during the run ({str(error) or type(error).__name__}); "
                "what was done is kept: run again, or with --plain"
            ) from error
        finally:
            for worker in (EventsWorker, APILogWorker):
                worker.drain_all(timeout=_PATIENCE)


def block(ready: Callable[[], str] | None, name: str) -> str:
    """The value of a Secret block; ready: as for daily. Raises BroadsheetError, which never holds the value."""
    with temporary_settings(_server(ready)):
        return access.block(name)


def _server(ready: Callable[[], str] | None) -> dict[Any, Any]:
    """The settings by which Prefect finds our own server; none where the user has configured one."""
    # Known only now, if it stands in a file of Prefect's rather than in the environment.
    if ready is None or PREFECT_API_URL.value():
        return {}
    # A server of our own that is gone will not come back: 5 tries with doubling pauses are for those far away.
    return {PREFECT_API_URL: ready(), PREFECT_CLIENT_MAX_RETRIES: 2}
