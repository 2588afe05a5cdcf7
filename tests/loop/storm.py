"""Senders killed while they mail: at every step of the conversation, or at any moment at all; real commands too."""

from __future__ import annotations

import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess

from tests.loop import senders
from tests.loop.gate import DOUBTFUL, STEPS
from tests.loop.house import House

#: Of the kills, how many (one in so many) come at the worst of moments, and how many hit the real command.
_DOUBTFUL, _REAL = 8, 12
#: Seconds: how long a sender lives at most, when nobody says at which step it is to die.
_LIFE = 0.12


@dataclass(kw_only=True)
class Storm:
    """Kills, and where they hit."""

    house: House
    chance: random.Random
    context: ForkServerContext = field(default_factory=senders.clean_context)
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many were killed."""
        return self.kills.total()

    def until(self, total: int) -> None:
        """Kill senders until there were so many, while mails are owed."""
        while self.total < total and (pending := len(self.house.messages("pending", "claimed", "dot"))):
            self._one(pending)

    def _one(self, pending: int) -> None:
        real = self.chance.randrange(_REAL) == 0
        if pending > 3 and not real and self.chance.randrange(6) == 0:
            self._anywhere()
        elif pending > 2 and self.chance.randrange(_DOUBTFUL) == 0:
            self.at(self.chance.choice(DOUBTFUL), real=real)
        else:
            countdown = 2 if pending > 4 and self.chance.randrange(4) == 0 else 1
            self.at(self.chance.choice(STEPS[:4]), countdown, real=real)

    def _anywhere(self) -> None:
        # Whoever comes as far as the third mail waits there: something must be left for the next one.
        trap = self.house.gate.trap("RCPT", 3)
        process = self._begin()
        process.join(self.chance.uniform(0, _LIFE))
        process.kill()
        process.join()
        self.house.gate.open(trap)
        self.house.gate.rest()
        self.kills["any moment"] += process.exitcode == -signal.SIGKILL

    def at(self, step: str, countdown: int = 1, *, real: bool = False, words: tuple[str, ...] = ()) -> None:
        """Kill one at a step; words: this real command, in place of a sender that only sends."""
        trap = self.house.gate.trap(step, countdown)
        if real or words:
            command = self.house.start(*(words or ("deliver", "--retry")))
            while not trap.reached.wait(0.02) and command.poll() is None:
                pass
            command.kill()
            command.communicate()
            killed = command.returncode == -signal.SIGKILL
        else:
            process = self._begin()
            while not trap.reached.wait(0.02) and process.is_alive():
                pass
            process.kill()
            process.join()
            killed = process.exitcode == -signal.SIGKILL
        self.house.gate.open(trap)
        self.house.gate.rest()
        self.kills[f"{step}{' of a command' if real or words else ''}"] += killed

    def _begin(self) -> ForkServerProcess:
        return senders.begin(self.context, self.house.root / "desk", self.house.now, self.house.environment)


def run_words(day: str) -> tuple[str, ...]:
    """The daily run, as words."""
    return ("run", "--plain", "--date", day)
