"""The command for the published site: site."""

from __future__ import annotations

from urllib.parse import urlsplit

import click

from .terminal import Terminal, now, out


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Where the preview listens; 8000 or the next free one.")
@click.option("--rebuild", is_flag=True, help="Make every page again, and show nothing.")
@click.option("--no-rebuild", is_flag=True, help="Show the site as it lies there.")
@click.pass_obj
def site(terminal: Terminal, port: int | None, *, rebuild: bool, no_rebuild: bool) -> int:
    """Make what the site lacks, and show it on localhost until Ctrl+C.

    With --rebuild, makes every page again from the store and ends. Nothing is ever removed.
    """
    from ..sitemaking import rebuilt

    if rebuild and no_rebuild:
        raise click.UsageError("--rebuild and --no-rebuild cannot both be meant")
    workspace = terminal.workspace()
    folder = workspace.output / "site"
    if not no_rebuild:
        with terminal.progress() as progress:
            made = rebuilt(workspace, now=now(), progress=progress, rebuild=rebuild)
        terminal.note(f"{made.rendered:,} files made, {made.changed:,} of them new or changed: {folder}")
    if rebuild:
        return 0
    _show(terminal, port)
    return 0


def _show(terminal: Terminal, port: int | None) -> None:
    from .. import config
    from ..deliver.preview import server

    workspace = terminal.workspace()
    folder = workspace.output / "site"
    if not (folder / "index.html").is_file():
        raise click.UsageError(f"{folder} holds no site yet; `broadsheet run` or `broadsheet site` makes it")
    settings = config.read_settings(workspace.file("settings.toml"))
    base = urlsplit(settings.site.url).path or "/"
    listening = None
    for candidate in (port,) if port is not None else (*range(8000, 8020), 0):
        try:
            listening = server(folder, candidate, base=base, told=terminal.note if terminal.debug else _silent)
            break
        except OSError as error:
            reason = error.strerror or str(error)
    if listening is None:
        raise click.UsageError(f"port {port} cannot be used: {reason}; leave --port out to take a free one")
    with listening:
        out(f"http://localhost:{listening.server_address[1]}/")
        terminal.note("Ctrl+C ends the preview")
        try:
            listening.serve_forever()
        except KeyboardInterrupt:
            terminal.note("")


def _silent(message: str) -> None:
    """Nobody wants to know."""
