"""What every reader of a configuration file does with values and mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from ..errors import ConfigError, Mistake
from ..toml_file import Table

T = TypeVar("T")

#: What sources, profiles and deliveries may be called.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


def attempt(read: Callable[[], T], default: T, mistakes: list[Mistake]) -> T:
    """What is read; the default, and its mistakes with all others, where it cannot be."""
    try:
        return read()
    except ConfigError as error:
        mistakes.extend(error.mistakes)
        return default


def at_least(table: Table, key: str, default: int, least: int, most: int | None = None) -> int:
    """The key's whole number, which must not be less, nor more where there is a most."""
    value = table.value(key, default)
    if value < least:
        table.wrong(key, f"is {value} and must be at least {least}")
    elif most is not None and value > most:
        table.wrong(key, f"is {value} and must be at most {most}")
        return most
    return value


def unless_wrong(top: Table, value: T) -> T:
    """The value, unless its file has mistakes. Raises ConfigError."""
    if top.mistakes:
        raise ConfigError(top.mistakes)
    return value
