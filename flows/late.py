"""Which morning a run belongs to, and whether a later one does its work too.

Prefect runs every morning that was missed, the oldest first, when the machine wakes up. Since a digest covers all that
came since the last one, only the last of them need work: the others step back. Decides nothing about digests.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectException

from broadsheet import cadence
from broadsheet.config import Settings

#: So many runs behind the late one are looked at, the newest first.
_LOOKED_AT = 50
#: Of runs that nobody waits for, started by `serve` itself.
DROPPED = "dropped"


def flow_run() -> Any:
    """The flow run around this call, as Prefect knows it; None outside of one."""
    context = FlowRunContext.get()
    return context.flow_run if context else None


def unattended() -> bool:
    """Whether a schedule or a dropped file has started the run, and nobody looks at it."""
    run = flow_run()
    return run is not None and bool(run.auto_scheduled or DROPPED in run.tags)


def day_of(settings: Settings) -> date:
    """The day, in the workspace's time zone, for which the run was scheduled."""
    return _scheduled().astimezone(ZoneInfo(settings.timezone)).date()


def name_after(day: date) -> None:
    """Call a run that a schedule has started by its day; one that a person has started keeps the name it was given."""
    run = flow_run()
    if run is None or not run.auto_scheduled:
        return
    try:
        with get_client(sync_client=True) as client:
            client.set_flow_run_name(run.id, f"{day}")
    except (PrefectException, httpx.HTTPError):
        return
    # What is told of the run from here on, if it fails, has the name that the page has.
    run.name = f"{day}"


def superseding(settings: Settings, now: datetime) -> datetime | None:
    """The start time, past as well, for whose sake this run steps back; None for a run that is to work.

    Only what a schedule has started steps back, and only for a later run that really is there: a schedule that was
    changed, or a run that somebody cancelled, must not cost a morning.
    """
    run = flow_run()
    if run is None or not run.auto_scheduled:
        return None
    scheduled = _scheduled()
    later = cadence.superseded(settings.schedule, settings.timezone, scheduled, now)
    return later if later and _is_there(run.deployment_id, scheduled, now, settings.timezone) else None


def _scheduled() -> datetime:
    moment: datetime = runtime.flow_run.scheduled_start_time
    # Prefect's times are pendulum's, and so would be the day; the store takes plain ones.
    return datetime.fromtimestamp(moment.timestamp(), UTC)


def _is_there(deployment: Any, scheduled: datetime, now: datetime, timezone: str) -> bool:
    """Whether the schedule has a run for a later day that is due by now and was not called off."""
    query = {
        "deployment_id": {"any_": [deployment]},
        "expected_start_time": {"after_": scheduled + timedelta(seconds=1), "before_": now},
        "state": {"type": {"not_any_": ["CANCELLED", "CANCELLING", "PAUSED"]}},
    }
    try:
        with get_client(sync_client=True) as client:
            runs = client.read_flow_runs(
                flow_run_filter=FlowRunFilter.model_validate(query),
                sort=FlowRunSort.EXPECTED_START_TIME_DESC,
                limit=_LOOKED_AT,
            )
    except (PrefectException, httpx.HTTPError):
        return True
    zone = ZoneInfo(timezone)
    day = scheduled.astimezone(zone).date()
    return any(
        run.auto_scheduled and run.expected_start_time and run.expected_start_time.astimezone(zone).date() > day
        for run in runs
    )
