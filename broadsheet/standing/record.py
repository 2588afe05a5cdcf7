"""How things stand as `broadsheet status --json` prints it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..store.outbox import Message
from ..types import SourceReport
from .concerns import concerns
from .values import Collected, Past, Reader, Standing

#: What of a run's report stands in the record.
_REPORTED = ("error", "new", "updated", "dumps", "failures", "reparsed", "seconds", "outbox")


def record(standing: Standing) -> dict[str, Any]:
    """The whole of it. Keys stay what they are; times are ISO 8601 in UTC, days YYYY-MM-DD, unknown is null.

    workspace       its folder
    now             when this was
    well            whether nothing needs a look; then `concerns` is empty
    concerns        kind (config, run, schedule, source, place, outbox), what, remedy
    mistakes        of the configuration, as they are told by every command
    running         who holds the run lock
    sending         who holds the delivery lock
    schedule        cron, timezone, next (a list), overdue (a time that passed without a run)
    last_success    when a run last ended with exit code 0
    counts          dumps, arrivals, entries, papers, changes, digests, runs
    sources         each by its last dump: source, dump, format, taken, verdict, alarm, reason, entries, new, updated,
                    coverage, problems (their number)
    places          source, place, checked, outcome, told, failures (in a row)
    runs            the last ones, the newest first: run, day, started, ended, exit, took (seconds), and as far as the
                    run told them: error, new, updated, dumps, failures, reparsed, seconds (by stage), outbox
    profiles        profile, title, schedule (daily, weekdays, weekly, monthly), last_digest, shown, waiting (changes),
                    next_digest, messages (of the last digest, by state)
    outbox          counts (by state), messages (held, failed, expired or waiting: id, profile, day, delivery, kind,
                    receiver, state, attempt, not_before, error), owed_since
    leavers         how many receivers asked to be left out
    """
    return {
        "workspace": standing.workspace,
        "now": _time(standing.now),
        "well": not concerns(standing),
        "concerns": [{"kind": one.kind, "what": one.what, "remedy": one.remedy} for one in concerns(standing)],
        "mistakes": list(standing.mistakes),
        "running": standing.holder,
        "sending": standing.sender,
        "schedule": {
            "cron": standing.settings.schedule,
            "timezone": standing.settings.timezone,
            "next": [_time(moment) for moment in standing.next_runs],
            "overdue": _time(standing.overdue),
        },
        "last_success": _time(standing.glance.succeeded),
        "counts": dict(standing.glance.counts),
        "sources": [_source(report) for report in standing.sources],
        "places": [_place(place) for place in standing.places],
        "runs": [_run(run) for run in standing.runs],
        "profiles": [_reader(reader) for reader in standing.readers],
        "outbox": {
            "counts": dict(standing.outbox),
            "messages": [_message(message) for message in standing.messages],
            "owed_since": _time(standing.glance.owed_since),
        },
        "leavers": standing.leavers,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _run(run: Past) -> dict[str, Any]:
    return {
        "run": run.number,
        "day": run.day.isoformat(),
        "started": _time(run.started),
        "ended": _time(run.ended),
        "exit": run.exit,
        "took": round(sum(run.seconds.values()), 3) if run.seconds else None,
        **{key: run.report[key] for key in _REPORTED if key in run.report},
    }


def _source(report: SourceReport) -> dict[str, Any]:
    return {
        "source": report.source,
        "dump": report.dump,
        "format": report.format,
        "taken": _time(report.taken),
        "verdict": report.verdict,
        "alarm": report.alarm,
        "reason": report.reason,
        "entries": report.entries,
        "new": report.new,
        "updated": report.updated,
        "coverage": round(report.coverage, 2),
        "problems": len(report.problems),
    }


def _place(place: Collected) -> dict[str, Any]:
    return {
        "source": place.source,
        "place": place.place,
        "checked": _time(place.checked),
        "outcome": place.outcome,
        "told": place.told,
        "failures": place.failures,
    }


def _reader(reader: Reader) -> dict[str, Any]:
    last = reader.last
    return {
        "profile": reader.profile.name,
        "title": reader.profile.title,
        "schedule": reader.profile.schedule,
        "last_digest": last.day.isoformat() if last else None,
        "shown": last.shown if last else None,
        "waiting": reader.waiting,
        "next_digest": reader.next_day.isoformat(),
        "messages": dict(last.messages) if last else {},
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "profile": message.profile,
        "day": message.day.isoformat(),
        "delivery": message.delivery,
        "kind": message.kind,
        "receiver": message.receiver,
        "state": message.state,
        "attempt": message.attempt,
        "not_before": _time(message.not_before),
        "error": message.error,
    }
