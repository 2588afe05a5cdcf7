"""The rule language: which papers a reader asked for, and the exact words that say so.

parse_query        text -> tree; every fault has its place and remedy (query, parse, values, faults)
pattern, tokens    query and text in comparable form
occurrences        where a word or phrase stands
reference          what a tree means for one paper: the oracle
engine             profiles -> Engine -> judgements: the seam for a faster one
explain            a judgement in words
"""

from __future__ import annotations

from .engine import Engine, ReferenceEngine, compile_profiles
from .explain import explain, reason, standing
from .faults import QuerySyntaxError
from .parse import parse_query
from .query import Query, format_query

__all__ = [
    "Engine",
    "Query",
    "QuerySyntaxError",
    "ReferenceEngine",
    "compile_profiles",
    "explain",
    "format_query",
    "parse_query",
    "reason",
    "standing",
]
