"""The feeds of a profile: its papers (an entry a paper) and its digests (an entry a day), each in three formats.

    papers.py days.py   digests -> the entries of a feed, in no format yet (html.py: what readers show of one)
    rss.py atom.py json_feed.py   a feed -> the document
    opml.py             all feeds -> one list of subscriptions

Every id is a tag: URI (RFC 4151) made of the paper or the day alone: no rank, score, run or version is in it, so that a
paper stays one entry in every reader. Asks no clock: every date is that of a digest, and a rerun changes no byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...config import Feed, Site
from ...types import Artifact, Digest
from .atom import atom
from .days import days_feed
from .entries import FeedDocument
from .json_feed import json_feed
from .opml import render_opml
from .papers import papers_feed
from .rss import rss

__all__ = ["FORMATS", "render_feeds", "render_opml"]

#: File name to media type and writer.
FORMATS: Mapping[str, tuple[str, Callable[[FeedDocument, Site], bytes]]] = {
    "rss.xml": ("application/rss+xml", rss),
    "atom.xml": ("application/atom+xml", atom),
    "feed.json": ("application/feed+json", json_feed),
}


def render_feeds(
    profile_name: str, title: str, digests: Sequence[Digest], site: Site, feed: Feed
) -> tuple[Artifact, ...]:
    """The feeds of a profile: <profile>/{rss.xml,atom.xml,feed.json} and the same under <profile>/digests/.

    digests: all of the profile, or the newest, in any order; at most feed.items of their papers are in the first.
    """
    documents = (
        papers_feed(profile_name, title, digests, site, feed),
        days_feed(profile_name, title, digests, site),
    )
    return tuple(
        Artifact(name=f"{document.folder}/{name}", media_type=media_type, content=write(document, site))
        for document in documents
        for name, (media_type, write) in FORMATS.items()
    )
