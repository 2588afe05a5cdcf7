"""Pages, feeds and API answers -> the inbox. Several hosts at a time, the requests to one of them in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from ..config import FromUrl, Source
from ..fetch import Answer, Validators, landing
from ..fetch.landing import Begun
from ..running import Run
from .came import Came, line, size

#: Hosts that are asked at the same time.
_HOSTS = 4
#: However long a server asks us to stay away: another morning it is asked again.
_LONGEST_PAUSE = timedelta(days=1)


class Getter(Protocol):
    """What broadsheet.fetch.Fetcher does, as far as it is used here; from several threads at once."""

    def get(self, url: str, *, validators: Validators, timeout: int, limit: int, allow_private: bool) -> Answer:
        """Ask for an address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be got."""

    source: Source
    way: FromUrl
    #: With the day in it.
    url: str
    validators: Validators
    #: The source's folder in the inbox.
    into: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """An answer, its content in a file that is not yet in its place."""

    page: Page
    answer: Answer
    begun: Begun | None


def page_of(run: Run, source: Source, way: FromUrl, known: Mapping[str, Any]) -> Page | Came:
    """What is to be got; what is told instead, where a server asked us to stay away."""
    # One further ahead than any pause was written by a clock that was wrong.
    if (until := known.get("not_before")) and timedelta(0) < (
        then := datetime.fromisoformat(until)
    ) - run.now <= _LONGEST_PAUSE:
        told = f"was not asked: {_host(way.url)} wants to be left alone until {then:%Y-%m-%d %H:%M} UTC"
        return Came(outcome="later", told=told, body=known, asked=False)
    url = way.url.replace("{day}", run.day.isoformat())
    into = run.setup.workspace.dumps / source.name
    validators = Validators()
    # An answer that is gone from the inbox before it was read must come once more.
    if known.get("url") == url and _is_kept(run, into, known):
        validators = Validators(etag=known.get("etag", ""), modified=known.get("modified", ""))
    return Page(source=source, way=way, url=url, validators=validators, into=into)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_kept(run: Run, into: Path, known: Mapping[str, Any]) -> bool:
    file, sha256 = known.get("file", ""), known.get("sha256", "")
    return bool(file) and ((into / file).is_file() or run.store.has_dump(sha256))


class Pages:
    """Gets pages in the background, from its begin to its end; a context manager.

    An end before all have come (an interruption) waits for nothing: threads end with the request they are at, and what
    they began is swept away by the next run.
    """

    def __init__(self, pages: Sequence[Page], getter: Callable[[], AbstractContextManager[Getter]]) -> None:
        self._found: dict[str, Future[Got]] = {page.source.name: Future() for page in pages}
        self._hosts: dict[str, list[Page]] = {}
        for page in pages:
            self._hosts.setdefault(_host(page.url), []).append(page)
        self._getter, self._turns, self._ended = getter, threading.Semaphore(_HOSTS), threading.Event()
        self._open: AbstractContextManager[Getter] | None = None

    def __enter__(self) -> Self:
        if self._hosts:
            self._open = self._getter()
            getter = self._open.__enter__()
            for host, pages in self._hosts.items():
                name = f"collecting from {host}"
                threading.Thread(target=self._ask, args=(getter, pages), name=name, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._open:
            self._open.__exit__(kind, error, trace)

    def of(self, source: str) -> Got:
        """What a source's page brought, once it has. Raises what getting or writing it raised."""
        return self._found[source].result()

    def _ask(self, getter: Getter, pages: Sequence[Page]) -> None:
        with self._turns:
            for page in pages:
                if self._ended.is_set():
                    return
                found = self._found[page.source.name]
                try:
                    found.set_result(_get(getter, page))
                # Told by whoever waits for it; without it, they would wait for ever.
                except BaseException as error:
                    found.set_exception(error)


def _get(getter: Getter, page: Page) -> Got:
    answer = getter.get(
        page.url,
        validators=page.validators,
        timeout=page.way.timeout,
        limit=page.way.limit_mib << 20,
        allow_private=page.way.allow_private,
    )
    begun = None
    if answer.state == "new":
        begun = landing.begin(page.into, [answer.content], media_type=answer.media_type)
    # Many answers wait for their turn: they do so on the disk.
    return Got(page=page, answer=replace(answer, content=b""), begun=begun)


def collect(run: Run, got: Got, known: Mapping[str, Any]) -> Came:
    """Put what came into its place. Raises OSError."""
    answer, page = got.answer, got.page
    body = {name: known[name] for name in ("file", "sha256") if name in known}
    if answer.state in ("later", "failed"):
        kept = {name: known[name] for name in ("url", "etag", "modified") if name in known}
        if answer.retry_after > 0:
            then = run.now + min(timedelta(seconds=answer.retry_after), _LONGEST_PAUSE)
            kept["not_before"] = then.astimezone(UTC).isoformat()
        return Came(outcome=answer.state, told=answer.told or "gave no answer", body=body | kept)
    body |= {"url": page.url, "etag": answer.validators.etag, "modified": answer.validators.modified}
    moved = (answer.told,) if answer.told else ()
    if got.begun is None:
        return _same(run, "nothing new", moved, body)
    if got.begun.sha256 == known.get("sha256") and _is_kept(run, page.into, known):
        got.begun.path.unlink()
        return _same(run, "nothing new: the same bytes as last time", moved, body)
    stem = f"{page.source.name}-{run.now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    place = landing.free(page.into, stem, got.begun.extension)
    landing.settle(got.begun, place)
    body |= {"file": place.name, "sha256": got.begun.sha256}
    told = line("; ".join((f"{place.name}, {size(got.begun.size)}", *moved)))
    return Came(outcome="new", told=told, body=body, files=(place,))


def _same(run: Run, told: str, moved: tuple[str, ...], body: Mapping[str, Any]) -> Came:
    """Nothing new came; which is no good news where what came last could not be read (a log-in page, say)."""
    if (why := run.store.why_broken(body.get("sha256", ""))) is not None:
        return Came(outcome="failed", told=f"answers as last time, which could not be read: {why}", body=body)
    return Came(outcome="same", told="; ".join((told, *moved)), body=body)
