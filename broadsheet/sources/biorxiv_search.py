"""Pages of biorxiv.org and medrxiv.org that list preprints (results of a search, subjects, recent ones) -> entries.

Abstracts stand in them only where the page shows snippets; dates only in the addresses of the records. Each result is
cut out of the page before a parser of HTML sees it, so that one that the end of the file tears is not taken for whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from .. import ids
from ..errors import ParseFailed
from ..text import fold_space
from ..types import Entry
from . import stated
from .decode import decode
from .head import Head
from .markup import soup
from .reading import Reading

if TYPE_CHECKING:
    from bs4 import Tag

NAME = "biorxiv-search"
TITLE = "search results and lists on biorxiv.org and medrxiv.org"

#: Characters of one result.
_LONGEST = 200_000
_MARK = re.compile(
    r"<div\b[^<>]{0,300}\bhighwire-article-citation\s+highwire-citation-type[^<>]{0,600}>", re.IGNORECASE
)
_DIVISION = re.compile(r"<(/?)div\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"/content/(?:early/[\d/]{5,20}/)?(10\.\d{4,9}/[\w.()/-]{1,60}?)(?:v(\d{1,3}))?(?:\.(?:full|abstract|pdf|short|long))*$"
)
_POSTED = re.compile(r"/early/(\d{4})/(\d\d)/(\d\d)/")
_LISTS = (
    "highwire-search-results-list",
    "highwire-search-results",
    "search-result-jcode",
    "highwire-article-citation-list",
)


def sniff(head: Head) -> float:
    """How sure it is that a dump that begins so is such a page."""
    if not head.is_html:
        return 0.0
    text = head.text
    if re.search(r"search-result-jcode-(?:bio|med)rxiv", text):
        return 0.98
    is_list = any(sign in text for sign in (*_LISTS, "hw-advance-search"))
    return 0.9 if is_list and ("biorxiv.org" in text or "medrxiv.org" in text) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of a page. Raises ParseFailed for a page without a list of results."""
    with reading.content() as stream:
        decoded = decode(stream.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    text = decoded.text
    marks = list(_MARK.finditer(text))
    if not marks and not any(sign in text for sign in _LISTS):
        raise ParseFailed(reading.dump.name, "is a page without a list of preprints; save the page of the results")
    bounds = [mark.start() for mark in marks] + [len(text)]
    for start, end in pairwise(bounds):
        result = _whole(text[start:end])
        if result is None:
            reason = "a paper without its end: the page is cut or damaged here"
            reading.refuse("error", reason, text=text[start:end][:_LONGEST])
        elif entry := _entry(reading, result):
            yield entry


def _whole(source: str) -> str | None:
    """A result up to its own end tag; None where it has none."""
    depth = 0
    for tag in _DIVISION.finditer(source, 0, _LONGEST):
        depth += -1 if tag[1] else 1
        if depth == 0:
            close = source.find(">", tag.end())
            return source[: close + 1] if close >= 0 else None
    return None


def _entry(reading: Reading, source: str) -> Entry | None:
    result = soup(source)
    heading = result.select_one(".highwire-cite-linked-title") or result.select_one(".highwire-cite-title")
    found: dict[str, str] = {}
    links: dict[str, str] = {}
    version: int | None = None
    address = _ADDRESS.search(_attribute(heading, "href").split("?")[0])
    site = "medrxiv" if "jcode-medrxiv" in source else "biorxiv"
    if address:
        version = int(address[2]) if address[2] else None
        if doi := ids.doi(address[1]):
            found["doi"] = doi
            page = f"https://www.{site}.org/content/{address[1]}{f'v{version}' if version else ''}"
            links = {"abstract": page, "pdf": f"{page}.full.pdf"}
    stated_doi = re.search(r"10\.\d{4,9}/\S+", _words(result.select_one(".highwire-cite-metadata-doi")))
    if "doi" not in found and stated_doi and (doi := ids.doi(stated_doi[0])):
        found["doi"] = doi
    posted = _posted(source)
    is_first = version in {None, 1}
    return reading.entry(
        title=_words(heading),
        abstract=_words(result.select_one(".highwire-cite-snippet, .highwire-cite-abstract")),
        authors=[_words(author) for author in result.select(".highwire-citation-author")],
        published=posted if is_first else None,
        updated=None if is_first else posted,
        ids=found,
        links=links,
        version=version,
    )


def _posted(source: str) -> date | None:
    """The day in the address of a record, on which this version was posted."""
    found = _POSTED.search(source)
    return stated.parts(*found.groups())[0] if found else None


def _words(tag: Tag | None) -> str:
    return fold_space(tag.get_text()) if tag is not None else ""


def _attribute(tag: Tag | None, name: str) -> str:
    value = tag.get(name) if tag is not None else None
    return value if isinstance(value, str) else ""
