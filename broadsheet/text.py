"""Text as listings have it, made comparable. Pure; knows nothing of formats, rules or escaping.

Does not clean TeX: what a dump says is kept to the letter, white space apart.
"""

from __future__ import annotations

import re
import unicodedata

# str.split() covers every Unicode space, NBSP and the line separators included. Added: what editors and web pages
# leave behind unseen (zero-width space, word joiner, byte-order mark, soft hyphen) and C0 and C1 controls.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad]")

# Letters with a stroke, and an i without its dot, which Unicode does not take apart; and what only chooses a glyph.
_PLAIN = str.maketrans("łøđħŧı", "lodhti", "\ufe0e\ufe0f\u200c\u200d")


#: What the title of a paper begins with whose listing names it by an id alone.
UNTITLED = "Untitled paper "


def fold_space(text: str) -> str:
    """The text with every run of white space and controls as one blank, none at its ends, without unseen characters."""
    # Of all white space, only the blank is printable; and nearly all of what is not printable is white space.
    line = text.replace("\n", " ").strip(" ")
    if line.isprintable() and "  " not in line:
        return line
    folded = " ".join(line.split())
    if folded.isprintable():
        return folded
    return " ".join(_CONTROL.sub(" ", _UNSEEN.sub("", folded)).split())


def whole(text: str) -> str:
    """The text with "?" for every lone surrogate, which stands for a byte of a file name that is not UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def folded(text: str) -> str:
    """The text as it is compared: NFKC, case folded, without accents, strokes and other combining marks.

    The length may differ from the original's, so offsets into it say nothing about the original.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_PLAIN)
