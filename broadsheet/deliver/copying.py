"""Published files into another folder: one that is shared, synchronised or served. Renders nothing anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import DeliveryError
from ..types import Artifact
from .folder import publish, published
from .outcome import Outcome, line


def copy(output: Path, folder: Path, names: Iterable[str]) -> Outcome:
    """Bring files that lie published in output under the same names into folder, each whole or not at all.

    A file that holds the same bytes there is left alone, so a second try does no harm. Never `failed`: what is wrong
    with a folder can be put right.
    """
    try:
        paths = publish(folder, _read(output, names))
    except DeliveryError as error:
        return Outcome(state="later", told=line(str(error)))
    return Outcome(state="sent", told="1 file" if len(paths) == 1 else f"{len(paths)} files")


def _read(output: Path, names: Iterable[str]) -> Iterator[Artifact]:
    for name in names:
        content = published(output, name)
        if content is None:
            raise DeliveryError(str(output / name), "is not published; run again")
        # Which form it has is no business of a folder's.
        yield Artifact(name=name, media_type="application/octet-stream", content=content)
