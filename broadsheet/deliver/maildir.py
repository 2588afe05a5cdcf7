"""Mails into a maildir, which a mail program on this machine reads: exactly once, by the name of the file.

A mail is written whole into tmp/ and renamed into new/, so that no reader meets half of one. Its name comes from its
key alone; a mail whose name is in new/ or cur/ already is theirs. One that was moved elsewhere since is not found.
Sends nothing over any network.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from ..disk import sync_folder
from .outcome import Outcome, line

#: What a mail program hangs on a name: its size before, its flags behind.
_BESIDE_THE_NAME = re.compile("[,:]")


def put(folder: Path, content: bytes, key: str) -> Outcome:
    """Bring a mail into the maildir, which is made where it is missing.

    content: the mail, its lines ended by CRLF; in the file they end as every file's here do. key: names the mail among
    all others, the same at every try. One try for a key at a time. Never `failed`: what is wrong with a folder can be
    put right.
    """
    # Nothing of the key stands in the name as it is: it may hold an address, and a slash.
    name = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:40] + ".broadsheet"
    try:
        # As maildirs have it: nobody else on this machine reads them.
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        # In this order: a mail program moves mails from new/ to cur/ while we look.
        if _is_there(folder / "new", name) or _is_there(folder / "cur", name):
            return Outcome(state="sent", told="it is in the maildir already")
        _write(folder, name, content.replace(b"\r\n", b"\n"))
    except OSError as error:
        # strerror knows no names: the path is told once.
        return Outcome(state="later", told=line(f"{folder}: cannot be written: {error.strerror or error}"))
    return Outcome(state="sent", told=f"new/{name}")


def _is_there(folder: Path, name: str) -> bool:
    with os.scandir(folder) as entries:
        return any(_BESIDE_THE_NAME.split(entry.name, maxsplit=1)[0] == name for entry in entries)


def _write(folder: Path, name: str, content: bytes) -> None:
    temporary = folder / "tmp" / name
    # Left by a try that was killed. Never written over: a link to a mail that was read would change with it.
    temporary.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(folder / "new" / name)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(folder / "new")
