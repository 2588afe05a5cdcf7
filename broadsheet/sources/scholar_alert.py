"""Google Scholar's alert mails (their HTML) -> entries.

The abstract of an alert is a snippet, as its ellipsis tells, and its authors are cut where they are many. Each paper is
looked for in the text of the page and parsed on its own, so that a torn mail loses only the paper that it is torn in.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ..types import Entry, Precision
from . import markup
from .head import Head
from .reading import Reading
from .references import date_of, named
from .text_records import text_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

NAME = "scholar-alert"
TITLE = "Google Scholar's alert mails"

#: Characters of one paper in a mail; its buttons included, they have about 4,000.
_LONGEST = 32_000
_HEADING = re.compile(r"<h[1-6]\b", re.IGNORECASE)
_END = re.compile(r"</h[1-6]\s*>", re.IGNORECASE)
_PAPER = re.compile(r"gse_alrt_title|scholar\.google\.[a-z.]{2,6}/scholar_url\?|/scholar\?(?:[^\"' ]*;)?cluster=", re.I)
_TITLE = re.compile(r"<[a-z]{1,10}\s[^<>]{0,2000}\bgse_alrt_title\b", re.IGNORECASE)
_SNIPPET = re.compile(r"gse_alrt_sni\b")
_GREEN = re.compile(r"(?:^|color:\s{0,9})(?:#006621|green)", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:\[(PDF|HTML|BOOK|B|CITATION|C|DOC|PS)\]\s*)+", re.IGNORECASE)
_DASH = re.compile(r"\s[-–—‐]\s")
_CUT = re.compile(r"\s*(?:…|\.\.\.)\s*$")
_YEAR = re.compile(r"(?:^|,|\s)\s*((?:19|20)\d\d)\s*$")


def sniff(head: Head) -> float:
    """Sure of the class that titles have in alerts; nearly so of Scholar's own links and words."""
    if not head.is_html:
        return 0.0
    if "gse_alrt_" in head.text:
        return 0.98
    return 0.8 if "scholar_url?" in head.text and "scholar_alerts?" in head.text else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each title."""
    page = text_of(reading)
    begins = [found.start() for found in _HEADING.finditer(page)]
    whole = "</html" in page[-20_000:].lower() or "list_alerts" in page[-20_000:]
    for begin, end in zip(begins, [*begins[1:], len(page)], strict=False):
        part = page[begin : min(end, begin + _LONGEST)]
        if not _PAPER.search(part, 0, 4_000):
            continue
        if not _END.search(part) or (end == len(page) and not whole and not _is_complete(part)):
            reading.refuse("error", "the mail ends within this paper", text=part)
            continue
        second = _TITLE.search(part, _after_heading(part))
        entry = _entry(reading, part[: second.start()] if second else part)
        if entry:
            yield entry
        if second:
            reading.refuse("error", "a title whose heading is damaged", text=part[second.start() :])


def _after_heading(part: str) -> int:
    end = _END.search(part)
    return end.end() if end else 0


def _is_complete(part: str) -> bool:
    snippet = _SNIPPET.search(part)
    return bool(snippet and "</div" in part[snippet.end() :].lower())


def _entry(reading: Reading, part: str) -> Entry | None:
    paper = markup.soup(part)
    heading = paper.find(re.compile(r"h[1-6]"))
    if heading is None:
        reading.refuse("error", "a title that cannot be read", text=part)
        return None
    said = " ".join(heading.get_text(" ").split())
    mark = _MARK.match(said)
    link = heading.find(class_=re.compile("gse_alrt_title")) or heading.find("a", href=True)
    title = link.get_text() if link else _MARK.sub("", said)
    byline, snippet = _below(paper, heading)
    people, venue, published, precision = _byline(byline)
    address = _target(link)
    is_pdf = mark is not None and mark[1].upper() == "PDF"
    works, _ = named(urls=[address], pdfs=[address] if is_pdf else (), arxiv=[venue])
    return reading.entry(
        title=_MARK.sub("", title),
        abstract=snippet,
        authors=people,
        published=published,
        published_precision=precision,
        **works,
    )


def _below(paper: BeautifulSoup, heading: Tag) -> tuple[str, str]:
    """The line with authors, venue and year, and the snippet: in blocks of their own, or both in one."""
    green = paper.find(style=_GREEN) or paper.find(color=_GREEN)
    snippet = paper.find(class_=_SNIPPET)
    if green is None:
        first = heading.find_next(["div", "font", "p"])
        green = first if first is not snippet else None
    if snippet is None and green is not None:
        after = green.find_next_sibling(["div", "font", "p", "span"])
        snippet = after if after is None or after.find("table") is None else None
    return _text(green), _text(snippet)


def _text(element: Tag | None) -> str:
    if element is None:
        return ""
    for line_break in element.find_all("br"):
        line_break.replace_with(" ")
    return " ".join(element.get_text().split())


def _byline(text: str) -> tuple[list[str], str, date | None, Precision | None]:
    """Authors, venue and year of "A Author, B Author… - Venue, 2019", each perhaps missing."""
    dash = _DASH.search(text)
    people, rest = (text[: dash.start()], text[dash.end() :]) if dash else (text, "")
    if not dash and _YEAR.fullmatch(text.strip()):
        people, rest = "", text
    year = _YEAR.search(rest)
    published, precision = date_of(year[1]) if year else (None, None)
    authors = [name.strip() for name in _CUT.sub("", people).split(",")]
    return [name for name in authors if name], rest, published, precision


def _target(link: Tag | None) -> str:
    """Where a title leads to, without Scholar's own redirect before it."""
    href = html.unescape(str(link.get("href") or "")) if link else ""
    try:
        parts = urlsplit(href)
        if parts.path.endswith("/scholar_url"):
            return next(iter(parse_qs(parts.query, max_num_fields=100).get("url", [])), "")
    except ValueError:
        return ""
    return href
