"""One dump while it is read: what every format uses to say what it found, and to account for all of it.

Makes the entries (raw text, clean text, provenance), keeps the problems, counts lines or records, dates the dump. Knows
no format, and holds no entry: those go on to whoever asked for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import BinaryIO, Literal

from .. import dates
from ..clean import clean, clean_line
from ..text import fold_space
from ..types import Account, Dump, Entry, Level, Parsed, Precision, Problem, Provenance, TakenFrom

#: Characters of a title; longer is no title of a paper.
LONGEST_TITLE = 2_000
#: Characters of an abstract; the longest of arXiv have about 6,000.
LONGEST_ABSTRACT = 20_000
#: Authors of one paper; the largest collaborations have about 5,200.
MOST_AUTHORS = 10_000

Place = tuple[int, int]

_WEB = ("http://", "https://")


class Reading:
    """A dump on its way to entries, problems and an account; see `broadsheet.sources.Format.read`.

    Every line (or record) of the dump is counted exactly once: by `entry`, `furniture` or `refuse`.
    """

    def __init__(self, dump: Dump, form: str, *, unit: Literal["lines", "records"] = "records") -> None:
        self.dump = dump
        #: Name of the format.
        self.format = form
        self.unit: Literal["lines", "records"] = unit
        self.problems: list[Problem] = []
        #: How many papers the listing says it has.
        self.announced: int | None = None
        #: What the source said instead of a listing.
        self.refusal: str | None = None
        self.entries = 0
        self._counts = {"entry": 0, "furniture": 0, "problem": 0}
        self._stated: tuple[datetime, TakenFrom] | None = None
        self._whole: Parsed | None = None

    def content(self) -> BinaryIO:
        """The dump's bytes from their begin; to be closed by whoever asked."""
        return self.dump.stream() if self.dump.stream else BytesIO(self.dump.content)

    # What a format says.

    def dated(self, when: date | datetime, *, inferred: bool = False) -> None:
        """Say when the listing says it was made; the latest of several counts. inferred: the year was not shown."""
        moment = when.astimezone(UTC) if isinstance(when, datetime) else dates.midnight(when)
        if self._stated is None or moment > self._stated[0]:
            self._stated = moment, "page date, year inferred" if inferred else "page date"

    def entry(
        self,
        *,
        place: Place | None = None,
        weight: int = 1,
        title: str,
        abstract: str | None = None,
        authors: Sequence[str] = (),
        author_count: int | None = None,
        organization: str | None = None,
        published: date | None = None,
        published_precision: Precision | None = "day",
        updated: date | None = None,
        comments: int | None = None,
        upvotes: int | None = None,
        categories: Sequence[str] = (),
        ids: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
        related: Mapping[str, str] | None = None,
        announce_type: str | None = None,
        version: int | None = None,
    ) -> Entry | None:
        """The next entry; None, with a problem told, where what should be a paper has no title.

        place: first and last line, or the record twice; the number of this record by default. weight: how many lines
        or records it is counted as. title, abstract, authors and organisation as the listing has them, markup and
        entities taken apart, TeX and line breaks still in them. Empty values are the same as None.
        """
        if place is None:
            counted = self.total
            place = counted + 1, counted + weight
        title_raw = fold_space(title)
        if not title_raw:
            self.refuse("error", "a paper without a title", place=place, text=fold_space(abstract or ""), weight=weight)
            return None
        if len(title_raw) > LONGEST_TITLE:
            reason = f"a title of {len(title_raw):,} characters is no title; left out"
            self.refuse("error", reason, place=place, text=title_raw, weight=weight)
            return None
        abstract_raw = (fold_space(abstract) or None) if abstract else None
        if abstract_raw and len(abstract_raw) > LONGEST_ABSTRACT:
            reason = f"an abstract of {len(abstract_raw):,} characters; the paper is kept without it"
            self.note("error", reason, place=place, text=abstract_raw)
            abstract_raw = None
        names = list(map(clean, authors))
        if len(names) > MOST_AUTHORS:
            reason = f"{len(names):,} authors; the first {MOST_AUTHORS:,} are kept"
            self.note("warning", reason, place=place, text="\n".join(authors[MOST_AUTHORS:]))
        if "" in names:
            names = [name for name in names if name]
        self._counts["entry"] += weight
        self.entries += 1
        return Entry(
            title=clean_line(title_raw),
            title_raw=title_raw,
            abstract=clean_line(abstract_raw) if abstract_raw else None,
            abstract_raw=abstract_raw,
            authors=tuple(names[:MOST_AUTHORS]),
            author_count=author_count if author_count is not None else len(names) or None,
            organization=(clean(organization) or None) if organization else None,
            published=published,
            published_precision=published_precision if published else None,
            updated=updated,
            comments=comments,
            upvotes=upvotes,
            categories=tuple(dict.fromkeys(filter(None, map(fold_space, categories)))) if categories else (),
            ids=dict(ids) if ids else {},
            links={name: url for name, url in links.items() if url.startswith(_WEB)} if links else {},
            related=dict(related) if related else {},
            announce_type=announce_type or None,
            version=version,
            provenance=Provenance(
                source=self.dump.source,
                dump=self.dump.name,
                sha256=self.dump.sha256,
                position=self.entries,
                span=place,
            ),
        )

    def furniture(self, weight: int = 1) -> None:
        """Count lines or records that are known and no paper."""
        self._counts["furniture"] += weight

    def refuse(self, level: Level, reason: str, *, place: Place | None = None, text: str = "", weight: int = 1) -> None:
        """Add a problem whose lines or records belong to nothing else."""
        self.note(level, reason, place=place or (self.total + 1, self.total + weight), text=text)
        self._counts["problem"] += weight

    def note(self, level: Level, reason: str, *, place: Place | None = None, text: str = "") -> None:
        """Add a problem; what it is about is counted elsewhere. place: None for the dump as a whole."""
        dump = self.dump
        self.problems.append(
            Problem(source=dump.source, dump=dump.name, place=place, level=level, reason=reason, text=text)
        )

    def adopt(self, parsed: Parsed) -> None:
        """Take over what a format found that reads a dump as a whole; it hands out parsed.entries itself."""
        self._whole = parsed

    # What came of it; complete when the last entry was handed out.

    @property
    def total(self) -> int:
        """How many lines or records were counted so far."""
        counts = self._counts
        return counts["entry"] + counts["furniture"] + counts["problem"]

    @property
    def taken(self) -> tuple[datetime, TakenFrom]:
        """When the dump was taken: by its name, what it says of itself, the mail it came in, the file's time."""
        # Of a dump in a container its own name; a mailbox or an archive of many days says nothing of one of them.
        container, _, own = self.dump.name.rpartition("/")
        named = dates.file_name_date(own)
        if named is not None:
            return dates.midnight(named), "file name"
        if self._stated is not None:
            return self._stated
        if self.dump.posted is not None:
            return self.dump.posted, "mail date"
        named = dates.file_name_date(container)
        if named is not None:
            return dates.midnight(named), "file name"
        return dates.midnight(self.dump.modified.astimezone(UTC).date()), "file time"

    def parsed(self, entries: Sequence[Entry]) -> Parsed:
        """All that was found, with the entries that were handed out (or, of a dump read in parts, none of them)."""
        if self._whole is not None:
            return self._whole
        taken, taken_from = self.taken
        return Parsed(
            format=self.format,
            taken=taken,
            taken_from=taken_from,
            entries=tuple(entries),
            problems=tuple(sorted(self.problems, key=lambda problem: problem.place or (0, 0))),
            account=Account(unit=self.unit, total=self.total, **self._counts),
            announced=self.announced,
            refusal=self.refusal,
            stated=self._stated[0] if self._stated and self._stated[1] == "page date" else None,
        )
