r"""TeX that listings leave in titles and abstracts, cleaned so that it breaks no word, with the way back.

Understands what stands inside words: accents (\"o, \'{e}, {\"o}, \c{c}), letters of their own (\ss, \o), escaped signs
(\%, \&), wrappers (\emph{x}, \textbf{x}, \mathcal{O}), fonts ({\em x}), braces and the dollars around math. Anything
else stays as it is; nothing is typeset, and what is shown stays TeX.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ..clean.signs import LETTER, accented

_SIGN = re.compile(
    rf"""
    {LETTER}
    | (?P<wrapper> \\ (?: emph|mbox|underline|operatorname
                        | text(?:it|bf|tt|sc|sf|rm|sl|md|up|normal|superscript|subscript)?
                        | math(?:rm|bf|it|sf|tt|cal|bb|frak|scr|normal) ) [ ]? (?=\{{) )
    | (?<=\{{) (?P<font> \\ (?: em|it|bf|tt|sc|sf|rm|sl ) (?![A-Za-z]) [ ]? )
    | \\ (?P<escaped>[%&$#_{{}}])
    | \\ (?P<space>[,;: \\])
    | (?P<nothing> \\[-/!] )
    | (?P<unknown> \\[A-Za-z]+\*? )
    | (?P<open> \{{ ) | (?P<close> \}} ) | (?P<dollar> \$ )
    """,
    re.VERBOSE,
)

# Longer "math" is more likely two prices.
_LONGEST_MATH = 200


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without TeX, and where each of its characters comes from."""

    text: str
    #: First character, and the one behind the last, of what each character was; None: the text is as it was.
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def shown(self, original: str, start: int, end: int) -> tuple[int, int]:
        """The characters of the original that start to end (exclusive) come from, braces in pairs if it can be."""
        if self.starts is None or self.ends is None:
            return start, end
        first, last = self.starts[start], self.ends[end - 1]
        most = self.starts[end] if end < len(self.starts) else len(original)
        least = self.ends[start - 1] if start else 0
        opened = original.count("{", first, last) - original.count("}", first, last)
        if opened < 0 and "{" in original[least:first]:
            first = original.rindex("{", least, first)
        elif opened > 0 and "}" in original[last:most]:
            last = original.index("}", last, most) + 1
        return first, last


def clean(text: str) -> Cleaned:
    """The text without the TeX that would break its words."""
    if "\\" not in text and "{" not in text and "$" not in text:
        return Cleaned(text)
    return _clean(text)


@lru_cache(maxsize=64)
def _clean(text: str) -> Cleaned:
    signs = list(_SIGN.finditer(text))
    dropped = _braces(signs) | _dollars(text, signs)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for sign in [*signs, None]:
        start, end = sign.span() if sign else (len(text), len(text))
        pieces.append(text[at:start])
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        at = end
        if sign and start not in dropped:
            piece = _meaning(sign)
            whole = len(piece) == end - start
            pieces.append(piece)
            starts.extend(range(start, end) if whole else [start] * len(piece))
            ends.extend(range(start + 1, end + 1) if whole else [end] * len(piece))
    return Cleaned("".join(pieces), starts, ends)


def _meaning(sign: re.Match[str]) -> str:
    """What a sign of TeX stands for; itself where that is not known."""
    kind = sign.lastgroup
    if kind in {"braced", "bare", "letter"}:
        return accented(sign)
    if kind in {"wrapper", "font", "nothing"}:
        return ""
    return {"escaped": sign["escaped"], "space": " "}.get(kind or "", sign[0])


def _braces(signs: Sequence[re.Match[str]]) -> set[int]:
    """Where braces stand that only group. Those of a command that is not understood stay, and so do odd ones."""
    dropped: set[int] = set()
    opened: list[tuple[int, bool]] = []
    kept_until = -1  # the end of a command, or of the braces behind it
    for sign in signs:
        if sign.lastgroup == "unknown":
            kept_until = sign.end()
        elif sign.lastgroup == "open":
            opened.append((sign.start(), sign.start() == kept_until))
        elif sign.lastgroup == "close" and opened:
            start, kept = opened.pop()
            if kept:
                kept_until = sign.end()
            else:
                dropped |= {start, sign.start()}
    return dropped


def _dollars(text: str, signs: Sequence[re.Match[str]]) -> set[int]:
    """Where dollars stand around math: no blank inside them, no digit behind them."""
    dropped: set[int] = set()
    places = [sign.start() for sign in signs if sign.lastgroup == "dollar"]
    for start, end in pairwise(places):
        math = text[start + 1 : end] if end - start <= _LONGEST_MATH else ""
        if (
            start not in dropped
            and math
            and not (math[0] + math[-1]).count(" ")
            and not text[end + 1 : end + 2].isdigit()
        ):
            dropped |= {start, end}
    return dropped
