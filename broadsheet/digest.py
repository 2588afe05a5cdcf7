"""Changes x what a profile's rules say of them -> Digest, the one value that every renderer reads. Pure.

Order: score, then upvotes + comments, then newest, then title; total and stable, whatever order the changes came in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from .text import folded
from .types import (
    Change,
    Digest,
    FieldChange,
    Guid,
    HeldBack,
    Judgement,
    Muted,
    Profile,
    Ranked,
    Section,
    SourceReport,
)


def fold(changes: Sequence[Change], profile: Profile) -> tuple[Change, ...]:
    """One change for each paper that a range of the log has something to say about, in the order of the log.

    A paper that is new and later updated in the range is new, as it is at the end of the range; one that is updated
    twice is updated once, from its first state to its last; one that is only gone is left out. Changes of sources that
    the profile does not read are left out too.
    """
    papers: dict[Guid, Change] = {}
    for change in changes:
        if change.kind == "gone" or not _reads(profile, change):
            continue
        earlier = papers.get(change.paper.guid)
        papers[change.paper.guid] = _joined(earlier, change) if earlier else change
    return tuple(papers.values())


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


def compose(
    profile: Profile,
    day: date,
    timezone: str,
    span: tuple[int, int],
    changes: Sequence[Change],
    judgements: Mapping[Guid, Judgement],
    sources: Sequence[SourceReport],
) -> Digest:
    """The digest of a profile for a day.

    changes: as `fold` gives them; judgements: one for each of their papers; span: first and last number of the log that
    the digest covers; sources: the dumps that were read since the profile's last digest.
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
    below = [row for row in ranked if row.score < profile.min_score]
    new = [row for row in above if row.change.kind == "new"]
    updated = [row for row in above if row.change.kind != "new"]
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
            Section(name="new", title="New", rows=tuple(new[: profile.limit])),
            Section(name="updated", title="Updated", rows=tuple(updated[: profile.limit])),
        ),
        held_back=(*_cut(new, profile.limit), *_cut(updated, profile.limit), *(_held(row, None) for row in below)),
        muted=tuple(
            Muted(
                guid=change.paper.guid, title=change.paper.best.title, rule=judgements[change.paper.guid].muted_by or ""
            )
            for change in sorted(muted, key=lambda change: (folded(change.paper.best.title), change.paper.guid))
        ),
        unmatched=len(changes) - len(muted) - len(ranked),
        considered=len(changes),
        sources=tuple(sources),
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


def _cut(rows: Sequence[Ranked], limit: int) -> tuple[HeldBack, ...]:
    return tuple(_held(row, rank) for rank, row in enumerate(rows[limit:], start=limit + 1))


def _held(row: Ranked, rank: int | None) -> HeldBack:
    """A row that is not shown: cut at its rank, or (without a rank) below the threshold."""
    return HeldBack(
        guid=row.change.paper.guid,
        title=row.change.paper.best.title,
        score=row.score,
        reason="threshold" if rank is None else "limit",
        rank=rank,
    )
