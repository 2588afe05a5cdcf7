"""The author strings of listings -> names. Pure.

split       "A. One, B. Two and C. Three (MIT, PKU)"
upright     "Last, First" -> "First Last"
"""

from __future__ import annotations

import re

_PARENTHESES = re.compile(r"\([^()]*\)")
_BETWEEN = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+")


def split(text: str) -> tuple[str, ...]:
    """The names in one string, first names first, without affiliations in parentheses."""
    while (plain := _PARENTHESES.sub(" ", text)) != text:
        text = plain
    return tuple(name for name in map(str.strip, _BETWEEN.split(text)) if name)


def upright(name: str) -> str:
    """ "Last, First" as "First Last", "Last, First, Jr" as "First Last Jr"; anything else as it is."""
    family, comma, rest = name.partition(",")
    if not comma:
        return name.strip()
    given, _, suffix = rest.partition(",")
    return " ".join(part for part in (given.strip(), family.strip(), suffix.strip()) if part)
