"""What feeds put into titles and bodies -> words: tags of HTML, MathML and JATS out, what only looks like one in.

"Let's <think> about it" is a title; so tags are known by their names, and in titles only where they come in pairs.
Linear in the length of the text. Knows no publisher; that is bodies.py.
"""

from __future__ import annotations

import re

from ..markup import BLOCK_TAG, INLINE_TAG, MATHS, without_silent
from .fields import LONGEST_FIELD, unescape

_OF_TITLES = re.compile(
    rf"<(/?)(?:xhtml:|jats:)?(i|em|b|strong|bold|italic|sub|sup|inf|scp?|tt|span|u|small|font|p|div|a|{MATHS})"
    r"((?:\s[^<>]*)?)(/?)>",
    re.I,
)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")


def title_words(text: str) -> str:
    """A title without its mark-up; tags of which only one half is there are words."""
    text = text[:LONGEST_FIELD]
    if "<" in text:
        names = {(found[1], found[2].lower()) for found in _OF_TITLES.finditer(text)}
        paired = {name for end, name in names if not end and ("/", name) in names}
        text = _OF_TITLES.sub(lambda found: "" if found[2].lower() in paired or found[4] else found[0], text)
        text = _BREAK.sub(" ", text)
    return unescape(text)


def body_lines(text: str) -> list[str]:
    """The words of a body, one line a block of it, blank ones left out.

    What was escaped once too often is taken apart twice: text in which only the second look finds blocks.
    """
    text = text[:LONGEST_FIELD]
    plain = _without_tags(text)
    if plain != text and not BLOCK_TAG.search(text) and not INLINE_TAG.search(text) and BLOCK_TAG.search(plain):
        plain = _without_tags(plain)
    plain = _BREAKS.sub("\n", _BLANKS.sub(" ", plain))
    return [line for line in map(str.strip, plain.split("\0")) if line]


def _without_tags(text: str) -> str:
    """Without tags, blocks apart by a NUL; line breaks within a block are kept."""
    text = text.replace("\0", " ")
    if "<" in text:
        text = BLOCK_TAG.sub("\0", without_silent(text))
        text = INLINE_TAG.sub("", text)
    return unescape(text)
