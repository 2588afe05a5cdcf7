"""What cannot be read: told of when it is first met, tried again every time, and no alarm any more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broadsheet import errors, pipeline
from tests.desk import Desk
from tests.pages import CACHE, page


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(tmp_path, capsys)
    desk.profile("[[rule]]\nwhen = 'cache'\n")
    (tmp_path / "dumps").mkdir()
    return desk


def test_a_stray_file_is_told_once_and_then_only_mentioned(desk: Desk) -> None:
    (desk.root / "dumps" / "stray.bin").write_bytes(b"\x7fELF" + bytes(300))

    first = desk.run(code=3)
    assert [(dump["verdict"], dump["alarm"]) for dump in first["dumps"]] == [("broken", True)]
    assert "stray.bin" in desk.digest()["sources"][0]["dump"]

    for day in ("2026-06-02", "2026-06-03"):
        later = desk.run(day=day)
        assert [(dump["verdict"], dump["alarm"]) for dump in later["dumps"]] == [("broken", False)]
        assert (later["failures"], desk.digest(day)["sources"]) == ([], [])
    assert desk("run", "--plain", "--date", "2026-06-04") == 0
    assert "1 still cannot be read, as was told before: stray.bin\n0 new dumps" in desk.out


def test_a_run_on_the_very_file_always_says_what_is_wrong_with_it(desk: Desk) -> None:
    stray = desk.root / "dumps" / "stray.bin"
    stray.write_bytes(b"\x7fELF" + bytes(300))
    for _ in range(2):
        assert desk.run(stray, code=3)["failures"]


def test_other_bytes_and_other_names_are_told_anew(desk: Desk) -> None:
    for name, content in (("a.txt", b""), ("b.txt", b""), ("a.txt", b"milk\n")):
        (desk.root / "dumps" / name).write_bytes(content)
        report = desk.run(code=3)
        assert [dump["name"] for dump in report["dumps"] if dump["alarm"]] == [name]
    os.utime(desk.root / "dumps" / "a.txt", (1, 1))
    assert [dump["alarm"] for dump in desk.run()["dumps"]] == [False, False]


def test_several_empty_files_are_not_told_in_each_digest(desk: Desk) -> None:
    for name in ("a.txt", "b.txt"):
        (desk.root / "dumps" / name).write_bytes(b"")
    desk.run(code=3)
    desk.run(day="2026-06-02")
    assert desk.digest("2026-06-02")["sources"] == []


@pytest.mark.parametrize("how", ["locked", "huge"])
def test_a_file_that_is_not_even_opened_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    file = desk.root / "dumps" / "stray.txt"
    with file.open("wb") as stray:
        stray.truncate((1 << 30) if how == "huge" else 10)
    if how == "locked":
        opened = Path.open

        def refused(path: Path, *words: str, **more: str) -> object:
            if path == file:
                raise PermissionError(13, "Permission denied")
            return opened(path, *words, **more)  # type: ignore[call-overload]

        monkeypatch.setattr(Path, "open", refused)

    desk.run(code=3)
    assert [source["dump"] for source in desk.digest()["sources"]] == ["stray.txt"]
    assert [(dump["verdict"], dump["alarm"]) for dump in desk.run(day="2026-06-02")["dumps"]] == [("broken", False)]
    os.utime(file, (1, 1))
    desk.run(day="2026-06-03", code=3)


def test_what_a_killed_run_met_is_told_by_the_next_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.root / "dumps" / "stray.bin").write_bytes(b"\x7fELF" + bytes(300))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "digest", killed)
        desk("run", "--plain", "--date", "2026-06-01")
    desk.run(code=3)
    desk.run()


def test_a_better_parser_reads_what_was_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.root / "dumps" / "2026-06-01.txt").write_text(page("Jun 1", [CACHE]), encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise errors.ParseFailed("2026-06-01.txt", "is beyond us")

    with monkeypatch.context() as patch:
        patch.setattr("broadsheet.intake.parse", refuse)
        desk.run(code=3)
        assert desk.run()["new"] == 0
        patch.setattr("broadsheet.intake.parse", lambda *_: refuse_otherwise())
        assert desk.run(code=3)["failures"] == ["2026-06-01.txt: is beyond us for another reason"]
    assert desk.run()["new"] == 1


def refuse_otherwise() -> None:
    raise errors.ParseFailed("2026-06-01.txt", "is beyond us for another reason")
