r"""Mathematics of titles and abstracts as MathML, for pages alone: made when they are built, so no script is needed.

    finding.py      a raw text -> where the formulas stand in it, and which dollars are money
    converting.py   a formula in TeX -> MathML, or None
    allowing.py     what a converter made -> MathML out of elements and attributes that we know

How to use it (in a template of the site; the filter stands beside the others in templates.py):

    {{ paper.best.abstract | with_math(paper.best.abstract_raw) }}

or, with the matched words marked: pieces_with_math(shown, raw, spans), which gives the text as pieces, each of which is
text (marked or not) or a formula that has MathML beside its text. Feeds, mail and Markdown show the text alone.

The text as it is shown (TeX as Unicode, by broadsheet.clean) stays the truth: put together, the texts of the pieces are
that text again. A formula that cannot be converted, or that cannot be found again in the text, stays Unicode. No markup
of a dump gets through: what the converter gives is a tree, of which nothing but what we know is built anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from ...clean import clean
from ..characters import shown as showable
from ..marks import pieces, spans_of
from ..sentences import Span
from .converting import mathml
from .finding import Formula, formulas

__all__ = ["MathPiece", "pieces_with_math", "spans_of", "with_math"]

# What stands for a formula while the text around it is cleaned: a character that no text has a use for.
_STAND_IN = "\ue0b5"


@dataclass(frozen=True, slots=True, kw_only=True)
class MathPiece:
    """A run of a text: plain, marked, or a formula."""

    #: As it is shown where there is no MathML.
    text: str
    marked: bool = False
    #: The same as MathML, safe to be put into a page; None for what is no formula.
    mathml: Markup | None = None


def with_math(shown: str | None, raw: str | None) -> Markup:
    """A text for a page, escaped, with its formulas as MathML. raw: the same text as the dump has it."""
    return Markup().join(
        piece.mathml or escape(showable(piece.text)) for piece in pieces_with_math(shown or "", raw or "")
    )


def pieces_with_math(shown: str, raw: str, marked: Sequence[Span] = ()) -> tuple[MathPiece, ...]:
    """The text as pieces, in order; marked: where matched words stand in it. No mark reaches into a formula."""
    out: list[MathPiece] = []
    at = 0
    for start, end, formula in _found_again(shown, raw):
        converted = mathml(formula.tex, display=formula.display)
        if converted:
            out += _plain(shown, marked, (at, start))
            out.append(MathPiece(text=shown[start:end], mathml=converted))
            at = end
    return (*out, *_plain(shown, marked, (at, len(shown))))


def _plain(shown: str, marked: Sequence[Span], within: Span) -> list[MathPiece]:
    return [MathPiece(text=piece.text, marked=piece.marked) for piece in pieces(shown, marked, within)]


def _found_again(shown: str, raw: str) -> list[tuple[int, int, Formula]]:
    """Where the formulas of the raw text stand in the text that is shown; empty if it is not the same text."""
    found = formulas(raw)
    if not found or _STAND_IN in raw:
        return []
    rest, at = [], 0
    for formula in found:
        rest.append(raw[at : formula.start])
        at = formula.end
    around = clean(_STAND_IN.join([*rest, raw[at:]])).split(_STAND_IN)
    if len(around) != len(found) + 1:
        return []
    places, end = [], len(around[0])
    for formula, behind in zip(found, around[1:], strict=True):
        start, end = end, end + len(clean(formula.source))
        places.append((start, end, formula))
        end += len(behind)
    whole = "".join(part + clean(formula.source) for part, formula in zip(around, found, strict=False)) + around[-1]
    return places if whole == shown else []
