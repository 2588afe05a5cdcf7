"""The raw dumps, content-addressed: <folder>/ab/<sha256>.zst, never edited.

A file is there whole or not at all: it is written beside its place, synced, renamed, and its folder synced. Its name
proves nothing; what is read is hashed. Two writers at once are kept apart by the run lock, not here.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from ..disk import sync_folder
from ..errors import StoreError
from ..types import Dump
from .failures import Damaged, told

# Pages of text shrink to a third; higher levels take ten times as long for a few percent.
_LEVEL = 6
_CHUNK = 1 << 20


class Archive:
    """Dumps by their SHA-256. Makes no folder before there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: In a rehearsal, what was kept in it.
        self.rehearsed: dict[str, bytes] | None = None

    def path(self, sha256: str) -> Path:
        """Where the dump is kept, or would be."""
        return self.folder / sha256[:2] / f"{sha256}.zst"

    def keep(self, content: bytes) -> str:
        """Keep a dump's bytes and return their SHA-256 in hexadecimal; does nothing where they are kept already.

        A file that is there and damaged is written again. Raises StoreError.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if self.rehearsed is not None:
            self.rehearsed[sha256] = content
            return sha256
        path = self.path(sha256)
        with told(str(path)):
            if not path.exists() or _intact(path, sha256) is None:
                _make_folder(path.parent)
                _write(path, zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(content))
        return sha256

    def keep_dump(self, dump: Dump) -> str:
        """Keep a dump, held or not, as `keep` does. Raises StoreError, also where it changed since it was hashed."""
        if dump.stream is None:
            return self.keep(dump.content)
        path = self.path(dump.sha256)
        # A rehearsal keeps nothing for longer than it lasts, and a large dump is there to be read again anyway.
        if self.rehearsed is None:
            with told(str(path)):
                if not path.exists() or not _is_intact(path, dump.sha256):
                    _make_folder(path.parent)
                    _pour(path, dump, dump.stream)
        return dump.sha256

    def stream(self, sha256: str) -> BinaryIO:
        """The bytes of a dump of any size, from their begin. Raises StoreError where the file is missing or damaged."""
        path = self.path(sha256)
        with told(str(path)):
            if not path.exists():
                raise StoreError(f"{path}: this dump is missing from the archive; restore it from a backup")
            if not _is_intact(path, sha256):
                raise Damaged("the content is not that of its name")
            return cast(BinaryIO, zstandard.ZstdDecompressor().stream_reader(path.open("rb"), closefd=True))

    def content(self, sha256: str) -> bytes:
        """The bytes of a dump. Raises StoreError where the file is missing or damaged."""
        if self.rehearsed is not None and sha256 in self.rehearsed:
            return self.rehearsed[sha256]
        path = self.path(sha256)
        with told(str(path)):
            try:
                content = _intact(path, sha256)
            except FileNotFoundError as error:
                raise StoreError(f"{path}: this dump is missing from the archive; restore it from a backup") from error
            if content is None:
                raise Damaged("the content is not that of its name")
            return content


def _intact(path: Path, sha256: str) -> bytes | None:
    try:
        content = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    except zstandard.ZstdError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _is_intact(path: Path, sha256: str) -> bool:
    """The same for a file of any size."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as content:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
    except zstandard.ZstdError:
        return False
    return digest.hexdigest() == sha256


def _pour(path: Path, dump: Dump, stream: Callable[[], BinaryIO]) -> None:
    """Write a dump of any size, hashing it on its way."""
    half = path.with_name(f".{path.name}.part")
    digest = hashlib.sha256()
    packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj(size=dump.size)
    try:
        with contextlib.closing(_Descriptor(half)) as file, stream() as content:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                file.append(packer.compress(chunk))
            file.write(packer.flush())
        if digest.hexdigest() != dump.sha256:
            raise StoreError(f"{dump.name}: changed while it was read; run again when nobody writes to it")
        half.replace(path)
    except zstandard.ZstdError as error:
        half.unlink(missing_ok=True)
        raise StoreError(f"{dump.name}: changed while it was read; run again when nobody writes to it") from error
    except (OSError, StoreError):
        half.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _write(path: Path, content: bytes) -> None:
    # A name of its own for each dump: what a killed run left behind is overwritten by the next one.
    half = path.with_name(f".{path.name}.part")
    try:
        with contextlib.closing(_Descriptor(half)) as file:
            file.write(content)
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


class _Descriptor:
    """A file opened for writing, that follows no symbolic link and is on disk when it is closed without an error."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)

    def append(self, content: bytes) -> None:
        """Write, without waiting for the disk."""
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._fd, rest) :]

    def write(self, content: bytes) -> None:
        """Write what is last."""
        self.append(content)
        os.fsync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they survive a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
