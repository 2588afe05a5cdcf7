"""Profiles whose queries are all understood: parsed, and led to the other rules that they use. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import ConfigError, Mistake
from ..types import Profile, Rule
from .faults import QuerySyntaxError
from .parse import parse_query
from .query import Query
from .uses import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A profile whose queries are all understood."""

    profile: Profile
    #: One for each rule and each mute of the profile, in its order, with all uses resolved.
    rules: tuple[Query, ...]
    mutes: tuple[Query, ...]


def check_profiles(profiles: Sequence[Profile]) -> tuple[Checked, ...]:
    """The profiles with their queries. Raises ConfigError with the mistakes of all queries of all of them."""
    mistakes: list[Mistake] = []
    checked = [_checked(profile, mistakes) for profile in profiles]
    if mistakes:
        raise ConfigError(mistakes)
    return tuple(one for one in checked if one is not None)


def _checked(profile: Profile, mistakes: list[Mistake]) -> Checked | None:
    """The profile with its queries; None where any of them has a mistake."""
    rules = {rule.name: rule for rule in (*profile.mutes, *profile.rules)}
    parsed: dict[str, Query] = {}
    faults: dict[str, QuerySyntaxError] = {}
    for name, rule in rules.items():
        try:
            parsed[name] = parse_query(rule.when)
        except QuerySyntaxError as fault:
            faults[name] = fault
    known, wrong = resolve(parsed, also=faults)
    mistakes.extend(_mistake(wrongly, rules[name]) for name, wrongly in (faults | wrong).items())
    if len(known) < len(rules):
        return None
    return Checked(
        profile=profile,
        rules=tuple(known[rule.name] for rule in profile.rules),
        mutes=tuple(known[mute.name] for mute in profile.mutes),
    )


def _mistake(fault: QuerySyntaxError, rule: Rule) -> Mistake:
    placed = QuerySyntaxError(fault.message, fault.offset, fault.remedy, rule.when)
    return placed.mistake(rule.place.file, rule.place.line, rule.place.column, rule.place.text)


def queries_of(profile: Profile) -> dict[str, Query]:
    """The queries of a profile's rules and mutes by their names, with all uses resolved. Raises ConfigError."""
    (one,) = check_profiles([profile])
    names = [rule.name for rule in (*profile.rules, *profile.mutes)]
    return dict(zip(names, (*one.rules, *one.mutes), strict=True))
