"""The two ways in which fetching goes wrong. Caught inside fetch: nobody else sees them."""

from __future__ import annotations


class Failed(Exception):
    """Will be the same at the next try: a person has to do something. Its text is one line for people."""


class Passing(Exception):
    """May be gone at the next try. Its text is one line for people."""

    def __init__(self, told: str, wait: int | None = None) -> None:
        super().__init__(told)
        #: Seconds that the server asks to wait; None where it said nothing.
        self.wait = wait
