"""Two views of one paper -> one, field by field, by the rule in broadsheet.changes. Pure.

Does not say whether anything changed. A paper seen in a single entry is a Paper as well, so that entries of one dump,
and a dump and history, are merged by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..text import UNTITLED
from ..types import Entry, Paper, Provenance
from .compare import essence, is_begin_of, is_cut_from

_Stamp = tuple[int, datetime]

#: Fields that only mean something together.
_TOGETHER = {
    "title": ("title", "title_raw"),
    "abstract": ("abstract", "abstract_raw"),
    "published": ("published", "published_precision"),
}
_ALONE = (
    "authors",
    "author_count",
    "organization",
    "updated",
    "comments",
    "upvotes",
    "categories",
    "announce_type",
    "version",
)
#: Fields whose keys are merged one by one.
_BY_KEY = ("ids", "links", "related")
#: Fields that say something of the listing, where the version of the paper does not matter.
_COUNTS = frozenset(("comments", "upvotes"))
_PRECISION = {"year": 1, "month": 2, "month-day": 3, "day": 4}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one listing says of one field."""

    value: tuple[Any, ...]
    stamp: _Stamp
    provenance: Provenance | None


#: Whether the second of two parts with equal stamps wins over the first.
Tie = Callable[[tuple[Any, ...], tuple[Any, ...]], bool]


def read_later(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    """The tie of two dumps: what is read later wins."""
    return True


def longer(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    """The tie within a dump, where order must not matter: the fuller value wins, of equally full ones the greater."""
    return _length(second) > _length(first)


def _length(value: tuple[Any, ...]) -> tuple[int, str]:
    return len(essence(str(value[0]))), str(value)


def merge(old: Paper, new: Paper, tie: Tie) -> Paper:
    """One paper from two views of it; guid and version are those of the old one."""
    parts = _parts(old)
    for name, part in _parts(new).items():
        before = parts.get(name)
        parts[name] = part if before is None else _better(name, before, part, tie)
    best = _entry(parts)
    last_seen = max(old.last_seen, new.last_seen)
    usual = best.version or 0, last_seen
    return Paper(
        guid=old.guid,
        best=best,
        first_seen=min(old.first_seen, new.first_seen),
        last_seen=last_seen,
        version=old.version,
        stamps={name: part.stamp for name, part in sorted(parts.items()) if part.stamp != usual},
        said=_said(old, new, tie),
    )


def _said(old: Paper, new: Paper, tie: Tie) -> dict[str, str]:
    """What each source said last; of one source twice, the later dump's word."""
    said = {**old.said, **new.said}
    for source in old.said.keys() & new.said.keys():
        one, other = old.said[source], new.said[source]
        again = new.last_seen > old.last_seen or (new.last_seen == old.last_seen and tie((one,), (other,)))
        said[source] = other if again else one
    return dict(sorted(said.items()))


def _better(name: str, old: _Part, new: _Part, tie: Tie) -> _Part:
    if name == "abstract" and old.value != new.value:
        stamp = max(old.stamp, new.stamp)
        if is_cut_from(new.value[0], old.value[0]):
            return _Part(old.value, stamp, old.provenance)
        if is_cut_from(old.value[0], new.value[0]):
            return _Part(new.value, stamp, new.provenance)
    if name == "title" and old.value[0].startswith(UNTITLED) != new.value[0].startswith(UNTITLED):
        return new if old.value[0].startswith(UNTITLED) else old
    if name in ("abstract", "authors") and old.stamp[0] == new.stamp[0]:
        if _is_less(name, new, old):
            return old
        if _is_less(name, old, new):
            return new
    one, other = _order(name, old), _order(name, new)
    if other == one and old.value != new.value:
        return new if tie(old.value, new.value) else old
    return new if other > one else old


def _is_less(name: str, one: _Part, other: _Part) -> bool:
    """Whether one is only a part of what the other says: a cut list of names, or another source's teaser."""
    if name == "authors":
        return is_begin_of(one.value[0], other.value[0])
    sources = {part.provenance.source for part in (one, other) if part.provenance}
    return len(sources) == 2 and 2 * len(one.value[0]) < len(other.value[0])


def _order(name: str, part: _Part) -> tuple[int, int, datetime]:
    version, taken = part.stamp
    if name in _COUNTS:
        return 0, 0, taken
    return (_PRECISION.get(part.value[1], 0) if name == "published" else 0), version, taken


def _parts(paper: Paper) -> dict[str, _Part]:
    """The known fields of a paper, flat: "title", "abstract", "ids.arxiv", ..."""
    best = paper.best
    values: dict[str, tuple[Any, ...]] = {
        name: tuple(getattr(best, one) for one in names)
        for name, names in _TOGETHER.items()
        if getattr(best, name) is not None
    }
    for name in _ALONE:
        if (value := getattr(best, name)) not in (None, ()):
            values[name] = (value,)
    for name in _BY_KEY:
        pairs: Mapping[str, str] = getattr(best, name)
        values |= {f"{name}.{key}": (value,) for key, value in pairs.items()}
    usual = best.version or 0, paper.last_seen
    return {name: _Part(value, paper.stamps.get(name, usual), best.provenance) for name, value in values.items()}


def _entry(parts: Mapping[str, _Part]) -> Entry:
    """The entry that says what the parts say; its provenance is that of the abstract, or without one of the title."""
    fields: dict[str, Any] = {name: {} for name in _BY_KEY}
    for name, part in sorted(parts.items()):
        key = name.partition(".")
        if key[1]:
            fields[key[0]][key[2]] = part.value[0]
        else:
            fields |= zip(_TOGETHER.get(name, (name,)), part.value, strict=True)
    return Entry(**fields, provenance=parts.get("abstract", parts["title"]).provenance)
