"""A feed in Atom 1.0 (RFC 4287). Built as a tree, so that escaping is the serialiser's business."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from lxml import etree

from ...config import Site
from ..characters import composed
from .entries import FeedDocument, FeedEntry, home, rfc3339

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"
# The stubs know no default namespace.
_NAMESPACES: dict[str, str] = {None: _ATOM}  # type: ignore[dict-item]
# An empty feed must be dated, too, and no clock is asked.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def atom(document: FeedDocument, site: Site) -> bytes:
    """The document in UTF-8."""
    root = etree.Element(
        f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": site.language}, nsmap=_NAMESPACES
    )
    _text(root, "id", document.id)
    _text(root, "title", document.title)
    _text(root, "subtitle", document.description)
    _text(root, "updated", rfc3339(document.updated or _NEVER))
    _text(etree.SubElement(root, f"{{{_ATOM}}}author"), "name", site.title)
    if address := document.own("atom.xml", site):
        _link(root, "self", address, "application/atom+xml")
    for relation, address in document.neighbours("atom.xml", site):
        _link(root, relation, address, "application/atom+xml")
    _link(root, "alternate", home(site), "text/html")
    if document.shelf.following:
        etree.SubElement(root, f"{{{_HISTORY}}}archive", nsmap={"fh": _HISTORY})
    _text(root, "generator", "Broadsheet")
    for entry in document.entries:
        _entry(root, entry)
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _entry(root: etree._Element, entry: FeedEntry) -> None:
    element = etree.SubElement(root, f"{{{_ATOM}}}entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title, type="text")
    if entry.link:
        _link(element, "alternate", entry.link, "text/html")
    if entry.page and entry.page != entry.link:
        _link(element, "related", entry.page, "text/html")
    _text(element, "published", rfc3339(entry.published))
    _text(element, "updated", rfc3339(entry.updated))
    for author in entry.authors:
        _text(etree.SubElement(element, f"{{{_ATOM}}}author"), "name", author)
    for category in entry.categories:
        etree.SubElement(element, f"{{{_ATOM}}}category", {"term": composed(category)})
    _text(element, "summary", entry.summary, type="text")
    content = etree.SubElement(element, f"{{{_ATOM}}}content", {"type": "html"})
    content.text = entry.html


def _link(parent: etree._Element, rel: str, href: str, kind: str) -> None:
    etree.SubElement(
        parent, f"{{{_ATOM}}}link", {"rel": rel, "href": quote(href, safe="%/?:@!$&'()*+,;=-._~#[]"), "type": kind}
    )


def _text(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = composed(text)
