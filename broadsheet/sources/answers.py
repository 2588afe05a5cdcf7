"""The answers of JSON APIs -> records, refusals and totals, however they were saved.

An answer to a search, of one record, a bare list, answers one behind the other, JSON lines. Knows no API: each tells
where its records lie.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .. import ids
from ..text import fold_space
from ..types import Precision
from . import stated
from .json_records import Accept, Lost, documents
from .reading import Reading

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Where an API puts its records."""

    #: As people call it.
    name: str
    #: Where lists of records lie in an answer: "results", "message.items".
    lists: tuple[str, ...]
    #: Whether an object is a record.
    accept: Accept
    #: Where the one record of an answer lies, if not in the answer itself.
    single: str = ""
    #: Answer -> how many records there are in all, and whether this very answer holds them all, by what it says of
    #: itself; (None, False) where it does not say.
    total: Callable[[Record], tuple[int | None, bool]] = lambda _: (None, False)
    #: Whether a record is known and no work.
    furniture: Callable[[Record], bool] = lambda _: False
    #: What holds the time of an answer, if anything does.
    made: str = ""
    #: Answer -> what it is about, where that is not works ("journal-list"); empty for any other.
    about: Callable[[Record], str] = lambda _: ""


def records(reading: Reading, api: Api) -> Iterator[Record]:
    """The records of a dump, in order; what is none of them is told and counted. Raises ParseFailed."""
    seen, most, papers = 0, 0, -1
    for answer in documents(reading, lists=api.lists, accept=api.accept):
        for part in answer if isinstance(answer, list) else (answer,):
            other = api.about(part) if isinstance(part, dict) else ""
            if other:
                reading.refuse("error", f"an answer of {api.name} about something else: {other}", text=shown(part))
                continue
            found = records_of(part, api)
            if found is None:
                _told(reading, part, api, alone=not isinstance(answer, list))
                continue
            total, is_all = api.total(part)
            most = max(most, total or 0)
            papers = max(papers, 0) + total if is_all and total is not None else papers
            made = stated.moment(string(part.get(api.made)))
            if made:
                reading.dated(made)
            for one in found:
                seen += 1
                if not isinstance(one, dict):
                    _told(reading, one, api, alone=False)
                elif api.furniture(one):
                    reading.furniture()
                    papers -= 1
                else:
                    yield one
    if papers >= 0:
        reading.announced = papers
    elif 0 < seen < most:
        reading.note("note", f"{seen:,} of {most:,} records: the answer goes on")


def records_of(part: Any, api: Api) -> list[Any] | None:
    """The records of one answer, or the record that it is; None for what is neither."""
    if not isinstance(part, dict):
        return None
    for path in api.lists:
        found = inside(part, *path.split("."))
        if isinstance(found, list):
            return found
    if api.accept(part):
        return [part]
    single = inside(part, *api.single.split("."))
    if isinstance(single, dict) and api.accept(single):
        return [single]
    return None


def _told(reading: Reading, part: Any, api: Api, *, alone: bool) -> None:
    if isinstance(part, Lost):
        reading.refuse("error", part.reason, text=part.text)
    elif part is None:
        reading.refuse("warning", "the answer knows no paper for this id")
    elif alone and (refusal := refusal_of(part)):
        reading.refusal = refusal
        reading.refuse("error", f"{api.name} refused: {refusal}", text=shown(part))
    else:
        reading.refuse("error", f"this is no record of {api.name}", text=shown(part))


def refusal_of(answer: Any) -> str | None:
    """What an API says instead of an answer; None where it says nothing of the kind."""
    if not isinstance(answer, dict):
        return None
    said: list[str] = []
    for key in ("name", "error", "errors", "message", "detail", "title"):
        held = answer.get(key)
        for one in held if isinstance(held, list) else (held,):
            if isinstance(one, dict):
                one = next((one[key] for key in ("message", "detail", "title", "reason", "code") if one.get(key)), "")
            if isinstance(one, str) and one.strip():
                said.append(fold_space(one))
    if not said or not answer.keys() & {"error", "errors", "message", "detail", "status", "code"}:
        return None
    return ": ".join(dict.fromkeys(said))


def shown(value: Any) -> str:
    """A record as text, for a problem."""
    return json.dumps(value, ensure_ascii=False, default=_text_of)


def _text_of(value: object) -> str:
    """A part of a record that could not be read, as it stands there."""
    return value.text if isinstance(value, Lost) else str(value)


# Values of records, which may be of any type.


def inside(value: Any, *path: str) -> Any:
    """What lies at the end of a path of keys; None where there is no such place."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def string(value: Any) -> str:
    """A string as it is, a number as its digits; empty for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number(value: Any) -> int | None:
    """A count: a whole number from 0, also as digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**16 else None


def dicts(value: Any) -> list[Record]:
    """The objects in a list; an object alone as a list of it; empty for anything else."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """The strings in a list that say something; a string alone as a list of it; empty for anything else."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    return [one for one in value if isinstance(one, str) and one.strip()] if isinstance(value, list) else []


Stated = tuple[date, Precision] | tuple[None, None]


def best_day(*days: Stated) -> Stated:
    """The first day that is stated, as finely as the others state it: of 2023 and then 2023-03-01 the latter."""
    best: Stated = (None, None)
    for day, precision in days:
        if day is None or precision is None:
            continue
        if best[0] is None:
            best = day, precision
            continue
        finer = best[1] == "year" != precision or best[1] == "month" != precision == "day"
        if finer and day.year == best[0].year and (best[1] == "year" or day.month == best[0].month):
            best = day, precision
    return best


def known_ids(reading: Reading, given: Mapping[str, Any]) -> dict[str, str]:
    """Ids by scheme from what a record states (URLs and prefixes are fine); what is no id is left out with a note.

    A DOI of arXiv is an id of arXiv too. Empty values are no ids.
    """
    found: dict[str, str] = {}
    for scheme, value in given.items():
        text = string(value).strip()
        if not text:
            continue
        read = _READ[scheme](text)
        if read is None:
            reading.note("note", f"this is no id ({scheme})", place=(reading.total + 1, reading.total + 1), text=text)
        else:
            found[scheme] = read
    paper = ids.arxiv_id(found.get("doi", ""))
    if paper:
        found.setdefault("arxiv", paper[0])
    return found


def _arxiv(text: str) -> str | None:
    found = ids.arxiv_id(text)
    return found and found[0]


def _pmid(text: str) -> str | None:
    return ids.pmid(text.rstrip("/").rpartition("/")[2])


_READ: Mapping[str, Callable[[str], str | None]] = {
    "arxiv": _arxiv,
    "doi": ids.doi,
    "pmid": _pmid,
    "openreview": ids.openreview,
}


def named(scheme: str, text: str) -> str | None:
    """Another work as "scheme:value", as `related` has it, an arXiv DOI as arXiv's id; None for what is no id."""
    paper = ids.arxiv_id(text)
    if paper and scheme in {"doi", "arxiv"}:
        return f"arxiv:{paper[0]}"
    read = _READ[scheme](text) if scheme in _READ else None
    return read and f"{scheme}:{read}"
