"""A file that is compressed -> the one dump it holds: gzip, bzip2, xz, zstandard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from ...errors import SourceError
from ...types import Dump, Problem
from .bounds import Opening, Refused
from .streams import Unpacked, buffered, take_in

_ENDINGS = {"gzip": (".gz", ".gzip"), "bzip2": (".bz2",), "xz": (".xz",), "zstandard": (".zst", ".zstd")}


def opened(opening: Opening, kind: str) -> Iterator[Dump | Problem | Refused]:
    """The content of a compressed file. What is cut off is told; what is damaged is not used at all."""
    outer = opening.dump
    with opening.begin() as begin:
        head = begin.read(4096)
    member, when = _named(head) if kind == "gzip" else ("", None)
    name = member or _without_ending(outer.name.rpartition("/")[2], kind)

    def again() -> BinaryIO:
        return buffered(Unpacked(outer.name, kind, opening.begin()))

    unpacked = Unpacked(outer.name, kind, opening.begin(), opening.allowance)
    try:
        with unpacked:
            dump = take_in(opening, name, unpacked, again, when=when or outer.modified)
    except SourceError as error:
        yield Refused(error=error, dump=outer)
        return
    if unpacked.cut:
        reason = f"the {kind} data end too early; what is whole was read, the rest is lost: fetch it again"
        yield opening.problem("error", reason)
    if unpacked.tail:
        yield opening.problem("note", f"what follows the {kind} data is something else, and was not read")
    if dump.size:
        yield dump
    else:
        reason = "nothing whole is left of it; fetch it again" if unpacked.cut else "it holds an empty file"
        yield opening.refused(name, reason)


def _named(head: bytes) -> tuple[str, datetime | None]:
    """The name and time that a gzip header gives; "" and None where it gives none."""
    if len(head) < 10:
        return "", None
    seconds = int.from_bytes(head[4:8], "little")
    when = datetime.fromtimestamp(seconds, UTC) if seconds else None
    if not head[3] & 8:
        return "", when
    begin = 10
    if head[3] & 4:
        begin += 2 + int.from_bytes(head[10:12], "little")
    name = head[begin:].split(b"\0", 1)[0]
    return name.decode("utf-8", "replace")[:200].replace("\\", "/").rpartition("/")[2], when


def _without_ending(name: str, kind: str) -> str:
    if name.lower().endswith(".tgz"):
        return f"{name[:-4]}.tar"
    for ending in _ENDINGS[kind]:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return "content"
