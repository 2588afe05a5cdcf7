"""Points: what the rules that hold give a paper. Decides nothing about whether they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..types import Hit, Judgement, Match, Profile, Rule
from ..wording import score_of
from .reading import Reading, Test
from .reference import in_order

#: No rule and no mute holds.
NOTHING = Judgement(matches=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a profile's rules say of one paper in numbers, without the words that say so."""

    #: The sum of the points of the rules that hold: of the judgement's matches.
    score: float
    #: How many rules hold.
    matched: int
    #: Name of the first mute that holds; None where none does.
    muted_by: str | None = None

    @classmethod
    def of(cls, judgement: Judgement) -> Standing:
        """The numbers of a judgement."""
        return cls(score=score_of(judgement.matches), matched=len(judgement.matches), muted_by=judgement.muted_by)


def judgement(profile: Profile, rules: Sequence[Test], mutes: Sequence[Test], reading: Reading) -> Judgement:
    """The judgement of a reading by all rules and mutes of a profile; their tests stand in its order."""
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
    points = points_of(profile, rule)[boosted]
    return Match(rule=rule.name, when=rule.when, weight=rule.weight, points=points, boosted=boosted, hits=hits)


def points_of(profile: Profile, rule: Rule) -> tuple[float, float]:
    """The points of a rule that holds without a word in the title, and with one."""
    # Weight and boost have two decimals each, so four are exact.
    return rule.weight, round(rule.weight * profile.title_boost, 4)
