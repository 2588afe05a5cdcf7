"""All that is wrong or doubtful in what a person wrote: every mistake of every file, and warnings. Changes no state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from . import config
from .errors import ConfigError, Mistake
from .pipeline import Progress, silent
from .questions import open_to_read
from .rules import compile_profiles
from .rules.checked import queries_of
from .rules.explain import reads
from .rules.lint import FEWEST_PAPERS, Lint, lint, lint_counts
from .store import Store
from .types import Guid, Paper, Profile
from .workspace import Workspace

#: Rules are tried on so many of the latest papers of the log.
HISTORY: Final = 5_000
_CHUNK = 1_000

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What a check found."""

    #: The profiles that could be read, even if they hold mistakes.
    profiles: tuple[Profile, ...]
    mistakes: tuple[Mistake, ...]
    #: Of the profiles without mistakes.
    lints: tuple[Lint, ...]
    #: On how many stored papers the rules were tried; 0 where there are too few.
    papers: int


def check(workspace: Workspace, *, profiles: Sequence[str] = (), progress: Progress = silent) -> Checkup:
    """Check the settings, the sources, and the profiles called so (all of them without any name)."""
    mistakes: list[Mistake] = []
    settings = _try(lambda: config.read_settings(workspace.file("settings.toml")), mistakes)
    _try(lambda: config.read_sources(workspace.file("sources.toml")), mistakes)
    files, missing = config.profile_files(workspace.profiles, profiles)
    mistakes += missing
    read: list[Profile] = []
    sound: list[Profile] = []
    for file in files:
        profile, wrong = _profile(file)
        mistakes += wrong
        if profile:
            read.append(profile)
            if not wrong:
                sound.append(profile)
    lints = [warning for profile in sound for warning in _lints(profile)]
    papers = 0
    if settings and sound:
        with open_to_read(workspace, settings) as store:
            papers, counted = _try_on_history(store, sound, progress)
            lints += counted
    order = {profile.name: place for place, profile in enumerate(sound)}
    lints.sort(key=lambda one: (order[one.profile], one.mistake.line or 0, one.mistake.column or 0))
    return Checkup(
        profiles=tuple(read),
        mistakes=ConfigError(mistakes).mistakes,
        lints=tuple(lints),
        papers=papers,
    )


def _try(read: Callable[[], _T], mistakes: list[Mistake]) -> _T | None:
    try:
        return read()
    except ConfigError as error:
        mistakes += error.mistakes
        return None


def _profile(file: Path) -> tuple[Profile | None, tuple[Mistake, ...]]:
    """A profile as far as it can be read, and the mistakes of its file and of its queries."""
    try:
        profile, mistakes = config.read_wrong_profile(file)
    except ConfigError as error:
        return None, error.mistakes
    # A rule without a query, or with the name of another, is a mistake of the file, which is told already.
    rules = {rule.name: rule for rule in reversed(profile.rules) if rule.when.strip()}
    mutes = {rule.name: rule for rule in reversed(profile.mutes) if rule.when.strip() and rule.name not in rules}
    known = replace(profile, rules=tuple(rules.values())[::-1], mutes=tuple(mutes.values())[::-1])
    try:
        compile_profiles([known])
    except ConfigError as error:
        mistakes += error.mistakes
    return profile, mistakes


def _lints(profile: Profile) -> tuple[Lint, ...]:
    queries = queries_of(profile)
    return lint(
        profile,
        [queries[rule.name] for rule in profile.rules],
        [queries[mute.name] for mute in profile.mutes],
    )


def _try_on_history(store: Store, profiles: Sequence[Profile], progress: Progress) -> tuple[int, list[Lint]]:
    """On how many stored papers the rules were tried, and which ones found none of them, or most."""
    head = store.head()
    latest: dict[Guid, Paper] = {
        change.paper.guid: change.paper for change in store.changes(max(1, head - HISTORY + 1), head)
    }
    if len(latest) < FEWEST_PAPERS:
        return 0, []
    # A paper that is muted once is not asked about the other mutes: as rules they are all asked.
    engine = compile_profiles([replace(one, rules=(*one.rules, *one.mutes), mutes=()) for one in profiles])
    papers = tuple(latest.values())
    counts: dict[str, dict[str, int]] = {one.name: {} for one in profiles}
    seen = dict.fromkeys(counts, 0)
    for start in range(0, len(papers), _CHUNK):
        progress("trying rules", start, len(papers))
        chunk = papers[start : start + _CHUNK]
        judged = engine.judge(chunk)
        for profile in profiles:
            for paper, judgement in zip(chunk, judged[profile.name], strict=True):
                if reads(profile, paper):
                    seen[profile.name] += 1
                    for match in judgement.matches:
                        counts[profile.name][match.rule] = counts[profile.name].get(match.rule, 0) + 1
    return len(papers), [
        warning
        for profile in profiles
        for warning in lint_counts(
            profile,
            [counts[profile.name].get(rule.name, 0) for rule in (*profile.rules, *profile.mutes)],
            seen[profile.name],
        )
    ]


def checkup_record(checkup: Checkup) -> dict[str, Any]:
    """A check as `broadsheet rules check --json` prints it."""
    return {
        "profiles": [profile.name for profile in checkup.profiles],
        "rules": sum(len(profile.rules) + len(profile.mutes) for profile in checkup.profiles),
        "papers": checkup.papers,
        "mistakes": msgspec.to_builtins(checkup.mistakes),
        "warnings": [
            {
                "kind": warning.kind,
                "profile": warning.profile,
                "rule": warning.rule,
                **msgspec.to_builtins(warning.mistake),
            }
            for warning in checkup.lints
        ],
    }
