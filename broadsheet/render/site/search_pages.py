"""The search page and what it looks through, as files of the site: a script a month (search_data.py makes them)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ...types import Artifact, Paper
from .. import words
from .frame import FOLDER, Press
from .names import paper_page
from .search_data import FOLDER as DATA
from .search_data import SearchPaper, search_data


def render_month(month: str, papers: Iterable[tuple[Paper, Sequence[str]]]) -> Artifact:
    """search/data/2026-06.js: the papers first seen in that month (UTC), each with the digests that showed it."""
    rows = [
        SearchPaper(
            guid=paper.guid,
            href=paper_page(paper.guid),
            title=paper.best.title,
            authors=paper.best.authors,
            abstract=paper.best.abstract or "",
            day=paper.first_seen.date(),
            source=paper.best.provenance.source if paper.best.provenance else "",
            profiles=tuple(profiles),
        )
        for paper, profiles in papers
    ]
    script = search_data(rows)[0]
    assert script.name == f"{DATA}/{month}.js", (script.name, month)  # noqa: S101
    return Artifact(name=f"{FOLDER}/{script.name}", media_type=script.media_type, content=script.content)


def render_months(months: Iterable[tuple[str, int]]) -> Artifact:
    """search/data/months.js: the months there are, the newest first, with how many papers each has."""
    lines = ",\n".join(json.dumps(month, separators=(",", ":")) for month in months)
    content = f"Broadsheet.months([\n{lines}\n]);\n".encode()
    return Artifact(name=f"{FOLDER}/{DATA}/months.js", media_type="text/javascript", content=content)


def render_search(press: Press, months: Sequence[tuple[str, int]]) -> Artifact:
    """search/index.html. Raises RenderError."""
    papers = sum(count for _, count in months)
    library = f"{words.count(papers, 'paper')} of {words.count(len(months), 'month')}"
    return press.page("search/index.html", "search.html.j2", section="search", library=library)
