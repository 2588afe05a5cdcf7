"""Between the sender and its mail server: every line goes through, and may be held at any step of the conversation.

    with Gate(chance) as gate:
        gate.to = 2525                      # the server behind it; None: nobody is there
        trap = gate.trap("DATA", 2)         # at the second mail's DATA ...
        trap.reached.wait(10)               # ... the client waits for an answer: the moment to kill it
        gate.open(trap)

Steps: EHLO, MAIL, RCPT, DATA (each: the server has answered, the client has not heard it), "dot" (the client has sent
all, and the server never hears the final dot), "answer" (the server has the mail, and the client has not heard so).
Speaks no TLS and no pipelining, which our own client does not use either.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Self

STEPS = ("EHLO", "MAIL", "RCPT", "DATA", "dot", "answer")
#: Of these, the ones after which nobody but the server knows whether it has the mail.
DOUBTFUL = ("dot", "answer")
#: Seconds: what each answer is kept back, at most; what a trap holds, at most.
_DELAY, _PATIENCE = 0.004, 60


@dataclass(eq=False)
class Trap:
    """Where the conversation is held."""

    step: str
    #: At the how manieth time that this step comes.
    countdown: int
    reached: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


class Gate:
    """See the module's docstring."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._trap: Trap | None = None
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.to: int | None = None
        #: Messages that the server took, by Message-ID.
        self.taken: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=32)
        self.port: int = self._listener.getsockname()[1]

    def trap(self, step: str, countdown: int = 1) -> Trap:
        """Hold the next conversation that comes there."""
        self._trap = Trap(step, countdown)
        return self._trap

    def open(self, trap: Trap) -> None:
        """Let go on what is held; no other is held by this trap."""
        self._trap = None
        trap.over.set()

    def rest(self) -> None:
        """Wait until no conversation is going on."""
        while threads := [thread for thread in self._threads if thread.is_alive()]:
            threads[0].join()
        self._threads.clear()

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._trap:
            self.open(self._trap)
        # Closing alone would leave the thread in accept() for ever.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        self.rest()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            if self.to is None:
                return
            with socket.create_connection(("127.0.0.1", self.to), 20) as server:
                client.settimeout(_PATIENCE)
                with client.makefile("rb") as asked, server.makefile("rb") as said:
                    client.sendall(_answer(said))
                    while command := asked.readline():
                        server.sendall(command)
                        answer = _answer(said)
                        self._step(command[:4].decode("ascii", "replace").upper())
                        client.sendall(answer)
                        if answer.startswith(b"354"):
                            self._mail(client, server, asked, said)

    def _mail(self, client: socket.socket, server: socket.socket, asked: BinaryIO, said: BinaryIO) -> None:
        name = ""
        while (line := asked.readline()) != b".\r\n":
            if not line:
                # The client died in the middle of it: the server must not take half a mail for a whole one.
                raise ConnectionAbortedError
            if not name and line.lower().startswith(b"message-id:"):
                name = line.partition(b":")[2].strip().decode("ascii", "replace")
            server.sendall(line)
        if self._step("dot"):
            raise ConnectionAbortedError
        server.sendall(b".\r\n")
        answer = _answer(said)
        if answer.startswith(b"2"):
            with self._lock:
                self.taken[name] += 1
        self._step("answer")
        client.sendall(answer)

    def _step(self, step: str) -> bool:
        """Hold it here if that is wanted; whether it was."""
        with self._lock:
            pause = self._chance.uniform(0, _DELAY)
            trap = self._trap
            caught = trap is not None and trap.step == step
            if caught and trap:
                trap.countdown -= 1
                caught = trap.countdown == 0
        threading.Event().wait(pause)
        if not caught or trap is None:
            return False
        trap.reached.set()
        trap.over.wait(_PATIENCE)
        return True


def _answer(said: BinaryIO) -> bytes:
    """A whole answer of a server, of one line or several."""
    lines = [said.readline()]
    while lines[-1][3:4] == b"-":
        lines.append(said.readline())
    if not lines[-1]:
        raise ConnectionAbortedError
    return b"".join(lines)
