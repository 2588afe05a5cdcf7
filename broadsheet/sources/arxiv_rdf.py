"""arXiv's RSS 1.0 feeds (export.arxiv.org/rss/..., until January 2024) -> entries.

Id, version, category and kind of announcement stand behind the title, names and abstract in escaped HTML, and only the
feed has a date. Does not keep the pages where arXiv searched for an author.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..types import Entry, Precision
from . import arxiv_feeds, markup, xml_records
from .head import Head
from .reading import Reading

if TYPE_CHECKING:
    from datetime import date

    from lxml.etree import _Element

NAME = "arxiv-rdf"
TITLE = "arXiv's RSS 1.0 feeds (until 2024)"
STREAMS = True

_SIGNS = ("updates on arXiv.org", "on the arXiv.org e-print archive", 'rdf:about="http://arxiv.org/"')


def sniff(head: Head) -> float:
    """By what arXiv's feeds say of themselves, in RSS 1.0."""
    if head.is_html or "<rdf:RDF" not in head.text[:20_000] or "http://purl.org/rss/1.0/" not in head.text:
        return 0.0
    if "(arXiv:" in head.text and "arxiv.org/abs/" in head.text:
        return 0.97
    return 0.95 if any(sign in head.text for sign in _SIGNS) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry an announcement; see `Format.read`."""
    day: tuple[date, Precision] | tuple[None, None] = None, None
    for element in xml_records.records(reading, "{*}item", furniture=("{*}channel",)):
        if xml_records.local(element) == "channel":
            made = arxiv_feeds.words(arxiv_feeds.fields(element), "date")
            day = arxiv_feeds.day(made)
            arxiv_feeds.dated(reading, made)
            continue
        entry = _entry(reading, element, day)
        if entry:
            yield entry


def _entry(reading: Reading, item: _Element, day: tuple[date, Precision] | tuple[None, None]) -> Entry | None:
    found = arxiv_feeds.fields(item)
    title, suffix = arxiv_feeds.without_suffix(arxiv_feeds.words(found, "title"))
    about = next((str(value) for name, value in item.items() if str(name).endswith("about")), "")
    address = arxiv_feeds.words(found, "link")
    identity, version = arxiv_feeds.identify(reading, suffix.named, address, about)
    published, updated = arxiv_feeds.appeared(day[0], suffix.announced, identity.get("arxiv"))
    return reading.entry(
        title=title,
        abstract=markup.text_of(arxiv_feeds.words(found, "description")),
        authors=arxiv_feeds.authors_in_html(", ".join(map(arxiv_feeds.text_in, found.get("creator", ())))),
        published=published,
        published_precision=day[1],
        updated=updated,
        categories=(suffix.category,),
        ids=identity,
        links=arxiv_feeds.links(identity, address),
        announce_type=suffix.announced,
        version=version,
    )
