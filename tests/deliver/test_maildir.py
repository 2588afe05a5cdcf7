"""Mails into a maildir, each once, whatever the mail program did with it meanwhile."""

from __future__ import annotations

import mailbox
import os
from pathlib import Path

import pytest

from broadsheet.deliver.maildir import put
from broadsheet.deliver.outcome import Outcome
from tests.deliver.mails import MAIL, mail

KEY = "me/serving/2026-06-01/mail/reader@example.net"


def files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_mail_program_reads_what_was_put(folder: Path) -> None:
    assert put(folder, MAIL, KEY).state == "sent"
    assert put(folder, mail("another"), "another").state == "sent"
    found = mailbox.Maildir(folder, create=False)
    assert sorted(map(found.get_bytes, found.keys())) == sorted(
        content.replace(b"\r\n", b"\n") for content in (MAIL, mail("another"))
    )
    assert {(folder / name).stat().st_mode & 0o777 for name in files(folder)} == {0o600}
    assert {part.name: part.stat().st_mode & 0o777 for part in folder.iterdir()} == dict.fromkeys(
        ("cur", "new", "tmp"), 0o700
    )


def test_the_name_says_nothing_of_the_key(folder: Path) -> None:
    for key in (KEY, "../../up", "a/b\0c", "\udcff", ""):
        assert put(folder, MAIL, key).state == "sent"
    assert len(files(folder)) == 5
    assert all(
        name.startswith("new/") and name.endswith(".broadsheet") and "reader" not in name for name in files(folder)
    )


@pytest.mark.parametrize(
    "moved", ["new/{}", "cur/{}:2,S", "cur/{}:2,", "cur/{}", "cur/{},S=1234,W=1300:2,RS", "new/{},S=12"]
)
def test_a_mail_that_is_theirs_is_not_put_again(folder: Path, moved: str) -> None:
    put(folder, MAIL, KEY)
    (name,) = files(folder)
    (folder / name).rename(folder / moved.format(Path(name).name))
    again = put(folder, MAIL, KEY)
    assert again == Outcome(state="sent", told="it is in the maildir already")
    assert len(files(folder)) == 1


def test_a_mail_with_a_longer_name_is_another_one(folder: Path) -> None:
    put(folder, MAIL, KEY)
    (name,) = files(folder)
    (folder / name).rename(folder / f"{name}x")
    assert put(folder, MAIL, KEY).told == name
    assert len(files(folder)) == 2


def test_what_a_killed_try_left_is_thrown_away(folder: Path) -> None:
    put(folder, MAIL, KEY)
    (name,) = files(folder)
    (folder / name).unlink()
    half = folder / "tmp" / Path(name).name
    half.write_bytes(b"half of a")
    # The same file under another name, as after a link: it must stay what it is.
    os.link(half, folder / "cur" / "read")
    assert put(folder, MAIL, KEY).state == "sent"
    assert (folder / "cur" / "read").read_bytes() == b"half of a"
    assert (folder / name).read_bytes() == MAIL.replace(b"\r\n", b"\n")
    assert not list((folder / "tmp").iterdir())


@pytest.mark.parametrize("call", ["fsync", "fdopen"])
def test_a_full_disk_leaves_nothing_half(folder: Path, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        outcome = put(folder, MAIL, KEY)
    assert outcome == Outcome(state="later", told=f"{folder}: cannot be written: No space left on device")
    assert files(folder) == []
    assert put(folder, MAIL, KEY).state == "sent"


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    assert put(tmp_path / "mail", MAIL, KEY).state == "later"


def test_the_order_is_whole_then_there_then_flushed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    flush = os.fsync

    def told(descriptor: int) -> None:
        seen.append(",".join(files(folder)))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", told)
    put(folder, MAIL, KEY)
    (name,) = files(folder)
    assert seen == [name.replace("new/", "tmp/"), name]
