"""The one writer of state: SQLAlchemy Core over one SQLite file, or over PostgreSQL by its URL.

    archive.py   the raw dumps          schema.py, migrations/, migrate.py   the tables
    dumps.py parts.py papers.py log.py digests.py runs.py again.py           what is asked of them
    fetches.py leavers.py outbox.py                                          the same, of the places and receivers
    engine.py locks.py failures.py bodies.py bulk.py                         how
    front.py     the Store, with a method for each question

Decides nothing: what is new, who is who and what a digest holds comes in as values.
"""

from __future__ import annotations

from .again import Listed, Stored
from .digests import Edition, Published
from .fetches import Fetch, Fetches
from .front import Store, open_store
from .leavers import EVERY, Leaver, Leavers, has_left
from .outbox import OPEN, STATES, UNDECIDED, Decision, Event, Message, Outbox, Owed
from .runs import RunRecord

__all__ = [
    "EVERY",
    "OPEN",
    "STATES",
    "UNDECIDED",
    "Decision",
    "Edition",
    "Event",
    "Fetch",
    "Fetches",
    "Leaver",
    "Leavers",
    "Listed",
    "Message",
    "Outbox",
    "Owed",
    "Published",
    "RunRecord",
    "Store",
    "Stored",
    "has_left",
    "open_store",
]
