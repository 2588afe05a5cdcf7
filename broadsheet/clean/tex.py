r"""A text with fragments of TeX in it -> the text as Unicode has it, one sign after the other. Pure.

Typesets nothing: fractions become a/b, what has no sign keeps its words. Only what looks like math between dollars is
taken for math, as most dollars are money. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from .signs import LETTER, SILENT, WRAPPERS, accented, script, symbol

_FONTS = "bf|it|em|tt|sc|sf|rm|sl|tiny|scriptsize|footnotesize|small|large"
_SIGN = re.compile(
    rf"""
      (?P<url> https?:// [^\s{{}}\\$<>"]+ )
    | {LETTER}
    | \\ (?P<escaped> [%&$#_{{}}] )
    | \\ (?P<space> [,;:> \\] ) | (?P<nothing> \\ [-/!@] ) | (?P<norm> \\ \| )
    | \\ (?P<math> [()\[\]] )
    | \\ (?: (?P<fraction> [dtc]?frac ) | (?P<root> sqrt ) | (?P<link> href ) ) (?![A-Za-z]) \s*
    | \\ (?: begin | end ) \s* \{{ (?P<environment> [A-Za-z]{{1,20}} ) \*? \}}
    | \\ (?P<name> [A-Za-z]+ ) \*? (?: \{{\}} )?
    | (?P<open> \{{ (?: (?:{_FONTS}) [ ] )? ) | (?P<close> \}} )
    | (?P<dollar> \$\$? )
    | (?P<script> [\^_] )
    | (?P<tie> (?<=[A-Za-z.,)\]]) ~ (?=[A-Za-z\d\\($\[]) )
    | (?P<quote> `` | '' )
    | (?P<dash> (?<=\w) ---? (?=\w) | (?<=\s) ---? (?=\s) )
    | (?P<bold> \*\* )
    | (?<=\d) (?P<times> times ) (?![a-z])
    """,
    re.VERBOSE,
)
# What a sign begins with; what it may begin with where one of the pairs is in the text; and the signs that are words.
_BEGIN = re.compile(r"[\\{}$^_~]")
_BEGIN_PAIR = re.compile(r"[\\{}$^_~`'*-]")
_PAIRS = ("--", "**", "``", "''")
_WORDS = (("://", re.compile("https?://")), ("times", re.compile("times")))
_ARGUMENT = re.compile(r"\s*(?:\{([^{}]{0,200})\}|(\\[A-Za-z]+|[^\s{}\\$^_]))")
_BRACE = re.compile(r"\s*\{")
_OPTION = re.compile(r"\s*\[[^\[\]{}]{0,20}\]")
_SIMPLE = re.compile(r"[\w.√]*")
_RAISED = re.compile(r"[+-]?\d+")

# Longer "math" is more likely two prices.
_LONGEST_MATH = 300
#: Arguments are cleaned by themselves, and theirs again; deeper they stay as they are.
_DEEPEST = 5


def typeset(text: str, *, math: bool = False, depth: int = 0) -> str:
    """The text without TeX. math: all of it stands in math."""
    signs = _signs(text)
    return _Setter(text, signs, math=math, depth=depth).run() if signs else text


def _signs(text: str) -> list[re.Match[str]]:
    """All that _SIGN finds."""
    signs: list[re.Match[str]] = []
    end = 0
    sign_of = _BEGIN_PAIR if any(pair in text for pair in _PAIRS) else _BEGIN
    begins = [found.start() for found in sign_of.finditer(text)]
    for part, word in _WORDS:
        if part in text:
            begins += [found.start() for found in word.finditer(text)]
            begins.sort()
    for begin in begins:
        if begin >= end and (sign := _SIGN.match(text, begin)):
            signs.append(sign)
            end = sign.end()
    return signs


class _Setter:
    """Walks over one text once."""

    def __init__(self, text: str, signs: Sequence[re.Match[str]], *, math: bool, depth: int) -> None:
        self.text = text
        self.depth = depth
        self.signs = signs
        self.dollars = _dollars(text, self.signs)
        # Without any other sign of TeX, braces are braces.
        self.grouping = math or bool(self.dollars) or any(map(_is_tex, self.signs))
        self.bolds = _bolds(text, self.signs)
        self.braces = _braces(self.signs)
        self.always = math
        self.in_math = math
        self.quoting = 0
        self.out: list[str] = []

    def run(self) -> str:
        """All of it."""
        at = 0
        for sign in self.signs:
            if sign.start() < at:
                continue  # it stands in an argument that was set already
            self.out.append(self.text[at : sign.start()])
            at = self.set(sign)
        self.out.append(self.text[at:])
        return "".join(self.out)

    def set(self, sign: re.Match[str]) -> int:
        """Set one sign; gives the place behind it and all it took."""
        kind = sign.lastgroup or ""
        if kind in {"fraction", "root", "link"}:
            return self.command(kind, sign)
        if kind == "script":
            return self.script(sign)
        if kind in {"accent", "named", "braced", "bare", "letter"}:
            self.out.append(accented(sign))
        elif kind == "name":
            self.name(sign["name"], sign.end())
        elif kind in {"open", "close"}:
            self.brace(sign)
        elif kind == "dollar":
            self.dollar(sign)
        else:
            self.out.append(self.plain(kind, sign))
        return sign.end()

    def plain(self, kind: str, sign: re.Match[str]) -> str:
        """What a sign that needs no look around stands for."""
        if kind == "bold":
            return "" if sign.start() in self.bolds else sign[0]
        if kind == "quote":
            return self.quote(sign[0])
        if kind == "dash":
            return "—" if len(sign[0]) == 3 or sign.string[sign.start() - 1].isalpha() else "–"
        if kind == "escaped":
            return sign["escaped"]
        return {"space": " ", "tie": " ", "nothing": "", "math": "", "environment": " ", "times": "×", "norm": "‖"}.get(
            kind, sign[0]
        )

    def quote(self, sign: str) -> str:
        """A quotation mark; two apostrophes are one only where a quotation is open."""
        if sign == "``":
            self.quoting += 1
            return "“"
        self.quoting -= 1
        return "”" if self.quoting >= 0 else sign

    def before(self) -> str:
        """The last character that was set; empty at the begin."""
        return next((piece[-1] for piece in reversed(self.out) if piece), "")

    def name(self, name: str, end: int) -> None:
        """Set a command without arguments of its own."""
        following = self.text[end : end + 1]
        if name in SILENT or (name in WRAPPERS and following in {"{", " "}):
            return
        sign = symbol(name)
        shown = name if sign is None else sign
        before = self.before()
        # Words must not grow together: "n\log n".
        if shown[0].isalnum() and shown.isascii() and before.isalnum():
            self.out.append(" ")
        self.out.append(shown)
        if shown.isascii() and shown[-1].isalnum() and following == "{":
            self.out.append(" ")

    def brace(self, sign: re.Match[str]) -> None:
        """Drop braces that group, and the fonts that stand in them."""
        font = len(sign[0]) > 1
        if sign.start() not in self.braces or not (self.grouping or self.braces[sign.start()]):
            self.out.append(sign[0])
        elif font and self.before().isalnum():
            self.out.append(" ")

    def dollar(self, sign: re.Match[str]) -> None:
        if sign.start() in self.dollars:
            self.in_math = not self.in_math or self.always
        else:
            self.out.append(sign[0])

    def argument(self, at: int) -> tuple[str, int] | None:
        """The next argument, set, and the place behind it."""
        found = _ARGUMENT.match(self.text, at)
        if not found or self.depth >= _DEEPEST:
            return None
        return typeset(found[1] if found[1] is not None else found[2], math=True, depth=self.depth + 1), found.end()

    def command(self, kind: str, sign: re.Match[str]) -> int:
        """Set a fraction, a root or a link with its arguments; without them, its name."""
        option = _OPTION.match(self.text, sign.end()) if kind == "root" else None
        first = self.argument(option.end() if option else sign.end())
        if kind == "root" and first:
            self.out.append(f"{option[0].strip() if option else ''}√{_grouped(first[0])}")
            return first[1]
        # The text of a link is a word or more: without braces it would be the first letter of what follows.
        braced = kind != "link" or (first and _BRACE.match(self.text, first[1]))
        second = self.argument(first[1]) if first and braced else None
        if not first or not second:
            self.name(kind if kind == "root" else sign[0].strip("\\ \n\t"), sign.end())
            return sign.end()
        if kind == "fraction":
            self.out.append(f"{_grouped(first[0])}/{_grouped(second[0])}")
        else:
            self.out.append(f"{second[0]} ({first[0]})")
        return second[1]

    def script(self, sign: re.Match[str]) -> int:
        """Raise or lower what follows, where Unicode has all of it; in text only powers."""
        before = self.text[sign.start() - 1 : sign.start()]
        found = self.argument(sign.end())
        if found is None or not (self.in_math or before.isalnum() or before in {")", "]", "}"}):
            self.out.append(sign[0])
            return sign.end()
        raised = script(sign[0], found[0])
        braced = self.text[sign.end() : sign.end() + 1] == "{"
        power = (
            sign[0] == "^"
            and _RAISED.fullmatch(found[0]) is not None
            and (braced or not self.text[found[1] : found[1] + 1].isalnum())
        )
        if raised is not None and (self.in_math or power):
            self.out.append(raised)
            return found[1]
        self.out.append(sign[0])
        if not braced:
            return sign.end()
        self.out.append(f"{{{found[0]}}}" if len(found[0]) > 1 else found[0])
        return found[1]


def _grouped(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _is_tex(sign: re.Match[str]) -> bool:
    return bool(sign["name"] or sign["letter"] or ((sign["accent"] or sign["named"]) and accented(sign) != sign[0]))


def _bolds(text: str, signs: Sequence[re.Match[str]]) -> set[int]:
    """Where two asterisks begin or end what Markdown sets in bold: around words, not between factors."""
    paired: set[int] = set()
    places = [sign.span() for sign in signs if sign["bold"]]
    for (start, begin), (end, after) in pairwise(places):
        inner = text[begin:end]
        outside = text[max(0, start - 1) : start] + text[after : after + 1]
        if start not in paired and inner and inner == inner.strip() and not any(map(str.isalnum, outside)):
            paired |= {start, end}
    return paired


def _braces(signs: Sequence[re.Match[str]]) -> dict[int, bool]:
    """Where braces stand that come in pairs, and whether a font stands behind the opening one."""
    paired: dict[int, bool] = {}
    opened: list[re.Match[str]] = []
    for sign in signs:
        if sign["open"]:
            opened.append(sign)
        elif sign["close"] and opened:
            start = opened.pop()
            paired[start.start()] = paired[sign.start()] = len(start[0]) > 1
    return paired


def _dollars(text: str, signs: Sequence[re.Match[str]]) -> set[int]:
    """Where dollars stand around math: no blank inside them, no digit behind them."""
    paired: set[int] = set()
    places = [(sign.start(), sign.end()) for sign in signs if sign["dollar"]]
    for (start, begin), (end, after) in pairwise(places):
        math = text[begin:end] if end - begin <= _LONGEST_MATH else ""
        if start in paired or not math or " " in math[0] + math[-1]:
            continue
        # A digit behind it makes it the next price, unless there is no doubt about the first one.
        if not text[after : after + 1].isdigit() or re.search(r"[\\^_]", math):
            paired |= {start, end}
    return paired
