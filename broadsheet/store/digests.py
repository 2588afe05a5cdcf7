"""Digests: cut once, frozen, published as files. A profile's watermark is the end of its last cut range."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, delete, func, insert, select, update

from ..errors import StoreError
from ..types import Artifact, Digest, Profile
from . import dumps, log, outbox, schema
from .bodies import pack, storable, unpack
from .bulk import insert_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file that a digest was published as."""

    name: str
    media_type: str
    sha256: str
    #: In bytes.
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A digest that was cut: its day, its range of the log, and what it was cut with."""

    day: date
    from_seq: int
    to_seq: int
    #: As it was when the digest was cut.
    profile: Profile


def watermark(connection: Connection, profile: str) -> int | None:
    """The last number of the log that the profile's digests cover; None before its first one."""
    return _greatest(connection, schema.digests.c.to_seq, profile)


def reported(connection: Connection, profile: str) -> int | None:
    """The last report that the profile's digests cover; None before its first one."""
    return _greatest(connection, schema.digests.c.to_report, profile)


def _greatest(connection: Connection, column: Column[int], profile: str) -> int | None:
    found = connection.execute(select(func.max(column)).where(schema.digests.c.profile == profile)).scalar_one()
    return None if found is None else int(found)


def profiles(connection: Connection) -> tuple[str, ...]:
    """The names of the profiles that have digests, in the order of the alphabet."""
    return tuple(sorted(connection.scalars(select(schema.digests.c.profile).distinct())))


def one(connection: Connection, profile: str, day: date) -> Digest | None:
    """The digest of a profile for a day, as it was cut; None where it is not cut."""
    table = schema.digests
    row = select(table.c.body).where(table.c.profile == profile, table.c.day == day.isoformat())
    body = connection.execute(row).scalar_one_or_none()
    return None if body is None else unpack(body, Digest)


def latest(connection: Connection, profile: str, limit: int) -> tuple[Digest, ...]:
    """The digests of a profile, the newest day first."""
    table = schema.digests
    rows = select(table.c.body).where(table.c.profile == profile).order_by(table.c.day.desc()).limit(limit)
    return tuple(unpack(body, Digest) for body in connection.scalars(rows))


def last_day(connection: Connection, profile: str, until: date) -> date | None:
    """The latest day until `until` for which a digest of the profile is cut; None without any."""
    table = schema.digests
    row = select(func.max(table.c.day)).where(table.c.profile == profile, table.c.day <= until.isoformat())
    found = connection.execute(row).scalar_one()
    return None if found is None else date.fromisoformat(found)


def editions(connection: Connection, profile: str) -> tuple[Edition, ...]:
    """The ranges that the digests of a profile cover, in their order, each with the profile as it was then."""
    table, versions = schema.digests, schema.profiles
    known = {
        sha256: unpack(body, Profile)
        for sha256, body in connection.execute(
            select(versions.c.sha256, versions.c.body).where(versions.c.name == profile)
        )
    }
    rows = select(table.c.day, table.c.from_seq, table.c.to_seq, table.c.sha256)
    return tuple(
        Edition(day=date.fromisoformat(row.day), from_seq=row.from_seq, to_seq=row.to_seq, profile=known[row.sha256])
        for row in connection.execute(rows.where(table.c.profile == profile).order_by(table.c.from_seq, table.c.day))
    )


def unpublished(connection: Connection) -> tuple[Digest, ...]:
    """The digests that are cut and not known to be published, the oldest day first."""
    table = schema.digests
    rows = select(table.c.body).where(table.c.published == 0).order_by(table.c.day, table.c.profile)
    return tuple(unpack(body, Digest) for body in connection.scalars(rows))


def cut(connection: Connection, run: int, profile: Profile, digest: Digest, owed: Iterable[outbox.Owed] = ()) -> None:
    """Freeze a digest, with its rows, its profile and what it is to be sent as; the watermark moves with it.

    Raises StoreError where the digest of that profile and day is cut already, and where its range does not follow the
    watermark or leaves the log.
    """
    _check(connection, digest)
    sha256 = _put_profile(connection, run, profile)
    key = {"profile": storable(digest.profile), "day": digest.day.isoformat()}
    connection.execute(
        insert(schema.digests).values(
            **key,
            from_seq=digest.from_seq,
            to_seq=digest.to_seq,
            to_report=dumps.last_report(connection),
            sha256=sha256,
            run=run,
            published=0,
            body=pack(digest),
        )
    )
    rows = [
        (*key.values(), section.name, rank, row.change.seq, row.change.paper.guid, row.score)
        for section in digest.sections
        for rank, row in enumerate(section.rows, start=1)
    ]
    columns = ("profile", "day", "section", "rank", "seq", "guid", "score")
    insert_rows(connection, schema.digest_items, columns, rows)
    outbox.owe(connection, run, digest.profile, digest.day, owed)


def take_back(connection: Connection, profile: str, day: date) -> bool:
    """Forget a digest that covers no change, so that the day can have one that does, and what it was to be sent as.

    False, and nothing happens, where a receiver may have it already. Raises StoreError where the digest covers a
    change: that one is frozen.
    """
    digest = one(connection, profile, day)
    if digest is None or digest.to_seq >= digest.from_seq:
        raise StoreError(f"the digest of {profile} for {day} is not one without changes; it stays as it was cut")
    if not outbox.forget(connection, profile, day):
        return False
    for table in (schema.artifacts, schema.digests):
        connection.execute(delete(table).where(table.c.profile == profile, table.c.day == day.isoformat()))
    return True


def _check(connection: Connection, digest: Digest) -> None:
    name, span = f"the digest of {digest.profile} for {digest.day}", f"{digest.from_seq} to {digest.to_seq}"
    if one(connection, digest.profile, digest.day) is not None:
        raise StoreError(f"{name} is cut already; a second one would say things twice")
    mark, head = watermark(connection, digest.profile), log.head(connection)
    if mark is not None and digest.from_seq != mark + 1:
        raise StoreError(f"{name} covers changes {span}, but the last digest ends at {mark}; run again")
    if not 0 < digest.from_seq <= digest.to_seq + 1 <= head + 1:
        raise StoreError(f"{name} covers changes {span}, but the log ends at {head}; run again")


def _put_profile(connection: Connection, run: int, profile: Profile) -> str:
    table, body = schema.profiles, pack(profile)
    # A profile that was not read from a file has no hash of one.
    sha256 = profile.sha256 or hashlib.sha256(body.encode()).hexdigest()
    known = select(table.c.name).where(table.c.name == profile.name, table.c.sha256 == sha256)
    if connection.execute(known).first() is None:
        connection.execute(insert(table).values(name=profile.name, sha256=sha256, run=run, body=body))
    return sha256


def put_published(connection: Connection, profile: str, day: date, artifacts: Sequence[Artifact]) -> None:
    """Write down the files that a digest was published as; what was written down before is replaced."""
    table, files, key = schema.digests, schema.artifacts, (profile, day.isoformat())
    connection.execute(delete(files).where(files.c.profile == key[0], files.c.day == key[1]))
    rows = [
        (*key, storable(file.name), file.media_type, hashlib.sha256(file.content).hexdigest(), len(file.content))
        for file in artifacts
    ]
    insert_rows(connection, files, ("profile", "day", "name", "media_type", "sha256", "size"), rows)
    connection.execute(update(table).where(table.c.profile == key[0], table.c.day == key[1]).values(published=1))


def published(connection: Connection, profile: str, day: date) -> tuple[Published, ...]:
    """The files that a digest was published as, in the order of their names."""
    files = schema.artifacts
    rows = select(files).where(files.c.profile == profile, files.c.day == day.isoformat()).order_by(files.c.name)
    return tuple(
        Published(name=row.name, media_type=row.media_type, sha256=row.sha256, size=row.size)
        for row in connection.execute(rows)
    )
