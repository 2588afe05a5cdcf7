"""The rule language: which papers a reader asked for, and the exact words that say so.

parse_query        text -> tree; every fault has its place and remedy (query, parse, values, faults)
pattern, tokens    query and text in comparable form
occurrences        where a word or phrase stands
tex                TeX that must not break words
holding, reference what a condition and a tree mean for one paper: the oracle
checked, uses      profiles -> queries, led to the rules that they use
engine, judging    profiles -> Engine -> judgements and points
fast/              the same judgements, whatever the number of rules
explain            a judgement in words
"""

from __future__ import annotations

from .checked import Checked, check_profiles, queries_of
from .engine import Engine, ReferenceEngine, compile_profiles
from .explain import explain, reason, standing
from .faults import QuerySyntaxError
from .judging import Standing
from .parse import parse_query
from .query import Query, format_query

__all__ = [
    "Checked",
    "Engine",
    "Query",
    "QuerySyntaxError",
    "ReferenceEngine",
    "Standing",
    "check_profiles",
    "compile_profiles",
    "explain",
    "format_query",
    "parse_query",
    "queries_of",
    "reason",
    "standing",
]
