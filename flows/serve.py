"""The flows on their schedule, with Prefect's page to watch them: `broadsheet serve`, ./run serve [WORKSPACE].

Stays until it is interrupted. What a run does is not its business: each is a process of its own. The morning's run does
all that is due, so that weekly and monthly profiles need no schedule of theirs; they have a deployment each to be
started by hand.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit, urlunsplit

from broadsheet import cadence, config
from broadsheet.errors import BroadsheetError, ConfigError, Mistake
from broadsheet.workspace import Workspace

from .alone import alone
from .environment import prepare
from .server import server

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

_PORT = "4200"
_LAST_PORT = 65535
_TOLD = 3
_CADENCES = ("weekdays", "weekly", "monthly")

Tell = Callable[[str], None]


def serve(workspace: Workspace, *, watch: bool | None = None, tell: Tell) -> None:
    """Run the daily flow as settings.toml says, until interrupted.

    Uses the server that PREFECT_API_URL names, else starts one at 127.0.0.1, port PREFECT_SERVER_API_PORT or 4200.
    watch: whether a file put into dumps/ starts a run too; as settings.toml says without it. tell: takes lines for the
    person. Raises ConfigError for what cannot be understood, BroadsheetError where the server cannot start or does not
    answer, or another `serve` is at work in this workspace.
    """
    settings = config.read_settings(workspace.file("settings.toml"))
    soon = _next_runs(settings, workspace)
    profiles = config.read_profiles(workspace.profiles)
    delivers = bool(config.read_deliveries(workspace.file("deliveries.toml")).deliveries)
    prepare(workspace.prefect, debug=True)
    with ExitStack() as stack:
        stack.enter_context(alone(workspace.prefect))
        if not os.environ.get("PREFECT_API_URL"):
            ready = stack.enter_context(server(workspace.prefect, port=_port(), page=True))
            # Before Prefect is imported: this process and those of the runs find their server in the environment.
            os.environ["PREFECT_API_URL"] = ready()

        import httpx
        import prefect
        from prefect.exceptions import PrefectException

        schedules = {profile.name: profile.schedule for profile in profiles}
        served = deployments(workspace, settings, schedules, delivers=delivers)
        tell(f"Prefect's page: {_page(os.environ['PREFECT_API_URL'])}")
        tell(f"daily: next {', '.join(f'{moment:%a %Y-%m-%d %H:%M}' for moment in soon)} ({settings.timezone})")
        for one in served[1:]:
            tell(f"{one.name}: {one.description}")
        if settings.watch if watch is None else watch:
            from .watch import Watcher

            stack.enter_context(Watcher(workspace, tell))
            tell(f"watching {workspace.dumps}: a file put there starts a run")
        if delivers:
            from .owing import Reminder

            stack.enter_context(Reminder(workspace, tell))
        # How Prefect's runner takes a SIGTERM, as a system's service gets it; it ends well all the same.
        warnings.filterwarnings("ignore", "coroutine 'Runner.astop' was never awaited", RuntimeWarning)
        # One at a time: after a night without power the missed mornings come one after the other. The schedule is not
        # paused at the end: a morning that is missed until the next start is caught up then, once.
        try:
            prefect.serve(*served, limit=1, pause_on_shutdown=False, print_starting_message=False)
        except (PrefectException, httpx.HTTPError) as error:
            # Its own words may hold the URL, and that a password.
            raise BroadsheetError(
                f"Prefect's server does not answer as it should ({type(error).__name__}); "
                "see PREFECT_API_URL, or unset it to have a server started here"
            ) from error


def deployments(
    workspace: Workspace, settings: config.Settings, schedules: Mapping[str, str], *, delivers: bool = False
) -> list[RunnerDeployment]:
    """What can be started from Prefect's page; daily comes first, and is started by its schedule too.

    schedules: those of the profiles by their names; delivers: whether anybody is to get anything. Raises ConfigError
    where Prefect does not take the schedule.
    """
    from prefect.schedules import Cron

    from .backfill import backfill
    from .daily import daily

    try:
        schedule = Cron(settings.schedule, timezone=settings.timezone)
        about = "Reads the new dumps; publishes and sends the digests that are due."
        made = [_deployment(daily, "daily", workspace, about, schedule=schedule)]
    except ValueError as error:
        raise _no_cron(settings, workspace) from error
    for name in _CADENCES:
        if profiles := [profile for profile, wanted in schedules.items() if wanted == name]:
            about = f"The digests of {', '.join(profiles)}, due or not; started by hand."
            made.append(_deployment(daily, name, workspace, about, profiles=profiles))
    if delivers:
        from .deliver import deliver

        about = "Sends what is owed to receivers; started by itself, between the mornings, when something is due."
        made.append(_deployment(deliver, "deliver", workspace, about))
    about = "Past days, as if each had happened then; started by hand."
    made.append(_deployment(backfill, "backfill", workspace, about))
    return made


def _deployment(
    flow: Any, name: str, workspace: Workspace, about: str, *, schedule: Any = None, **parameters: object
) -> RunnerDeployment:
    from prefect.types.entrypoint import EntrypointType

    deployment = flow.to_deployment(
        name,
        schedule=schedule,
        description=about,
        parameters={"workspace": str(workspace.root), **parameters},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast("RunnerDeployment", deployment)


def _page(api: str) -> str:
    """The URL of the page beside an API; a password in it is not for the log."""
    url = urlsplit(api)
    path = url.path.rstrip("/").removesuffix("/api")
    return urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2], path=path))


def _port() -> int:
    # Left in the environment: the page that Prefect serves asks there too where its server is.
    text = os.environ.setdefault("PREFECT_SERVER_API_PORT", _PORT)
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= _LAST_PORT:
        return int(text)
    raise BroadsheetError(f"PREFECT_SERVER_API_PORT: {text[:20]!r} is no port; give a number from 1 to {_LAST_PORT}")


def _next_runs(settings: config.Settings, workspace: Workspace) -> tuple[datetime, ...]:
    try:
        return cadence.next_runs(settings.schedule, settings.timezone, datetime.now(UTC), _TOLD)
    except ValueError as error:
        raise _no_cron(settings, workspace) from error


def _no_cron(settings: config.Settings, workspace: Workspace) -> ConfigError:
    file = workspace.file("settings.toml").name
    remedy = 'for example "0 6 * * *": every day at six'
    return ConfigError(
        [Mistake(file=file, line=None, message=f"schedule: {settings.schedule!r} is no cron", remedy=remedy)]
    )


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201


def main(arguments: Sequence[str]) -> int:
    """Serve the workspace that is named, or stood in; the exit code."""
    try:
        serve(Workspace.find(Path(arguments[0]) if arguments else None, Path.cwd()), tell=_say)
    except BroadsheetError as error:
        _say(f"serve: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
