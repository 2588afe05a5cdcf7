"""The engine whose cost hardly grows with the number of rules; it agrees with the reference on everything.

terms     a word or phrase -> the byte strings that an automaton looks for
folding   a paper -> the bytes that it looks in
plan      the queries of all profiles -> conditions, each once, and which of them wake which rules
scanning  a batch of papers -> where each term stands, as bitmaps with one bit a paper
batch     the bitmaps of conditions and rules; what no term decides is asked of the reference
engine    profiles -> standings and judgements
"""

from __future__ import annotations

from .engine import FastEngine

__all__ = ["FastEngine"]
