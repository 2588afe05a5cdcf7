"""From profiles to judgements: the seam where a faster way to find what matches takes the reference's place.

Checks every query of every profile before anything is judged. Ranks nothing and drops nothing: whether a score is high
enough, and what a profile reads, is for the digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import ConfigError, Mistake
from ..types import Hit, Judgement, Match, Paper, Profile, Rule
from .faults import QuerySyntaxError
from .parse import parse_query
from .query import Query
from .reference import Conditions, Reading, Test, in_order


class Engine(Protocol):
    """Judges papers by the rules of all profiles."""

    def judge(self, papers: Sequence[Paper]) -> Mapping[str, tuple[Judgement, ...]]:
        """Name of each profile to one judgement for each paper, in the order of the papers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A profile whose queries are all understood."""

    profile: Profile
    #: One for each rule and each mute of the profile, in its order.
    rules: tuple[Query, ...]
    mutes: tuple[Query, ...]


def compile_profiles(profiles: Sequence[Profile]) -> Engine:
    """The engine that judges by these profiles. Raises ConfigError with the mistakes of all queries of all of them."""
    mistakes: list[Mistake] = []
    checked = [
        Checked(
            profile=profile,
            rules=tuple(_parsed(profile.rules, mistakes)),
            mutes=tuple(_parsed(profile.mutes, mistakes)),
        )
        for profile in profiles
    ]
    if mistakes:
        raise ConfigError(mistakes)
    return ReferenceEngine(checked)


def _parsed(rules: Sequence[Rule], mistakes: list[Mistake]) -> list[Query]:
    queries = []
    for rule in rules:
        try:
            queries.append(parse_query(rule.when))
        except QuerySyntaxError as fault:
            place = rule.place
            mistakes.append(fault.mistake(place.file, place.line, place.column, place.text))
    return queries


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
