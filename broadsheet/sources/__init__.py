"""Dumps -> entries, problems and an account: which format a dump has, and what it says.

A format is one module (or package) with a `sniff` and a `parse`, and one line in FORMATS. Content decides which format
a dump has; a file's name and its ending never do. Does not read files: a Dump brings its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..errors import ParseFailed, SourceError, UnknownFormat
from ..types import Dump, Parsed
from . import daily_papers
from .decode import head_of
from .diagnosis import looks_like, unreadable

__all__ = ["FORMATS", "Format", "parse", "recognise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of listings."""

    #: As configuration and command line name it; the key in FORMATS.
    name: str
    #: As people call it.
    title: str
    #: The first 64 KiB as text -> how sure it is that a dump that begins so has this format, from 0 (not at all) to 1.
    sniff: Callable[[str], float]
    #: Everything a dump of this format says. Raises ParseFailed, and nothing else, where the whole of it is unreadable.
    parse: Callable[[Dump], Parsed]


#: All formats by name. Of two that are equally sure of a dump, the first has it.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "daily-papers": Format(
            name="daily-papers",
            title="Hugging Face Daily Papers, copied as text",
            sniff=daily_papers.sniff,
            parse=daily_papers.parse,
        ),
    }
)


def parse(dump: Dump, *, format: str | None = None) -> Parsed:  # noqa: A002  (the word of the glossary)
    """Everything a dump says.

    format: the name of its format; recognised by the content where it is None. A dump without a source belongs to one
    that is called like its format. Raises UnknownFormat where there is no such
    format or the content shows none, and ParseFailed where the content cannot be in the given one: each with a one-line
    diagnosis and a remedy.
    """
    if format is not None and format not in FORMATS:
        raise UnknownFormat(dump.name, f"there is no format {format!r}; the formats are: {', '.join(FORMATS)}")
    reason = unreadable(dump.content)
    if reason is not None:
        error: type[SourceError] = UnknownFormat if format is None else ParseFailed
        raise error(dump.name, reason)
    chosen = recognise(dump) if format is None else FORMATS[format]
    return chosen.parse(dump if dump.source else replace(dump, source=chosen.name))


def recognise(dump: Dump) -> Format:
    """The format that is surest of a dump's content. Raises UnknownFormat where none is sure at all."""
    head = head_of(dump.content)
    chosen, sure = None, 0.0
    for candidate in FORMATS.values():
        confidence = candidate.sniff(head)
        if confidence > sure:
            chosen, sure = candidate, confidence
    if chosen is None:
        raise UnknownFormat(dump.name, looks_like(dump.content))
    return chosen
