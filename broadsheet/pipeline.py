"""The stages in order, as plain functions: what the flows wrap and `broadsheet run --plain` calls.

    open_run | collect | ingest | digest | publish | deliver | finish

Does the order of the work; what is decided is decided in the stages. Ingesting has a module of its own.
Every step first looks whether its result is there already, so that recovery after a crash is the same code as the
first run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from . import archiving, cadence, collecting, delivering, leaving, render, sitemaking
from . import deliver as targets
from . import digest as digests
from .access import Access
from .errors import BroadsheetError, StoreError
from .ingesting import ingest
from .report import DigestReport, RunReport, dump_report, exit_code
from .running import Progress, Run, silent
from .setup import Setup, hold, load, store_of
from .store import Owed, Store, open_store
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
    "deliver",
    "digest",
    "finish",
    "ingest",
    "open_run",
    "publish",
    "send",
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

    with open_store(store_of(setup), workspace.state / "archive") as store, ExitStack() as held:
        held.enter_context(hold(store, settings, progress, now))
        run = begin(setup, store, day, now, dumps, progress)
        run.access, run.named, run.release = access or Access(), bool(profiles), held.close
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
    """The files this run looks at, in the order of their names; before that, the sources are asked for new ones.

    A run on named files looks at these, and asks nobody.
    """
    with run.stage("collect"):
        return collecting.collect(run)


def digest(run: Run) -> tuple[Digest, ...]:
    """The digests of the run's day: the frozen ones, and for each other profile that is due one up to the log's end."""
    with run.stage("digest"):
        profiles = run.setup.config.profiles
        frozen = {profile.name: _frozen(run, profile) for profile in profiles}
        uncut = [profile for profile in profiles if frozen[profile.name] is None and _is_due(run, profile)]
        for profile, cut in zip(uncut, compose(run, uncut), strict=True):
            run.store.cut(run.number, profile, cut, _owed(run, cut))
            frozen[profile.name] = cut
        return tuple(digest for digest in frozen.values() if digest)


def _is_due(run: Run, profile: Profile) -> bool:
    """Whether a profile's digest is to be cut; one that waits is written down with the day of its next one."""
    # That a daily one is due needs no look into the store.
    due = run.named or profile.schedule == "daily"
    if not due and not cadence.is_due(profile, run.day, run.store.last_day(profile.name, until=run.day)):
        run.not_due[profile.name] = cadence.next_due(profile, run.day)
        return False
    return True


def _owed(run: Run, digest: Digest) -> tuple[Owed, ...]:
    """The messages that a digest is to be sent as."""
    deliveries = run.setup.config.deliveries
    if not run.owing or not deliveries.deliveries:
        return ()
    today = run.now.astimezone(ZoneInfo(run.setup.config.settings.timezone)).date()
    return delivering.owed_of(deliveries, digest, run.store.leavers.all(), today=today)


def _frozen(run: Run, profile: Profile) -> Digest | None:
    """The day's digest, if it is cut.

    One that covers no change has told nobody anything. It is taken back when something has come since, so that a run
    before the first dump of a day does not close the day; but not where a receiver may have been told "all quiet".
    """
    frozen = run.store.digest(profile.name, run.day)
    if frozen and frozen.to_seq < frozen.from_seq <= run.store.head():
        return None if run.store.take_back(profile.name, run.day) else frozen
    return frozen


def compose(run: Run, profiles: Sequence[Profile]) -> tuple[Digest, ...]:
    """What each profile's next digest says: all that came since its last one, ranked. Writes nothing."""
    store = run.store
    starts = [run.day - timedelta(days=profile.start_days) for profile in profiles]
    spans = [_span(store, profile, start) for profile, start in zip(profiles, starts, strict=True)]
    # Most profiles cover the same range: it is read once, and each paper in it is looked at once for all of them.
    logs = {span: store.changes(*span[:2], since=span[2]) for span in dict.fromkeys(spans)}
    folded = [digests.fold(logs[span], profile) for profile, span in zip(profiles, spans, strict=True)]
    papers = {id(change.paper): change.paper for changes in folded for change in changes}
    run.progress("ranking", 0, len(papers))
    places = {key: place for place, key in enumerate(papers)}
    judged = run.setup.engine.judge(tuple(papers.values()))
    zone = run.setup.config.settings.timezone
    doubts = _doubts(run)
    return tuple(
        digests.compose(
            profile,
            run.day,
            zone,
            span[:2],
            changes,
            {change.paper.guid: judged[profile.name][places[id(change.paper)]] for change in changes},
            (*store.sources_since(profile.name, start=start), *run.unread),
            digests.corrected(logs[span]),
            unchanged=_unchanged(run, profile),
            in_doubt=doubts.get(profile.name, ()),
        )
        for profile, span, start, changes in zip(profiles, spans, starts, folded, strict=True)
    )


def _unchanged(run: Run, profile: Profile) -> tuple[str, ...]:
    """The sources of a profile that the run asked for new dumps, and that had none."""
    asked = (one.source for one in run.checked if one.outcome == "same")
    return tuple(source for source in asked if not profile.sources or source in profile.sources)


def _doubts(run: Run) -> dict[str, tuple[date, ...]]:
    """The days of each profile's digests that a receiver may not have got, and nobody has decided on."""
    if not run.setup.config.deliveries.deliveries:
        return {}
    held = run.store.outbox.messages(("held",))
    days = {message.profile: set[date]() for message in held}
    for message in held:
        days[message.profile].add(message.day)
    return {profile: tuple(sorted(found)) for profile, found in days.items()}


def _span(store: Store, profile: Profile, start: date) -> tuple[int, int, date | None]:
    """The range of the log that no digest of the profile has covered; a new profile's begins with the day `start`.

    That comes with the range: a backfill may have put older days behind it in the log, which are none of its news.
    """
    watermark, head = store.watermark(profile.name), store.head()
    return (store.first_seq_since(start), head, start) if watermark is None else (watermark + 1, head, None)


def publish(run: Run, cut: Sequence[Digest], *, latest: bool = True) -> tuple[Path, ...]:
    """Render and publish the digests, and any that an earlier run cut and could not publish; then feeds, site, index.

    latest: without it, these last ones wait for a later call, as they would be made anew for each of many days.
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
                files = targets.publish(setup.workspace.output, artifacts)
                run.store.published(digest.profile, digest.day, artifacts)
            except BroadsheetError as error:
                run.failures.append(error)
                continue
            paths += files
            if digest in cut:
                run.digests.append(DigestReport.of(digest, files))
        if cut and not paths:
            raise run.failures[-1]
        return (*paths, *(_publish_latest(run) if latest else ()))


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
            paths += targets.publish(setup.workspace.output, make())
        except BroadsheetError as error:
            run.failures.append(error)
    return tuple(paths)


def deliver(run: Run) -> dict[str, int]:
    """Send what is owed, of this run and of earlier ones; how many messages are in each state then.

    The next run may begin meanwhile: a mail server that is slow holds up nobody. What could not be sent stays owed.
    """
    with run.stage("deliver"):
        run.release()
        run.outbox = send(run)
        return run.outbox


def send(sender: delivering.Sender, *, paused: bool = False) -> dict[str, int]:
    """Leave out who asked for it, then send all that is due; how many messages are in each state then.

    paused: also what is to wait before it is tried again. What fails goes to sender.failures. Raises StoreError.
    """
    config = sender.setup.config
    try:
        leaving.honour(
            sender.store,
            config.deliveries,
            config.settings,
            access=sender.access,
            now=sender.now,
            progress=sender.progress,
            tell=sender.leaving.append,
        )
    except StoreError:
        raise
    except BroadsheetError as error:
        # Nobody waits for their mail because the mailbox of others cannot be read.
        sender.failures.append(error)
    return delivering.deliver(sender, paused=paused)


def finish(run: Run) -> RunReport:
    """The report of the run, which is also written down."""
    head, cut = run.store.head(), [digest.profile for digest in run.digests]
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
        # Not by the digest's own range: a backfill may have cut one of an older day behind it.
        waiting={name: head - mark for name in cut if (mark := run.store.watermark(name) or 0) < head},
        not_due=run.not_due,
        outbox=run.outbox,
        collected=tuple(run.checked),
        leaving=tuple(map(whole, run.leaving)),
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
        deliver(run)
        return finish(run)
