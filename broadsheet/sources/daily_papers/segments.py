"""A run of text lines -> papers: which lines are a title and which its abstract.

Blank lines, wraps and paragraphs make the lines ambiguous, so no single rule decides. Each way to read the run has a
cost, the sum over its titles, abstracts and breaks (costs.py, wording.py), and the cheapest reading is found by dynamic
programming, in time linear in the lines. Where titles and abstracts simply alternate, one line each, there is nothing
to weigh.

Does not know headers and tails, and never leaves a line out: a line that fits nowhere is in Reading.orphans.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from ..lines import Line
from . import costs
from .wording import wording
from .wrapping import Setting, adjacent, may_be_wrap

# Lines of the simple case, in characters.
_PLAIN_TITLE = 250
_PLAIN_ABSTRACT = 300

_TITLE_LINES = 6  # at most
_OPEN = 12  # readings of where the abstract began that are kept, and ...
_MARGIN = 16.0  # ... how much dearer than the cheapest they may be


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
    #: Lines of an abstract at the begin whose title is not there, and of the organisation below it.
    orphans: list[Line] = field(default_factory=list)


def segment(lines: Sequence[Line], setting: Setting, *, organization: bool = False, cut: bool = False) -> Reading:
    """Read a run of text.

    setting: how the page was set. organization: whether the last line may be the organisation that stands in the place
    of the authors. cut: whether the run may end anywhere, as the page or the file ends with it.
    """
    if _alternates(lines, setting):
        pairs = zip(lines[::2], lines[1::2], strict=True)
        return Reading(records=[Record(title=[title], abstract=[abstract]) for title, abstract in pairs])
    return _Programme(lines, setting).read(organization=organization, cut=cut) if lines else Reading()


def _alternates(lines: Sequence[Line], setting: Setting) -> bool:
    """Whether the lines are titles and abstracts in turn beyond doubt."""
    if setting.width is not None or len(lines) % 2:
        return False
    return all(len(line.text) <= _PLAIN_TITLE for line in lines[::2]) and all(
        len(line.text) >= _PLAIN_ABSTRACT for line in lines[1::2]
    )


def _sums(values: Iterable[float]) -> list[float]:
    """The sum of all values before each, and of all: any stretch is one subtraction away."""
    return list(accumulate(values, initial=0.0))


class _Programme:
    """The cheapest reading of a run, built from its begin line by line."""

    def __init__(self, lines: Sequence[Line], setting: Setting) -> None:
        self.lines = lines
        self.setting = setting
        self.words = [wording(line.text) for line in lines]
        #: Whether the break above a line may be a wrap, and whether a blank line is there.
        self.wraps = [False, *(may_be_wrap(line, following, setting) for line, following in pairwise(lines))]
        self.gaps = [True, *(not adjacent(line, following) for line, following in pairwise(lines))]
        self.length = _sums(len(line.text) + 1 for line in lines)
        self.capitals = _sums(word.capitals for word in self.words)
        self.counts = _sums(word.words for word in self.words)
        self.titles_words = _sums(word.title_line for word in self.words)
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
        self.open[0] = costs.NO_TITLE + self.words[0].abstract_start - self.further[1]
        for at in range(last + 1):
            self.step(at)
        ends = {"abstract": self.end_of_abstract(last, cut=cut)[0], "title": self.titled[last] + costs.NO_ABSTRACT}
        if cut:
            # Where the title is cut, how it ends says nothing.
            ends["title"] = self.titled[last] - self.words[last].title_end + costs.CUT_TITLE
        if organization and last > 0:
            cost = costs.organization(self.lines[last].text) + costs.FULL_ABSTRACT_END * self.wraps[last]
            ends["organization"] = self.end_of_abstract(last - 1, cut=False)[0] + cost
        return self.trace(min(ends, key=lambda end: ends[end]), cut=cut)

    def step(self, at: int) -> None:
        """Add the readings in which a title or an abstract ends with this line."""
        cost, first = min((self.title(begin, at), begin) for begin in range(max(0, at - _TITLE_LINES + 1), at + 1))
        self.titled.append(cost)
        self.titles.append(first)
        ended, begin = self.end_of_abstract(at, cut=False)
        without = cost + costs.NO_ABSTRACT
        self.ended.append(min(ended, without))
        self.abstracts.append(begin if ended <= without else None)
        following = at + 1
        if following < len(self.lines):
            begins = cost + self.no_gap(following) + costs.FULL_TITLE_END * self.wraps[following]
            begins += self.words[following].abstract_start
            self.prune(at)
            self.open[following] = begins - self.further[following + 1]

    def prune(self, at: int) -> None:
        """Forget the abstracts that no line to come will make the cheapest."""
        ranked = sorted(
            (cost + costs.overlong(self.length[at + 1] - self.length[begin]), begin)
            for begin, cost in self.open.items()
        )
        keep = [begin for cost, begin in ranked[:_OPEN] if cost <= ranked[0][0] + _MARGIN]
        self.open = {begin: self.open[begin] for begin in keep}

    def title(self, first: int, last: int) -> float:
        """The cost of all up to a title from one line to another."""
        cost = self.begin(first)
        for at in range(first + 1, last + 1):
            if self.wraps[at]:
                cost += costs.MORE_TITLE
            elif self.gaps[at]:
                return costs.INFINITE
            else:
                cost += costs.BROKEN_TITLE - costs.BROKEN_DANGLING * self.words[at - 1].dangling
        cost += costs.title_length(self.length[last + 1] - self.length[first] - 1)
        cost += self.titles_words[last + 1] - self.titles_words[first] + self.words[last].title_end
        return cost + costs.capitals(
            self.capitals[last + 1] - self.capitals[first], self.counts[last + 1] - self.counts[first]
        )

    def begin(self, at: int) -> float:
        """The cost of all above a title that begins with this line, and of its begin."""
        if at == 0:
            return self.words[0].title_start
        cost = self.ended[at - 1] + self.no_gap(at) + self.words[at].title_start
        return cost + costs.FULL_ABSTRACT_END * self.wraps[at]

    def end_of_abstract(self, last: int, *, cut: bool) -> tuple[float, int]:
        """The cost of all up to an abstract that ends with this line, and the first line of that abstract."""
        cheapest, first = costs.INFINITE, 0
        for begin, cost in self.open.items():
            if begin <= last:
                length = self.length[last + 1] - self.length[begin] - 1
                whole = cost + costs.overlong(length) + (0.0 if cut else costs.abstract_length(length))
                if whole < cheapest:
                    cheapest, first = whole, begin
        end = 0.0 if cut else self.words[last].abstract_end
        return cheapest + self.further[last + 1] + end, first

    def further_line(self, at: int) -> float:
        """What it costs that an abstract goes on with this line."""
        word, above = self.words[at], self.words[at - 1]
        if self.wraps[at]:
            return word.abstract_line
        if not above.sentence_end and self.nearly_full(at):
            return costs.UNEVEN_BREAK + word.abstract_line
        if not above.sentence_end and word.lower:
            return costs.LOWER_BREAK
        return costs.PARAGRAPH + word.abstract_line + (0.0 if above.sentence_end else costs.UNENDED_PARAGRAPH)

    def nearly_full(self, at: int) -> bool:
        """Whether the line above may have been wrapped at a smaller width than the page's."""
        width = self.setting.width
        return width is not None and not self.gaps[at] and self.lines[at - 1].width >= costs.NEARLY_FULL * width

    def no_gap(self, at: int) -> float:
        """What it costs that a title or an abstract begins with this line, for want of a blank line above."""
        return costs.NO_GAP if self.setting.gapped and not self.gaps[at] else 0.0

    def trace(self, end: str, *, cut: bool) -> Reading:
        """The reading that ends so, back from its last line."""
        reading, last = Reading(), len(self.lines) - 1
        organization = None
        if end == "organization":
            organization, last, cut = self.lines[last], last - 1, False
        begin = None if end == "title" else self.end_of_abstract(last, cut=cut)[1]
        while last >= 0:
            abstract = [] if begin is None else list(self.lines[begin : last + 1])
            last = last if begin is None else begin - 1
            if last < 0:
                reading.orphans = [*abstract, *([organization] if organization else [])]
                break
            title = list(self.lines[self.titles[last] : last + 1])
            reading.records.append(Record(title=title, abstract=abstract, organization=organization))
            last, organization = self.titles[last] - 1, None
            begin = self.abstracts[last] if last >= 0 else None
        reading.records.reverse()
        return reading
