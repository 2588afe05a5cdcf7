"""Digests -> the feed of whole digests, an entry a day: for people with many feeds."""

from __future__ import annotations

from collections.abc import Sequence

from ...config import Site
from ...types import Digest
from ..days import long_day
from ..edition import edition_of
from ..site.names import profile_folder
from ..words import count
from .entries import FeedDocument, FeedEntry, midnight, page_of, tag
from .html import list_of


def days_feed(profile: str, title: str, digests: Sequence[Digest], site: Site) -> FeedDocument:
    """The digests of a profile, in any order, as a feed with the newest first."""
    in_order = sorted(digests, key=lambda digest: digest.day, reverse=True)
    return FeedDocument(
        folder=f"{profile_folder(profile)}/digests",
        id=tag(site, "digests", profile),
        title=f"{title}, day by day · {site.title}",
        description=f"{title}: one entry for each day's digest, with all its papers.",
        updated=midnight(in_order[0]) if in_order else None,
        entries=tuple(_entry(digest, site) for digest in in_order),
    )


def _entry(digest: Digest, site: Site) -> FeedEntry:
    edition = edition_of(digest, site)
    page = page_of(digest.profile, digest.day, site)
    return FeedEntry(
        id=tag(site, "digest", digest.profile, digest.day.isoformat()),
        title=f"{digest.title}, {long_day(digest.day)}: {count(digest.shown, 'paper')}",
        link=page,
        page=page,
        published=midnight(digest),
        updated=midnight(digest),
        summary=edition.summary,
        html=list_of(edition),
        facts={"day": digest.day.isoformat(), "shown": digest.shown, "considered": digest.considered},
    )
