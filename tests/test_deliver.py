from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from broadsheet.deliver import publish
from broadsheet.errors import DeliveryError
from broadsheet.types import Artifact


def artifact(name: str, content: bytes = b"made up") -> Artifact:
    return Artifact(name=name, media_type="text/plain", content=content)


def test_artifacts_land_in_their_folders(tmp_path: Path) -> None:
    paths = publish(tmp_path / "output", [artifact("made/2026-06-01/digest.md"), artifact("index.html")])

    assert [path.read_bytes() for path in paths] == [b"made up", b"made up"]
    assert paths[0] == tmp_path / "output" / "made" / "2026-06-01" / "digest.md"
    assert paths[0].stat().st_mode & 0o777 == 0o644


def test_the_same_bytes_leave_a_file_alone(tmp_path: Path) -> None:
    (path,) = publish(tmp_path, [artifact("a.txt")])
    os.utime(path, (1, 1))
    publish(tmp_path, [artifact("a.txt")])
    assert path.stat().st_mtime == 1

    publish(tmp_path, [artifact("a.txt", b"made on")])
    assert path.read_bytes() == b"made on"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = publish(tmp_path, [artifact("a.txt", b"old")])

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        DeliveryError, match=r"a\.txt: cannot be written: No space left on device; free some space"
    ) as caught:
        publish(tmp_path, [artifact("a.txt", b"new")])

    assert caught.value.transient
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "made").write_text("a file where a folder belongs")
    with pytest.raises(DeliveryError, match=r"digest\.md: cannot be written: Not a directory; check the folder"):
        publish(tmp_path, [artifact("made/digest.md")])


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x"])
def test_a_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(AssertionError):
        publish(tmp_path, [artifact(name)])
