"""What the pipeline does with identity, store and changes, in the smallest form; and made-up dumps to do it with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from broadsheet import changes, identity
from broadsheet.store import Store
from broadsheet.types import (
    Account,
    Change,
    Digest,
    Dump,
    Entry,
    Parsed,
    Problem,
    Profile,
    Provenance,
    Ranked,
    Section,
    SourceReport,
)

DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
PROFILE = Profile(name="made", title="Made", rules=(), sha256="1" * 64)


def listed(title: str, **fields: Any) -> Entry:
    fields.setdefault("abstract_raw", fields.get("abstract"))
    return Entry(title=title, title_raw=title, **fields)


def dump(content: str, name: str = "made.txt") -> Dump:
    raw = content.encode()
    return Dump(source="made", name=name, sha256=hashlib.sha256(raw).hexdigest(), modified=NOW, content=raw)


def parsed(entries: Sequence[Entry], taken: datetime, problems: Sequence[Problem] = ()) -> Parsed:
    return Parsed(
        format="made",
        taken=taken,
        taken_from="file name",
        entries=tuple(entries),
        problems=tuple(problems),
        account=Account(unit="records", total=len(entries), entry=len(entries), furniture=0, problem=0),
    )


def report(of: Dump, **fields: Any) -> SourceReport:
    values: dict[str, Any] = {
        "dump": of.name,
        "source": "made",
        "format": "made",
        "taken": MONDAY,
        "taken_from": "file name",
        "verdict": "complete",
        "reason": "made up",
    }
    return SourceReport(**(values | fields))


def broken(of: Dump, **fields: Any) -> SourceReport:
    values: dict[str, Any] = {"format": None, "taken": None, "taken_from": None, "verdict": "broken"}
    return report(of, **(values | fields))


def ingest(
    store: Store,
    run: int,
    entries: Sequence[Entry],
    taken: datetime = MONDAY,
    *,
    content: str = "",
    source: str = "made",
    full: bool = False,
    problems: Sequence[Problem] = (),
) -> tuple[Change, ...]:
    """Read a dump of these entries into the store; the changes it made."""
    raw = dump(content or f"{taken} {source} {entries!r}", f"{source}-{taken:%Y-%m-%d}.txt")
    placed = [
        Entry(
            **{name: getattr(entry, name) for name in Entry.__dataclass_fields__ if name != "provenance"},
            provenance=Provenance(source=source, dump=raw.name, sha256=raw.sha256, position=place, span=(place, place)),
        )
        for place, entry in enumerate(entries, start=1)
    ]
    known = store.known_aliases({alias for entry in placed for alias in identity.aliases_of(entry)})
    found = identity.identify(placed, known)
    newest = store.newest_taken(source, before_run=run)
    previous = store.last_listing(source) if full else None
    decision = changes.decide(
        list(zip(found.guids, placed, strict=True)),
        store.papers({*found.guids, *(previous or ())}),
        taken=taken,
        late=newest is not None and taken < newest,
        previous=previous,
        gone=store.gone(source) if full else (),
    )
    told = report(raw, source=source, taken=taken, entries=len(entries), problems=tuple(problems))
    return store.write(run, raw, parsed(placed, taken, problems), found.guids, found.aliases, decision, told)


def digest(store: Store, day: date = DAY, profile: str = "made", **fields: Any) -> Digest:
    """A digest of all that came since the last one, every change shown without a reason."""
    mark = store.watermark(profile)
    start, end = (mark or 0) + 1, store.head()
    rows = tuple(Ranked(change=change, matches=()) for change in store.changes(start, end))
    values: dict[str, Any] = {
        "profile": profile,
        "title": "Made",
        "day": day,
        "timezone": "UTC",
        "from_seq": start,
        "to_seq": end,
        "min_score": 1.0,
        "limit": 25,
        "sections": (Section(name="new", title="New", rows=rows),),
        "held_back": (),
        "muted": (),
        "unmatched": 0,
        "considered": len(rows),
        "sources": store.sources_since(profile),
    }
    return Digest(**(values | fields))
