"""A part of the store with methods of its own, over the store's transactions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection


class Section:
    """Every method of one is one transaction, and raises StoreError."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        """Begin transactions that read, and that write, by these."""
        self._reading = reading
        self._writing = writing
