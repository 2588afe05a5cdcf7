"""Markdown whose links have numbers ("[Title][32]") or whose titles are no links -> the same with addresses.

Addresses may stand below, or were cut off, or never copied: then each link gets one by its place on the page, made so
that cards.py reads it: under a paper that no dump can name. Keeps every line where it is. Does not read cards.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from ...text import fold_space

_HEADING = re.compile(
    r"^[ ]{0,3}#{1,6}[ \t]*\[([^\n]{1,600}(?:\n[^\n#\[]{1,200}){0,3}?)\]\[(\d{1,5})\][ \t]*$", re.MULTILINE
)
#: A title that lost its link; the page's own headings are of the first and second level.
_BARE = re.compile(r"^(### )([^\s\[#][^\n]{0,600}(?:\n {2}\S[^\n]{0,300}){0,2})(?=\n[ \t]*\n)", re.MULTILINE)
_PAGE = re.compile(r"Get trending papers in your email inbox|\bAK\b[^\n]{0,40} and the research community")
_ADDRESS = re.compile(r"^[ ]{0,3}\[(\d{1,5})\]:[ \t]*<?(https?://[^\s<>]{1,2000})>?[^\n]{0,300}(?=\n)", re.MULTILINE)
_END = re.compile(r"\]\[(\d{1,5})\]")
_VOTES = re.compile(r"\[\s*(?:\d{1,6}|-)\s*\Z")
_COMMENTS = re.compile(r"[^\n]\[ ?\d{1,5}\Z")
_OWNER = re.compile(r"\[\[([\w.-]{1,100})\] ?[^\n\[\]]{0,200}\Z")
_SITE = "https://huggingface.co"
#: No month is the 00th: an id that begins so is made here.
_MADE = "0000."


def is_numbered(text: str) -> bool:
    """Whether it is a copy of the page with such links; its begin is enough."""
    return bool(_PAGE.search(text) and (_HEADING.search(text) or _BARE.search(text)))


def is_made(named: str) -> bool:
    """Whether this id of a card only stands for one whose address is lost."""
    return named.startswith(_MADE)


def has_bare_titles(text: str) -> bool:
    """Whether the titles of such a copy are no links at all."""
    return not _HEADING.search(text)


def with_links(text: str) -> str:
    """The text of such a copy with a link in every title, the same for the same title."""
    made: dict[str, str] = {}

    def linked(title: re.Match[str]) -> str:
        address = made.setdefault(fold_space(title[2]), f"{_SITE}/papers/{_MADE}{len(made):05}")
        return f"{title[1]}[{title[2]}]({address})"

    return _BARE.sub(linked, text)


def with_addresses(text: str) -> tuple[str, set[int]]:
    """The text with an address in each link, and the lines (counted from 1) that list addresses, now blank."""
    known, lists, line, place = dict[str, str](), set[int](), 1, 0
    for found in _ADDRESS.finditer(text):
        line += text.count("\n", place, found.start())
        place = found.start()
        lists.add(line)
        known.setdefault(found[1], found[2])
    text = _ADDRESS.sub("", text)
    headings = list(_HEADING.finditer(text))
    begins = [heading.start() for heading in headings]
    made: dict[str, str] = {}
    papers = list[str]()
    for heading in headings:
        title, address = fold_space(heading[1]), known.get(heading[2])
        papers.append(address or made.setdefault(title, f"{_SITE}/papers/{_MADE}{len(made):05}"))

    def addressed(end: re.Match[str]) -> str:
        if end[1] in known:
            return f"]({known[end[1]]})"
        card = bisect_right(begins, end.start()) - 1
        before = text[max(end.start() - 300, 0) : end.start()]
        owner = _OWNER.search(before)
        if _COMMENTS.search(before) and card >= 0:
            return f"]({papers[card]}#community)"
        if _VOTES.search(before) and card + 1 < len(papers):
            return f"]({_SITE}/login?next=%2Fpapers%2F{papers[card + 1].rpartition('/')[2]})"
        if card < 0:
            return end[0]
        return f"]({_SITE}/{owner[1]})" if owner else f"]({papers[card]})"

    return _END.sub(addressed, text), lists
