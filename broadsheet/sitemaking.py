"""Which pages of the site a run touches, and all of them where the site is made anew: what joins the store and render.

The site keeps a *mark* beside its pages (made.json): up to which run it shows the store, and with which look. What came
behind the mark is all that is rendered; where the look changed (templates, settings, profiles), or no mark is there,
everything is. So a run that was killed before it published costs nothing but the next run's time.

Streams: papers in small batches, whatever the size of the archive. Removes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from . import config, deliver
from .config import Site
from .histories import Appearance, DayCount, History, Told
from .render import Templates, open_templates
from .render.site import days, overview, papers, search_pages
from .render.site.frame import FOLDER, Press, open_press
from .setup import hold, store_at
from .store import Store, open_store
from .types import Artifact, Digest, Guid
from .workspace import Workspace

#: Where the mark lies in the output folder.
MARK = f"{FOLDER}/made.json"

#: So many papers are rendered at a time.
_BATCH = 250
#: Digests whose reasons are held, while papers of about the same days are rendered.
_HELD = 1_000
#: A page of a source lists so many dumps.
_MOST_TOLD = 1_000
#: The search of a month looks through so many papers: first those that were shown.
_MOST_SEARCHED = 5_000

#: Called with how many papers were rendered, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a site is made."""

    #: The last run that it shows; -1 for nothing.
    run: int = -1
    #: What its pages were made with.
    look: str = ""


def read_mark(content: bytes | None) -> Mark:
    """The mark in a file of the site; that of an empty site where there is none, or none that can be read."""
    try:
        told = json.loads(content or b"{}")
        return Mark(run=int(told["run"]), look=str(told["look"]))
    except (ValueError, KeyError, TypeError):
        return Mark()


@dataclass(slots=True, kw_only=True)
class Making:
    """A site being made: where its facts come from, and what they are printed with."""

    store: Store
    press: Press
    since: int
    progress: Progress
    #: Of how many papers, for the progress.
    total: int = 0
    done: int = 0
    #: Months whose search was touched.
    months: set[str] = field(default_factory=set)


def artifacts(
    store: Store, templates: Templates, site: Site, made: bytes | None, progress: Progress, *, rebuild: bool = False
) -> Iterator[Artifact]:
    """The pages to be written, what points at others behind them, and the new mark at the end.

    made: the mark as it lies in the site. rebuild: all pages, whatever it says. Nothing comes where it says that all
    is there. Raises RenderError, StoreError.
    """
    press = open_press(templates, site, _profiles(store))
    now, before = Mark(run=store.pages.mark(), look=press.look()), read_mark(made)
    if before == now and not rebuild:
        return
    since = before.run if before.look == now.look and not rebuild else -1
    # A store that was put back to an earlier time.
    since = since if since <= now.run else -1
    making = Making(store=store, press=press, since=since, progress=progress)
    yield from press.assets()
    yield from _papers(making)
    yield from _sources(making)
    yield from _days(making)
    yield from _search(making)
    yield overview.render_feeds_page(press)
    yield overview.render_missing(press)
    yield overview.render_today(_desks(making), press)
    content = json.dumps({"run": now.run, "look": now.look}, indent=1).encode() + b"\n"
    yield Artifact(name=MARK, media_type="application/json", content=content)


def _profiles(store: Store) -> list[tuple[str, str]]:
    """Name and title of every profile that has digests, the title being that of its newest one."""
    found = []
    for profile in store.profiles():
        newest = store.digests(profile, limit=1)
        found.append((profile, newest[0].title if newest else profile))
    return found


def _papers(making: Making) -> Iterator[Artifact]:
    """The pages of all papers that were listed, changed or shown behind the mark, and of their stored relatives."""
    store, since = making.store, making.since
    making.total = store.counts()["papers"] if since < 0 else 0
    reasons = lru_cache(maxsize=_HELD)(store.pages.reasons)
    relatives: set[Guid] = set()
    for touched in _touched(store, since):
        yield from _batch(making, touched, reasons, relatives if since >= 0 else None)
    for related in _batches(sorted(relatives)):
        yield from _batch(making, related, reasons, None)


def _touched(store: Store, since: int) -> Iterator[Sequence[Guid]]:
    for dump in store.pages.dumps_since(since):
        position = 0
        while True:
            guids, last = store.pages.listed_since(dump, since, after=position, limit=_BATCH)
            if last == position:
                break
            position = last
            yield guids
    after = ""
    while guids := store.pages.touched_since(since, after=after, limit=_BATCH):
        yield guids
        after = guids[-1]


def _batches(guids: Sequence[Guid]) -> Iterator[Sequence[Guid]]:
    for start in range(0, len(guids), _BATCH):
        yield guids[start : start + _BATCH]


def _batch(
    making: Making,
    guids: Sequence[Guid],
    reasons: Callable[[str, date], tuple[str, Mapping[Guid, tuple[tuple[str, float], ...]]]],
    relatives: set[Guid] | None,
) -> Iterator[Artifact]:
    found = making.store.pages.histories(guids)
    stored = _related(making.store, found.values())
    for guid in guids:
        history = found[guid]
        related = {name: (what, stored.get(name)) for name, what in history.paper.best.related.items()}
        if relatives is not None:
            relatives.update(other for _, other in related.values() if other)
        appearances = tuple(_explained(one, guid, reasons) for one in history.appearances)
        making.months.add(history.paper.first_seen.date().isoformat()[:7])
        yield papers.render_paper(replace(history, related=related, appearances=appearances), making.press)
    making.done += len(guids)
    making.progress("papers", making.done, max(making.total, making.done))


def _related(store: Store, found: Collection[History]) -> dict[str, Guid]:
    """The stored papers that have a page, by the ids under which others name them as belonging to them."""
    names = {name for history in found for name in history.paper.best.related}
    if not names:
        return {}
    known = {name: guid for name, guid in store.known_aliases(names).items() if name in names}
    pages = store.pages.with_page(set(known.values()))
    return {name: guid for name, guid in known.items() if guid in pages}


def _explained(
    row: Appearance,
    guid: Guid,
    reasons: Callable[[str, date], tuple[str, Mapping[Guid, tuple[tuple[str, float], ...]]]],
) -> Appearance:
    title, why = reasons(row.profile, row.day)
    return replace(row, title=title, why=why.get(guid, ()))


def _sources(making: Making) -> Iterator[Artifact]:
    """The pages of the sources that were told about behind the mark, and the page of all."""
    for source in making.store.pages.reported_since(making.since):
        told = making.store.pages.told(source, limit=_MOST_TOLD)
        yield overview.render_source(source, told, making.press, most=_MOST_TOLD)
    every: dict[str, Sequence[Told]] = {
        source: making.store.pages.told(source, limit=30) for source in making.store.pages.reported_since(-1)
    }
    yield overview.render_sources(every, making.press)


def _days(making: Making) -> Iterator[Artifact]:
    """The pages of the digests cut behind the mark, of their neighbours, and of their profiles."""
    store, press = making.store, making.press
    cut: dict[str, set[date]] = {}
    for profile, day in store.pages.digests_since(making.since):
        cut.setdefault(profile, set()).add(day)
    for profile, title in press.profiles:
        if profile not in cut:
            continue
        counts = store.pages.days(profile)
        known = sorted(count.day for count in counts)
        for place, day in enumerate(known):
            before, after = known[place - 1] if place else None, known[place + 1] if place + 1 < len(known) else None
            if not cut[profile].isdisjoint({day, before, after} - {None}):
                digest = store.digest(profile, day)
                assert digest is not None  # noqa: S101  (its day was read from the same table)
                yield days.render_day(digest, press, before=before, after=after)
        yield days.render_profile(profile, title, counts, press)


def _search(making: Making) -> Iterator[Artifact]:
    store, titles = making.store, dict(making.press.profiles)
    counted = store.pages.months()
    for month, _ in counted:
        if month in making.months or making.since < 0:
            found = store.pages.of_month(month, limit=_MOST_SEARCHED)
            named = [(paper, tuple(titles.get(name, name) for name in shown)) for paper, shown in found]
            yield search_pages.render_month(month, named)
    yield search_pages.render_months([(month, min(count, _MOST_SEARCHED)) for month, count in counted])
    yield search_pages.render_search(making.press, counted)


def _desks(making: Making) -> list[tuple[Digest, Sequence[DayCount]]]:
    found: list[tuple[Digest, Sequence[DayCount]]] = []
    for profile, _ in making.press.profiles:
        newest = making.store.digests(profile, limit=1)
        if newest:
            found.append((newest[0], making.store.pages.days(profile)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of making the site."""

    #: Pages that were rendered, and those of them whose bytes changed.
    rendered: int = 0
    changed: int = 0


def publish(
    store: Store, templates: Templates, site: Site, output: Path, progress: Progress, *, rebuild: bool = False
) -> Made:
    """Bring the site in the output folder up to what the store knows. Raises RenderError, StoreError, DeliveryError."""
    made = deliver.published(output, MARK)
    rendered = changed = 0
    mark: Artifact | None = None

    def pages() -> Iterator[Artifact]:
        nonlocal mark
        for artifact in artifacts(store, templates, site, made, progress, rebuild=rebuild):
            if artifact.name == MARK:
                mark = artifact
            else:
                yield artifact

    for _, new in deliver.publish_many(output, pages()):
        rendered += 1
        changed += new
    if mark:
        # The mark says that all the others are there, so it comes when they are.
        deliver.settle()
        deliver.publish(output, [mark])
    if site.pagefind and (changed or not (output / FOLDER / deliver.INDEX).is_dir()):
        progress("indexing", 0, 0)
        deliver.indexed(output / FOLDER, site.language)
    return Made(rendered=rendered, changed=changed)


def rebuilt(workspace: Workspace, *, now: datetime, progress: Progress, rebuild: bool = False) -> Made:
    """Bring the site of a workspace up to its store, which no run changes meanwhile.

    rebuild: every page, whatever is there. Raises ConfigError, RenderError, StoreBusy, StoreError, DeliveryError.
    """
    settings = config.read_settings(workspace.file("settings.toml"))
    templates = open_templates(workspace.templates)

    with (
        open_store(store_at(workspace, settings), workspace.state / "archive") as store,
        hold(store, settings, progress, now),
    ):
        return publish(store, templates, settings.site, workspace.output, progress, rebuild=rebuild)
