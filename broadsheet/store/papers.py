"""Papers, their aliases and the entries that listed them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from ..text import fold_space, folded
from ..types import Entry, Guid, Paper
from . import schema
from .bodies import moment, pack_entry, pack_paper, storable, unpack_paper
from .bulk import chunked, insert_rows

_VERSION = re.compile(r"v\d+$")


def known_aliases(connection: Connection, wanted: Collection[str]) -> dict[str, Guid]:
    """Whose the wanted aliases are, with all other aliases of the same papers; what is unknown is left out."""
    table = schema.aliases
    rows = select(table.c.alias, table.c.guid)
    owners: set[str] = set()
    for condition in chunked(table.c.alias, wanted):
        owners.update(guid for _, guid in connection.execute(rows.where(condition)))
    found: dict[str, Guid] = {}
    for condition in chunked(table.c.guid, owners):
        found.update((alias, Guid(guid)) for alias, guid in connection.execute(rows.where(condition)))
    return found


def papers(connection: Connection, guids: Collection[Guid]) -> dict[Guid, Paper]:
    """The papers with these guids; what is unknown is left out."""
    table = schema.papers
    found: dict[Guid, Paper] = {}
    for condition in chunked(table.c.guid, guids):
        rows = select(table.c.guid, table.c.body).where(condition, table.c.version > 0)
        for guid, body in connection.execute(rows):
            found[Guid(guid)] = unpack_paper(body)
    return found


def after(connection: Connection, guid: str, limit: int, since: date | None) -> tuple[Paper, ...]:
    """At most so many papers, in the order of their guids, of those behind a guid; "" comes before all.

    since: only papers that were first seen on this day (UTC) or later.
    """
    table = schema.papers
    rows = select(table.c.body).where(table.c.guid > guid, table.c.version > 0).order_by(table.c.guid).limit(limit)
    if since:
        rows = rows.where(table.c.first_seen >= since.isoformat())
    return tuple(unpack_paper(body) for body in connection.scalars(rows))


def first_listed(connection: Connection, guids: Collection[Guid]) -> dict[Guid, tuple[str, str]]:
    """Source and name of the first dump that listed each of the papers; what is unknown is left out."""
    entries, dumps = schema.entries, schema.dumps
    found: dict[Guid, tuple[str, str]] = {}
    for condition in chunked(entries.c.guid, guids):
        first = (
            select(entries.c.guid, func.min(entries.c.dump).label("dump")).where(condition).group_by(entries.c.guid)
        ).subquery()
        rows = select(first.c.guid, dumps.c.source, dumps.c.name).join(dumps, dumps.c.id == first.c.dump)
        found.update((Guid(guid), (source, name)) for guid, source, name in connection.execute(rows))
    return found


def find(connection: Connection, wanted: str, limit: int) -> tuple[Paper, ...]:
    """The papers that a person may mean: by guid or alias, by an id without its scheme or with a version, by title.

    A title that is equal but for case, accents and white space wins over those that merely hold the words.
    """
    word = "".join(wanted.split())
    ids = {word, word.lower(), _VERSION.sub("", word.lower())}
    ids |= {f"{scheme}:{one}" for scheme in ("arxiv", "doi", "openreview", "pmid") for one in ids}
    table = schema.aliases
    guids: list[Guid] = []
    for condition in chunked(table.c.alias, ids):
        guids += (Guid(guid) for guid in connection.scalars(select(table.c.guid).where(condition)))
    if not guids:
        guids = _titled(connection, fold_space(folded(wanted)))
    chosen = sorted(set(guids), key=guids.index)[:limit]
    found = papers(connection, chosen)
    return tuple(found[guid] for guid in chosen)


def _titled(connection: Connection, words: str) -> list[Guid]:
    # Folded here and not there: each database folds text in a way of its own.
    table = schema.papers
    rows = connection.execute(select(table.c.title, table.c.guid).where(table.c.version > 0))
    near = sorted((fold_space(folded(title)), Guid(guid)) for title, guid in rows)
    exact = [guid for title, guid in near if title == words]
    return exact or [guid for title, guid in near if words and words in title]


def forgotten(connection: Connection) -> int:
    """How many papers only the log knows any more (broadsheet.store.again)."""
    table = schema.papers
    return int(connection.execute(select(func.count()).where(table.c.version == 0)).scalar_one())


def put_papers(connection: Connection, changed: Iterable[Paper]) -> None:
    """Insert papers, or overwrite those that are there."""
    rows = [
        (
            paper.guid,
            storable(paper.best.title),
            paper.version,
            moment(paper.first_seen),
            moment(paper.last_seen),
            pack_paper(paper),
        )
        for paper in changed
    ]
    columns = ("guid", "title", "version", "first_seen", "last_seen", "body")
    insert_rows(connection, schema.papers, columns, rows, replacing=True)


def put_aliases(connection: Connection, new: Mapping[str, Guid]) -> None:
    """Insert aliases, none of which may be there already."""
    insert_rows(connection, schema.aliases, ("alias", "guid"), sorted(new.items()))


def put_entries(
    connection: Connection, dump: int, entries: Sequence[Entry], guids: Sequence[Guid], *, first: int = 1
) -> None:
    """Insert entries of a dump; their position is their place in the sequence, counted from `first`."""
    rows = [
        (dump, position, guid, pack_entry(entry))
        for position, (guid, entry) in enumerate(zip(guids, entries, strict=True), start=first)
    ]
    insert_rows(connection, schema.entries, ("dump", "position", "guid", "body"), rows)
