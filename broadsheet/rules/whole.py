"""Fields whose values are compared as a whole, case-blind: categories, the source, ids. Splits nothing into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..text import folded
from ..types import Paper
from .pattern import made_of


def values_of(paper: Paper, field: str) -> tuple[str, ...]:
    """The values of "category", "source" or "id"; ids with their scheme, the guid first."""
    best = paper.best
    if field == "category":
        return best.categories
    if field == "source":
        return (best.provenance.source,) if best.provenance else ()
    return tuple(dict.fromkeys([paper.guid, *(f"{scheme}:{value}" for scheme, value in sorted(best.ids.items()))]))


def placed(values: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Values of a field, each with the place where it starts in the field as it is shown."""
    offset = 0
    for value in values:
        yield offset, value
        offset += len(value) + len(", ")


def fits(wanted: str, value: str, field: str) -> bool:
    """Whether a value is the wanted one, in which "*" stands for anything; an id also without its scheme."""
    runs, value = folded(wanted).split("*"), folded(value)
    return made_of(runs, value) or (field == "id" and made_of(runs, value.partition(":")[2]))
