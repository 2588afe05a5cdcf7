"""arXiv's listing pages (/list/CAT/new, /recent, a month), as saved from the web -> entries.

    record.py   one <dt> and <dd> -> an entry

The page is cut into records first and each is parsed by itself: what is damaged costs itself only, and a record that
the end of the file tears is seen. Does not read pages of single papers, nor of searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ...text import fold_space
from ...types import Entry
from .. import markup, stated
from ..decode import decode
from ..head import Head
from ..reading import Reading
from .record import Record

NAME = "arxiv-listing"
TITLE = "arXiv's listing pages (HTML)"

#: Characters of one record's markup; 3,000 authors take about 400,000.
LONGEST_RECORD = 2_000_000

_LIST = re.compile(r"""\bid\s*=\s*["']?dlpage\b|class\s*=\s*["']?list-(?:title|identifier|authors)\b""")
_ERROR = re.compile(
    r"<(?:title|h1)\b[^<>]{0,200}>([^<]{0,200}?\b(?:error|not found|bad request|denied|unavailable|rate"
    r"|too many requests|forbidden|no such|invalid|gateway)\b[^<]{0,200})<",
    re.IGNORECASE,
)
_ARXIV = re.compile(r"arxiv", re.IGNORECASE)
# <dt> and <dd> make a record, <h3> heads a section. Attributes are left to the parser.
_TOKEN = re.compile(r"<(dt|dd|h3)(?=[\s>/])", re.IGNORECASE)
_END = re.compile(r"</d[dl]\s*>", re.IGNORECASE)
_HEADING = re.compile(r"<h3\b[^<>]{0,200}>(.{0,400}?)</h3", re.IGNORECASE | re.DOTALL)
_SHOWING = re.compile(r"showing\s+(?:first\s+|last\s+)?([\d,]{1,9})\s+of\s+[\d,]{1,9}\s+entries", re.IGNORECASE)
# "Total of 49 entries : <span>1-25</span> <a ...", in old pages "total of 49 entries: <b>1-25</b>".
_TOTAL = re.compile(
    r"\btotal of ([\d,]{1,9}) entries\s{0,20}(:?)(?:\s|&nbsp;){0,40}"
    r"(?:<(?:span|b)>\s{0,20}(\d{1,7})-(\d{1,7})\s{0,20}<)?",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b(\d{1,2})\s+([A-Z][a-z]{2,8})\s+(\d{4}|\d{2})\b")


def sniff(head: Head) -> float:
    """By the names of arXiv's own page parts; an answer of arXiv that says it failed is a listing that failed."""
    if not head.is_html:
        return 0.0
    if _LIST.search(head.text):
        return 0.95
    return 0.6 if _ERROR.search(head.text) and _ARXIV.search(head.text) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry a record of the page; see `Format.read`."""
    with reading.content() as stream:
        decoded = decode(stream.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    page = decoded.text.replace("\0", "\ufffd")
    yield from _Page(reading, page).entries()


class _Page:
    """Walks over the parts of a page once."""

    def __init__(self, reading: Reading, page: str) -> None:
        self.reading = reading
        self.page = page
        self.section: str | None = None
        self.day: date | None = None
        self.shown: int | None = None

    def entries(self) -> Iterator[Entry]:
        tokens = list(_TOKEN.finditer(self.page))
        term = ""
        for number, token in enumerate(tokens, start=1):
            end = tokens[number].start() if number < len(tokens) else len(self.page)
            part = self.page[token.start() : end]
            kind = token[1].lower()
            if term and kind != "dd":
                self.refuse("a paper without a description", term)
                term = ""
            if kind == "h3":
                self.heading(part)
            elif kind == "dt":
                term = part
            else:
                entry = self.record(term, part, is_last=number == len(tokens))
                term = ""
                if entry:
                    yield entry
        if term:
            self.refuse("the file ends in the middle of this paper", term)
        self.sum_up()

    def heading(self, part: str) -> None:
        """Which section begins here, of which day, and how many papers it shows."""
        found = _HEADING.match(part)
        if not found:
            return
        text = fold_space(markup.text_of(found[1]))
        lower = text.lower()
        for words, section in (("replacement", "replace"), ("cross", "cross"), ("new submission", "new")):
            if lower.startswith(words):
                self.section = section
        if day := _day(text):
            self.day = day
            self.reading.dated(day)
        if shown := _SHOWING.search(text):
            self.shown = (self.shown or 0) + int(shown[1].replace(",", ""))

    def record(self, term: str, description: str, *, is_last: bool) -> Entry | None:
        """The entry of one <dt> and <dd>, or the problem that they are."""
        end = _END.search(description)
        if not end and is_last:
            self.refuse("the file ends in the middle of this paper", term + description)
            return None
        description = description[: end.start()] if end else description
        if len(term) + len(description) > LONGEST_RECORD:
            self.refuse(f"a record of more than {LONGEST_RECORD:,} characters is left out", term + description)
            return None
        record = Record(term, description)
        if not fold_space(record.title):
            self.refuse("a paper without a title", term + description)
            return None
        return record.entry(self.reading, self.section, self.day)

    def refuse(self, reason: str, text: str) -> None:
        self.reading.refuse("error", reason, text=fold_space(text))

    def sum_up(self) -> None:
        """What the page says of its papers as a whole."""
        total = _TOTAL.search(self.page)
        if self.shown is not None:
            self.reading.announced = self.shown
        elif total and total[3]:
            self.reading.announced = int(total[4]) - int(total[3]) + 1
        elif total and not total[2]:
            self.reading.announced = int(total[1].replace(",", "") or 0)
        error = _ERROR.search(self.page)
        if not self.reading.total and not _LIST.search(self.page):
            self.reading.refusal = fold_space(markup.text_of(error[1])) if error else "a page without a listing"


def _day(text: str) -> date | None:
    """The day a heading names: "Friday, 17 March 2023", "Fri, 17 Mar 23"."""
    found = _DAY.search(text)
    if not found:
        return None
    year = int(found[3])
    # arXiv is of 1991.
    year += 0 if year > 99 else 1900 if year > 90 else 2000
    return stated.parts(year, found[2], found[1])[0]
