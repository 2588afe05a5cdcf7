"""The store as the pipeline sees it: one method for each thing it is asked, each in one transaction.

What the methods do stands in the modules beside this one, as plain functions over a connection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from sqlalchemy import Connection, Engine, func, select

from ..types import Artifact, Change, Digest, Dump, Entry, Guid, Paper, Parsed, Past, Profile, SourceReport
from . import again, digests, dumps, engine, glance, locks, log, outbox, papers, parts, runs, schema, waiting
from .archive import Archive
from .digests import Edition, Published
from .failures import told
from .fetches import Fetches
from .leavers import Leavers
from .pages import Pages
from .runs import RunRecord


class Decided(Protocol):
    """What broadsheet.changes decides, as far as it is written down."""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Every paper whose stored state changes."""
        ...

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the log is to say."""
        ...


def open_store(where: str | Path, archive: Path) -> Store:
    """The store at a place, made or migrated where that is needed.

    where: a file (SQLite), or a SQLAlchemy URL; archive: the folder of raw dumps, made when there is something to keep.
    Raises StoreError.
    """
    return Store(engine.connect(where), Archive(archive))


class Store:
    """All that Broadsheet remembers. Every method raises StoreError, with one line that names place and remedy."""

    def __init__(self, database: Engine, archive: Archive) -> None:
        self._engine = database
        self._archive = archive
        self._where = engine.label(database.url)
        self._rehearsal: Connection | None = None
        #: What is owed to receivers.
        self.outbox = outbox.Outbox(self._reading, self._writing)
        #: Who asked to be left out.
        self.leavers = Leavers(self._reading, self._writing)
        #: What is known of the places that dumps are fetched from.
        self.fetches = Fetches(self._reading, self._writing)
        #: What the site is made from.
        self.pages = Pages(self._reading, self._writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def lock(
        self, *, now: datetime, wait: float = 0, waiting: locks.Waiting | None = None
    ) -> AbstractContextManager[None]:
        """Hold the run lock; wait: seconds; waiting: told who holds it. Raises StoreBusy, which names the holder."""
        return locks.hold(locks.RUN, self._engine, self._where, wait=wait, waiting=waiting, now=now)

    def delivery_lock(
        self, *, now: datetime, wait: float = 0, waiting: locks.Waiting | None = None
    ) -> AbstractContextManager[None]:
        """Hold the lock of whoever sends what is owed, beside the run lock; arguments and errors as for `lock`."""
        return locks.hold(locks.DELIVERY, self._engine, self._where, wait=wait, waiting=waiting, now=now)

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Everything inside happens, can be read, and is forgotten at the end; the archive is not touched."""
        with told(self._where):
            connection = self._connect("BEGIN IMMEDIATE")
        try:
            with told(self._where):
                connection.begin()
            self._rehearsal, self._archive.rehearsed = connection, {}
            yield
        finally:
            self._rehearsal, self._archive.rehearsed = None, None
            with told(self._where):
                connection.close()

    def _connect(self, begin: str) -> Connection:
        return self._engine.connect().execution_options(**{engine.BEGIN: begin})

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        with told(self._where):
            if self._rehearsal:
                with self._rehearsal.begin_nested():
                    yield self._rehearsal
            else:
                with self._connect(begin) as connection, connection.begin():
                    yield connection

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._transaction("BEGIN")

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._transaction("BEGIN IMMEDIATE")

    # A look from outside.

    def glance(self) -> glance.Glance:
        """How the store stands: counts, marks and times, in a few rows."""
        with self._reading() as connection:
            return glance.glance(connection)

    def holder(self) -> str | None:
        """Who holds the run lock now; None where nobody does."""
        with told(self._where):
            return glance.holder(self._engine, locks.RUN)

    def sender(self) -> str | None:
        """Who holds the delivery lock now; None where nobody does."""
        with told(self._where):
            return glance.holder(self._engine, locks.DELIVERY)

    # Runs.

    def start_run(self, day: date, now: datetime) -> int:
        """Begin a run for a day and return its number."""
        with self._writing() as connection:
            return runs.start(connection, day, now)

    def end_run(self, run: int, exit_code: int, report: str, now: datetime) -> None:
        """Write down how a run ended."""
        with self._writing() as connection:
            runs.end(connection, run, exit_code, report, now)

    def last_runs(self, limit: int) -> tuple[RunRecord, ...]:
        """The latest runs, newest first."""
        with self._reading() as connection:
            return runs.last(connection, limit)

    # Dumps.

    def keep(self, content: bytes) -> str:
        """Keep a dump's bytes in the archive and return their SHA-256 in hexadecimal."""
        return self._archive.keep(content)

    def content(self, sha256: str) -> bytes:
        """The bytes of an archived dump."""
        return self._archive.content(sha256)

    def stream(self, sha256: str) -> BinaryIO:
        """The bytes of an archived dump of any size, from their begin; to be closed by whoever asked."""
        return self._archive.stream(sha256)

    def has_dump(self, sha256: str) -> bool:
        """Whether a dump of this content was read completely."""
        with self._reading() as connection:
            return dumps.is_read(connection, sha256)

    def seen(self) -> frozenset[tuple[str, str]]:
        """Content (its SHA-256) and name of every file that was seen and completely read."""
        with self._reading() as connection:
            return dumps.seen(connection)

    def has_arrived(self, name: str, sha256: str) -> bool:
        """Whether a run has seen a file of this name and content, and read it or not."""
        with self._reading() as connection:
            return dumps.has_arrived(connection, name, sha256)

    def arrive(self, run: int, dump: Dump) -> bool:
        """Write down that a file was seen, of known content or not; whether it was seen for the first time."""
        with self._writing() as connection:
            return dumps.arrive(connection, run, dump)

    def newest_taken(self, source: str, *, before_run: int) -> datetime | None:
        """When the newest dump of a source was taken that runs before this one read; None without any."""
        with self._reading() as connection:
            return dumps.newest_taken(connection, source, before_run)

    def history(self, source: str, taken: datetime, *, limit: int) -> tuple[Past, ...]:
        """The dumps of a source that were taken until a time, the newest first."""
        with self._reading() as connection:
            return dumps.history(connection, source, taken, limit)

    def listing(self, sha256: str) -> set[Guid]:
        """The papers in a dump of this content; empty for an unknown one."""
        with self._reading() as connection:
            return dumps.listing(connection, sha256)

    def listed(self, source: str, guids: Collection[Guid]) -> set[Guid]:
        """Those of the papers that some dump of a source lists."""
        with self._reading() as connection:
            return dumps.listed(connection, source, guids)

    def latest_reports(self) -> tuple[SourceReport, ...]:
        """The last report of each source, in the order of their names."""
        with self._reading() as connection:
            return dumps.latest_reports(connection)

    def last_listing(self, source: str) -> set[Guid] | None:
        """The papers in the newest dump of a source; None without any."""
        with self._reading() as connection:
            return dumps.last_listing(connection, source)

    def gone(self, source: str) -> set[Guid]:
        """The papers that left a full listing of this source and have not come back."""
        with self._reading() as connection:
            return log.gone(connection, source)

    def sources_since(self, profile: str, *, start: date | None = None) -> tuple[SourceReport, ...]:
        """What the dumps brought since the profile's last digest; before its first one, to runs of `start` or later."""
        with self._reading() as connection:
            after = digests.reported(connection, profile)
            return dumps.reports(connection, after or 0, start if after is None else None)

    def write(
        self,
        run: int,
        dump: Dump,
        parsed: Parsed,
        guids: Sequence[Guid],
        aliases: Mapping[str, Guid],
        decision: Decided,
        report: SourceReport,
    ) -> tuple[Change, ...]:
        """Archive a dump, then write down all that it brought, in one transaction; the numbered changes come back.

        guids: whose the entries are; aliases: those that are new, and whose they are from now on; report.source names
        the source. Raises StoreError where the same content was read before.
        """
        self._archive.keep_dump(dump)
        with self._writing() as connection:
            dumps.arrive(connection, run, dump)
            number = dumps.put_read(connection, run, dump, report)
            papers.put_papers(connection, decision.papers)
            papers.put_aliases(connection, aliases)
            papers.put_entries(connection, number, parsed.entries, guids)
            return log.append(connection, run, number, decision.changes)

    def quarantine(self, run: int, dump: Dump, report: SourceReport) -> None:
        """Archive a dump that could not be read, and write down why; the same content will be tried again."""
        self._archive.keep_dump(dump)
        with self._writing() as connection:
            dumps.arrive(connection, run, dump)
            dumps.put_broken(connection, run, dump, report)

    def is_told(self, sha256: str, report: SourceReport) -> bool:
        """Whether a run that came to its end has told the same of this content under this name."""
        with self._reading() as connection:
            return dumps.is_told(connection, sha256, report)

    def tell(self, run: int, sha256: str, report: SourceReport) -> None:
        """Write down what is to be told of something that is not kept; sha256: what it is known by."""
        with self._writing() as connection:
            dumps.put_report(connection, run, sha256, report)

    def why_broken(self, sha256: str) -> str | None:
        """Why a dump of this content could not be read; None where it could, or none was met."""
        with self._reading() as connection:
            return dumps.why_broken(connection, sha256)

    # Reading again.

    def stored(self, *, source: str | None = None, since: date | None = None) -> tuple[again.Stored, ...]:
        """The dumps in the order in which they were read; of a source, or taken on a day or later."""
        with self._reading() as connection:
            return again.stored(connection, source, since)

    def entries(self, dump: int, *, after: int = 0, limit: int | None = None) -> tuple[tuple[Guid, Entry], ...]:
        """The entries of a dump behind a position, in their order, each with its paper; all of them without a limit."""
        with self._reading() as connection:
            return again.entries(connection, dump, after, limit)

    def problems(self, dump: int) -> tuple[tuple[int | None, int | None, str, str], ...]:
        """The problems of a dump in their order: first and last line or record, level, reason."""
        with self._reading() as connection:
            return again.problems(connection, dump)

    def listings(self, guids: Collection[Guid], *, besides: int) -> dict[Guid, list[again.Listed]]:
        """Every entry of the papers in all dumps but one, in the order in which they were read."""
        with self._reading() as connection:
            return again.listings(connection, guids, besides=besides)

    def rewrite(
        self,
        run: int,
        dump: Dump,
        entries: Sequence[Entry],
        guids: Sequence[Guid],
        decision: Decided,
        report: SourceReport,
        *,
        recovered: bool,
        aliases: Mapping[str, Guid],
        dropped: Collection[tuple[str, Guid]],
        forgotten: Collection[Guid],
    ) -> tuple[Change, ...]:
        """Put what a dump says now in the place of what it said before, in one transaction; the numbered changes.

        recovered: it was quarantined until now. aliases: those that stand for these papers from now on; dropped: those
        that stand for them no more; forgotten: papers that no dump lists now.
        """
        with self._writing() as connection:
            number = dumps.put_again(connection, dump, report, run if recovered else None)
            again.clear(connection, number)
            again.drop_aliases(connection, dropped)
            again.forget(connection, forgotten)
            papers.put_papers(connection, decision.papers)
            again.put_aliases(connection, aliases.items())
            papers.put_entries(connection, number, entries, guids)
            return log.append(connection, run, number, decision.changes)

    # Dumps in parts, and containers.

    def known_dump(self, sha256: str) -> again.Stored | None:
        """The dump of this content, if it was read completely."""
        with self._reading() as connection:
            return next((one for one in again.stored(connection, None, None, sha256) if one.read), None)

    def repeated(self, run: int, dump: Dump, report: SourceReport) -> None:
        """Write down what is to be told of a file whose content was read before."""
        with self._writing() as connection:
            dumps.put_report(connection, run, dump.sha256, report)

    def begin_parts(self, run: int, dump: Dump, parsed: Parsed, *, source: str, entries: int) -> parts.Part:
        """Archive a dump that is too large for one transaction; its number, and how far an earlier run wrote it.

        parsed: what was found in it, without its entries; entries: how many these are. Raises StoreError where the
        same content was read before.
        """
        self._archive.keep_dump(dump)
        with self._writing() as connection:
            dumps.arrive(connection, run, dump)
            return parts.begin(
                connection,
                run,
                dump,
                source=source,
                form=parsed.format,
                taken=parsed.taken,
                taken_from=parsed.taken_from,
                entries=entries,
            )

    def write_part(
        self,
        run: int,
        part: parts.Part,
        entries: Sequence[Entry],
        guids: Sequence[Guid],
        aliases: Mapping[str, Guid],
        decision: Decided,
    ) -> parts.Part:
        """Write down the next entries of a dump and all that they brought, in one transaction; how far it is now."""
        with self._writing() as connection:
            papers.put_papers(connection, decision.papers)
            papers.put_aliases(connection, aliases)
            papers.put_entries(connection, part.number, entries, guids, first=part.position + 1)
            log.append(connection, run, part.number, decision.changes)
        return part._replace(position=part.position + len(entries))

    def told_in_parts(self, part: parts.Part) -> dict[str, int]:
        """How many changes of each kind the parts of a dump have brought so far."""
        with self._reading() as connection:
            return parts.counted(connection, part.number)

    def end_parts(self, run: int, part: parts.Part, dump: Dump, decision: Decided, report: SourceReport) -> None:
        """Write down that a dump was read completely, and what only a whole one can say: which papers are gone."""
        with self._writing() as connection:
            dumps.put_read(connection, run, dump, report)
            log.append(connection, run, part.number, decision.changes)

    def opened(self, run: int, dump: Dump, report: SourceReport | None, *, whole: bool) -> None:
        """Write down that a container was opened; whole: all in it was read, so that it need not be opened again."""
        with self._writing() as connection:
            dumps.arrive(connection, run, dump)
            if report:
                dumps.put_report(connection, run, dump.sha256, report)
            if whole:
                parts.opened(connection, run, dump)

    # Papers.

    def known_aliases(self, aliases: Collection[str]) -> dict[str, Guid]:
        """Whose these aliases are, with all other aliases of the same papers; what is unknown is left out."""
        with self._reading() as connection:
            return papers.known_aliases(connection, aliases)

    def papers(self, guids: Collection[Guid]) -> dict[Guid, Paper]:
        """The papers with these guids; what is unknown is left out."""
        with self._reading() as connection:
            return papers.papers(connection, guids)

    def find(self, wanted: str, *, limit: int) -> tuple[Paper, ...]:
        """The papers that a person may mean: by guid, id, or words of the title; an equal title wins."""
        with self._reading() as connection:
            return papers.find(connection, wanted, limit)

    def papers_after(self, guid: str, *, limit: int, since: date | None = None) -> tuple[Paper, ...]:
        """The next papers in the order of their guids; since: first seen on this day (UTC) or later."""
        with self._reading() as connection:
            return papers.after(connection, guid, limit, since)

    def first_listed(self, guids: Collection[Guid]) -> dict[Guid, tuple[str, str]]:
        """Source and name of the first dump that listed each of the papers."""
        with self._reading() as connection:
            return papers.first_listed(connection, guids)

    # The log.

    def head(self) -> int:
        """The number of the last change; 0 for an empty log."""
        with self._reading() as connection:
            return log.head(connection)

    def changes(self, from_seq: int, to_seq: int, *, since: date | None = None) -> tuple[Change, ...]:
        """The changes of a range, both ends inclusive, each with the paper as it was right after it.

        since: only those that a run of this day or a later one appended.
        """
        with self._reading() as connection:
            return log.read(connection, from_seq, to_seq, since)

    def first_seq_since(self, day: date) -> int:
        """The first change that a run of this day or a later one appended; the next number without any."""
        with self._reading() as connection:
            return log.first_since(connection, day)

    def spans(self, *, since: date | None = None) -> tuple[tuple[date, int, int], ...]:
        """What each run (of this day or later) appended: its day, the first and the last number."""
        with self._reading() as connection:
            return log.spans(connection, since)

    def last_change(self, guid: Guid) -> int | None:
        """The number of the last change of a paper; None without any."""
        with self._reading() as connection:
            return log.last_of(connection, guid)

    # Digests.

    def watermark(self, profile: str) -> int | None:
        """The last number of the log that the profile's digests cover; None before its first one."""
        with self._reading() as connection:
            return digests.watermark(connection, profile)

    def profiles(self) -> tuple[str, ...]:
        """The names of the profiles that have digests, in the order of the alphabet."""
        with self._reading() as connection:
            return digests.profiles(connection)

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest of a profile for a day, as it was cut; None where it is not cut."""
        with self._reading() as connection:
            return digests.one(connection, profile, day)

    def digests(self, profile: str, *, limit: int) -> tuple[Digest, ...]:
        """The digests of a profile, the newest day first."""
        with self._reading() as connection:
            return digests.latest(connection, profile, limit)

    def last_day(self, profile: str, *, until: date) -> date | None:
        """The latest day until `until`, itself included, for which a digest of the profile is cut; None without any."""
        with self._reading() as connection:
            return digests.last_day(connection, profile, until)

    def waits(self, profile: str, *, start: date) -> date | None:
        """The latest day of a run that brought what no digest of the profile covers; None where nothing waits.

        start: before its first digest, only runs of this day or later count.
        """
        with self._reading() as connection:
            return waiting.latest(connection, profile, start)

    def editions(self, profile: str) -> tuple[Edition, ...]:
        """The ranges that the profile's digests cover, in order, each with the profile as it was then."""
        with self._reading() as connection:
            return digests.editions(connection, profile)

    def unpublished(self) -> tuple[Digest, ...]:
        """The digests that are cut and not known to be published, the oldest day first."""
        with self._reading() as connection:
            return digests.unpublished(connection)

    def cut(self, run: int, profile: Profile, digest: Digest, owed: Iterable[outbox.Owed] = ()) -> None:
        """Freeze a digest, with its rows, its profile and what it is to be sent as; the watermark moves: all at once.

        Raises StoreError where the digest of that profile and day is cut already, and where its range does not follow
        the watermark or leaves the log.
        """
        with self._writing() as connection:
            digests.cut(connection, run, profile, digest, owed)

    def take_back(self, profile: str, day: date) -> bool:
        """Forget a digest without changes; False where a receiver may have it. Raises StoreError for any other."""
        with self._writing() as connection:
            return digests.take_back(connection, profile, day)

    def published(self, profile: str, day: date, artifacts: Sequence[Artifact]) -> None:
        """Write down the files that a digest was published as, instead of those written down before."""
        with self._writing() as connection:
            digests.put_published(connection, profile, day, artifacts)

    def artifacts(self, profile: str, day: date) -> tuple[Published, ...]:
        """The files that a digest was published as, in the order of their names."""
        with self._reading() as connection:
            return digests.published(connection, profile, day)

    def counts(self) -> dict[str, int]:
        """How many there are: dumps, arrivals, entries, papers, changes, digests, runs."""
        with self._reading() as connection:
            found = {
                name: connection.execute(select(func.count()).select_from(schema.metadata.tables[name])).scalar_one()
                for name in ("dumps", "arrivals", "entries", "papers", "changes", "digests", "runs")
            }
            return found | {"papers": found["papers"] - papers.forgotten(connection)}
