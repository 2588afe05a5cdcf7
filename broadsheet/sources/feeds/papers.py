"""A feed of any kind -> entries: RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, in any dialect of their publishers.

Every record with a title is an entry; whether it is a paper or a piece of news is for the readers' rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from ...errors import ParseFailed
from ...text import fold_space
from ...types import Entry, Precision
from .. import stated
from ..reading import Reading
from .bodies import Body, own_title, read_body
from .charset import text_of_xml
from .fields import Record, prefixes_of, record_of
from .naming import base_of, ids_of, links_of, names_in_author
from .others import others_in
from .people import names_in, split
from .records import has_end, name_of_records, pieces
from .wording import body_lines, title_words

_FEED_DATES = ("lastbuilddate", "pubdate", "updated", "modified", "dc:date", "dcterms:modified")
_PUBLISHED = (
    "prism:publicationdate",
    "dc:date",
    "dcterms:issued",
    "pubdate",
    "published",
    "issued",
    "date",
    "dcterms:created",
    "created",
    "prism:coverdate",
)
_UPDATED = ("updated", "modified", "dcterms:modified")
_BODIES = ("description", "summary", "content:encoded", "content", "dc:description", "dcterms:abstract", "abstract")
#: A body longer than this is a whole post, not an abstract, where the record has a shorter one.
_LONG = 6_000
_NAMED_DAY = re.compile(r"(?:\b(\d{1,2})\s+)?\b([A-Z][a-z]{2,8})\s+(\d{4})\b")
#: The root of the Channel Definition Format, which came before RSS.
_OTHER = re.compile(r"\s*(?:<\?[^>]{0,200}>\s*)?(?:<!doctype\s+channel[^>\[]{0,300}>\s*)?<channel[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype\s+html|<html\b", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<(?:title|h1)\b[^<>]{0,200}>([^<]{1,300})<", re.IGNORECASE)


def read(reading: Reading, *, mend: Callable[[str], str] = str) -> Iterator[Entry]:
    """The entries of a feed. Raises ParseFailed for what is no feed, and for one that brings entities of its own.

    mend: makes an abstract of one that a publisher damaged in its own way.
    """
    with reading.content() as stream:
        raw = stream.read()
    content = text_of_xml(raw)
    for remark in content.remarks:
        reading.note(remark.level, remark.reason)
    text = content.text
    name = name_of_records(text)
    page = _PAGE.search(text[:2000])
    if "<!entity" in text[: _first_element(text)].lower():
        raise ParseFailed(reading.dump.name, "declares entities of its own, which can be a bomb; save it without them")
    if _OTHER.match(text) and (others := others_in(raw)):
        yield from filter(None, (reading.entry(**fields) for fields in others))
        return
    if name is None or (page and page.start() < 1000 and not re.search(r"<(?:rss|feed|[\w-]+:RDF)[\s>]", text[:65536])):
        raise ParseFailed(reading.dump.name, _no_feed(text))
    prefixes: dict[str, str] = {}
    base = ""
    for piece in pieces(text, name):
        if piece.kind == "around":
            prefixes |= prefixes_of(piece.source)
            feed = record_of(piece.source[:65536], prefixes)
            base = base or base_of(feed, piece.source)
            _date(reading, feed)
        elif piece.kind == "torn":
            reading.refuse("error", "a paper without its end: the file is cut or damaged here", text=piece.source)
        elif piece.kind == "headless":
            reading.refuse("error", "a paper without its begin: the file is damaged here", text=piece.source)
        elif entry := entry_of(reading, record_of(piece.source, prefixes), base, piece.source, mend=mend):
            yield entry
    if not has_end(text):
        reading.note("warning", "the feed has no end; papers may be missing there")


def entry_of(
    reading: Reading, record: Record, base: str, source: str, *, mend: Callable[[str], str] = str
) -> Entry | None:
    """The entry of one record; base: the address of its feed, source: the record as it stands there, for problems."""
    title = own_title(fold_space(title_words(record.first("title", "dc:title"))))
    place = (reading.total + 1, reading.total + 1)
    if record.faulty:
        reading.note("warning", "a tag is missing in this paper; what it says may be cut", place=place, text=source)
    if len({fold_space(field.text) for field in record.all("title")}) > 1:
        reason = "more than one title: two papers may have run together; the first is kept"
        reading.note("error", reason, place=place, text=source)
    links = links_of(record, base)
    body = _body(record, title)
    ids, version = ids_of(record, links, reading, body.doi) if title else ({}, None)
    published, precision = _day(record, _PUBLISHED, reading)
    if published is None and (named := _NAMED_DAY.search(body.published)):
        published, precision = stated.parts(named[3], named[2], named[1])
    authors = _authors(record)
    # PLOS names the first author in a field and all of them in the body.
    listed = tuple(split(body.authors)) if body.authors else ()
    if len(listed) > len(authors) and (not authors or authors[0] == listed[0]):
        authors = listed
    comments = record.first("slash:comments", "thr:total")
    if "dblp.org" in record.first("guid", "id", "link")[:60]:
        title = title.removesuffix(".")
    return reading.entry(
        title=title,
        abstract=mend(body.abstract),
        authors=authors,
        published=published,
        published_precision=precision,
        updated=_day(record, _UPDATED, reading)[0],
        comments=int(comments) if comments.isascii() and comments.isdigit() and len(comments) < 8 else None,
        upvotes=body.upvotes,
        categories=_categories(record),
        ids=ids,
        links=links,
        version=version,
    )


def _body(record: Record, title: str) -> Body:
    """The best of the bodies of a record, with what any of them states beside the abstract."""
    found = [read_body(body_lines(text), title) for field in record.all(*_BODIES) if (text := field.text.strip())]
    best = next((body for body in found if body.abstract), Body())
    for body in found:
        # A description that the publisher cut, or that PubMed keeps short, gives way to the whole.
        begins_alike = fold_space(body.abstract)[:40] == fold_space(best.abstract)[:40]
        is_whole = len(best.abstract) < len(body.abstract) <= _LONG and (best.cut or begins_alike)
        if is_whole or 0 < len(body.abstract) <= _LONG < len(best.abstract):
            best = body
    doi = next((body.doi for body in found if body.doi), "")
    votes = next((body.upvotes for body in found if body.upvotes is not None), None)
    authors = next((body.authors for body in found if body.authors), "")
    published = next((body.published for body in found if body.published), "")
    return Body(abstract=best.abstract, authors=authors, doi=doi, upvotes=votes, published=published)


def _authors(record: Record) -> tuple[str, ...]:
    strings: list[str] = []
    for name in ("dc:creator", "author", "authors", "prism:author", "dcterms:creator", "contributor", "dc:contributor"):
        for field in record.all(name):
            parts = names_in_author(field.inner) or [field.text]
            strings.extend("\n".join(body_lines(part)) for part in parts)
        if any(string.strip() for string in strings):
            break
    return names_in(strings)


def _categories(record: Record) -> list[str]:
    return [
        " ".join(body_lines(field.attributes.get("term") or field.attributes.get("label") or field.text))
        for field in record.all("category", "dc:subject", "prism:section")
    ]


def _day(record: Record, names: tuple[str, ...], reading: Reading) -> tuple[date | None, Precision | None]:
    """The first day among these fields, or the first month or year where none states a day."""
    best: tuple[date | None, Precision | None] = (None, None)
    unread = ""
    for field in record.all(*names):
        text = fold_space(field.text)
        day, precision = stated.day(text[:100])
        if day is None and (named := _NAMED_DAY.search(text[:100])):
            day, precision = stated.parts(named[3], named[2], named[1])
        if day is None:
            unread = unread or text
        elif precision == "day":
            return day, precision
        elif best[0] is None:
            best = day, precision
    if best[0] is None and unread:
        place = (reading.total + 1, reading.total + 1)
        reading.note("note", "a date that cannot be read", place=place, text=unread)
    return best


def _date(reading: Reading, feed: Record) -> None:
    for field in feed.all(*_FEED_DATES):
        moment = stated.moment(fold_space(field.text)[:100])
        if moment is not None:
            reading.dated(moment)


def _first_element(text: str) -> int:
    """Where the first element begins."""
    found = re.search(r"<(?:rss|feed|[\w-]{1,60}:RDF|RDF|item|entry|channel)[\s>/]", text, re.IGNORECASE)
    return found.start() if found else len(text)


def _no_feed(text: str) -> str:
    if _PAGE.search(text[:2000]) or re.match(r"\s*<(?:head|body|title|h1|p|div)\b", text[:2000], re.IGNORECASE):
        title = _PAGE_TITLE.search(text[:65536])
        named = f" titled {fold_space(title_words(title[1]))!r}" if title and title[1].strip() else ""
        return f"is an HTML page{named}, not a feed; fetch it again, later or from the feed's own address"
    return "holds no feed: neither <rss>, <feed> nor <rdf:RDF>; fetch it again"
