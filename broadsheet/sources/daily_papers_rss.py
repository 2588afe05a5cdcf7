"""RSS feeds that others make of Hugging Face's Daily Papers -> entries.

Seen or known by their source: huangboming (all in one description of labelled paragraphs), takara (its own addresses,
the time of fetching as every date), RSSHub (the abstract as it is), mirrors (up to three authors, a dash, the begin of
the abstract: three may not be all, so they are left out). What a description holds is plain text put between
tags without escaping, so that "<think>" in an abstract is text.

Does not read Hugging Face's blog, nor arXiv's own feeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import ids
from ..text import fold_space
from ..types import Entry
from . import markup, names, stated, xml_records
from .head import Head
from .hugging_face import links_of
from .reading import Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "daily-papers-rss"
TITLE = "RSS feeds made from Hugging Face Daily Papers"

_PAGE = re.compile(r"huggingface\.co/papers|tldr\.takara\.ai", re.IGNORECASE)
_CALLED = re.compile(r"<title>[^<]{0,60}\b(?:HF|Hugging ?Face)(?:'s)? (?:Daily )?Papers\b", re.IGNORECASE)
_TAKARA = re.compile(r"https?://tldr\.takara\.ai/p/(\S+)", re.IGNORECASE)
_LABEL = re.compile(r"(?:<p>\s*)?<b>\s*(Authors|Upvotes|Summary)\s*:?\s*</b>\s*:?", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\s*</p>\s*\Z")
_MARKUP = re.compile(r"</?(?:p|br|b|i|img|a|div|span|ul|li|strong|em)(?:\s[^<>]*)?/?>", re.IGNORECASE)
#: Up to three names before the abstract, as the mirrors of the page put them; of more it tells the first three.
_NAME = r"[^\W\d_][\w.'’-]{0,40}(?: [^\W\d_][\w.'’-]{0,40}){1,5}"
_NAMES_FIRST = re.compile(rf"({_NAME}(?:, {_NAME}){{0,2}}) — (?=\S)")
#: What stands for nothing.
_NOTHING = {"", "n/a", "[abstract not available]"}


def sniff(head: Head) -> float:
    """How sure it is, by where the channel, or the first of what it lists, leads."""
    if head.root != "rss":
        return 0.0
    channel, item, rest = head.text.partition("<item")
    if _PAGE.search(channel) or _CALLED.search(channel):
        return 0.95
    first = rest[:20_000].partition("</item>")[0]
    return 0.9 if item and _PAGE.search(re.sub(r"(?s)<description>.*?</description>", "", first)) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of all records that lead to a paper."""
    with reading.content() as content:
        begin = content.read(4096).decode("utf-8", "replace")
    names_first = bool(_CALLED.search(begin.partition("<item")[0]))
    for element in xml_records.records(reading, "{*}item", furniture=("{*}lastBuildDate",)):
        if str(element.tag).rpartition("}")[2] == "item":
            entry = _entry(reading, element, names_first=names_first)
            if entry:
                yield entry
        else:
            moment = stated.moment(markup.words_of(element))
            if moment:
                reading.dated(moment)


def _entry(reading: Reading, element: _Element, *, names_first: bool) -> Entry | None:
    fields: dict[str, str] = {}
    for child in element:
        if isinstance(child.tag, str):
            fields.setdefault(child.tag.rpartition("}")[2], markup.words_of(child))
    found, made = _named(fields.get("link", "")) or _named(fields.get("guid", "")) or (None, False)
    title = fields.get("title", "")
    if found is None:
        reading.refuse("warning", "a record that leads to no paper", text=fold_space(" ".join(fields.values())))
        return None
    said = _described(fields.get("description", "")[: markup.LONGEST_FIELD], names_first)
    authors = said.get("authors") or fields.get("author") or fields.get("creator") or ""
    published, precision = stated.day(fields.get("pubDate"))
    if made:
        # takara dates every paper with the time at which it looked.
        moment = stated.moment(fields.get("pubDate"))
        published = precision = None
        if moment:
            reading.dated(moment)
    votes = said.get("upvotes", "")
    return reading.entry(
        title=title,
        abstract=said.get("summary"),
        authors=names.split(authors) if authors.strip().lower() not in _NOTHING else (),
        published=published,
        published_precision=precision,
        upvotes=int(votes) if votes.isdecimal() and len(votes) < 8 else None,
        ids={"arxiv": found[0]},
        links=links_of(found[0]),
        version=found[1],
    )


def _named(url: str) -> tuple[tuple[str, int | None], bool] | None:
    """The id and version that a link names, and whether it is takara's."""
    takara = _TAKARA.fullmatch(url.strip())
    found = ids.arxiv_id(takara[1] if takara else url)
    return (found, bool(takara)) if found else None


def _described(description: str, names_first: bool) -> dict[str, str]:
    """What a description says: by its labels, or all of it as the summary."""
    labels = list(_LABEL.finditer(description))
    if not labels:
        text = markup.text_of(description) if _MARKUP.search(description) else description
        named = _NAMES_FIRST.match(text) if names_first else None
        if named and all(name[0].isupper() and name.split()[-1][0].isupper() for name in named[1].split(", ")):
            few = {"authors": named[1]} if named[1].count(", ") < 2 else {}
            return {"summary": text[named.end() :], **few}
        return {} if text.strip().lower() in _NOTHING else {"summary": text}
    said: dict[str, str] = {}
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        text = description[label.end() : following.start() if following else None]
        text = _PARAGRAPH_END.sub("", text).strip()
        if text.lower() not in _NOTHING:
            said.setdefault(label[1].lower(), text)
    return said
