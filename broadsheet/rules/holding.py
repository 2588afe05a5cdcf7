"""Whether one condition holds for a paper, and the words that say so.

Where a word or phrase stands is told by occurrences.py, how near by nearness.py, what fits as a whole by whole.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from ..types import Entry, Hit
from .nearness import near
from .occurrences import occurrences
from .pattern import Pattern, has_letters, pattern_of
from .query import FIELDS, Days, Leaf, Near, Number, Phrase, Regex, Word
from .reading import Found, Reading, Test
from .regex import places
from .tex import Cleaned, clean
from .tokens import Part, Text
from .whole import fits, placed, values_of


def test_of(leaf: Leaf) -> Test:
    """The test of a condition: what it finds in a reading."""
    if isinstance(leaf, Number):
        return lambda reading: _number(leaf, reading.paper.best)
    if isinstance(leaf, Days):
        return lambda reading: _days(leaf, reading.paper.best)
    if isinstance(leaf, Regex):
        return _regex(leaf)
    if isinstance(leaf, Near):
        return _words(lambda text: near([pattern(leaf.left), pattern(leaf.right)], text, leaf.within), leaf.field)
    if leaf.field is not None and FIELDS[leaf.field] == "whole":
        return _whole(leaf.text, leaf.field)
    if isinstance(leaf, Phrase) and leaf.slop is not None:
        words, slop = apart(leaf), leaf.slop
        return _words(lambda text: near(words, text, slop), leaf.field)
    one = pattern(leaf)
    return _words(lambda text: occurrences(one, text), leaf.field)


def pattern(leaf: Word | Phrase) -> Pattern:
    """The pattern of a word or phrase; a name has no plural: "williams" must not find every William."""
    return pattern_of(leaf.text, plural=isinstance(leaf, Word) and leaf.field != "author")


def apart(phrase: Phrase) -> list[Pattern]:
    """The pattern of each word of a phrase whose words may stand apart."""
    return [pattern_of(word, plural=False) for word in phrase.text.split(" ") if has_letters(word)]


def place_of(field: str | None) -> str:
    """The text (`Reading.text`) that a field of words is looked up in."""
    return field if field in {"author", "org"} else "title"


def _words(find: Callable[[Text], Iterable[tuple[int, int]]], field: str | None) -> Test:
    name = place_of(field)

    def test(reading: Reading) -> Found:
        text = reading.text(name)
        hits = []
        for first, last in find(text):
            part, start, end = text.span(first, last)
            if field is None or field == part.field:
                hits.append(_hit(part.field, part.text[start:end], part.offset + start))
        return tuple(hits) or None

    return test


def _regex(leaf: Regex) -> Test:
    # An expression that fits nothing at all ("a*") holds, and has no words to show.
    def test(reading: Reading) -> Found:
        hits, holds = [], False
        for part, cleaned in _searched(reading, leaf.field):
            for start, end in places(leaf.text, leaf.ignore_case, cleaned.text):
                holds = True
                if start < end:
                    start, end = cleaned.shown(part.text, start, end)
                    hits.append(_hit(part.field, part.text[start:end], part.offset + start))
        return tuple(hits) if holds else None

    return test


def _searched(reading: Reading, field: str | None) -> Iterator[tuple[Part, Cleaned]]:
    """The texts that an expression is searched in, without those that are empty."""
    if field is not None and FIELDS[field] == "whole":
        for offset, value in placed(values_of(reading.paper, field)):
            yield Part(field=field, text=value, offset=offset), Cleaned(value)
        return
    for part in reading.text(place_of(field)).parts:
        if part.text and (field is None or field == part.field):
            yield part, clean(part.text)


def _whole(wanted: str, field: str) -> Test:
    def test(reading: Reading) -> Found:
        values = placed(values_of(reading.paper, field))
        return tuple(_hit(field, value, at) for at, value in values if fits(wanted, value, field)) or None

    return test


def _hit(field: str, text: str, start: int) -> Hit:
    return Hit(field=field, text=text, start=start, end=start + len(text))


def _number(leaf: Number, entry: Entry) -> Found:
    value = {"comments": entry.comments, "upvotes": entry.upvotes, "authors": entry.author_count}[leaf.field]
    if leaf.field == "authors" and value is None and entry.authors:
        value = len(entry.authors)
    if value is None or value < (leaf.low or 0) or (leaf.high is not None and value > leaf.high):
        return None
    return (Hit(field=leaf.field, text=str(value)),)


def _days(leaf: Days, entry: Entry) -> Found:
    day = entry.published
    if day is None or not (leaf.low or date.min) <= day <= (leaf.high or date.max):
        return None
    return (Hit(field=leaf.field, text=day.isoformat()),)
