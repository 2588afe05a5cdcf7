"""The lines of one record of a text listing -> an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ... import ids
from ...types import Entry
from .. import names, stated
from ..reading import Place, Reading
from .signs import ID

_FIELD = re.compile(
    r"(Title|Authors?|Categories|Comments?|Notes?|MSC-class|ACM-class|Report-no|Journal-ref|DOI|License|Proxy|From|Date"
    r"|Subj-class)\s?(\([^()]{0,40}\))?:(?:\s+|$)",
    re.IGNORECASE,
)
_REPLACED = re.compile(r"replaced\b[^,]{0,60}?((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),.{5,40}|$)", re.IGNORECASE)
_SIZE = re.compile(r"\s*\([^()]{0,40}\)\s*$")
_REVISED = re.compile(r"\(revised(?: v(\d{1,3}))?\)", re.IGNORECASE)
_CATEGORY = re.compile(r"(?:[a-z]{1,8}-[a-z]{1,8}|cs|econ|eess|math|nlin|physics|stat)(?:\.[A-Za-z-]{2,12})?")
_CLOSING = re.compile(r"\\\\\s*\(\s*(\S+)\s*,.*\)\s*")


class Record:
    """Fields and abstract of one record.

    header: the lines before its second mark; body: those between the second and the last. indented: whether the
    listing indents continuation lines; a line of the header that is neither a field nor indented is then kept apart.
    """

    def __init__(self, header: Sequence[str], body: Sequence[str], *, indented: bool) -> None:
        self.id = ""
        self.cross = False
        self.replaced = False
        self.published: date | None = None
        self.updated: date | None = None
        self.version: int | None = None
        self.abstract = "\n".join(body)
        self.stray: list[str] = []
        self._fields: dict[str, list[str]] = {}
        field: list[str] = []
        for line in header:
            field = self._line(line, field, indented=indented)

    def _line(self, line: str, field: list[str], *, indented: bool) -> list[str]:
        """Take one line of the header; gives the field that the next one may continue."""
        if line[:1] not in " \t":
            if not self.id and (named := ID.match(line)):
                self.id, self.cross = named[2], bool(named[1] or named[3])
                return []
            if not self.replaced and (found := _REPLACED.match(line)):
                self.replaced, self.updated = True, stated.day(_SIZE.sub("", found[1]))[0]
                return []
            if found := _FIELD.match(line):
                return self._field(found[1].lower(), found[2] or "", line[found.end() :])
            if indented or not field:
                self.stray.append(line)
                return field
        if field:
            field.append(line)
        else:
            self.stray.append(line)
        return field

    def _field(self, name: str, note: str, value: str) -> list[str]:
        if name == "date":
            day = stated.day(_SIZE.sub("", value))[0]
            revised = _REVISED.fullmatch(note)
            if revised:
                self.updated = day or self.updated
                self.version = int(revised[1]) if revised[1] else self.version
            else:
                self.published = self.published or day
            return []
        # A field comes once; what looks like a second one is text of ours to show, not to trust.
        lines = [value]
        if name in self._fields:
            self.stray.append(f"{name}: {value}")
        else:
            self._fields[name] = lines
        return lines

    @property
    def title(self) -> str:
        """As the listing has it, its line breaks still in it."""
        return self._get("title")

    def _get(self, name: str) -> str:
        return "\n".join(self._fields.get(name, ()))

    def announce_type(self, section: str, *, is_mail: bool) -> str | None:
        """new, cross, replace or replace-cross, as arXiv's feeds call them; None where a file does not say."""
        if self.replaced or section == "replace":
            return "replace-cross" if self.cross else "replace"
        if self.cross or section == "cross":
            return "cross"
        return "new" if is_mail else None

    def entry(self, reading: Reading, kind: str | None, *, place: Place, weight: int, closing: str) -> Entry | None:
        """The entry; what does not fit is told. closing: the last line of the record."""
        if self.stray:
            reading.note(
                "warning", "lines in this paper that belong to no field", place=place, text="\n".join(self.stray)
            )
        arxiv, version = self._id(reading, place, closing)
        links = ids.arxiv_links(arxiv) if arxiv else {}
        related: dict[str, str] = {}
        for doi in self._dois(reading, place):
            related[f"doi:{doi}"] = "published version"
            links.setdefault("published", f"https://doi.org/{doi}")
        written = self._get("authors") or self._get("author")
        authors, hidden = names.split(written), names.not_shown(written)
        return reading.entry(
            place=place,
            weight=weight,
            title=self.title,
            abstract=self.abstract,
            authors=authors,
            author_count=len(authors) + hidden if hidden else None,
            published=self.published,
            updated=self.updated,
            categories=self._categories(),
            ids={"arxiv": arxiv} if arxiv else {},
            links=links,
            related=related,
            announce_type=kind,
            version=self.version or version,
        )

    def _id(self, reading: Reading, place: Place, closing: str) -> tuple[str, int | None]:
        """The id, from the first line; from the last one where there is none."""
        named = ids.arxiv_id(self.id)
        last = _CLOSING.fullmatch(closing)
        linked = ids.arxiv_id(last[1]) if last else None
        if not named:
            reason = "its first line names no id of arXiv" + ("; taken from its last line" if linked else "")
            reading.note("warning", reason, place=place, text=self.id)
        elif linked and linked[0] != named[0]:
            reading.note(
                "warning", f"its first line says {named[0]}, its last line {linked[0]}", place=place, text=closing
            )
        return named or linked or ("", None)

    def _categories(self) -> list[str]:
        found: list[str] = []
        for word in self._get("categories").split():
            if not _CATEGORY.fullmatch(word):
                break
            found.append(word)
        return found

    def _dois(self, reading: Reading, place: Place) -> Iterator[str]:
        for part in self._get("doi").split():
            doi = ids.doi(part.rstrip(",;"))
            if doi and not doi.startswith(ids.ARXIV_DOI):
                yield doi
            elif not doi and part.lower().rstrip(",;:") not in {"doi", "and"}:
                reading.note("note", "what stands for a DOI is none; left out", place=place, text=part)
