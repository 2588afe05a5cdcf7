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

    def dump(self, name: str, papers: Sequence[Listed], *, day: str = "Jun 1") -> Path:
        """A copied page in the inbox."""
        file = self.root / "dumps" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(page(day, papers), encoding="utf-8")
        return file

    def run(self, *words: str | Path, day: str = "2026-06-01", code: int = 0) -> dict[str, Any]:
        """The report of a plain run on a day."""
        return dict(self.json("run", "--plain", "--date", day, *words, code=code))

    def digest(self, day: str = "2026-06-01", profile: str = "serving") -> dict[str, Any]:
        """The published digest of a day."""
        return dict(json.loads((self.root / "output" / profile / day / "digest.json").read_text(encoding="utf-8")))

    def published(self) -> dict[str, bytes]:
        """All that lies in the output folder."""
        return {name: content for name, content in self.state().items() if name.startswith("output/")}

    def morning(self, day: int, papers: Sequence[Listed]) -> None:
        """A copied page of a day in June 2026, and the run of that day."""
        self.dump(f"2026-06-{day:02}.txt", papers, day=f"Jun {day}")
        assert self("run", "--plain", "--date", f"2026-06-{day:02}") == 0, self.err

    def state(self) -> dict[str, bytes]:
        """All that lies in the workspace."""
        files = (file for file in sorted(self.root.rglob("*")) if file.is_file())
        return {str(file.relative_to(self.root)): file.read_bytes() for file in files}
