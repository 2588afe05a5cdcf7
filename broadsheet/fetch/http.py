"""A page, feed or API answer by its address, politely and without trust in who answers.

Robots files are not asked for: a person wrote this one address into a configuration, as into a feed reader. Proxies of
the environment are not used, because a proxy resolves names itself and the guard against private addresses would look
at nothing. Bytes come back unread: what they are is for the parsers to say. An answer that says neither its length nor
its chunks ends where the connection does; whether such a one is whole, nobody can know.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from . import body, guard, replies
from .faults import Failed, Passing
from .pacing import Deadline, Pacing
from .replies import Answer, Validators

if TYPE_CHECKING:
    import ssl

    import httpcore
    import httpx

__all__ = ["Answer", "Fetcher", "Validators"]

#: Tries after the first one.
_RETRIES = 3
#: So many time-outs a whole get may last, with its redirects and retries, without waiting for its turn.
_PATIENCE = 10
#: Seconds. Who asks for a longer pause is asked again another morning.
_LONGEST_PAUSE = 60
_REDIRECTS = 5


@dataclass(slots=True, kw_only=True)
class _Errand:
    """One get, and how far it came."""

    address: str
    validators: Validators
    timeout: float
    limit: int
    private: bool
    deadline: Deadline
    #: Where it is now, for messages.
    at: str

    def answer(self, state: Literal["later", "failed"], fault: Exception, wait: int = 0) -> Answer:
        told = f"{self.at}: {fault}"
        if wait:
            told += f"; it asks to wait {wait} s"
        return Answer(state=state, validators=self.validators, told=told, retry_after=wait, url=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    location: str
    permanent: bool


class Fetcher:
    """Gets addresses, one request at a time at each host. A context manager; threads may share one.

    contact: how a server's operator reaches the user, a web or mail address; it is sent along with every request.
    spacing: seconds between two requests to one host (this machine excepted).
    ca: a file of certificate authorities to trust besides the usual ones.
    sleep, jitter (0 to 1), monotonic, resolve and backend stand in for the machine in tests.
    """

    def __init__(
        self,
        *,
        contact: str,
        version: str,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
        spacing: float = 3.0,
        ca: Path | None = None,
        resolve: guard.Resolve = guard.resolve,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        # A tenth of a second, which runs without such sources need not pay.
        import httpcore

        from . import urls, wire

        self._urls, self._wire = urls, wire
        self._agent = replies.agent(contact, version)
        self._sleep, self._jitter, self._monotonic = sleep, jitter, monotonic
        self._pacing = Pacing(spacing, sleep=sleep, monotonic=monotonic)
        self._resolve, self._backend = resolve, backend or httpcore.SyncBackend()
        self._ca, self._making = ca, Lock()
        self._context: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing stays open between two gets; a later version may keep connections."""

    def get(
        self,
        url: str,
        *,
        validators: Validators = Validators(),  # noqa: B008  (frozen)
        timeout: float = 30,
        limit: int = 64 << 20,
        allow_private: bool = False,
    ) -> Answer:
        """Ask for an address. Never raises for what servers, names and networks do.

        validators: what the last answer from there said, so that what has not changed is not sent again.
        timeout: seconds for connecting and for each piece; ten times as long for all of it.
        limit: bytes, counted after unpacking. allow_private: addresses of this machine and its network are asked too.
        """
        errand = _Errand(
            address=url,
            validators=validators,
            timeout=timeout,
            limit=limit,
            private=allow_private,
            deadline=Deadline(_PATIENCE * timeout, self._monotonic),
            at=replies.bare(url),
        )
        attempt = 0
        while True:
            try:
                return self._follow(errand)
            except Failed as fault:
                return errand.answer("failed", fault)
            except Passing as fault:
                pause = max(2.0**attempt * (0.5 + self._jitter()), fault.wait or 0)
                if attempt == _RETRIES or pause > _LONGEST_PAUSE or pause >= errand.deadline.left():
                    return errand.answer("later", fault, fault.wait or 0)
            attempt += 1
            self._sleep(pause)

    def _follow(self, errand: _Errand) -> Answer:
        """One try: the address, and where it redirects to."""
        errand.at = replies.bare(errand.address)
        url, seen, for_good = self._urls.parse(errand.address), set[str](), True
        while True:
            errand.at = self._urls.shown(url)
            self._urls.check_port(url, private=errand.private)
            seen.add(str(url))
            found = self._ask(url, errand)
            if isinstance(found, Answer):
                if for_good and len(seen) > 1:
                    found = replace(found, told=f"{replies.bare(errand.address)}: has moved to {errand.at} for good")
                return found
            for_good = for_good and found.permanent
            if len(seen) > _REDIRECTS:
                raise Failed(f"redirects more than {_REDIRECTS} times; check the address in a browser")
            try:
                url = self._urls.parse(found.location, url)
            except Failed as fault:
                raise Failed(f"redirects to {replies.bare(found.location)}: {fault}") from fault
            if str(url) in seen:
                raise Failed("redirects in a circle; check the address in a browser")

    def _ask(self, url: httpx.URL, errand: _Errand) -> Answer | _Moved:
        """One request."""
        # On this machine nobody minds, and another port is another server.
        host = self._urls.host(url)
        turn = nullcontext(0.0) if guard.is_this_machine(host) else self._pacing.turn(host)
        with turn as waited, self._connection(url, errand) as connection:
            errand.deadline.extend(waited)
            conditions = replies.conditions(errand.validators)
            response = connection.handle_request(self._wire.request(url, {**self._headers(), **conditions}))
            try:
                return self._taken(response, errand, conditional=bool(conditions))
            finally:
                response.close()

    def _taken(self, response: httpx.Response, errand: _Errand, *, conditional: bool) -> Answer | _Moved:
        headers = response.headers
        kind = replies.judge(response.status_code, headers, conditional=conditional)
        if kind == "moved":
            return _Moved(location=headers["location"], permanent=replies.permanent(response.status_code))
        if kind == "same":
            kept = replies.validators(headers, errand.validators)
            return Answer(state="same", validators=kept, url=errand.at)
        content = body.read(
            response.iter_raw(),
            coding=headers.get("content-encoding", "").strip().lower(),
            promised=headers.get("content-length", ""),
            limit=errand.limit,
        )
        return Answer(
            state="new",
            content=content,
            media_type=replies.media_type(headers),
            validators=replies.validators(headers, Validators()),
            url=errand.at,
        )

    def _headers(self) -> dict[str, str]:
        return {"User-Agent": self._agent, "Accept": replies.ACCEPT, "Accept-Encoding": "gzip"}

    def _connection(self, url: httpx.URL, errand: _Errand) -> httpx.BaseTransport:
        return self._wire.Wire(
            deadline=errand.deadline,
            timeout=errand.timeout,
            private=errand.private,
            context=self._trust() if url.scheme == "https" else None,
            resolve=self._resolve,
            backend=self._backend,
        )

    def _trust(self) -> ssl.SSLContext:
        with self._making:
            if self._context is None:
                self._context = self._wire.trust(self._ca)
            return self._context
