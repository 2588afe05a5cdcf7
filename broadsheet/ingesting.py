"""Files -> the store: what is new among them is read, compared with all that is known, and written down.

Does the order of it: the oldest dump first, each in one transaction, containers closed when all in them is written.
What a file holds is for broadsheet.intake to say, what changed and whether to trust it for the stages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import changes, identity, inbox, intake, judging, sources, verdicts
from .errors import ParseFailed, SourceError, StillWritten, SuspiciousDump
from .report import Checked, count
from .running import Run
from .text import whole
from .types import Dump, Parsed, Problem, SourceReport

#: Bytes of dumps that are held before they are written, so that old ones come before new ones.
_MOST_HELD = 128 << 20


def ingest(
    run: Run, paths: Sequence[Path], *, wanted: Callable[[Dump], bool] | None = None
) -> tuple[SourceReport, ...]:
    """Read the dumps that no earlier run has read into the store, the oldest first, each in one transaction.

    A file that holds others (an archive, a mailbox) is opened, and each dump in it stands on its own. One too large to
    be held comes last, and in several transactions. A dump that cannot be read is left out and reported as broken; the
    others are not touched by it. As long as it lies there it is tried again, and that is no alarm any more once a run
    has told of it. wanted: which dumps in a container are read, all of them without it.
    """
    with run.stage("ingest"):
        unwritten = _Unwritten(seen=run.store.seen(), wanted=wanted)
        for done, path in enumerate(paths):
            run.progress("reading", done, len(paths))
            try:
                file = intake.read(run.setup, path)
                if not _is_known(run, unwritten, file):
                    _open(run, unwritten, file)
            except StillWritten as error:
                run.checked.append(Checked(source=error.dump, outcome="left", told=error.reason))
            except SourceError as error:
                _quarantined(run, None, whole(path.name), error, known_by=inbox.sight_of(path))
            except OSError as error:
                told = inbox.unreadable(whole(path.name), error)
                _quarantined(run, None, whole(path.name), told, known_by=inbox.sight_of(path))
        _compare(run, unwritten)
        return tuple(run.reports)


@dataclass(slots=True)
class _Container:
    """A file that holds others, and what became of these."""

    file: Dump
    #: The SHA-256 of each dump in it.
    members: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: int = 0


@dataclass(slots=True)
class _Unwritten:
    """Dumps that were read and are not yet compared with what is known."""

    #: Content and name of what earlier runs have read. Asked once: an inbox keeps a year of files, a mailbox more.
    seen: frozenset[tuple[str, str]]
    #: Which dumps in a container are to be read.
    wanted: Callable[[Dump], bool] | None = None
    fresh: dict[str, tuple[Dump, Parsed]] = field(default_factory=dict)
    #: Those that are read in parts.
    large: dict[str, Dump] = field(default_factory=dict)
    #: Those that hold what another one holds; of them is told when that is written.
    repeated: list[Dump] = field(default_factory=list)
    containers: list[_Container] = field(default_factory=list)
    #: Bytes of all that is fresh.
    size: int = 0


def _is_known(run: Run, unwritten: _Unwritten, dump: Dump) -> bool:
    """Whether a dump of this content was read before, which is written down and all there is to do."""
    if (dump.sha256, dump.name) in unwritten.seen:
        # Saved or fetched anew, perhaps, with another time; nothing is to be told of it.
        run.known += 1
        return True
    if dump.sha256 in unwritten.fresh or dump.sha256 in unwritten.large:
        unwritten.repeated.append(dump)
    elif run.store.has_dump(dump.sha256):
        _arrived_again(run, dump)
    else:
        return False
    run.known += 1
    return True


def _arrived_again(run: Run, dump: Dump) -> None:
    if not run.store.arrive(run.number, dump):
        return
    configured = run.setup.source_of(dump.name) is not None
    again = judging.note_again(run.store, run.number, dump, configured=configured)
    if again and again.alarm:
        run.reports.append(again)
        run.failures.append(SuspiciousDump(dump.name, f"{again.verdict}: {again.reason}"))


def _open(run: Run, unwritten: _Unwritten, file: Dump) -> None:
    """Read what a file holds, or the file itself. Raises SourceError where nothing can be known of it."""
    container = _Container(file)
    for found in intake.opened(run.setup, file):
        if isinstance(found, Problem):
            container.problems.append(found)
        elif isinstance(found, Dump):
            container.members.append(found.sha256)
            asked = unwritten.wanted is None or unwritten.wanted(found)
            if found is file or (asked and not _is_known(run, unwritten, found)):
                _take(run, unwritten, found)
        else:
            container.refused += 1
            _quarantined(run, found.dump, found.error.dump, found.error, known_by=file.sha256)
    if container.members != [file.sha256]:
        unwritten.containers.append(container)


def _take(run: Run, unwritten: _Unwritten, dump: Dump) -> None:
    try:
        parsed = intake.parse(run.setup, dump)
    except SourceError as error:
        _quarantined(run, dump, dump.name, error)
        return
    if parsed is None:
        unwritten.large[dump.sha256] = dump
    else:
        unwritten.fresh[dump.sha256] = dump, parsed
        unwritten.size += dump.size
    if unwritten.size > _MOST_HELD:
        _compare(run, unwritten)


def _compare(run: Run, unwritten: _Unwritten) -> None:
    """Compare what was read with all that is known, and write it down; then nothing is unwritten."""
    in_order = sorted(unwritten.fresh.values(), key=lambda pair: (pair[1].taken, pair[0].name, pair[0].sha256))
    for done, (dump, parsed) in enumerate(in_order):
        run.progress("comparing", done, len(in_order))
        run.reports.append(_remember(run, dump, parsed))
    for dump in unwritten.large.values():
        try:
            parts = intake.remember_in_parts(run.store, run.setup, run.number, run.day, dump, run.progress)
        except SourceError as error:
            _quarantined(run, dump, dump.name, error)
            continue
        except OSError as error:
            _quarantined(run, None, dump.name, inbox.unreadable(dump.name, error))
            continue
        if isinstance(parts, Parsed):
            run.reports.append(_remember(run, dump, parts))
        else:
            run.reports.append(parts.report)
            run.tally.update(parts.told)
            run.failures += parts.failures
    for again in unwritten.repeated:
        _arrived_again(run, again)
    for container in unwritten.containers:
        _close(run, container)
    unwritten.fresh, unwritten.large, unwritten.size = {}, {}, 0
    unwritten.repeated, unwritten.containers = [], []


def _close(run: Run, container: _Container) -> None:
    """Write down what is to be told of a container, and whether it need not be opened again."""
    file, problems = container.file, container.problems
    serious = [problem for problem in problems if problem.level != "note"]
    report = SourceReport(
        dump=file.name,
        source="",
        format=sources.container_of(file),
        taken=None,
        taken_from=None,
        verdict="partial" if serious else "complete" if container.members else "empty",
        reason="; ".join([f"opened: {len(container.members)} inside", *(one.reason for one in problems[:3])]),
        problems=tuple(problems),
        alarm=bool(serious),
    )
    # What was passed over is told once, and not each time that a bad member is tried again.
    telling = run.store.arrive(run.number, file) if problems else False
    news = bool(serious) and not _is_told(run, file.sha256, report)
    if news:
        run.failures.append(SuspiciousDump(file.name, serious[0].reason))
    if telling or serious:
        run.reports.append(replace(report, alarm=news))
    whole_read = not container.refused and all(map(run.store.has_dump, container.members))
    run.store.opened(run.number, file, report if telling or news else None, whole=whole_read)


def _is_told(run: Run, known_by: str, report: SourceReport) -> bool:
    """Whether somebody knows of it from an earlier run, and did not ask for this very file now."""
    return bool(known_by) and not run.dumps and run.store.is_told(known_by, report)


def _quarantined(run: Run, dump: Dump | None, name: str, error: SourceError, *, known_by: str = "") -> None:
    """Tell of what cannot be read. known_by: what stands for the content of what is no dump, to tell of it once."""
    report = SourceReport(
        dump=name,
        source=dump.source if dump else "",
        format=None,
        taken=None,
        taken_from=None,
        verdict="broken",
        reason=error.reason,
        alarm=True,
    )
    if dump:
        run.reports.append(_broken(run, dump, report, error))
    elif _is_told(run, known_by, report):
        run.reports.append(replace(report, alarm=False))
    else:
        run.failures.append(error)
        run.reports.append(report)
        if known_by:
            run.store.tell(run.number, known_by, report)
        else:
            run.unread.append(report)


def _broken(run: Run, dump: Dump, report: SourceReport, error: SourceError) -> SourceReport:
    """Put a dump that cannot be read into quarantine, and tell of it once; its report."""
    if _is_told(run, dump.sha256, report):
        run.store.arrive(run.number, dump)
        return replace(report, alarm=False)
    run.failures.append(error)
    run.store.quarantine(run.number, dump, report)
    return report


def _remember(run: Run, dump: Dump, parsed: Parsed) -> SourceReport:
    """Compare one dump with all that is known, and write it down."""
    store, source = run.store, run.setup.source_of(dump.name)
    name = source.name if source else parsed.format
    entries = parsed.entries
    aliases = {alias for entry in entries for alias in identity.aliases_of(entry)}
    identified = identity.identify(entries, store.known_aliases(aliases))
    guids = identified.guids
    full = source is not None and source.full_listing
    previous = store.last_listing(name) if full else None
    known = store.papers({*guids, *(previous or ())})
    newest = store.newest_taken(name, before_run=run.number)
    late = newest is not None and parsed.taken < newest
    decision = changes.decide(
        tuple(zip(guids, entries, strict=True)),
        known,
        taken=parsed.taken,
        late=late,
        previous=previous,
        gone=store.gone(name) if full else (),
    )
    papers = set(guids)
    judged = judging.judged(
        store,
        dump,
        parsed,
        source=name,
        configured=source is not None,
        day=run.day,
        papers=papers,
        known=len(papers & known.keys()),
        told=len(decision.changes) - count(decision.changes, "new"),
        late=newest if late else None,
    )
    report = intake.report_of(
        dump,
        parsed,
        judged,
        source=name,
        entries=len(entries),
        new=count(decision.changes, "new"),
        updated=count(decision.changes, "updated"),
        newest=verdicts.newest_of(entries),
    )
    if report.verdict == "broken":
        return _broken(run, dump, report, ParseFailed(dump.name, report.reason))
    if report.alarm:
        run.failures.append(SuspiciousDump(dump.name, f"{report.verdict}: {report.reason}"))
    if report.verdict in ("partial", "empty"):
        # What is missing from a listing that is not whole is not gone.
        decision = replace(decision, changes=tuple(one for one in decision.changes if one.kind != "gone"))
    written = store.write(run.number, dump, parsed, guids, identified.aliases, decision, report)
    run.tally.update(change.kind for change in written)
    return report
