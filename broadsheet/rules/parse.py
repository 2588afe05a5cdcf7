"""Text -> query. The grammar is lark's to follow (LALR, contextual lexer); single conditions are read by conditions.py.

Precedence: NEAR binds tighter than NOT, NOT tighter than AND, AND tighter than OR; a blank is AND. Evaluates nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from . import conditions
from .faults import LOOKALIKES, QuerySyntaxError, check_size, unexpected, unreadable
from .query import And, Not, Or, Query

# A word ends at a blank or a parenthesis; signs that touch ('word"phrase"') are more likely a slip than an AND.
# Negated terms do not nest, so that a row of NOTs cannot pile up.
_GRAMMAR = rf"""
?any: all (_OR all)*
?all: part (_AND? part | without)*
without: _ANDNOT near -> negated
?part: (_NOT | _MINUS) near -> negated
     | near
?near: atom
     | atom (NEAR atom)+ -> near
?atom: WORD
     | PHRASE
     | REGEX
     | USE
     | _OPEN any _CLOSE
     | PREFIX (PHRASE | _OPEN any _CLOSE) -> scoped

_OR.3: /OR(?![^\s()"])|\|\|/
_AND.3: /AND(?![^\s()"])|&&/
_ANDNOT.3: /ANDNOT(?![^\s()"])/
_NOT.3: /NOT(?![^\s()"])/
_MINUS.3: /-(?=[^\s)-])|!(?=[^\s)!])/
NEAR.3: /NEAR\/[0-9]+(?![^\s()"])/
_OPEN: "("
_CLOSE: /\)(?![^\s)])/
PHRASE: /"[^"]*"(?:~[0-9]+)?(?![^\s)])/
REGEX.2: /(?:[A-Za-z_]+:)?\/(?:[^\\\/\n]|\\[^\n])+\/[A-Za-z]*(?![^\s)])/
USE.2: /@"[^"]*"(?![^\s)])/
PREFIX.2: /(?![-!])[^\s()":{LOOKALIKES}]+:(?=[("])/
WORD.1: /(?!(?:AND|OR|NOT|ANDNOT|NEAR\/[0-9]+)(?![^\s()"]))(?![-!]|&&|\|\|)[^\s()"{LOOKALIKES}]+(?![^\s)])/
%ignore /\s+/
"""

_LEAVES = {"WORD": conditions.word, "PHRASE": conditions.phrase, "REGEX": conditions.regex, "USE": conditions.use}


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
        return _LEAVES[node.type](str(node), node.start_pos, scope)
    if node.data == "scoped":
        prefix, value = node.children
        return _built(value, conditions.scope_of(prefix, prefix.start_pos, scope))
    if node.data == "near":
        left, sign, right, *more = node.children
        if more:
            raise conditions.too_near(str(more[0]), more[0].start_pos)
        return conditions.near(_built(left, scope), _built(right, scope), str(sign), sign.start_pos)
    parts = [_built(child, scope) for child in node.children]
    if node.data == "negated":
        return Not(parts[0])
    if node.data == "all":
        return And(tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else [part])))
    return Or(tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else [part])))
