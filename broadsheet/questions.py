"""What a person asks between runs: what would come now, why a paper is (not) there, how things stand.

Answers are values; changes no state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from . import pipeline
from .errors import StoreError
from .pipeline import Progress, Run, Setup, silent
from .rules.explain import standing
from .store import RunRecord, Store, open_store
from .types import Digest, HeldBack, Judgement, Paper, Profile, SourceReport
from .wording import score_of
from .workspace import Workspace


@contextmanager
def _open(setup: Setup) -> Iterator[Store]:
    """The workspace's store; an empty one in memory where no run has made it yet."""
    where = pipeline.store_of(setup)
    if isinstance(where, Path) and not where.exists():
        where = "sqlite://"
    with open_store(where, setup.workspace.state / "archive") as store:
        yield store


def preview(
    workspace: Workspace,
    *,
    profiles: Sequence[str] = (),
    dumps: Sequence[Path] = (),
    now: datetime,
    progress: Progress = silent,
) -> tuple[tuple[Digest, ...], tuple[SourceReport, ...]]:
    """What each profile's next digest would say, and what the dumps not yet read would bring to it."""
    setup = pipeline.load(workspace, profiles)
    day = now.astimezone(ZoneInfo(setup.config.settings.timezone)).date()
    with _open(setup) as store, store.rehearsal():
        run = Run(
            setup=setup,
            store=store,
            number=store.start_run(day, now),
            day=day,
            now=now,
            dumps=tuple(dumps),
            progress=progress,
        )
        reports = pipeline.ingest(run, pipeline.collect(run))
        return pipeline.compose(run, setup.config.profiles), reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one profile makes of one paper."""

    profile: Profile
    paper: Paper
    judgement: Judgement
    #: Where it stands in the profile's digests, in words.
    place: str


def explain(workspace: Workspace, wanted: str, *, profiles: Sequence[str] = ()) -> tuple[Explanation, ...]:
    """What each profile makes of the paper that `wanted` names: its guid, an id, or words of its title.

    Raises StoreError where no paper fits, or several do (it lists some).
    """
    setup = pipeline.load(workspace, profiles)
    with _open(setup) as store:
        paper = _find(store, wanted)
        judged = setup.engine.judge([paper])
        return tuple(
            _explained(profile, paper, judged[profile.name][0], store.digests(profile.name, limit=400))
            for profile in setup.config.profiles
        )


def _find(store: Store, wanted: str) -> Paper:
    found = store.find(wanted, limit=6)
    if not found:
        raise StoreError(f"no paper is called {wanted!r}; give its guid, an id such as arxiv:2401.01234, or its title")
    if len(found) > 1:
        some = "; ".join(f"{paper.best.title} [{paper.guid}]" for paper in found[:5])
        raise StoreError(f"{wanted!r} fits more than one paper: {some}{'; ...' if len(found) > 5 else ''}")
    return found[0]


def _explained(profile: Profile, paper: Paper, judgement: Judgement, cut: Sequence[Digest]) -> Explanation:
    places = (place for digest in cut if (place := _place(digest, paper)))
    place = next(places, "no digest has shown, held back or muted it so far")
    return Explanation(profile=profile, paper=paper, judgement=judgement, place=place)


def _place(digest: Digest, paper: Paper) -> str:
    """Where a digest has the paper: "shown as new, rank 3 of 25, on 2026-06-01"; empty where it has it not."""
    for section in digest.sections:
        for rank, row in enumerate(section.rows, start=1):
            there = f"rank {rank} of {len(section.rows)}, on {digest.day}"
            if row.change.paper.guid == paper.guid:
                return f"shown as {section.name}, {there}"
            if any(copy.paper.guid == paper.guid for copy in row.copies):
                return f'shown as a near copy of "{row.change.paper.best.title}", {there}'
    for held in digest.held_back:
        if held.guid == paper.guid:
            return f"held back {_why_held(held, digest)}, on {digest.day}"
    return f"muted on {digest.day}" if any(muted.guid == paper.guid for muted in digest.muted) else ""


def _why_held(held: HeldBack, digest: Digest) -> str:
    if held.reason == "limit":
        return f"at rank {held.rank} by limit {digest.limit}"
    if held.reason == "rule":
        return f'at rank {held.rank}, as rule "{held.rule}" had filled its share'
    return "below min_score"


def explanation_record(explanation: Explanation) -> dict[str, Any]:
    """An explanation as `broadsheet explain --json` prints it."""
    paper, judgement = explanation.paper, explanation.judgement
    return {
        "profile": explanation.profile.name,
        "guid": paper.guid,
        "title": paper.best.title,
        "score": score_of(judgement.matches),
        "min_score": explanation.profile.min_score,
        "muted_by": judgement.muted_by,
        "standing": standing(explanation.profile, paper, judgement),
        "place": explanation.place,
        "matches": msgspec.to_builtins(judgement.matches),
    }


def status(workspace: Workspace) -> dict[str, Any]:
    """How things stand: counts of what the store holds, the last runs, and what waits for each profile."""
    setup = pipeline.load(workspace)
    with _open(setup) as store:
        head = store.head()
        return {
            "workspace": str(workspace.root),
            "counts": store.counts(),
            "runs": [_run_record(run) for run in store.last_runs(5)],
            "profiles": [_profile_record(store, profile, head) for profile in setup.config.profiles],
        }


def _run_record(run: RunRecord) -> dict[str, Any]:
    try:
        report = json.loads(run.report or "")
    except ValueError:  # it ended with an error, whose text this is, or did not end
        report = {"error": run.report}
    return {
        "run": run.number,
        "day": run.day.isoformat(),
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "exit": run.exit_code,
        **{key: report[key] for key in ("error", "new", "updated", "dumps", "failures") if key in report},
    }


def _profile_record(store: Store, profile: Profile, head: int) -> dict[str, Any]:
    last = next(iter(store.digests(profile.name, limit=1)), None)
    return {
        "profile": profile.name,
        "title": profile.title,
        "last_digest": last.day.isoformat() if last else None,
        "shown": last.shown if last else None,
        "waiting": head - last.to_seq if last else head,
    }
