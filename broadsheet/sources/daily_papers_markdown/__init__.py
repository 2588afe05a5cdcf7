"""Hugging Face's Daily Papers copied as Markdown, and digests made of it as tables in Markdown -> entries.

    pieces.py    Markdown, or an export with addresses on lines of their own -> links and texts
    numbered.py  links that have numbers in place of addresses -> links with addresses
    cards.py     links and texts -> the cards of the page (firecrawl, html2text, NotebookLM and their like); page.py
    tables.py    one row a paper

The id is in every link, so nothing here is guessed: a card without its link is no paper. Where the addresses were not
copied (links with numbers, titles that are no links), papers have no ids. Copies of the page as plain text have no
links; see daily_papers/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC

from ...dates import file_name_date, infer_year, nearest_year
from ...errors import ParseFailed
from ...types import Entry, Precision
from .. import stated
from ..decode import decode
from ..head import Head
from ..hugging_face import links_of
from ..reading import Reading
from . import numbered, tables
from .cards import Cards
from .page import Card, Page
from .pieces import of_addresses, of_markdown

NAME = "daily-papers-markdown"
TITLE = "Hugging Face Daily Papers, copied as Markdown"

_PAPER = r"(?:https?://(?:www\.)?huggingface\.co)?/papers/\d{4}\.\d{4,5}"
_HEADING = re.compile(r"^[ ]{0,3}#{1,6}[ \t]*\[", re.MULTILINE)
_TITLE_LINK = re.compile(rf"\]\(<?{_PAPER}(?:v\d)?>?[)\s]")
_ROW = re.compile(r"^[ ]{0,3}\|[^\n]{0,5000}?\]\(https?://(?:www\.)?arxiv\.org/abs/\d", re.MULTILINE)
_ROW_OF_PAGE = re.compile(rf"^[ ]{{0,3}}\|[^\n]{{0,5000}}?\]\({_PAPER}\)", re.MULTILINE)
_ADDRESS = re.compile(rf"^[ \t]*{_PAPER}[ \t]*$", re.MULTILINE)
_TABLE = re.compile(rf"^{tables.HEADER.pattern}", re.MULTILINE | re.IGNORECASE)


def sniff(head: Head) -> float:
    """How sure it is, by links to papers where this page has them."""
    if head.is_html:
        return 0.0
    text = head.text.replace("\r\n", "\n")
    if _HEADING.search(text) and _TITLE_LINK.search(text):
        return 0.95
    if numbered.is_numbered(text):
        return 0.94
    if _TABLE.search(text) and (_ROW_OF_PAGE.search(text) or _ROW.search(text)):
        return 0.9 if _ROW_OF_PAGE.search(text) else 0.5
    addresses = len(_ADDRESS.findall(text))
    return 0.95 if addresses and "login?next=%2Fpapers%2F" in text else 0.8 if addresses > 1 else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of a copy, in its order; one for each paper, however often the page shows it."""
    reading.unit = "lines"
    with reading.content() as content:
        decoded = decode(content.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    whole, lists = text, set[int]()
    has_numbers = not _TITLE_LINK.search(text) and numbered.is_numbered(text)
    if has_numbers and numbered.has_bare_titles(text):
        text, has_numbers = numbered.with_links(text), False
    elif has_numbers:
        text, lists = numbered.with_addresses(text)
    by_heading = bool(_HEADING.search(text) and _TITLE_LINK.search(text))
    if not by_heading and _TABLE.search(text):
        yield from tables.read(reading, text)
        return
    if not by_heading and not _ADDRESS.search(text):
        raise ParseFailed(reading.dump.name, "holds no link to a paper of Hugging Face; copy the page again")
    pieces = of_markdown(text) if by_heading else of_addresses(text)
    page = Cards(by_heading=by_heading).take_all(pieces)
    page.furniture |= lists
    page.all_dated |= has_numbers
    yield from _entries(reading, page, whole)


def _entries(reading: Reading, page: Page, text: str) -> Iterator[Entry]:
    filled = {number for number, line in enumerate(text.split("\n"), start=1) if line.strip()}
    ends = text.endswith("\n")
    torn = _torn_card(page, max(filled, default=0), ends=ends)
    year = _dated(reading, page)
    for card in page.cards:
        lines = sorted(card.lines & filled)
        filled.difference_update(lines)
        place = (lines[0], lines[-1]) if lines else (reading.total, reading.total)
        if card.repeats:
            reading.furniture(len(lines))
        elif card is torn:
            shown = "\n".join([card.title, *card.abstract])
            reason = "the file ends in the middle of this paper"
            reading.refuse("error", reason, place=place, text=shown, weight=len(lines))
        else:
            if not ends and card.dated_at == text.count("\n") + 1 and card.date and card.date.year is None:
                card.date = None
                reason = "the file ends with this paper's date, which may go on; it is left out"
                reading.note("note", reason, place=place, text=card.title)
            entry = _entry(reading, card, place, len(lines), year)
            if entry:
                yield entry
    reading.furniture(len(page.furniture & filled))
    rows = text.split("\n")
    for run in _runs(sorted(filled - page.furniture)):
        lost, place = "\n".join(rows[run[0] - 1 : run[-1]]), (run[0], run[-1])
        reading.refuse("warning", "text that belongs to no paper", place=place, text=lost, weight=len(run))


def _entry(reading: Reading, card: Card, place: tuple[int, int], weight: int, year: int) -> Entry | None:
    shown = card.date
    made = numbered.is_made(card.named)
    precision: Precision = "day" if shown and shown.year is not None else "month-day"
    return reading.entry(
        place=place,
        weight=weight,
        title=card.title,
        abstract=" ".join(card.abstract),
        author_count=card.author_count,
        organization=card.organization,
        published=shown.on(shown.year if shown.year is not None else year) if shown else None,
        published_precision=precision,
        comments=card.comments,
        upvotes=card.upvotes,
        ids={} if made else {"arxiv": card.named},
        links={**({} if made else links_of(card.named)), **({"code": card.code} if card.code else {})},
    )


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Lines that stand together, with at most one blank line between two of them."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number - runs[-1][-1] <= 2:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _torn_card(page: Page, last_line: int, *, ends: bool) -> Card | None:
    """The last card, where the end of the file cuts it: the cards of one page all have an abstract's end, or a date."""
    shown = [card for card in page.cards if not card.repeats]
    if not shown or shown[-1] is not page.cards[-1]:
        return None
    *others, last = shown
    if page.all_dated and last.date is None:
        return last
    if not last.tail and not (ends and (last.phase != "abstract" or any(not card.tail for card in others))):
        return last
    if last.date is None and last_line in last.lines and others and all(card.date for card in others):
        return last
    return None


def _dated(reading: Reading, page: Page) -> int:
    """The year of dates that show none. Tells the Reading the day of the page."""
    named = file_name_date(reading.dump.name)
    known = [day for text in page.days for day, precision in [stated.day(text)] if day and precision == "day"]
    changed = reading.dump.modified.astimezone(UTC).date()
    shown = page.date
    if shown is None:
        if known:
            reading.dated(max(known))
        return (named or max(known, default=changed)).year
    if shown.year is not None:
        year = shown.year
    elif named or known:
        year = nearest_year(shown, named or min(known))
    else:
        tails = [card.date for card in page.cards if card.date is not None]
        year = infer_year(shown, tails, latest=changed)
    day = shown.on(year)
    if day:
        reading.dated(day, inferred=shown.year is None and not known)
    return year
