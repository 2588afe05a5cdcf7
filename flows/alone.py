"""One `broadsheet serve` a workspace: two would start each morning's run twice, and share one database of Prefect's.

The store lets no digest be cut twice in any case; this only says so before, in one line.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broadsheet.errors import BroadsheetError


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the folder home, made if missing, for this process, until it ends in whichever way.

    Raises BroadsheetError where another one holds it, or it cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        held = (home / "serving.lock").open("a+", encoding="ascii", errors="replace")
    except OSError as error:
        raise BroadsheetError(f"{home}: Prefect cannot write there: {error.strerror}") from error
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.seek(0)
            by = held.read(20).strip()
            process = f" by process {by}" if by.isdigit() else ""
            raise BroadsheetError(f"this workspace is served already{process}; end that one first") from error
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        yield
