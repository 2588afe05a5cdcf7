"""The nouns: frozen values that the stages hand to one another.

Datetimes are aware and UTC, sequences are tuples, "unknown" is None and "none of them" is empty. Does not validate and
does no work beyond sums over its own fields. Imports nothing of ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, Literal, NewType

#: The stable identity of a paper, without a version. Made only by broadsheet.identity:
#: "arxiv:2401.01234", "doi:10.1000/x", "title:<hash>".
Guid = NewType("Guid", str)

#: How much of a date the dump gave. "month-day": the year was inferred, because the page hid it.
Precision = Literal["day", "month-day", "month", "year"]

#: Where the time of a dump comes from: an explicit date in its file name, a date in the listing that carries its year,
#: one whose year was inferred, the date of the mail it came in, or the file's own time of modification.
TakenFrom = Literal["file name", "page date", "page date, year inferred", "mail date", "file time"]

#: note: worth knowing; warning: something may be missing or wrong; error: something is missing.
Level = Literal["note", "warning", "error"]

ChangeKind = Literal["new", "updated", "returned", "gone"]

#: On which days a profile has a digest.
Cadence = Literal["daily", "weekdays", "weekly", "monthly"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

Verdict = Literal["complete", "partial", "stale", "empty", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """Raw bytes of one source at one time, never edited."""

    #: The configured source it belongs to; the name of its format where none is configured.
    source: str
    #: The file's name, without its folder.
    name: str
    #: Of the content, in hexadecimal.
    sha256: str
    #: The file's time of modification: the last resort for dating the dump.
    modified: datetime
    #: All of it; empty where it is too large for that and `stream` has it.
    content: bytes = field(default=b"", repr=False)
    #: Opens the content for reading from its begin, for a dump too large to be held at once.
    stream: Callable[[], BinaryIO] | None = field(default=None, repr=False, compare=False)
    #: How many bytes that are; may be 0 where it is held.
    size: int = 0
    #: When it was sent, where it came in a mail.
    posted: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an entry stands."""

    source: str
    #: Name of the dump.
    dump: str
    sha256: str
    #: 1 for the first entry of the dump.
    position: int
    #: First and last line of the entry in the decoded text, counted from 1; of a structured dump, the record twice.
    span: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paper as one dump lists it."""

    title: str
    #: As the dump has it, white space folded.
    title_raw: str
    abstract: str | None = None
    abstract_raw: str | None = None
    #: In the order of the paper; empty where the listing gives only their number, or nothing.
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: str | None = None
    published: date | None = None
    published_precision: Precision | None = None
    updated: date | None = None
    comments: int | None = None
    upvotes: int | None = None
    categories: tuple[str, ...] = ()
    #: Scheme to value: {"arxiv": "2401.01234"}. Never holds a version.
    ids: Mapping[str, str] = field(default_factory=dict)
    #: What it leads to, to URL: {"abstract": ..., "pdf": ..., "code": ...}. Only http and https.
    links: Mapping[str, str] = field(default_factory=dict)
    #: Other works that belong to this one, as "scheme:value", to what they are: {"doi:10.1000/x": "published version"},
    #: {"arxiv:2401.01234": "preprint"}. They are other papers, never aliases of this one.
    related: Mapping[str, str] = field(default_factory=dict)
    announce_type: str | None = None
    #: The version the listing names (arXiv's v2 is 2).
    version: int | None = None
    provenance: Provenance | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something odd that did not stop the run."""

    source: str
    dump: str
    #: First and last line (or record), counted from 1; None where it is about the dump as a whole.
    place: tuple[int, int] | None
    level: Level
    reason: str
    #: The offending text itself, cut by whoever shows it, never here.
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where every non-blank line (or record) of a dump went; total = entry + furniture + problem."""

    unit: Literal["lines", "records"]
    total: int
    entry: int
    furniture: int
    problem: int

    @property
    def coverage(self) -> float:
        """Percent understood, as entry or furniture; 100 for a dump with nothing in it."""
        return 100.0 * (self.entry + self.furniture) / self.total if self.total else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a parser made of a dump."""

    #: Name of the format: a key of broadsheet.sources.FORMATS.
    format: str
    taken: datetime
    taken_from: TakenFrom
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    account: Account
    #: How many papers the listing says it has ("showing 13 of 13 entries"); None where it does not say.
    announced: int | None = None
    #: What the source said instead of a listing ("rate limit exceeded"); None where it did not refuse.
    refusal: str | None = None
    #: When the listing says it was made, with its year; None where it does not say. `taken` may know better.
    stated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One work across entries, dumps and sources."""

    guid: Guid
    #: The merged best fields; its provenance is that of the entry that gave title and abstract.
    best: Entry
    #: When the dumps that listed it first and last were taken.
    first_seen: datetime
    last_seen: datetime
    #: 1 when new, one more with each change of a significant field.
    version: int = 1
    #: Which listing each best field comes from: the version it named (0 where it named none) and when its dump was
    #: taken. A field that is not here comes from (best.version or 0, last_seen). Kept by broadsheet.changes.
    stamps: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    #: What each source said last of the significant fields, as fingerprints: {"arxiv-rss": "title abstract authors"}.
    #: Empty in papers that were written down before this was. Kept by broadsheet.changes.
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One significant field that changed; None for a side that was unknown."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the change log, the spine of everything after it."""

    #: Position in the log, from 1, without order between sources or clocks.
    seq: int
    kind: ChangeKind
    #: The paper as it was right after this change.
    paper: Paper
    #: The significant fields that changed; empty unless kind is "updated".
    fields: tuple[FieldChange, ...] = ()
    #: Its dump was older than one that an earlier run had already read from the same source.
    late: bool = False
    #: Found by re-reading an old dump with a better parser: the record is mended, and no digest tells it as news.
    reparsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a setting or a rule was written."""

    file: str
    #: Counted from 1.
    line: int
    #: Of the first character of the value itself (behind its quotes), counted from 1.
    column: int = 1
    #: The whole line, for carets.
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule or mute of a profile, as written; broadsheet.rules compiles it."""

    #: Unique within its profile.
    name: str
    #: The query.
    when: str
    #: Points where it matches; meaningless for a mute.
    weight: float = 1.0
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One reader's interest."""

    #: The stem of its file: letters, digits, "-" and "_". Names folders and feeds.
    name: str
    title: str
    rules: tuple[Rule, ...]
    mutes: tuple[Rule, ...] = ()
    #: At most this many new papers are shown; the rest is held back.
    limit: int = 25
    #: A paper below this score is not shown.
    min_score: float = 1.0
    #: At most this many shown papers of a section owe their place to one rule; 0 for no such limit.
    per_rule_limit: int = 0
    #: What a rule's weight is multiplied with when any of its words matched in the title.
    title_boost: float = 2.0
    #: Only these sources; all of them where empty.
    sources: tuple[str, ...] = ()
    #: How many days of the log a new profile starts with.
    start_days: int = 30
    #: On which days a digest is cut: all, Monday to Friday, one day of the week, one day of the month.
    schedule: Cadence = "daily"
    #: Of a weekly profile.
    weekday: Weekday = "monday"
    #: Of a monthly profile: 1 to 28.
    monthday: int = 1
    #: sha256 of its file.
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """The exact words that made a rule match, and where."""

    #: title, abstract, author, org, category, source, id, comments, upvotes, authors, published.
    field: str
    #: As it stands in the field.
    text: str
    #: Characters of the field as it is shown, from 0, end exclusive; of a list (author, category), of its
    #: items joined with ", ". None for numbers and dates.
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that held for a paper."""

    rule: str
    #: The query, as written.
    when: str
    weight: float
    #: Weight, times the profile's title boost if any word matched in the title.
    points: float
    boosted: bool
    #: In the order of field and place.
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a profile's rules say of one paper."""

    #: The rules that held, in the profile's order.
    matches: tuple[Match, ...]
    #: Name of the first mute that held; None where none did.
    muted_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A change and why it stands where it stands."""

    change: Change
    matches: tuple[Match, ...]
    #: Near copies of the same work under other titles, which this row stands for, in their own order.
    copies: tuple[Change, ...] = ()

    @property
    def score(self) -> float:
        """The sum of the points of the rules that matched, and nothing else."""
        return round(math.fsum(match.points for match in self.matches), 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a digest with rows in order."""

    name: Literal["new", "updated"]
    title: str
    rows: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A paper that matched and is not shown."""

    guid: Guid
    title: str
    score: float
    #: limit: cut by the profile's limit; rule: by its per_rule_limit; threshold: below its min_score.
    reason: Literal["limit", "rule", "threshold"]
    #: Where it stands among the papers of its section that reach min_score, from 1; None below the threshold.
    rank: int | None
    #: The rule that has filled its share of the digest, where that is the reason.
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """A paper that a mute took out."""

    guid: Guid
    title: str
    #: Name of the mute.
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An earlier dump of a source, as far as later ones are measured against it."""

    #: File name and content of the dump.
    dump: str
    sha256: str
    taken: datetime
    #: The day of the run that read it.
    read: date
    verdict: Verdict
    entries: int
    #: The latest date on one of its papers, where that is known to the day.
    newest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one dump brought to a run, for the digest's foot, the status and the Prefect page."""

    dump: str
    source: str
    #: None where the dump could not be read.
    format: str | None
    taken: datetime | None
    taken_from: TakenFrom | None
    verdict: Verdict
    #: The numbers behind the verdict, in words.
    reason: str
    entries: int = 0
    #: Papers never seen before.
    new: int = 0
    updated: int = 0
    coverage: float = 0.0
    problems: tuple[Problem, ...] = ()
    #: What the places of the problems count.
    unit: Literal["lines", "records"] = "lines"
    #: Whether somebody should look: what is usual for the source (nothing on Saturdays) is none.
    alarm: bool = False
    #: The latest date on one of its papers, where that is known to the day.
    newest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one edition says, before any form: the one value that every renderer reads."""

    profile: str
    title: str
    day: date
    #: IANA name of the time zone that the day is meant in.
    timezone: str
    #: The recorded range of the change log, both inclusive; to_seq = from_seq - 1 for a range with nothing in it.
    from_seq: int
    to_seq: int
    min_score: float
    limit: int
    sections: tuple[Section, ...]
    held_back: tuple[HeldBack, ...]
    muted: tuple[Muted, ...]
    #: Papers of the range that no rule matched.
    unmatched: int
    #: Papers of the range, counted once each: shown + folded + held back + muted + unmatched.
    considered: int
    #: The dumps that were read since the profile's last digest.
    sources: tuple[SourceReport, ...]
    #: Papers whose record was mended by re-reading old dumps; they are not considered.
    corrected: int = 0
    #: Names of the sources that were asked for new dumps and had none.
    unchanged: tuple[str, ...] = ()
    #: Days of earlier digests of which nobody knows whether a receiver has them.
    in_doubt: tuple[date, ...] = ()

    @property
    def shown(self) -> int:
        """How many papers the digest shows."""
        return sum(len(section.rows) for section in self.sections)

    @property
    def folded(self) -> int:
        """How many papers stand in the row of one they are a near copy of."""
        return sum(len(row.copies) for section in self.sections for row in section.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file to be published."""

    #: Relative to the output folder, with "/" between its parts.
    name: str
    media_type: str
    content: bytes = field(repr=False)
