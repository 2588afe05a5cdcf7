"""Edited rules over the stored log: what each past day's digest would have gained and lost. Writes nothing.

A day is what the runs of that day appended to the log. It is ranked twice, by the code that ranks every digest: by the
profile as it was when the digest that covers it was cut, and by the edited one. So the two differ by the rules alone,
and not by what a digest of several days had to leave out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from . import config
from . import digest as digests
from .config import Settings
from .errors import BroadsheetError, ConfigError
from .pipeline import Progress, silent
from .questions import open_to_read
from .rules import Engine, compile_profiles
from .store import Edition, Store
from .types import Change, Digest, Guid, Judgement, Profile
from .wording import badge, format_points
from .workspace import Workspace

_NAME: Final = "rehearsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A paper that one of the two rankings shows and the other does not."""

    guid: Guid
    title: str
    #: Where it is shown.
    score: float
    rank: int
    #: What makes it match there, in the words of the badges.
    because: tuple[str, ...]
    #: Why the other ranking does not show it, in words.
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedDay:
    """One day of the log, ranked twice."""

    day: date
    #: How many papers came.
    considered: int
    kept: int
    gained: tuple[Moved, ...]
    lost: tuple[Moved, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """An edited profile over the log."""

    profile: str
    #: Whose digests it is compared with; None where there are none, and all is gained.
    against: str | None
    #: Whether every day was ranked by the same rules twice.
    unedited: bool
    days: tuple[ReplayedDay, ...]


def rehearse(
    workspace: Workspace,
    *,
    profiles: Sequence[str | Path] = (),
    against: str | None = None,
    since: date | None = None,
    progress: Progress = silent,
) -> tuple[Replay, ...]:
    """Replay profiles over the stored log.

    profiles: files, or names of profiles of the workspace; all of these without any. against: the name of the profile
    whose digests they are compared with, else each with those of its own name. since: the first day.
    Raises ConfigError, StoreError.
    """
    settings = config.read_settings(workspace.file("settings.toml"))
    edited = _edited(workspace, profiles)
    with open_to_read(workspace, settings) as store:
        if against is not None and against not in store.profiles():
            there = ", ".join(store.profiles()) or "none"
            raise BroadsheetError(f"no digest of a profile {against!r} is stored; there are those of: {there}")
        return tuple(_replay(store, settings, one, against or one.name, since, progress) for one in edited)


def _edited(workspace: Workspace, profiles: Sequence[str | Path]) -> tuple[Profile, ...]:
    names = [one for one in profiles if isinstance(one, str)]
    files, missing = config.profile_files(workspace.profiles, names) if names or not profiles else ((), ())
    mistakes = list(missing)
    edited = []
    for file in (*files, *(one for one in profiles if isinstance(one, Path))):
        try:
            profile = config.read_profile(file)
            compile_profiles([profile])
            edited.append(profile)
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(mistakes)
    return tuple(edited)


def _replay(
    store: Store, settings: Settings, edited: Profile, against: str, since: date | None, progress: Progress
) -> Replay:
    editions = store.editions(against)
    ranking = _Ranking(edited, editions, settings)
    spans = _by_day(store.spans(since=since))
    days = []
    for done, (day, ranges) in enumerate(spans.items()):
        progress(f"replaying {edited.name}", done, len(spans))
        changes = tuple(change for start, end in ranges for change in store.changes(start, end))
        days.append(_day(ranking, day, changes))
    return Replay(
        profile=edited.name,
        against=against if editions else None,
        unedited=bool(editions) and all(_same(edited, edition.profile) for edition in editions),
        days=tuple(days),
    )


def _by_day(spans: Sequence[tuple[date, int, int]]) -> dict[date, list[tuple[int, int]]]:
    days: dict[date, list[tuple[int, int]]] = {}
    for day, start, end in spans:
        days.setdefault(day, []).append((start, end))
    return dict(sorted(days.items()))


def _same(one: Profile, other: Profile) -> bool:
    """Whether two profiles rank alike, wherever their rules are written."""
    return _meaning(one) == _meaning(other)


def _meaning(profile: Profile) -> object:
    rules = tuple((rule.name, rule.when, rule.weight) for rule in profile.rules)
    mutes = tuple((mute.name, mute.when) for mute in profile.mutes)
    return replace(profile, name="", title="", rules=(), mutes=(), sha256="", start_days=0), rules, mutes


class _Ranking:
    """The edited profile and every version it is compared with, compiled once."""

    def __init__(self, edited: Profile, editions: Sequence[Edition], settings: Settings) -> None:
        self._editions = editions
        self._zone = settings.timezone
        self._edited = replace(edited, name=_NAME)
        self._versions: dict[str, Profile] = {}
        for edition in editions:
            version = edition.profile
            # Names of profiles hold no "@", so that none is in the way of the edited one's.
            self._versions.setdefault(version.sha256, replace(version, name=f"{version.name}@{version.sha256}"))
        self._engine: Engine = compile_profiles([self._edited, *self._versions.values()])

    def before(self, day: date, changes: Sequence[Change], judged: Judged) -> Digest | None:
        """The day by the profile as it was: as in the digest that covers its last change, else in the nearest one."""
        if not self._editions:
            return None
        last = changes[-1].seq
        covering = (one for one in self._editions if one.to_seq >= last)
        edition = next(covering, self._editions[-1])
        return self._composed(self._versions[edition.profile.sha256], day, changes, judged)

    def after(self, day: date, changes: Sequence[Change], judged: Judged) -> Digest:
        """The day by the edited profile."""
        return self._composed(self._edited, day, changes, judged)

    def judged(self, changes: Sequence[Change]) -> Judged:
        """What every version says of the papers of a day, each as it was after each change."""
        papers = tuple({id(change.paper): change.paper for change in changes}.values())
        places = {id(paper): place for place, paper in enumerate(papers)}
        return Judged(self._engine.judge(papers), places)

    def _composed(self, profile: Profile, day: date, changes: Sequence[Change], judged: Judged) -> Digest:
        folded = digests.fold(changes, profile)
        judgements = {change.paper.guid: judged.of(profile, change) for change in folded}
        span = changes[0].seq, changes[-1].seq
        return digests.compose(profile, day, self._zone, span, folded, judgements, ())


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements of papers, by profile and paper."""

    judgements: Mapping[str, tuple[Judgement, ...]]
    places: Mapping[int, int]

    def of(self, profile: Profile, change: Change) -> Judgement:
        """What a profile's rules say of a change's paper."""
        return self.judgements[profile.name][self.places[id(change.paper)]]


def _day(ranking: _Ranking, day: date, changes: Sequence[Change]) -> ReplayedDay:
    judged = ranking.judged(changes)
    before, after = ranking.before(day, changes, judged), ranking.after(day, changes, judged)
    shown_before, shown_after = _shown(before), _shown(after)
    gained = [moved for guid, moved in shown_after.items() if guid not in shown_before]
    lost = [moved for guid, moved in shown_before.items() if guid not in shown_after]
    return ReplayedDay(
        day=day,
        considered=after.considered,
        kept=len(shown_after) - len(gained),
        gained=tuple(replace(moved, otherwise=_absence(before, moved.guid)) for moved in gained),
        lost=tuple(replace(moved, otherwise=_absence(after, moved.guid)) for moved in lost),
    )


def _shown(digest: Digest | None) -> dict[Guid, Moved]:
    """The papers that a digest shows; near copies that share a row are shown, too."""
    return {
        change.paper.guid: Moved(
            guid=change.paper.guid,
            title=change.paper.best.title,
            score=row.score,
            rank=rank,
            because=tuple(f"{match.rule}: {badge(match)}" for match in row.matches),
            otherwise="",
        )
        for section in (digest.sections if digest else ())
        for rank, row in enumerate(section.rows, start=1)
        for change in (row.change, *row.copies)
    }


def _absence(digest: Digest | None, guid: Guid) -> str:
    """Why a digest does not show a paper, in words."""
    if digest is None:
        return "no digest"
    for held in digest.held_back:
        if held.guid == guid:
            score = f"score {format_points(held.score)}"
            if held.reason == "threshold":
                return f"{score}, below min_score {format_points(digest.min_score)}"
            limit = f"limit {digest.limit}" if held.reason == "limit" else f'per_rule_limit of "{held.rule}"'
            return f"rank {held.rank}, {score}, cut by {limit}"
    muted = next((muted.rule for muted in digest.muted if muted.guid == guid), None)
    return f'muted by "{muted}"' if muted is not None else "no rule matches"


def rehearsal_record(replays: Sequence[Replay]) -> dict[str, Any]:
    """Replays as `broadsheet rules rehearse --json` prints them."""
    return {
        "profiles": [
            {
                **msgspec.to_builtins(replay),
                "kept": sum(day.kept for day in replay.days),
                "gained": sum(len(day.gained) for day in replay.days),
                "lost": sum(len(day.lost) for day in replay.days),
            }
            for replay in replays
        ]
    }
