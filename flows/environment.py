"""Prefect's settings, put into the environment before its import: at home in the workspace, quiet, calling nobody.

Imports nothing of Prefect: it reads most settings once, when it is imported.
"""

from __future__ import annotations

import os
from pathlib import Path

#: Each holds only where the user has not set it.
_SETTINGS = {
    # Without the first two a server reports to its makers, and logs an error where it cannot reach them.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # For `prefect` commands of the user's own in this workspace: the flow brings its server along.
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # The store is the ledger: no result is kept and none is reused.
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_TASKS_REFRESH_CACHE": "true",
    # A logger used outside a run has nowhere to send its lines.
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}


def prepare(home: Path, *, debug: bool = False) -> None:
    """Settle Prefect in the folder home; with debug, what it logs is shown on stderr too.

    Its page has the log in any case. An explicit PREFECT_API_URL, or any other setting of the user's, is kept.
    """
    # What goes wrong is raised to the caller, who says it in one line; Prefect would add its traceback.
    console = "INFO" if debug else "CRITICAL"
    handlers = {f"PREFECT_LOGGING_HANDLERS_{handler}_LEVEL": console for handler in ("CONSOLE", "DEBUG")}
    settings = {"PREFECT_HOME": str(home), **handlers, **_SETTINGS}
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    _keep_loopback_direct()


def _keep_loopback_direct() -> None:
    """Let no proxy come between the flow and its own server."""
    for name in ("no_proxy", "NO_PROXY"):
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join([*hosts, *(host for host in ("127.0.0.1", "localhost") if host not in hosts)])
