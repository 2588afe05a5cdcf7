"""All feeds of a site as OPML 2.0 (https://opml.org/spec2.opml), to subscribe to them at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from ...config import Feed, Site
from ...types import Artifact, Digest
from ..characters import composed
from ..links import web_url
from .days import days_feed
from .entries import FeedDocument, home, midnight
from .papers import papers_feed


def render_opml(profiles: Sequence[Sequence[Digest]], site: Site) -> tuple[Artifact, ...]:
    """site/feeds.opml, with both feeds of each profile; nothing while the site has no address, as it holds whole ones.

    profiles: of each its digests, the newest first and at least one.
    """
    if not web_url(site.url):
        return ()
    newest: datetime | None = max((midnight(digests[0]) for digests in profiles), default=None)
    root = etree.Element("opml", {"version": "2.0"})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = composed(site.title)
    if newest:
        etree.SubElement(head, "dateModified").text = format_datetime(newest)
    body = etree.SubElement(root, "body")
    for digests in profiles:
        title, profile = digests[0].title, digests[0].profile
        folder = etree.SubElement(body, "outline", {"text": composed(title)})
        for document in (papers_feed(profile, title, (), site, Feed()), days_feed(profile, title, (), site)):
            _outline(folder, document, site)
    etree.indent(root)
    content = etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
    return (Artifact(name="site/feeds.opml", media_type="text/x-opml", content=content),)


def _outline(folder: etree._Element, document: FeedDocument, site: Site) -> None:
    title = composed(document.title)
    etree.SubElement(
        folder,
        "outline",
        {
            "type": "rss",
            "text": title,
            "title": title,
            "xmlUrl": document.address("atom.xml", site) or "",
            "htmlUrl": home(site),
            "description": composed(document.description),
            "language": site.language,
        },
    )
