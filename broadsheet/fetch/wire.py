"""HTTP itself: one request, one answer, over a connection to an address that was looked at. Imports httpx; see http.

There is no httpx.Client here: one would keep cookies, and take proxies, passwords (.netrc) and certificates from the
environment. A proxy would also resolve names itself, so that no guard on this side could say where a request goes.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpcore
import httpx

from . import guard
from .faults import Failed, Passing
from .pacing import Deadline


def trust(ca: Path | None) -> ssl.SSLContext:
    """What certificates are checked against: Mozilla's list, the system's own, and one more file."""
    context = httpx.create_ssl_context(trust_env=False)
    # An institute's own authority stands in the system's list.
    context.load_default_certs()
    if ca is not None:
        context.load_verify_locations(ca)
    return context


def request(url: httpx.URL, headers: Mapping[str, str]) -> httpx.Request:
    """A GET with these headers and the host's name, and nothing else."""
    # Said here, because httpx would look at url.host for it.
    return httpx.Request("GET", url, headers={"Host": url.netloc.decode("ascii"), **headers, "Connection": "close"})


class Wire(httpx.BaseTransport):
    """Connections for the requests of one `get`; each is closed after its answer."""

    def __init__(
        self,
        *,
        deadline: Deadline,
        timeout: float,
        private: bool,
        context: ssl.SSLContext | None,
        resolve: guard.Resolve,
        backend: httpcore.NetworkBackend,
    ) -> None:
        self._timeout, self._deadline = timeout, deadline
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            network_backend=_Backend(backend, deadline, private, resolve),
            # Between two requests to a host lie seconds: a kept connection would mostly be found dead.
            max_keepalive_connections=0,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx. Raises Failed and Passing, also while the answer's parts are read."""
        with self._faults():
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)},
                )
            )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Parts(answer, self._faults))

    def close(self) -> None:
        """Let go of every connection."""
        self._pool.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except httpcore.TimeoutException as error:
            # Of an answer that drips, the last piece is only waited for as long as all may last.
            self._deadline.within(None)
            raise Passing(f"did not answer within {self._timeout:g} s") from error
        except httpcore.ProtocolError as error:
            if "closed connection" in str(error) or "disconnected" in str(error):
                raise Passing("broke off before the end") from error
            # The error quotes what the server sent: not for our messages.
            raise Passing("does not answer as a web server does") from error
        except (httpcore.NetworkError, OSError) as error:
            raise _network_fault(error) from error


def _network_fault(error: Exception) -> Failed | Passing:
    cause = error
    # httpcore hands on what it wraps as an argument, and not always as the cause.
    while cause.args and isinstance(cause.args[0], Exception):
        cause = cause.args[0]
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Failed(
            f"its certificate is not to be trusted ({cause.verify_message}); "
            "check the address, or add its authority to the system's certificates"
        )
    if isinstance(cause, ssl.SSLError):
        return Passing(f"TLS did not come about ({(cause.reason or 'broken off').replace('_', ' ').lower()})")
    if isinstance(cause, OSError) and cause.strerror:
        return Passing(f"cannot be reached: {cause.strerror}")
    return Passing("cannot be reached")


class _Parts(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, faults: Any) -> None:
        self._answer, self._faults = answer, faults

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._answer.stream, Iterable)  # noqa: S101  (a synchronous pool gives nothing else)
        with self._faults():
            yield from self._answer.stream

    def close(self) -> None:
        with self._faults():
            self._answer.close()


class _Backend(httpcore.NetworkBackend):
    """Looks at addresses before it connects, and holds everything to the deadline."""

    def __init__(
        self, inner: httpcore.NetworkBackend, deadline: Deadline, private: bool, resolve: guard.Resolve
    ) -> None:
        self._inner, self._deadline, self._private, self._resolve = inner, deadline, private, resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        found = self._resolve(host, self._deadline.within(timeout))
        *others, last = guard.allowed(found, private=self._private)
        # A dead address (IPv6 that leads nowhere, mostly) leaves time for the next one.
        share = None if timeout is None else timeout / (len(others) + 1)
        for address in others:
            try:
                return self._connect(address, port, share, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(last, port, share, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        within = self._deadline.within(timeout)
        return _Stream(
            self._inner.connect_tcp(address, port, within, socket_options=socket_options),
            self._deadline,
        )


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
