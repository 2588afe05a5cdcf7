"""A workspace with one profile, and the command line over it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from broadsheet import cli
from tests.pages import Listed, page


class Desk:
    """What a person at the terminal has before them. What a command said is in out and err."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.out = ""
        self.err = ""

    def __call__(self, *words: str | Path) -> int:
        """Run a command in the workspace; its exit code."""
        code = cli.run(["-C", str(self.root), *map(str, words)])
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *words: str | Path, code: int = 0) -> Any:
        """What a command prints with --json."""
        assert self(*words, "--json") == code, self.err
        return json.loads(self.out)

    def profile(self, text: str, name: str = "serving", folder: str = "config/profiles") -> Path:
        """A profile in the workspace, or an edited one elsewhere in it."""
        file = self.root / folder / f"{name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def morning(self, day: int, papers: Sequence[Listed]) -> None:
        """A copied page of a day in June 2026, and the run of that day."""
        file = self.root / "dumps" / f"2026-06-{day:02}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(page(f"Jun {day}", papers), encoding="utf-8")
        assert self("run", "--plain", "--date", f"2026-06-{day:02}") == 0, self.err

    def state(self) -> dict[str, bytes]:
        """All that lies in the workspace."""
        files = (file for file in sorted(self.root.rglob("*")) if file.is_file())
        return {str(file.relative_to(self.root)): file.read_bytes() for file in files}
