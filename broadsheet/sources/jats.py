"""The markup that publishers leave in titles and abstracts (JATS, MathML, face markup) -> text. Pure.

Takes apart only the elements that publishers use: "<think>" and "p < 0.05" stay. TeX is left as it is.
"""

from __future__ import annotations

import html
import re

from .markup import LONGEST_FIELD

_INLINE = (
    "i|b|u|em|strong|sub|sup|scp|sc|small|tt|ovl|span|font|a|italic|bold|underline|monospace|sans-serif|roman|overline|"
    "strike|named-content|inline-formula|styled-content|xref|ext-link|tex-math|alternatives|inf|inline-graphic|math|"
    "semantics|mi|mo|mn|mrow|msub|msup|msubsup|mfrac|msqrt|mroot|mtext|mspace|mstyle|mover|munder|munderover|mfenced|"
    "mtable|mtr|mtd|mpadded|mphantom|menclose|mprescripts|mmultiscripts|none|annotation"
)
_BLOCK = "p|br|div|li|ul|ol|list|list-item|sec|title|section|h[1-6]|tr|td|th|table|label|abstract|disp-formula|hr"
_AROUND = r"(?:\s[^<>]{0,2000})?/?>"
_BLOCKS = re.compile(rf"</?(?:jats:|ns\d+:)?(?:{_BLOCK}){_AROUND}", re.I)
_TAGS = re.compile(rf"</?(?:(?:jats|mml|ns\d+):[\w-]{{1,40}}|{_INLINE}){_AROUND}|<!--[^<>]*-->|<!\[CDATA\[|\]\]>", re.I)
# Formulas say the same twice, or thrice: as MathML and as TeX.
_ANNOTATION = re.compile(r"<((?:mml:)?annotation(?:-xml)?|(?:jats:)?tex-math)\b[^<>]{0,2000}>[^<]*</\1\s*>", re.I)
_MATH = re.compile(r"<(?:mml:)?math\b", re.I)
_HEADING = re.compile(
    r"\s*<(jats:)?title[^<>]{0,200}>\s*(?:abstract|summary|zusammenfassung|r[ée]sum[ée]|resumen)\s*[.:]?\s*</(?:jats:)?title\s*>",
    re.I,
)
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});", re.I)


def text(fragment: str) -> str:
    """The words of a title or an abstract: markup out, entities as what they stand for, blocks kept apart by a blank.

    Entities that were escaped twice are read twice.
    """
    for _ in range(2):
        fragment = _plain(fragment[:LONGEST_FIELD])
        if not _ESCAPED.search(fragment) and "</" not in fragment:
            break
    return fragment


def abstract(fragment: str) -> str:
    """The words of an abstract, without a heading that says no more than that it is one."""
    fragment = fragment[:LONGEST_FIELD]
    return text(_HEADING.sub("", fragment, count=1) if _HEADING.match(fragment) else fragment)


def _plain(fragment: str) -> str:
    if "<" in fragment:
        if _MATH.search(fragment):
            fragment = _ANNOTATION.sub("", fragment)
        fragment = _TAGS.sub("", _BLOCKS.sub(" ", fragment))
    return html.unescape(fragment)
