"""The daily flow on its schedule, with Prefect's page to watch it: python -m flows.serve [WORKSPACE].

Stays until it is interrupted. What a run does is not its business: each is a process of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from broadsheet import config
from broadsheet.errors import BroadsheetError, ConfigError, Mistake
from broadsheet.workspace import Workspace

from .environment import prepare
from .server import server

_PORT = "4200"


def serve(workspace: Workspace) -> None:
    """Run the daily flow as settings.toml says, until interrupted.

    Uses the server that PREFECT_API_URL names, else starts one at 127.0.0.1, port PREFECT_SERVER_API_PORT or 4200.
    Raises ConfigError for a schedule that cron does not understand, BroadsheetError where the server cannot start.
    """
    settings = config.read_settings(workspace.file("settings.toml"))
    prepare(workspace.prefect, debug=True)
    with ExitStack() as stack:
        if not os.environ.get("PREFECT_API_URL"):
            port = int(os.environ.setdefault("PREFECT_SERVER_API_PORT", _PORT))
            ready = stack.enter_context(server(workspace.prefect, port=port, page=True))
            # Before Prefect is imported: this process and those of the runs find their server in the environment.
            os.environ["PREFECT_API_URL"] = ready()
        _serve(workspace, settings)


def _serve(workspace: Workspace, settings: config.Settings) -> None:
    import prefect
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from .daily import daily

    try:
        schedule = Cron(settings.schedule, timezone=settings.timezone)
        deployment = daily.to_deployment(
            "daily",
            schedule=schedule,
            parameters={"workspace": str(workspace.root)},
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
    except ValueError as error:
        file = workspace.file("settings.toml").name
        remedy = 'for example "0 6 * * *": every day at six'
        mistake = Mistake(file=file, line=None, message=f"schedule: {settings.schedule!r} is no cron", remedy=remedy)
        raise ConfigError([mistake]) from error
    # One at a time: after a night without power the missed mornings come one after the other.
    prefect.serve(cast(RunnerDeployment, deployment), limit=1)


def main(arguments: Sequence[str]) -> int:
    """Serve the workspace that is named, or stood in; the exit code."""
    try:
        serve(Workspace.find(Path(arguments[0]) if arguments else None, Path.cwd()))
    except BroadsheetError as error:
        print(f"serve: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
