"""What listings say -> what readers see: TeX fragments to Unicode, mojibake mended, entities, white space. Pure.

    signs.py   accents, letters and symbols of TeX, and what they are in Unicode
    tex.py     a text with fragments of TeX in it -> the text

Loses no word and adds none. Knows no format: markup is taken apart in sources, where it is known what is markup. A
text is never handed to a TeX parser as a whole: to one, a per cent sign ends the line.
"""

from __future__ import annotations

import html
import re

from ..text import fold_space
from .signs import letters
from .tex import typeset

__all__ = ["clean", "clean_line", "spelled"]

# What only mojibake and damage look like: letters that UTF-8 becomes where it is read as Windows-1252 or Latin-1.
_SUSPECT = re.compile("[\x80-\x9fÂÃâåèéïðÅÐÑÎÏ\ufffd][\x80-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
# With its semicolon: a bare ampersand is text.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Signs that TeX, and what copies leave of it, cannot do without; two of them only in pairs. Pairs and words are looked
# for one by one, which goes at the speed of memory; all in one expression do not.
_TEX = re.compile(r"[\\${}~^`*]")
_TEX_ALONE = re.compile(r"[\\${}~^]")
_TIMES = re.compile(r"\dtimes")
# Most names: nothing in them could be cleaned.
_SIMPLE = re.compile(r"[A-Za-z.,]+(?: [A-Za-z.,]+)*")
# Overrides and isolates of writing direction, which can make a line read as what it does not say.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """A title, abstract or name as it is shown: one line, its TeX as the signs it stands for.

    What has no sign in Unicode stays as the words of its source ("\\\\frobnicate" reads "frobnicate").
    """
    if len(text) < 60 and _SIMPLE.fullmatch(text):
        return text
    return fold_space(clean_line(text))


def clean_line(text: str) -> str:
    """The same for a text that is one line already (fold_space(text) == text), and so need not become one."""
    if len(text) < 60 and _SIMPLE.fullmatch(text):
        return text
    line = text
    if not text.isascii():
        text = _DIRECTION.sub("", _mended(text))
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if _has_tex(text):
        text = typeset(text)
    return text if text is line else fold_space(text)


def spelled(text: str) -> str:
    """The text with TeX's accents and letters as those of Unicode, and all other TeX as it is.

    For comparing listings: some take "\\\\" and "$" out and leave the names of commands ("8.7times", "{bf MASK}"), and
    then the letters of what is left are those of the source.
    """
    return letters(text) if "\\" in text else text


def _has_tex(text: str) -> bool:
    found = _TEX.search(text)
    if found and (found[0] not in "`*" or "``" in text or "**" in text or _TEX_ALONE.search(text)):
        return True
    return "--" in text or "''" in text or ("times" in text and _TIMES.search(text) is not None)


def _mended(text: str) -> str:
    """The text with UTF-8 that was read as another encoding read again."""
    if not _SUSPECT.search(text):
        return text
    import ftfy  # late: few texts need it

    return ftfy.fix_encoding(text)
