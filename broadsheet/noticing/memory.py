"""What the operator was told: a small file, written whole, that needs no store. Sends nothing and decides nothing.

It stands in the workspace's state; where that cannot be written (a full disk is a failure like any other, and the next
run must know that it was told of), in the folder for temporary files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

NAME = "notices.json"
_LARGEST = 1 << 20
#: The newest ones are remembered; a run with more failures has one that all of them come from.
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One failure that comes again; all times are aware."""

    text: str
    since: datetime
    #: The last run that it was seen in.
    last: datetime
    #: None where the operator was not told yet.
    told: datetime | None = None
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is wrong, by the failures' keys, and when mails went out."""

    #: When this was written down; None for what never was.
    at: datetime | None = None
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    mails: tuple[datetime, ...] = ()


def kept(state: Path) -> Memory:
    """What was written down last; nothing where there is no file, or a damaged one."""
    found = [memory for file in _places(state) if (memory := _read(file)) is not None]
    return max(found, key=lambda memory: memory.at.timestamp() if memory.at else 0.0, default=Memory())


def keep(state: Path, memory: Memory) -> bool:
    """Write it down; whether that could be done."""
    newest = sorted(memory.troubles.items(), key=lambda pair: pair[1].last)[-_MOST:]
    told = {
        "at": _text(memory.at),
        "troubles": {
            key: {
                "text": trouble.text,
                "since": _text(trouble.since),
                "last": _text(trouble.last),
                "told": _text(trouble.told),
                "times": trouble.times,
            }
            for key, trouble in newest
        },
        "mails": [_text(mail) for mail in memory.mails],
    }
    content = json.dumps(told, indent=2).encode("ascii") + b"\n"
    return any(_written(file, content) for file in _places(state))


def _places(state: Path) -> Iterator[Path]:
    yield state / NAME
    name = hashlib.sha256(os.fsencode(state)).hexdigest()[:16]
    yield Path(tempfile.gettempdir()) / f"broadsheet-{os.getuid()}-{name}.json"


def _read(file: Path) -> Memory | None:
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
            found = os.fstat(opened.fileno())
            # Where everybody may write, somebody else may have left a file of this name.
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
                return None
            content = opened.read(_LARGEST)
        return _memory(json.loads(content))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _memory(told: Any) -> Memory:
    """Raises any of the errors of a value that is not what it should be."""
    troubles = {
        str(key): Trouble(
            text=str(one["text"]),
            since=_time(one["since"]),
            last=_time(one["last"]),
            told=_time(one["told"]) if one["told"] else None,
            times=int(one["times"]),
        )
        for key, one in told["troubles"].items()
    }
    return Memory(at=_time(told["at"]), troubles=troubles, mails=tuple(_time(mail) for mail in told["mails"]))


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _written(file: Path, content: bytes) -> bool:
    temporary: Path | None = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".tmp-", dir=file.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(file)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        return False
    return True
