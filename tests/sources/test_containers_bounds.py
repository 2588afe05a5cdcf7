"""Bombs: files made to become far more than they are. Each is left alone in a second, in little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
import zstandard

from broadsheet import sources
from broadsheet.errors import ParseFailed
from tests.sources.holding import LISTING, OTHER, Opened, file, mail, multipart, opened, overlapping, zipped

MIB = 1 << 20


def packed_zeros(pack: Callable[[bytes], bytes], mebibytes: int = 64) -> bytes:
    """Zeros, packed piece by piece: every one of these packings may be repeated."""
    return pack(bytes(MIB)) * mebibytes


def packed_once(mebibytes: int = 300) -> bytes:
    """One stream that becomes very long."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packer:
        for _ in range(mebibytes):
            packer.write(bytes(MIB))
    return buffer.getvalue()


def zip_of_many(count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return buffer.getvalue()


def tar_of_many(count: int) -> bytes:
    header = tarfile.TarInfo("a").tobuf()
    return header * count + bytes(1024)


def nested(depth: int) -> bytes:
    raw = zipped([(str(number), bytes(MIB)) for number in range(16)])
    for _ in range(depth):
        raw = zipped([(str(number), raw) for number in range(16)])
    return raw


def lying() -> bytes:
    """A zip archive whose member claims to be small."""
    raw = bytearray(zipped([("a", bytes(64 * MIB))]))
    at = raw.index(b"PK\x01\x02")
    struct.pack_into("<L", raw, at + 24, 100)
    return bytes(raw)


def long_header() -> bytes:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 40
    return info.tobuf(tarfile.GNU_FORMAT) + bytes(4 * MIB)


def deep_parts(depth: int) -> bytes:
    body = b"".join(
        f'Content-Type: multipart/mixed; boundary="{number}"\n\n--{number}\n'.encode() for number in range(depth)
    )
    return mail(body, kind='multipart/mixed; boundary="x"').replace(b"\n\nContent", b"\n\n--x\nContent", 1)


def forwarded(depth: int) -> bytes:
    return mail(b"Content-Type: message/rfc822\n\n" * depth, kind="message/rfc822")


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip, one stream": packed_once,
    "gzip, many streams": lambda: packed_zeros(gzip.compress),
    "bzip2": lambda: packed_zeros(bz2.compress),
    "xz": lambda: packed_zeros(lzma.compress),
    "zstandard": lambda: packed_zeros(zstandard.compress),
    "gzip in gzip": lambda: gzip.compress(packed_once(200)),
    "zip member": lambda: zipped([("a", bytes(64 * MIB))]),
    "zip in zip": lambda: nested(2),
    "overlapping members": lambda: overlapping(1000, 8 * MIB),
    "lying sizes": lying,
    "too many in zip": lambda: zip_of_many(10_001),
    "too many in tar": lambda: tar_of_many(10_001),
    "tar, long header": long_header,
    "mail, parts in parts": lambda: deep_parts(2000),
    "mail, mails in mails": lambda: forwarded(3000),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_left_alone_in_a_second_and_in_little_memory(kind: str) -> None:
    raw = BOMBS[kind]()
    dump = file(raw, "bomb.bin")
    began = time.perf_counter()
    found = Opened(dump)
    seconds = time.perf_counter() - began
    assert found.refused, kind
    assert found.reasons[0].startswith("bomb.bin")
    assert sum(dump.size for dump in found.dumps) < 200 * len(raw) + 2 * MIB
    assert seconds < 1.5, kind  # a second, and what a busy machine takes

    tracemalloc.start()
    Opened(dump)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 128 * MIB, (kind, peak >> 20)


def test_a_bomb_does_not_keep_the_other_members() -> None:
    found = opened(zipped([("bomb", bytes(16 * MIB)), ("a.txt", LISTING)]) + b"", "x.zip")
    assert found.contents == [LISTING]
    assert "a listing never shrinks so much" in found.reasons[0]


def test_no_more_comes_out_than_the_settings_allow() -> None:
    raw = zipped([(str(number), LISTING * 900) for number in range(6)], method=zipfile.ZIP_STORED)
    packed = gzip.compress(raw, 0)
    found = Opened(file(packed, "x.gz"), unpacked_mib=1)
    assert found.dumps == []
    assert "more than max_unpacked_mib = 1 of config/settings.toml" in found.reasons[0]
    assert len(Opened(file(packed, "x.gz"), unpacked_mib=64).dumps) == 6


def test_what_must_be_held_has_the_limit_of_a_dump() -> None:
    large = multipart("mixed", [("Content-Type: text/plain", b"x\n" * MIB)])
    found = Opened(file(large, "x.eml", streamed=True), limit_mib=1)
    assert "more than max_dump_mib = 1" in found.reasons[0]


def test_a_zip_archive_in_a_packed_stream_that_is_not_held_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from broadsheet.sources.containers import streams

    monkeypatch.setattr(streams, "HELD", 100)
    found = opened(gzip.compress(zipped([("a", OTHER)])))
    assert "take it out of there first" in found.reasons[0]


def test_a_dump_over_the_limit_is_refused_by_its_begin_unless_it_is_read_in_parts() -> None:
    def refusal(raw: bytes, form: str | None = None) -> str:
        try:
            sources.check_size(replace(file(raw, streamed=True), size=5 << 30), limit_mib=64, format=form)
        except ParseFailed as error:
            return str(error)
        return ""

    assert "has 5,120 MiB, more than max_dump_mib = 64" in refusal(LISTING)
    assert "read as a whole; raise it, or split the file" in refusal(LISTING)
    assert "binary data" in refusal(bytes(1000))
    assert refusal(gzip.compress(LISTING)) == ""
    assert refusal(zipped([("a", LISTING)])) == ""
