"""A whole dump -> entries, problems and the account of every line."""

from __future__ import annotations

from collections.abc import Sequence

from ...clean import clean
from ...errors import ParseFailed
from ...types import Account, Dump, Entry, Level, Parsed, Problem, Provenance
from ..decode import decode
from ..lines import Line, lines_of
from .dating import PageDay, date_pages, published
from .header import apart
from .pages import Block, Page, read_pages
from .segments import Record, segment
from .tails import Tail, organization_name
from .wording import ends_sentence, ends_with_address
from .wrapping import Setting, join

NAME = "daily-papers"

#: Characters; the longest abstracts of arXiv have about 6,000.
_LONGEST_ABSTRACT = 20_000

#: No copy comes near; what does is something else, and reading it would take minutes.
_MOST_LINES = 1_000_000

# How many of the other papers must be so before a paper that is not so is thought cut.
_MOST = 0.5

_Paper = tuple[Record, Tail | None]


def parse(dump: Dump) -> Parsed:
    """Entries, problems and account of a dump in this format.

    A text that is no such page at all has no entries, and its lines are in the account as problems. Raises ParseFailed
    for a dump of more than a million lines.
    """
    decoded = decode(dump.content)
    if decoded.text.count("\n") + decoded.text.count("\r") > 2 * _MOST_LINES:
        raise ParseFailed(dump.name, f"has over {_MOST_LINES:,} lines, more than any copied page; split the file")
    lines = apart(lines_of(decoded.text))
    pages = read_pages(lines)
    taken, taken_from, days = date_pages(dump, pages)
    reader = _Reader(dump)
    for remark in decoded.remarks:
        reader.note(remark.level, remark.reason, ())
    for page, day in zip(pages, days, strict=True):
        reader.page(page, day)
    reader.whole(pages)
    return Parsed(
        format=NAME,
        taken=taken,
        taken_from=taken_from,
        entries=tuple(reader.entries),
        problems=tuple(sorted(reader.problems, key=lambda problem: problem.place or (0, 0))),
        account=Account(
            unit="lines",
            total=len(lines),
            entry=reader.entry_lines,
            furniture=sum(page.furniture for page in pages),
            problem=reader.problem_lines,
        ),
    )


class _Reader:
    """Collects the entries and problems of one dump, and counts the lines that went into each."""

    def __init__(self, dump: Dump) -> None:
        self.dump = dump
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.entry_lines = 0
        self.problem_lines = 0

    def note(self, level: Level, reason: str, lines: Sequence[Line]) -> None:
        """Add a problem; its lines stay counted where they are."""
        place = (lines[0].number, lines[-1].number) if lines else None
        text = "\n".join(line.text for line in lines)
        self.problems.append(
            Problem(source=self.dump.source, dump=self.dump.name, place=place, level=level, reason=reason, text=text)
        )

    def refuse(self, level: Level, reason: str, lines: Sequence[Line]) -> None:
        """Add a problem whose lines belong to nothing else."""
        self.note(level, reason, lines)
        self.problem_lines += len(lines)

    def page(self, page: Page, day: PageDay) -> None:
        """Read all of a page's blocks."""
        for line in page.overlong:
            reason = f"a line of {len(line.text):,} characters is no title and no abstract; left out"
            self.refuse("error", reason, [line])
        papers: list[_Paper] = []
        for block in page.blocks:
            found = self.block(block, page.setting)
            papers += found
            if found and block is page.blocks[-1]:
                papers = self.end(papers, block, page.setting)
        for record, tail in papers:
            self.entry(record, tail, page.setting, day)

    def block(self, block: Block, setting: Setting) -> list[_Paper]:
        """The papers of a block, the last with the block's tail."""
        tail = block.tail
        reading = segment(
            block.text,
            setting,
            organization=tail is not None and tail.takes_organization,
            cut=block.end in {"page", "file", "overlong"},
        )
        if reading.orphans:
            self.refuse("error", "text without a title above it", reading.orphans)
        if not reading.records:
            if tail is not None:
                self.refuse("warning", "authors and date without a paper above them", tail.lines)
            return []
        *others, last = reading.records
        return [*((record, None) for record in others), (last, tail)]

    def end(self, papers: list[_Paper], block: Block, setting: Setting) -> list[_Paper]:
        """The papers of a page without what its end cut off, once its last block is read."""
        if block.tail is not None:
            self.cut_tail(papers, block.tail)
        elif block.end in {"page", "file"}:
            return self.cut_text(papers, setting, block.end)
        return papers

    def cut_text(self, papers: list[_Paper], setting: Setting, what: str) -> list[_Paper]:
        """The papers without a last one that is only the begin of a title; says so where the last abstract is cut."""
        *others, (record, _) = papers
        if not record.abstract:
            reason = f"the {what} ends in the middle of a title, or before its abstract; copy the page again"
            self.refuse("error", reason, record.title)
            return others
        end = join(record.abstract[-2:], setting)
        ended = sum(ends_sentence(other.abstract[-1].text) for other, _ in others if other.abstract)
        tails = sum(tail is not None for _, tail in others)
        if not (ends_sentence(end) or ends_with_address(end)) and ended >= _MOST * len(others):
            reason = f"the {what} ends in the middle of an abstract; copy the page again"
            self.note("warning", reason, record.abstract[-1:])
        elif others and tails > _MOST * len(others):
            # No more than a note: pages hold papers without a tail in their middle, too.
            self.note("note", f"the {what} may be cut: its last paper has no authors and date", record.abstract[-1:])
        return papers

    def cut_tail(self, papers: Sequence[_Paper], last: Tail) -> None:
        """Say so where the last tail of a page is cut: torn, or without the date that the others have."""
        tails = [tail for _, tail in papers[:-1] if tail is not None]
        dated = sum(tail.date is not None for tail in tails)
        if last.torn or (last.date is None and tails and dated > _MOST * len(tails)):
            reason = "the text ends in the middle of a paper's authors and date; copy the page again"
            self.note("warning", reason, last.lines[-1:])

    def entry(self, record: Record, tail: Tail | None, setting: Setting, day: PageDay) -> None:
        """Add the entry of a paper, and what is odd about it."""
        title = join(record.title, setting)
        abstract = self.abstract(record, setting)
        lines = [*record.title, *record.abstract, *([record.organization] if record.organization else [])]
        lines += tail.lines if tail else ()
        if tail is not None and tail.torn:
            self.problem_lines += 1
            lines.pop()
        self.entry_lines += len(lines)
        when = published(tail.date if tail else None, day)
        if tail is not None and when.remark:
            self.note("note", when.remark, tail.lines)
        if tail is not None and tail.ambiguous:
            self.note("note", "day and comments run together; read with the longest day there is", tail.lines)
        organization = record.organization.text if record.organization else tail.organization if tail else None
        self.entries.append(
            Entry(
                title=clean(title),
                title_raw=title,
                abstract=clean(abstract) if abstract else None,
                abstract_raw=abstract,
                author_count=tail.author_count if tail else None,
                organization=organization_name(organization) if organization else None,
                published=when.day,
                published_precision=when.precision,
                comments=tail.comments if tail else None,
                provenance=self.provenance(lines),
            )
        )

    def provenance(self, lines: Sequence[Line]) -> Provenance:
        """Where the next entry stands."""
        return Provenance(
            source=self.dump.source,
            dump=self.dump.name,
            sha256=self.dump.sha256,
            position=len(self.entries) + 1,
            span=(lines[0].number, lines[-1].number),
        )

    def abstract(self, record: Record, setting: Setting) -> str | None:
        """The abstract; None, and a problem, where there is none or it is longer than any."""
        if not record.abstract:
            self.note("warning", "a paper without an abstract", record.title)
            return None
        text = join(record.abstract, setting)
        if len(text) <= _LONGEST_ABSTRACT:
            return text
        self.refuse("error", f"an abstract of {len(text):,} characters; the paper is kept without it", record.abstract)
        record.abstract = []
        return None

    def whole(self, pages: Sequence[Page]) -> None:
        """Say what is odd about the dump as a whole: no entries, or no sign of the page around them."""
        submitted = sum(page.submitted for page in pages)
        tails = any(block.tail is not None for page in pages for block in page.blocks)
        if not self.entries and submitted:
            reason = (
                f'only the "Submitted by" lines of {submitted} papers were copied, no titles; copy the page with its'
                " titles, or save the page's HTML"
            )
            self.note("error", reason, ())
        elif not self.entries and not self.problem_lines:
            self.note("warning", "the page lists no papers", ())
        elif self.entries and not tails and not any(page.headed or page.furniture for page in pages):
            reason = "neither header nor dates; taken for a copy of the page as titles and abstracts take turns"
            self.note("note", reason, ())
