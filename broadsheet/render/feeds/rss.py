"""A feed in RSS 2.0. Built as a tree, so that escaping is the serialiser's business.

RSS 2.0 with content:encoded, dc:creator, atom:link and sy:updatePeriod, as the RSS Advisory Board's profile has them.
"""

from __future__ import annotations

import re
from email.utils import format_datetime

from lxml import etree

from ...config import Site
from ..characters import composed
from .entries import FeedDocument, FeedEntry, home

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_HISTORY = "http://purl.org/syndication/history/1.0"
_DC = "http://purl.org/dc/elements/1.1/"
_SY = "http://purl.org/rss/1.0/modules/syndication/"

#: Minutes for which a reader need not ask again.
_TTL = 360


def rss(document: FeedDocument, site: Site) -> bytes:
    """The document in UTF-8."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": _ATOM, "content": _CONTENT, "dc": _DC, "sy": _SY})
    channel = etree.SubElement(root, "channel")
    _text(channel, "title", document.title)
    _text(channel, "link", home(site))
    _text(channel, "description", document.description)
    _text(channel, "language", site.language)
    if document.updated:
        _text(channel, "lastBuildDate", format_datetime(document.updated))
    _text(channel, "generator", "Broadsheet")
    _text(channel, "ttl", str(_TTL))
    _text(channel, f"{{{_SY}}}updatePeriod", "daily")
    own = document.own("rss.xml", site)
    for relation, address in (*([("self", own)] if own else ()), *document.neighbours("rss.xml", site)):
        link = {"href": address, "rel": relation, "type": "application/rss+xml"}
        etree.SubElement(channel, f"{{{_ATOM}}}link", link)
    if document.shelf.following:
        etree.SubElement(channel, f"{{{_HISTORY}}}archive", nsmap={"fh": _HISTORY})
    for entry in document.entries:
        _item(channel, entry)
    etree.indent(root)
    return _serialised(root)


def _item(channel: etree._Element, entry: FeedEntry) -> None:
    """One item; its parts in the order that readers and validators like best."""
    item = etree.SubElement(channel, "item")
    _text(item, "title", entry.title)
    if entry.link:
        _text(item, "link", entry.link)
    _text(item, "guid", entry.id).set("isPermaLink", "false")
    _text(item, "pubDate", format_datetime(entry.published))
    for author in entry.authors:
        _text(item, f"{{{_DC}}}creator", author)
    for category in entry.categories:
        _text(item, "category", category)
    _text(item, "description", entry.summary)
    _text(item, f"{{{_CONTENT}}}encoded", entry.html)


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
