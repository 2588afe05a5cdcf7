"""What the words of a line say: does a sentence end here, does it go on, does this read like a title?

Judges single lines by their words alone; segments.py weighs the judgements against each other. English, as the page is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOWER_START = re.compile(r"[(\[\"'“‘]?[a-z][a-z,.;:)'’-]*(?:\s|$)")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]}*_$]*$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:io|com|org|ai|net|edu|dev|me)\b(?:/\S*)?")
_ADDRESS_END = re.compile(r"(?:https?://|www\.)[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?[\"'”’)\]}]*$")
_INNER_SENTENCE = re.compile(r"[a-z0-9)%][.?!] [A-Z]")
_WORD = re.compile(r"[A-Za-z][\w'’-]*")
# No title ends with one of these words; a line within a sentence often does.
_DANGLING = re.compile(
    r"(?:^|\s)(?:a|an|the|of|for|with|and|or|in|on|to|by|via|from|as|at|is|are|that|which|than|into|using|we|our|its"
    r"|their|be|between|through|towards?|under|over|without|within|&|--?|[(\[]\S*)$|[,:;(–—-]$",
    re.IGNORECASE,
)
# How sentences of abstracts begin, and titles hardly ever.
_OPENING = re.compile(
    r"(?:We|Our|This|These|Those|It|Its|They|However|While|Although|Despite|Extensive|Experiments?|Experimental|Existing"
    r"|Recent|By|As|Based|Through|Unlike|When|Most|Each|Such|Here|Then|Instead|Specifically|Codes?|Project|Motivated"
    r"|Inspired|Compared|Given|During|Second|In (?:this|the|our|recent|addition|particular|contrast)"
    r"|To (?:address|this|tackle|the)|Both of|One of|All of|On the|Different from)\b"
    r"|[A-Z][\w-]* (?:is|are|has|have)\b"
    r"|(?:[A-Z][a-z]+ly|Furthermore|Moreover|Thus|Therefore|Hence|Besides|First|Third|Overall|Nevertheless|Nonetheless"
    r"|Meanwhile|Next|Yet|Together|Also|Further), "
)
# Words that a title in capitals may leave in lower case.
_MINOR = frozenset(
    re.findall(
        r"\w+",
        "a all an and are as at be but by can for from in into is it its not of on or over per than that the to toward"
        " towards under using via vs with within without",
    )
)
# Small words and verbs of sentences: one title in a hundred has one of them in lower case, and most sentences do.
_SENTENCE_WORD = re.compile(
    r"(?<![\w-])(?:we|our|that|which|this|these|those|it|is|are|was|were|be|been|can|may|has|have|their|its|such|also|thus"
    r"|while|but|not|however|proposed?|introduce|present|show|demonstrate|achieves?|outperforms?|enables?)(?![\w-])"
)
_MANY_WORDS = 25
_SURE_WORDS = 4

#: Of the words of a title, minor ones left out, at least this share begins with a capital: so in 96 of 100 titles, and
#: in 3 of 1,000 lines of abstracts.
TITLE_SHARE = 0.75


def starts_lower(text: str) -> bool:
    """Whether the first word is all lower case, as in the midst of a sentence; "vLLM" and "iOS" are names."""
    return _LOWER_START.match(text) is not None


def ends_sentence(text: str) -> bool:
    """Whether the text ends like a sentence."""
    return _SENTENCE_END.search(text[-8:]) is not None


def ends_with_address(text: str) -> bool:
    """Whether the text ends with an address of the web, as many abstracts do."""
    return _ADDRESS_END.search(text[-300:]) is not None


@dataclass(frozen=True, slots=True)
class Wording:
    """What one line reads like. Costs are in the units of segments.py: about 1 for "odd", 4 for "hardly ever"."""

    lower: bool
    sentence_end: bool
    #: Ends with a word that asks for another one.
    dangling: bool
    #: Cost of an abstract that ends with this line.
    abstract_end: float
    #: Cost of a title that ends with this line, begins with it, holds it.
    title_end: float
    title_start: float
    title_line: float
    #: Cost of an abstract that begins with this line, holds it.
    abstract_start: float
    abstract_line: float
    #: How many of the first words, minor ones left out, begin with a capital, and how many there are.
    capitals: int
    words: int


def wording(text: str) -> Wording:
    """Judge a line."""
    lower, end = starts_lower(text), ends_sentence(text)
    begin = text[:300]
    opening = _OPENING.match(text) is not None
    words = [word for word in _WORD.findall(begin)[:_MANY_WORDS] if len(word) > 1 and word.lower() not in _MINOR]
    capitals = sum(not word[0].islower() for word in words)
    looks_titled = len(words) >= _SURE_WORDS and capitals >= TITLE_SHARE * len(words)
    dangling = _DANGLING.search(text[-30:]) is not None
    return Wording(
        lower=lower,
        sentence_end=end,
        dangling=dangling,
        abstract_end=0.0 if end else 0.5 if ends_with_address(text) else 2.5 + 1.5 * dangling,
        title_end=(1.0 if text[-1] in "?!" else 3.0) * end + 4.0 * dangling,
        title_start=3.0 * lower + 3.0 * opening,
        title_line=3.0 * bool(_INNER_SENTENCE.search(begin))
        + 3.0 * bool(_ADDRESS.search(begin))
        + 2.0 * min(2, len(_SENTENCE_WORD.findall(begin)))
        + 1.5 * (", " in begin)
        + 1.5 * (" (" in begin),
        abstract_line=1.5 * (looks_titled and not opening),
        abstract_start=5.0 * lower - 0.5 * opening + 1.5 * looks_titled,
        capitals=capitals,
        words=len(words),
    )
