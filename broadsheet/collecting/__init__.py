"""Sources -> the inbox: folders, pages and mailboxes are asked for what is new, before a run looks at its files.

    folders.py  pages.py  mails.py     the three ways          came.py    what becomes of a source
    alone.py                           without a run, and what comes by standard input

What comes is a file like any other; nothing is parsed here. The errors of one source never keep the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .. import __version__, inbox
from ..addresses import mailbox
from ..config import FromFolder, FromMailbox, FromUrl, Source
from ..errors import BroadsheetError, SourceError, StoreError
from ..fetch import Fetcher, landing
from ..fetch.folder import is_written
from ..report import Checked
from ..running import Run
from ..setup import Setup
from ..text import whole
from ..types import SourceReport
from . import folders, mails, pages
from .came import Came, line
from .mails import Letters
from .pages import Getter, Page, Pages

__all__ = ["WAYS", "Ways", "collect", "gather", "lying", "shown"]

#: Seconds; of older files nobody asks whether they are still being written. A day's download is a long one.
_RECENT = 86_400


def _fetcher(setup: Setup) -> AbstractContextManager[Getter]:
    """What asks servers, and says to them who we are."""
    settings, operator = setup.config.settings, setup.config.deliveries.operator
    sender = mailbox(settings.mail.sender)
    contact = operator.mail or (sender.address if sender else "") or settings.site.url
    return Fetcher(contact=contact, version=__version__)


def _letters(*words: Any, **named: Any) -> Any:
    from ..fetch.mailbox import letters

    return letters(*words, **named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What reaches other machines; tests put something else there."""

    fetcher: Callable[[Setup], AbstractContextManager[Getter]] = _fetcher
    letters: Letters = _letters


WAYS = Ways()


def collect(run: Run, ways: Ways | None = None) -> tuple[Path, ...]:
    """All the files of the inbox, once every source was asked; the run's own files where it was given some.

    A run by hand on named files is just that, and asks nobody. What fails goes to run.failures and run.unread, and what
    came to run.checked. Raises StoreError.
    """
    if not run.dumps:
        gather(run, ways=ways)
    return lying(run)


def lying(run: Run) -> tuple[Path, ...]:
    """The files of the inbox as it is, or the run's own; what is still being written is left for the next run."""
    if run.dumps:
        return run.dumps

    def closed(error: OSError) -> None:
        told = f"cannot be looked into: {error.strerror or type(error).__name__}; mend its rights, or move it away"
        run.failures.append(SourceError(line(str(error.filename)), told))

    files = []
    for path in inbox.files(run.setup.workspace.dumps, closed=closed):
        if _is_recent(run, path) and is_written(path):
            told = "is still being written; the next run reads it"
            run.checked.append(Checked(source=line(path.name), outcome="left", told=told))
        else:
            files.append(path)
    return tuple(files)


def _is_recent(run: Run, path: Path) -> bool:
    try:
        return run.now.timestamp() - path.stat().st_mtime < _RECENT
    except OSError:
        return True


def shown(place: str) -> str:
    """A place for people: an address without name, password and query, and a folder as it is."""
    if "://" not in place:
        return line(place)
    parts = urlsplit(place)
    return line(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def gather(run: Run, *, names: Collection[str] = (), ways: Ways | None = None) -> None:
    """Ask the sources of these names for new dumps, or all of them; only under the run lock. Raises StoreError."""
    ways = ways or WAYS
    chosen = [source for source in run.setup.config.sources if source.collect and (not names or source.name in names)]
    known = {source.name: _known(run, source) for source in chosen}
    waiting: dict[str, Page | Came] = {}
    landing.sweep_old(run.setup.workspace.dumps, run.now)
    for source in chosen:
        landing.sweep(run.setup.workspace.dumps / source.name)
        if isinstance(source.collect, FromUrl):
            waiting[source.name] = pages.page_of(run, source, source.collect, known[source.name])
    to_get = [page for page in waiting.values() if isinstance(page, Page)]
    with Pages(to_get, lambda: ways.fetcher(run.setup)) as coming:
        for done, source in enumerate(chosen):
            run.progress("collecting", done, len(chosen))
            came = _asked(run, source, known[source.name], waiting.get(source.name), coming, ways)
            _written_down(run, source, known[source.name], came)


def _place(source: Source) -> str:
    way = source.collect
    if isinstance(way, FromFolder):
        return way.folder
    return way.url if isinstance(way, FromUrl) else way.mailbox if way else ""


def _known(run: Run, source: Source) -> Mapping[str, Any]:
    fetch = run.store.fetches.of(source.name, _place(source))
    return fetch.body if fetch else {}


def _asked(
    run: Run, source: Source, known: Mapping[str, Any], page: Page | Came | None, coming: Pages, ways: Ways
) -> Came:
    """What came of one source, whatever went wrong."""
    way = source.collect
    try:
        if isinstance(page, Came):
            return page
        if isinstance(way, FromFolder):
            return folders.collect(run, source, way, known)
        if isinstance(way, FromMailbox):
            return mails.collect(run, source, way, known, ways.letters)
        return pages.collect(run, coming.of(source.name), known)
    except StoreError:
        raise
    except SourceError as error:
        return Came(outcome="failed", told=error.reason, body=known)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return Came(outcome="failed", told=f"{where}{error.strerror or type(error).__name__}", body=known)
    except BroadsheetError as error:
        return Came(outcome="failed", told=str(error), body=known)
    # A server can say what nobody has thought of; the digest of the other sources goes out all the same.
    except Exception as error:
        told = f"could not be collected, which is a fault of Broadsheet: {type(error).__name__}; please report it"
        return Came(outcome="failed", told=told, body=known)


def _written_down(run: Run, source: Source, known: Mapping[str, Any], came: Came) -> None:
    """Write down what the next run needs, and tell of it."""
    told, failed = line(came.told), came.outcome in ("later", "failed")
    # The same words at every failure: the operator is told of each once.
    alarms = (told,) if failed else tuple(map(line, came.alarms))
    body = {name: value for name, value in came.body.items() if name != "failures"}
    if failed:
        body["failures"] = times = int(known.get("failures", 0)) + came.asked
        told += f" ({times} times in a row)" if times > 1 else ""
    if came.asked:
        run.store.fetches.put(source.name, _place(source), run.now, came.outcome, told, body)
    files = tuple(whole(str(file.relative_to(run.setup.workspace.root))) for file in came.files)
    run.checked.append(Checked(source=source.name, outcome=came.outcome, told=told, files=files))
    for alarm in alarms:
        _alarm(run, source, alarm)


def _alarm(run: Run, source: Source, told: str) -> None:
    run.failures.append(SourceError(source.name, told))
    run.unread.append(
        SourceReport(
            dump=source.name,
            source=source.name,
            format=source.format,
            taken=None,
            taken_from=None,
            verdict="broken",
            reason=f"could not be collected: {told}",
            alarm=True,
        )
    )
