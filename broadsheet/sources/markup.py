"""HTML and XML -> text: what publishers put into titles and abstracts. Fields are bounded before any parser sees them.

Only for what is known to be markup: "<think>" in a plain title is text.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from lxml.etree import _Element

#: Characters of one field. Parsers of HTML are quadratic on hostile markup; an abstract has a few thousand.
LONGEST_FIELD = 64_000
_TAG = re.compile(r"<[/!A-Za-z][^<>]*>")
_BLOCK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|table|jats:p|jats:title|jats:sec|section|title)\b[^<>]*>", re.I
)


def text_of(fragment: str) -> str:
    """The words of a fragment of HTML: tags out, entities as what they stand for, blocks kept apart by a blank.

    Scripts and styles are no words. A "<" that begins no tag stays.
    """
    fragment = fragment[:LONGEST_FIELD]
    fragment = re.sub(r"(?is)<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", " ", fragment)
    return html.unescape(_TAG.sub("", _BLOCK.sub(" ", fragment)))


def soup(page: str) -> BeautifulSoup:
    """A page as BeautifulSoup sees it, through lxml."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(page, "lxml")


def words_of(element: _Element | None) -> str:
    """All text inside an element of XML, mixed content included; empty for None."""
    return "" if element is None else "".join(map(str, element.itertext()))
