"""Why a paper is in a reader's digest, and why not: by rule, by mute, by threshold, by limit. Changes no state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from .errors import StoreError
from .questions import open_to_read
from .render.sentences import telling
from .rules.explain import closest, mute_of, reads, short_by, standing
from .rules.whynot import NearMiss
from .setup import load
from .store import Store
from .types import Digest, HeldBack, Hit, Judgement, Paper, Profile
from .wording import format_points, score_of
from .workspace import Workspace

#: So many of a profile's digests are looked through, the newest first.
_DIGESTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What one digest of a profile did with a paper, or will do."""

    #: For what is held back, the reason that the digest gives. copy: in the row of a paper it is a near copy of.
    #: unmatched: no rule of then matched. waiting: the next
    #: digest will tell. early: it came before the profile's first digest began. reparsed: it was found by re-reading an
    #: old dump.
    status: Literal["shown", "copy", "muted", "limit", "rule", "threshold", "unmatched", "waiting", "early", "reparsed"]
    #: Of the digest; None where there is none.
    day: date | None = None
    #: The part of the digest that shows it: new or updated.
    section: str | None = None
    #: From 1, among the papers that reach min_score.
    rank: int | None = None
    #: How many the section shows; the limit, where that cut the paper.
    of: int | None = None
    #: The score it had then; None where it was muted.
    score: float | None = None
    #: The score of the last new paper that the digest shows, where the limit cut this one.
    last_shown: float | None = None
    #: Title of the paper whose row it stands in.
    copy_of: str = ""
    #: The rule that had filled its share of the digest, where that held it back.
    rule: str = ""

    def __str__(self) -> str:
        there = f"rank {self.rank} of {self.of}, on {self.day}"
        if self.status == "shown":
            return f"shown as {self.section}, {there}"
        if self.status == "copy":
            return f'shown as a near copy of "{self.copy_of}", {there}'
        if self.status == "rule":
            return f'held back at rank {self.rank}, as rule "{self.rule}" had filled its share, on {self.day}'
        if self.status == "muted":
            return f"muted on {self.day}"
        if self.status == "threshold":
            return f"held back below min_score, on {self.day}"
        if self.status == "unmatched":
            return f"no rule matched it on {self.day}"
        if self.status == "waiting":
            return "no digest has covered it yet: it waits for the next one"
        if self.status == "reparsed":
            return "it was found by re-reading an old dump, which no digest tells as news"
        if self.status == "early":
            return "it came before the profile's first digest began"
        least = f"; the last one shown has {format_points(self.last_shown)}" if self.last_shown is not None else ""
        return f"held back at rank {self.rank} by limit {self.of}, on {self.day}{least}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one profile makes of one paper, by its rules as they are now and in its digests."""

    profile: Profile
    paper: Paper
    judgement: Judgement
    #: What the newest digest that says anything of the paper did with it.
    stand: Stand
    #: The rules that gave no points and could have, the closest first.
    closest: tuple[NearMiss, ...]

    @property
    def place(self) -> str:
        """Where it stands in the profile's digests, in words."""
        return str(self.stand)

    @property
    def enough(self) -> bool:
        """Whether the rules let the paper in; the limit may still cut it."""
        let_in = bool(self.judgement.matches) and not short_by(self.profile, self.judgement)
        return let_in and self.judgement.muted_by is None and reads(self.profile, self.paper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The part of a field in which matched words stand."""

    field: str
    #: Characters of the field, from 0, end exclusive.
    start: int
    end: int
    text: str
    #: Where the words stand, in characters of the field.
    words: tuple[tuple[int, int], ...]


def explain(workspace: Workspace, wanted: str, *, profiles: Sequence[str] = ()) -> tuple[Explanation, ...]:
    """What each profile makes of the paper that `wanted` names: its guid, an id, or words of its title.

    Raises StoreError where no paper fits, or several do (it lists some).
    """
    setup = load(workspace, profiles)
    with open_to_read(workspace, setup.config.settings) as store:
        paper = _find(store, wanted)
        judged = setup.engine.judge([paper])
        return tuple(
            Explanation(
                profile=profile,
                paper=paper,
                judgement=judged[profile.name][0],
                stand=_stand(store, profile, paper),
                closest=closest(profile, paper),
            )
            for profile in setup.config.profiles
        )


def _find(store: Store, wanted: str) -> Paper:
    found = store.find(wanted, limit=6)
    if not found:
        raise StoreError(f"no paper is called {wanted!r}; give its guid, an id such as arxiv:2401.01234, or its title")
    if len(found) > 1:
        some = "; ".join(f"{paper.best.title} [{paper.guid}]" for paper in found[:5])
        raise StoreError(f"{wanted!r} fits more than one paper: {some}{'; ...' if len(found) > 5 else ''}")
    return found[0]


def _stand(store: Store, profile: Profile, paper: Paper) -> Stand:
    cut = store.digests(profile.name, limit=_DIGESTS)
    told = next((stand for digest in cut if (stand := _in_digest(digest, paper))), None)
    last = store.last_change(paper.guid)
    if told is None and last is None:
        return Stand(status="reparsed")
    if told is None and last is not None and last <= (store.watermark(profile.name) or 0):
        # Older digests than those looked through may have covered it, too.
        covering = (
            edition.day for edition in store.editions(profile.name) if edition.from_seq <= last <= edition.to_seq
        )
        day = next(covering, None)
        return Stand(status="unmatched" if day else "early", day=day)
    return told or Stand(status="waiting")


def _in_digest(digest: Digest, paper: Paper) -> Stand | None:
    for section in digest.sections:
        for rank, row in enumerate(section.rows, start=1):
            copy = any(change.paper.guid == paper.guid for change in row.copies)
            if copy or row.change.paper.guid == paper.guid:
                return Stand(
                    day=digest.day,
                    status="copy" if copy else "shown",
                    section=section.name,
                    rank=rank,
                    of=len(section.rows),
                    score=row.score,
                    copy_of=row.change.paper.best.title if copy else "",
                )
    for held in digest.held_back:
        if held.guid == paper.guid:
            return _held(digest, held)
    muted = any(muted.guid == paper.guid for muted in digest.muted)
    return Stand(day=digest.day, status="muted") if muted else None


def _held(digest: Digest, held: HeldBack) -> Stand:
    full = [section.rows for section in digest.sections if len(section.rows) == digest.limit]
    # Where both sections are full, nothing tells which one the paper was cut from.
    least = full[0][-1].score if held.reason == "limit" and len(full) == 1 and full[0] else None
    return Stand(
        day=digest.day,
        status=held.reason,
        rank=held.rank,
        of=digest.limit if held.reason == "limit" else None,
        score=held.score,
        last_shown=least,
        rule=held.rule,
    )


def sentences_of(hits: Iterable[Hit], paper: Paper) -> tuple[Sentence, ...]:
    """The title, and the sentence of the abstract that holds most of the words, where hits stand in them."""
    found = []
    for field, text in (("title", paper.best.title), ("abstract", paper.best.abstract or "")):
        words = tuple(
            (hit.start, hit.end) for hit in hits if hit.field == field and hit.start is not None and hit.end is not None
        )
        if not words:
            continue
        start, end = (0, len(text)) if field == "title" else telling(text, words) or (0, len(text))
        inside = tuple(word for word in words if start <= word[0] and word[1] <= end)
        found.append(Sentence(field=field, start=start, end=end, text=text[start:end], words=inside))
    return tuple(found)


def explanation_record(explanation: Explanation) -> dict[str, Any]:
    """An explanation as `broadsheet explain --json` prints it."""
    profile, paper, judgement = explanation.profile, explanation.paper, explanation.judgement
    return {
        "profile": profile.name,
        "guid": paper.guid,
        "title": paper.best.title,
        "score": score_of(judgement.matches),
        "min_score": profile.min_score,
        "short_by": short_by(profile, judgement),
        "muted_by": judgement.muted_by,
        "mute": _mute_record(explanation),
        "standing": standing(profile, paper, judgement),
        "place": explanation.place,
        "digest": msgspec.to_builtins(explanation.stand),
        "matches": [
            {**msgspec.to_builtins(match), "sentences": _sentence_records(match.hits, paper)}
            for match in judgement.matches
        ],
        "closest": [_miss_record(miss, paper) for miss in explanation.closest],
    }


def _mute_record(explanation: Explanation) -> dict[str, Any] | None:
    name = explanation.judgement.muted_by
    if name is None:
        return None
    mute, hits = mute_of(explanation.profile, explanation.paper, name)
    return {
        "rule": mute.name,
        "when": mute.when,
        "hits": msgspec.to_builtins(hits),
        "sentences": _sentence_records(hits, explanation.paper),
    }


def _miss_record(miss: NearMiss, paper: Paper) -> dict[str, Any]:
    return {
        "rule": miss.rule,
        "when": miss.when,
        "weight": miss.weight,
        "distance": miss.distance,
        "holds": list(miss.holds),
        "lacks": [{**msgspec.to_builtins(gap), "sentences": _sentence_records(gap.hits, paper)} for gap in miss.gaps],
    }


def _sentence_records(hits: tuple[Hit, ...], paper: Paper) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(sentence) for sentence in sentences_of(hits, paper)]
