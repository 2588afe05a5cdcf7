"""What is allowed in a profile and probably not meant: rules that say too much, nothing, or the same as another.

Each warning has the place of what it is about and what would be better. Understands queries, and knows papers only as
counts; a query that means nothing is no warning but a mistake (faults.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..errors import Mistake
from ..types import Profile, Rule
from ..wording import format_points
from .doubts import doubts
from .faults import QuerySyntaxError
from .implied import anchors, implies
from .logic import always, covered, holds_for_nothing, leaves, never
from .query import Leaf, Query
from .whynot import start_of

LintKind: TypeAlias = Literal[
    "matches everything",
    "never matches",
    "always muted",
    "covered",
    "and or",
    "small word",
    "one letter",
    "costly",
    "no points",
    "unreachable",
    "dead",
    "loud",
    "not compared",
]

#: With more rules than this they are not compared with one another: that takes the square of their number.
MOST_COMPARED = 500
#: Rules are called dead, or loud, only when so many papers were looked at.
FEWEST_PAPERS = 300
#: A rule that matches more than this share of the papers tells them apart too little.
_LOUD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """One warning."""

    kind: LintKind
    profile: str
    #: Name of the rule or mute; empty where it is about the profile as a whole.
    rule: str
    mistake: Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    rule: Rule
    query: Query
    mute: bool
    leaves: frozenset[Leaf]
    anchors: frozenset[str]


def lint(profile: Profile, rules: Sequence[Query], mutes: Sequence[Query]) -> tuple[Lint, ...]:
    """The warnings about a profile, in the order of its file. rules, mutes: the parsed queries, in its order."""
    named = [
        _named(rule, query, mute=mute)
        for of, parsed, mute in ((profile.rules, rules, False), (profile.mutes, mutes, True))
        for rule, query in zip(of, parsed, strict=True)
    ]
    found = [*_of_profile(profile)]
    silent = set()
    for one in named:
        doubt = next(_of_meaning(profile, one), None)
        if doubt:
            silent.add(one.rule.name)
            found.append(doubt)
        found += _of_text(profile, one)
    found += _of_pairs(profile, [one for one in named if one.rule.name not in silent])
    return tuple(sorted(found, key=lambda one: (one.mistake.file, one.mistake.line or 0, one.mistake.column or 0)))


def _named(rule: Rule, query: Query, *, mute: bool) -> _Named:
    every = frozenset(leaves(query))
    signs = frozenset(sign for leaf in every for sign in anchors(leaf))
    return _Named(rule=rule, query=query, mute=mute, leaves=every, anchors=signs)


def lint_counts(profile: Profile, counts: Sequence[int], papers: int) -> tuple[Lint, ...]:
    """The warnings about rules that found none, or most, of the stored papers.

    counts: of how many papers each rule, then each mute held; papers: how many were asked.
    """
    found = []
    for rule, count in zip((*profile.rules, *profile.mutes), counts, strict=True):
        if papers < FEWEST_PAPERS:
            break
        if not count:
            message = f"has matched none of the last {papers:,} stored papers"
            found.append(_lint("dead", profile, rule, 0, message, "look for a slip, or leave it out"))
        elif count > papers * _LOUD:
            message = f"has matched {count / papers:.0%} of the last {papers:,} stored papers"
            found.append(_lint("loud", profile, rule, 0, message, "what fits most papers tells few apart"))
    return tuple(found)


def _lint(kind: LintKind, profile: Profile, rule: Rule, at: int, message: str, remedy: str) -> Lint:
    place = rule.place
    fault = QuerySyntaxError(message, at, remedy, rule.when)
    return Lint(
        kind=kind,
        profile=profile.name,
        rule=rule.name,
        mistake=fault.mistake(place.file, place.line, place.column, place.text),
    )


def _of_profile(profile: Profile) -> Iterator[Lint]:
    boost = max(profile.title_boost, 1)
    most = sum(rule.weight * boost for rule in profile.rules if rule.weight > 0)
    if most < profile.min_score:
        file = profile.rules[0].place.file if profile.rules else f"profiles/{profile.name}.toml"
        message = (
            f"no paper can reach min_score {format_points(profile.min_score)}: "
            f"all rules together give {format_points(round(most, 4))} points at most"
        )
        mistake = Mistake(
            file=file, line=None, message=message, remedy="lower min_score, or give the rules more weight"
        )
        yield Lint(kind="unreachable", profile=profile.name, rule="", mistake=mistake)
    if len(profile.rules) + len(profile.mutes) > MOST_COMPARED:
        file = profile.rules[0].place.file
        message = f"has more than {MOST_COMPARED} rules, so they were not compared with one another"
        mistake = Mistake(file=file, line=None, message=message)
        yield Lint(kind="not compared", profile=profile.name, rule="", mistake=mistake)


def _of_meaning(profile: Profile, one: _Named) -> Iterator[Lint]:
    at, rule = start_of(one.query), one.rule
    if never(one.query):
        remedy = "its conditions contradict one another: leave one of them out"
        yield _lint("never matches", profile, rule, at, "no paper can ever match", remedy)
    elif always(one.query):
        remedy = "add a condition, or leave the rule out"
        yield _lint("matches everything", profile, rule, at, "every paper matches", remedy)
    elif holds_for_nothing(one.query):
        remedy = "add what a paper must say"
        message = "says only what must be absent, so nearly every paper matches"
        yield _lint("matches everything", profile, rule, at, message, remedy)


def _of_text(profile: Profile, one: _Named) -> Iterator[Lint]:
    for doubt in doubts(one.rule.when, one.query):
        yield _lint(doubt.kind, profile, one.rule, doubt.at, doubt.message, doubt.remedy)
    if not one.mute and not one.rule.weight:
        yield _lint("no points", profile, one.rule, 0, "its weight is 0, so it changes nothing", "give it a weight")


def _of_pairs(profile: Profile, named: Sequence[_Named]) -> Iterator[Lint]:
    if len(named) > MOST_COMPARED:
        return
    for number, one in enumerate(named):
        muting = next((other for other in named if other.mute and not one.mute and _covers(other, one)), None)
        if muting:
            told = f"every paper it matches is muted by {_name(muting)}"
            remedy = "leave it out, or let the mute spare what the rule is for: ... NOT (...)"
            yield _lint("always muted", profile, one.rule, 0, told, remedy)
            continue
        rest = (
            other
            for place, other in enumerate(named)
            if other is not one
            and _alike(other, one)
            and _covers(other, one)
            # Of two that say the same the later one is the superfluous one.
            and (place < number or not _covers(one, other))
        )
        if wider := next(rest, None):
            yield _covered(profile, one, wider)


def _alike(one: _Named, other: _Named) -> bool:
    """Whether both mute, both give points or both take some: a rule may well take points from some that others give."""
    return one.mute is other.mute and (one.mute or (one.rule.weight < 0) is (other.rule.weight < 0))


def _covered(profile: Profile, one: _Named, wider: _Named) -> Lint:
    same = _covers(one, wider)
    told = f"matches {'the same papers as' if same else 'only papers that match'} {_name(wider)}"
    remedy = "leave it out" if one.mute or same else "leave it out, unless its points are meant to come on top"
    return _lint("covered", profile, one.rule, 0, told + ("" if same else ", too"), remedy)


def _name(one: _Named) -> str:
    return f'{"the mute" if one.mute else "rule"} "{one.rule.name}" (line {one.rule.place.line})'


def _covers(wider: _Named, one: _Named) -> bool:
    # Without a condition in common the logic cannot see anything, and most pairs have none.
    if "*" not in wider.anchors and not one.anchors & wider.anchors:
        return False
    if not any(leaf in wider.leaves or any(implies(leaf, other) for other in wider.leaves) for leaf in one.leaves):
        return False
    return covered(one.query, wider.query)
