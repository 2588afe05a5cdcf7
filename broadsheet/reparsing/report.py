"""What re-reading the archive did, or would do. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from ..types import FieldChange, Guid

#: same: it says what it said. mended: it says something else now. recovered: it can be read now. quarantined: it still
#: cannot. kept: it cannot be read any more, and stays as it was read before.
Outcome = Literal["same", "mended", "recovered", "quarantined", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A paper whose record differs now."""

    kind: str
    guid: Guid
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What re-reading one dump did."""

    dump: str
    source: str
    format: str | None
    outcome: Outcome
    #: Why, where it could not be read.
    reason: str = ""
    entries_before: int = 0
    entries: int = 0
    mended: tuple[Mended, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reparsed:
    """What re-reading the archive did, or would do."""

    dry_run: bool
    #: All that were looked at, by what came of them.
    dumps: Mapping[str, int]
    entries_before: int
    entries: int
    #: Papers that no dump listed before; those of recovered dumps that readers are told of are not among them.
    found: int
    corrected: int
    #: Papers that no dump lists any more.
    gone: int
    #: Papers of recovered dumps that the next digests tell.
    new: int
    #: Those of which something is to be said.
    told: tuple[Again, ...]
    failures: tuple[str, ...]
    exit: int

    def json(self) -> str:
        """All of it as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()

    def record(self) -> str:
        """What the store keeps of the pass among the runs: the sums, as JSON."""
        sums: dict[str, Any] = {"new": self.new, "updated": self.corrected, "failures": self.failures}
        names = ("dumps", "entries_before", "entries", "found", "corrected", "gone")
        return msgspec.json.encode({**sums, "reparsed": {name: getattr(self, name) for name in names}}).decode()
