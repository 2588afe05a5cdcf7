"""From profiles to judgements. Checks every query of every profile before anything is judged.

Ranks nothing and drops nothing: whether a score is high enough, and what a profile reads, is for the digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..types import Judgement, Paper, Profile
from .checked import Checked, check_profiles
from .fast import FastEngine
from .judging import Standing, judgement
from .reading import Reading
from .reference import Conditions


class Engine(Protocol):
    """Judges papers by the rules of all profiles."""

    def judge(self, papers: Sequence[Paper]) -> Mapping[str, tuple[Judgement, ...]]:
        """Name of each profile to one judgement for each paper, in the order of the papers."""
        ...

    def standings(self, papers: Sequence[Paper]) -> Mapping[str, Mapping[int, Standing]]:
        """Name of each profile to the papers (their places in the row) for which any rule or mute holds, in order.

        The same scores and mutes as `judge`, many times cheaper: to rank many papers of which few are shown.
        """
        ...


def compile_profiles(profiles: Sequence[Profile]) -> Engine:
    """The engine that judges by these profiles. Raises ConfigError with the mistakes of all queries of all of them."""
    return FastEngine(check_profiles(profiles))


class ReferenceEngine:
    """Asks every rule about every paper: slow and obvious, and what any other engine must agree with."""

    def __init__(self, checked: Sequence[Checked]) -> None:
        conditions = Conditions()
        self._profiles = [
            (one, [conditions.of(query) for query in one.rules], [conditions.of(query) for query in one.mutes])
            for one in checked
        ]

    def judge(self, papers: Sequence[Paper]) -> Mapping[str, tuple[Judgement, ...]]:
        """Name of each profile to one judgement for each paper, in the order of the papers."""
        judged: dict[str, list[Judgement]] = {one.profile.name: [] for one, _, _ in self._profiles}
        for paper in papers:
            reading = Reading(paper)
            for one, rules, mutes in self._profiles:
                judged[one.profile.name].append(judgement(one.profile, rules, mutes, reading))
        return {name: tuple(judgements) for name, judgements in judged.items()}

    def standings(self, papers: Sequence[Paper]) -> Mapping[str, Mapping[int, Standing]]:
        """The judgements in numbers, where any rule or mute holds."""
        return {
            name: {
                number: Standing.of(one)
                for number, one in enumerate(judgements)
                if one.matches or one.muted_by is not None
            }
            for name, judgements in self.judge(papers).items()
        }
