"""Files that hold others, made by hand: what the containers are held against."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from broadsheet import sources
from broadsheet.types import Dump, Problem
from tests.pages import AGENT, CACHE, ORCHID, page

MODIFIED = datetime(2026, 7, 4, 12, tzinfo=UTC)
LISTING = page("Jun 1", [CACHE, AGENT]).encode()
OTHER = page("Jun 2", [ORCHID]).encode()

DATE = "Mon, 01 Jun 2026 07:30:00 +0200"
POSTED = datetime(2026, 6, 1, 5, 30, tzinfo=UTC)


def file(content: bytes, name: str = "made.bin", *, streamed: bool = False) -> Dump:
    """A dump as it comes from an inbox, held or not."""
    return Dump(
        source="",
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        modified=MODIFIED,
        content=b"" if streamed else content,
        size=len(content),
        stream=partial(io.BytesIO, content) if streamed else None,
    )


class Opened:
    """All that came out of a file."""

    def __init__(self, dump: Dump, *, limit_mib: int = 64, unpacked_mib: int = 16_384) -> None:
        found = list(sources.opened(dump, limit_mib=limit_mib, unpacked_mib=unpacked_mib))
        self.dumps = [one for one in found if isinstance(one, Dump)]
        self.problems = [one for one in found if isinstance(one, Problem)]
        self.refused = [one for one in found if not isinstance(one, Dump | Problem)]

    @property
    def names(self) -> list[str]:
        """The names of the dumps."""
        return [dump.name for dump in self.dumps]

    @property
    def contents(self) -> list[bytes]:
        """What they hold."""
        return [content(dump) for dump in self.dumps]

    @property
    def reasons(self) -> list[str]:
        """Why members were refused, each with its name."""
        return [str(one.error) for one in self.refused]


def content(dump: Dump) -> bytes:
    """What a dump holds, held or not."""
    if dump.stream is None:
        return dump.content
    with dump.stream() as stream:
        return stream.read()


def opened(raw: bytes, name: str = "made.bin") -> Opened:
    """All that comes out of bytes."""
    return Opened(file(raw, name))


def zipped(members: Sequence[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, raw in members:
            info = zipfile.ZipInfo(name, (2026, 6, 3, 10, 20, 30))
            info.compress_type = method
            archive.writestr(info, raw)
    return buffer.getvalue()


def overlapping(count: int, size: int) -> bytes:
    """A zip archive whose members are all the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = bytes(size)
    packed = packer.compress(raw) + packer.flush()
    crc = zlib.crc32(raw)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), size, 1, 0) + b"a" + packed
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), size, 1, 0, 0, 0, 0, 0, 0)
        + b"a"
        for _ in range(count)
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


def mail(
    body: bytes = LISTING,
    *,
    subject: str = "Daily papers",
    kind: str = "text/plain; charset=utf-8",
    encoding: str = "8bit",
    date: str = DATE,
) -> bytes:
    """A mail with one body."""
    header = (
        f"Received: from a.example by b.example; Mon, 01 Jun 2026 07:31:00 +0200\nFrom: List <list@example.org>\n"
        f"To: reader@example.org\nSubject: {subject}\nDate: {date}\nMIME-Version: 1.0\n"
        f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    return header.encode() + body


def mailbox(mails: Sequence[bytes]) -> bytes:
    """A mailbox of mails, as programs write it."""
    lines = []
    for one in mails:
        quoted = b"\n".join(
            b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in one.rstrip(b"\n").split(b"\n")
        )
        lines.append(b"From list@example.org Mon Jun  1 05:30:00 2026\n" + quoted + b"\n\n")
    return b"".join(lines)


def multipart(kind: str, parts: Sequence[tuple[str, bytes]]) -> bytes:
    """A mail in several parts, each with its header."""
    pieces = b"".join(b"--edge\n" + header.encode() + b"\n\n" + body + b"\n" for header, body in parts)
    return mail(pieces + b"--edge--\n", kind=f'multipart/{kind}; boundary="edge"')


def attached(name: str, raw: bytes, kind: str = "application/octet-stream") -> tuple[str, bytes]:
    """A part that is an attached file."""
    header = f'Content-Type: {kind}\nContent-Disposition: attachment; filename="{name}"\n'
    return f"{header}Content-Transfer-Encoding: base64", base64.encodebytes(raw)
