"""The rule language over everything stored: which papers a query finds, and the words that it finds. Changes no state.

Reads the papers in chunks and keeps only the best, so that memory does not grow with the store.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from . import config
from .pipeline import Progress, silent
from .questions import open_to_read
from .rules import compile_profiles
from .store import Store
from .text import folded
from .types import Hit, Paper, Place, Profile, Rule
from .workspace import Workspace

#: So many papers are read and judged at once.
CHUNK: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One paper that a query finds."""

    paper: Paper
    #: In the order of field and place; none where the query only says what must be absent.
    hits: tuple[Hit, ...]
    #: Source and name of the first dump that listed it.
    source: str
    dump: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The answer to a query."""

    query: str
    #: How many papers were looked at, and how many of them the query finds.
    papers: int
    found: int
    #: The first of them: the newest first, then by title.
    results: tuple[Result, ...]


def search(
    workspace: Workspace, query: str, *, limit: int, since: date | None = None, progress: Progress = silent
) -> Findings:
    """The papers that a query finds, and how many there are.

    The newest come first, by the day of publication, else of the first dump that listed them; those of one day by
    title. limit: at most this many results; since: only papers first seen on this day (UTC) or later. Raises
    ConfigError for a query that means nothing, StoreError.
    """
    rule = Rule(name=query, when=query, place=Place(file="query", line=1, column=1, text=query.split("\n", 1)[0]))
    engine = compile_profiles([Profile(name="search", title="Search", rules=(rule,))])
    settings = config.read_settings(workspace.file("settings.toml"))
    with open_to_read(workspace, settings) as store:
        total, papers, found = store.counts()["papers"], 0, 0
        best: list[Paper] = []
        for chunk in _chunks(store, since):
            progress("searching", papers, total)
            papers += len(chunk)
            # Only those that are shown are asked for their words, at the end: that costs far more than a yes.
            hold = [chunk[place] for place in engine.standings(chunk)["search"]]
            found += len(hold)
            best = heapq.nsmallest(limit, [*best, *hold], key=_key)
        first = store.first_listed([paper.guid for paper in best])
        results = tuple(
            Result(
                paper=paper,
                hits=judgement.matches[0].hits,
                source=first[paper.guid][0],
                dump=first[paper.guid][1],
            )
            for paper, judgement in zip(best, engine.judge(best)["search"], strict=True)
        )
    return Findings(query=query, papers=papers, found=found, results=results)


def _chunks(store: Store, since: date | None) -> Iterator[tuple[Paper, ...]]:
    after = ""
    while chunk := store.papers_after(after, limit=CHUNK, since=since):
        yield chunk
        after = chunk[-1].guid


def _key(paper: Paper) -> tuple[int, str, str]:
    """The newest first, then by title; total."""
    day = paper.best.published or paper.first_seen.date()
    return -day.toordinal(), folded(paper.best.title), paper.guid


def findings_record(findings: Findings) -> dict[str, Any]:
    """The answer as `broadsheet search --json` prints it."""
    return {
        "query": findings.query,
        "papers": findings.papers,
        "found": findings.found,
        "results": [
            {
                "guid": result.paper.guid,
                "title": result.paper.best.title,
                "published": result.paper.best.published.isoformat() if result.paper.best.published else None,
                "first_seen": result.paper.first_seen.isoformat(),
                "source": result.source,
                "dump": result.dump,
                "hits": msgspec.to_builtins(result.hits),
            }
            for result in findings.results
        ],
    }
