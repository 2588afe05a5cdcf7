"""What is owed to receivers, who asked to be left out, and what is known of the places dumps are fetched from.

Frozen: what changes later is a migration of its own.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)

revision = "0003"
down_revision = "0002"

KEY = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _outbox()
    op.create_table(
        "leavers",
        Column("receiver", KEY, primary_key=True),
        Column("profile", KEY, primary_key=True),
        Column("at", KEY, nullable=False),
        Column("told", Text, nullable=False),
    )
    op.create_table(
        "fetches",
        Column("source", KEY, primary_key=True),
        Column("place", KEY, primary_key=True),
        Column("checked", KEY, nullable=False),
        Column("outcome", KEY, nullable=False),
        Column("told", Text, nullable=False),
        Column("body", Text, nullable=False),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        Column("id", NUMBER, primary_key=True),
        Column("profile", KEY, nullable=False),
        Column("day", KEY, nullable=False),
        Column("delivery", KEY, nullable=False),
        Column("kind", KEY, nullable=False),
        Column("receiver", KEY, nullable=False),
        Column("state", KEY, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("not_before", KEY),
        Column("since", KEY, nullable=False),
        Column("message_id", KEY),
        Column("sha256", KEY),
        Column("error", Text, nullable=False, server_default=""),
        Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
        UniqueConstraint("message_id"),
        UniqueConstraint("profile", "day", "delivery", "receiver"),
        ForeignKeyConstraint(["profile", "day"], ["digests.profile", "digests.day"]),
    )
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_table(
        "outbox_bodies",
        Column("message", NUMBER, ForeignKey("outbox.id"), primary_key=True),
        Column("body", LargeBinary, nullable=False),
    )
    op.create_table(
        "outbox_events",
        Column("id", NUMBER, primary_key=True),
        Column("message", NUMBER, ForeignKey("outbox.id"), nullable=False),
        Column("at", KEY, nullable=False),
        Column("before", KEY, nullable=False),
        Column("after", KEY, nullable=False),
        Column("told", Text, nullable=False),
    )
    op.create_index("ix_outbox_events_message", "outbox_events", ["message"])
