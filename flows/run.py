"""The daily flow here and now, for the command line: with a server of its own where none is configured.

Imports Prefect only while its server starts: each takes seconds, and they need not wait for one another.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from broadsheet import pipeline
from broadsheet.errors import BroadsheetError
from broadsheet.pipeline import Progress
from broadsheet.report import RunReport
from broadsheet.setup import load
from broadsheet.workspace import Workspace

from .server import server


def run_daily(
    workspace: Workspace,
    *,
    day: date | None = None,
    profiles: Sequence[str] = (),
    dumps: Sequence[Path] = (),
    now: datetime,
    progress: Progress = pipeline.silent,
) -> RunReport:
    """The daily run through Prefect; arguments and errors as for pipeline.daily, which does the same without it.

    Raises BroadsheetError also where Prefect is missing, or its server does not start or goes away.
    """
    # A bad rule is told at once, not after a server has started.
    load(workspace, profiles)
    progress("starting Prefect", 0, 0)
    with ExitStack() as stack:
        ready = None if os.environ.get("PREFECT_API_URL") else stack.enter_context(server(workspace.prefect))
        call = _import_prefect()
        return cast(
            RunReport,
            call.daily(
                ready,
                call.flow.Call(progress=progress, now=now),
                workspace=workspace.root,
                day=day,
                profiles=tuple(profiles),
                dumps=tuple(dump.absolute() for dump in dumps),
            ),
        )


def _import_prefect() -> Any:
    """The module that calls the flow.

    What Prefect's import makes stays until the process ends. That Python's garbage collector looks through it all,
    many times on the way and again at the end, is nearly half of what a run through Prefect costs: 0.8 of 1.8 s.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        from . import call
    except ImportError as error:
        raise BroadsheetError(f"Prefect cannot be used ({error}); install Broadsheet again, or use --plain") from error
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
    return call


def block(workspace: Workspace, name: str) -> str:
    """The value of a Prefect Secret block, for a command that needs nothing else of Prefect.

    Asks the server that PREFECT_API_URL names, else one of its own, which takes seconds. Raises BroadsheetError.
    """
    with ExitStack() as stack:
        ready = None if os.environ.get("PREFECT_API_URL") else stack.enter_context(server(workspace.prefect))
        return cast(str, _import_prefect().block(ready, name))


def serve(workspace: Workspace, *, watch: bool | None = None, tell: Callable[[str], None]) -> None:
    """Run the flows on their schedule until interrupted; arguments and errors as for flows.serve.serve."""
    from . import serve as serving

    serving.serve(workspace, watch=watch, tell=tell)
