"""A profile's feed in RSS 2.0: one item a paper. Built as a tree, so that escaping is the serialiser's business.

RSS 2.0 with content:encoded, dc:creator, atom:link and sy:updatePeriod, as the RSS Advisory Board's profile has them.
Each item's id is a tag: URI (RFC 4151) made of the paper alone: no day, rank, score or version is in it, so that a
paper stays one item in every reader. Asks no clock: every date is that of a digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.utils import format_datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from ..config import Feed, Site
from ..types import Artifact, Digest, Guid, Ranked
from .characters import composed
from .feed_html import content_of
from .links import search_url, web_url
from .rows import row_of
from .words import shortened

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_SY = "http://purl.org/rss/1.0/modules/syndication/"

#: Minutes for which a reader need not ask again.
_TTL = 360
_LONGEST_DESCRIPTION = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Appearance:
    """A paper in one digest."""

    digest: Digest
    section: str
    #: In its section, from 1.
    rank: int
    ranked: Ranked
    #: Midnight of the digest's day, one second earlier for each place in the digest: never in the future, and no two
    #: items have the same, so that a reader which sorts by date keeps the order of the digest.
    stamp: datetime


def render_feed(profile_name: str, title: str, digests: Sequence[Digest], site: Site, feed: Feed) -> Artifact:
    """The feed of a profile, <profile>/rss.xml: its newest papers, at most feed.items of them.

    digests: all of the profile, or the newest, in any order. A paper that stands in several is one item: it has the
    date of the first of them, and place and content of the last.
    """
    latest: dict[Guid, _Appearance] = {}
    first: dict[Guid, datetime] = {}
    for digest in sorted(digests, key=lambda digest: digest.day, reverse=True):
        for appearance in _appearances(digest):
            guid = appearance.ranked.change.paper.guid
            latest.setdefault(guid, appearance)
            first[guid] = appearance.stamp
    chosen = list(latest.items())[: feed.items]

    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": _ATOM, "content": _CONTENT, "dc": _DC, "sy": _SY})
    channel = etree.SubElement(root, "channel")
    newest = max((appearance.stamp for _, appearance in chosen), default=None)
    _head(channel, profile_name, title, newest, site)
    for guid, appearance in chosen:
        _item(channel, appearance, first[guid], site)
    etree.indent(root)
    return Artifact(name=f"{profile_name}/rss.xml", media_type="application/rss+xml", content=_serialised(root))


def _appearances(digest: Digest) -> Iterator[_Appearance]:
    midnight = datetime.combine(digest.day, time(), tzinfo=ZoneInfo(digest.timezone))
    place = 0
    for section in digest.sections:
        for rank, ranked in enumerate(section.rows, start=1):
            place += 1
            yield _Appearance(
                digest=digest,
                section=section.name,
                rank=rank,
                ranked=ranked,
                stamp=midnight - timedelta(seconds=place),
            )


def _head(channel: etree._Element, profile: str, title: str, newest: datetime | None, site: Site) -> None:
    _text(channel, "title", f"{title} · {site.title}")
    _text(channel, "link", _home(site))
    _text(channel, "description", f"{title}: new papers, ranked by rules, each with the reasons why it is here.")
    _text(channel, "language", site.language)
    if newest:
        _text(channel, "lastBuildDate", format_datetime(newest))
    _text(channel, "generator", "Broadsheet")
    _text(channel, "ttl", str(_TTL))
    _text(channel, f"{{{_SY}}}updatePeriod", "daily")
    if base := web_url(site.url):
        link = {"href": f"{base}{quote(profile)}/rss.xml", "rel": "self", "type": "application/rss+xml"}
        etree.SubElement(channel, f"{{{_ATOM}}}link", link)


def _home(site: Site) -> str:
    """What the feed as a whole belongs to; while the site has no address, where its papers are looked for."""
    if base := web_url(site.url):
        return base
    parts = urlsplit(search_url("", site) or "https://example.org/")
    return f"{parts.scheme}://{parts.netloc}/"


def _item(channel: etree._Element, appearance: _Appearance, published: datetime, site: Site) -> None:
    """One item; its parts in the order that readers and validators like best."""
    best = appearance.ranked.change.paper.best
    row = row_of(appearance.ranked, appearance.section, appearance.rank, site)
    item = etree.SubElement(channel, "item")
    _text(item, "title", row.title_text)
    if row.link:
        _text(item, "link", row.link.href)
    _text(item, "guid", tag_of(appearance.ranked.change.paper.guid, site)).set("isPermaLink", "false")
    _text(item, "pubDate", format_datetime(published))
    for author in best.authors:
        _text(item, f"{{{_DC}}}creator", author)
    for category in best.categories:
        _text(item, "category", category)
    sentence = "".join(piece.text for piece in row.sentence)
    _text(item, "description", shortened(sentence, _LONGEST_DESCRIPTION) or "No abstract in the listing.")
    _text(item, f"{{{_CONTENT}}}encoded", content_of(row, appearance.digest, site))


def tag_of(guid: Guid, site: Site) -> str:
    """The paper's tag: URI, the same in every feed and run: tag:<domain>,<year>:paper:<scheme>:<id>."""
    scheme, _, value = guid.partition(":")
    scheme = {"title": "sha256"}.get(scheme, scheme)
    return f"tag:{site.tag}:paper:{quote(scheme, safe='-._~')}:{quote(value, safe=_TAG_SAFE, errors='replace')}"


# What RFC 4151 leaves alone in the part behind the date.
_TAG_SAFE = "-._~!$'()*+,;=:@/"


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    """An element with text; none of what XML refuses gets into it."""
    element = etree.SubElement(parent, name)
    element.text = text if name.endswith("encoded") else composed(text)
    return element


def _serialised(root: etree._Element) -> bytes:
    """The document; in titles, < and & as numbers, which the RSS profile asks for because some readers decode twice."""
    document = etree.tostring(root, encoding="unicode")
    titles = re.sub(
        r"<title>[^<]*</title>",
        lambda title: title.group()[:7] + _numbered(title.group()[7:-8]) + title.group()[-8:],
        document,
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n{titles}\n'.encode()


def _numbered(text: str) -> str:
    return text.replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;").replace("&gt;", "&#x3E;")
