"""Store -> the documents of past months that a profile's feed still lacks (RFC 5005).

Which they are is written in broadsheet.render.feeds.archives. A month that is over is written once: what lies in the
output is asked, so that neither a later title nor a digest that is cut late changes what readers have kept. Writes
nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import deliver
from .config import Site
from .render import atom_archive, is_over, months_of, render_archives
from .store import Store
from .types import Artifact


def months(store: Store, profile: str, site: Site) -> tuple[str, ...]:
    """The months that have a document, the oldest first; none while the site has no address."""
    return months_of(count.day for count in store.pages.days(profile)) if site.url else ()


def owed(store: Store, profile: str, site: Site, output: Path) -> Iterator[Artifact]:
    """The documents to be written, the oldest month first: one month's digests are held at a time."""
    known = months(store, profile, site)
    for month in known:
        there = deliver.published(output, atom_archive(profile, month))
        if month != known[-1] and there is not None and is_over(there):
            continue
        days = [count.day for count in store.pages.days(profile) if f"{count.day:%Y-%m}" == month]
        digests = [digest for day in days if (digest := store.digest(profile, day)) is not None]
        yield from render_archives(profile, digests, known, site)
