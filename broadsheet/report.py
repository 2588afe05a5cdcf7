"""What a run did, for people, programs and the store. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from .changes import Difference
from .errors import BroadsheetError
from .text import whole
from .types import Change, Digest, Dump, Entry, Guid, Parsed, SourceReport


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpReport:
    """One dump of a run."""

    name: str
    source: str
    format: str | None
    entries: int
    new: int
    updated: int
    #: How many; `broadsheet parse --account` lists them.
    problems: int
    coverage: float
    verdict: str
    reason: str
    #: Whether somebody should look; it makes the exit code 3.
    alarm: bool
    #: When it was taken, where that is known, and how: "file name".
    taken: datetime | None
    taken_from: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A source that was asked for new dumps, and what came."""

    #: Its name; of a file that is left for the next run, the file's.
    source: str
    #: "later" and "failed": nothing could be had, now or without somebody's help. "left": still being written.
    outcome: Literal["new", "same", "later", "failed", "left"]
    told: str
    #: What was put into the inbox.
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """One digest of a run."""

    profile: str
    day: date
    from_seq: int
    to_seq: int
    shown: int
    held_back: int
    muted: int
    files: tuple[str, ...]

    @classmethod
    def of(cls, digest: Digest, files: Sequence[Path]) -> DigestReport:
        """The report of a published digest."""
        return cls(
            profile=digest.profile,
            day=digest.day,
            from_seq=digest.from_seq,
            to_seq=digest.to_seq,
            shown=digest.shown,
            held_back=len(digest.held_back),
            muted=len(digest.muted),
            files=tuple(whole(str(file)) for file in files),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run; `broadsheet run --json` prints it."""

    run: int
    day: date
    dumps: tuple[DumpReport, ...]
    #: Files whose content an earlier run had read already.
    known_dumps: int
    #: What the dumps list, each paper as often as it is listed.
    entries: int
    #: All that the store knows after the run.
    papers: int
    new: int
    updated: int
    returned: int
    gone: int
    digests: tuple[DigestReport, ...]
    #: Changes that came after a profile's digest of the day was cut, by profile; the next digest has them.
    waiting: Mapping[str, int]
    #: Profiles that have no digest for this day, since their schedule wants none, and when it wants the next one.
    not_due: Mapping[str, date]
    #: Messages owed to receivers, by state.
    outbox: Mapping[str, int]
    #: The sources that were asked for new dumps, in the order of the configuration.
    collected: tuple[Checked, ...] = ()
    #: Wall time by stage.
    seconds: Mapping[str, float]
    #: Requests by mail to be left out, and what became of them, a line each.
    leaving: tuple[str, ...] = ()
    #: What failed while the rest went out, a line each.
    failures: tuple[str, ...]
    exit: int

    def json(self) -> str:
        """The report as indented JSON."""
        return as_json(self)


def as_json(value: object) -> str:
    """Values of this module as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def dump_report(report: SourceReport) -> DumpReport:
    """A source's report with its problems counted."""
    return DumpReport(
        name=report.dump,
        source=report.source,
        format=report.format,
        entries=report.entries,
        new=report.new,
        updated=report.updated,
        problems=len(report.problems),
        coverage=round(report.coverage, 2),
        verdict=report.verdict,
        reason=report.reason,
        alarm=report.alarm,
        taken=report.taken,
        taken_from=report.taken_from,
    )


def count(changes: Sequence[Change], kind: str) -> int:
    """How many changes are of a kind."""
    return sum(change.kind == kind for change in changes)


def exit_code(failures: Sequence[BroadsheetError]) -> int:
    """0 when all went well, 3 when a part failed and the rest went out."""
    return 3 if failures else 0


def entry_record(guid: Guid, entry: Entry) -> dict[str, Any]:
    """An entry as `broadsheet parse --json` prints it: every key present, None where unknown."""
    where = entry.provenance
    return {
        "guid": guid,
        "title": entry.title,
        "title_raw": entry.title_raw,
        "abstract": entry.abstract,
        "abstract_raw": entry.abstract_raw,
        "authors": list(entry.authors),
        "author_count": entry.author_count,
        "organization": entry.organization,
        "published": entry.published.isoformat() if entry.published else None,
        "published_precision": entry.published_precision,
        "comments": entry.comments,
        "upvotes": entry.upvotes,
        "categories": list(entry.categories),
        "ids": dict(entry.ids),
        "links": dict(entry.links),
        "announce_type": entry.announce_type,
        "version": entry.version,
        "source": where.source if where else None,
        "dump": where.dump if where else None,
        "position": where.position if where else None,
        "span": list(where.span) if where else None,
    }


def account_record(dump: Dump, parsed: Parsed, entries: int) -> dict[str, Any]:
    """The account of a dump with so many entries as `broadsheet parse --account --json` prints it."""
    account = parsed.account
    return {
        "dump": dump.name,
        "format": parsed.format,
        "taken": parsed.taken.isoformat(),
        "taken_from": parsed.taken_from,
        "entries": entries,
        "announced": parsed.announced,
        "refusal": parsed.refusal,
        "furniture": account.furniture,
        "problems": [
            {"place": problem.place, "level": problem.level, "reason": problem.reason, "text": problem.text}
            for problem in parsed.problems
        ],
        "coverage": account.coverage,
        account.unit: {
            "total": account.total,
            "entry": account.entry,
            "furniture": account.furniture,
            "problem": account.problem,
        },
    }


def difference_record(difference: Difference) -> dict[str, Any]:
    """Two dumps against each other as `broadsheet diff --json` prints it."""
    return {
        "added": [{"guid": guid, "title": entry.title} for guid, entry in difference.added],
        "removed": [{"guid": guid, "title": entry.title} for guid, entry in difference.removed],
        "changed": [
            {
                "guid": changed.guid,
                "title": changed.new.title,
                "fields": {field.field: [field.old, field.new] for field in changed.fields},
            }
            for changed in difference.changed
        ],
        "unchanged": difference.unchanged,
    }
