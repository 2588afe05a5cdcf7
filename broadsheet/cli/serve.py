"""The command that stays: serve, the daily run on its schedule."""

from __future__ import annotations

import click

from .terminal import Terminal


@click.command()
@click.option(
    "--watch/--no-watch", default=None, help="Also when a file was put into dumps/; as settings.toml says by default."
)
@click.pass_obj
def serve(terminal: Terminal, *, watch: bool | None) -> None:
    """Run every morning by itself, on the schedule of settings.toml, with Prefect's page to watch it.

    Stays until it is interrupted. Prefect's page is at http://127.0.0.1:4200; PREFECT_SERVER_API_PORT names another
    port, PREFECT_API_URL a server of your own.
    """
    workspace = terminal.workspace()
    workspace.load_flows(debug=True).serve(workspace, watch=watch, tell=terminal.note)
