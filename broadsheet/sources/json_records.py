"""JSON documents as answers come in, as far as they can be read: what a torn or damaged one still says is not lost.

    load         the one value that a dump is
    documents    every value of it (an answer, answers appended to one another, JSON lines), with a Lost in the place of
                 each record that cannot be read

Knows no format, beyond the names that lists of records have. Holds the dump as a whole; json_lines.py streams.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from ..errors import ParseFailed
from ..text import whole
from .decode import decode, encoding_of
from .reading import Reading

#: What lists of records are called in answers of all kinds, at most three objects deep.
LISTS = frozenset(
    {"items", "results", "data", "notes", "papers", "collection", "records", "works", "entries", "docs", "hits"}
    | {"dailyPapers", "recommendedPapers", "articles", "publications", "documents"}
)

Accept = Callable[[dict[str, Any]], bool]
Path = tuple[str, ...]

_SPACE = re.compile(r"[\s\0\x1e\ufeff]*+")
_BETWEEN = re.compile(r"[\s\0\x1e\ufeff,]*+")
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_LINE = re.compile(r"[\r\n](?=[{\[])")
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
# The begin of an object: its first key, and its second one where the first holds no list or object.
_KEYS = re.compile(
    r'\{\s*+("(?:[^"\\]++|\\.)*+")(?:\s*+:\s*+(?:"(?:[^"\\]++|\\.)*+"|[^\s,\[\]{}"]++)\s*+,\s*+("(?:[^"\\]++|\\.)*+"))?',
    re.DOTALL,
)
#: Characters of a damaged record that are looked at for its end.
_LONGEST_RECORD = 1 << 19
#: Digits of a number that means something.
_LONGEST_NUMBER = 400


@dataclass(frozen=True, slots=True)
class Lost:
    """A stretch of a document that held one record at least, and cannot be read."""

    reason: str
    text: str


class _Unsound(Exception):
    """What cannot be read as JSON, and where that shows."""

    def __init__(self, reason: str, at: int) -> None:
        self.reason = reason
        self.at = at
        super().__init__(reason, at)


def load(reading: Reading, lists: Collection[str] = LISTS) -> Any:
    """The value a dump is, as Python has it; a list of all of them where it holds several.

    Of a document that is torn or damaged every whole record of its list is kept, and each stretch that is lost is told
    and counted as one record. lists: as for `documents`. Raises ParseFailed where nothing can be read.
    """
    found = documents(reading, lists=lists)
    return _told(reading, found[0] if len(found) == 1 else found, 0)


def documents(reading: Reading, *, lists: Collection[str] = LISTS, accept: Accept | None = None) -> list[Any]:
    """The values of a dump, one or more, with a Lost for each record of a list that cannot be read.

    lists: what the lists of records are called, and where they lie: "results", or "message.items". accept: whether an
    object can be a record, for finding the next one behind damage; it must have most keys of those before it, too.
    Raises ParseFailed where nothing can be read.
    """
    with reading.content() as stream:
        content = stream.read()
    if encoding_of(content) == ("utf-8", 0):
        import msgspec

        try:
            return [msgspec.json.decode(content)]
        except (ValueError, RecursionError):
            pass  # It is read again, with more patience.
    decoded = decode(content)
    document = _Document(decoded.text, lists, accept)
    found = document.values()
    lost = [one for one in found if isinstance(one, Lost)]
    if len(lost) == len(found):
        reason = lost[0].reason if lost else "nothing but white space"
        raise ParseFailed(reading.dump.name, f"is no sound JSON: {reason}; save the answer again")
    for remark in decoded.remarks:
        # A character torn by the end of the file is part of the record that is.
        if remark.level == "note" or not document.lost:
            reading.note(remark.level, remark.reason)
    # One torn record says enough of the end of a file.
    for text in () if document.lost else dict.fromkeys(document.remarks):
        reading.note("warning", text)
    return found


def _told(reading: Reading, value: Any, depth: int) -> Any:
    """The value without what is Lost in its lists of records, which is told."""
    if isinstance(value, list) and depth <= 4:
        for index, one in enumerate(value, 1):
            if isinstance(one, Lost):
                reading.refuse("error", one.reason, place=(index, index), text=one.text)
        return [_told(reading, one, depth + 1) for one in value if not isinstance(one, Lost)]
    if isinstance(value, dict) and depth <= 3:
        return {key: _told(reading, one, depth + 1) for key, one in value.items()}
    return value


class _Document:
    """A text in which something is unusual, read piece by piece."""

    def __init__(self, text: str, lists: Collection[str], accept: Accept | None) -> None:
        self._text = text
        self._paths = None if lists is LISTS else {tuple(name.split(".")) for name in lists}
        self._accept = accept
        self._has_halves = bool(_HALF_PAIR.search(text))
        self._decoder = json.JSONDecoder(
            strict=False, parse_constant=lambda _: None, parse_int=_whole_number, parse_float=_number
        )
        #: Characters that may still be read in vain.
        self._patience = 8 * len(text) + (1 << 20)
        self._has_list = False
        #: What is odd about the whole.
        self.remarks: list[str] = []
        #: How many records were lost.
        self.lost = 0

    def values(self) -> list[Any]:
        """Every value or Lost."""
        found: list[Any] = []
        at = self._skip(_BETWEEN, 0)
        while at < len(self._text):
            try:
                value, at = self._value(at)
            except _Unsound as fault:
                value, at = self._part(at, fault)
            found.append(value)
            at = self._skip(_BETWEEN, at)
        return found

    def _skip(self, what: re.Pattern[str], at: int) -> int:
        found = what.match(self._text, at)
        return found.end() if found else at

    def _sign(self, at: int) -> str:
        return self._text[at : at + 1]

    def _value(self, at: int) -> tuple[Any, int]:
        try:
            value, end = self._decoder.raw_decode(self._text, at)
            if self._has_halves:
                # Half a surrogate pair is no character, and can be written nowhere.
                plain = json.dumps(value, ensure_ascii=False)
                value = value if whole(plain) == plain else json.loads(whole(plain))
        except RecursionError:
            self._patience -= 4096
            raise _Unsound("nested too deeply", at) from None
        except json.JSONDecodeError as error:
            self._patience -= error.pos - at + 64
            raise _Unsound(error.msg[:1].lower() + error.msg[1:], error.pos) from None
        return value, end

    def _part(self, at: int, fault: _Unsound) -> tuple[Any, int]:
        """What is left of a document, and where the next one begins."""
        if self._sign(at) == "[":
            return self._elements(at + 1)
        self._has_list = False
        if self._sign(at) == "{":
            value: dict[str, Any] = {}
            end = self._members(at + 1, value, ())
            if self._has_list:
                return value, end
        # A record of its own; in JSON lines the next one begins with the next line.
        line = _LINE.search(self._text, at + 1)
        end = line.end() if line else len(self._text)
        return self._lost(at, end, fault), end

    def _members(self, at: int, into: dict[str, Any], path: Path) -> int:
        """Fill an object with its members up to the first that cannot be read; where it ends."""
        while (at := self._skip(_BETWEEN, at)) < len(self._text):
            if self._sign(at) == "}":
                return at + 1
            key = _STRING.match(self._text, at)
            colon = self._skip(_SPACE, key.end()) if key else at
            if key is None or self._sign(colon) != ":":
                break
            try:
                name = str(self._value(at)[0])
            except _Unsound:
                break
            at = self._skip(_SPACE, colon + 1)
            if self._sign(at) == "[" and self._is_list((*path, name)):
                self._has_list = True
                into[name], at = self._elements(at + 1)
                continue
            try:
                into[name], at = self._value(at)
            except _Unsound:
                if self._sign(at) != "{" or not self._leads_on((*path, name)):
                    break
                into[name] = {}
                at = self._members(at + 1, into[name], (*path, name))
        if self._has_list:
            self.remarks.append("the file ends, or is damaged, behind its list of records")
        return len(self._text)

    def _is_list(self, path: Path) -> bool:
        return path in self._paths if self._paths is not None else path[-1] in LISTS and len(path) <= 3

    def _leads_on(self, path: Path) -> bool:
        if self._paths is None:
            return len(path) < 3
        return any(len(one) > len(path) and one[: len(path)] == path for one in self._paths)

    def _elements(self, at: int) -> tuple[list[Any], int]:
        """The records of a list from its first on, and where it ends."""
        found: list[Any] = []
        while (at := self._skip(_BETWEEN, at)) < len(self._text):
            sign = self._sign(at)
            if sign == "]":
                return found, at + 1
            if sign == "}" and found:
                self.remarks.append("a list of records that is not closed")
                return found, at
            try:
                value, end = self._value(at)
                if not isinstance(value, dict | list | None) and any(isinstance(one, dict) for one in found):
                    raise _Unsound("no record", at)
            except _Unsound as fault:
                end = self._next_record(at, fault.at, found)
                # A comma that became something else has cost no record.
                if end - at > 2:
                    found.append(self._lost(at, end, fault))
            else:
                found.append(value)
            at = end
        self.remarks.append("the file ends before its list of records does")
        return found, at

    def _next_record(self, at: int, fault: int, before: list[Any]) -> int:
        """Where the next whole record of a list begins, or the list ends, behind a record that cannot be read."""
        behind = self._skip(_BETWEEN, self._closed(at))
        known = next((one.keys() for one in reversed(before) if isinstance(one, dict)), None)
        if self._sign(behind) == "{" and self._record_at(behind, known)[0]:
            return behind
        # A quote that is missing, or one too many, may have hidden the begin of the next record in a string.
        strings = [found.start() for found in _STRING.finditer(self._text, at, fault)]
        here = max(at + 1, strings[-1] if strings else fault)
        torn = _KEYS.match(self._text, at)
        while self._patience > 0 and (here := self._text.find("{", here)) >= 0:
            is_record, end = self._record_at(here, known)
            if is_record and known is None:
                # Nothing but its first two keys tells the first record of a list from what stands in it.
                first = _KEYS.match(self._text, here)
                is_record = bool(first and torn and torn[2] and first.groups() == torn.groups())
            if is_record:
                return here
            here = end
        return behind if self._sign(behind) == "]" else len(self._text)

    def _closed(self, at: int) -> int:
        """Where a record ends, by its brackets alone; the end of the text where they do not close."""
        depth = 0
        for token in _BRACKET.finditer(self._text, at, at + _LONGEST_RECORD):
            if token[0][0] != '"':
                depth += 1 if token[0] in "[{" else -1
                if depth <= 0:
                    return token.end()
        self._patience -= min(len(self._text) - at, _LONGEST_RECORD)
        return len(self._text)

    def _record_at(self, here: int, known: AbstractSet[str] | None) -> tuple[bool, int]:
        """Whether a whole record stands here, and where to look for another."""
        try:
            value, end = self._value(here)
        except _Unsound:
            return False, here + 1
        if self._sign(self._skip(_SPACE, end)) not in {"", ",", "]"} or (self._accept and not self._accept(value)):
            return False, end
        return known is None or 2 * len(known & value.keys()) >= max(len(known), 2), end

    def _lost(self, begin: int, end: int, fault: _Unsound) -> Lost:
        self.lost += 1
        line = self._text.count("\n", 0, fault.at) + 1
        if end == len(self._text):
            reason = f"the file ends, or is damaged, in this record (line {line}): {fault.reason}"
        else:
            reason = f"a record that cannot be read (line {line}): {fault.reason}"
        return Lost(reason, self._text[begin:end].rstrip(", \t\r\n"))


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _number(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None
