"""What stands in a paper where one condition of a query finds nothing: the words elsewhere, apart, or another value.

Only looks for an explanation; whether the condition holds is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from ..types import Hit, Paper
from ..wording import words_of
from .query import FIELDS, Days, Leaf, Near, Number, Phrase, Query, Regex, Word
from .tokens import Part, Text
from .whole import values_of

TraceKind: TypeAlias = Literal["missing", "field", "apart", "form", "value", "unknown"]
Ask: TypeAlias = Callable[[Query], tuple[Hit, ...] | None]

_TEXTS = ("title", "abstract", "author", "org")
# Shorter words begin too many others to mean anything.
_LONG = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What there is of a condition that does not hold, and how that is said behind the condition."""

    kind: TraceKind
    because: str
    hits: tuple[Hit, ...] = ()


def trace_of(leaf: Leaf, paper: Paper, ask: Ask) -> Trace:
    """What a paper has of a condition that does not hold for it. ask: what a query finds in the same paper."""
    if isinstance(leaf, Number | Days):
        return _of_value(leaf, paper)
    if leaf.field is not None and FIELDS[leaf.field] == "whole":
        values = values_of(paper, leaf.field)
        known = f"does not fit: {leaf.field} is {', '.join(values)}"
        return Trace(kind="value", because=known) if values else _unknown(leaf.field)
    if leaf.field is not None and not _known(paper, leaf.field):
        return _unknown(leaf.field)
    if isinstance(leaf, Near):
        found = {_name(side): ask(side) for side in (leaf.left, leaf.right)}
        return _apart(leaf.field, found, f"within {leaf.within} {'word' if leaf.within == 1 else 'words'}") or _missing(
            leaf.field
        )
    if isinstance(leaf, Regex):
        return _elsewhere(leaf, ask) or Trace(kind="missing", because=f"fits {_nowhere(leaf.field, 'nothing')}")
    return _elsewhere(leaf, ask) or _of_words(leaf, ask) or _missing(leaf.field)


def _missing(field: str | None) -> Trace:
    return Trace(kind="missing", because=f"is {_nowhere(field)}")


def _of_value(leaf: Number | Days, paper: Paper) -> Trace:
    best = paper.best
    values: dict[str, int | date | None] = {
        "comments": best.comments,
        "upvotes": best.upvotes,
        "authors": best.author_count if best.author_count is not None else len(best.authors) or None,
        "published": best.published,
    }
    value, asked = values[leaf.field], _bounds(leaf)
    if value is None:
        return Trace(kind="unknown", because=f"fails: {leaf.field} is not known, needs {asked}")
    shown = value.isoformat() if isinstance(value, date) else str(value)
    hit = Hit(field=leaf.field, text=shown)
    return Trace(kind="value", because=f"fails: {leaf.field} is {shown}, needs {asked}", hits=(hit,))


def _bounds(leaf: Number | Days) -> str:
    least, most = ("at least", "at most") if isinstance(leaf, Number) else ("not before", "not after")
    if leaf.low == leaf.high:
        return f"{leaf.low}"
    if leaf.high is None:
        return f"{least} {leaf.low}"
    return f"{most} {leaf.high}" if leaf.low is None else f"{leaf.low} to {leaf.high}"


def _known(paper: Paper, field: str) -> bool:
    best = paper.best
    return bool({"title": best.title, "abstract": best.abstract, "author": best.authors}.get(field, best.organization))


def _unknown(field: str) -> Trace:
    what = {"author": "the names of the authors are", "org": "the organisation is"}.get(field, f"the {field} is")
    return Trace(kind="unknown", because=f"fails: {what} not known")


def _elsewhere(leaf: Word | Phrase | Regex, ask: Ask) -> Trace | None:
    looked = ("title", "abstract") if leaf.field is None else (leaf.field,)
    for field in _TEXTS:
        if field not in looked and (hits := ask(replace(leaf, field=field))):
            where = "neither in title nor abstract" if leaf.field is None else f"not in the {leaf.field}"
            return Trace(kind="field", because=f"is in the {field} ({words_of(_bare(hits))}), {where}", hits=hits)
    return None


def _bare(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The hits as if of the title: told without the name of their field."""
    return tuple(replace(hit, field="title") for hit in hits)


def _of_words(leaf: Word | Phrase, ask: Ask) -> Trace | None:
    words = _words(leaf)
    longer = Phrase(field=leaf.field, text=f"{leaf.text}*")
    slop = isinstance(leaf, Phrase) and leaf.slop is not None
    if not slop and "*" not in leaf.text and len(words[-1]) >= _LONG and (hits := ask(longer)):
        return Trace(kind="form", because=f"is there only as {words_of(hits)}", hits=hits)
    if len(words) < 2:
        return None
    row = "as one word"
    if isinstance(leaf, Phrase):
        row = "in a row" if leaf.slop is None else f"within {leaf.slop} words"
    return _apart(leaf.field, {word: ask(Phrase(field=leaf.field, text=word)) for word in words}, row)


def _apart(field: str | None, found: Mapping[str, tuple[Hit, ...] | None], row: str) -> Trace | None:
    """What there is of words that are not there together; None where there is none of them."""
    hits = tuple(hit for one in found.values() for hit in one or ())
    if all(found.values()):
        return Trace(kind="apart", because=f"is not there {row}: {words_of(hits)} stand apart", hits=hits)
    missing = [word for word, one in found.items() if not one]
    if len(missing) == len(found):
        return None
    there = ", ".join(word for word in found if word not in missing)
    because = f"is {_nowhere(field)}: {', '.join(missing)} is missing, {there} is there"
    return Trace(kind="missing", because=because, hits=hits)


def _name(leaf: Word | Phrase) -> str:
    return leaf.text if isinstance(leaf, Word) else f'"{leaf.text}"'


def _words(leaf: Word | Phrase) -> list[str]:
    """The words between blanks and hyphens, as written, each once; stars stay."""
    text = leaf.text.replace("*", "\x80")  # a letter to the rules, and in nobody's query
    tokens = Text([Part(field="title", text=text)]).tokens
    return list(dict.fromkeys(token.replace("\x80", "*") for token in tokens if token.strip("\x80")))


def _nowhere(field: str | None, nothing: str = "") -> str:
    if nothing:
        return f"{nothing} in {'title or abstract' if field is None else f'the {field}'}"
    return "in neither title nor abstract" if field is None else f"not in the {field}"
