"""How odd a reading of some lines is: what lengths, capitals and breaks cost.

The unit is about 1 for "odd" and 4 for "hardly ever": roughly how many times rarer a thing is where it does not belong,
as a logarithm, set with caution. Measured on some 400 papers, tried on 200 others; wording.py has the costs of words.
Knows no lines: segments.py says what to weigh.
"""

from __future__ import annotations

from .wording import TITLE_SHARE, wording

INFINITE = float("inf")

#: An abstract whose last line, a title whose last line is as full as if it went on.
FULL_ABSTRACT_END = 2.5
FULL_TITLE_END = 1.5
#: Each further line of a title; a title broken without need; how much less odd that is after "for" or "the".
MORE_TITLE = 0.3
BROKEN_TITLE = 6.0
BROKEN_DANGLING = 3.0
#: A further paragraph of an abstract, and one more where the paragraph above does not end a sentence.
PARAGRAPH = 3.5
UNENDED_PARAGRAPH = 1.5
#: A break in the midst of a sentence that goes on in lower case, or at a line nearly full: wrapped at another width.
LOWER_BREAK = 0.9
UNEVEN_BREAK = 1.0
NEARLY_FULL = 0.75
#: No blank line above, on a page that has them between its paragraphs.
NO_GAP = 8.0
#: A title without an abstract, an abstract without a title, a title that the end of the page or the file cut off.
NO_ABSTRACT = 6.0
NO_TITLE = 8.0
CUT_TITLE = 1.0

_TITLED = 4.0  # what the capitals of a title are worth
_UNTITLED = 2.0  # a title written like a sentence
_SURE_WORDS = 4

# Characters. arXiv takes abstracts of 1,920; titles there have 400 at most.
_LONG_ABSTRACT, _OVERLONG, _MOST_OVERLONG = 1950, 1 / 60, 12.0
_LONGEST_TITLE, _LONG_TITLE, _LONGISH_TITLE, _SHORT_TITLE = 600, 200, 130, 8
_LONGEST_ORGANIZATION, _MOST_BLANKS = 150, 9


def capitals(found: float, words: float) -> float:
    """A title with so many of its words in capitals; negative where they make it unlike anything but a title."""
    if words < 2:
        return 0.0
    if found >= TITLE_SHARE * words:
        return -_TITLED if words >= _SURE_WORDS else -_TITLED / 2
    return _UNTITLED if found < 0.5 * words else 0.0


def title_length(length: float) -> float:
    """A title of so many characters."""
    if length > _LONGEST_TITLE:
        return INFINITE
    if length > _LONG_TITLE:
        return 2.0 + (length - _LONG_TITLE) / 25
    if length > _LONGISH_TITLE:
        return (length - _LONGISH_TITLE) / 35
    return 0.0 if length >= _SHORT_TITLE else 1.5


def abstract_length(length: float) -> float:
    """A whole abstract of so few characters."""
    for least, cost in ((80, 5.0), (200, 3.0), (350, 1.5)):
        if length < least:
            return cost
    return 0.0


def overlong(length: float) -> float:
    """An abstract that has so many characters already."""
    return min(_MOST_OVERLONG, max(0.0, length - _LONG_ABSTRACT) * _OVERLONG)


def organization(text: str) -> float:
    """A line as `handle Full Name`: best where the handle is akin to the name."""
    if len(text) > _LONGEST_ORGANIZATION:
        return INFINITE
    handle, _, name = text.partition(" ")
    inside, squeezed = _squeeze(handle), _squeeze(name)
    akin = not name or inside[:3] == squeezed[:3] or inside in squeezed or squeezed in inside
    word = wording(text)
    cost = 0.5 + word.title_line
    cost -= 3.0 * akin
    cost += 2.0 * bool(name and name[0].islower())
    cost += 4.0 * word.sentence_end
    return cost + 3.0 * (text.count(" ") > _MOST_BLANKS)


def _squeeze(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
