"""A Prefect server that lives as long as the process that needs it.

Prefect can start one itself; that one outlives a killed run as an orphan, dies of the Ctrl-C that its run wants to
report, and where it cannot start, is started again and again until the time-out. This one ends when its standard input
does, which happens whichever way the parent ends; it has a session of its own; and when it dies, the waiting is over.
Imports nothing of Prefect in the parent, which imports it while the server starts.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from broadsheet.errors import BroadsheetError

#: Starting takes 3 to 6 seconds, and was seen to take 60 on an overloaded machine.
_PATIENCE = 120
_GRACE = 5
#: What a run can do without a server; its page cannot.
_WAY = "; use --plain to run without it"


@contextmanager
def server(home: Path, *, port: int = 0, page: bool = False) -> Iterator[Callable[[], str]]:
    """Start a server on this machine; gives a function that waits until it is up and returns its API's URL.

    home: the folder it keeps its database in, also by its settings; made if missing. port: 0 for any free one. page:
    with Prefect's web page and scheduler, without which only runs are recorded. Raises BroadsheetError, as does the
    function, where the server cannot start.
    """
    way = "" if page else _WAY
    with _turn(home, way) as turn, _listen(port) as listener, _log(home, kept=page) as log:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        process = _start(listener, turn, page=page, log=log)
        # From now on only the child holds the port: when it dies, whoever waits for it is told at once.
        listener.close()

        def ready() -> str:
            _wait(address, process, log, way)
            fcntl.flock(turn, fcntl.LOCK_UN)
            return address

        try:
            yield ready
        finally:
            _stop(process)


def _turn(home: Path, way: str) -> IO[bytes]:
    """Wait for servers that are starting on the same database: two that make its tables at once break each other.

    The turn is over when the file is unlocked, or both this process and the child that inherits it have ended.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        turn = (home / "starting.lock").open("ab")
        fcntl.flock(turn, fcntl.LOCK_EX)
    except OSError as error:
        raise BroadsheetError(f"{home}: Prefect cannot write there: {error.strerror}{way}") from error
    return turn


def _log(home: Path, *, kept: bool) -> IO[bytes]:
    """Where the server's words go: to home/server.log, or to a file that is gone when this process is."""
    return (home / "server.log").open("w+b") if kept else tempfile.TemporaryFile()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise BroadsheetError(
            f"Prefect's server cannot have port {port or 'any'} of 127.0.0.1: {error.strerror}; "
            "free it, or name another one in PREFECT_SERVER_API_PORT"
        ) from error
    return listener


def _start(listener: socket.socket, turn: IO[bytes], *, page: bool, log: IO[bytes]) -> subprocess.Popen[bytes]:
    # -P: this folder must not become the place where the child looks for modules called "server" or "run".
    command = [sys.executable, "-P", __file__, str(listener.fileno()), "page" if page else "record"]
    return subprocess.Popen(  # noqa: S603  (our own file)
        command,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        pass_fds=(listener.fileno(), turn.fileno()),
        start_new_session=True,
    )


def _wait(address: str, process: subprocess.Popen[bytes], log: IO[bytes], way: str) -> None:
    """Wait for the server's first answer; the connection is held in the listener's queue until then."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address}/health", timeout=_PATIENCE):
            return
    except OSError as error:
        _stop(process)
        log.seek(0)
        reason = _last_words(log.read().decode(errors="replace")) or str(error)
        raise BroadsheetError(f"Prefect's server did not start: {reason}{way}") from error


def _last_words(log: str) -> str:
    """The line of a log that says most about its end: the last that names an exception, else the last at all."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Exit)\b", line)]
    return (named or lines or [""])[-1]


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(timeout=2 * _GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)


def _serve(descriptor: int, *, page: bool) -> None:
    """The child: a Prefect server on a socket that listens already."""
    threading.Thread(target=_end_with_parent, daemon=True).start()

    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app(ephemeral=not page, final=True)
    config = uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    _serve(int(sys.argv[1]), page=sys.argv[2] == "page")
