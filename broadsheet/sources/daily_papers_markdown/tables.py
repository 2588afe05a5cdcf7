"""Tables of papers in Markdown, one row each -> entries; the columns are what their header calls them.

    | Title | Authors | Summary |
    | A title (Read more on [arXiv](...) or [HuggingFace](...))| A. One, B. Two | ... |

A title may hold a line break, and any cell a bar that is not escaped. Lines outside of tables are furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ... import ids
from ...types import Entry
from .. import names, stated
from ..hugging_face import links_of
from ..reading import Reading
from .pieces import plain

HEADER = re.compile(r"\|(?:[^|\n]{0,60}\|){0,10}\s{0,9}\**Title\**\s{0,9}\|[^\n]{0,500}", re.IGNORECASE)
_RULE = re.compile(r"\|?[\s:|-]*-{2,}[\s:|-]*")
_BAR = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\]\((https?://[^\s()]{1,300})\)")
_MORE = re.compile(r"\s*\((?:\s*Read more on\b|[^()]{0,80}\(https?://).*\Z", re.DOTALL)
_DAY = re.compile(r"#{1,6}\s.*?(\d{4}-\d\d-\d\d)")
_SUMMARIES = ("summary", "abstract", "tldr", "tl;dr")
#: Lines of one row at most, as wrapped titles make them.
_MOST_LINES = 12


def read(reading: Reading, text: str) -> Iterator[Entry]:
    """The entries of all rows; everything is counted in lines."""
    columns: list[str] = []
    row: list[str] = []
    first = 0
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    for number, line in lines:
        begins = line.lstrip().startswith("|")
        if row and (begins or len(row) == _MOST_LINES or line.startswith("#")):
            _torn(reading, row, first)
            row = []
        if not row and not (begins and columns):
            columns = _outside(reading, number, line, columns)
            continue
        if not row and (_RULE.fullmatch(line.strip()) or HEADER.match(line.strip())):
            columns = _columns(line) or columns
            reading.furniture()
            continue
        first = first if row else number
        row.append(line)
        cells = _cells("\n".join(row))
        if cells is not None and len(cells) >= len(columns) + _bars_in_title(columns, cells):
            entry = _entry(reading, columns, cells, first, number, len(row))
            row = []
            if entry:
                yield entry
    if row:
        _torn(reading, row, first)
    if reading.entries and "abstract" not in columns and set(columns) & set(_SUMMARIES):
        reason = "the papers are summed up in the digest's own words, which stand here for their abstracts"
        reading.note("note", reason)


def _outside(reading: Reading, number: int, line: str, columns: list[str]) -> list[str]:
    """The columns from here on, behind a line that is no row."""
    day = _DAY.match(line)
    when, precision = stated.day(day[1]) if day else (None, None)
    if when and precision == "day":
        reading.dated(when)
    link = next((link for link in _LINK.finditer(line) if ids.arxiv_id(link[1])), None)
    if link and not HEADER.match(line.strip()):
        reason = "a link to a paper outside of the tables"
        reading.refuse("warning", reason, place=(number, number), text=line)
    else:
        reading.furniture()
    return _columns(line) or columns


def _columns(line: str) -> list[str]:
    if not HEADER.match(line.strip()):
        return []
    return [plain(cell).strip("* ").lower() for cell in _cells(line) or ()]


def _cells(row: str) -> list[str] | None:
    """The cells of a row; None where its last one is not closed."""
    row = row.strip()
    if not row.endswith("|") or row.endswith("\\|") or len(row) < 2:
        return None
    return _BAR.split(row[1:-1])


def _bars_in_title(columns: Sequence[str], cells: Sequence[str]) -> int:
    """How many bars the title holds, if the links stand behind it in its own cell."""
    linked = next((index for index, cell in enumerate(cells) if _LINK.search(cell) and _MORE.search(cell)), 0)
    return max(linked - columns.index("title"), 0)


def _torn(reading: Reading, row: Sequence[str], first: int) -> None:
    place = (first, first + len(row) - 1)
    reading.refuse("error", "a row of the table that is torn", place=place, text="\n".join(row), weight=len(row))


def _entry(
    reading: Reading, columns: Sequence[str], cells: list[str], first: int, last: int, weight: int
) -> Entry | None:
    linked = [(index, link[1]) for index, cell in enumerate(cells) for link in _LINK.finditer(cell)]
    found = next(((index, named) for index, url in linked if (named := ids.arxiv_id(url))), None)
    text = " | ".join(cells)
    if found is None:
        reason = "a row without a link to a paper"
        reading.refuse("warning", reason, place=(first, last), text=text, weight=weight)
        return None
    fields = _fields(columns, cells)
    summary = next((fields[key] for key in _SUMMARIES if fields.get(key)), "")
    return reading.entry(
        place=(first, last),
        weight=weight,
        title=plain(_MORE.sub("", fields.get("title", ""))),
        abstract=plain(summary),
        authors=names.split(plain(fields.get("authors", ""))),
        categories=[plain(fields["category"])] if fields.get("category") else (),
        ids={"arxiv": found[1][0]},
        links=links_of(found[1][0]),
        version=found[1][1],
    )


def _fields(columns: Sequence[str], cells: list[str]) -> dict[str, str]:
    """Cells by column. Of bars too many, those before the links are in the title, the others in the last cell."""
    title, bars = columns.index("title"), _bars_in_title(columns, cells)
    cells = [*cells[:title], "|".join(cells[title : title + bars + 1]), *cells[title + bars + 1 :]]
    last = len(columns) - 1
    return dict(zip(columns, [*cells[:last], "|".join(cells[last:])], strict=True))
