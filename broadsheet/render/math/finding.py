r"""Where formulas stand in a text of a dump: between dollars, "\(" and "\)", "\[" and "\]". Converts nothing.

Most dollars are money, so between dollars only what looks like a formula is one. TeX without any of these around it is
left to broadsheet.clean, which has a sign for most of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Longer "math" is more likely a text between two prices, or one that would not fit a line anyway.
_LONGEST = 300
_DELIMITER = re.compile(r"(?<!\\)(?:\\\\)*(?P<open>\$\$?|\\\(|\\\[)")
_CLOSING = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}

_BARE_DOLLAR = re.compile(r"(?<!\\)\$")
_TEX = re.compile(r"[\\^_]")
# Text inside a formula, and the names of commands: words that are allowed in one.
_ALLOWED_WORDS = re.compile(
    r"\\(?:text|mathrm|mathit|mathsf|mathtt|mathbf|operatorname|mbox|rm)[a-z]*\s*\{[^{}]*\}|\\[A-Za-z]+"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_TWO_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")
# Without any sign of TeX: numbers, names of one or two letters, and what stands between them.
_SIMPLE = re.compile(
    r"(?:\d+(?:[.,]\d+)*|[^\W\d_]{1,2}'*|log|exp|min|max|sin|cos|Pr|[-+*/=<>()\[\]|!,:;.%&∼~≤≥×→∈]|\s)+"
)
# A formula does not end like this; a text in front of the next price does.
_CUT_OFF = re.compile(r"(?:[-/+=(\[,:;–—]|\\)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula in a text."""

    #: Where it stands, its delimiters included.
    start: int
    end: int
    #: With its delimiters, and without.
    source: str
    tex: str
    #: On a line of its own.
    display: bool


def formulas(text: str) -> tuple[Formula, ...]:
    """The formulas of a text, in their order."""
    if "$" not in text and "\\(" not in text and "\\[" not in text:
        return ()
    out: list[Formula] = []
    at = 0
    while found := _DELIMITER.search(text, at):
        formula = _formula(text, found.start("open"), found["open"])
        at = formula.end if formula else found.end()
        if formula:
            out.append(formula)
    return tuple(out)


def _formula(text: str, start: int, opening: str) -> Formula | None:
    begin = start + len(opening)
    end = _closing(text, begin, _CLOSING[opening])
    if end is None:
        return None
    tex, behind = text[begin:end], end + len(opening)
    if opening.startswith("$") and not _is_math(tex, text[behind : behind + 1]):
        return None
    if not tex.strip():
        return None
    display = opening in {"$$", "\\["}
    return Formula(start=start, end=behind, source=text[start:behind], tex=tex.strip(), display=display)


def _closing(text: str, begin: int, closing: str) -> int | None:
    """Where the next closing delimiter stands that is not escaped, if it is near enough."""
    at = begin
    while (at := text.find(closing, at, begin + _LONGEST + len(closing))) >= 0:
        before = text[begin:at]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return at
        at += 1
    return None


def _is_math(tex: str, behind: str) -> bool:
    """Whether what stands between two dollars looks like a formula rather than like what stands between two prices."""
    if not tex or tex != tex.strip() or _BARE_DOLLAR.search(tex) or _CUT_OFF.search(tex):
        return False
    if not _TEX.search(tex):
        # A digit behind it makes the second dollar the begin of a price; a word, that of a variable of a shell.
        return not behind.isalnum() and _SIMPLE.fullmatch(tex) is not None
    words = _ALLOWED_WORDS.sub(" ", tex)
    return not _TWO_WORDS.search(words) and len(_WORD.findall(words)) < 3
