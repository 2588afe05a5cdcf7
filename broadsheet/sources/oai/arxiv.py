"""Metadata of OAI-PMH in arXiv's own forms -> an entry.

    arXiv       names in parts, the days of the first (where it is that) and of the newest version
    arXivRaw    the authors as they were typed in, every version with its date

Does not keep comments, licences, report numbers and journal references, nor who submitted a paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ... import ids
from ...types import Entry, Precision
from .. import arxiv_feeds, names
from ..arxiv_feeds import Fields, words
from ..reading import Reading


def structured(reading: Reading, found: Fields, identifier: str) -> Entry | None:
    """An entry from the fields of `arXiv`. identifier: of the record's header."""
    created, precision = arxiv_feeds.day(words(found, "created"))
    named = ids.arxiv_id(words(found, "id")) or ids.arxiv_id(identifier)
    return _entry(
        reading,
        found,
        identifier,
        authors=list(_people(found)),
        published=arxiv_feeds.first_day(created, precision, named[0] if named else None),
        updated=arxiv_feeds.day(words(found, "updated"))[0],
    )


def raw(reading: Reading, found: Fields, identifier: str) -> Entry | None:
    """An entry from the fields of `arXivRaw`. identifier: of the record's header."""
    versions = found.get("version", ())
    dates = [words(arxiv_feeds.fields(version), "date") for version in versions]
    number = (versions[-1].get("version") or "").strip().lstrip("v") if versions else ""
    return _entry(
        reading,
        found,
        identifier,
        authors=names.split(words(found, "authors")),
        published=arxiv_feeds.day(dates[0]) if dates else (None, None),
        updated=arxiv_feeds.day(dates[-1])[0] if dates else None,
        version=int(number) if number.isdecimal() and len(number) < 4 else None,
    )


def _entry(
    reading: Reading,
    found: Fields,
    identifier: str,
    *,
    authors: Sequence[str],
    published: tuple[date, Precision] | tuple[None, None],
    updated: date | None,
    version: int | None = None,
) -> Entry | None:
    identity, named = arxiv_feeds.identify(reading, words(found, "id").strip(), identifier)
    links = arxiv_feeds.links(identity)
    return reading.entry(
        title=words(found, "title"),
        abstract=words(found, "abstract"),
        authors=authors,
        published=published[0],
        published_precision=published[1],
        updated=updated,
        categories=words(found, "categories").split(),
        ids=identity,
        related=arxiv_feeds.published_as(reading, map(arxiv_feeds.text_in, found.get("doi", ())), links),
        links=links,
        version=version or named,
    )


def _people(found: Fields) -> Iterator[str]:
    """The names of all authors; collaborations are taken apart like people, and the ":" behind them is one too."""
    for author in found.get("author", ()):
        parts = arxiv_feeds.fields(author)
        name = " ".join(filter(None, (words(parts, part).strip() for part in ("forenames", "keyname", "suffix"))))
        if " for " in name:
            yield from names.split(name)  # "A. One for the B Collaboration"
        elif any(map(str.isalnum, name)):
            yield name.removeprefix("for the ")  # {Collaboration, for the B}, an author of its own
