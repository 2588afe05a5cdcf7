"""What feeds put into titles and bodies -> words: tags of HTML, MathML and JATS out, what only looks like one in.

"Let's <think> about it" is a title; so tags are known by their names, and in titles only where they come in pairs.
Linear in the length of the text. Knows no publisher; that is bodies.py.
"""

from __future__ import annotations

import re

from .fields import LONGEST_FIELD, unescape

_BLOCKS = "p|br|div|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|section|figure|figcaption|hr|dl|dt|dd|pre|center"
_INLINE = (
    "a|abbr|b|big|bold|cite|code|em|font|i|iframe|img|inf|ins|italic|kbd|nobr|q|s|samp|scp?|small|span|strike|strong|"
    "sub|sup|tbody|tfoot|thead|tt|u|var|wbr"
)
_MATHS = (
    r"(?:mml:|m:)?(?:math|mi|mo|mn|mrow|msub|msup|msubsup|mover|munder|munderover|mfrac|msqrt|mroot|mtext|mspace|"
    r"mstyle|mfenced|mtable|mtr|mtd|mmultiscripts|mprescripts|none|semantics|inline-formula|alternatives)"
)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCKS}|jats:(?:title|sec|p|list|list-item))(?:\s[^<>]*|/)?>", re.I)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE}|{_MATHS}|(?:jats|xhtml):[a-z-]{{1,20}})(?:\s[^<>]*|/)?>", re.I)
_OF_TITLES = re.compile(
    rf"<(/?)(?:xhtml:|jats:)?(i|em|b|strong|bold|italic|sub|sup|inf|scp?|tt|span|u|small|font|p|div|a|{_MATHS})"
    r"((?:\s[^<>]*)?)(/?)>",
    re.I,
)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_SILENT = re.compile(r"<(script|style|annotation|mml:annotation)\b[^<>]*>", re.I)
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
    if plain != text and not _BLOCK_TAG.search(text) and not _INLINE_TAG.search(text) and _BLOCK_TAG.search(plain):
        plain = _without_tags(plain)
    plain = _BREAKS.sub("\n", _BLANKS.sub(" ", plain))
    return [line for line in map(str.strip, plain.split("\0")) if line]


def _without_tags(text: str) -> str:
    """Without tags, blocks apart by a NUL; line breaks within a block are kept."""
    text = text.replace("\0", " ")
    if "<" in text:
        text = _BLOCK_TAG.sub("\0", _without_silent(text))
        text = _INLINE_TAG.sub("", text)
    return unescape(text)


def _without_silent(text: str) -> str:
    """Without comments, scripts and styles, which are no words."""
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
