"""arXiv's RSS 2.0 feeds (rss.arxiv.org/rss/..., and those of before 2024) -> entries: what was announced on a day.

A paper that is announced in several of the categories may stand in a feed more than once. On days without an
announcement a feed is empty. Does not keep licences and journal references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..types import Entry
from . import arxiv_feeds, markup, names, xml_records
from .head import Head
from .reading import Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "arxiv-rss"
TITLE = "arXiv's RSS feeds"
STREAMS = True

_SIGNS = ("oai:arXiv.org:", "://rss.arxiv.org/rss/", "updates on arXiv.org", "on the arXiv.org e-print archive")

#: The paragraph of names before an abstract, in feeds of before 2024.
_AUTHORS = re.compile(r"\s*<p>\s*Authors?:\s*((?:(?!</p>).){0,60000})</p>", re.IGNORECASE | re.DOTALL)


def sniff(head: Head) -> float:
    """By what arXiv's feeds say of themselves, in RSS 2.0."""
    if head.is_html or "<rss" not in head.text[:20_000]:
        return 0.0
    return 0.97 if any(sign in head.text for sign in _SIGNS) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry an announcement; see `Format.read`."""
    for element in xml_records.records(reading, "{*}item", furniture=("{*}channel",)):
        if xml_records.local(element) == "channel":
            header = arxiv_feeds.fields(element)
            made = arxiv_feeds.words(header, "lastBuildDate") or arxiv_feeds.words(header, "pubDate")
            arxiv_feeds.dated(reading, made)
            arxiv_feeds.refused(reading, header, "description")
            continue
        entry = _entry(reading, element)
        if entry:
            yield entry


def _entry(reading: Reading, item: _Element) -> Entry | None:
    found = arxiv_feeds.fields(item)
    title, suffix = arxiv_feeds.without_suffix(arxiv_feeds.words(found, "title"))
    if suffix.named:
        return _old_entry(reading, found, title, suffix)
    address = arxiv_feeds.words(found, "link")
    abstract, prefixed, typed = arxiv_feeds.without_prefix(arxiv_feeds.words(found, "description"))
    identity, version = arxiv_feeds.identify(reading, arxiv_feeds.words(found, "guid"), address, prefixed)
    announced = arxiv_feeds.words(found, "announce_type").strip() or typed
    when, precision = arxiv_feeds.day(arxiv_feeds.words(found, "pubDate"))
    published, updated = arxiv_feeds.appeared(when, announced, identity.get("arxiv"))
    links = arxiv_feeds.links(identity, address)
    return reading.entry(
        title=title,
        abstract=abstract,
        authors=names.split(", ".join(map(arxiv_feeds.text_in, found.get("creator", ())))),
        published=published,
        published_precision=precision,
        updated=updated,
        categories=[arxiv_feeds.text_in(element) for element in found.get("category", ())],
        ids=identity,
        related=arxiv_feeds.published_as(reading, map(arxiv_feeds.text_in, found.get("DOI", ())), links),
        links=links,
        announce_type=announced,
        version=version,
    )


def _old_entry(reading: Reading, found: arxiv_feeds.Fields, title: str, suffix: arxiv_feeds.Suffix) -> Entry | None:
    """An entry of a feed of before 2024: names and abstract are two paragraphs of HTML, and there is no date."""
    paragraphs = arxiv_feeds.words(found, "description")
    people = _AUTHORS.match(paragraphs)
    creators = ", ".join(map(arxiv_feeds.text_in, found.get("creator", ())))
    identity, version = arxiv_feeds.identify(reading, suffix.named, arxiv_feeds.words(found, "link"))
    return reading.entry(
        title=title,
        abstract=markup.text_of(paragraphs[people.end() :] if people else paragraphs),
        authors=arxiv_feeds.authors_in_html(people[1] if people else creators),
        categories=(suffix.category,),
        ids=identity,
        links=arxiv_feeds.links(identity),
        announce_type=suffix.announced,
        version=version,
    )
