"""Where a file is named "-": what is piped in, as a file."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from .terminal import Terminal, now

#: Files that commands read; "-" is standard input, and "./-" a file of that name.
FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_DASH = Path("-")


def stream(terminal: Terminal) -> BinaryIO:
    """Standard input, with a word to whoever sits before it."""
    if sys.stdin is None:
        raise click.UsageError("standard input is closed; pipe something into it, or name a file")
    if sys.stdin.isatty():
        terminal.note("reading what you type or paste; end it with Ctrl+D on a line of its own, give up with Ctrl+C")
    return sys.stdin.buffer


def kept(terminal: Terminal, files: Sequence[Path]) -> tuple[Path, ...]:
    """The files, with standard input in the workspace's inbox, where a run reads it as any other dump."""
    if not _names_it(files):
        return tuple(files)
    from ..collecting.alone import receive

    place, _ = receive(terminal.workspace(), stream(terminal), now=now())
    return tuple(place if file == _DASH else file for file in files)


@contextmanager
def borrowed(terminal: Terminal, files: Sequence[Path], limit_mib: int) -> Iterator[tuple[Path, ...]]:
    """The files, with standard input in one that is gone afterwards: for commands that keep nothing."""
    if not _names_it(files):
        yield tuple(files)
        return
    from ..fetch import landing

    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        place = landing.borrow(stream(terminal), Path(folder), now=now(), limit=limit_mib << 20)
        yield tuple(place if file == _DASH else file for file in files)


def _names_it(files: Sequence[Path]) -> bool:
    if files.count(_DASH) > 1:
        raise click.UsageError('standard input ("-") can be read once; name it once')
    return _DASH in files
