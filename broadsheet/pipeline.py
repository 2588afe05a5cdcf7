"""The stages in order, as plain functions: what the flows wrap and `broadsheet run --plain` calls.

    open_run | collect | ingest | digest | publish | finish

Does the order of the work; what is decided is decided in the stages. Ingesting has a module of its own.
Every step first looks whether its result is there already, so that recovery after a crash is the same code as the
first run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from . import archiving, deliver, inbox, render, sitemaking
from . import digest as digests
from .access import Access
from .errors import BroadsheetError
from .ingesting import ingest
from .report import DigestReport, RunReport, dump_report, exit_code
from .running import Progress, Run, silent
from .setup import Setup, load, store_of
from .store import Store, open_store
from .text import whole
from .types import Artifact, Digest, Profile
from .workspace import Workspace

__all__ = [
    "Progress",
    "Run",
    "begin",
    "collect",
    "compose",
    "daily",
    "digest",
    "finish",
    "ingest",
    "open_run",
    "publish",
    "silent",
]


@contextmanager
def open_run(
    workspace: Workspace,
    *,
    day: date | None = None,
    profiles: Sequence[str] = (),
    dumps: Sequence[Path] = (),
    now: datetime,
    progress: Progress = silent,
    access: Access | None = None,
) -> Iterator[Run]:
    """A run over the workspace's store, which no other run holds meanwhile.

    day: whose digests are cut; today in the configured time zone without it. profiles: their names; all without any.
    dumps: files to read; the inbox without any. now: aware. access: to secrets; none without it. Raises ConfigError,
    RenderError, StoreBusy, StoreError.
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
        run.access = access or Access()
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
    access: Access | None = None,
) -> RunReport:
    """The whole daily run; arguments and errors as for open_run."""
    with open_run(workspace, day=day, profiles=profiles, dumps=dumps, now=now, progress=progress, access=access) as run:
        ingest(run, collect(run))
        publish(run, digest(run))
        return finish(run)
