"""The HTML of Hugging Face's Daily Papers page (day, week, month, trending, search) -> entries.

The page carries its papers as JSON in an attribute of the element that its scripts fill; where that is missing (a page
saved without it, or built by hand) the cards that people see are read. Which day it is says the page, not its address:
the site answers for a day to come with the last one it has.

Does not read the page of a single paper.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from .. import dates, ids
from ..errors import ParseFailed
from ..types import Entry
from . import markup
from .decode import decode
from .head import Head
from .hugging_face import entry_of, links_of, records_in
from .reading import Reading

if TYPE_CHECKING:
    from bs4 import Tag

NAME = "daily-papers-html"
TITLE = "Hugging Face Daily Papers, the page's HTML"

_TARGET = re.compile(r"""data-target\s*=\s*(["'])DailyPapers\1""")
_FILLED = re.compile(
    r"""<[a-z]{1,20}(?=\s{1,99}(?:id\s*=|class\s*=\s*["']?[^"'<>]{0,200}SVELTE_HYDRATER|data-))""", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""\s*([\w:-]{1,60})\s*(?:=\s*(?:"([^"]*)("?)|'([^']*)('?)|([^\s"'>]+)))?""")
_CARD = re.compile(r"<article\b")
_PAPER_LINK = re.compile(r"""<a\b[^<>]{0,2000}\bhref=["'](?:https://huggingface\.co)?/papers/\d{4}\.\d{4,5}""")
_TITLE_LINK = re.compile(r"<h3\b[^<>]{0,500}>\s*<a\b[^<>]{0,500}\bhref=\"/papers/\d{4}\.")
_AUTHORS = re.compile(r"(\d{1,5})\s+authors?\b")
_COUNT = re.compile(r"\d{1,6}")
_DAY = re.compile(rf"(?:Published on )?({dates.MONTH}) (\d{{1,2}}), ({dates.YEAR})(?!\d)")


def sniff(head: Head) -> float:
    """How sure it is, by the names that only this page has."""
    if not head.is_html:
        return 0.0
    if _TARGET.search(head.text) or "DailyPapersPage" in head.text:
        return 0.97
    if re.search(r"<title>\s*(?:Daily|Trending) Papers - Hugging Face\s*</title>", head.text):
        return 0.95
    return 0.8 if _CARD.search(head.text) and _TITLE_LINK.search(head.text) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of the page's own data, or of its cards where there is none."""
    with reading.content() as content:
        decoded = decode(content.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    data = _data(decoded.text)
    if data is not None:
        for place, record in records_in(reading, data):
            entry = entry_of(reading, record, place=place)
            if entry:
                yield entry
        return
    cards = [found.start() for found in _CARD.finditer(decoded.text)]
    if not any(_PAPER_LINK.search(decoded.text, at, at + markup.LONGEST_FIELD) for at in cards):
        reason = "is an HTML page without Daily Papers in it; save the page again once it shows them"
        raise ParseFailed(reading.dump.name, reason)
    reading.note("note", "the page's own data is missing; its cards were read, which say less")
    yield from _cards(reading, decoded.text, cards)


def _data(page: str) -> str | None:
    """The JSON that the page's papers are in; None without it. What the end of the file cuts off is missing in it."""
    for begin in _FILLED.finditer(page):
        # An attribute may hold "<" and ">", so the element is read from its begin, attribute after attribute.
        place = begin.end()
        found: dict[str, str] = {}
        while (attribute := _ATTRIBUTE.match(page, place)) and attribute.end() > place:
            place = attribute.end()
            value = next((group for group in attribute.group(2, 4, 6) if group is not None), "")
            # Where an attribute stands twice, browsers take the first.
            found.setdefault(attribute[1].lower(), value)
        if found.get("data-target") == "DailyPapers" and found.get("data-props", "").strip():
            return html.unescape(found["data-props"])
    return None


def _cards(reading: Reading, page: str, cards: list[int]) -> Iterator[Entry]:
    seen: set[str] = set()
    for at, until in zip(cards, [*cards[1:], len(page)], strict=True):
        end = page.find("</article", at, until)
        piece = page[at : end if end >= 0 else until]
        if not _PAPER_LINK.search(piece):
            reading.furniture()
        elif end < 0 and until == len(page):
            reading.refuse("error", "the file ends in the middle of this paper's card", text=piece)
        elif len(piece) > markup.LONGEST_FIELD:
            reading.refuse("error", f"a card of {len(piece):,} characters is none", text=piece)
        else:
            entry = _card(reading, piece, seen)
            if entry:
                yield entry


def _card(reading: Reading, piece: str, seen: set[str]) -> Entry | None:
    card = markup.soup(piece)
    link = card.select_one('h3 a[href*="/papers/"]')
    named = ids.arxiv_id("https://huggingface.co/papers/" + _href(link).rpartition("/papers/")[2]) if link else None
    if link is None or named is None:
        reading.refuse("warning", "a card that names no paper", text=markup.text_of(piece))
        return None
    if named[0] in seen:
        # The trending page has every card twice, for narrow and for wide screens.
        reading.furniture()
        return None
    seen.add(named[0])
    words = card.get_text(" ")
    authors, day = _AUTHORS.search(words), _DAY.search(words)
    comments = next((a.get_text() for a in card.select('a[href$="#community"]')), "")
    abstract = " ".join(p.get_text() for p in card.select("p"))
    votes = card.select("label div.leading-none") or card.select("label")
    return reading.entry(
        title=link.get_text(),
        abstract=abstract if len(abstract) >= 100 else None,
        author_count=int(authors[1]) if authors else None,
        published=_shown(day),
        comments=_number(comments),
        upvotes=_number(votes[0].get_text() if votes else ""),
        ids={"arxiv": named[0]},
        links=links_of(named[0]),
    )


def _href(link: Tag) -> str:
    return str(link.get("href") or "").strip()


def _shown(day: re.Match[str] | None) -> date | None:
    if day is None:
        return None
    return dates.ShownDate(month=dates.month_number(day[1]), day=int(day[2])).on(int(day[3]))


def _number(text: str) -> int | None:
    found = _COUNT.fullmatch(text.strip())
    return int(found[0]) if found else None
