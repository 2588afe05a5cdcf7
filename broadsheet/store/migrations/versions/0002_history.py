"""What later dumps of a source are measured against, and which changes come of re-reading old dumps.

Frozen: what changes later is a migration of its own.
"""

from __future__ import annotations

import json

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text, text

revision = "0002"
down_revision = "0001"

KEY = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the columns, and fill those of the dumps from the reports of what they brought."""
    for column in (Column("verdict", KEY), Column("entries", Integer), Column("newest", KEY)):
        op.add_column("dumps", column)
    op.add_column("changes", Column("reparsed", Integer, nullable=False, server_default="0"))
    connection = op.get_bind()
    fill = text("UPDATE dumps SET verdict = :verdict, entries = :entries WHERE sha256 = :sha256")
    # The last report of a dump is the one that holds.
    for sha256, body in connection.execute(text("SELECT sha256, body FROM reports ORDER BY id")).all():
        told = json.loads(body)
        connection.execute(fill, {"sha256": sha256, "verdict": told.get("verdict"), "entries": told.get("entries", 0)})
