"""The values of BibTeX's fields: braces, quotes, macros, and what is joined with "#" -> text and names.

Leaves TeX in them. Bounded: a value never grows longer than a field may be, however macros are nested.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bibtexparser.model import Entry

#: Characters of one value; authors of the largest collaborations have about 120,000.
LONGEST_VALUE = 250_000
#: Macros that one file may define.
_MOST_MACROS = 50_000
_DELIMITER = re.compile(r"(?<!\\)[{}]")
_QUOTE = re.compile(r'(?<!\\)["{}]')
_BARE = re.compile(r"[^\s#{}\"]+")
_SPACE = re.compile(r"[\s#]*")
# What takes a group of its own: \emph{..}, \'{e}, x^{2}.
_COMMAND = re.compile(r"(?:\\[A-Za-z]{1,30}\s*|\\[^\sA-Za-z]|[\^_])$")
# A field whose comma before it is missing: author = {...} title = {...}.
_NEXT = re.compile(r"\s*([A-Za-z][\w-]{1,30})\s*=\s*(?=[{\"\w])")


class Macros:
    """What @string defines, resolved when it is defined."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def define(self, name: str, value: str) -> None:
        """Keep a macro; later ones of a name win."""
        if len(self._values) < _MOST_MACROS:
            # Macros may be made of macros: no longer than a title, or they grow without bound.
            self._values[name.strip().lower()] = self.text(value)[0][:2_000]

    def text(self, value: str) -> tuple[str, str]:
        """A value as text, and what stands behind it that belongs to no value."""
        parts: list[str] = []
        length, at, value = 0, 0, value[:LONGEST_VALUE]
        while at < len(value) and length < LONGEST_VALUE:
            space = _SPACE.match(value, at)
            begin = space.end() if space else at
            if begin >= len(value):
                return "".join(parts), ""
            # Two pieces with no "#" between are two values, and the second belongs to another field.
            if parts and "#" not in value[at:begin]:
                return "".join(parts), value[begin:]
            part, at = self._part(value, begin)
            parts.append(part)
            length += len(part)
        return "".join(parts)[:LONGEST_VALUE], ""

    def _part(self, value: str, begin: int) -> tuple[str, int]:
        sign = value[begin]
        if sign in '{"':
            end = _end(value, begin)
            return value[begin + 1 : end], end + 1
        bare = _BARE.match(value, begin)
        if not bare:
            return "", begin + 1
        return self._values.get(bare[0].lower(), bare[0]), bare.end()


def _end(value: str, begin: int) -> int:
    """Where the brace or quote that stands at `begin` is closed; the end of the value where it is not."""
    depth = 0
    quoted = value[begin] == '"'
    for found in (_QUOTE if quoted else _DELIMITER).finditer(value, begin + 1):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}" and (depth or not quoted):
            if not depth:
                return found.start()
            depth -= 1
        elif found[0] == '"' and not depth:
            return found.start()
    return len(value)


def field_values(entry: Entry, macros: Macros) -> dict[str, str]:
    """Names of fields in lower case -> their text, of those that have one; the first of a name counts."""
    values: dict[str, str] = {}
    for field in entry.fields:
        name, rest = field.key.strip().lower(), str(field.value)
        # As often as a comma is missing, and not without end.
        for _ in range(50):
            text, rest = macros.text(rest)
            if text.strip():
                values.setdefault(name, text)
            following = _NEXT.match(rest)
            if not following:
                break
            name, rest = following[1].lower(), rest[following.end() :]
    return values


def authors(text: str) -> list[str]:
    """The names of a field, first names first: "Doe, Jane and {The Group} and others" is Jane Doe and {The Group}."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    names = []
    for name in split_multiple_persons_names(text[:LONGEST_VALUE]):
        if name.strip().lower() in ("others", "et al.", "et al"):
            continue
        parts = parse_single_name_into_parts(name, strict=False)
        names.append(plain(parts.merge_first_name_first))
    return names


def plain(text: str) -> str:
    """A text without the braces that only keep capitals or hold words together; those of TeX's commands stay.

    "{BERT} in {\\'E}cole, $x_{i}$" is "BERT in {\\'E}cole, $x_{i}$".
    """
    if "{" not in text and "}" not in text:
        return text
    kept: list[str] = []
    stays: list[bool] = []
    maths, last = False, False  # within dollar signs; whether the group that ended here stays
    for at, sign in enumerate(text):
        if at and text[at - 1] == "\\":
            kept.append(sign)
            continue
        if sign == "$":
            maths = not maths
        if sign == "{":
            before = text[max(0, at - 40) : at]
            command = _COMMAND.search(before) or (before.endswith("}") and last)
            stays.append(bool(maths or command or text.startswith("\\", at + 1)))
            if not stays[-1]:
                continue
        elif sign == "}":
            last = stays.pop() if stays else False
            if not last:
                continue
        kept.append(sign)
    return "".join(kept)
