"""Made-up papers, and copies of a page that lists them in every layout: what the parser is held against."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from broadsheet.types import Dump, Entry

HEADER = (
    "new",
    "Get trending papers in your email inbox once a day!",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "Daily Papers",
    "byAK and the research community",
    "Jul 3",
)
#: No year in HEADER: with tails that show 2025 and tails that show none, it is this day.
PAGE_DAY = date(2026, 7, 3)
#: Noon of a day a little later, as the file's time.
MODIFIED = datetime(2026, 7, 4, 12, tzinfo=UTC)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made-up paper; without a date it has no tail at all."""

    title: str
    #: Its paragraphs.
    abstract: tuple[str, ...]
    authors: int | None = None
    #: As the page writes it: handle and name.
    organization: str | None = None
    published: date | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a copy is set."""

    #: Blank lines between all paragraphs.
    blanks: bool = True
    #: Columns at which abstracts are wrapped.
    width: int | None = None
    wrap_titles: bool = True
    #: lines: three of them; line: one; tight: one without any blank; apart: the count on a fourth.
    tail: str = "lines"
    #: A blank line between the paragraphs of an abstract; else only a line break. Blank where blanks are everywhere.
    blank_paragraphs: bool = True
    #: Pieces of HEADER that are there.
    header: tuple[str, ...] = HEADER
    #: How many of the last pieces of the header are glued to what follows them.
    glued: int = 0


def render(papers: Sequence[Made], layout: Layout) -> str:
    """The copy as text, its lines ended by LF."""
    blocks: list[list[str]] = [[piece] for piece in layout.header]
    for at, paper in enumerate(papers):
        title = _wrap(paper.title, layout.width if layout.wrap_titles else None)
        if at == 0 and layout.glued:
            glue = "".join(piece for block in blocks[-layout.glued :] for piece in block)
            del blocks[-layout.glued :]
            title[0] = glue + title[0]
        blocks.append(title)
        paragraphs = [_wrap(paragraph, layout.width) for paragraph in paper.abstract]
        if layout.blank_paragraphs:
            blocks += paragraphs
        else:
            blocks.append([line for paragraph in paragraphs for line in paragraph])
        blocks += [[line] for line in tail_lines(paper, layout.tail)]
    return ("\n\n" if layout.blanks else "\n").join("\n".join(block) for block in blocks) + "\n"


def tail_lines(paper: Made, style: str) -> list[str]:
    """The tail of a paper; a page hides the year of its own year."""
    day = paper.published
    if day is None:
        return []
    who = paper.organization or f"  • {paper.authors} authors"
    shown = f"{MONTHS[day.month - 1]} {day.day}" + ("" if day.year == PAGE_DAY.year else f", {day.year}")
    count = "" if paper.comments is None else str(paper.comments)
    if style == "apart":
        return [who, "·", shown, *([count] if count else [])]
    if style == "tight":
        return [f"{who.replace('  • ', '•')}·{shown}{count}"]
    shown = f"{shown} {count}".rstrip()
    return [who, "·", shown] if style == "lines" else [f"{who} · {shown}"]


def _wrap(text: str, width: int | None) -> list[str]:
    if width is None:
        return [text]
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def dump(content: str | bytes, *, name: str = "copy.txt", modified: datetime = MODIFIED) -> Dump:
    """A dump with this content; text as UTF-8."""
    raw = content.encode() if isinstance(content, str) else content
    digest = hashlib.sha256(raw).hexdigest()
    return Dump(source="daily-papers", name=name, sha256=digest, modified=modified, content=raw)


def found(entry: Entry) -> dict[str, object]:
    """What an entry says, to be held against expected()."""
    return {
        "title": entry.title,
        "abstract": entry.abstract,
        "author_count": entry.author_count,
        "organization": entry.organization,
        "published": entry.published,
        "precision": entry.published_precision,
        "comments": entry.comments,
    }


def expected(paper: Made) -> dict[str, object]:
    """What a parser is to find of a paper."""
    day = paper.published
    names = None if day is None or paper.organization is None else paper.organization.split(" ", 1)
    return {
        "title": paper.title,
        "abstract": " ".join(paper.abstract),
        "author_count": None if day is None or names else paper.authors,
        "organization": names[-1] if names else None,
        "published": day,
        "precision": None if day is None else "month-day" if day.year == PAGE_DAY.year else "day",
        "comments": None if day is None else paper.comments,
    }


LANTERN = Made(
    title="Lantern: Reading Long Logbooks With Small Lamps",
    abstract=(
        "Logbooks of lighthouse keepers are long, repetitive and rarely read twice. We present Lantern, a reader "
        "that keeps a small lamp of recent pages and dims the rest. On three hundred logbooks it answers nine of "
        "ten questions with a tenth of the memory of a full reader, and it never forgets a storm. We publish the "
        "lamps and the logbooks.",
    ),
    authors=3,
    published=date(2025, 12, 6),
    comments=2,
)
TIDEGATE = Made(
    title="Tidegate: Scheduling Ferries Under Uncertain Tides",
    abstract=(
        "Ferries wait for tides, and passengers wait for ferries. Existing timetables treat the tide as known, "
        "which fails in one crossing of seven. We schedule ferries by the spread of forecasts instead of their "
        "mean, at no cost on calm days. In two seasons of replayed crossings the longest wait falls from 94 to 31"
        " minutes, and no boat ran aground.",
    ),
    organization="harbour-lab Harbour Laboratory",
    published=date(2026, 6, 14),
)
ORCHARD = Made(
    title="What Do Orchards Remember?",
    abstract=(
        "An orchard keeps a record of its winters in the width of its rings, yet the record is hard to read while"
        " the trees still stand. This paper listens instead: a tapped trunk rings higher after a dry year. We tap"
        " four thousand trees.",
        "The pitch predicts the harvest two years ahead better than rainfall does, in all orchards but the "
        "oldest. The old trees are out of tune with each other, and we do not know why. Recordings are at "
        "https://orchards.example/tapes",
    ),
    authors=12,
    published=date(2026, 5, 29),
    comments=6,
)
BELLS = Made(
    title="Counting Bells: A Benchmark of Echoes in Narrow Streets for Distance Estimation Without Sight",
    abstract=(
        "How far away is a bell that cannot be seen? We collect 5,120 strokes of 64 bells in narrow streets, each"
        " with its distance measured by foot. Listeners are off by a third and models by half, mostly at corners."
        " A model that is told the width of the street draws level with the listeners; told its bends as well, it"
        " is better than they are.",
    ),
)
PAPERS = (LANTERN, BELLS, TIDEGATE, ORCHARD)
