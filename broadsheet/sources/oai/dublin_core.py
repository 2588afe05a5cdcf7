"""Metadata of OAI-PMH in oai_dc -> an entry: fifteen kinds of text, of which a repository makes what it likes.

arXiv's are known well: a date for each version, a comment as a second description, the id, the DOI and the reference of
the published version all as identifiers. Does not keep types, rights, publishers and languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import ids
from ...types import Entry
from .. import arxiv_feeds, names
from ..arxiv_feeds import Fields, words
from ..reading import Reading

_COMMENT = re.compile(r"\s*Comments?:", re.IGNORECASE)
#: Numbers of classifications among the subjects: "05C80, 05C15", "68T50 (Primary)", "I.2.7; H.3".
_NUMBERS = re.compile(
    r"\s*(?:\d{2}[A-Z-][\dA-Zx-]{0,2}|\d{2}-\d{2}|[A-K]\.(?:\d|m)(?:\.\S{1,3})?)(?:[\s,;.(].*)?", re.DOTALL
)
_DOI = re.compile(r"(?:info:)?doi[:/]\s*|https?://(?:dx\.)?doi\.org/", re.IGNORECASE)
_PAGE = re.compile(r"https?://\S+")


def entry(reading: Reading, found: Fields, identifier: str) -> Entry | None:
    """An entry from the fields of `oai_dc`. identifier: of the record's header."""
    named = [text.strip() for text in _texts(found, "identifier")]
    from_arxiv = identifier.lower().startswith("oai:arxiv.org:") or any(map(ids.arxiv_id, named))
    days = sorted(day for day in map(arxiv_feeds.day, _texts(found, "date")) if day[0])
    dois = [_DOI.sub("", text, count=1) for text in named if _DOI.match(text)]
    links: dict[str, str] = {}
    related: dict[str, str] = {}
    version = None
    if from_arxiv:
        identity, version = arxiv_feeds.identify(reading, identifier, *filter(ids.arxiv_id, named))
        links = arxiv_feeds.links(identity)
        related = arxiv_feeds.published_as(reading, dois, links)
    else:
        doi = next(filter(None, map(ids.doi, dois)), None)
        identity = {"doi": doi} if doi else {}
        page = next(filter(_PAGE.fullmatch, named), None)
        if page:
            links["abstract"] = page
    return reading.entry(
        title=words(found, "title"),
        abstract=next((text for text in _texts(found, "description") if not _COMMENT.match(text)), None),
        authors=[names.upright(name) for name in _texts(found, "creator")],
        published=days[0][0] if days else None,
        published_precision=days[0][1] if days else None,
        updated=days[-1][0] if len(days) > 1 else None,
        categories=[text for text in _texts(found, "subject") if not _NUMBERS.fullmatch(text)],
        ids=identity,
        links=links,
        related=related,
        version=version,
    )


def _texts(found: Fields, name: str) -> Iterator[str]:
    return map(arxiv_feeds.text_in, found.get(name, ()))
