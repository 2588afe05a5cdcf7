"""Bytes -> files of the inbox, each there whole or not at all, under names that come from us alone.

Written beside its place, synced, put there under its name if nobody else has taken that, and the folder synced. Knows
no source and no store.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ..disk import sync_folder
from ..errors import BroadsheetError, SourceError

CHUNK = 1 << 20
#: Standard input in the names of files, and in messages.
STDIN = "stdin"
#: What a file is called while it is written: hidden, so that no run reads it.
_BEGUN = ".collecting-"
#: What file systems without hard links say: FAT, some of the network and of containers.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES)
#: Bytes of a name: less than any file system takes, with room for what is added to it.
_LONGEST = 180
#: An extension, as people name files: "tar.gz" is two of them.
_EXTENSIONS = re.compile(r"(?:\.[A-Za-z0-9]{1,8}){1,2}\Z")

_MAGIC = (
    (b"\x1f\x8b", "gz"),
    (b"PK\x03\x04", "zip"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ", "xz"),
)
_BEGINS = re.compile(rb"\s*(?:(?P<html><!doctype\s+html|<html)|(?P<xml><\?xml|<rss|<feed|<rdf)|(?P<json>[\[{]))", re.I)
#: By a word in the media type; an Atom feed is XML as well.
_TYPES = (("json", "json"), ("html", "html"), ("xml", "xml"), ("rfc822", "eml"), ("gzip", "gz"), ("zip", "zip"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A file that is written and synced, and not yet in its place."""

    path: Path
    sha256: str
    size: int
    #: What its name is to end with.
    extension: str


def begin(folder: Path, content: Iterable[bytes], *, media_type: str = "") -> Begun:
    """Write bytes into a folder, which is made where it is missing, under a hidden name of their own.

    Raises OSError, and what reading the content raises, and then leaves nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Not by the process: in a container, each has the number of the one that was killed.
    path = folder / f"{_BEGUN}{secrets.token_hex(8)}"
    hashed, size, first = hashlib.sha256(), 0, b""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(path, flags, 0o644)
    try:
        with os.fdopen(fd, "wb") as file:
            # Whatever the umask: who reads the inbox may be another user than who fetches.
            os.fchmod(fd, 0o644)
            for chunk in content:
                first = first or chunk[:512]
                hashed.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(fd)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Begun(path=path, sha256=hashed.hexdigest(), size=size, extension=extension(first, media_type))


def settle(begun: Begun, place: Path) -> None:
    """Put a file in its place, for good. Raises OSError, FileExistsError for a place that is taken."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Unlike a renaming, it takes no place from another writer that was faster.
        os.link(begun.path, place, follow_symlinks=False)
        begun.path.unlink()
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        begun.path.replace(place)
    for folder in {begun.path.parent, place.parent, place.parent.parent}:
        sync_folder(folder)


def sweep(folder: Path) -> None:
    """Remove what a writer that was killed left; only under the run lock, when nobody else writes."""
    for path in folder.glob(f"{_BEGUN}*"):
        with contextlib.suppress(OSError):
            path.unlink()


def sweep_old(folder: Path, now: datetime) -> None:
    """Remove what a writer that was killed left more than a day ago; where others may write, who hold no lock."""
    for path in folder.glob(f"{_BEGUN}*"):
        with contextlib.suppress(OSError):
            if now.timestamp() - path.lstat().st_mtime > 86_400:
                path.unlink()


def free(folder: Path, stem: str, extension: str) -> Path:
    """A place in a folder that no file has: two answers may come in one second."""
    names = (f"{stem}.{extension}", *(f"{stem}-{number}.{extension}" for number in range(2, 1000)))
    return next(place for name in names if not os.path.lexists(place := folder / name))


def extension(content: bytes, media_type: str = "") -> str:
    """What a dump's name ends with: by its first bytes, which lie less often than the media type; else "txt"."""
    for magic, named in _MAGIC:
        if content.startswith(magic):
            return named
    if found := _BEGINS.match(content.removeprefix(b"\xef\xbb\xbf")):
        return str(found.lastgroup)
    return next((named for word, named in _TYPES if word in media_type.lower()), "txt")


def safe_name(name: str) -> str:
    """A file's name as it may stand in the inbox, on a terminal and in a digest; equal where nothing is wrong with it.

    Bytes that are no text, controls, characters that turn the line around, and slashes become "_"; a long name loses
    the end of its stem; what the inbox would pass over (a leading dot or underscore) gets a letter before it.
    """
    clean = "".join("_" if char in "/\\" or unicodedata.category(char) in _UNSAFE else char for char in name)
    if len(clean.encode()) > _LONGEST:
        found = _EXTENSIONS.search(clean)
        ending = found[0] if found else ""
        stem = clean.removesuffix(ending).encode()[: _LONGEST - len(ending)].decode(errors="ignore")
        clean = stem + ending
    return f"x{clean}" if clean[:1] in ("", ".", "_") else clean


#: Controls, what only formats, lone surrogates, unassigned, and separators of lines.
_UNSAFE = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")


def chunks(stream: BinaryIO, limit: int, name: str) -> Iterator[bytes]:
    """What a stream holds. Raises SourceError where that is more than `limit` bytes."""
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise SourceError(name, f"is larger than {limit >> 20} MiB; raise max_dump_mib, or save it as a file")
        yield chunk


def stdin_name(now: datetime) -> str:
    """What standard input is called as a file, without an extension."""
    return f"{STDIN}-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def borrow(stream: BinaryIO, folder: Path, *, now: datetime, limit: int) -> Path:
    """Put what a stream holds into a folder of the caller's. Raises SourceError for too much, BroadsheetError."""
    try:
        place = free(folder, stdin_name(now), "txt")
        settle(begin(folder, chunks(stream, limit, STDIN)), place)
    except OSError as error:
        raise BroadsheetError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return place
