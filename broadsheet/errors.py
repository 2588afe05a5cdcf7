"""What can go wrong, as one tree. Imports nothing of ours.

    BroadsheetError            exit 1
      ConfigError              exit 2   all mistakes of the configuration at once, each with file, line and remedy
      SourceError              exit 3   one dump is left out, the digest says so, the run goes on
        UnknownFormat
        ParseFailed
        SuspiciousDump
        StillWritten                  no failure: the next run reads it
      StoreError               exit 1
        StoreBusy              exit 1   another run holds the workspace
      RenderError              exit 1
      DeliveryError            exit 1   transient or final; 3 where something else went out

One bad record is a Problem, never an exception. Programming mistakes stay AssertionError and crash loudly.
Every argument of a constructor goes to super().__init__, so that errors survive pickling.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in a file that a person wrote: what is wrong, where, and what would be right."""

    file: str
    #: Counted from 1; None where it is about the whole file.
    line: int | None
    message: str
    #: Counted from 1, for the caret; None for no caret.
    column: int | None = None
    #: The line itself, shown above the caret.
    text: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        if self.line is not None and self.column is not None:
            place += f":{self.column}"
        lines = [f"{place}: {self.message}"]
        if self.text and self.column is not None:
            lines.append(f"    {self.text}")
            # Tabs stay tabs, so that the caret stands under its place whatever their width.
            pad = "".join("\t" if char == "\t" else " " for char in self.text[: self.column - 1])
            lines.append(f"    {pad}^")
        if self.remedy:
            lines.append(f"    {self.remedy}")
        return "\n".join(lines)


class BroadsheetError(Exception):
    """Anything that stops a command; its text is one line that names the thing, the place and the remedy."""

    exit_code = 1


class ConfigError(BroadsheetError):
    """Mistakes in the configuration, all of them at once."""

    exit_code = 2

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line or 0)))
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


class SourceError(BroadsheetError):
    """A dump that could not be used; it is left out and the run goes on."""

    exit_code = 3

    def __init__(self, dump: str, reason: str) -> None:
        self.dump = dump
        self.reason = reason
        super().__init__(dump, reason)

    def __str__(self) -> str:
        return f"{self.dump}: {self.reason}"


class UnknownFormat(SourceError):
    """Nothing in the dump says which format it is."""


class ParseFailed(SourceError):
    """The format is known, and the dump as a whole cannot be read."""


class SuspiciousDump(SourceError):
    """The dump was read and is not what its source usually brings: cut, an old one, empty; nothing is left out."""


class StillWritten(SourceError):
    """The file changed while it was read: what it is to hold is not all there."""


class StoreError(BroadsheetError):
    """The store cannot be read or written."""


class StoreBusy(StoreError):
    """Another run holds the workspace."""


class RenderError(BroadsheetError):
    """A template that cannot be rendered."""

    def __init__(self, template: str, line: int | None, reason: str) -> None:
        self.template = template
        self.line = line
        self.reason = reason
        super().__init__(template, line, reason)

    def __str__(self) -> str:
        place = self.template if self.line is None else f"{self.template}:{self.line}"
        return f"{place}: {self.reason}"


class DeliveryError(BroadsheetError):
    """An artifact that could not be brought to its target."""

    def __init__(self, target: str, reason: str, *, transient: bool = False) -> None:
        self.target = target
        self.reason = reason
        self.transient = transient
        super().__init__(target, reason)

    def __reduce__(self) -> tuple[object, ...]:
        return (_delivery_error, (self.target, self.reason, self.transient))

    def __str__(self) -> str:
        return f"{self.target}: {self.reason}"


def _delivery_error(target: str, reason: str, transient: bool) -> DeliveryError:
    return DeliveryError(target, reason, transient=transient)
