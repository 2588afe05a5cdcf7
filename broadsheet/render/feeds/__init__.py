"""The feeds of a profile: its papers (an entry a paper) and its digests (an entry a day), each in three formats.

    papers.py days.py   digests -> the entries of a feed, in no format yet (html.py: what readers show of one)
    rss.py atom.py json_feed.py   a feed -> the document
    archives.py         the papers of a month, for readers that come late or that have missed some
    opml.py             all feeds -> one list of subscriptions

Every id is a tag: URI (RFC 4151) made of the paper or the day alone: no rank, score, run or version is in it, so that a
paper stays one entry in every reader. Asks no clock: every date is that of a digest, and a rerun changes no byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...config import Feed, Site
from ...types import Artifact, Digest
from .archives import atom_archive, is_over, months_of, render_archives
from .days import days_feed
from .entries import Shelf
from .formats import FORMATS
from .opml import render_opml
from .papers import papers_feed

__all__ = ["FORMATS", "atom_archive", "is_over", "months_of", "render_archives", "render_feeds", "render_opml"]


def render_feeds(
    profile_name: str, title: str, digests: Sequence[Digest], site: Site, feed: Feed, months: Sequence[str] = ()
) -> tuple[Artifact, ...]:
    """The feeds of a profile: site/<profile>/{rss.xml,atom.xml,feed.json} and the same under site/<profile>/digests/.

    digests: all of the profile, or the newest, in any order; at most feed.items of their papers are in the first.
    months: those that have a document among the archives, the oldest first; the last one is not over.
    """
    papers = papers_feed(profile_name, title, digests, site, feed)
    documents = (
        replace(papers, shelf=Shelf(previous="".join(months[-2:-1]), running="".join(months[-1:]))),
        days_feed(profile_name, title, digests, site),
    )
    return tuple(
        Artifact(name=f"site/{document.folder}/{name}", media_type=media_type, content=write(document, site))
        for document in documents
        for name, (media_type, write) in FORMATS.items()
    )
