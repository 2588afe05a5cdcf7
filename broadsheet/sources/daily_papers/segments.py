"""A run of text lines -> papers: which lines are a title and which its abstract.

Blank lines, wraps and paragraphs make the lines ambiguous, so no single rule decides. Each way to read the run has a cost,
the sum over its titles, abstracts and breaks (wording.py judges the words; the numbers here weigh breaks and lengths), and the
cheapest reading is found by dynamic programming, in time linear in the lines. Where titles and abstracts simply alternate,
one line each, nothing needs to be weighed.

Does not know headers and tails, and never leaves a line out: a line that fits nowhere is in Reading.orphans.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from ..lines import Line
from .wording import TITLE_SHARE, Wording, wording
from .wrapping import Setting, adjacent, may_be_wrap

_INFINITE = float("inf")

_TITLE_LINES = 6  # at most
_READINGS = 12  # of abstracts kept open at a time
_MARGIN = 16.0  # how much dearer than the cheapest they may be

# Lines of the simple case, in characters.
_PLAIN_TITLE = 250
_PLAIN_ABSTRACT = 300

# Costs, about 1 for "odd" and 4 for "hardly ever".
_WRAPPED_END = 2.5  # an abstract whose last line is full
_WRAPPED_TITLE_END = 1.5  # a title whose last line is full
_MORE_TITLE = 0.3  # each further line of a title
_TITLE_PARAGRAPH = 6.0  # a title broken without being wrapped
_PARAGRAPH = 3.5  # a further paragraph of an abstract
_UNENDED_PARAGRAPH = 1.5  # ... where the one before it does not end a sentence
_UNEVEN = 1.0  # a line of an abstract that was wrapped at a smaller width than the page's
_NO_ABSTRACT = 6.0  # a title with no abstract
_NO_TITLE = 8.0  # an abstract with no title
_CUT_TITLE = 1.0  # a title that the end of the page or file cut off
_UNGAPPED = 8.0  # no blank line where this page has them
_TITLED = 4.0  # what the capitals of a title are worth
_UNTITLED = 2.0  # a title written like a sentence
_LONG_ABSTRACT = 1950  # characters; arXiv takes 1,920
_OVERLONG = 1 / 60  # each character beyond
_MOST_OVERLONG = 12.0


@dataclass(slots=True, kw_only=True)
class Record:
    """The lines of one paper."""

    title: list[Line] = field(default_factory=list)
    #: Empty where there is none.
    abstract: list[Line] = field(default_factory=list)
    organization: Line | None = None


@dataclass(slots=True, kw_only=True)
class Reading:
    """A run of text, read."""

    records: list[Record] = field(default_factory=list)
    #: Lines of an abstract at the begin whose title is not there.
    orphans: list[Line] = field(default_factory=list)


def segment(lines: Sequence[Line], setting: Setting, *, organization: bool = False, cut: bool = False) -> Reading:
    """Read a run of text.

    setting: how the page was set. organization: whether the last line may be the organisation
    that stands in the place of the authors. cut: whether the run may end anywhere, as the page or the file ends with it.
    """
    if _alternates(lines, setting):
        pairs = zip(lines[::2], lines[1::2], strict=True)
        return Reading(records=[Record(title=[title], abstract=[abstract]) for title, abstract in pairs])
    return _Programme(lines, setting).read(organization=organization, cut=cut)


def _alternates(lines: Sequence[Line], setting: Setting) -> bool:
    """Whether the lines are titles and abstracts in turn beyond doubt."""
    if setting.width is not None or len(lines) % 2:
        return False
    return all(len(line.text) <= _PLAIN_TITLE for line in lines[::2]) and all(
        len(line.text) >= _PLAIN_ABSTRACT for line in lines[1::2]
    )


class _Programme:
    """The cheapest reading of a run, built from its begin line by line."""

    def __init__(self, lines: Sequence[Line], setting: Setting) -> None:
        self.lines = lines
        self.words = [wording(line.text) for line in lines]
        self.gapped = setting.gapped
        self.width = setting.width
        #: Whether the break above a line may be a wrap, and whether a blank line is there.
        self.wraps = [False, *(may_be_wrap(line, following, setting) for line, following in pairwise(lines))]
        self.gaps = [True, *(not adjacent(line, following) for line, following in pairwise(lines))]
        # Sums over the lines above, so that those of any stretch are one subtraction away.
        self.length = _sums(len(line.text) + 1 for line in lines)
        self.capitals = _sums(word.capitals for word in self.words)
        self.counts = _sums(word.words for word in self.words)
        self.title_lines = _sums(word.title_line for word in self.words)
        self.further = _sums(self.further_line(at) for at in range(len(lines)))
        #: By line: the cost of all up to it, where a paper ends with it; and where its abstract began, if it has one.
        self.ended: list[float] = []
        self.abstracts: list[int | None] = []
        #: By line: the cost of all up to it, where a title ends with it; and where that title began.
        self.titled: list[float] = []
        self.titles: list[int] = []
        #: The abstracts that may be going on: their first lines, and their costs less the sum of `further` there.
        self.open: dict[int, float] = {}

    def read(self, *, organization: bool, cut: bool) -> Reading:
        """The cheapest reading; as for segment()."""
        last = len(self.lines) - 1
        if last < 0:
            return Reading()
        self.open[0] = _NO_TITLE + self.words[0].abstract_start - self.further[1]
        for at in range(last + 1):
            self.step(at)
        ends = {"abstract": self.end_of_abstract(last, cut=cut)[0]}
        ends["title"] = self.titled[last] + _NO_ABSTRACT
        if cut:
            # Where the title is cut, how it ends says nothing.
            ends["title"] = self.titled[last] - self.words[last].title_end + _CUT_TITLE
        if organization and last > 0:
            cost = organization_cost(self.lines[last].text) + _WRAPPED_END * self.wraps[last]
            ends["organization"] = self.end_of_abstract(last - 1, cut=False)[0] + cost
        return self.trace(min(ends, key=lambda end: ends[end]), cut=cut)

    def step(self, at: int) -> None:
        """Add the readings in which a title or an abstract ends with this line."""
        cost, first = min((self.title(begin, at), begin) for begin in range(max(0, at - _TITLE_LINES + 1), at + 1))
        self.titled.append(cost)
        self.titles.append(first)
        ended, begin = self.end_of_abstract(at, cut=False)
        without = cost + _NO_ABSTRACT
        self.ended.append(min(ended, without))
        self.abstracts.append(begin if ended <= without else None)
        if at + 1 < len(self.lines):
            begins = (
                cost
                + self.ungapped(at + 1)
                + _WRAPPED_TITLE_END * self.wraps[at + 1]
                + self.words[at + 1].abstract_start
            )
            self.open[at + 1] = begins - self.further[at + 2]
            self.prune(at)

    def prune(self, at: int) -> None:
        """Forget the abstracts that no line to come will make the cheapest."""
        cheapest = min(cost + self.abstract_length(begin, at) for begin, cost in self.open.items())
        keep = sorted(self.open.items(), key=lambda pair: pair[1] + self.abstract_length(pair[0], at))[:_READINGS]
        self.open = {begin: cost for begin, cost in keep if cost <= cheapest + _MARGIN}

    def abstract_length(self, begin: int, at: int) -> float:
        """What it costs that an abstract from one line to another has grown so long already."""
        return overlong_cost(self.length[at + 1] - self.length[begin] - 1) if at >= begin else 0.0

    def begin(self, at: int) -> float:
        """The cost of all above a title that begins with this line, the break between them included."""
        if at == 0:
            return self.words[0].title_start
        cost = self.ended[at - 1] + self.ungapped(at) + self.words[at].title_start
        return cost + _WRAPPED_END * self.wraps[at]

    def title(self, first: int, last: int) -> float:
        """The cost of all up to a title from one line to another."""
        cost = self.begin(first)
        for at in range(first + 1, last + 1):
            if self.wraps[at]:
                cost += _MORE_TITLE
            elif self.gaps[at]:
                return _INFINITE
            else:
                cost += _TITLE_PARAGRAPH - 3.0 * self.words[at - 1].dangling
        cost += title_length_cost(self.length[last + 1] - self.length[first] - 1)
        cost += self.title_lines[last + 1] - self.title_lines[first] + self.words[last].title_end
        words = self.counts[last + 1] - self.counts[first]
        return cost + capitals_cost(self.capitals[last + 1] - self.capitals[first], words)

    def end_of_abstract(self, last: int, *, cut: bool) -> tuple[float, int]:
        """The cost of all up to an abstract that ends with this line, and the first line of that abstract."""
        cheapest, first = _INFINITE, 0
        for begin, cost in self.open.items():
            if begin <= last:
                length = self.length[last + 1] - self.length[begin] - 1
                cost += overlong_cost(length) + (0.0 if cut else abstract_length_cost(length))  # noqa: PLW2901
                if cost < cheapest:
                    cheapest, first = cost, begin
        end = 0.0 if cut else self.words[last].abstract_end
        return cheapest + self.further[last + 1] + end, first

    def further_line(self, at: int) -> float:
        """What it costs that an abstract goes on with this line."""
        word, above = self.words[at], self.words[at - 1]
        if self.wraps[at]:
            return word.abstract_line
        if not above.sentence_end and self.nearly_full(at - 1):
            return _UNEVEN + word.abstract_line
        if word.lower and not above.sentence_end:
            return _PARAGRAPH / 4
        return _PARAGRAPH + word.abstract_line + (0.0 if above.sentence_end else _UNENDED_PARAGRAPH)

    def nearly_full(self, at: int) -> bool:
        """Whether a line may have been wrapped at a smaller width than the page's."""
        return self.width is not None and not self.gaps[at + 1] and self.lines[at].width >= 0.75 * self.width

    def ungapped(self, at: int) -> float:
        """What it costs that a title or an abstract begins with this line, for want of a blank line above."""
        return _UNGAPPED if self.gapped and not self.gaps[at] else 0.0

    def trace(self, end: str, *, cut: bool) -> Reading:
        """The reading that ends so, back from its last line."""
        reading, last = Reading(), len(self.lines) - 1
        organization = self.lines[last] if end == "organization" else None
        last -= end == "organization"
        begin = None if end == "title" else self.end_of_abstract(last, cut=cut and organization is None)[1]
        while last >= 0:
            abstract = [] if begin is None else list(self.lines[begin : last + 1])
            if begin is not None:
                last = begin - 1
            if last < 0:
                reading.orphans = abstract
                break
            title = list(self.lines[self.titles[last] : last + 1])
            reading.records.append(Record(title=title, abstract=abstract, organization=organization))
            last, organization = self.titles[last] - 1, None
            begin = self.abstracts[last] if last >= 0 else None
        reading.records.reverse()
        return reading


def _sums(values: Iterable[float]) -> list[float]:
    return list(accumulate(values, initial=0.0))


def capitals_cost(capitals: float, words: float) -> float:
    """How odd a title is with so many of its words capitalised; negative where it is unlike anything else."""
    if words < 2:
        return 0.0
    if capitals >= TITLE_SHARE * words:
        return -_TITLED if words > 3 else -_TITLED / 2
    return _UNTITLED if capitals < 0.5 * words else 0.0


def overlong_cost(length: float) -> float:
    """How odd an abstract is for its length beyond what arXiv takes."""
    return min(_MOST_OVERLONG, max(0.0, length - _LONG_ABSTRACT) * _OVERLONG)


def title_length_cost(length: float) -> float:
    """How odd a title of so many characters is; arXiv's longest have about 400."""
    if length > 600:
        return _INFINITE
    if length > 200:
        return 2.0 + (length - 200) / 25
    if length > 130:
        return (length - 130) / 35
    return 0.0 if length >= 8 else 1.5


def abstract_length_cost(length: float) -> float:
    """How odd an abstract of so many characters is."""
    if length < 80:
        return 5.0
    if length < 200:
        return 3.0
    return 1.5 if length < 350 else 0.0


def organization_cost(text: str) -> float:
    """How odd a line would be as `handle Full Name`."""
    if len(text) > 150:
        return _INFINITE
    word: Wording = wording(text)
    handle, _, name = text.partition(" ")
    squeezed, inside = _squeeze(name), _squeeze(handle)
    akin = not name or inside[:3] == squeezed[:3] or inside in squeezed or squeezed in inside
    return (
        0.5
        - 2.0 * akin
        + 2.0 * bool(name and name[0].islower())
        + 4.0 * word.sentence_end
        + 3.0 * (text.count(" ") > 9)
        + word.title_line
    )


def _squeeze(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
