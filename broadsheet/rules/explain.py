"""A judgement in lines that a person reads: the points rule by rule, and for a paper that is left out, why.

Says only what the rules say; whether a digest's limit cut the paper is for the digest to tell. Escapes nothing.
"""

from __future__ import annotations

from ..types import Hit, Judgement, Match, Paper, Profile, Rule
from ..wording import badge, format_points, score_of, signed_points, weighed, words_of
from .checked import queries_of
from .reference import hits_of
from .whynot import NearMiss, near_misses


def explain(profile: Profile, paper: Paper, judgement: Judgement) -> tuple[str, ...]:
    """Where the paper stands with the profile's rules, then one line for each rule that matched.

    judgement: what the engine says of this paper for this profile.
    """
    return (standing(profile, paper, judgement), *(f"  {reason(match)}" for match in judgement.matches))


def standing(profile: Profile, paper: Paper, judgement: Judgement) -> str:
    """Whether the rules let the paper in, and what keeps it out: a mute, no rule at all, or too few points."""
    if not reads(profile, paper):
        source = paper.best.provenance.source if paper.best.provenance else "no source"
        return f"not read: the paper is from {source}, and the profile reads only {', '.join(profile.sources)}"
    if judgement.muted_by is not None:
        return _muted(profile, paper, judgement.muted_by)
    if not judgement.matches:
        return "no rule matched"
    score, least = format_points(score_of(judgement.matches)), format_points(profile.min_score)
    if short := short_by(profile, judgement):
        return f"score {score} is {format_points(short)} below min_score {least}"
    return f"score {score} reaches min_score {least}"


def reads(profile: Profile, paper: Paper) -> bool:
    """Whether the paper, as it stands, comes from a source that the profile reads."""
    where = paper.best.provenance
    return not profile.sources or (where is not None and where.source in profile.sources)


def short_by(profile: Profile, judgement: Judgement) -> float:
    """How many points a paper lacks to reach min_score; 0 where it reaches it."""
    return max(0.0, round(profile.min_score - score_of(judgement.matches), 4))


def reason(match: Match) -> str:
    """One rule that matched: "+10 kv cache: KV cache ×3, in title (5 × 2)"."""
    sum_ = weighed(match)
    name = "" if match.rule == match.when == badge(match) else f"{match.rule}: "
    return f"{signed_points(match.points)} {name}{badge(match)}" + (f" ({sum_})" if sum_ else "")


def closest(profile: Profile, paper: Paper) -> tuple[NearMiss, ...]:
    """The rules of a profile that would give the paper points and do not hold for it, the closest first."""
    queries = queries_of(profile)
    return near_misses([(rule, queries[rule.name]) for rule in profile.rules], paper)


def lacking(miss: NearMiss) -> tuple[str, ...]:
    """One rule that did not match, in lines: the points it would give, what holds of it, what it lacks.

    "+5 kv cache" / "holds: cache" / "lacks: evict* is in neither title nor abstract".
    """
    # A query of several lines is told in one.
    name, when = " ".join(miss.rule.split()), " ".join(miss.when.split())
    head = f"{signed_points(miss.weight)} {name}" + (f" ({when})" if name != when else "")
    holds = (f"  holds: {', '.join(miss.holds)}",) if miss.holds else ()
    return (head, *holds, *(f"  lacks: {gap.because}" for gap in miss.gaps))


def mute_of(profile: Profile, paper: Paper, name: str) -> tuple[Rule, tuple[Hit, ...]]:
    """The mute of this name, and the words of the paper that make it hold."""
    mute = next(mute for mute in profile.mutes if mute.name == name)
    return mute, hits_of(queries_of(profile)[name], paper) or ()


def _muted(profile: Profile, paper: Paper, name: str) -> str:
    mute, hits = mute_of(profile, paper, name)
    told = words_of(hits) or mute.when
    return f'muted by "{name}"' + (f" ({told})" if told != name else "")
