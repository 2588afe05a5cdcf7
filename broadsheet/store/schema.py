"""The tables of the store as they are now. How a store comes to have them is told in migrations/.

Portable between SQLite and PostgreSQL: times are text (UTC, ISO 8601, always with six decimals, so that they sort),
bodies are JSON in text columns, beside the columns that are queried. Text is never sorted by the database, whose
collations differ, except under "C".
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

#: "BSHT": what file(1) and other programs see in the header of our SQLite files.
APPLICATION_ID = 0x42534854
#: Every schema this program can read or migrate, oldest first; the last is the one it writes.
REVISIONS = ("0001", "0002", "0003")
#: Not Alembic's usual name: in a PostgreSQL database shared with the orchestrator that one is taken.
VERSION_TABLE = "broadsheet_version"

#: Text that is compared or sorted, byte by byte.
KEY = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: One row for each time the program ran; ended is null while it runs, and for good when it was killed.
runs = Table(
    "runs",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("day", KEY, nullable=False),
    Column("started", KEY, nullable=False),
    Column("ended", KEY),
    Column("exit_code", Integer),
    Column("report", Text),
)

#: One row for each content that was read, or could not be; state is "read" or "broken", "reading" while a large one is
#: written in parts, and "opened" for a container of which all was read.
dumps = Table(
    "dumps",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("sha256", KEY, nullable=False, unique=True),
    Column("source", KEY, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", NUMBER, nullable=False),
    Column("state", KEY, nullable=False),
    Column("format", KEY),
    Column("taken", KEY),
    Column("taken_from", Text),
    Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
    # What later dumps of the source are measured against: its verdict, its size, the latest date on one of its papers.
    Column("verdict", KEY),
    Column("entries", Integer),
    Column("newest", KEY),
    Index(None, "source", "taken"),
)

#: One row for each file that was seen, whether its content was known or not.
arrivals = Table(
    "arrivals",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("sha256", KEY, nullable=False),
    Column("name", KEY, nullable=False),
    Column("modified", KEY, nullable=False),
    Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
    UniqueConstraint("sha256", "name", "modified"),
)

#: What the dumps brought to the runs, in the order it happened: a second log, beside changes.
reports = Table(
    "reports",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("run", NUMBER, ForeignKey("runs.id"), nullable=False, index=True),
    Column("sha256", KEY, nullable=False),
    Column("body", Text, nullable=False),
)

problems = Table(
    "problems",
    metadata,
    Column("dump", NUMBER, ForeignKey("dumps.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first", Integer),
    Column("last", Integer),
    Column("level", KEY, nullable=False),
    Column("reason", Text, nullable=False),
    Column("text", Text, nullable=False),
)

#: version is 0 for a paper that no dump lists any more, since a better parser read them; only the log knows it.
papers = Table(
    "papers",
    metadata,
    Column("guid", KEY, primary_key=True),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("first_seen", KEY, nullable=False),
    Column("last_seen", KEY, nullable=False),
    Column("body", Text, nullable=False),
)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", KEY, primary_key=True),
    Column("guid", KEY, ForeignKey("papers.guid"), nullable=False, index=True),
    # The key is the row: no second tree to keep, and one page less for each look-up.
    sqlite_with_rowid=False,
)

entries = Table(
    "entries",
    metadata,
    Column("dump", NUMBER, ForeignKey("dumps.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("guid", KEY, ForeignKey("papers.guid"), nullable=False, index=True),
    Column("body", Text, nullable=False),
)

#: The log. body is the paper as it was right after the change.
changes = Table(
    "changes",
    metadata,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("kind", KEY, nullable=False),
    Column("guid", KEY, ForeignKey("papers.guid"), nullable=False, index=True),
    Column("dump", NUMBER, ForeignKey("dumps.id"), nullable=False),
    Column("run", NUMBER, ForeignKey("runs.id"), nullable=False, index=True),
    Column("late", Integer, nullable=False),
    Column("fields", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("reparsed", Integer, nullable=False, server_default="0"),
)
# Few rows of a long log: those of sources that are full listings. PostgreSQL has the condition by its migration: named
# here, it would load that dialect for every command.
Index("ix_changes_coming_and_going", changes.c.dump, sqlite_where=text("kind IN ('gone', 'returned')"))

#: Every version of a profile that a digest was cut with.
profiles = Table(
    "profiles",
    metadata,
    Column("name", KEY, primary_key=True),
    Column("sha256", KEY, primary_key=True),
    Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
    Column("body", Text, nullable=False),
)

#: The frozen digests. A profile's watermark is its greatest to_seq; to_report is the same for the reports.
digests = Table(
    "digests",
    metadata,
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

#: The rows a digest shows. Their unique key is the guard that no reader is told a change twice.
digest_items = Table(
    "digest_items",
    metadata,
    Column("profile", KEY, primary_key=True),
    Column("day", KEY, primary_key=True),
    Column("section", KEY, primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("seq", NUMBER, ForeignKey("changes.seq"), nullable=False),
    Column("guid", KEY, ForeignKey("papers.guid"), nullable=False, index=True),
    Column("score", Float, nullable=False),
    UniqueConstraint("profile", "seq"),
    ForeignKeyConstraint(["profile", "day"], ["digests.profile", "digests.day"]),
)

#: The files a digest was published as.
artifacts = Table(
    "artifacts",
    metadata,
    Column("profile", KEY, primary_key=True),
    Column("day", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("sha256", KEY, nullable=False),
    Column("size", NUMBER, nullable=False),
    ForeignKeyConstraint(["profile", "day"], ["digests.profile", "digests.day"]),
)

#: What is owed to receivers: one row is one message to one of them. state is "pending", "claimed" while it is sent,
#: "dot" while the server may have it and has not said so, then "sent", "held" (nobody knows), "failed" (refused for
#: good), "expired" (too old) or "cancelled". attempt fences: whoever settles a row must name the attempt it claimed.
outbox = Table(
    "outbox",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("profile", KEY, nullable=False),
    Column("day", KEY, nullable=False),
    Column("delivery", KEY, nullable=False),
    Column("kind", KEY, nullable=False),
    Column("receiver", KEY, nullable=False),
    Column("state", KEY, nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    # Not before this time; null for at once.
    Column("not_before", KEY),
    # The day its age is counted from.
    Column("since", KEY, nullable=False),
    Column("message_id", KEY, unique=True),
    # The bytes are made once, at the first attempt, and are in outbox_bodies from then on.
    Column("sha256", KEY),
    Column("error", Text, nullable=False, server_default=""),
    Column("run", NUMBER, ForeignKey("runs.id"), nullable=False),
    UniqueConstraint("profile", "day", "delivery", "receiver"),
    ForeignKeyConstraint(["profile", "day"], ["digests.profile", "digests.day"]),
)

#: The bytes of messages, compressed.
outbox_bodies = Table(
    "outbox_bodies",
    metadata,
    Column("message", NUMBER, ForeignKey("outbox.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

#: What became of them: append only.
outbox_events = Table(
    "outbox_events",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("message", NUMBER, ForeignKey("outbox.id"), nullable=False, index=True),
    Column("at", KEY, nullable=False),
    Column("before", KEY, nullable=False),
    Column("after", KEY, nullable=False),
    Column("told", Text, nullable=False),
)

#: Receivers that asked to be left out of a profile's digests.
leavers = Table(
    "leavers",
    metadata,
    Column("receiver", KEY, primary_key=True),
    Column("profile", KEY, primary_key=True),
    Column("at", KEY, nullable=False),
    Column("told", Text, nullable=False),
)

#: What is known of the places that dumps are fetched from: one row for each URL or mailbox. body is JSON: validators
#: of HTTP, the last UID of a mailbox, failures in a row.
fetches = Table(
    "fetches",
    metadata,
    Column("source", KEY, primary_key=True),
    Column("place", KEY, primary_key=True),
    Column("checked", KEY, nullable=False),
    Column("outcome", KEY, nullable=False),
    Column("told", Text, nullable=False),
    Column("body", Text, nullable=False),
)
