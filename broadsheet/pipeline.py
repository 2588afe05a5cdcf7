"""The stages in order, as plain functions: what the flows wrap and `broadsheet run --plain` calls.

    open_run | collect | ingest | digest | publish | finish

Does the order of the work; what is decided is decided in the stages, what is read from the inbox in broadsheet.inbox.
Every step first looks whether its result is there already, so that recovery after a crash is the same code as the
first run.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from . import archiving, changes, deliver, identity, inbox, intake, judging, render, sitemaking, sources, verdicts
from . import digest as digests
from .errors import BroadsheetError, ParseFailed, SourceError, SuspiciousDump
from .report import DigestReport, RunReport, count, dump_report, exit_code
from .setup import Setup, load, store_of
from .store import Store, open_store
from .text import whole
from .types import Artifact, Digest, Dump, Parsed, Problem, Profile, SourceReport
from .workspace import Workspace

#: Bytes of dumps that are held before they are written, so that old ones come before new ones.
_MOST_HELD = 128 << 20

#: Called with the name of the stage, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Progress for nobody."""


@dataclass(slots=True, kw_only=True)
class Run:
    """One execution: what it works with, and what came of it so far."""

    setup: Setup
    store: Store
    number: int
    day: date
    now: datetime
    dumps: tuple[Path, ...]
    progress: Progress
    reports: list[SourceReport] = field(default_factory=list)
    #: Of files that could not even be opened, which the store cannot know.
    unread: list[SourceReport] = field(default_factory=list)
    #: How many changes of each kind it told.
    tally: Counter[str] = field(default_factory=Counter)
    #: Files whose content was read by an earlier run.
    known: int = 0
    digests: list[DigestReport] = field(default_factory=list)
    failures: list[BroadsheetError] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage, in seconds of wall time."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - began, 4)


@contextmanager
def open_run(
    workspace: Workspace,
    *,
    day: date | None = None,
    profiles: Sequence[str] = (),
    dumps: Sequence[Path] = (),
    now: datetime,
    progress: Progress = silent,
) -> Iterator[Run]:
    """A run over the workspace's store, which no other run holds meanwhile.

    day: whose digests are cut; today in the configured time zone without it. profiles: their names; all without any.
    dumps: files to read; the inbox without any. now: aware. Raises ConfigError, RenderError, StoreBusy, StoreError.
    """
    setup = load(workspace, profiles)
    settings = setup.config.settings
    day = day or now.astimezone(ZoneInfo(settings.timezone)).date()

    def waiting(holder: str) -> None:
        progress(f"waiting for {holder}", 0, 0)

    with (
        open_store(store_of(setup), workspace.state / "archive") as store,
        store.lock(wait=settings.wait, waiting=waiting, now=now),
    ):
        run = begin(setup, store, day, now, dumps, progress)
        try:
            yield run
        except BroadsheetError as error:
            store.end_run(run.number, error.exit_code, str(error), now)
            raise


def begin(
    setup: Setup, store: Store, day: date, now: datetime, dumps: Sequence[Path] = (), progress: Progress = silent
) -> Run:
    """A run that the store knows of from now on."""
    number = store.start_run(day, now)
    return Run(setup=setup, store=store, number=number, day=day, now=now, dumps=tuple(dumps), progress=progress)


def collect(run: Run) -> tuple[Path, ...]:
    """The files this run looks at, in the order of their names."""
    with run.stage("collect"):
        return run.dumps or inbox.files(run.setup.workspace.dumps)


def ingest(run: Run, paths: Sequence[Path]) -> tuple[SourceReport, ...]:
    """Read the dumps that no earlier run has read into the store, the oldest first, each in one transaction.

    A file that holds others (an archive, a mailbox) is opened, and each dump in it stands on its own. One too large to
    be held comes last, and in several transactions. A dump that cannot be read is left out and reported as broken; the
    others are not touched by it.
    """
    with run.stage("ingest"):
        unwritten = _Unwritten()
        for done, path in enumerate(paths):
            run.progress("reading", done, len(paths))
            try:
                file = intake.read(run.setup, path)
                if not _is_known(run, unwritten, file):
                    _open(run, unwritten, file)
            except SourceError as error:
                _quarantined(run, None, whole(path.name), error)
            if unwritten.size > _MOST_HELD:
                _compare(run, unwritten)
                unwritten = _Unwritten()
        _compare(run, unwritten)
        return tuple(run.reports)


@dataclass(slots=True)
class _Container:
    """A file that holds others, and what became of these."""

    file: Dump
    members: list[Dump] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: int = 0


@dataclass(slots=True)
class _Unwritten:
    """Dumps that were read and are not yet compared with what is known."""

    fresh: dict[str, tuple[Dump, Parsed]] = field(default_factory=dict)
    #: Those that are read in parts.
    large: dict[str, Dump] = field(default_factory=dict)
    containers: list[_Container] = field(default_factory=list)
    #: Bytes of all that is fresh.
    size: int = 0


def _is_known(run: Run, unwritten: _Unwritten, dump: Dump) -> bool:
    """Whether a dump of this content was read before, which is written down and all there is to do."""
    if not (run.store.has_dump(dump.sha256) or dump.sha256 in unwritten.fresh or dump.sha256 in unwritten.large):
        return False
    if run.store.arrive(run.number, dump):
        judging.note_again(run.store, run.number, dump)
    run.known += 1
    return True


def _open(run: Run, unwritten: _Unwritten, file: Dump) -> None:
    """Read what a file holds, or the file itself. Raises SourceError where nothing can be known of it."""
    container = _Container(file)
    for found in intake.opened(run.setup, file):
        if isinstance(found, Problem):
            container.problems.append(found)
        elif isinstance(found, Dump):
            container.members.append(found)
            if found is file or not _is_known(run, unwritten, found):
                _take(run, unwritten, found)
        else:
            container.refused += 1
            _quarantined(run, found.dump, found.error.dump, found.error)
    if container.members != [file]:
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


def _compare(run: Run, unwritten: _Unwritten) -> None:
    """Compare what was read with all that is known, and write it down."""
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
        if isinstance(parts, Parsed):
            run.reports.append(_remember(run, dump, parts))
        else:
            run.reports.append(parts.report)
            run.tally.update(parts.told)
            run.failures += parts.failures
    for container in unwritten.containers:
        _close(run, container)


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
    if serious:
        run.failures.append(SuspiciousDump(file.name, serious[0].reason))
    if telling or serious:
        run.reports.append(report)
    whole_read = not container.refused and all(run.store.has_dump(dump.sha256) for dump in container.members)
    run.store.opened(run.number, file, report if telling or serious else None, whole=whole_read)


def _quarantined(run: Run, dump: Dump | None, name: str, error: SourceError) -> None:
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
    run.failures.append(error)
    run.reports.append(report)
    if dump:
        run.store.quarantine(run.number, dump, report)
    else:
        run.unread.append(report)


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
    report = SourceReport(
        dump=dump.name,
        source=name,
        format=parsed.format,
        taken=parsed.taken,
        taken_from=parsed.taken_from,
        verdict=judged.verdict,
        reason=judged.reason,
        entries=len(entries),
        new=count(decision.changes, "new"),
        updated=count(decision.changes, "updated"),
        coverage=parsed.account.coverage,
        problems=parsed.problems,
        unit=parsed.account.unit,
        alarm=judged.alarm,
        newest=verdicts.newest_of(entries),
    )
    if report.verdict == "broken":
        run.failures.append(ParseFailed(dump.name, report.reason))
        store.quarantine(run.number, dump, report)
        return report
    if report.alarm:
        run.failures.append(SuspiciousDump(dump.name, f"{report.verdict}: {report.reason}"))
    if report.verdict in ("partial", "empty"):
        # What is missing from a listing that is not whole is not gone.
        decision = replace(decision, changes=tuple(one for one in decision.changes if one.kind != "gone"))
    written = store.write(run.number, dump, parsed, guids, identified.aliases, decision, report)
    run.tally.update(change.kind for change in written)
    return report


def digest(run: Run) -> tuple[Digest, ...]:
    """The digests of the run's day, one for each profile: the frozen one, or a new one up to the end of the log."""
    with run.stage("digest"):
        profiles = run.setup.config.profiles
        frozen = {profile.name: _frozen(run, profile) for profile in profiles}
        uncut = [profile for profile in profiles if frozen[profile.name] is None]
        for profile, cut in zip(uncut, compose(run, uncut), strict=True):
            run.store.cut(run.number, profile, cut)
            frozen[profile.name] = cut
        return tuple(digest for digest in frozen.values() if digest)


def _frozen(run: Run, profile: Profile) -> Digest | None:
    """The day's digest, if it is cut.

    One that covers no change has told nobody anything. It is taken back when something has come since, so that a run
    before the first dump of a day does not close the day.
    """
    frozen = run.store.digest(profile.name, run.day)
    if frozen and frozen.to_seq < frozen.from_seq <= run.store.head():
        run.store.take_back(profile.name, run.day)
        return None
    return frozen


def compose(run: Run, profiles: Sequence[Profile]) -> tuple[Digest, ...]:
    """What each profile's next digest says: all that came since its last one, ranked. Writes nothing."""
    store = run.store
    starts = [run.day - timedelta(days=profile.start_days) for profile in profiles]
    spans = [_span(store, profile, start) for profile, start in zip(profiles, starts, strict=True)]
    # Most profiles cover the same range: it is read once, and each paper in it is looked at once for all of them.
    logs = {span: store.changes(*span) for span in dict.fromkeys(spans)}
    folded = [digests.fold(logs[span], profile) for profile, span in zip(profiles, spans, strict=True)]
    papers = {id(change.paper): change.paper for changes in folded for change in changes}
    run.progress("ranking", 0, len(papers))
    places = {key: place for place, key in enumerate(papers)}
    judged = run.setup.engine.judge(tuple(papers.values()))
    zone = run.setup.config.settings.timezone
    return tuple(
        digests.compose(
            profile,
            run.day,
            zone,
            span,
            changes,
            {change.paper.guid: judged[profile.name][places[id(change.paper)]] for change in changes},
            (*store.sources_since(profile.name, start=start), *run.unread),
            digests.corrected(logs[span]),
        )
        for profile, span, start, changes in zip(profiles, spans, starts, folded, strict=True)
    )


def _span(store: Store, profile: Profile, start: date) -> tuple[int, int]:
    """The range of the log that no digest of the profile has covered; a new profile's begins with the day `start`."""
    watermark = store.watermark(profile.name)
    if watermark is None:
        watermark = store.first_seq_since(start) - 1
    return watermark + 1, store.head()


def publish(run: Run, cut: Sequence[Digest]) -> tuple[Path, ...]:
    """Render and publish the digests, and any that an earlier run cut and could not publish; then feeds, site, index.

    What fails for one digest does not keep the others. Raises its error where nothing could be published.
    """
    with run.stage("publish"):
        setup = run.setup
        paths: list[Path] = []
        owed = [digest for digest in run.store.unpublished() if digest not in cut]
        for done, digest in enumerate([*owed, *cut]):
            run.progress("publishing", done, len(cut) + len(owed))
            try:
                settings = setup.config.settings
                artifacts = render.render_digest(digest, setup.templates, settings.site, settings.mail)
                files = deliver.publish(setup.workspace.output, artifacts)
                run.store.published(digest.profile, digest.day, artifacts)
            except BroadsheetError as error:
                run.failures.append(error)
                continue
            paths += files
            if digest in cut:
                run.digests.append(DigestReport.of(digest, files))
        if cut and not paths:
            raise run.failures[-1]
        return (*paths, *_publish_latest(run))


def _publish_latest(run: Run) -> tuple[Path, ...]:
    """Site, feeds and front page: what points at the latest comes last, when all it points at is there."""
    setup = run.setup
    settings = setup.config.settings
    paths: list[Path] = []
    latest = {profile: run.store.digests(profile, limit=settings.feed.days) for profile in run.store.profiles()}
    digested = {profile: days for profile, days in latest.items() if days}
    profiles = list(digested.values())
    months = {profile: archiving.months(run.store, profile, settings.site) for profile in digested}
    makers: list[Callable[[], Iterable[Artifact]]] = [
        *(partial(archiving.owed, run.store, profile, settings.site, setup.workspace.output) for profile in digested),
        *(
            partial(render.render_feeds, profile, days[0].title, days, settings.site, settings.feed, months[profile])
            for profile, days in digested.items()
        ),
        partial(render.render_opml, profiles, settings.site),
        lambda: [render.render_index(profiles, setup.templates, settings.site)],
    ]
    try:
        sitemaking.publish(run.store, setup.templates, settings.site, setup.workspace.output, run.progress)
    except BroadsheetError as error:
        run.failures.append(error)
    for make in makers:
        try:
            paths += deliver.publish(setup.workspace.output, make())
        except BroadsheetError as error:
            run.failures.append(error)
    return tuple(paths)


def finish(run: Run) -> RunReport:
    """The report of the run, which is also written down."""
    head = run.store.head()
    report = RunReport(
        run=run.number,
        day=run.day,
        dumps=tuple(dump_report(report) for report in run.reports),
        known_dumps=run.known,
        entries=sum(report.entries for report in run.reports),
        papers=run.store.counts()["papers"],
        new=run.tally["new"],
        updated=run.tally["updated"],
        returned=run.tally["returned"],
        gone=run.tally["gone"],
        digests=tuple(run.digests),
        waiting={digest.profile: head - digest.to_seq for digest in run.digests if digest.to_seq < head},
        outbox={},
        seconds=run.seconds,
        failures=tuple(whole(str(failure)) for failure in run.failures),
        exit=exit_code(run.failures),
    )
    run.store.end_run(run.number, report.exit, report.json(), run.now)
    return report


def daily(
    workspace: Workspace,
    *,
    day: date | None = None,
    profiles: Sequence[str] = (),
    dumps: Sequence[Path] = (),
    now: datetime,
    progress: Progress = silent,
) -> RunReport:
    """The whole daily run; arguments and errors as for open_run."""
    with open_run(workspace, day=day, profiles=profiles, dumps=dumps, now=now, progress=progress) as run:
        ingest(run, collect(run))
        publish(run, digest(run))
        return finish(run)
