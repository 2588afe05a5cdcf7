"""Digests -> the feed of their papers, an entry a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...config import Feed, Site
from ...types import Digest, Guid, Ranked
from ..characters import composed
from ..rows import row_of
from ..site.names import profile_folder
from ..words import shortened
from .entries import FeedDocument, FeedEntry, midnight, page_of, stamp, tag, tag_of
from .html import content_of

_LONGEST_SUMMARY = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Appearance:
    """A paper in one digest."""

    digest: Digest
    section: str
    #: In its section, from 1.
    rank: int
    ranked: Ranked
    stamp: datetime


def papers_feed(profile: str, title: str, digests: Sequence[Digest], site: Site, feed: Feed) -> FeedDocument:
    """The newest papers of a profile, at most feed.items of them.

    digests: all of the profile, or the newest, in any order. A paper that stands in several is one entry: published
    with the first of them, updated with the last, whose place and content it has.
    """
    latest: dict[Guid, _Appearance] = {}
    first: dict[Guid, datetime] = {}
    in_order = sorted(digests, key=lambda digest: digest.day, reverse=True)
    for digest in in_order:
        for appearance in _appearances(digest):
            guid = appearance.ranked.change.paper.guid
            latest.setdefault(guid, appearance)
            first[guid] = appearance.stamp
    chosen = list(latest.items())[: feed.items]
    usual = midnight(in_order[0]) if in_order else None
    return FeedDocument(
        folder=profile_folder(profile),
        id=tag(site, "feed", profile),
        title=f"{title} · {site.title}",
        description=f"{title}: new papers, ranked by rules, each with the reasons why it is here.",
        updated=max((appearance.stamp for _, appearance in chosen), default=usual),
        entries=tuple(_entry(guid, appearance, first[guid], site) for guid, appearance in chosen),
    )


def _appearances(digest: Digest) -> Iterator[_Appearance]:
    place = 0
    for section in digest.sections:
        for rank, ranked in enumerate(section.rows, start=1):
            place += 1
            yield _Appearance(digest=digest, section=section.name, rank=rank, ranked=ranked, stamp=stamp(digest, place))


def _entry(guid: Guid, appearance: _Appearance, published: datetime, site: Site) -> FeedEntry:
    digest, ranked = appearance.digest, appearance.ranked
    best = ranked.change.paper.best
    row = row_of(ranked, appearance.section, appearance.rank, site)
    sentence = "".join(piece.text for piece in row.sentence)
    return FeedEntry(
        id=tag_of(guid, site),
        title=row.title_text,
        link=row.link.href if row.link else None,
        page=page_of(digest.profile, digest.day, site, f"#{row.anchor}"),
        published=published,
        updated=appearance.stamp,
        authors=best.authors,
        categories=best.categories,
        summary=shortened(sentence, _LONGEST_SUMMARY) or "No abstract in the listing.",
        html=content_of(row, digest, site),
        facts={
            "guid": composed(guid),
            "score": ranked.score,
            "rank": appearance.rank,
            "kind": ranked.change.kind,
            "day": digest.day.isoformat(),
            "why": [{"rule": composed(match.rule), "points": match.points} for match in ranked.matches],
        },
    )
