"""What stands between a command and the person at the terminal: where the workspace is, progress, and safe text."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from ..access import Access
from ..errors import BroadsheetError
from ..workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """The options that stand before the command."""

    #: What -C said.
    folder: str | None
    quiet: bool
    debug: bool

    def workspace(self) -> Workspace:
        """The workspace: -C DIR, else the one around the current folder."""
        return Workspace.find(Path(self.folder) if self.folder is not None else None, Path.cwd())

    def access(self, *, blocks: bool = True) -> Access:
        """To secrets; blocks: also to Prefect's, which is loaded when the first of them is asked for."""

        refused: dict[str, BroadsheetError] = {}

        def block(name: str) -> str:
            # Asking takes seconds: a block that is not there is not asked for once more for each receiver.
            if name in refused:
                raise refused[name]
            workspace = self.workspace()
            self.note(f"asking Prefect for the Secret block {name}")
            try:
                return str(workspace.load_flows(debug=self.debug).block(workspace, name))
            except BroadsheetError as error:
                refused[name] = error
                raise

        return Access(environment=os.environ, blocks=block if blocks else None)

    def note(self, message: str) -> None:
        """A line for the person, not for a program."""
        if not self.quiet:
            print(safe(message), file=sys.stderr)  # noqa: T201

    @contextmanager
    def progress(self, *, beside_data: bool = True) -> Iterator[Callable[[str, int, int], None]]:
        """A progress bar on a terminal, else the few lines that matter (waiting for another run).

        beside_data: also where stdout is the same terminal, with nothing going there meanwhile.
        """
        if self.quiet or not sys.stderr.isatty() or not (beside_data or not sys.stdout.isatty()):
            yield self._waiting_only
            return

        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("starting", total=None)

            def show(stage: str, done: int, total: int) -> None:
                bar.update(task, description=safe(stage), completed=done, total=total or None)

            yield show

    def _waiting_only(self, stage: str, done: int, total: int) -> None:
        if stage.startswith("waiting"):
            self.note(stage)


def now() -> datetime:
    """The clock's only entrance."""
    return datetime.now(UTC)


def out(text: str = "") -> None:
    """A line of data on stdout, as it is."""
    print(text)  # noqa: T201


def strong(text: str) -> str:
    """Bold on a terminal that takes it; NO_COLOR is honoured (https://no-color.org)."""
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return text if plain else click.style(text, bold=True)


def safe(text: str) -> str:
    """The text with every control and direction-changing character spelled out, line breaks and tabs apart.

    A title from a dump must not move the cursor, recolour the screen or turn the line around.
    """
    if text.isprintable():
        return text
    return "".join(char if char in "\n\t" or not _acts(char) else repr(char)[1:-1] for char in text)


def _acts(char: str) -> bool:
    # Cs: a lone surrogate has no encoding, so that printing it would raise.
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
