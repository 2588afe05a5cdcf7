"""The author strings of listings -> names. Pure.

split       "A. One, B. Two and C. Three (MIT, PKU)", "Last, F., Last, G.", "Last, First; Last, First"
upright     "Last, First" -> "First Last"
not_shown   "et al. (38 additional authors not shown)" -> 38

Leaves accents in TeX to clean(); does not say whether two names are one person.
"""

from __future__ import annotations

import re

_SIGNS = re.compile(r"[()]")
# Marks of affiliations in TeX: $^1$, $^{1,2}$, ${}^\dagger$.
_MARKS = re.compile(r"\$\s?(?:\{\})?\^[^$]{0,40}\$|\\(?:thanks|footnote)\{[^{}]{0,300}\}")
# What most strings are: first and last names, perhaps an initial between, and commas.
_PERSON = r"[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+(?:-[A-Z][a-z]+)?"
_PLAIN = re.compile(rf"{_PERSON}(?:, {_PERSON})*")
_COMMA = re.compile(r"\s*,\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+")
_SEMICOLON = re.compile(r"\s*;\s*(?:(?:and|&)\s+)?")
_OTHERS = re.compile(r"(?:\band\s+)?(?:\bet\s+al\b\.?|\band others\b)\s*$", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|2nd|3rd)\.?", re.IGNORECASE)
# A. · A.B. · J.-P. · AB · A. B. · T. de; not a name in capitals with vowels of its own.
_INITIALS = re.compile(r"(?:[^\W\d_a-z](?:\.|(?=[^\w.']|$))[\s-]*){1,5}|[^\W\d_a-z]{1,3}")
_HIDDEN = re.compile(r"\(\s*(?:and\s+)?(\d{1,5})\s+(?:additional|more|other)\s+authors?\b", re.IGNORECASE)
_GROUP = r"(?:Collaborations?|Consortium|Team|Group|Project)"
_ON_BEHALF = re.compile(rf"\s+(?:for|on behalf of)\s+(?:the\s+)?(\S[^,;:]{{0,80}}?\s{_GROUP})$", re.IGNORECASE)
_HEADED = re.compile(rf"([^:;]{{1,200}}\b{_GROUP})\s*:\s*", re.IGNORECASE)


def split(text: str) -> tuple[str, ...]:
    """The names in one string, first names first, without affiliations in parentheses, marks and "et al."."""
    if _PLAIN.fullmatch(text):
        return tuple(text.split(", "))
    text = " ".join(_MARKS.sub("", _outside(text)).split())
    headed = _HEADED.match(text) if ":" in text else None
    names = _COMMA.split(headed[1]) if headed else []
    text = text[headed.end() :] if headed else text
    # Looked at before it is searched for, as that takes as long as all else here.
    if text.rstrip(". ").lower().endswith(("al", "others")):
        text = _OTHERS.sub("", text)
    if ";" in text:
        parts = [part.strip(", ") for part in _SEMICOLON.split(text)]
        found = [upright(part) for part in parts] if all(map(_is_turned, parts)) else _listed(", ".join(parts))
    else:
        found = _listed(text)
    for name in found:
        group = _ON_BEHALF.search(name)
        names += [name[: group.start()], group[1]] if group else [name]
    return tuple(name for name in (name.strip() for name in names) if any(map(str.isalnum, name)))


def upright(name: str) -> str:
    """ "Last, First" as "First Last", "Last, First, Jr" and "Last, Jr, First" as "First Last Jr"; else as it is."""
    family, *others = (part.strip() for part in name.split(","))
    if not others:
        return family
    suffix = [part for part in others if _SUFFIX.fullmatch(part)]
    given = [part for part in others if part and part not in suffix]
    return " ".join(filter(None, [*given, family, *suffix]))


def not_shown(text: str) -> int:
    """How many more authors there are than the string names, as it says itself; 0 where it does not."""
    found = _HIDDEN.search(text)
    return int(found[1]) if found else 0


def _outside(text: str) -> str:
    """The text outside all parentheses; one that is never closed lasts to the end."""
    if "(" not in text and ")" not in text:
        return text
    depth, kept, begin = 0, [], 0
    for sign in _SIGNS.finditer(text):
        if not depth:
            kept.append(text[begin : sign.start()])
        depth = depth + 1 if sign[0] == "(" else max(0, depth - 1)
        begin = sign.end()
    if not depth:
        kept.append(text[begin:])
    return " ".join(kept)


def _is_turned(part: str) -> bool:
    """Whether it is one name, and not several with commas between: "A. One, B. Two" has an initial in front."""
    pieces = [piece for piece in _COMMA.split(part) if not _SUFFIX.fullmatch(piece)]
    return len(pieces) < 3 and not (len(pieces) == 2 and _INITIALS.match(pieces[0] + " ") and " " in pieces[0])


def _listed(text: str) -> list[str]:
    """Names with commas between."""
    names: list[str] = []
    for part in _COMMA.split(text):
        if names and _SUFFIX.fullmatch(part):
            names[-1] += " " + part
        elif part:
            names.append(part)
    return _turned(names) if _are_pairs(names) else names


def _are_pairs(parts: list[str]) -> bool:
    """Whether they are family names and initials in turns: "Last, F., Last, G."."""
    given = parts[1::2]
    return (
        bool(parts)
        and len(parts) % 2 == 0
        and all(_INITIALS.fullmatch(part) for part in given)
        and not any(_INITIALS.fullmatch(part) for part in parts[::2])
    )


def _turned(parts: list[str]) -> list[str]:
    return [f"{given} {family}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
