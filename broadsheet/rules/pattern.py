"""A word or phrase of a query, brought into the form that texts are compared with. Looks at no text.

A spelling is a string of letters and three signs: " " where the text must have an edge between two tokens, "-" where it
may have one, "*" for any run within one token. `Pattern` adds what a search can be narrowed with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from os.path import commonprefix

from ..text import fold_space
from .tex import clean
from .tokens import LETTER, comparable

_RUN = re.compile(rf"[{LETTER}*]+")
_BETWEEN_RUNS = re.compile(rf"[^{LETTER}*]+")
_EDGE = re.compile("[ -]")
_STARS = re.compile(r"\*+")

# A singular has at least this many letters, so that "as" is no plural of "a".
_SINGULAR = 3


@dataclass(frozen=True)
class Pattern:
    """All spellings that a word or phrase is found under; they differ only behind their last edge."""

    spellings: tuple[str, ...]

    @cached_property
    def starred(self) -> tuple[str, ...]:
        """The letters around the stars, without edges; empty where there is no star."""
        letters = _EDGE.sub("", self.spellings[0])
        return tuple(letters.split("*")) if "*" in letters else ()

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Every token that an occurrence can begin with, unless a hyphen of the text's own cuts it."""
        heads: dict[str, None] = {}
        for spelling in self.spellings:
            token = ""
            for letters in spelling.split(" ")[0].split("-"):
                token += letters
                heads[token] = None
        return tuple(heads)

    @cached_property
    def first(self) -> str:
        """The letters before the first edge, as far as all spellings share them."""
        firsts = [_EDGE.split(spelling)[0] for spelling in self.spellings]
        return commonprefix(firsts)  # noqa: RUF071 - they are no paths


def has_letters(text: str) -> bool:
    """Whether a text of a query has anything to look for, stars apart."""
    return any(run.strip("*") for run in _RUN.findall(comparable(clean(fold_space(text)).text)))


def pattern_of(text: str, *, plural: bool) -> Pattern:
    """The pattern of a word or phrase as written; it must have letters (`has_letters`).

    plural: without a star, it is found in singular and plural.
    """
    text = _STARS.sub("*", comparable(clean(fold_space(text)).text))
    bare = text[: list(_RUN.finditer(text))[-1].end()]
    spelling = _BETWEEN_RUNS.sub(lambda found: "-" if set(found[0]) == {"-"} else " ", bare).lstrip(" -")
    return Pattern(tuple(_forms(spelling)) if plural and "*" not in spelling else (spelling,))


def _forms(word: str) -> list[str]:
    """The word as it is written, and its plurals and singulars: with s, with es, with a final y as ies."""
    plurals = [f"{word}s", f"{word}es", re.sub("y$", "ies", word)]
    singulars = [word.removesuffix("s"), word.removesuffix("es"), re.sub("ies$", "y", word)]
    long = len(_EDGE.sub("", word)) >= _SINGULAR
    fitting = [form for form in singulars if len(_EDGE.sub("", form)) >= _SINGULAR and form[-1] not in " -"]
    return list(dict.fromkeys([word, *(plurals if long else []), *fitting]))


@lru_cache(maxsize=4096)
def without_hyphens(spelling: str) -> tuple[str, frozenset[int]]:
    """A spelling without its hyphens, and the places in it where they stood."""
    letters, *rest = spelling.split("-")
    hyphens = set()
    for more in rest:
        hyphens.add(len(letters))
        letters += more
    return letters, frozenset(hyphens)


def made_of(runs: list[str], value: str) -> bool:
    """Whether a value is made of these runs (a word split at its stars) in this order, with anything between them."""
    if len(runs) == 1:
        return value == runs[0]
    head, *middle, tail = runs
    at = len(head)
    for run in middle:
        found = value.find(run, at)
        if found < 0:
            return False
        at = found + len(run)
    return value.startswith(head) and value.endswith(tail) and at <= len(value) - len(tail)
