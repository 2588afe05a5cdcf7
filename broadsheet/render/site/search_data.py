"""What the site's search looks through: one data script a month, and the list of the months.

A page that was opened from a file may not fetch, but it may load a classic script: `Broadsheet.add([...])`. A paper
stands in the month it was first shown, so that the scripts of past months hardly ever change. Does not search: the
site's script does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ...types import Artifact
from ..characters import shown

#: Where the page looks for them, from the site's folder.
FOLDER = "search/data"

# What would end the script, open a comment in it or break a line of it, were it ever put into a page.
_ESCAPES = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPaper:
    """A paper as the search page shows it."""

    guid: str
    #: Its page, from the site's folder: "papers/arxiv-2401.01234/index.html".
    href: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    #: When it was first shown.
    day: date
    source: str
    #: Titles of the digests that showed it.
    profiles: tuple[str, ...] = ()


def search_data(papers: Iterable[SearchPaper], folder: str = FOLDER) -> tuple[Artifact, ...]:
    """The scripts of every month that has a paper, the newest first, and months.js, which names them, at the end."""
    months: dict[str, list[SearchPaper]] = {}
    for paper in papers:
        months.setdefault(paper.day.isoformat()[:7], []).append(paper)
    ordered = sorted(months.items(), reverse=True)
    listed = [[month, len(held)] for month, held in ordered]
    return (
        *(_script(f"{folder}/{month}.js", "add", [_row(paper) for paper in _newest(held)]) for month, held in ordered),
        _script(f"{folder}/months.js", "months", listed),
    )


def _newest(papers: Iterable[SearchPaper]) -> list[SearchPaper]:
    return sorted(
        sorted(papers, key=lambda paper: (paper.title, paper.guid)), key=lambda paper: paper.day, reverse=True
    )


def _row(paper: SearchPaper) -> list[object]:
    """The fields in the order in which the script takes them apart."""
    return [
        *(paper.guid, paper.href, paper.title, ", ".join(paper.authors), paper.abstract),
        *(paper.day.isoformat(), paper.source, list(paper.profiles)),
    ]


def _script(name: str, call: str, rows: Iterable[list[object]]) -> Artifact:
    # A line for each, so that what a day adds is what a comparison of two versions shows.
    lines = ",\n".join(_literal(row) for row in rows)
    text = f"Broadsheet.{call}([\n{lines}\n]);\n"
    return Artifact(name=name, media_type="text/javascript", content=text.encode("utf-8"))


def _literal(row: list[object]) -> str:
    told = [_shown(value) for value in row]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _shown(value: object) -> object:
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return shown(value) if isinstance(value, str) else value
