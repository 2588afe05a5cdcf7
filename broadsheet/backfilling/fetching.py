"""Past days of sources whose address has the day in it -> the inbox: one file a day, named after it.

Asks for no day twice: what lies in the inbox, or was read, is there. What broadsheet.collecting remembers of a source
for its mornings (validators, pauses) is neither asked nor changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta

from .. import inbox
from ..collecting import Ways
from ..collecting.pages import Getter
from ..config import FromUrl, Source
from ..dates import file_name_date
from ..errors import BroadsheetError, SourceError
from ..fetch import Validators, landing
from ..setup import Setup
from ..store import Store
from ..text import fold_space, whole

#: So many failures in a row, and a source is left alone: the rest is asked when the backfill is begun again.
_PATIENCE = 3


def fetch(
    setup: Setup,
    store: Store,
    days: Sequence[date],
    closed: Collection[date],
    ways: Ways,
    progress: Callable[[str, int, int], None],
) -> Iterator[BroadsheetError]:
    """Get what is missing of these days, one answer after the other; what failed.

    closed: days that no dump can be read into. Only under the run lock. Raises StoreError.
    """
    sources = [
        (source, source.collect)
        for source in setup.config.sources
        if isinstance(source.collect, FromUrl) and "{day}" in source.collect.url
    ]
    if not sources:
        return
    there = _there(setup, store)
    with ways.fetcher(setup) as getter:
        for source, way in sources:
            landing.sweep(setup.workspace.dumps / source.name)
            wanted = [day for day in days if day not in closed and (source.name, day) not in there]
            in_a_row = 0
            for done, day in enumerate(wanted):
                progress(f"fetching {source.name}", done, len(wanted))
                failed, is_pause = _get(setup, getter, source, way, day)
                in_a_row = in_a_row + 1 if failed else 0
                if failed:
                    left = len(wanted) - done - 1
                    stops = bool(left) and (is_pause or in_a_row == _PATIENCE)
                    rest = f"; {left} more days are not asked for now, begin the backfill again later" if stops else ""
                    yield SourceError(source.name, f"{day} could not be fetched: {failed}{rest}")
                    if stops:
                        break


def days_between(first: date, last: date) -> tuple[date, ...]:
    """All days from the first to the last, both inclusive."""
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def _there(setup: Setup, store: Store) -> set[tuple[str, date | None]]:
    """Source and day of all that was fetched before, as the names of files say."""
    names = [path.name for path in inbox.files(setup.workspace.dumps)] + [one.name for one in store.stored()]
    found = ((setup.source_of(name), file_name_date(name)) for name in names)
    return {(source.name, day) for source, day in found if source}


def _get(setup: Setup, getter: Getter, source: Source, way: FromUrl, day: date) -> tuple[str, bool]:
    """Get one day into the inbox; why that failed, if it did, and whether the server asked us to stay away."""
    answer = getter.get(
        way.url.replace("{day}", day.isoformat()),
        validators=Validators(),
        timeout=way.timeout,
        limit=way.limit_mib << 20,
        allow_private=way.allow_private,
    )
    if answer.state != "new":
        return fold_space(whole(answer.told)) or "no answer", answer.state == "later" and answer.retry_after > 0
    folder = setup.workspace.dumps / source.name
    try:
        begun = landing.begin(folder, [answer.content], media_type=answer.media_type)
        landing.settle(begun, landing.free(folder, f"{source.name}-{day}", begun.extension))
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror or type(error).__name__}", True
    return "", False
