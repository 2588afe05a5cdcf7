"""Answers of arXiv's API (export.arxiv.org/api/query, Atom) -> entries.

Reads both layouts, of before and after 2025. An error that comes as a feed with one entry is a refusal, not a paper;
unknown ids are left out by arXiv itself. Does not keep comments, affiliations and journal references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import fold_space
from ..types import Entry
from . import arxiv_feeds, xml_records
from .head import Head
from .reading import Reading

NAME = "arxiv-api"
TITLE = "answers of arXiv's API"
STREAMS = True

_FEED = re.compile(
    r"<id>\s*https?://(?:export\.)?arxiv\.org/(?:api/|abs/)|://(?:export\.)?arxiv\.org/api/", re.IGNORECASE
)
_ERROR = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors\b")
_NUMBER = re.compile(r"\s*(\d{1,9})\s*")


def sniff(head: Head) -> float:
    """By the addresses of feed and entries, in Atom."""
    if head.is_html or "<feed" not in head.text[:20_000] or "oai:arXiv.org:" in head.text:
        return 0.0
    return 0.96 if _FEED.search(head.text) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry a result; see `Format.read`."""
    for element in xml_records.records(reading, "{*}entry", furniture=("{*}feed",)):
        found = arxiv_feeds.fields(element)
        if xml_records.local(element) == "feed":
            _header(reading, found)
            continue
        named = arxiv_feeds.words(found, "id").strip()
        if _ERROR.match(named):
            said = fold_space(arxiv_feeds.words(found, "summary")) or named
            reading.refusal, reading.announced = said, None
            reading.furniture()
            continue
        entry = _entry(reading, found, named)
        if entry:
            yield entry


def _header(reading: Reading, found: arxiv_feeds.Fields) -> None:
    arxiv_feeds.dated(reading, arxiv_feeds.words(found, "updated"))
    numbers = [_NUMBER.fullmatch(arxiv_feeds.words(found, name)) for name in ("totalResults", "itemsPerPage")]
    if numbers[0] and numbers[1]:
        start = _NUMBER.fullmatch(arxiv_feeds.words(found, "startIndex"))
        rest = int(numbers[0][1]) - (int(start[1]) if start else 0)
        reading.announced = max(0, min(int(numbers[1][1]), rest))


def _entry(reading: Reading, found: arxiv_feeds.Fields, named: str) -> Entry | None:
    addresses = _addresses(found.get("link", ()))
    identity, version = arxiv_feeds.identify(reading, named, addresses.get("abstract", ""), addresses.get("pdf", ""))
    links = arxiv_feeds.links(identity) or addresses
    published, precision = arxiv_feeds.day(arxiv_feeds.words(found, "published"))
    categories = [*found.get("primary_category", ()), *found.get("category", ())]
    return reading.entry(
        title=arxiv_feeds.words(found, "title"),
        abstract=arxiv_feeds.words(found, "summary"),
        authors=arxiv_feeds.authors(found),
        published=published,
        published_precision=precision,
        updated=arxiv_feeds.day(arxiv_feeds.words(found, "updated"))[0],
        categories=[str(element.get("term") or "") for element in categories],
        ids=identity,
        related=arxiv_feeds.published_as(reading, map(arxiv_feeds.text_in, found.get("doi", ())), links),
        links=links,
        version=version,
    )


def _addresses(elements: arxiv_feeds.Elements) -> dict[str, str]:
    """Where the links lead: an entry's own page and its PDF, in any order."""
    found: dict[str, str] = {}
    for link in elements:
        name = "pdf" if link.get("title") == "pdf" else "abstract" if link.get("rel") == "alternate" else None
        if name and link.get("href"):
            found.setdefault(name, str(link.get("href")))
    return found
