"""A TOML file as tables whose mistakes know their line.

tomllib reads the values and forgets the places; `places` reads the places and ignores the values. It knows headers,
keys and strings over several lines, which is what configuration files hold; what it does not find (a rule inside an
inline array, say) is reported by its file alone. Knows no setting by name.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from .errors import ConfigError, Mistake
from .types import Place

T = TypeVar("T", str, int, float, bool)
C = TypeVar("C", bound=str)

#: Way to a key: names of tables and keys, and the number (from 0) of a table in an array of tables.
KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-\"' ]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]+\"|'[^']+')\s*=\s*")
_LONG = ("'''", '"""')


def places(file: str, text: str) -> dict[KeyPath, Place]:
    """Each key and table header of the text to the place of its value; file is the name that mistakes will carry."""
    return dict(_walk(file, text.splitlines()))


def _walk(file: str, lines: list[str]) -> Iterator[tuple[KeyPath, Place]]:
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    closing: str | None = None  # the quotes that end the string over several lines we stand in
    for number, line in enumerate(lines, start=1):
        if closing:
            closing = None if closing in line else closing
            continue

        if header := _HEADER.match(line):
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield table, Place(file=file, line=number, column=_indent(line) + 1, text=line)
        elif key := _KEY.match(line):
            value = line[key.end() :]
            closing = next((q for q in _LONG if value.startswith(q) and q not in value[3:]), None)
            yield (*table, key[1].strip("\"'")), _value_place(file, number, line, key.end(), lines)


def _value_place(file: str, number: int, line: str, start: int, lines: list[str]) -> Place:
    """The place of a value's first character: behind its quotes, on the next line where TOML drops a line break."""
    rest = line[start:]
    if rest.startswith(_LONG):
        if rest[3:].strip() or number >= len(lines):
            return Place(file=file, line=number, column=start + 4, text=line)
        return Place(file=file, line=number + 1, column=1, text=lines[number])
    return Place(file=file, line=number, column=start + 1 + rest.startswith(("'", '"')), text=line)


@dataclass(slots=True, kw_only=True)
class Table:
    """One table of a file, read key by key; what is wrong is collected in mistakes, shared by all tables of a file."""

    file: str
    path: KeyPath
    values: Mapping[str, Any]
    places: Mapping[KeyPath, Place]
    mistakes: list[Mistake]
    known: set[str] = field(default_factory=set)
    #: Whether mistakes show their lines. Not where a secret may stand in any of them by mistake.
    quoted: bool = True

    def place(self, key: str | None = None) -> Place | None:
        """Where the key's value stands, or the table's header; None where that is not known."""
        path = self.path if key is None else (*self.path, key)
        # The key of an array of tables stands at the first of them.
        return self.places.get(path) or self.places.get((*path, 0))

    def wrong(
        self, key: str | None, message: str, remedy: str = "", *, at_key: bool = False, quoted: bool = True
    ) -> None:
        """Note a mistake at the key's value, at the key itself, or (without a key) at the table as a whole.

        quoted: with the line itself, which must not be shown where a secret may stand in it.
        """
        place, quoted = self.place(key) or self.place(), quoted and self.quoted
        if at_key and place:
            place = Place(file=place.file, line=place.line, text=place.text, column=_indent(place.text) + 1)
        named = ".".join(str(part) for part in (*self.path, key) if isinstance(part, str))
        self.mistakes.append(
            Mistake(
                file=self.file,
                line=place.line if place else None,
                column=place.column if place and quoted else None,
                text=place.text if place and quoted else "",
                message=f"{named}: {message}" if named else message,
                remedy=remedy,
            )
        )

    def value(self, key: str, default: T, remedy: str = "") -> T:
        """The key's value, which must be of the default's type (an int will do for a float); the default without it."""
        self.known.add(key)
        value = self.values.get(key, default)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default):
            self.wrong(key, f"is {_kind(value)} and must be {_kind(default)}", remedy)
            return default
        return value

    def choice(self, key: str, default: C, allowed: Sequence[str]) -> C:
        """The key's text, which must be one of those allowed; the default without it."""
        value = self.value(key, str(default))
        if value not in allowed:
            self.wrong(key, f"{value!r} is not known", f"it is one of: {', '.join(allowed)}")
            return default
        return cast(C, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """The key's list of texts; empty without it."""
        self.known.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            self.wrong(key, "must be a list of texts", f'for example {key} = ["one", "two"]')
            return ()
        return tuple(value)

    def table(self, key: str) -> Table:
        """The table under the key; an empty one without it."""
        self.known.add(key)
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, f"is {_kind(value)} and must be a table", f"write [{key}] on a line of its own")
            value = {}
        return self._child((*self.path, key), value)

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables of the array under the key; none without it."""
        self.known.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self.wrong(key, "must be an array of tables", f"write [[{key}]] on a line of its own before each of them")
            return ()
        return tuple(self._child((*self.path, key, number), table) for number, table in enumerate(value))

    def close(self) -> None:
        """Note each key that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                near = difflib.get_close_matches(key, self.known, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                self.wrong(key, "is not known here", f"{hint}allowed: {', '.join(sorted(self.known))}", at_key=True)

    def _child(self, path: KeyPath, values: Mapping[str, Any]) -> Table:
        return Table(
            file=self.file,
            path=path,
            values=values,
            places=self.places,
            mistakes=self.mistakes,
            quoted=self.quoted,
        )


def read(file: Path, name: str, *, quoted: bool = True) -> tuple[Table, str]:
    """The top table of a file and the file's text; name is what mistakes call it; quoted: whether they show its lines.

    Raises ConfigError where the file cannot be read, is not UTF-8 or is not TOML.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([Mistake(file=name, line=None, message=f"is not UTF-8: {error.reason}")]) from error
    except OSError as error:
        raise ConfigError([Mistake(file=name, line=None, message=f"cannot be read: {error.strerror}")]) from error

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The cause holds the whole text.
        raise ConfigError([_not_toml(name, text, str(error), quoted=quoted)]) from (error if quoted else None)
    return Table(file=name, path=(), values=values, places=places(name, text), mistakes=[], quoted=quoted), text


def _not_toml(name: str, text: str, message: str, *, quoted: bool) -> Mistake:
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, flags=re.DOTALL)
    lines = text.splitlines()
    number = int(found[2]) if found and found[2] else max(len(lines), 1)
    return Mistake(
        file=name,
        line=number,
        column=int(found[3]) if quoted and found and found[3] else None,
        text=lines[number - 1] if quoted and number <= len(lines) else "",
        message=f"is not TOML: {found[1] if found else message}",
        remedy='texts stand in quotes: \'a query with "a phrase"\', or a name in "double" ones',
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _kind(value: object) -> str:
    names = {
        str: "a text",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), f"a {type(value).__name__}")
