"""TOML -> frozen types. All mistakes of all files at once, each with file, line and what would be right.

Reads files and decides nothing about queries: broadsheet.rules compiles what a profile's rules say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError, Mistake
from ..types import Profile
from .deliveries import Deliveries, Delivery, Dkim, Operator, Smtp, Unsubscribe, is_loopback, read_deliveries
from .profiles import profile_files, read_profile, read_profiles, read_wrong_profile
from .reading import attempt
from .settings import LEAST_BUDGET, Feed, Mail, Settings, Site, read_settings
from .sources import FromFolder, FromMailbox, FromUrl, Source, read_sources

__all__ = [
    "LEAST_BUDGET",
    "Config",
    "Deliveries",
    "Delivery",
    "Dkim",
    "Feed",
    "FromFolder",
    "FromMailbox",
    "FromUrl",
    "Mail",
    "Operator",
    "Settings",
    "Site",
    "Smtp",
    "Source",
    "Unsubscribe",
    "is_loopback",
    "load",
    "profile_files",
    "read_deliveries",
    "read_profile",
    "read_profiles",
    "read_settings",
    "read_sources",
    "read_wrong_profile",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All configuration of a workspace."""

    settings: Settings
    sources: tuple[Source, ...]
    deliveries: Deliveries
    #: In the order of their names.
    profiles: tuple[Profile, ...]


def load(settings: Path, sources: Path, deliveries: Path, profiles: Path, *, names: Sequence[str] = ()) -> Config:
    """Read settings.toml, sources.toml, deliveries.toml and the folder of profiles.

    Only the profiles called names are read; all of them where names is empty. Raises ConfigError with every mistake of
    every file at once.
    """
    mistakes: list[Mistake] = []
    known = [file.stem for file in profile_files(profiles)[0]]
    config = Config(
        settings=attempt(lambda: read_settings(settings), Settings(), mistakes),
        sources=attempt(lambda: read_sources(sources), (), mistakes),
        deliveries=attempt(lambda: read_deliveries(deliveries, known), Deliveries(), mistakes),
        profiles=attempt(lambda: read_profiles(profiles, names), (), mistakes),
    )
    if mistakes:
        raise ConfigError(mistakes)
    return config
