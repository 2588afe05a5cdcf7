"""What comes out of gzip, bzip2, xz, zstandard, zip and tar; the mails have a file of their own."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import zstandard

from broadsheet import sources
from broadsheet.sources.containers import streams
from broadsheet.types import Dump
from tests.sources.holding import LISTING, MODIFIED, OTHER, Opened, content, file, opened, zipped

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


def tarred(members: dict[str, bytes], *, form: int = tarfile.GNU_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, raw in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(raw), 1_780_000_000
            archive.addfile(info, io.BytesIO(raw))
    return buffer.getvalue()


def test_a_listing_is_no_container() -> None:
    dump = file(LISTING, "copy.txt")
    found = Opened(dump)
    assert found.dumps == [dump]
    assert found.dumps[0] is dump
    assert (found.problems, found.refused) == ([], [])


@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_file_holds_one_dump(ending: str) -> None:
    found = opened(PACKERS[ending](LISTING), f"2026-06-01.txt.{ending}")
    (dump,) = found.dumps
    assert (dump.name, dump.content) == (f"2026-06-01.txt.{ending}/2026-06-01.txt", LISTING)
    assert dump.sha256 == hashlib.sha256(LISTING).hexdigest()
    assert (found.problems, found.refused) == ([], [])
    parsed = sources.parse(dump)
    assert (len(parsed.entries), parsed.taken_from, parsed.taken.date().isoformat()) == (2, "file name", "2026-06-01")


@pytest.mark.parametrize("ending", PACKERS)
def test_several_packed_streams_and_zeros_behind_them_are_one_file(ending: str) -> None:
    half = len(LISTING) // 2
    packed = PACKERS[ending](LISTING[:half]) + PACKERS[ending](LISTING[half:]) + bytes(1024)
    found = opened(packed)
    assert (found.contents, found.problems) == ([LISTING], [])


@pytest.mark.parametrize("ending", PACKERS)
def test_garbage_behind_a_packed_stream_is_told(ending: str) -> None:
    found = opened(PACKERS[ending](LISTING) + b"<html>garbage</html>")
    assert found.contents == [LISTING]
    assert [problem.level for problem in found.problems] == ["note"]
    assert "something else" in found.problems[0].reason


@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_file_cut_anywhere_gives_what_is_whole_and_says_so(ending: str) -> None:
    packed = PACKERS[ending](LISTING)
    for length in range(12, len(packed), 7):
        found = opened(packed[:length])
        for raw in found.contents:
            assert LISTING.startswith(raw)
        told = [problem.reason for problem in found.problems] + found.reasons
        assert told, length
        assert all("fetch it again" in one for one in told)


def test_of_a_cut_gzip_file_complete_papers_are_kept() -> None:
    many = b"".join(f"{number} {random.Random(number).random()}\n".encode() for number in range(20_000))  # noqa: S311
    packed = gzip.compress(many)
    (raw,) = opened(packed[: len(packed) // 2]).contents
    assert len(raw) > len(many) * 0.4
    assert many.startswith(raw)


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz"])
def test_nothing_of_a_damaged_packed_file_is_used(ending: str) -> None:
    packed = bytearray(PACKERS[ending](LISTING * 50))
    packed[len(packed) // 2] ^= 0x40
    found = opened(bytes(packed))
    assert found.dumps == []
    assert "damaged" in found.reasons[0]
    assert "; " not in found.refused[0].error.dump


def test_a_wrong_checksum_makes_the_whole_member_suspect() -> None:
    packed = bytearray(gzip.compress(LISTING))
    packed[-8] ^= 1
    found = opened(bytes(packed))
    assert found.dumps == []
    assert "nothing of it can be trusted" in found.reasons[0]


def test_gzip_brings_its_own_name_and_time() -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile("2026-06-05.txt", "wb", fileobj=buffer, mtime=1_780_000_000) as packer:
        packer.write(LISTING)
    (dump,) = opened(buffer.getvalue(), "x.gz").dumps
    assert (dump.name, dump.modified) == ("x.gz/2026-06-05.txt", datetime.fromtimestamp(1_780_000_000, UTC))


def test_a_large_member_is_streamed_from_its_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HELD", 1 << 20)
    # Random, or it would be a bomb.
    many = random.Random(1).randbytes(1 << 20).hex().encode()  # noqa: S311
    for raw in (gzip.compress(many, 1), tarred({"a/b.txt": OTHER, "large.json": many}), zipped([("large", many)])):
        for streamed in (False, True):
            large = Opened(file(raw, "x.bin", streamed=streamed)).dumps[-1]
            assert (large.content, large.size) == (b"", len(many))
            assert large.sha256 == hashlib.sha256(many).hexdigest()
            assert hashlib.sha256(content(large)).hexdigest() == large.sha256
            assert large.stream
            with large.stream() as stream:
                assert stream.readline(10) == many[:10]


def test_zip_members_are_dumps_of_their_own() -> None:
    found = opened(zipped([("b.txt", LISTING), ("deep/a.txt", OTHER)]), "papers.zip")
    assert found.names == ["papers.zip/b.txt", "papers.zip/deep/a.txt"]
    assert found.contents == [LISTING, OTHER]
    assert {dump.modified for dump in found.dumps} == {datetime(2026, 6, 3, 10, 20, 30, tzinfo=UTC)}
    assert (found.problems, found.refused) == ([], [])


def test_what_is_no_listing_is_passed_over_and_told() -> None:
    found = opened(
        zipped(
            [
                ("papers/", b""),
                ("README.md", b"read me"),
                ("__MACOSX/._papers.txt", b"\0\5\x16\7"),
                (".DS_Store", b"\0\0\0\1Bud1"),
                ("logo.png", b"\x89PNG\r\n\x1a\n"),
                ("print.pdf", b"%PDF-1.4"),
                ("empty.txt", b""),
                ("papers.txt", LISTING),
            ]
        ),
        "papers.zip",
    )
    assert found.names == ["papers.zip/papers.txt"]
    assert found.refused == []
    assert {problem.level for problem in found.problems} == {"note"}
    told = " ".join(f"{problem.reason} {problem.text}" for problem in found.problems)
    for name in ("papers/", "README.md", "._papers.txt", ".DS_Store", "logo.png", "print.pdf", "empty.txt"):
        assert name in told


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "/etc/passwd", "..\\..\\windows\\system.ini", "C:\\x.txt", "a" * 3000),
        *("bidi\u202etxt.exe", "line\nbreak\x1b[31m", "."),
    ],
)
def test_a_name_is_a_label_and_never_a_path(name: str) -> None:
    raw = zipped([("placeholder", LISTING)]).replace(b"placeholder", b"placeholder")
    info = zipfile.ZipInfo("x")
    info.filename = name
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, LISTING)
    for one in (raw, buffer.getvalue(), tarred({name: LISTING})):
        found = opened(one, "evil.zip")
        assert len(found.dumps) + len(found.problems) == 1
        for dump in found.dumps:
            assert dump.name.startswith("evil.zip/")
            assert dump.name.isprintable()
            assert len(dump.name) < 220
            assert dump.content == LISTING


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_all_read() -> None:
    assert opened(zipped([("a.txt", LISTING), ("a.txt", OTHER)])).contents == [LISTING, OTHER]


def test_an_encrypted_member_is_told_with_its_remedy() -> None:
    raw = bytearray(zipped([("a.txt", LISTING), ("b.txt", OTHER)]))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    found = opened(bytes(raw))
    assert found.contents == [OTHER]
    assert "is encrypted; unpack" in found.reasons[0]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_zip_member_costs_itself_only(method: int) -> None:
    raw = bytearray(zipped([("a.txt", LISTING), ("b.txt", OTHER)], method=method))
    raw[60] ^= 0x55
    found = opened(bytes(raw))
    assert found.contents == [OTHER]
    assert "damaged" in found.reasons[0]
    assert found.refused[0].error.dump == "made.bin/a.txt"


def test_zip_methods_that_are_not_read_are_told() -> None:
    found = opened(zipped([("a.txt", LISTING)], method=zipfile.ZIP_LZMA))
    assert "method 14" in found.reasons[0]


def test_an_office_document_is_no_archive_of_listings() -> None:
    found = opened(zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]), "papers.docx")
    assert (found.dumps, len(found.refused)) == ([], 1)
    assert "office document" in found.reasons[0]


def test_a_zip_archive_cut_or_flipped_anywhere_never_raises() -> None:
    raw = zipped([("a.txt", LISTING), ("b.txt", OTHER)])
    for length in range(4, len(raw), 5):
        found = opened(raw[:length])
        assert found.refused, length
    chance = random.Random(7)  # noqa: S311
    for _ in range(400):
        damaged = bytearray(raw)
        damaged[chance.randrange(4, len(raw))] ^= 1 << chance.randrange(8)
        for one in opened(bytes(damaged)).contents:
            assert one in (LISTING, OTHER)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_tar_members_are_dumps_of_their_own(form: int) -> None:
    long = "deep/" * 22 + "papers.txt"
    raw = tarred({"a.txt": LISTING, long: OTHER}, form=form)
    for name, packed in (("x.tar", raw), ("x.tar.gz", gzip.compress(raw)), ("x.tgz", gzip.compress(raw))):
        found = opened(packed, name)
        inner = "" if name == "x.tar" else "/x.tar"
        assert found.names == [f"{name}{inner}/a.txt", f"{name}{inner}/{long}"]
        assert found.contents == [LISTING, OTHER]
        assert {dump.modified for dump in found.dumps} == {datetime.fromtimestamp(1_780_000_000, UTC)}
        assert (found.problems, found.refused) == ([], [])


def test_links_and_devices_in_a_tar_archive_are_passed_over() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("f", tarfile.DIRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("a.txt")
        info.size = len(LISTING)
        archive.addfile(info, io.BytesIO(LISTING))
    found = opened(buffer.getvalue())
    assert found.contents == [LISTING]
    assert "; ".join(sorted(problem.reason for problem in found.problems)) == (
        "1 passed over: a device; 1 passed over: a folder; 2 passed over: a link"
    )


def test_of_a_cut_tar_archive_what_stands_before_is_read() -> None:
    raw = tarred({"a.txt": LISTING, "b.txt": OTHER})
    for length in range(600, len(raw) - 10_240 if len(raw) > 10_240 + 600 else 2000, 97):
        found = opened(raw[:length])
        assert all(LISTING.startswith(one) or OTHER.startswith(one) for one in found.contents)
        if found.contents != [LISTING, OTHER] and length % 512:
            assert found.problems, length
        if len(found.contents) == 2 and length % 512:
            assert "ends" in found.problems[-1].reason


def test_a_damaged_tar_header_ends_the_archive_with_a_problem() -> None:
    raw = bytearray(tarred({"a.txt": LISTING, "b.txt": OTHER}))
    raw[512 + -(-len(LISTING) // 512) * 512 + 3] ^= 1
    found = opened(bytes(raw))
    assert found.contents == [LISTING]
    assert "is damaged at byte" in found.problems[0].reason


def test_containers_lie_in_containers_to_a_depth_of_three() -> None:
    raw = zipped([("c.txt", LISTING)])
    raw = zipped([("b.zip", raw)])
    raw = zipped([("a.zip", raw)])
    found = opened(raw, "x.zip")
    assert found.names == ["x.zip/a.zip/b.zip/c.txt"]
    found = opened(zipped([("y.zip", raw), ("d.txt", OTHER)]), "x.zip")
    assert found.contents == [OTHER]
    assert "a container in more than 2 others" in found.reasons[0]


def test_the_same_content_is_the_same_dump_wherever_it_lies() -> None:
    ways = [LISTING, gzip.compress(LISTING), zipped([("x", LISTING)]), tarred({"y": LISTING})]
    assert len({dump.sha256 for way in ways for dump in opened(way).dumps}) == 1


def test_what_a_container_is_its_content_says_and_never_its_name() -> None:
    assert opened(LISTING, "papers.zip").names == ["papers.zip"]
    assert opened(zipped([("a", LISTING)]), "papers.txt").names == ["papers.txt/a"]


def test_an_unreadable_member_says_what_it_is() -> None:
    found = opened(zipped([("a.zip", b"PK\x03\x04 no archive")]))
    assert "damaged or cut zip archive" in found.reasons[0]
    assert isinstance(found.refused[0].dump, Dump)
    assert found.refused[0].dump.modified != MODIFIED
