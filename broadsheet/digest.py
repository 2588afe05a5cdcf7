"""Changes x what a profile's rules say of them -> Digest, the one value that every renderer reads. Pure.

Order: score, then upvotes + comments, then newest, then title; total and stable, whatever order the changes came in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from . import copies
from .text import folded
from .types import (
    Change,
    Digest,
    FieldChange,
    Guid,
    HeldBack,
    Judgement,
    Muted,
    Paper,
    Profile,
    Ranked,
    Section,
    SourceReport,
)


def fold(changes: Sequence[Change], profile: Profile) -> tuple[Change, ...]:
    """One change for each paper that a range of the log has something to say about, in the order of the log.

    A paper that is new and later updated in the range is new, as it is at the end of the range; one that is updated
    twice is updated once, from its first state to its last; one that is only gone is left out. Changes of sources that
    the profile does not read are left out too, and so is what re-reading old dumps mended: it shows only in papers that
    the range tells of anyway, and takes out those that a better parser no longer finds.
    """
    papers: dict[Guid, Change] = {}
    for change in changes:
        guid = change.paper.guid
        if change.reparsed:
            if change.kind == "gone":
                papers.pop(guid, None)
            elif guid in papers:
                papers[guid] = _mended(papers[guid], change.paper)
        elif change.kind != "gone" and _reads(profile, change):
            papers[guid] = _joined(papers[guid], change) if guid in papers else change
    return tuple(papers.values())


def corrected(changes: Sequence[Change]) -> int:
    """How many papers of a range of the log had their record mended by re-reading old dumps."""
    return len({change.paper.guid for change in changes if change.reparsed})


def _reads(profile: Profile, change: Change) -> bool:
    provenance = change.paper.best.provenance
    return not profile.sources or (provenance is not None and provenance.source in profile.sources)


def _joined(earlier: Change, later: Change) -> Change:
    if earlier.kind == "new":
        return replace(earlier, paper=later.paper)
    old = {field.field: field.old for field in later.fields} | {field.field: field.old for field in earlier.fields}
    new = {field.field: field.new for field in earlier.fields} | {field.field: field.new for field in later.fields}
    fields = tuple(FieldChange(field=name, old=old[name], new=new[name]) for name in new if old[name] != new[name])
    return replace(later, fields=fields)


def _mended(told: Change, paper: Paper) -> Change:
    """A change of a paper whose record was mended after it: the same news, in the right words."""
    now = {field: getattr(paper.best, field, None) for field in ("title", "abstract")}
    fields = tuple(replace(field, new=now.get(field.field) or field.new) for field in told.fields)
    return replace(told, paper=paper, fields=fields)


def compose(
    profile: Profile,
    day: date,
    timezone: str,
    span: tuple[int, int],
    changes: Sequence[Change],
    judgements: Mapping[Guid, Judgement],
    sources: Sequence[SourceReport],
    corrected: int = 0,
    *,
    unchanged: Sequence[str] = (),
    in_doubt: Sequence[date] = (),
) -> Digest:
    """The digest of a profile for a day.

    changes: as `fold` gives them; judgements: one for each of their papers; span: first and last number of the log that
    the digest covers; sources: the dumps that were read since the profile's last digest; corrected: how many papers
    were mended by re-reading; unchanged: sources that were asked and had nothing new; in_doubt: days of earlier digests
    that a receiver may not have got.
    """
    muted = [change for change in changes if judgements[change.paper.guid].muted_by is not None]
    ranked = sorted(
        (
            Ranked(change=change, matches=judgement.matches)
            for change in changes
            if (judgement := judgements[change.paper.guid]).muted_by is None and judgement.matches
        ),
        key=order,
    )
    above = [row for row in ranked if row.score >= profile.min_score]
    below = tuple(_held(row, "threshold") for row in ranked if row.score < profile.min_score)
    new, new_held = _chosen(profile, [row for row in above if row.change.kind == "new"])
    updated, updated_held = _chosen(profile, [row for row in above if row.change.kind != "new"])
    return Digest(
        profile=profile.name,
        title=profile.title,
        day=day,
        timezone=timezone,
        from_seq=span[0],
        to_seq=span[1],
        min_score=profile.min_score,
        limit=profile.limit,
        sections=(
            Section(name="new", title="New", rows=new),
            Section(name="updated", title="Updated", rows=updated),
        ),
        held_back=(*new_held, *updated_held, *below),
        muted=tuple(
            Muted(
                guid=change.paper.guid, title=change.paper.best.title, rule=judgements[change.paper.guid].muted_by or ""
            )
            for change in sorted(muted, key=lambda change: (folded(change.paper.best.title), change.paper.guid))
        ),
        unmatched=len(changes) - len(muted) - len(ranked),
        considered=len(changes),
        sources=tuple(sources),
        corrected=corrected,
        unchanged=tuple(unchanged),
        in_doubt=tuple(in_doubt),
    )


def order(row: Ranked) -> tuple[float, int, int, str, str]:
    """The key that sorts rows into the order of a digest."""
    best = row.change.paper.best
    newest = -best.published.toordinal() if best.published else 0
    return (
        -row.score,
        -((best.upvotes or 0) + (best.comments or 0)),
        newest,
        folded(best.title),
        row.change.paper.guid,
    )


def _chosen(profile: Profile, rows: Sequence[Ranked]) -> tuple[tuple[Ranked, ...], tuple[HeldBack, ...]]:
    """The rows of a section that are shown, and those that are held back; both in the order of rows.

    Near copies share the row of the first of them. A row counts for the rule that gives it most points, the first of
    equals; a rule that has filled its share (per_rule_limit) leaves its further rows out.
    """
    shown: list[Ranked] = []
    held: list[HeldBack] = []
    filled: Counter[str] = Counter()
    for rank, works in enumerate(_grouped(rows), start=1):
        loudest = max(works[0].matches, key=lambda match: match.points).rule
        if len(shown) >= profile.limit:
            held += (_held(row, "limit", rank) for row in works)
        elif profile.per_rule_limit and filled[loudest] >= profile.per_rule_limit:
            held += (_held(row, "rule", rank, loudest) for row in works)
        else:
            filled[loudest] += 1
            shown.append(replace(works[0], copies=tuple(row.change for row in works[1:])))
    return tuple(shown), tuple(held)


def _grouped(rows: Sequence[Ranked]) -> list[list[Ranked]]:
    """Each row with those behind it that are near copies of its paper."""
    groups: dict[int, list[Ranked]] = {}
    for row, lead in zip(rows, copies.group([row.change.paper for row in rows]), strict=True):
        groups.setdefault(lead, []).append(row)
    return list(groups.values())


def _held(
    row: Ranked, reason: Literal["limit", "rule", "threshold"], rank: int | None = None, rule: str = ""
) -> HeldBack:
    return HeldBack(
        guid=row.change.paper.guid,
        title=row.change.paper.best.title,
        score=row.score,
        reason=reason,
        rank=rank,
        rule=rule,
    )
