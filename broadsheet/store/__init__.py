"""The one writer of state: SQLAlchemy Core over one SQLite file, or over PostgreSQL by its URL.

    archive.py   the raw dumps          schema.py, migrations/, migrate.py   the tables
    dumps.py parts.py papers.py log.py digests.py runs.py again.py                    what is asked of them
    engine.py locks.py failures.py bodies.py bulk.py                         how
    front.py     the Store, with a method for each question

Decides nothing: what is new, who is who and what a digest holds comes in as values.
"""

from __future__ import annotations

from .again import Listed, Stored
from .digests import Edition, Published
from .front import Store, open_store
from .runs import RunRecord

__all__ = ["Edition", "Listed", "Published", "RunRecord", "Store", "Stored", "open_store"]
