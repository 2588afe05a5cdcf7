"""A workspace, checked and compiled: everything a person wrote, before anything is read from a dump.

Knows where the store is and does not open it; reads no dump.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from . import config, inbox, rules, sources
from .config import Config, Settings, Source
from .errors import ConfigError, Mistake
from .workspace import Workspace

if TYPE_CHECKING:
    from . import render
    from .store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The configuration of a workspace, checked and compiled."""

    workspace: Workspace
    config: Config
    engine: rules.Engine
    templates: render.Templates

    def source_of(self, name: str) -> Source | None:
        """The first configured source that a dump of this file name belongs to.

        A dump in a container ("papers.zip/today.json") belongs where its name says, else where its container does. What
        we named ourselves, when it was collected, belongs to its source, whatever the patterns of earlier ones are.
        """
        sources = self.config.sources
        owners = [(source.collected, source) for source in sources] + [(source.files, source) for source in sources]
        names = (name, name.partition("/")[0])
        return next((source for one in names for files, source in owners if inbox.belongs(one, files)), None)


def load(workspace: Workspace, profiles: Sequence[str] = ()) -> Setup:
    """Read and compile everything a person wrote, before anything is read from a dump.

    Raises ConfigError for settings, sources, profiles and queries, RenderError for templates.
    """
    # Not for who only wants to know where the store is.
    from . import render

    loaded = config.load(
        workspace.file("settings.toml"),
        workspace.file("sources.toml"),
        workspace.file("deliveries.toml"),
        workspace.profiles,
        names=profiles,
    )
    check_formats(loaded)
    _check_folders(loaded, workspace)
    return Setup(
        workspace=workspace,
        config=loaded,
        engine=rules.compile_profiles(loaded.profiles),
        templates=render.open_templates(workspace.templates),
    )


def check_formats(loaded: Config) -> None:
    """Raises ConfigError for sources that are to be read as a format that there is not."""
    known = f"the formats are: {', '.join(sources.FORMATS)}"
    mistakes = [
        Mistake(
            file="sources.toml", line=None, message=f"source {source.name}: no format {source.format!r}", remedy=known
        )
        for source in loaded.sources
        if source.format and source.format not in sources.FORMATS
    ]
    if mistakes:
        raise ConfigError(mistakes)


def _check_folders(loaded: Config, workspace: Workspace) -> None:
    """Raises ConfigError for deliveries into our own folders: a digest in the inbox would be read as a dump."""
    own = (workspace.dumps, workspace.output, workspace.state, workspace.config, workspace.root / "templates")
    mistakes = []
    for delivery in loaded.deliveries.deliveries:
        if delivery.kind not in ("folder", "maildir"):
            continue
        try:
            place = (workspace.root / Path(delivery.to[0]).expanduser()).resolve()
        except RuntimeError:  # of a user that there is not: told when it is to be sent, and keeps nothing else
            continue
        if place == workspace.root.resolve() or any(place.is_relative_to(folder.resolve()) for folder in own):
            message = f"delivery {delivery.name}: {delivery.to[0]} is a folder of the workspace's own"
            remedy = "name one beside them, or elsewhere"
            mistakes.append(Mistake(file="deliveries.toml", line=None, message=message, remedy=remedy))
    if mistakes:
        raise ConfigError(mistakes)


def hold(
    store: Store, settings: Settings, progress: Callable[[str, int, int], None], now: datetime
) -> AbstractContextManager[None]:
    """The store's run lock, waited for as long as the settings say; progress is told for whom. Raises StoreBusy."""

    def waiting(holder: str) -> None:
        progress(f"waiting for {holder}", 0, 0)

    return store.lock(wait=settings.wait, waiting=waiting, now=now)


def store_of(setup: Setup) -> str | Path:
    """Where the store is: the configured SQLAlchemy URL, else a file in the workspace."""
    return store_at(setup.workspace, setup.config.settings)


def store_at(workspace: Workspace, settings: Settings) -> str | Path:
    """The same, for who needs no profile."""
    return settings.store or workspace.state / "broadsheet.db"
