r"""A formula in TeX -> MathML, by latex2mathml; None for what it does not know, or what nobody writes in good faith.

Bounded in length and depth, so in time. The converter's own text is never used: it lets "<" and "&" through.
"""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup

from .allowing import Refused, rebuilt

_LONGEST = 300
_DEEPEST = 12
#: Commands that say what a page does, or that make others: \href, \style, \class, \htmlId, \def.
_REFUSED = re.compile(
    r"\\(?:href|url|style|css|class|cssId|html[A-Za-z]*|unicode|require|includegraphics|input|include|write|verb"
    r"|def|gdef|edef|xdef|let|futurelet|(?:re|provide)?newcommand|renewcommand|providecommand|newenvironment"
    r"|DeclareMathOperator|csname|catcode|label|ref|eqref|tag)(?![A-Za-z])"
)
# Two commands that the converter knows as one.
_ARGUMENT = re.compile(r"\\arg\s*(?:\\,)?\s*\\(min|max)(?![A-Za-z])")


@lru_cache(maxsize=1024)
def mathml(tex: str, *, display: bool = False) -> Markup | None:
    """The formula as a <math> element, safe to be put into a page; None where it is better shown as text."""
    if not 0 < len(tex) <= _LONGEST or _REFUSED.search(tex) or _depth(tex) > _DEEPEST:
        return None
    # late: it reads the names of all signs
    from latex2mathml.converter import Converter

    try:
        made = Converter(display="block" if display else "inline").convert_to_element(_ARGUMENT.sub(r"\\arg\1", tex))
        return rebuilt(made)
    except Refused:
        return None
    except Exception:  # it has a dozen errors of its own, and IndexError, RecursionError and others beside
        return None


def _depth(tex: str) -> int:
    """How deep braces and other pairs stand in each other, at most."""
    depth = deepest = 0
    for sign in re.findall(r"\\left(?![a-z])|\\right(?![a-z])|\\begin|\\end|[{}]|\\sqrt", tex):
        depth += 1 if sign in {"{", "\\left", "\\begin", "\\sqrt"} else -1
        deepest = max(deepest, depth)
    return deepest
