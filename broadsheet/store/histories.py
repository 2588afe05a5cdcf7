"""What the site asks: the histories of papers, the days of a profile, the reports of a source, and what is new since.

A *mark* is the number of the last run whose effects a site shows; all that came behind it is what the site lacks. Reads
only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, exists, func, select, union

from ..histories import Appearance, DayCount, Event, History, Sighting, Told
from ..types import Guid, Paper, SourceReport
from . import schema
from .bodies import time_of, unpack, unpack_fields, unpack_paper
from .bulk import chunked
from .failures import Damaged

_T = TypeVar("_T")

#: A dump that lists more papers than this is an archive and no morning's listing: only those of its papers have a page
#: of their own that some digest showed, or a smaller dump lists.
MOST_LISTED = 20_000
#: No dump has as many entries as this.
_MOST_ENTRIES = 1 << 32


class _Match(msgspec.Struct):
    rule: str
    points: float


class _Paper(msgspec.Struct):
    guid: str


class _Change(msgspec.Struct):
    paper: _Paper


class _Ranked(msgspec.Struct):
    change: _Change
    matches: list[_Match]


class _Section(msgspec.Struct):
    rows: list[_Ranked]


class _Digest(msgspec.Struct):
    """As much of a digest as says why a paper is in it: read several times faster than the whole."""

    title: str
    sections: list[_Section]


_decoder = msgspec.json.Decoder(_Digest)


def mark(connection: Connection) -> int:
    """The number of the last run that changed anything a reader could see; 0 before any."""
    tables = (schema.reports, schema.changes, schema.digests)
    return max(
        int(connection.execute(select(func.coalesce(func.max(table.c.run), 0))).scalar_one()) for table in tables
    )


def reasons(
    connection: Connection, profile: str, day: date
) -> tuple[str, Mapping[Guid, tuple[tuple[str, float], ...]]]:
    """The title of a digest, and of each paper in its rows the rules that matched, with their points."""
    table = schema.digests
    row = select(table.c.body).where(table.c.profile == profile, table.c.day == day.isoformat())
    body = connection.execute(row).scalar_one_or_none()
    if body is None:
        return "", {}
    try:
        slim = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Damaged(f"a digest: {error}") from error
    return slim.title, {
        Guid(row.change.paper.guid): tuple((match.rule, match.points) for match in row.matches)
        for section in slim.sections
        for row in section.rows
    }


def dumps_since(connection: Connection, since: int) -> tuple[int, ...]:
    """The dumps that runs behind a mark read, in the order in which they were read."""
    dumps = schema.dumps
    rows = select(dumps.c.id).where(dumps.c.run > since, _is_listing()).order_by(dumps.c.id)
    return tuple(connection.scalars(rows))


def listed_since(connection: Connection, dump: int, since: int, after: int, limit: int) -> tuple[tuple[Guid, ...], int]:
    """Papers that this dump is the first to list of those behind a mark, and the position up to which was looked.

    Over all dumps behind the mark each paper comes exactly once. The position is `after` when nothing is left.
    """
    entries, dumps = schema.entries, schema.dumps
    rows = select(entries.c.position, entries.c.guid).where(entries.c.dump == dump, entries.c.position > after)
    found = [
        (int(position), guid) for position, guid in connection.execute(rows.order_by(entries.c.position).limit(limit))
    ]
    if not found:
        return (), after
    # Which entry of a paper is the first: dump and position in one number.
    place = func.min(entries.c.dump * _MOST_ENTRIES + entries.c.position)
    first: set[int] = set()
    for condition in chunked(entries.c.guid, {guid for _, guid in found}):
        firsts = select(place).join(dumps, dumps.c.id == entries.c.dump).where(condition, dumps.c.run > since)
        first.update(connection.scalars(firsts.where(_is_listing()).group_by(entries.c.guid)))
    fresh = tuple(Guid(guid) for position, guid in found if dump * _MOST_ENTRIES + position in first)
    return fresh, found[-1][0]


def touched_since(connection: Connection, since: int, after: str, limit: int) -> tuple[Guid, ...]:
    """Papers that changed or stood in a digest behind a mark and are in no dump behind it, ordered by guid."""
    log, rows, digests = schema.changes, schema.digest_items, schema.digests
    entries, dumps = schema.entries, schema.dumps
    changed: Select[Any] = select(log.c.guid).where(log.c.run > since)
    shown = (
        select(rows.c.guid)
        .join(digests, (digests.c.profile == rows.c.profile) & (digests.c.day == rows.c.day))
        .where(digests.c.run > since)
    )
    either = union(changed, shown).subquery()
    listed = (
        select(entries.c.dump)
        .join(dumps, dumps.c.id == entries.c.dump)
        .where(entries.c.guid == either.c.guid, dumps.c.run > since, _is_listing())
    )
    found = select(either.c.guid).where(either.c.guid > after, ~exists(listed), _has_page(either.c.guid))
    found = found.order_by(either.c.guid).limit(limit)
    return tuple(map(Guid, connection.scalars(found)))


def with_page(connection: Connection, guids: Collection[Guid]) -> set[Guid]:
    """Those of the papers that have a page of their own."""
    table = schema.papers
    found: set[Guid] = set()
    for condition in chunked(table.c.guid, guids):
        found.update(map(Guid, connection.scalars(select(table.c.guid).where(condition, _has_page(table.c.guid)))))
    return found


def _is_listing() -> ColumnElement[bool]:
    return (schema.dumps.c.state == "read") & (schema.dumps.c.entries <= MOST_LISTED)


def _has_page(guid: ColumnElement[str]) -> ColumnElement[bool]:
    entries, dumps, papers, rows = schema.entries, schema.dumps, schema.papers, schema.digest_items
    listed = (
        select(entries.c.dump).join(dumps, dumps.c.id == entries.c.dump).where(entries.c.guid == guid, _is_listing())
    )
    shown = select(rows.c.seq).where(rows.c.guid == guid)
    # One that no dump lists any more has had a page, and it is to say so.
    forgotten = select(papers.c.version).where(papers.c.guid == guid, papers.c.version == 0)
    return (
        exists(listed.correlate_except(entries, dumps))
        | exists(shown.correlate_except(rows))
        | exists(forgotten.correlate_except(papers).with_only_columns(papers.c.version))
    )


def digests_since(connection: Connection, since: int) -> tuple[tuple[str, date], ...]:
    """Profile and day of the digests that runs behind a mark cut, the oldest first."""
    table = schema.digests
    rows = select(table.c.profile, table.c.day).where(table.c.run > since).order_by(table.c.day, table.c.profile)
    return tuple((profile, date.fromisoformat(day)) for profile, day in connection.execute(rows))


def histories(connection: Connection, guids: Collection[Guid]) -> dict[Guid, History]:
    """All that is known of these papers but why they stood in a digest; what is unknown is left out.

    Of `related`, only the ids are told, with the papers they are aliases of.
    """
    papers = schema.papers
    found: dict[Guid, History] = {}
    sightings = _grouped(_sightings(connection, guids))
    events = _grouped(_events(connection, guids))
    appearances = _grouped(_appearances(connection, guids))
    for condition in chunked(papers.c.guid, guids):
        for guid, version, body in connection.execute(
            select(papers.c.guid, papers.c.version, papers.c.body).where(condition)
        ):
            found[Guid(guid)] = History(
                paper=unpack_paper(body),
                sightings=tuple(sightings.get(guid, ())),
                events=tuple(events.get(guid, ())),
                appearances=tuple(appearances.get(guid, ())),
                forgotten=version == 0,
            )
    return found


def _grouped(rows: Sequence[tuple[str, _T]]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = {}
    for guid, row in rows:
        groups.setdefault(guid, []).append(row)
    return groups


class _Where(msgspec.Struct):
    """As much of an entry as says where it stands."""

    version: int | None = None
    provenance: dict[str, Any] | None = None


_where = msgspec.json.Decoder(_Where)


def _sightings(connection: Connection, guids: Collection[Guid]) -> list[tuple[str, Sighting]]:
    entries, dumps, runs = schema.entries, schema.dumps, schema.runs
    told: list[tuple[str, Sighting]] = []
    for condition in chunked(entries.c.guid, guids):
        rows = (
            select(entries.c.guid, entries.c.body, dumps.c.source, dumps.c.name, dumps.c.taken, runs.c.day)
            .join(dumps, dumps.c.id == entries.c.dump)
            .join(runs, runs.c.id == dumps.c.run)
            .where(condition, dumps.c.state == "read")
            .order_by(dumps.c.taken, dumps.c.id, entries.c.position)
        )
        for guid, body, source, name, taken, day in connection.execute(rows):
            try:
                where = _where.decode(body)
            except (msgspec.MsgspecError, UnicodeError) as error:
                raise Damaged(f"an entry: {error}") from error
            first, last = (where.provenance or {}).get("span") or (0, 0)
            told.append(
                (
                    guid,
                    Sighting(
                        source=source,
                        dump=name,
                        taken=time_of(taken) if taken else None,
                        day=date.fromisoformat(day),
                        span=(first, last) if first else None,
                        version=where.version,
                    ),
                )
            )
    return told


def _events(connection: Connection, guids: Collection[Guid]) -> list[tuple[str, Event]]:
    log, dumps, runs = schema.changes, schema.dumps, schema.runs
    columns = (log.c.guid, log.c.seq, log.c.kind, log.c.fields, log.c.late, log.c.reparsed)
    told: list[tuple[str, Event]] = []
    for condition in chunked(log.c.guid, guids):
        rows = (
            select(*columns, dumps.c.source, dumps.c.name, runs.c.day)
            .join(dumps, dumps.c.id == log.c.dump)
            .join(runs, runs.c.id == log.c.run)
            .where(condition)
            .order_by(log.c.seq)
        )
        for row in connection.execute(rows):
            event = Event(
                seq=row.seq,
                kind=row.kind,
                day=date.fromisoformat(row.day),
                source=row.source,
                dump=row.name,
                fields=unpack_fields(row.fields),
                late=bool(row.late),
                reparsed=bool(row.reparsed),
            )
            told.append((row.guid, event))
    return told


def _appearances(connection: Connection, guids: Collection[Guid]) -> list[tuple[str, Appearance]]:
    table = schema.digest_items
    told: list[tuple[str, Appearance]] = []
    for condition in chunked(table.c.guid, guids):
        rows = select(table).where(condition).order_by(table.c.day, table.c.profile, table.c.section, table.c.rank)
        for row in connection.execute(rows):
            day = date.fromisoformat(row.day)
            appearance = Appearance(
                profile=row.profile, title="", day=day, section=row.section, rank=row.rank, score=row.score
            )
            told.append((row.guid, appearance))
    return told


def days(connection: Connection, profile: str) -> tuple[DayCount, ...]:
    """The digests of a profile in numbers, the newest day first."""
    digests, rows, papers = schema.digests, schema.digest_items, schema.papers
    shown: dict[str, dict[str, int]] = {}
    counted = select(rows.c.day, rows.c.section, func.count()).where(rows.c.profile == profile)
    for day, section, count in connection.execute(counted.group_by(rows.c.day, rows.c.section)):
        shown.setdefault(day, {})[section] = int(count)
    leads: dict[str, tuple[str, str]] = {}
    led = select(rows.c.day, rows.c.section, rows.c.guid, papers.c.title).join(papers, papers.c.guid == rows.c.guid)
    # "new" stands before "updated", and comes first in the order of the alphabet, too.
    for day, _, guid, title in connection.execute(
        led.where(rows.c.profile == profile, rows.c.rank == 1).order_by(rows.c.day, rows.c.section)
    ):
        leads.setdefault(day, (title, guid))
    cut = select(digests.c.day, digests.c.from_seq, digests.c.to_seq).where(digests.c.profile == profile)
    return tuple(
        DayCount(
            day=date.fromisoformat(day),
            shown=shown.get(day, {}),
            covers=max(0, last - first + 1),
            lead=leads[day][0] if day in leads else "",
            lead_guid=Guid(leads[day][1]) if day in leads else None,
        )
        for day, first, last in connection.execute(cut.order_by(digests.c.day.desc()))
    )


def months(connection: Connection) -> tuple[tuple[str, int], ...]:
    """The months ("2026-06", UTC) in which papers were first seen, with how many, the newest first."""
    month = func.substr(schema.papers.c.first_seen, 1, 7)
    rows = select(month, func.count()).where(schema.papers.c.version > 0).group_by(month).order_by(month.desc())
    return tuple((name, int(count)) for name, count in connection.execute(rows))


def of_month(connection: Connection, month: str, limit: int) -> tuple[tuple[Paper, tuple[str, ...]], ...]:
    """The papers first seen in a month, each with the profiles whose digests showed it: these first, then by guid."""
    papers, rows = schema.papers, schema.digest_items
    shown = select(rows.c.guid, func.count().label("times")).group_by(rows.c.guid).subquery()
    found = (
        select(papers.c.guid, papers.c.body)
        .outerjoin(shown, shown.c.guid == papers.c.guid)
        .where(papers.c.first_seen.startswith(f"{month}-"), papers.c.version > 0)
        .order_by(shown.c.times.is_(None), papers.c.guid)
        .limit(limit)
    )
    held = {guid: unpack_paper(body) for guid, body in connection.execute(found)}
    by: dict[str, list[str]] = {}
    for condition in chunked(rows.c.guid, held):
        for guid, profile in connection.execute(select(rows.c.guid, rows.c.profile).where(condition).distinct()):
            by.setdefault(guid, []).append(profile)
    return tuple((paper, tuple(sorted(by.get(guid, ())))) for guid, paper in held.items())


def sources_since(connection: Connection, since: int) -> tuple[str, ...]:
    """The sources that reports behind a mark are about, in the order of their names; "" for files that hold others."""
    reports = schema.reports
    rows = select(_source_of()).select_from(_told()).where(reports.c.run > since).distinct()
    return tuple(sorted(connection.scalars(rows)))


def reports(connection: Connection, source: str, limit: int) -> tuple[Told, ...]:
    """What the dumps of a source brought, the newest first."""
    table, runs = schema.reports, schema.runs
    rows = (
        select(runs.c.day, table.c.body)
        .select_from(_told().join(runs, runs.c.id == table.c.run))
        .where(_source_of() == source)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Told(day=date.fromisoformat(day), report=unpack(body, SourceReport)) for day, body in connection.execute(rows)
    )


def _told() -> Any:
    return schema.reports.outerjoin(schema.dumps, schema.dumps.c.sha256 == schema.reports.c.sha256)


def _source_of() -> ColumnElement[str]:
    return func.coalesce(schema.dumps.c.source, "")
