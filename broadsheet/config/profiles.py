"""profiles/*.toml: one reader's interest each. What its queries say is for broadsheet.rules to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from .. import toml_file
from ..errors import ConfigError, Mistake
from ..toml_file import Table
from ..types import Cadence, Place, Profile, Rule, Weekday
from .reading import NAME, at_least, attempt

#: The last day that every month has.
_LAST_MONTHDAY = 28


def read_profiles(folder: Path, names: Sequence[str] = ()) -> tuple[Profile, ...]:
    """Read the profiles of a folder, one file each, in the order of their names. Raises ConfigError."""
    files, missing = profile_files(folder, names)
    mistakes = list(missing)
    profiles = [attempt(lambda file=file: read_profile(file), None, mistakes) for file in files]  # type: ignore[misc]
    if mistakes:
        raise ConfigError(mistakes)
    return tuple(profile for profile in profiles if profile)


def profile_files(folder: Path, names: Sequence[str] = ()) -> tuple[tuple[Path, ...], tuple[Mistake, ...]]:
    """The files of the profiles called names, or all of a folder, in the order of their names; names without a file."""
    files = {file.stem: file for file in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}
    there = ", ".join(files) or "none"
    mistakes = [
        Mistake(file=folder.name, line=None, message=f"there is no profile {name!r}", remedy=f"there are: {there}")
        for name in names
        if name not in files
    ]
    if not files and not names:
        remedy = "write one file for each reader, or start with `broadsheet init DIR`"
        mistakes.append(Mistake(file=str(folder), line=None, message="holds no profile (*.toml)", remedy=remedy))
    chosen = sorted(set(names) & set(files)) if names else sorted(files)
    return tuple(files[name] for name in chosen), tuple(mistakes)


def read_profile(file: Path) -> Profile:
    """Read one profile; what its queries say is not looked at. Raises ConfigError."""
    profile, mistakes = read_wrong_profile(file)
    if mistakes:
        raise ConfigError(mistakes)
    return profile


def read_wrong_profile(file: Path) -> tuple[Profile, tuple[Mistake, ...]]:
    """Read as much of a profile as can be understood, and all mistakes beside it; its queries are not looked at.

    Raises ConfigError where the file cannot be read or is no TOML.
    """
    name = f"{file.parent.name}/{file.name}"
    top, text = toml_file.read(file, name)
    usual = Profile(name="", title="", rules=())
    if not NAME.fullmatch(file.stem):
        top.mistakes.append(
            Mistake(file=name, line=None, message="its name must be letters, digits, - and _", remedy="rename the file")
        )
    taken: set[str] = set()
    profile = Profile(
        name=file.stem,
        title=top.value("title", "") or file.stem.replace("-", " ").replace("_", " ").capitalize(),
        rules=tuple(_read_rule(table, taken, weighted=True) for table in top.tables("rule")),
        mutes=tuple(_read_rule(table, taken, weighted=False) for table in top.tables("mute")),
        limit=at_least(top, "limit", usual.limit, 1),
        min_score=top.value("min_score", usual.min_score),
        per_rule_limit=at_least(top, "per_rule_limit", usual.per_rule_limit, 0),
        title_boost=top.value("title_boost", usual.title_boost),
        sources=top.texts("sources"),
        start_days=at_least(top, "start_days", usual.start_days, 0),
        schedule=top.choice("schedule", usual.schedule, get_args(Cadence)),
        weekday=top.choice("weekday", usual.weekday, get_args(Weekday)),
        monthday=at_least(top, "monthday", usual.monthday, 1),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    if not profile.rules and not any(mistake.message.startswith("rule") for mistake in top.mistakes):
        top.mistakes.append(
            Mistake(
                file=name, line=None, message="has no rule", remedy="add [[rule]] with when = 'a query' and weight = 1"
            )
        )
    for key in ("min_score", "title_boost"):
        _check_points(top, key)
    _check_schedule(top, profile)
    top.close()
    # What is looked at twice is wrong once.
    return profile, tuple(dict.fromkeys(top.mistakes))


def _check_schedule(top: Table, profile: Profile) -> None:
    if profile.monthday > _LAST_MONTHDAY:
        top.wrong("monthday", f"is {profile.monthday}, which some months lack", f"at most {_LAST_MONTHDAY}")
    for key, schedule in (("weekday", "weekly"), ("monthday", "monthly")):
        if key in top.values and profile.schedule != schedule:
            top.wrong(key, f"says nothing for a profile that is {profile.schedule}", f'write schedule = "{schedule}"')


def _read_rule(table: Table, taken: set[str], *, weighted: bool) -> Rule:
    when = table.value("when", "")
    name = table.value("name", "") or when
    weight = table.value("weight", 1.0) if weighted else 1.0
    if not when.strip():
        table.wrong("when", "is missing or empty", "write when = '...': what a paper must say to match")
    elif name in taken:
        table.wrong("name", f"{name!r} is the name of an earlier rule", "give each rule a name of its own")
    taken.add(name)
    if weighted:
        _check_points(table, "weight")
    table.close()
    return Rule(name=name, when=when, weight=weight, place=_query_place(table, when))


def _query_place(table: Table, when: str) -> Place:
    """The place of a query; where the file spells it with escapes, the query itself stands for the line."""
    place = table.place("when") or table.place() or Place(file=table.file, line=1)
    first = when.split("\n", 1)[0]
    if place.text[place.column - 1 :].startswith(first):
        return place
    return Place(file=place.file, line=place.line, column=1, text=first)


def _check_points(table: Table, key: str) -> None:
    """Points are hundredths at most, so that sums are exact and every figure can be printed in full."""
    value = table.value(key, 1.0)
    if not abs(value) <= 1_000_000 or value != round(value, 2):  # the first also refuses nan
        table.wrong(key, f"{value:g} is not a number with at most two decimals", "for example 2, 0.5 or -3")
    elif key == "title_boost" and value < 0:
        table.wrong(key, "must not be negative")
