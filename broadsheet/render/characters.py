"""Which characters may leave the house, form by form. Pure; escapes nothing: that is the business of each form.

Every text of a digest passes through one of these functions on its way out, whatever its field.
"""

from __future__ import annotations

import re
import unicodedata

# Controls, and the line and paragraph separators that break lines where nobody expects it.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
# Halves of a surrogate pair and noncharacters: no encoding or no document may hold them.
_ILLEGAL = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + 0xFFFE + n) for plane in range(17) for n in (0, 1)
)
# Explicit directions (not the marks): what one of them opens reaches beyond the text that holds it.
_DIRECTIONS = "\u202a-\u202e\u2066-\u2069"

_CONTROL = re.compile(f"[{_CONTROLS}]")
_NO_CHARACTER = re.compile(f"[{_ILLEGAL}]")
_SPACES = re.compile(rf"[\s{_CONTROLS}]+")
_UNWANTED = re.compile(f"[{_ILLEGAL}{_DIRECTIONS}]")


def shown(text: str) -> str:
    """The text with a blank for each control and U+FFFD for each that is no character; its length stays the same.

    As offsets stay true, matched words can be marked in it. Explicit directions stay: a page isolates them.
    """
    if text.isprintable():
        return text
    return _NO_CHARACTER.sub("\ufffd", _CONTROL.sub(" ", text))


def undirected(text: str) -> str:
    """The text with a blank for each control, without explicit directions and without what is no character.

    For a piece of a text that is put together again: blanks at its ends stay.
    """
    return text if text.isprintable() else _CONTROL.sub(" ", _UNWANTED.sub("", text))


def one_line(text: str) -> str:
    """The text for a form without means of isolation (Markdown, feeds): one line, no explicit directions.

    White space is one blank and stands at no end; what is no character is left out.
    """
    return _SPACES.sub(" ", _UNWANTED.sub("", text)).strip()


def composed(text: str) -> str:
    """The text for a feed: one line, composed (NFC), so that readers which compare bytes see equal texts as equal."""
    return unicodedata.normalize("NFC", one_line(text))
