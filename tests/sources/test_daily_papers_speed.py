"""Hostile text costs time in proportion to its length: ratios, not seconds."""

from __future__ import annotations

import time

import pytest

from broadsheet import sources
from tests.sources.copies import HEADER, dump

HOSTILE = {
    "titles": "Some Title of a Paper\n",
    "short lines": "a\n",
    "lower case": "and so it goes on and on and on and on and on\n",
    "dates in text": "kites fly\nMay 2\nand fly\n",
    "tails": "• 3 authors\n·\nMay 2\n",
    "headers": "new\n" + HEADER[2] + "\n",
    "header words": "Subscribe\n",
    "brackets": "(" * 200 + "\n",
    "addresses": "https://" * 30 + "\n",
    "hyphens": "a-b " * 15 + "x-\n",
    "sentences": "A kite. " * 200 + "\n",
    "blanks": "\n",
    "long blanks": "a" + " " * 1000 + "b\n",
    "one line": "kites ",
}


def _seconds(text: str) -> float:
    hostile = dump(HEADER[2] + "\nSubscribe\n" + text)
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        sources.parse(hostile)
        best = min(best, time.process_time() - begin)
    return best


@pytest.mark.parametrize("kind", HOSTILE)
def test_four_times_the_text_takes_about_four_times_as_long(kind: str) -> None:
    pattern = HOSTILE[kind]
    size = 500 * min(len(pattern), 40)
    short = _seconds(pattern * (size // len(pattern)))
    long = _seconds(pattern * (4 * size // len(pattern)))
    # Quadratic would be 16; a few milliseconds either way are noise.
    assert long < 9 * short + 0.03
