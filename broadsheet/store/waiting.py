"""What waits for a profile's next digest: changes and reports behind all that its digests cover."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, exists, func, or_, select

from . import digests, schema


def latest(connection: Connection, profile: str, start: date) -> date | None:
    """The latest day of a run that brought what no digest of the profile covers; None where nothing waits.

    start: before its first digest, only runs of this day or later count. What re-reading old dumps mended tells readers
    nothing, and does not wait.
    """
    runs, log, reports = schema.runs, schema.changes, schema.reports
    mark, told = digests.watermark(connection, profile), digests.reported(connection, profile)
    changed = exists().where(log.c.run == runs.c.id, log.c.seq > (mark or 0), log.c.reparsed == 0)
    reported = exists().where(reports.c.run == runs.c.id, reports.c.id > (told or 0))
    rows = select(func.max(runs.c.day)).where(or_(changed, reported))
    if mark is None:
        rows = rows.where(runs.c.day >= start.isoformat())
    found = connection.execute(rows).scalar_one()
    return None if found is None else date.fromisoformat(found)
