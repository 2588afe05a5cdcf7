"""Made-up values that many tests start from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from broadsheet.types import (
    Change,
    Entry,
    Guid,
    Hit,
    Match,
    Paper,
    Place,
    Profile,
    Provenance,
    Rule,
)

DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def entry(title: str = "A Made-up Title", *, source: str = "daily-papers", position: int = 1, **fields: Any) -> Entry:
    """An entry with a title and whatever else is given."""
    fields.setdefault("title_raw", title)
    fields.setdefault("abstract_raw", fields.get("abstract"))
    where = Provenance(source=source, dump="made.txt", sha256="0" * 64, position=position, span=(position, position))
    return Entry(title=title, provenance=where, **fields)


def paper(title: str = "A Made-up Title", *, guid: str = "", version: int = 1, **fields: Any) -> Paper:
    """A paper seen once, at NOON."""
    return Paper(
        guid=Guid(guid or f"title:{title.lower().replace(' ', '-')}"),
        best=entry(title, **fields),
        first_seen=NOON,
        last_seen=NOON,
        version=version,
    )


def change(of: Paper, seq: int = 1, **fields: Any) -> Change:
    """A new paper in the log, unless told otherwise."""
    return replace(Change(seq=seq, kind="new", paper=of), **fields)


def match(rule: str = "a rule", points: float = 1.0, *, words: str = "", start: int = 0) -> Match:
    """A rule that held; its words, if any, stand in the abstract."""
    hits = (Hit(field="abstract", text=words, start=start, end=start + len(words)),) if words else ()
    return Match(rule=rule, when=words or "x", weight=points, points=points, boosted=False, hits=hits)


def rule(when: str, name: str = "", weight: float = 1.0) -> Rule:
    """A rule as if written on line 3 of a profile."""
    place = Place(file="profiles/made.toml", line=3, column=9, text=f"when = '{when}'")
    return Rule(name=name or when, when=when, weight=weight, place=place)


def profile(*rules: Rule, name: str = "made", **fields: Any) -> Profile:
    """A profile with these rules."""
    return replace(Profile(name=name, title=name.capitalize(), rules=rules or (rule("cache"),)), **fields)
