"""Text -> query. The grammar is lark's to follow (LALR, contextual lexer); what a field's value may be is decided here.

Precedence: NOT binds tighter than AND, which binds tighter than OR; a blank is AND. Evaluates nothing.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import Any

from . import values
from .faults import LOOKALIKES, QuerySyntaxError, check_size, check_word, unexpected, unreadable
from .pattern import has_letters
from .query import FIELDS, SHORT, And, Leaf, Not, Or, Phrase, Query, Word

# A word ends at a blank or a parenthesis; signs that touch ('word"phrase"') are more likely a slip than an AND.
# Negated terms do not nest, so that a row of NOTs cannot pile up.
_GRAMMAR = rf"""
?any: all (_OR all)*
?all: part (_AND? part)*
?part: (_NOT | _MINUS) atom -> negated
     | atom
?atom: WORD
     | PHRASE
     | _OPEN any _CLOSE
     | PREFIX (PHRASE | _OPEN any _CLOSE) -> scoped

_OR.3: /OR(?![^\s()"])/
_AND.3: /AND(?![^\s()"])/
_NOT.3: /NOT(?![^\s()"])/
_MINUS.3: /-(?=[^\s)-])/
_OPEN: "("
_CLOSE: /\)(?![^\s)])/
PHRASE: /"[^"]*"(?![^\s)])/
PREFIX.2: /(?!-)[^\s()":{LOOKALIKES}]+:(?=[("])/
WORD.1: /(?!(?:AND|OR|NOT)(?![^\s()"]))(?!-)[^\s()"{LOOKALIKES}]+(?![^\s)])/
%ignore /\s+/
"""

_NAME = re.compile(r"([A-Za-z_]+):")
_COMPARISON = re.compile(r"[<>=]")
_RANGE = re.compile(r"[0-9-]+\.\.[0-9-]+\Z")
_WITHOUT_COLON = re.compile(r"([A-Za-z]+)([<>]=?|=)")


def parse_query(text: str) -> Query:
    """The tree of a query. Raises QuerySyntaxError with the place of the first fault."""
    try:
        return _parse(text)
    except QuerySyntaxError as fault:
        raise QuerySyntaxError(fault.message, fault.offset, fault.remedy, text) from None


def _parse(text: str) -> Query:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    check_size(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedCharacters as error:
        raise unreadable(text, error.pos_in_stream or 0) from None
    except UnexpectedToken as error:
        at = len(text) if error.token.type == "$END" else error.token.start_pos
        raise unexpected(text, at) from None
    return _built(tree, None)


@lru_cache(maxsize=1)
def _parser() -> Any:
    # Built when the first query is read: importing lark costs more than all of our own imports together.
    from lark import Lark

    return Lark(_GRAMMAR, start="any", parser="lalr", lexer="contextual")


def _built(node: Any, scope: str | None) -> Query:
    """The query of a tree or token of lark's. scope: the field before the group that it stands in."""
    if not hasattr(node, "data"):
        leaf = _phrase if node.type == "PHRASE" else _word
        return leaf(str(node), node.start_pos, scope)
    if node.data == "scoped":
        prefix, value = node.children
        return _built(value, _scope(prefix, prefix.start_pos, scope))
    parts = [_built(child, scope) for child in node.children]
    if node.data == "negated":
        return Not(parts[0])
    if node.data == "all":
        return And(tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else [part])))
    return Or(tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else [part])))


def _scope(prefix: str, at: int, outer: str | None, written: str = "") -> str:
    """The field that a prefix such as "ti:" names. written: all of the word that it begins, if it begins one."""
    name = prefix.removesuffix(":")
    check_word(name, at)
    if outer:
        remedy = f'to look for the text write "{written}"' if written else f"close the group of {outer}: before {name}:"
        raise QuerySyntaxError(f"{outer}: is followed by another field", at, remedy)
    known = SHORT.get(name.lower(), name.lower())
    if known in FIELDS:
        return known
    near = difflib.get_close_matches(known, [*FIELDS, *SHORT], n=1, cutoff=0.7)
    remedy = f"did you mean {near[0]}:" if near else f"the fields are {', '.join(FIELDS)}"
    if written:
        remedy += f'; to look for the text itself write "{written}"'
    raise QuerySyntaxError(f"there is no field {name!r}", at, remedy)


def _word(text: str, at: int, scope: str | None) -> Leaf:
    named = _NAME.match(text)
    if not named or scope == "id":  # ids have colons of their own
        return _value(scope, text, at)
    field = _scope(named[0], at, scope, text)
    return _value(field, text[named.end() :], at + named.end())


def _value(field: str | None, text: str, at: int) -> Leaf:
    kind = FIELDS[field] if field else "words"
    if field and not text:
        remedy = f"write it right behind the colon, without a blank, or as a group: {field}:( )"
        raise QuerySyntaxError(f"{field}: has no value", at - 1, remedy)
    if field and kind == "number":
        return values.number(field, text, at)
    if field and kind == "date":
        return values.days(field, text, at)
    _check_no_condition(field, text, at)
    if kind == "words":
        check_word(text, at)
        if field and (inner := _NAME.match(text)):
            _scope(inner[0], at, field, text)
    if not has_letters(text):
        raise QuerySyntaxError(f"{text} holds nothing to look for", at, "write at least one letter or digit")
    return Word(field=field, text=text, at=at)


def _check_no_condition(field: str | None, text: str, at: int) -> None:
    """Raises QuerySyntaxError for a value that should be text and is a number's condition, or begins with a minus."""
    colon = _WITHOUT_COLON.match(text)
    if not field and colon and colon[1].lower() in FIELDS:
        remedy = f"write {colon[1]}:{text[colon.end(1) :]}"
        raise QuerySyntaxError(f"the colon behind {colon[1]} is missing", at + colon.end(1), remedy)
    if _COMPARISON.match(text) or _RANGE.match(text):
        what = f"{field}: takes text, and {text} is a condition" if field else f"{text} needs a field before it"
        raise QuerySyntaxError(what, at, "numbers and dates: comments, upvotes, authors, published, as comments:>=3")
    if text.startswith("-"):
        raise QuerySyntaxError(
            "the - stands behind the field", at, f"write -{field}:{text[1:]} for what must be absent"
        )


def _phrase(quoted: str, at: int, field: str | None) -> Leaf:
    text = " ".join(quoted[1:-1].split())
    if field and FIELDS[field] in {"number", "date"}:
        raise QuerySyntaxError(f"{field}: takes no phrase", at, f"write {field}: and the value without quotes")
    if not has_letters(text):
        what = "has nothing to look for" if text else "is empty"
        raise QuerySyntaxError(f"the phrase {what}", at, 'write the words between the quotes, for example "page cache"')
    return Phrase(field=field, text=text, at=at)
