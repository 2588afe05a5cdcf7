"""Entry against history -> new, updated, returned, gone. Pure.

Decides what changed and what the best fields of a paper are. Does not decide which entries are one paper
(broadsheet.identity does), and neither reads nor writes history.

How two listings of one paper are merged, field by field:

1. What is known beats what is unknown: a value that a listing leaves out is never taken away.
2. A listing that names a higher version beats one that names a lower one or none.
3. Of equal versions, the listing in the later dump wins; of dumps taken at the same time, the one that is read later;
   of entries in one dump, the one with the longer text. Comments and upvotes follow the later dump alone.
4. An abstract that is the beginning of the other, cut off, never wins: the whole one is kept. Of equal versions,
   neither does one of less than half the length from another source, which is a teaser, nor a list of names that is
   the beginning of the other. Any title wins over an untitled paper's.
5. Of publication dates the more precise one wins; of equally precise ones, 2 and 3 decide.

Each field remembers which listing it came from (Paper.stamps), so the order in which dumps arrive does not matter, and
an older dump that arrives late fills in what is unknown and replaces nothing newer.

A paper is "updated" when a field of SIGNIFICANT that was known says something else after the merge. White space, case,
accents and punctuation say nothing (a point within a number does), neither do names of authors written otherwise, nor
an abstract that was cut off before, nor TeX that one listing has and another has taken out. What becomes known is
enrichment and no change.

What two sources disagree on is no update either: each keeps its word (every entry is kept with its provenance), the
merged paper follows the rules above, and a difference counts only where a source departs from its own earlier word
(Paper.said), names a higher version, or says itself that the paper was replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..text import folded
from ..types import Change, ChangeKind, Entry, FieldChange, Guid, Paper
from .compare import SIGNIFICANT, differences, fingerprint, repeats
from .merge import longer, merge, read_later

__all__ = ["SIGNIFICANT", "Changed", "Decision", "Difference", "decide", "diff"]

# Two dumps that are only compared have no history, and no time that matters.
_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a dump brings."""

    #: Every paper whose stored state changes in any way, in the order of the dump.
    papers: tuple[Paper, ...]
    #: What readers are told, in the order of the dump, what is gone last; seq is 0 until the log numbers it.
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A paper that two dumps list differently."""

    guid: Guid
    old: Entry
    new: Entry
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two dumps against each other, each paper once, in the order of titles."""

    added: tuple[tuple[Guid, Entry], ...]
    removed: tuple[tuple[Guid, Entry], ...]
    changed: tuple[Changed, ...]
    #: How many papers both list alike.
    unchanged: int


def decide(
    observed: Sequence[tuple[Guid, Entry]],
    known: Mapping[Guid, Paper],
    *,
    taken: datetime,
    late: bool,
    previous: Collection[Guid] | None = None,
    gone: Collection[Guid] = (),
) -> Decision:
    """What one dump changes.

    observed: its entries and whose they are; known: the papers among them that history has (and those of `previous`);
    taken: when the dump was taken; late: whether a newer dump of its source was read by an earlier run, which marks all
    its changes.

    previous: the papers in the last dump of a source that is declared a full listing; None for any other source, and
    where this dump is not known to be complete. Those that are missing now are gone. gone: the papers that this
    source's log calls gone; those that are listed again are returned. A late dump says nothing of either.
    """
    seen = _papers(observed, taken)
    papers: list[Paper] = []
    changes: list[Change] = []

    def tell(kind: ChangeKind, paper: Paper, fields: tuple[FieldChange, ...] = ()) -> None:
        changes.append(Change(seq=0, kind=kind, paper=paper, fields=fields, late=late))

    for guid, paper in seen.items():
        before = known.get(guid)
        if before is None:
            papers.append(paper)
            tell("new", paper)
            continue
        after = merge(before, paper, read_later)
        if fields := _news(before, paper, differences(before.best, after.best)):
            after = replace(after, version=after.version + 1)
        if after != before:
            papers.append(after)
        if guid in gone and not late:
            tell("returned", after)
        if fields:
            tell("updated", after, fields)
    if not late:
        for guid in sorted(set(previous or ()) - seen.keys() - set(gone)):
            if guid in known:
                tell("gone", known[guid])
    return Decision(papers=tuple(papers), changes=tuple(changes))


def _news(before: Paper, seen: Paper, found: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """The differences that are changes of the paper, and not only what one source says otherwise than another."""
    told = (seen.best.announce_type or "").startswith("replace")
    if not found or not before.said or told or any(change.field == "version" for change in found):
        return found
    return tuple(
        change
        for change in found
        if any(
            source in before.said and not repeats(change.field, before.said[source], now)
            for source, now in seen.said.items()
        )
    )


def diff(old: Sequence[tuple[Guid, Entry]], new: Sequence[tuple[Guid, Entry]]) -> Difference:
    """What a dump lists that another does not, and what both list differently.

    The order of entries does not matter; a paper that a dump lists twice counts once, merged.
    """
    before, after = _papers(old, _ONCE), _papers(new, _ONCE)
    both = [(guid, before[guid].best, after[guid].best) for guid in after if guid in before]
    changed = [
        Changed(guid=guid, old=one, new=other, fields=fields)
        for guid, one, other in both
        if (fields := differences(one, other))
    ]
    return Difference(
        added=_by_title(after[guid] for guid in after if guid not in before),
        removed=_by_title(before[guid] for guid in before if guid not in after),
        changed=tuple(sorted(changed, key=lambda each: (folded(each.new.title), each.guid))),
        unchanged=len(both) - len(changed),
    )


def _by_title(papers: Iterable[Paper]) -> tuple[tuple[Guid, Entry], ...]:
    return tuple(
        (paper.guid, paper.best) for paper in sorted(papers, key=lambda paper: (folded(paper.best.title), paper.guid))
    )


def _papers(observed: Iterable[tuple[Guid, Entry]], taken: datetime) -> dict[Guid, Paper]:
    """Each paper of a dump as that dump alone shows it, in the order of the dump."""
    papers: dict[Guid, Paper] = {}
    for guid, entry in observed:
        said = {entry.provenance.source: fingerprint(entry)} if entry.provenance else {}
        paper = Paper(guid=guid, best=entry, first_seen=taken, last_seen=taken, said=said)
        papers[guid] = merge(papers[guid], paper, longer) if guid in papers else paper
    return papers
