"""From profiles to judgements: the seam where a faster way to find what matches takes the reference's place.

Checks every query of every profile before anything is judged. Ranks nothing and drops nothing: whether a score is high
enough, and what a profile reads, is for the digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..types import Hit, Judgement, Match, Paper, Profile, Rule
from .checked import Checked, check_profiles
from .reference import Conditions, Reading, Test, in_order


class Engine(Protocol):
    """Judges papers by the rules of all profiles."""

    def judge(self, papers: Sequence[Paper]) -> Mapping[str, tuple[Judgement, ...]]:
        """Name of each profile to one judgement for each paper, in the order of the papers."""
        ...


def compile_profiles(profiles: Sequence[Profile]) -> Engine:
    """The engine that judges by these profiles. Raises ConfigError with the mistakes of all queries of all of them."""
    return ReferenceEngine(check_profiles(profiles))


class ReferenceEngine:
    """Asks every rule about every paper."""

    def __init__(self, checked: Sequence[Checked]) -> None:
        conditions = Conditions()
        self._profiles = [
            (one.profile, [conditions.of(query) for query in one.rules], [conditions.of(query) for query in one.mutes])
            for one in checked
        ]

    def judge(self, papers: Sequence[Paper]) -> Mapping[str, tuple[Judgement, ...]]:
        """Name of each profile to one judgement for each paper, in the order of the papers."""
        judged: dict[str, list[Judgement]] = {profile.name: [] for profile, _, _ in self._profiles}
        for paper in papers:
            reading = Reading(paper)
            for profile, rules, mutes in self._profiles:
                judged[profile.name].append(_judgement(profile, rules, mutes, reading))
        return {name: tuple(judgements) for name, judgements in judged.items()}


def _judgement(profile: Profile, rules: Sequence[Test], mutes: Sequence[Test], reading: Reading) -> Judgement:
    return Judgement(
        matches=tuple(
            match_of(profile, rule, hits)
            for rule, test in zip(profile.rules, rules, strict=True)
            if (hits := in_order(test(reading))) is not None
        ),
        muted_by=next(
            (mute.name for mute, test in zip(profile.mutes, mutes, strict=True) if test(reading) is not None), None
        ),
    )


def match_of(profile: Profile, rule: Rule, hits: tuple[Hit, ...]) -> Match:
    """The match of a rule that holds with these words; a word in the title boosts its points."""
    boosted = any(hit.field == "title" for hit in hits)
    # Weight and boost have two decimals each, so four are exact.
    points = round(rule.weight * profile.title_boost, 4) if boosted else rule.weight
    return Match(rule=rule.name, when=rule.when, weight=rule.weight, points=points, boosted=boosted, hits=hits)
