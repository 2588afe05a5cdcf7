"""What Prefect's page shows of a run beside its states: digests, sources, outbox, links, progress.

An artifact costs a call to the server, some 20 ms: there is one where it says something. None is worth a digest: what
cannot be shown is logged.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from prefect import get_run_logger
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.exceptions import PrefectException

from broadsheet.render import without_front_matter
from broadsheet.render.words import count
from broadsheet.running import Progress, Run
from broadsheet.types import SourceReport

#: A run shows its progress when it takes longer than so many seconds, and then once in so many.
_LONG = 5.0
_STEP = 1.0


class Shown:
    """The progress of a run: for its caller, and where it takes long, as a bar on the page."""

    def __init__(self, inner: Progress) -> None:
        self._inner = inner
        self._next = time.monotonic() + _LONG
        self._bar: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Progress as broadsheet.running means it."""
        self._inner(stage, done, total)
        if stage.startswith("waiting"):
            get_run_logger().info(stage)
        elif total and time.monotonic() >= self._next:
            self._draw(100 * min(done, total) / total, f"{stage}: {done:,} of {total:,}")

    def finish(self) -> None:
        """The end of the run, for a bar that was drawn."""
        if self._bar:
            self._draw(100, "done")

    def _draw(self, percent: float, text: str) -> None:
        if self._bar:
            show(partial(update_progress_artifact, artifact_id=self._bar, progress=percent, description=text))
        else:
            self._bar = show(partial(create_progress_artifact, progress=percent, key="progress", description=text))
        self._next = time.monotonic() + _STEP


def show_sources(reports: Sequence[SourceReport]) -> None:
    """The table of the dumps that were read, with the verdicts on their sources."""
    rows = [
        {
            # What counts comes first: the page is narrow, and what stands to the right of it must be scrolled to.
            "dump": report.dump,
            "verdict": report.verdict,
            "alarm": "yes" if report.alarm else "",
            "entries": report.entries,
            "new": report.new,
            "updated": report.updated,
            "problems": len(report.problems),
            "understood": f"{round(report.coverage, 2):g} %",
            "taken": f"{report.taken:%Y-%m-%d}" if report.taken else "unknown",
            "source": report.source,
            "reason": report.reason,
        }
        for report in reports
    ]
    if rows:
        about = f"{count(len(rows), 'new dump')}, and how they were understood"
        show(partial(create_table_artifact, table=rows, key="sources", description=about))


def show_digests(run: Run) -> None:
    """Each digest of the day that covers anything, in Markdown, as it was published; and where the site is."""
    shown = [cut for cut in run.digests if cut.from_seq <= cut.to_seq]
    for cut in shown:
        for file in map(Path, cut.files):
            if file.suffix == ".md":
                about = f"{cut.profile}, {cut.day}: {count(cut.shown, 'paper')}"
                show_markdown("digest", cut.profile, file.read_text(encoding="utf-8"), about)
    if shown:
        _show_site(run.setup.workspace.output / "site/index.html", run.setup.config.settings.site.url)


def _show_site(front: Path, url: str) -> None:
    """The way to the published pages: a link, where they have an address that a browser follows from here."""
    about = "Where the published pages are"
    if url:
        show(partial(create_link_artifact, link=url, link_text=url, key="site", description=about))
    else:
        # To a file a browser follows no link from a page; its URL has no backtick either.
        text = f"To be copied into the browser's address bar:\n\n`{front.as_uri()}`\n"
        show(partial(create_markdown_artifact, markdown=text, key="site", description=about))


def show_markdown(kind: str, profile: str, text: str, about: str) -> None:
    """A digest in Markdown, without what stands before it for programs."""
    key = artifact_key(kind, profile)
    show(partial(create_markdown_artifact, markdown=without_front_matter(text), key=key, description=about))


def show_outbox(counts: Mapping[str, int]) -> None:
    """How many messages are in which state."""
    rows = [{"state": state, "messages": count} for state, count in sorted(counts.items()) if count]
    if rows:
        show(partial(create_table_artifact, table=rows, key="outbox", description="Messages to receivers"))


def artifact_key(kind: str, profile: str) -> str:
    """The key of a profile's artifacts: Prefect takes lower-case letters, digits and dashes."""
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', profile.lower()).strip('-')}"


def show(make: Callable[[], object]) -> object:
    """Put something on Prefect's page; a failure is only said."""
    try:
        return make()
    except (PrefectException, httpx.HTTPError) as error:
        get_run_logger().warning("an artifact could not be shown: %s", error)
        return None


def counts(papers: int, digests: int) -> str:
    """What a run has brought, as the message of its state."""
    return f"{count(papers, 'new paper')}, {count(digests, 'digest')}"


def one_line(texts: Iterable[str]) -> str:
    """Several messages as the one that a state has."""
    return "; ".join(texts)
