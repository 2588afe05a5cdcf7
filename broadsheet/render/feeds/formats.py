"""The formats of a feed: what its file is called, what it is, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...config import Site
from .atom import atom
from .entries import FeedDocument
from .json_feed import json_feed
from .rss import rss

#: File name to media type and writer.
FORMATS: Mapping[str, tuple[str, Callable[[FeedDocument, Site], bytes]]] = {
    "rss.xml": ("application/rss+xml", rss),
    "atom.xml": ("application/atom+xml", atom),
    "feed.json": ("application/feed+json", json_feed),
}
