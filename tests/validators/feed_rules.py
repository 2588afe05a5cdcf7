"""What the W3C's feed validator says of a feed, as far as a feed of ours could come to it: its errors and its warnings.

The validator is on no package index, so its rules are written down here; the words before the colon of a fault are its
own where it has some. Each rule has a mutation in test_feed_rules.py that breaks it. Knows nothing of our renderers.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
KNOWN = {
    *("", "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/", "http://www.w3.org/1999/xhtml"),
    *("http://purl.org/rss/1.0/modules/content/", "http://purl.org/rss/1.0/modules/syndication/"),
    *("http://purl.org/syndication/history/1.0", "http://search.yahoo.com/mrss/"),
}
RELATIONS = {
    *("alternate", "related", "self", "enclosure", "via", "hub", "next", "previous", "first", "last"),
    *("current", "prev-archive", "next-archive", "edit", "license", "replies"),
}
FEEDS = {"application/rss+xml", "application/atom+xml", "application/rdf+xml"}
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z_a-z~\[\]]|%[0-9A-Fa-f]{2})*")
TAG = re.compile(r"tag:[A-Za-z0-9.@_-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:\S*")
MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]+);")
# In the source of an RSS title: what a reader that decodes twice would take for the begin of an element.
GLUED = re.compile(r"&lt;[A-Za-z/!]")
#: The elements that readers keep, and what may be in them.
HTML = {"p", "ul", "ol", "li", "strong", "em", "sup", "sub", "a", "code", "blockquote", "br"}
VOID = {"br"}


class _Markup(HTMLParser):
    """Reads what a feed gives as HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HTML:
            self.faults.append(f"NotHtml: <{tag}>")
        for name, value in attrs:
            if name not in {"href", "title", "lang"}:
                self.faults.append(f"SecurityRiskAttr: {name}")
            if name == "href" and not URI.fullmatch(value or ""):
                self.faults.append(f"ContainsRelRef: {value}")
            if name == "href" and not (value or "").startswith(("https://", "http://", "mailto:")):
                self.faults.append(f"ContainsRelRef: {value}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"NotHtml: </{tag}> that ends nothing")


def html_faults(text: str) -> list[str]:
    """What is wrong with the HTML of an entry."""
    reader = _Markup()
    reader.feed(text)
    reader.close()
    return reader.faults + [f"NotHtml: <{tag}> without an end" for tag in reader.open]


def text_faults(text: str) -> Iterator[str]:
    """What is wrong with a text, whatever it is."""
    if re.search("[\x80-\x9f\ufffd\ufffe\uffff]", text):
        yield f"BadCharacters: {text!r}"


def uri_faults(uri: str) -> Iterator[str]:
    """What is wrong with a link or an id."""
    if uri != uri.strip():
        yield f"SurroundingWhitespace: {uri!r}"
    if not URI.fullmatch(uri.strip()):
        yield f"InvalidUriChar: {uri!r}"
    scheme = uri.partition(":")[0]
    if scheme == "tag" and not TAG.fullmatch(uri):
        yield f"InvalidTAG: {uri}"
    if scheme not in {"http", "https", "tag", "urn", "info", "mailto", "doi"}:
        yield f"InvalidUri: {uri}"
    if scheme in {"http", "https"} and urlsplit(uri).netloc != urlsplit(uri).netloc.lower():
        yield f"NonCanonicalURI: {uri}"


def _tree(content: bytes) -> etree._Element | str:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, load_dtd=False))
    except etree.XMLSyntaxError as error:
        return f"SAXError: {error}"


def _every_element(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        if (name.namespace or "") not in KNOWN:
            yield f"UnknownNamespace: {name.namespace}"
        for text in (element.text or "", *map(str, element.attrib.values())):
            yield from text_faults(text)


def _links_of_a_feed(parent: etree._Element, address: str) -> Iterator[str]:
    links = [(str(link.get("rel", "alternate")), link) for link in parent.findall(f"{ATOM}link")]
    for relation, link in links:
        href, kind = str(link.get("href")), link.get("type", "")
        if relation not in RELATIONS:
            yield f"UnregisteredAtomLinkRel: {relation}"
        yield from uri_faults(href)
        if not href.startswith(("https://", "http://")):
            yield f"RelativeSelf: {href}"
        if relation == "self" and kind not in FEEDS:
            yield f"SelfNotAtom: {kind}"
    own = [str(link.get("href")) for relation, link in links if relation == "self"]
    if not own:
        yield "MissingSelf: no rel=self"
    elif own != [address]:
        yield f"SelfDoesntMatchLocation: {own}"
    relations = {relation for relation, _ in links}
    if parent.find(f"{HISTORY}complete") is not None and "prev-archive" in relations:
        yield "FeedHistoryRelInCompleteFeed: prev-archive"
    if parent.find(f"{HISTORY}archive") is not None and "current" not in relations:
        yield "MissingCurrentInArchive: no rel=current"


def _twice(values: list[str], what: str) -> Iterator[str]:
    yield from (f"{what}: {value}" for value, count in Counter(values).items() if count > 1)


def rss_faults(content: bytes, address: str, now: datetime) -> list[str]:
    """What is wrong with an RSS feed that is served at an address."""
    root = _tree(content)
    return [root] if isinstance(root, str) else list(_rss_faults(root, content, address, now))


def _rss_faults(root: etree._Element, content: bytes, address: str, now: datetime) -> Iterator[str]:
    yield from _every_element(root)
    if root.tag != "rss" or len(root) != 1:
        yield "UndefinedRoot: no rss"
        return
    (channel,) = root
    yield from _links_of_a_feed(channel, address)
    for name in ("title", "link", "description"):
        if not channel.findtext(name):
            yield f"MissingElement: {name}"
    yield from _channel_faults(channel)
    for title in re.findall(rb"<title>(.*?)</title>", content, re.DOTALL):
        if GLUED.search(title.decode()):
            yield f"CharacterData: {title.decode()}"
    items = channel.findall("item")
    yield from _twice([item.findtext("guid") or "" for item in items], "DuplicateValue of guid")
    for moment in [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]:
        yield from _rfc2822_faults(moment.text or "", now)
    for item in items:
        yield from _item_faults(item)
        yield from _item_text_faults(item)


def _channel_faults(channel: etree._Element) -> Iterator[str]:
    if not re.fullmatch(r"[1-9]\d*", channel.findtext("ttl") or "1"):
        yield "InvalidInteger: ttl"
    for image in channel.findall("image"):
        if int(image.findtext("width") or 88) > 144 or int(image.findtext("height") or 31) > 400:
            yield "InvalidImageSize: image"
    for editor in channel.findall("managingEditor"):
        if not re.fullmatch(r"\S+@\S+ \(.+\)", editor.text or ""):
            yield f"EmailFormat: {editor.text}"


def _rfc2822_faults(text: str, now: datetime) -> Iterator[str]:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        yield f"InvalidRFC2822Date: {text}"
        return
    if not re.match(r"[A-Z][a-z]{2}, \d\d ", text) or moment.strftime("%a, %d %b %Y %H:%M:%S") != text[:25]:
        yield f"InvalidRFC2822Date: {text}"
    elif moment.tzinfo is None or moment > now:
        yield f"ImplausibleDate: {text}"


def _item_faults(item: etree._Element) -> Iterator[str]:
    names = [str(child.tag) for child in item]
    guid = item.find("guid")
    if guid is None or not guid.text:
        yield "MissingGuid: no guid"
    else:
        yield from uri_faults(guid.text)
        if guid.get("isPermaLink") != "false" and not guid.text.startswith("http"):
            yield f"InvalidPermalink: {guid.text}"
    for link in item.findall("link"):
        yield from uri_faults(link.text or "")
    for author in item.findall("author"):
        if "@" not in (author.text or ""):
            yield f"InvalidContact: {author.text}"
    if "author" in names and f"{DC}creator" in names:
        yield "DuplicateSemantics: author and dc:creator"
    if "pubDate" in names and f"{DC}date" in names:
        yield "DuplicateSemantics: pubDate and dc:date"


def _item_text_faults(item: etree._Element) -> Iterator[str]:
    names = [str(child.tag) for child in item]
    for name in ("title", "description", "category", f"{DC}creator"):
        for element in item.findall(name):
            if not (element.text or "").strip():
                yield f"NotBlank: {name}"
    if MARKUP.search(item.findtext("title") or ""):
        yield f"ContainsHTML: {item.findtext('title')}"
    if CONTENT in names:
        if "description" not in names or names.index(CONTENT) < names.index("description"):
            yield "NeedDescriptionBeforeContent: content:encoded"
        yield from html_faults(item.findtext(CONTENT) or "")


def atom_faults(content: bytes, address: str) -> list[str]:
    """What is wrong with an Atom feed that is served at an address, and that its grammar does not say."""
    root = _tree(content)
    return [root] if isinstance(root, str) else list(_atom_faults(root, address))


def _atom_faults(root: etree._Element, address: str) -> Iterator[str]:
    yield from _every_element(root)
    yield from _links_of_a_feed(root, address)
    entries = root.findall(f"{ATOM}entry")
    if any("{http://www.w3.org/XML/1998/namespace}base" in element.attrib for element in root.iter(etree.Element)):
        yield "XmlBase: a base is one more thing to go wrong"
    for parent in (root, *entries):
        yield from _atom_entry_faults(parent)
    if root.find(f"{ATOM}author") is None and any(entry.find(f"{ATOM}author") is None for entry in entries):
        yield "MissingElement: author"
    yield from _twice([entry.findtext(f"{ATOM}updated") or "" for entry in entries], "DuplicateUpdated")
    yield from _twice([entry.findtext(f"{ATOM}id") or "" for entry in entries], "DuplicateIds")


def _atom_entry_faults(parent: etree._Element) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if len(parent.findall(f"{ATOM}{name}")) != 1:
            yield f"MissingElement: {name}"
    yield from uri_faults(parent.findtext(f"{ATOM}id") or "")
    for name in ("updated", "published"):
        for element in parent.findall(f"{ATOM}{name}"):
            yield from _rfc3339_faults(element.text or "")
    alternates = [
        f"{link.get('type')} {link.get('hreflang')}"
        for link in parent.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    yield from _twice(alternates, "DuplicateAtomLink")
    for link in parent.findall(f"{ATOM}link"):
        if link.get("rel", "alternate") not in RELATIONS:
            yield f"UnregisteredAtomLinkRel: {link.get('rel')}"
        yield from uri_faults(str(link.get("href")))
    yield from _atom_text_faults(parent)


def _atom_text_faults(parent: etree._Element) -> Iterator[str]:
    for category in parent.findall(f"{ATOM}category"):
        if not category.get("term"):
            yield "MissingAttribute: term"
    for name in ("title", "summary"):
        element = parent.find(f"{ATOM}{name}")
        if element is not None and element.get("type", "text") == "text" and MARKUP.search(element.text or ""):
            yield f"ContainsHTML: {element.text}"
    for element in parent.findall(f"{ATOM}content"):
        if element.get("type") == "html":
            yield from html_faults(element.text or "")


def _rfc3339_faults(text: str) -> Iterator[str]:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text):
        yield f"InvalidRFC3339Date: {text}"


def json_faults(content: bytes) -> list[str]:
    """What is wrong with a JSON Feed, and that its schema does not say."""
    whole: dict[str, Any] = json.loads(content)
    return list(_json_faults(whole))


def _json_faults(whole: dict[str, Any]) -> Iterator[str]:
    yield from _twice([item["id"] for item in whole["items"]], "DuplicateIds")
    if whole.get("next_url") and whole["next_url"] == whole.get("feed_url"):
        yield "NextUrl: it is the feed itself"
    for item in whole["items"]:
        yield from uri_faults(item["id"])
        for name in ("url", "external_url"):
            if name in item:
                yield from uri_faults(item[name])
        yield from html_faults(item.get("content_html", ""))
        for name in ("title", "summary"):
            yield from text_faults(item.get(name, ""))
        if not ("content_html" in item or "content_text" in item):
            yield "MissingElement: content"
