"""What in one query is probably not meant: AND mixed with OR, a small "or", single letters, stars that fit too much.

Reads the text of a query that is known to be understood, and its tree. Knows no other rule and no paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from .logic import parts_of
from .pattern import pattern_of
from .query import FIELDS, Days, Leaf, Near, Number, Phrase, Query, Regex, Use, Word

# Fewer letters than this beside a star fit too many words.
_LETTERS = 3

_TOKEN = re.compile(
    r"""
    (?P<or>    (?:OR(?![^\s()"])|\|\|) )
  | (?P<and>   (?:AND(?![^\s()"])|&&) )
  | (?P<not>   (?:ANDNOT|NOT)(?![^\s()"])|!|-(?=[^\s)-]) )
  | (?P<near>  NEAR(?:/\d+)?(?![^\s()"]) )
  | (?P<open>  (?:[A-Za-z]+:)?\( )
  | (?P<close> \) )
  | (?P<operand> (?:[A-Za-z]+:)?/(?:\\.|[^/\\])*/[a-z]*
               | [^\s()"]*"[^"]*"(?:~\d+)?
               | [^\s()"]+ )
    """,
    re.VERBOSE,
)
_SMALL = {"or": "OR", "and": "AND", "not": "NOT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something in a query that is probably not meant."""

    kind: Literal["and or", "small word", "one letter", "costly", "matches everything"]
    #: Where it stands in the query, in characters from 0.
    at: int
    message: str
    remedy: str


@dataclass(slots=True)
class _Segment:
    """What stands between two ORs."""

    start: int = -1
    end: int = -1
    operands: int = 0

    def take(self, start: int, end: int) -> None:
        self.start = start if self.start < 0 else self.start
        self.end = end


@dataclass(slots=True)
class _Level:
    """What stands between two parentheses."""

    segments: list[_Segment] = field(default_factory=lambda: [_Segment()])
    #: Where the first OR stands.
    first_or: int = -1
    #: Whether the next operand belongs to the one before: behind NEAR.
    joined: bool = False


def doubts(text: str, query: Query) -> tuple[Doubt, ...]:
    """What is doubtful in a query, in its order. text: as written; query: what it was parsed to."""
    found = [*_of_signs(text)]
    for part in parts_of(query):
        if not isinstance(part, Use):
            found += _of_leaf(part)
    return tuple(sorted(set(found), key=lambda doubt: (doubt.at, doubt.message)))


def _of_signs(text: str) -> Iterator[Doubt]:
    tokens = list(_TOKEN.finditer(text))
    levels = [_Level()]
    opened: list[int] = []
    for number, token in enumerate(tokens):
        level, kind = levels[-1], token.lastgroup
        segment = level.segments[-1]
        if kind == "or":
            level.first_or = token.start() if level.first_or < 0 else level.first_or
            level.segments.append(_Segment())
        elif kind == "open":
            opened.append(token.start())
            levels.append(_Level())
        elif kind == "close" and opened:
            yield from _mixed(text, levels.pop())
            _operand(levels[-1], opened.pop(), token.end())
        elif kind == "near":
            level.joined = True
        elif kind == "operand":
            _operand(level, token.start(), token.end())
            if token[0] in _SMALL and _between(tokens, number):
                yield Doubt(
                    kind="small word",
                    at=token.start(),
                    message=f'"{token[0]}" is looked up as a word',
                    remedy=f"write {_SMALL[token[0]]} for the operator; in quotes for the word",
                )
        elif kind == "not":
            segment.take(token.start(), token.end())
    yield from _mixed(text, levels[0])


def _operand(level: _Level, start: int, end: int) -> None:
    level.segments[-1].take(start, end)
    level.segments[-1].operands += not level.joined
    level.joined = False


def _between(tokens: list[re.Match[str]], number: int) -> bool:
    """Whether a word stands where an operator could: before an operand, and (but for "not") behind one."""
    after = tokens[number + 1].lastgroup if number + 1 < len(tokens) else ""
    before = tokens[number - 1].lastgroup if number else ""
    return after in {"operand", "open", "not"} and (before in {"operand", "close"} or tokens[number][0] == "not")


def _mixed(text: str, level: _Level) -> Iterator[Doubt]:
    parts = [(text[part.start : part.end], part.operands) for part in level.segments]
    if len(parts) > 1 and any(operands > 1 for _, operands in parts):
        meant = " OR ".join(f"({' '.join(part.split())})" if many > 1 else part for part, many in parts)
        yield Doubt(
            kind="and or",
            at=level.first_or,
            message="AND (a blank) and OR are mixed without parentheses",
            remedy=f"AND binds tighter; write {meant} if that is meant",
        )


def _of_leaf(leaf: Leaf) -> Iterator[Doubt]:
    if isinstance(leaf, Near):
        yield from _of_leaf(leaf.left)
        yield from _of_leaf(leaf.right)
    elif isinstance(leaf, Regex):
        yield from _of_regex(leaf)
    elif isinstance(leaf, Number):
        yield from _of_number(leaf)
    elif not isinstance(leaf, Days) and (leaf.field is None or FIELDS[leaf.field] == "words"):
        yield from _of_words(leaf)


def _of_number(leaf: Number) -> Iterator[Doubt]:
    if not leaf.low and leaf.high is None:
        yield Doubt(
            kind="matches everything",
            at=leaf.at,
            message=f"holds for every paper whose {leaf.field} are known",
            remedy=f"ask for more, as {leaf.field}:>=1",
        )


def _of_words(leaf: Word | Phrase) -> Iterator[Doubt]:
    spelling = pattern_of(leaf.text, plural=False).spellings[0]
    letters = spelling.replace("*", "").replace("-", "")
    if "*" in spelling and " " not in spelling and len(letters) < _LETTERS:
        yield Doubt(
            kind="costly",
            at=leaf.at,
            message=f"{leaf.text} fits every word that {_where(spelling)} {letters}",
            remedy="write more letters beside the star",
        )
    if len(spelling) == 1 and leaf.field != "author":
        said = f"{leaf.text} is" if leaf.text == spelling else f"{leaf.text} is only"
        yield Doubt(
            kind="one letter",
            at=leaf.at,
            message=f'{said} the single letter "{spelling}" to the rules, and finds every one that stands alone',
            remedy="add a word that stands beside it, as a phrase, or write a /regular expression/",
        )


def _where(token: str) -> str:
    if token.startswith("*"):
        return "holds" if token.endswith("*") else "ends in"
    return "begins with" if token.endswith("*") else "is made of"


def _of_regex(leaf: Regex) -> Iterator[Doubt]:
    from . import regex

    if regex.fits(leaf.text, leaf.ignore_case, ""):
        yield Doubt(
            kind="matches everything",
            at=leaf.at,
            message="the regular expression fits an empty text, and so every paper",
            remedy="let it ask for at least one letter",
        )
    elif not _literal(leaf.text):
        yield Doubt(
            kind="costly",
            at=leaf.at,
            message=f"no {_LETTERS} letters in a row must be there, so the regular expression is tried on every paper",
            remedy=f"put {_LETTERS} plain letters into it, or a word beside it: word /.../",
        )


# What may be absent or may be several things: a class, a group, an escape, a letter that may be missing.
_LOOSE = re.compile(r"\[(?:\\.|[^\]\\])*\]|\((?:\\.|[^()\\])*\)|\\[A-Za-z]|[^\\](?:[*?]|\{0?,)|[.^$+{}|]")


def _literal(pattern: str) -> bool:
    """Whether a pattern has letters in a row that every match holds, as far as its plain parts tell."""
    if "|" in pattern:
        return False
    inner, depth = pattern, 0
    while inner != (inner := _LOOSE.sub(" ", inner)) and depth < _LETTERS:
        depth += 1
    return any(len(run) >= _LETTERS for run in re.findall(r"[^\W_]+", inner))
