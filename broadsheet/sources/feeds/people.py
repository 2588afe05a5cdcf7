"""The author fields of feeds -> names: one field a name, or all names in one string, upright or "Last, F.". Pure.

Takes apart what feeds alone do (addresses, "by ...", a line a name); the rest is names.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...text import fold_space
from .. import names

_MAIL = re.compile(r"[^\s@<>()]{1,100}@[^\s@<>()]{1,200}")
_IN_PARENTHESES = re.compile(r"\(([^()@]{1,200})\)")
_SUFFIX = re.compile(r"(?:Jr|Sr|I{2,3}|IV|Ph\.?\s?D|M\.?D|M\.?Sc|B\.?Sc|FRCP|RN|MPH)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_PARTICLE = re.compile(r"(?:van|von|de|del|der|den|di|da|dos|du|la|le|el|al|bin|ten|ter|af)\b", re.IGNORECASE)
_BY = re.compile(r"\s*by\s+", re.IGNORECASE)
_ELLIPSIS = re.compile(r"[,;]? ?(?:\.\.\.|…) ?$")
_AND = re.compile(r" (?:and|&) ")
#: Characters of one string of authors that are looked at: the largest collaborations need about 100,000.
_LONGEST = 200_000


def names_in(strings: Sequence[str]) -> tuple[str, ...]:
    """The names in the author fields of one record, in their order, each once."""
    found: list[str] = []
    strings = [string for string in strings if fold_space(string[:_LONGEST])]
    for string in strings:
        if len(strings) > 1 and _is_one(whole := _bare(string)):
            found.append(_upright(whole))
        else:
            found.extend(split(string))
    return tuple(dict.fromkeys(name for name in map(fold_space, found) if name))


def split(text: str) -> list[str]:
    """The names in one string, however they are parted: ";" where there is one, else commas and "and", else lines."""
    text = _BY.sub("", text[:_LONGEST], count=1) if _BY.match(text) else text[:_LONGEST]
    if "," not in text and ";" not in text and "\n" in text.strip():
        return [_bare(line) for line in text.split("\n") if line.strip()]
    text = _ELLIPSIS.sub("", _bare(text))
    if "," in text and _is_one(text):
        return [_upright(text)]
    return list(names.split(text))


def _is_one(text: str) -> bool:
    """Whether a string names one person: no comma, or one that turns the name around or parts a suffix from it."""
    if ";" in text or _AND.search(text):
        return False
    family, comma, given = (part.strip() for part in text.partition(","))
    if not comma or _SUFFIX.fullmatch(given):
        return True
    return "," not in given and (" " not in family or bool(_PARTICLE.match(family)) or bool(_INITIALS.fullmatch(given)))


def _upright(name: str) -> str:
    _, _, rest = name.partition(",")
    return name.strip() if _SUFFIX.fullmatch(rest.strip()) else names.upright(name)


def _bare(text: str) -> str:
    """A string of authors in one line and without addresses: RSS has "mail@example.org (Name)"."""
    text = fold_space(text[:_LONGEST])
    if "@" not in text:
        return text
    named = _IN_PARENTHESES.search(text)
    if named and _MAIL.match(text):
        return named[1]
    return fold_space(re.sub(r"\( ?\)|< ?>", "", _MAIL.sub("", text)))
