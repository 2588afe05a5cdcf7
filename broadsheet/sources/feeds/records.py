"""The text of a feed -> its records, cut out of it: every one whole, or told to be torn.

Looks at the tags of records and of the feed itself, outside CDATA sections and comments, and at nothing else, so that
damage inside one record costs that record alone. A parser of XML gives up at the first fault, or (recovering) invents
the end of what is torn: a half paper at the end of a truncated feed. Does not look into records; that is fields.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

#: The inside of a tag: quoted values may hold ">"; where the quotes do not match, the tag ends at the next one.
INSIDE = r"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*|[^<>]*"""
_NAME = r"(?:([A-Za-z_][\w.-]{0,60}):)?"
_MARKS, _OUTSIDE_RDF = (
    {
        name: re.compile(rf"<!--|<!\[CDATA\[|<(/?){_NAME}({name}|channel|{roots})(?=[\s/>])({INSIDE})>", re.IGNORECASE)
        for name in ("item", "entry")
    }
    # Within feeds of other kinds, RDF describes a picture (SVG) or a licence in some body.
    for roots in ("rss|feed|rdf", "rss|feed")
)
_ENDS = {name: re.compile(rf"</(?:[\w.-]{{1,60}}:)?{name}\s*>", re.IGNORECASE) for name in ("item", "entry")}
_TAGS = {name: re.compile(rf"<(?:[\w.-]{{1,60}}:)?{name}(?=[\s/>])", re.IGNORECASE) for name in ("item", "entry")}
_ROOT = re.compile(rf"<{_NAME}(rss|feed|rdf)(?=[\s/>])", re.IGNORECASE)
_FIRST_RECORD = re.compile(r"</?(?:[\w.-]{1,60}:)?(item|entry)(?=[\s/>])", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[\w.-]{1,60}:)?(?:rss|feed|rdf)\s*>\s*(?:<!--[^<>]*-->\s*)*$", re.IGNORECASE)
_ROOT_ENDS = re.compile(r"</(?:[\w.-]{1,60}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_NAMESPACE = re.compile(r"""xmlns:([\w.-]{1,60})\s*=\s*["']\s*([^"'<>\s]{1,300})""")
_OWN = re.compile(
    r"https?://(?:purl\.org/rss/1|www\.w3\.org/2005/atom|purl\.org/atom|my\.netscape\.com/rdf|"
    r"backend\.userland\.com/|blogs\.law\.harvard\.edu/tech/rss)",
    re.IGNORECASE,
)


class Piece(NamedTuple):
    """A part of a feed."""

    #: around: of the feed itself, before, between or after its records. whole: a record with both its tags. torn: one
    #: without its end tag. headless: one without its start tag.
    kind: Literal["around", "whole", "torn", "headless"]
    source: str


def name_of_records(text: str) -> str | None:
    """ "item" or "entry"; None for a text that holds no feed and no record of one."""
    root = _ROOT.search(text)
    first = _FIRST_RECORD.search(text)
    if root and (not first or root.start() < first.start()):
        usual, other = ("entry", "item") if root[2].lower() == "feed" else ("item", "entry")
        # A feed whose records have the name of the other kind's, as readers of feeds take them.
        return other if first and first[1].lower() == other and not _TAGS[usual].search(text, first.end()) else usual
    return first[1].lower() if first else None


def is_closed(text: str) -> bool:
    """Whether the feed ends with its own end tag, so that nothing is missing at its end."""
    return bool(_ROOT_END.search(text[-2000:]))


def has_end(text: str) -> bool:
    """Whether the feed's end tag stands near the end, whatever else was put behind it."""
    return bool(_ROOT_ENDS.search(text[-10_000:]))


def pieces(text: str, name: str) -> Iterator[Piece]:
    """All of a feed in its order, nothing left out. name: what its records are called, from name_of_records()."""
    own = {"", "rss", "atom"} | {prefix for prefix, uri in _NAMESPACE.findall(text[:65536]) if _OWN.match(uri)}
    hidden = Hidden(text, is_closed(text))
    marks = _MARKS[name] if (root := _ROOT.search(text)) is None or root[2].lower() == "rdf" else _OUTSIDE_RDF[name]
    start: int | None = None  # where the open record begins
    done = position = 0
    while mark := marks.search(text, position):
        if mark[3] is None:
            position = hidden.end(mark.start(), mark.end(), _ENDS[name])
            continue
        position = mark.end()
        if mark[3].lower() != name:
            # The feed itself: its end, or the begin of another one, is the end of a record that is still open.
            another = mark[3].lower() != "channel" and "=" in mark[4]
            if (mark[1] or another) and start is not None:
                yield Piece("torn", text[start : mark.start()])
                start, done = None, mark.start()
        elif (mark[2] or "") not in own:
            continue
        elif mark[1]:
            yield Piece("headless" if start is None else "whole", text[done if start is None else start : position])
            start, done = None, position
        else:
            before = text[done if start is None else start : mark.start()]
            if start is not None:
                yield Piece("torn", before)
            elif before.strip():
                yield Piece("around", before)
            start = mark.start()
            if mark[4].endswith("/"):
                yield Piece("whole", mark[0])
                start, done = None, position
    if start is not None:
        yield Piece("torn", text[start:])
    elif text[done:].strip():
        yield Piece("around", text[done:])


class Hidden:
    """Finds where comments and CDATA sections of a text end; every part of it is searched once."""

    def __init__(self, text: str, closed: bool) -> None:
        self._text = text
        #: What is not closed in a closed feed is a fault in it; in a torn one it goes on to the end.
        self._closed = closed
        self._found = {"-->": -1, "]]>": -1, "<!--": -1, "<![CDATA[": -1}

    def end(self, start: int, inside: int, around: re.Pattern[str]) -> int:
        """Where to go on behind the mark that begins at `start` and whose inside begins at `inside`.

        around: the end tag of what stands around it. A comment that holds the begin of another one, and a CDATA section
        that holds that end tag and then the begin of another section, were never closed: what they hide is there.
        """
        opening, closing = ("<!--", "-->") if self._text.startswith("<!--", start) else ("<![CDATA[", "]]>")
        end = self._next(closing, inside)
        if end < 0:
            return inside if self._closed else len(self._text)
        again = self._next(opening, inside)
        if 0 <= again < end and (opening == "<!--" or around.search(self._text, inside, again)):
            return inside
        return end + 3

    def _next(self, sign: str, position: int) -> int:
        if self._found[sign] != len(self._text) and self._found[sign] < position:
            found = self._text.find(sign, position)
            self._found[sign] = found if found >= 0 else len(self._text)
        return self._found[sign] if self._found[sign] < len(self._text) else -1
