"""What became of a source that was asked for new dumps; the same for folders, pages and mailboxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..text import fold_space, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of asking, once all of it lies in the inbox."""

    outcome: Literal["new", "same", "later", "failed"]
    told: str
    #: What the next look needs; written down only now, so that a crash costs a second look and never a dump.
    body: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    #: What must be seen although something came.
    alarms: tuple[str, ...] = ()
    #: Whether the place was asked at all; what it was last asked stands, where it was not.
    asked: bool = True


def line(text: str) -> str:
    """A text as one line for people, whoever wrote it."""
    return whole(fold_space(text))


def counted(number: int, thing: str) -> str:
    """As "1 new file", "2 new files"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def size(count: int) -> str:
    """Bytes as people say them."""
    if count < 10_000:
        return f"{count:,} bytes"
    return f"{count / 1e3:,.0f} kB" if count < 10_000_000 else f"{count / 1e6:,.0f} MB"
