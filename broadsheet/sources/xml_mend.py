"""The text of a record -> XML that every parser reads, with as much of it as can be read.

What cannot be said in XML is said in another way, never left out: a bare "&" and names of HTML ("&ouml;") become
characters, sections of CDATA become text, damaged tags too. Looks into no field.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

from .xml_text import CONTROL

_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,8};|[A-Za-z]\w{0,40};)?")
#: A "<" that begins nothing.
_BARE = re.compile(r"<(?![^\W\d]|/[^\W\d]|\?)")
#: A tag of which every part is as it should be: whether it ends something, its name, whether it is empty.
_TAG = re.compile(r"""<(/?)([^\W\d][\w.:-]*+)(?:\s++[^\W\d][\w.:-]*+\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+\s*+(/?)>""")
_DEEPEST = 100
_ELEMENT = re.compile(r"<([^\s<>/!?]{1,200})[^<>]*>[^<]*\Z")
_SECTION = "<![CDATA["


def mended(text: str) -> tuple[str, str]:
    """A record (or the start tags before it) as XML without CDATA and names of entities; what was wrong, or ""."""
    if "<!" not in text:
        return _references(text), ""
    parts: list[str] = []
    wrong = ""
    at = 0
    ends = _Ends(text)
    while (found := text.find("<!", at)) >= 0:
        parts.append(_references(text[at:found]))
        if text.startswith("<!--", found):
            end = ends.next("-->", found + 4)
            if end < 0 or text.find("<!--", found + 4, end) >= 0:
                parts.append("&lt;!--")
                at, wrong = found + 4, wrong or "a comment that does not end"
            else:
                at = end + 3
        elif text.startswith(_SECTION, found):
            end, at = _section(text, found, ends)
            wrong = wrong or ("a section of CDATA that does not end" if at == end else "")
            parts.append(html.escape(text[found + len(_SECTION) : end], quote=False))
        else:
            parts.append("&lt;!")
            at, wrong = found + 2, wrong or "a declaration within a record"
    parts.append(_references(text[at:]))
    return "".join(parts), wrong


class _Ends:
    """Where the next of something stands, in time that does not grow with how often it is asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, int] = {}

    def next(self, what: str, begin: int) -> int:
        """Where `what` stands at or behind `begin`, which never goes back; -1 for nowhere."""
        known = self._found.get(what, 0)
        if 0 <= known < begin or what not in self._found:
            known = self._found[what] = self._text.find(what, begin)
        return known


def _section(text: str, begin: int, ends: _Ends) -> tuple[int, int]:
    """Where the text of a section of CDATA ends, and what follows begins; the same place where it has no end."""
    first = begin + len(_SECTION)
    end = ends.next("]]>", first)
    if end >= 0 and text.find(_SECTION, first, end) < 0:
        return end, end + 3
    # Then it ends with the element that it is the text of.
    element = _ELEMENT.search(text, max(0, begin - 2_000), begin)
    closing = ends.next(f"</{element[1]}", first) if element else -1
    if closing < 0:
        closing = ends.next("<", first)
    closing = closing if closing >= 0 else len(text)
    return closing, closing


def _references(text: str) -> str:
    if "&" in text:
        text = _AMPERSAND.sub(_reference, text)
    return _BARE.sub("&lt;", text)


def balanced(text: str) -> str:
    """What mended() gave, with an end for every start: parsers give up a record at some kinds of damage.

    Damaged tags become text, an end closes what it all but names or what it skips, and one that nothing begins is
    left out.
    """
    parts: list[str] = []
    opened: list[str] = []
    at = 0
    for tag in _TAG.finditer(text):
        parts.append(text[at : tag.start()].replace("<", "&lt;"))
        at = tag.end()
        closing, name, empty = tag.groups()
        if not closing:
            if len(opened) < _DEEPEST:
                parts.append(tag[0])
                opened += () if empty else (name,)
        elif opened and _alike(name, opened[-1]):
            parts.append(f"</{opened.pop()}>")
        elif name in opened:
            while opened[-1] != name:
                parts.append(f"</{opened.pop()}>")
            parts.append(f"</{opened.pop()}>")
    parts.append(text[at:].replace("<", "&lt;"))
    parts += [f"</{name}>" for name in reversed(opened)]
    return "".join(parts)


def _alike(one: str, other: str) -> bool:
    """Whether two names differ in two characters at most."""
    return one == other or (len(one) == len(other) and sum(map(str.__ne__, one, other)) <= 2 < len(one))


def _reference(found: re.Match[str]) -> str:
    name = found[1]
    if not name:
        return "&amp;"
    if name[0] == "#":
        # As browsers do: what stands for no character that XML has is read as the sign that Windows-1252 has there.
        return html.escape(CONTROL.sub(" ", html.unescape(found[0])))
    return html.escape(html5[name]) if name in html5 else f"&amp;{name}"
