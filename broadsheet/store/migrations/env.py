"""What Alembic runs: the migrations, inside the transaction that broadsheet.store.migrate began.

Does not connect and does not commit.
"""

from __future__ import annotations

from alembic import context

from broadsheet.store.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
