"""Whether work grows with its size or faster: a ratio in one process, never a number of seconds."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """CPU time of a call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def grows_linearly(work: Callable[[int], object], small: int) -> bool:
    """Whether ten times the size costs less than forty times as much; quadratic work, at a hundred, never does."""

    def once() -> bool:
        one, ten = seconds(lambda: work(small)), seconds(lambda: work(10 * small))
        return ten < 40 * max(one, 0.02)

    # A busy machine or the garbage of other tests may spoil a measurement; it cannot make quadratic work look linear.
    return any(once() for _ in range(4))
