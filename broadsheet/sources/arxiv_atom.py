"""arXiv's Atom feeds (rss.arxiv.org/atom/..., since 2024) -> entries: what arxiv_rss.py reads, in Atom.

The answers of arXiv's API are Atom too, and another format (arxiv_api.py). Does not keep an entry's own `updated`,
which is when the feed was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..types import Entry
from . import arxiv_feeds, names, xml_records
from .head import Head
from .reading import Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "arxiv-atom"
TITLE = "arXiv's Atom feeds"
STREAMS = True

_SIGNS = ("oai:arXiv.org:", "://rss.arxiv.org/atom/", "updates on arXiv.org")


def sniff(head: Head) -> float:
    """By what arXiv's feeds say of themselves, in Atom."""
    if head.is_html or "<feed" not in head.text[:20_000]:
        return 0.0
    return 0.97 if any(sign in head.text for sign in _SIGNS) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry an announcement; see `Format.read`."""
    for element in xml_records.records(reading, "{*}entry", furniture=("{*}feed",)):
        if xml_records.local(element) == "feed":
            header = arxiv_feeds.fields(element)
            arxiv_feeds.dated(reading, arxiv_feeds.words(header, "updated"))
            arxiv_feeds.refused(reading, header, "subtitle")
            continue
        entry = _entry(reading, element)
        if entry:
            yield entry


def _entry(reading: Reading, record: _Element) -> Entry | None:
    found = arxiv_feeds.fields(record)
    address = next((str(link.get("href") or "") for link in found.get("link", ())), "")
    abstract, prefixed, typed = arxiv_feeds.without_prefix(arxiv_feeds.words(found, "summary"))
    identity, version = arxiv_feeds.identify(reading, arxiv_feeds.words(found, "id"), address, prefixed)
    announced = arxiv_feeds.words(found, "announce_type").strip() or typed
    when, precision = arxiv_feeds.day(arxiv_feeds.words(found, "published"))
    published, updated = arxiv_feeds.appeared(when, announced, identity.get("arxiv"))
    links = arxiv_feeds.links(identity, address)
    creators = [arxiv_feeds.text_in(element) for element in found.get("creator", ())]
    return reading.entry(
        title=arxiv_feeds.words(found, "title"),
        abstract=abstract,
        authors=names.split(", ".join(creators)) if creators else arxiv_feeds.authors(found),
        published=published,
        published_precision=precision,
        updated=updated,
        categories=[str(element.get("term") or "") for element in found.get("category", ())],
        ids=identity,
        related=arxiv_feeds.published_as(reading, map(arxiv_feeds.text_in, found.get("DOI", ())), links),
        links=links,
        announce_type=announced,
        version=version,
    )
