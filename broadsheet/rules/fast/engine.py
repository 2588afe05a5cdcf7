"""Profiles -> standings and judgements, by bitmaps of a batch of papers.

Finds which rules hold for which papers with the plan; the words and their places are then asked of the reference, and
only for those. Ranks nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...types import Hit, Judgement, Paper, Profile
from ..checked import Checked
from ..judging import NOTHING, Standing, match_of, points_of
from ..reading import Reading, Test
from ..reference import in_order
from .batch import Batch, papers_of
from .lexicon import Lexicon
from .plan import Plan

# Papers at once: more make the rules cheaper, and keep more texts.
_BATCH = 1024


@dataclass(slots=True)
class _Held:
    """What holds for one paper and one profile, in the order of the profile."""

    #: Number of each rule that holds, and whether a word of the title boosts it.
    rules: list[tuple[int, bool]]
    mutes: list[int]


#: By profile, then by paper.
_Holding = list[dict[int, _Held]]


class FastEngine:
    """Asks only the rules that can hold, and all papers at once."""

    def __init__(self, checked: Sequence[Checked]) -> None:
        self._checked = tuple(checked)
        self._plan = Plan()
        self._tests: dict[tuple[int, int], Test] = {}
        #: Rules and mutes by their node: number of the profile, of the rule (a mute's counted down from -1).
        self._owners: dict[int, list[tuple[int, int]]] = {}
        for number, one in enumerate(self._checked):
            for place, query in enumerate(one.rules):
                self._owners.setdefault(self._plan.root(query), []).append((number, place))
            for place, query in enumerate(one.mutes):
                self._owners.setdefault(self._plan.root(query), []).append((number, -1 - place))
        self._lexicon = Lexicon(self._plan, self._owners)
        self._plan.close()
        self._points = [[points_of(one.profile, rule) for rule in one.profile.rules] for one in self._checked]

    def judge(self, papers: Sequence[Paper]) -> Mapping[str, tuple[Judgement, ...]]:
        """Name of each profile to one judgement for each paper, in the order of the papers."""
        judged = [[NOTHING] * len(papers) for _ in self._checked]
        for start, batch, holding in self._batches(papers):
            for number, held in enumerate(holding):
                for paper, what in held.items():
                    judged[number][start + paper] = self._judgement(number, what, batch.reading(paper))
        return {one.profile.name: tuple(judged[number]) for number, one in enumerate(self._checked)}

    def standings(self, papers: Sequence[Paper]) -> Mapping[str, Mapping[int, Standing]]:
        """Name of each profile to the papers (their places in the row) for which any rule or mute holds, in order."""
        found: list[dict[int, Standing]] = [{} for _ in self._checked]
        for start, _, holding in self._batches(papers):
            for number, held in enumerate(holding):
                profile, points = self._checked[number].profile, self._points[number]
                for paper in sorted(held):
                    what = held[paper]
                    score = round(math.fsum([points[rule][boosted] for rule, boosted in what.rules]), 4)
                    found[number][start + paper] = Standing(
                        score=score, matched=len(what.rules), muted_by=_first_mute(profile, what)
                    )
        return {one.profile.name: found[number] for number, one in enumerate(self._checked)}

    def _batches(self, papers: Sequence[Paper]) -> Iterator[tuple[int, Batch, _Holding]]:
        for start in range(0, len(papers), _BATCH):
            batch = Batch(self._plan, self._lexicon, papers[start : start + _BATCH])
            yield start, batch, self._holding(batch)

    def _holding(self, batch: Batch) -> _Holding:
        holding: _Holding = [{} for _ in self._checked]
        for root, bits in batch.woken().items():
            holds, boosted = batch.answer(root, bits & batch.all)
            if holds:
                pairs = [(paper, bool(boosted >> paper & 1)) for paper in papers_of(holds)]
                for number, place in self._owners[root]:
                    _note(holding[number], place, pairs)
        for paper in papers_of(batch.odd):
            for number, one in enumerate(self._checked):
                for place, hits in self._asked(number, one, batch.reading(paper)):
                    _note(holding[number], place, [(paper, any(hit.field == "title" for hit in hits))])
        return holding

    def _asked(self, number: int, one: Checked, reading: Reading) -> Iterator[tuple[int, tuple[Hit, ...]]]:
        """All rules and mutes that hold for a reading, without any plan."""
        for place in (*range(len(one.rules)), *range(-len(one.mutes), 0)):
            if (hits := self._test(number, place)(reading)) is not None:
                yield place, hits

    def _test(self, number: int, place: int) -> Test:
        """The reference's test of a rule, or of a mute; made when it is first needed, and few ever are."""
        if (number, place) not in self._tests:
            one = self._checked[number]
            query = one.rules[place] if place >= 0 else one.mutes[-1 - place]
            self._tests[number, place] = self._plan.conditions.of(query)
        return self._tests[number, place]

    def _judgement(self, number: int, held: _Held, reading: Reading) -> Judgement:
        profile = self._checked[number].profile
        return Judgement(
            matches=tuple(
                match_of(profile, profile.rules[place], in_order(self._test(number, place)(reading)) or ())
                for place, _ in sorted(held.rules)
            ),
            muted_by=_first_mute(profile, held),
        )


def _note(holding: dict[int, _Held], place: int, papers: Iterable[tuple[int, bool]]) -> None:
    for paper, boosted in papers:
        held = holding.get(paper)
        if held is None:
            held = holding[paper] = _Held([], [])
        if place < 0:
            held.mutes.append(-1 - place)
        else:
            held.rules.append((place, boosted))


def _first_mute(profile: Profile, held: _Held) -> str | None:
    return profile.mutes[min(held.mutes)].name if held.mutes else None
