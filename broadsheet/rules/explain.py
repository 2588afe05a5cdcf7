"""A judgement in lines that a person reads: the points rule by rule, and for a paper that is left out, why.

Says only what the rules say; whether a digest's limit cut the paper is for the digest to tell. Escapes nothing.
"""

from __future__ import annotations

from ..types import Judgement, Match, Paper, Profile
from ..wording import badge, format_points, score_of, signed_points, weighed, words_of
from .parse import parse_query
from .reference import hits_of


def explain(profile: Profile, paper: Paper, judgement: Judgement) -> tuple[str, ...]:
    """Where the paper stands with the profile's rules, then one line for each rule that matched.

    judgement: what the engine says of this paper for this profile.
    """
    return (standing(profile, paper, judgement), *(f"  {reason(match)}" for match in judgement.matches))


def standing(profile: Profile, paper: Paper, judgement: Judgement) -> str:
    """Whether the rules let the paper in, and what keeps it out: a mute, no rule at all, or too few points."""
    if judgement.muted_by is not None:
        return _muted(profile, paper, judgement.muted_by)
    if not judgement.matches:
        return "no rule matched"
    score, least = score_of(judgement.matches), profile.min_score
    verdict = "is below" if score < least else "reaches"
    return f"score {format_points(score)} {verdict} min_score {format_points(least)}"


def reason(match: Match) -> str:
    """One rule that matched: "+10 kv cache: KV cache ×3, in title (5 × 2)"."""
    sum_ = weighed(match)
    name = "" if match.rule == match.when == badge(match) else f"{match.rule}: "
    return f"{signed_points(match.points)} {name}{badge(match)}" + (f" ({sum_})" if sum_ else "")


def _muted(profile: Profile, paper: Paper, name: str) -> str:
    mute = next(mute for mute in profile.mutes if mute.name == name)
    hits = hits_of(parse_query(mute.when), paper)
    told = words_of(hits or ()) or mute.when
    return f'muted by "{name}"' + (f" ({told})" if told != name else "")
