r"""Accents, letters and symbols of TeX, and what they are in Unicode. Pure.

Knows single signs (\"o, \ss, \alpha), not how they stand together.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# The signs of TeX for accents, and the combining characters of Unicode for the same.
_ACCENTS = dict(
    zip(
        "\"'`^~=.cvuHkrdbt",
        "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0327\u030c\u0306\u030b\u0328\u030a\u0323\u0331\u0361",
        strict=True,
    )
)
#: Letters that have a command of their own.
LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł", "i": "i", "j": "j", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
}  # fmt: skip

_BASE = r"\\[ij](?![A-Za-z])|[A-Za-z]"
#: Regular expression (verbose) of an accented letter, or a letter with a command of its own: the groups accent or
#: named, and braced or bare; or letter.
LETTER = rf"""
    \\ (?: (?P<accent>["'`^~=.]) [ ]? | (?P<named>[cvuHkrdbt]) (?: [ ]|(?=\{{) ) )
       (?: \{{ [ ]? (?P<braced>{_BASE}) [ ]? \}} | (?P<bare>{_BASE}) )
    | \\ (?P<letter>{"|".join(LETTERS)}) (?![A-Za-z]) (?: \{{\}} | [ ] )?
"""
_LETTER = re.compile(rf"\{{ (?: {LETTER} ) \}}".replace("?P<", "?P<in_") + f"| {LETTER}", re.VERBOSE)

# Writers' own abbreviations, which many papers define.
_ABBREVIATIONS = {
    "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "etc": "etc.", "cf": "cf.", "wrt": "w.r.t.", "vs": "vs.",
    "aka": "a.k.a.", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX", "degree": "°", "deg": "°", "euro": "€",
    "pounds": "£", "copyright": "©", "S": "§", "P": "¶", "lvert": "|", "rvert": "|", "vert": "|", "lVert": "‖",
    "rVert": "‖", "mid": "|", "backslash": "\\", "textbackslash": "\\", "newline": " ", "par": " ", "quad": " ",
    "qquad": " ",
}  # fmt: skip


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


#: Commands that only say how something looks, or nothing at all.
SILENT = _names(
    "displaystyle textstyle scriptstyle limits nolimits left right middle big Big bigg Bigg bigl bigr Bigl Bigr "
    "tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge bf it em tt sc sf rm sl cal "
    "bfseries itshape ttfamily scshape sffamily rmfamily xspace noindent centering protect relax unboldmath boldmath "
    "begingroup endgroup hfill vfill nobreak allowbreak linebreak"
)
#: Commands around their text, of which only the text is shown.
WRAPPERS = _names(
    "emph mbox hbox underline uline operatorname text textit textbf texttt textsc textsf textrm textmd textsl textup "
    "textnormal textsuperscript textsubscript mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr "
    "mathnormal mathop bm boldsymbol pmb ensuremath enquote url nolinkurl path overline widehat widetilde hat tilde "
    "bar vec dot ddot check breve underbrace overbrace boxed fbox textcolor color"
)

_SCRIPTS = {
    "^": str.maketrans("0123456789+-=()ni−∘⊤′*†∗", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ⁻°ᵀ′*†*"),
    "_": str.maketrans("0123456789+-=()aeioruvxjk−", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢₒᵣᵤᵥₓⱼₖ₋"),
}


def accented(found: re.Match[str]) -> str:
    """What a match of LETTER stands for; itself where no language has such a letter, as in a quoted '\\"n'."""
    if found["letter"]:
        return LETTERS[found["letter"]]
    accent = _ACCENTS[found["accent"] or found["named"]]
    letter = unicodedata.normalize("NFC", (found["braced"] or found["bare"])[-1] + accent)
    return letter if len(letter) == 1 else found[0]


def letters(text: str) -> str:
    r"""The text with \"o, {\'e}, \ss and their like as letters of Unicode."""
    return _LETTER.sub(_letter, text)


def _letter(found: re.Match[str]) -> str:
    inside = re.fullmatch(LETTER, found[0][1:-1] if found[0].startswith("{") else found[0], re.VERBOSE)
    return accented(inside) if inside else found[0]


@lru_cache(maxsize=4096)
def symbol(name: str) -> str | None:
    """The sign that a command without arguments stands for (alpha: α); None where it has none."""
    if name in _ABBREVIATIONS:
        return _ABBREVIATIONS[name]
    known = _table().get_macro_spec(name)
    sign = getattr(known, "simplify_repl", None)
    # What has a "%" takes arguments, "<cit.>" stands for some; \today is of no day of ours.
    if not isinstance(sign, str) or not sign.strip() or "%" in sign or "<" in sign[:-1] or name == "today":
        return None
    return sign


@lru_cache(maxsize=1)
def _table():  # type: ignore[no-untyped-def]  # the library has no types
    from pylatexenc import latex2text  # type: ignore[import-untyped]  # late: few texts need it

    return latex2text.get_default_latex_context_db()


def script(sign: str, text: str) -> str | None:
    """The text as superscript (sign "^") or subscript ("_") of Unicode; None where not all of it has one."""
    raised = text.translate(_SCRIPTS[sign])
    table = _SCRIPTS[sign]
    return raised if text and all(ord(char) in table for char in text) else None
