"""How much may come out of a file that holds others, and what is told of what comes out.

Counts real bytes, never the sizes that a container claims. Reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from ...errors import ParseFailed, SourceError
from ...text import fold_space, whole
from ...types import Dump, Level, Problem

#: Containers within one another. A mailbox and the mails in it count as one.
DEEPEST = 3
#: Members of one container.
MOST_MEMBERS = 10_000
#: How many bytes may come out of one, and how many more are no cause for doubt. Listings have 3 to 10, at most 50.
RATIO, SLACK = 200, 1 << 20
#: Bytes of a member that are held; a larger one is read from its container again.
HELD = 32 << 20
#: Bytes that are read at once.
CHUNK = 1 << 16

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A member that cannot be used, and why."""

    error: SourceError
    #: Its content, where there is any: a later version may read it.
    dump: Dump | None = None


@dataclass(slots=True, kw_only=True)
class Allowance:
    """How many bytes may be unpacked from one file, however deep they lie in it."""

    #: Bytes of the file itself.
    size: int
    #: Mebibytes, whatever its size.
    most_mib: int
    used: int = 0

    @property
    def spent(self) -> bool:
        """Whether nothing more may come out of the file."""
        return self.used > min(self.most_mib << 20, RATIO * self.size + SLACK)

    def take(self, name: str, count: int) -> None:
        """Count unpacked bytes of a member. Raises SourceError where it is too much."""
        self.used += count
        if self.used > self.most_mib << 20:
            reason = f"more than max_unpacked_mib = {self.most_mib} of config/settings.toml comes out of this file"
            raise ParseFailed(name, f"{reason}; raise it, or split the file")
        if self.spent:
            raise ParseFailed(name, bomb(self.used, self.size))


def bomb(out: int, packed: int) -> str:
    """The reason to unpack no further."""
    unpacked = f"{packed:,} bytes hold more than {out:,}, {RATIO} times as many as they may"
    return f"{unpacked}; a listing never shrinks so much, so this is left alone"


@dataclass(slots=True, kw_only=True)
class Opening:
    """One container while it is opened."""

    dump: Dump
    allowance: Allowance
    #: Content -> how sure any format is of it, from 0 to 1.
    sure: Callable[[bytes], float]
    #: Mebibytes of what must be held as a whole.
    limit_mib: int
    members: int = 0
    #: Why members were passed over -> their names.
    _passed: dict[str, list[str]] = field(default_factory=dict)

    def begin(self) -> BinaryIO:
        """The container's bytes from their begin; to be closed by whoever asked."""
        return stream_of(self.dump)

    def count(self) -> None:
        """Count a member. Raises SourceError where there are too many."""
        self.members += 1
        if self.members > MOST_MEMBERS:
            reason = f"holds more than {MOST_MEMBERS:,} members; split it"
            raise ParseFailed(self.dump.name, reason)

    def name(self, member: str) -> str:
        """What a member is called: the container's name and its own, which is a label and never a path."""
        return f"{self.dump.name}/{label(member)}"

    def problem(self, level: Level, reason: str, text: str = "") -> Problem:
        """Something about the container as a whole."""
        return Problem(source=self.dump.source, dump=self.dump.name, place=None, level=level, reason=reason, text=text)

    def refused(self, member: str, reason: str, dump: Dump | None = None) -> Refused:
        """A member that cannot be used."""
        return Refused(error=ParseFailed(self.name(member), reason), dump=dump)

    def passed(self, member: str, why: str) -> None:
        """Remember a member that is no listing."""
        self._passed.setdefault(why, []).append(label(member))

    def notes(self) -> list[Problem]:
        """One note for each reason to pass members over."""
        return [
            self.problem("note", f"{len(names):,} passed over: {why}", text=", ".join(names))
            for why, names in self._passed.items()
        ]

    def held(self, name: str, content: bytes, sha256: str, *, when: datetime, posted: datetime | None) -> Dump:
        """A member whose content is at hand."""
        return Dump(
            source=self.dump.source,
            name=self.name(name),
            sha256=sha256,
            modified=when,
            content=content,
            size=len(content),
            posted=posted,
        )


def label(name: str) -> str:
    """A member's name as one line of bounded length that cannot act on a terminal."""
    line = fold_space(whole(name.replace("\\", "/").lstrip("/")))
    line = "".join(char if char.isprintable() else "?" for char in line)
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


def stream_of(dump: Dump) -> BinaryIO:
    """A dump's bytes from their begin, held or not."""
    from io import BytesIO

    return dump.stream() if dump.stream else BytesIO(dump.content)
