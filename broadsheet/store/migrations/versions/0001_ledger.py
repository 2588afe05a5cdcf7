"""The store as it began: dumps, papers, the log, digests.

Frozen: what changes later is a migration of its own.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Text,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None

KEY = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer, "sqlite")
COMING_AND_GOING = text("kind IN ('gone', 'returned')")


def upgrade() -> None:
    """Create every table."""
    _dumps()
    _papers()
    _log()
    _digests()


def _dumps() -> None:
    op.create_table(
        "runs",
        Column("id", NUMBER, primary_key=True),
        Column("day", KEY, nullable=False),
        Column("started", KEY, nullable=False),
        Column("ended", KEY),
        Column("exit_code", Integer),
        Column("report", Text),
    )
    op.create_table(
        "dumps",
        Column("id", NUMBER, primary_key=True),
        Column("sha256", KEY, nullable=False),
        Column("source", KEY, nullable=False),
        Column("name", Text, nullable=False),
        Column("size", NUMBER, nullable=False),
        Column("state", KEY, nullable=False),
        Column("format", KEY),
        Column("taken", KEY),
        Column("taken_from", Text),
        Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
        UniqueConstraint("sha256"),
    )
    op.create_index("ix_dumps_source_taken", "dumps", ["source", "taken"])
    op.create_table(
        "arrivals",
        Column("id", NUMBER, primary_key=True),
        Column("sha256", KEY, nullable=False),
        Column("name", KEY, nullable=False),
        Column("modified", KEY, nullable=False),
        Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
        UniqueConstraint("sha256", "name", "modified"),
    )
    op.create_table(
        "reports",
        Column("id", NUMBER, primary_key=True),
        Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
        Column("sha256", KEY, nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_index("ix_reports_run", "reports", ["run"])
    op.create_table(
        "problems",
        Column("dump", NUMBER, ForeignKey("dumps.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("first", Integer),
        Column("last", Integer),
        Column("level", KEY, nullable=False),
        Column("reason", Text, nullable=False),
        Column("text", Text, nullable=False),
    )


def _papers() -> None:
    op.create_table(
        "papers",
        Column("guid", KEY, primary_key=True),
        Column("title", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("first_seen", KEY, nullable=False),
        Column("last_seen", KEY, nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_table(
        "aliases",
        Column("alias", KEY, primary_key=True),
        Column("guid", KEY, ForeignKey("papers.guid"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_aliases_guid", "aliases", ["guid"])
    op.create_table(
        "entries",
        Column("dump", NUMBER, ForeignKey("dumps.id"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("guid", KEY, ForeignKey("papers.guid"), nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_index("ix_entries_guid", "entries", ["guid"])


def _log() -> None:
    op.create_table(
        "changes",
        Column("seq", NUMBER, primary_key=True, autoincrement=False),
        Column("kind", KEY, nullable=False),
        Column("guid", KEY, ForeignKey("papers.guid"), nullable=False),
        Column("dump", NUMBER, ForeignKey("dumps.id"), nullable=False),
        Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
        Column("late", Integer, nullable=False),
        Column("fields", Text, nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_index("ix_changes_guid", "changes", ["guid"])
    op.create_index("ix_changes_run", "changes", ["run"])
    op.create_index(
        "ix_changes_coming_and_going",
        "changes",
        ["dump"],
        sqlite_where=COMING_AND_GOING,
        postgresql_where=COMING_AND_GOING,
    )


def _digests() -> None:
    op.create_table(
        "profiles",
        Column("name", KEY, primary_key=True),
        Column("sha256", KEY, primary_key=True),
        Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_table(
        "digests",
        Column("profile", KEY, primary_key=True),
        Column("day", KEY, primary_key=True),
        Column("from_seq", NUMBER, nullable=False),
        Column("to_seq", NUMBER, nullable=False),
        Column("to_report", NUMBER, nullable=False),
        Column("sha256", KEY, nullable=False),
        Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
        Column("published", Integer, nullable=False),
        Column("body", Text, nullable=False),
        ForeignKeyConstraint(["profile", "sha256"], ["profiles.name", "profiles.sha256"]),
    )
    op.create_table(
        "digest_items",
        Column("profile", KEY, primary_key=True),
        Column("day", KEY, primary_key=True),
        Column("section", KEY, primary_key=True),
        Column("rank", Integer, primary_key=True),
        Column("seq", NUMBER, ForeignKey("changes.seq"), nullable=False),
        Column("guid", KEY, ForeignKey("papers.guid"), nullable=False),
        Column("score", Float, nullable=False),
        UniqueConstraint("profile", "seq"),
        ForeignKeyConstraint(["profile", "day"], ["digests.profile", "digests.day"]),
    )
    op.create_index("ix_digest_items_guid", "digest_items", ["guid"])
    op.create_table(
        "artifacts",
        Column("profile", KEY, primary_key=True),
        Column("day", KEY, primary_key=True),
        Column("name", KEY, primary_key=True),
        Column("media_type", Text, nullable=False),
        Column("sha256", KEY, nullable=False),
        Column("size", NUMBER, nullable=False),
        ForeignKeyConstraint(["profile", "day"], ["digests.profile", "digests.day"]),
    )
