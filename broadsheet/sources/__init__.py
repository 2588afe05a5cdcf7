"""Dumps -> entries, problems and an account: which format a dump has, and what it says.

    containers/     what lies in gzip, zip, tar, zstandard, mails and mailboxes -> dumps of their own
    decode.py       bytes -> text; head.py: the begin of a dump at a glance; diagnosis.py: what nothing here can read
    reading.py      one dump while it is read: entries, problems, account, date
    markup.py xml_records.py json_records.py stated.py names.py    what several formats share
    everything else is one format a file (or package); docs/adding-a-source.md shows how one is added

Content decides which format a dump has; a file's name and its ending never do. Does not read files: a Dump brings its
bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..errors import ParseFailed, SourceError, UnknownFormat
from ..types import Dump, Entry, Parsed, Problem
from . import (
    acl_anthology,
    arxiv_api,
    arxiv_atom,
    arxiv_listing,
    arxiv_mail,
    arxiv_metadata,
    arxiv_rdf,
    arxiv_rss,
    bibtex,
    biorxiv_api,
    biorxiv_rss,
    biorxiv_search,
    crossref,
    daily_papers,
    daily_papers_html,
    daily_papers_json,
    daily_papers_markdown,
    daily_papers_rss,
    datacite,
    dblp,
    doaj,
    endnote,
    feeds,
    isi,
    json_feed,
    medline,
    nep_mail,
    oai,
    openalex,
    openreview,
    ovid,
    paper_links,
    pubmed,
    ris,
    scholar_alert,
    semantic_scholar,
)
from .containers import Refused, kind_of
from .containers import members as _members
from .decode import head_of
from .diagnosis import looks_like, unreadable
from .head import Head
from .reading import Reading

__all__ = [
    "FORMATS",
    "Format",
    "Reading",
    "Refused",
    "check_size",
    "container_of",
    "opened",
    "parse",
    "recognise",
    "stream",
]

#: Bytes that are looked at to recognise a format.
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of listings."""

    #: As configuration and command line name it; the key in FORMATS.
    name: str
    #: As people call it.
    title: str
    #: The begin of a dump -> how sure it is that a dump that begins so has this format, from 0 (not at all) to 1.
    sniff: Callable[[Head], float]
    #: Hands out the entries as they come, and tells the Reading all else. Raises ParseFailed, and nothing else, where
    #: the whole dump is unreadable.
    read: Callable[[Reading], Iterator[Entry]]
    #: Reads dumps of any size in bounded memory; others are held as a whole.
    streams: bool = False


#: All formats by name, one module each. Of two that are equally sure of a dump, the first has it.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        module.NAME: Format(
            name=module.NAME,
            title=module.TITLE,
            sniff=module.sniff,
            read=module.read,
            streams=getattr(module, "STREAMS", False),
        )
        for module in (
            acl_anthology,
            arxiv_api,
            arxiv_atom,
            arxiv_listing,
            arxiv_mail,
            arxiv_metadata,
            arxiv_rdf,
            arxiv_rss,
            bibtex,
            biorxiv_api,
            biorxiv_rss,
            biorxiv_search,
            crossref,
            daily_papers,
            daily_papers_html,
            daily_papers_json,
            daily_papers_markdown,
            daily_papers_rss,
            datacite,
            dblp,
            doaj,
            endnote,
            feeds,
            isi,
            json_feed,
            medline,
            nep_mail,
            oai,
            openalex,
            openreview,
            ovid,
            paper_links,
            pubmed,
            ris,
            scholar_alert,
            semantic_scholar,
        )
    }
)


def parse(dump: Dump, *, format: str | None = None) -> Parsed:  # noqa: A002  (the word of the glossary)
    """Everything a dump says, at once; arguments and errors as for `stream`."""
    reading, entries = stream(dump, format=format)
    return reading.parsed(tuple(entries))


def stream(dump: Dump, *, format: str | None = None) -> tuple[Reading, Iterator[Entry]]:  # noqa: A002
    """The entries of a dump as they are read, and the Reading that knows all else once the last of them was taken.

    format: the name of its format; recognised by the content where it is None. A dump without a source belongs to one
    that is called like its format. Raises UnknownFormat where there is no such format or the content shows none, and
    ParseFailed, also while the entries are taken, where the content cannot be in the given one: each with a one-line
    diagnosis and a remedy.
    """
    if format is not None and format not in FORMATS:
        raise UnknownFormat(dump.name, f"there is no format {format!r}; the formats are: {', '.join(FORMATS)}")
    head = _head(dump)
    reason = unreadable(head if dump.stream else dump.content)
    if reason is not None:
        error: type[SourceError] = UnknownFormat if format is None else ParseFailed
        raise error(dump.name, reason)
    chosen = recognise(dump) if format is None else FORMATS[format]
    if dump.stream is not None and not chosen.streams:
        with dump.stream() as whole:
            dump = replace(dump, content=whole.read(), stream=None)
    reading = Reading(dump if dump.source else replace(dump, source=chosen.name), chosen.name)
    return reading, chosen.read(reading)


def recognise(dump: Dump) -> Format:
    """The format that is surest of a dump's content. Raises UnknownFormat where none is sure at all."""
    content = _head(dump)
    head = Head(head_of(content))
    chosen, sure = None, 0.0
    for candidate in FORMATS.values():
        confidence = candidate.sniff(head)
        if confidence > sure:
            chosen, sure = candidate, confidence
    if chosen is None:
        raise UnknownFormat(dump.name, looks_like(content if dump.stream else dump.content))
    return chosen


def opened(dump: Dump, *, limit_mib: int, unpacked_mib: int) -> Iterator[Dump | Problem | Refused]:
    """The dumps in a container, each of its own, however deep they lie; the dump itself where it is none.

    limit_mib: mebibytes of what must be held as a whole; unpacked_mib: of all that may come out of it. A Problem is
    about a container, a Refused member cannot be used.
    """
    return _members(dump, _surest, limit_mib=limit_mib, unpacked_mib=unpacked_mib)


def container_of(dump: Dump) -> str | None:
    """What kind of container a dump is ("zip", "mbox", ...); None for one that holds no others."""
    return kind_of(_head(dump))


def check_size(dump: Dump, *, limit_mib: int, format: str | None = None) -> None:  # noqa: A002
    """Raise ParseFailed for a dump that is larger than so many mebibytes, and neither a container nor read in parts.

    Looks at its begin alone.
    """
    size = dump.size or len(dump.content)
    head = _head(dump) if size > limit_mib << 20 else b""
    if size <= limit_mib << 20 or kind_of(head):
        return
    large = f"has {size / (1 << 20):,.0f} MiB, more than max_dump_mib = {limit_mib} of config/settings.toml"
    unknown = unreadable(head)
    try:
        chosen = FORMATS.get(format or "") or recognise(dump)
    except UnknownFormat as error:
        unknown = unknown or error.reason
    if unknown:
        raise ParseFailed(dump.name, f"{large}, and {unknown}")
    if not chosen.streams:
        raise ParseFailed(dump.name, f"{large}, and this format is read as a whole; raise it, or split the file")


def _surest(content: bytes) -> float:
    """How sure any format is that content is its own."""
    content = content[:_HEAD]
    if unreadable(content):
        return 0.0
    head = Head(head_of(content))
    return max(candidate.sniff(head) for candidate in FORMATS.values())


def _head(dump: Dump) -> bytes:
    if dump.stream is None:
        return dump.content[:_HEAD]
    with dump.stream() as content:
        return content.read(_HEAD)
