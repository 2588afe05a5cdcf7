"""HTML and XML -> text: what publishers put into titles and abstracts. Fields are bounded before any parser sees them.

Only for what is known to be markup: "<think>" in a plain title is text.
"""

from __future__ import annotations

import html
import re
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from lxml.etree import _Element

#: Characters of one field. Parsers of HTML are quadratic on hostile markup; an abstract has a few thousand.
LONGEST_FIELD = 64_000
_BLOCKS = "p|br|div|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|section|figure|figcaption|hr|dl|dt|dd|pre|center"
_INLINE = (
    "a|abbr|b|big|bold|cite|code|em|font|i|iframe|img|inf|ins|italic|kbd|nobr|q|s|samp|scp?|small|span|strike|strong|"
    "sub|sup|tbody|tfoot|thead|tt|u|var|wbr"
)
MATHS = (
    r"(?:mml:|m:)?(?:math|mi|mo|mn|mrow|msub|msup|msubsup|mover|munder|munderover|mfrac|msqrt|mroot|mtext|mspace|"
    r"mstyle|mfenced|mtable|mtr|mtd|mmultiscripts|mprescripts|none|semantics|inline-formula|alternatives)"
)
BLOCK_TAG = re.compile(rf"</?(?:{_BLOCKS}|jats:(?:title|sec|p|list|list-item))(?:\s[^<>]*|/)?>", re.I)
INLINE_TAG = re.compile(rf"</?(?:{_INLINE}|{MATHS}|(?:jats|xhtml):[a-z-]{{1,20}})(?:\s[^<>]*|/)?>", re.I)
_SILENT = re.compile(r"<(script|style|svg|annotation|mml:annotation)\b[^<>]*>", re.I)


def text_of(fragment: str) -> str:
    """The words of a fragment of HTML: tags out, entities as what they stand for, blocks kept apart by a blank.

    Scripts, styles and drawings are no words. Tags are known by their names: "<think>" is one, and stays.
    """
    fragment = fragment[:LONGEST_FIELD]
    if "<" in fragment:
        fragment = INLINE_TAG.sub("", BLOCK_TAG.sub(" ", without_silent(fragment)))
    return html.unescape(fragment)


def without_silent(text: str) -> str:
    """Without comments, scripts, styles and drawings, which are no words."""
    parts = []
    position = 0
    while found := _SILENT.search(text, position):
        end = re.compile(rf"</{found[1]}[^<>]*>", re.IGNORECASE).search(text, found.end())
        if end is None:
            break
        parts.append(text[position : found.start()])
        position = end.end()
    return _without_comments("".join(parts) + text[position:])


def _without_comments(text: str) -> str:
    parts = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts.append(text[position:start])
        position = end + 3
    return "".join(parts) + text[position:]


def soup(page: str) -> BeautifulSoup:
    """A page as BeautifulSoup sees it, through lxml."""
    from bs4 import BeautifulSoup

    with warnings.catch_warnings():
        # Pieces of pages that look like XML, or like an address, are pages all the same.
        warnings.simplefilter("ignore", UserWarning)
        return BeautifulSoup(page, "lxml")


def words_of(element: _Element | None) -> str:
    """All text inside an element of XML, mixed content included; empty for None."""
    return "" if element is None else "".join(map(str, element.itertext()))
