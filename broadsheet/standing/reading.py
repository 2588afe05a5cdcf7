"""What a person configured, as far as it can be understood, and all that is wrong with it."""

from __future__ import annotations

import tomllib
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from .. import cadence, config, rules
from ..config import FromFolder, FromUrl, Settings, Source
from ..errors import BroadsheetError, ConfigError
from ..setup import check_formats
from ..types import Profile
from ..workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A configuration, sound or not."""

    settings: Settings
    #: Those that can be read.
    profiles: tuple[Profile, ...]
    #: The names of the sources, and from where each is collected; None where they cannot be read.
    sources: frozenset[tuple[str, str]] | None
    #: With file, line and remedy; a run would stop at any of them.
    mistakes: tuple[str, ...]


def read(workspace: Workspace) -> Found:
    """Read the workspace's configuration; templates are not looked at."""
    folder = workspace.profiles
    try:
        loaded = config.load(
            workspace.file("settings.toml"), workspace.file("sources.toml"), workspace.file("deliveries.toml"), folder
        )
    except ConfigError as error:
        files, _ = config.profile_files(folder)
        profiles = [_attempt(lambda file=file: config.read_profile(file)) for file in files]  # type: ignore[misc]
        return Found(
            settings=lenient(workspace.file("settings.toml")),
            profiles=tuple(profile for profile in profiles if profile),
            sources=None,
            mistakes=tuple(map(str, error.mistakes)),
        )
    mistakes: list[str] = []
    for check in (
        lambda: check_formats(loaded),
        lambda: rules.compile_profiles(loaded.profiles),
        lambda: _check_schedule(loaded.settings),
    ):
        try:
            check()
        except ConfigError as error:
            mistakes += map(str, error.mistakes)
        except (BroadsheetError, ValueError) as error:
            mistakes.append(str(error))
    return Found(
        settings=loaded.settings,
        profiles=loaded.profiles,
        sources=frozenset((source.name, _place(source)) for source in loaded.sources),
        mistakes=tuple(mistakes),
    )


def _place(source: Source) -> str:
    """As broadsheet.collecting writes it down."""
    way = source.collect
    if isinstance(way, FromFolder):
        return way.folder
    return way.url if isinstance(way, FromUrl) else way.mailbox if way else ""


def _check_schedule(settings: Settings) -> None:
    try:
        cadence.next_runs(settings.schedule, settings.timezone, datetime(2026, 1, 1, tzinfo=UTC), 1)
    except ValueError as error:
        raise ValueError(f"settings.toml: schedule: {error}") from error


def lenient(file: Path) -> Settings:
    """The settings; of a file with mistakes, what says where store and metrics are and which zone is meant."""
    if sound := _attempt(lambda: config.read_settings(file)):
        return sound
    usual = Settings()
    try:
        top = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return usual
    store, zone, metrics = top.get("store"), top.get("timezone"), top.get("metrics")
    return replace(
        usual,
        store=store if isinstance(store, str) else usual.store,
        metrics=metrics if isinstance(metrics, str) else usual.metrics,
        timezone=zone if isinstance(zone, str) and _is_zone(zone) else usual.timezone,
    )


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _attempt(reading: Callable[[], T]) -> T | None:
    try:
        return reading()
    except ConfigError:
        return None
