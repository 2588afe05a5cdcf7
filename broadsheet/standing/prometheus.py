"""How things stand as a Prometheus text file (exposition format 0.0.4), as node_exporter's textfile collector reads it.

A value that is not known has no sample, never a 0. Times are seconds since 1970, and a scraper works out how long ago
they are: a file that nobody writes any more must not look fresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import get_args

from .. import deliver
from ..store.outbox import STATES
from ..types import Artifact, Verdict
from ..workspace import Workspace
from .concerns import concerns, last_ended
from .reading import lenient
from .values import Standing, look

_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_KINDS = ("config", "run", "schedule", "source", "place", "outbox")

#: Labels of a sample -> its value.
_Samples = dict[tuple[tuple[str, str], ...], float]


def exposition(standing: Standing) -> str:
    """The text: for each metric its help, its type and its samples."""
    lines: list[str] = []
    for name, told, samples in _metrics(standing):
        if samples:
            lines += [f"# HELP broadsheet_{name} {told}", f"# TYPE broadsheet_{name} gauge"]
            lines += [f"broadsheet_{name}{_labels(labels)} {_number(value)}" for labels, value in samples.items()]
    return "\n".join(lines) + "\n"


def write(standing: Standing, file: Path) -> None:
    """Write the text into a file, which is there as a whole at every moment. Raises DeliveryError."""
    content = exposition(standing).encode()
    deliver.publish(file.parent, [Artifact(name=file.name, media_type=_MEDIA_TYPE, content=content)])


def write_metrics(workspace: Workspace, now: datetime) -> Path | None:
    """Write the file that settings.toml asks for after a run; None where it asks for none.

    now: aware. Raises StoreError, DeliveryError.
    """
    wanted = lenient(workspace.file("settings.toml")).metrics
    if not wanted:
        return None
    file = workspace.root / Path(wanted).expanduser()
    write(look(workspace, now), file)
    return file


def _metrics(standing: Standing) -> Iterator[tuple[str, str, _Samples]]:
    """Name without its prefix, help, samples."""
    found = Counter(concern.kind for concern in concerns(standing))
    yield "status_timestamp_seconds", "When these figures were taken.", _one(_stamp(standing.now))
    yield "concerns", "What somebody should look at, by kind; 0 where all is well.", _by("kind", found, _KINDS)
    yield from _of_runs(standing)
    for name in ("dumps", "entries", "papers", "changes", "digests"):
        yield name, f"How many {name} the store has.", _one(standing.glance.counts[name])
    yield from _of_readers(standing)
    yield "outbox_messages", "Messages to receivers, by state.", _by("state", standing.outbox, STATES)
    since = standing.glance.owed_since
    oldest = (standing.now - since).total_seconds() if since else 0
    yield "outbox_oldest_pending_seconds", "For how long the oldest unsent message has been owed.", _one(oldest)
    yield "leavers", "Receivers that asked to be left out.", _one(standing.leavers)
    yield from _of_sources(standing)
    # Of two that look the same without what stands behind a "?", the last look counts.
    places = sorted(standing.places, key=lambda place: place.checked)
    yield (
        "fetch_last_checked_timestamp_seconds",
        "When a place that dumps are fetched from was last asked.",
        {(("source", place.source), ("place", place.place)): _stamp(place.checked) for place in places},
    )
    yield (
        "fetch_failures",
        "How often in a row it did not answer as it should.",
        {(("source", place.source), ("place", place.place)): place.failures for place in places},
    )


def _of_runs(standing: Standing) -> Iterator[tuple[str, str, _Samples]]:
    yield "running", "1 while a run is going on.", _one(standing.holder is not None)
    if standing.glance.started:
        started = _stamp(standing.glance.started)
        yield "last_run_timestamp_seconds", "When the last run started.", _one(started)
    if standing.glance.succeeded:
        succeeded = _stamp(standing.glance.succeeded)
        yield "last_success_timestamp_seconds", "When a run last ended with exit code 0.", _one(succeeded)
    if last := last_ended(standing):
        yield "last_run_exit_code", "Exit code of the last run: 0 done, 3 done in part.", _one(last.exit or 0)
        stages: _Samples = {(("stage", name),): seconds for name, seconds in last.seconds.items()}
        yield "run_seconds", "Wall time of the last run, by stage.", stages
        if "new" in last.report:
            yield "last_run_new_papers", "Papers that the last run saw first.", _one(last.report["new"])
    if standing.next_runs:
        next_run = _stamp(standing.next_runs[0])
        yield "next_run_timestamp_seconds", "When the schedule wants the next run.", _one(next_run)


def _of_readers(standing: Standing) -> Iterator[tuple[str, str, _Samples]]:
    last = {reader.profile.name: reader.last for reader in standing.readers if reader.last}
    shown: _Samples = {(("profile", name),): digest.shown for name, digest in last.items()}
    yield "digest_papers", "Papers in a profile's last digest.", shown
    days: _Samples = {(("profile", name),): _midnight(digest.day) for name, digest in last.items()}
    yield "digest_day_timestamp_seconds", "The day of a profile's last digest, at midnight UTC.", days
    waiting: _Samples = {(("profile", reader.profile.name),): reader.waiting for reader in standing.readers}
    yield "waiting_changes", "Changes that a profile's next digest will cover.", waiting


def _of_sources(standing: Standing) -> Iterator[tuple[str, str, _Samples]]:
    verdicts: _Samples = {
        (("source", report.source), ("verdict", verdict)): verdict == report.verdict
        for report in standing.sources
        for verdict in get_args(Verdict)
    }
    yield "source_verdict", "1 for the verdict on a source's last dump.", verdicts
    for name, told, values in (
        ("source_alarm", "1 where somebody should look at a source's last dump.", "alarm"),
        ("source_entries", "Entries in a source's last dump.", "entries"),
    ):
        yield name, told, {(("source", report.source),): getattr(report, values) for report in standing.sources}


def _one(value: float) -> _Samples:
    return {(): value}


def _by(label: str, values: Mapping[str, int], names: tuple[str, ...]) -> _Samples:
    return {((label, name),): values.get(name, 0) for name in names}


def _stamp(moment: datetime) -> float:
    return moment.timestamp()


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def _labels(labels: tuple[tuple[str, str], ...]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    # A lone surrogate of a file name has no UTF-8.
    sound = value.encode("utf-8", "replace").decode()
    return sound.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(float(value))
