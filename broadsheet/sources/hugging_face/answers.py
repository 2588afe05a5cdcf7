"""JSON text -> the records of papers in it, whatever they are wrapped in and however damaged it is.

    [record, ...]   {"papers": [record, ...], "date": ...}   {"data": ["{'paper': ...}", ...]}   one record a line

Does not know what a record says; that is records.py. Holds the text as a whole.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...errors import ParseFailed
from .. import json_lines, stated
from ..reading import Place, Reading

#: The keys that a list of papers stands under.
LISTS = ("dailyPapers", "searchResults", "papers", "data", "results")
_DAYS = ("dateString", "date")
_WELL = {"success", "ok"}

_LIST = re.compile(rf'"(?:{"|".join(LISTS)})"\s{{0,99}}:\s{{0,99}}\[')
_PYTHON = re.compile(r"\"\{'paper'")
_DAY = re.compile(rf'"(?:{"|".join(_DAYS)})"\s{{0,9}}:\s{{0,9}}"(\d{{4}}-\d\d-\d\d)')
_FIELDS = re.compile(
    r'\s*+(?:,\s*+"\w{0,60}+(?:"(?:\s*+:\s*+(?:"[^"]{0,999}+"?|[\w.+-]*+)\s*+)?)?)*+,?\s*+[}\s\0]*+(?:&\w{0,5})?'
)
#: Where the list of a wrapper begins at the latest.
_BEFORE_LIST = 20_000
#: Characters of one record that stands in a string.
_LONGEST_STRING = 2_000_000


def records_in(reading: Reading, text: str) -> Iterator[tuple[Place | None, Any]]:
    """Every record with its place (None: its number), records in strings taken out of them.

    Tells what the wrapper says: its day, how many papers it has, an error in place of a list. What cannot be read is a
    problem, and counted; records are counted by whoever takes them. Raises ParseFailed where nothing can be read.
    """
    text = text.lstrip("\ufeff \t\r\n\0")
    try:
        value = json.loads(text, strict=False)
    except RecursionError:
        raise ParseFailed(reading.dump.name, "is nested too deeply to be a listing") from None
    except ValueError:
        yield from _damaged(reading, text)
        return
    if isinstance(value, list):
        for number, record in enumerate(value, start=1):
            yield from _taken(reading, number, record)
    elif isinstance(value, Mapping):
        yield from ((None, record) for record in _unwrapped(reading, value))
    else:
        reading.refuse("error", "is JSON without a record in it", text=text[:_BEFORE_LIST])


def plain_record(value: Any) -> Any:
    """The record a string holds, in JSON or as Python shows it (single quotes, None); anything else as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith("{") or len(value) > _LONGEST_STRING:
        return value
    try:
        return json.loads(value, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        # Python warns of an escape it does not know, where it is not damage but an author's backslash.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return value


def _taken(reading: Reading, number: int, value: Any) -> Iterator[tuple[Place | None, Any]]:
    """What one value of several says: a record, or the records of a day that is wrapped on its own."""
    if isinstance(value, Mapping) and "title" not in value and any(isinstance(value.get(key), list) for key in LISTS):
        yield from ((None, record) for record in _unwrapped(reading, value))
    else:
        yield (number, number), plain_record(value)


def _unwrapped(reading: Reading, value: Mapping[str, Any]) -> Iterator[Any]:
    """The records of an object: those of its list, or the object itself where it is one."""
    if "paper" in value or ("title" in value and not any(isinstance(value.get(key), list) for key in LISTS)):
        yield value
        return
    found = next((value[key] for key in LISTS if isinstance(value.get(key), list)), None)
    status = value.get("status")
    refused = next((value[key] for key in ("error", "message", "detail") if isinstance(value.get(key), str)), None)
    if not found and (refused or (isinstance(status, str) and status.lower() not in _WELL)):
        reading.refusal = refused or status
        reading.furniture()
        return
    if found is None:
        reading.refuse("error", "an object without a list of papers", text=json.dumps(value, ensure_ascii=False))
        return
    for key in _DAYS:
        _date(reading, value.get(key))
    count = value.get("count")
    if status is not None and isinstance(count, int) and 0 <= count < 10**6:
        reading.announced = count
    yield from map(plain_record, found)


def _date(reading: Reading, text: object) -> None:
    # A page of a week or month names that: no day of its own.
    day, precision = stated.day(text) if isinstance(text, str) else (None, None)
    if day and precision == "day":
        reading.dated(day)


def _damaged(reading: Reading, text: str) -> Iterator[tuple[Place | None, Any]]:
    """The sound records of what is not sound as a whole: JSON lines, or a list that a part of is torn or spoilt."""
    found = _LIST.search(text, 0, _BEFORE_LIST) if text.startswith("{") and not _are_lines(text) else None
    if not found or (text.find("[") != found.end() - 1 and '"dailyPapers"' not in found[0]):
        for number, value in json_lines.values(_part(reading, text)):
            yield from _taken(reading, number, value)
        return
    before = text[: found.start()]
    # Behind the list stand plain fields of the wrapper, cut or not.
    end = text.rfind("]") + 1
    is_end = end > found.end() and _FIELDS.fullmatch(text[end : end + _BEFORE_LIST])
    listed = text[found.end() - 1 : end if is_end else None]
    for said in _DAY.finditer(before + text[end:] if is_end else before):
        _date(reading, said[1])
    reason = "the answer is no sound JSON as a whole; its records were read one by one"
    reading.note("warning", reason, text=text[end:] if is_end else "")
    if _PYTHON.search(listed):
        yield from _strings(reading, listed)
        return
    for number, value in json_lines.values(_part(reading, listed)):
        yield (number, number), plain_record(value)


def _are_lines(text: str) -> bool:
    """Whether its first line is a value of its own."""
    try:
        return isinstance(json.loads(text.partition("\n")[0], strict=False), Mapping)
    except (ValueError, RecursionError):
        return False


def _strings(reading: Reading, listed: str) -> Iterator[tuple[Place, Any]]:
    """The sound ones of records that each stand in a string, of which a damaged one takes no other with it."""
    begins = [found.start() for found in _PYTHON.finditer(listed)]
    for number, (begin, end) in enumerate(zip(begins, [*begins[1:], len(listed)], strict=True), start=1):
        text = listed[begin:end].rstrip(" \t\r\n\0,]")
        try:
            record = plain_record(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, Mapping):
            yield (number, number), record
        else:
            reading.refuse("error", "a record that is damaged or torn", place=(number, number), text=text)


class _Part(Reading):
    """A part of a dump as a dump of its own, whose problems and counts go to the whole."""

    def __init__(self, whole: Reading, content: bytes) -> None:
        super().__init__(replace(whole.dump, content=content, stream=None), whole.format)
        self.problems = whole.problems
        self._counts = whole._counts


def _part(reading: Reading, text: str) -> Reading:
    return _Part(reading, text.encode("utf-8", "replace"))
