"""Can this dump be trusted? One verdict for each dump, with the numbers it rests on, and whether somebody should look.

    complete   whole and new, as far as can be told
    partial    something of it is missing: it was cut, it announces more than it lists, it is far from its usual size
    stale      nothing in it is new: an earlier listing again, or one that was made days before
    empty      a listing without a paper
    broken     no listing: an error, or nothing that could be read

Two things are separate: the verdict, and whether it is an alarm. Partial and broken always are; stale and empty only on
a day on which the source usually brings something (rhythm.py). Looks at values alone, reads no history itself. Pure.
docs/verdicts.md tells it to users.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..text import fold_space
from ..types import Entry, Parsed, Past, Problem, Verdict
from .holidays import working_days
from .rhythm import DAILY, LEAST, repetition, silence, unusual_count

__all__ = ["HISTORY", "Evidence", "Judged", "judge", "kin", "newest_of", "repetition"]

#: So many earlier dumps of a source, at most, are looked at: two months of days.
HISTORY = 60
#: A daily listing that was made so many working days before it was taken is not of its day.
_DAYS_OLD = 2
#: Days by which the newest paper may be older than ever before.
_LAG = 3
_LONGEST = 300
#: What tells the dumps of a feed apart, in their names.
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?=[a-f]*\d)[0-9a-f]{8,}(?![0-9A-Za-z])")
_DAY_OR_MONTH = re.compile(
    r"(?<![A-Za-z])(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)(?:day)?|sat|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|"
    r"apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![A-Za-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a dump when it is judged."""

    parsed: Parsed
    #: How many it lists; a dump that was read in parts has none of them in parsed.
    entries: int
    #: How many papers these are, how many of them earlier dumps had, and how many of those say something new.
    papers: int
    known: int
    updated: int = 0
    #: How many of the papers earlier dumps of this very source had, and whether they are just those of its last one.
    listed: int = 0
    same: bool = False
    #: The latest date on one of its papers.
    newest: date | None = None
    #: When the newest dump of the source was taken, where an earlier run has read a newer one than this.
    late: datetime | None = None
    #: The day of the run.
    day: date
    #: Earlier dumps of the source, the newest first.
    history: Sequence[Past] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, what it rests on in words, and whether somebody should look."""

    verdict: Verdict
    reason: str
    alarm: bool = False


def newest_of(entries: Iterable[Entry]) -> date | None:
    """The latest day on which one of the entries was published or updated; None where none says so to the day."""
    days = [
        day
        for entry in entries
        for day in (entry.updated, entry.published if entry.published_precision == "day" else None)
        if day
    ]
    return max(days, default=None)


def kin(history: Sequence[Past], name: str) -> tuple[Past, ...]:
    """Those of the dumps that are named as this one but for dates, numbers and digests: cs.LG-1.xml and cs.LG-2.xml.

    For a source that nobody configured: all dumps of a format are one, though they may come from several feeds.
    """
    return tuple(past for past in history if _shape(past.dump) == _shape(name))


def _shape(name: str) -> str:
    words = _DIGEST.sub("#", _DAY_OR_MONTH.sub("#", name))
    return re.sub(r"\d+", "#", words)


def judge(evidence: Evidence) -> Judged:
    """The verdict on a dump that could be read, and the numbers behind it in words."""
    for look in (_refused, _nothing, _in_part, _late, _stale):
        judged = look(evidence)
        if judged:
            return judged
    return Judged(verdict="complete", reason=_numbers(evidence))


def _refused(evidence: Evidence) -> Judged | None:
    """The source said why there is no listing, or why it ends."""
    refusal = evidence.parsed.refusal
    if refusal is None:
        return None
    said = f"the source answered with an error: {fold_space(refusal)[:_LONGEST]}"
    if not evidence.entries:
        return Judged(verdict="broken", reason=said, alarm=True)
    return Judged(verdict="partial", reason=f"{_papers(evidence.papers)}; then {said}", alarm=True)


def _nothing(evidence: Evidence) -> Judged | None:
    """It lists no paper: nobody published one, or nothing could be understood."""
    if evidence.entries:
        return None
    parsed = evidence.parsed
    serious = [problem for problem in parsed.problems if problem.level != "note"]
    if parsed.account.problem or any(problem.level == "error" for problem in serious):
        account = parsed.account
        whole = [problem.reason for problem in serious if problem.place is None]
        unit = account.unit.removesuffix("s") if account.total == 1 else account.unit
        told = whole[0] if whole else f"no paper in {account.total:,} {unit}; {_first(serious)}"
        return Judged(verdict="broken", reason=told, alarm=True)
    if parsed.announced:
        return Judged(verdict="partial", reason=f"shows 0 of {_papers(parsed.announced)}", alarm=True)
    told = serious[0].reason if serious else "it lists no paper"
    if evidence.late:
        return Judged(verdict="empty", reason=f"{told}; {_late_words(evidence.late)}")
    alarm, why = silence(parsed.format, parsed.taken.date(), evidence.history)
    return Judged(verdict="empty", reason=_joined(told, why), alarm=alarm)


def _in_part(evidence: Evidence) -> Judged | None:
    """Something of it is missing, by its own words, by what could not be understood, or by what is usual."""
    parsed = evidence.parsed
    serious = [problem for problem in parsed.problems if problem.level != "note"]
    told: list[str] = []
    if parsed.announced and parsed.announced > evidence.entries:
        told.append(f"shows {evidence.entries:,} of {_papers(parsed.announced)}")
    if unusual := unusual_count(evidence.entries, parsed.taken.date(), evidence.history):
        told.append(unusual)
    if serious or parsed.account.problem:
        papers = "" if told else f"{_papers(evidence.papers)}, "
        told.append(f"{papers}{_percent(parsed.account.coverage)} % understood; {_first(serious)}")
    return Judged(verdict="partial", reason="; ".join(told), alarm=True) if told else None


def _late(evidence: Evidence) -> Judged | None:
    """It is older than what was read before: of course little in it is new."""
    if evidence.late is None:
        return None
    return Judged(verdict="complete", reason=f"{_late_words(evidence.late)}; {_numbers(evidence)}")


def _late_words(newest: datetime) -> str:
    return f"late: one of {newest.date()} was read before"


def _stale(evidence: Evidence) -> Judged | None:
    """It is of another day than it seems, or says nothing that its source has not said before."""
    if old := _old(evidence):
        return Judged(verdict="stale", reason=old, alarm=True)
    if evidence.listed < evidence.papers or evidence.updated:
        return None
    parsed, history = evidence.parsed, evidence.history
    day = parsed.taken.date()
    last = history[0] if history else None
    if last and last.taken.date() == day:
        # Saved twice on one day; or the source still hands out what an earlier day's run has read.
        if parsed.taken_from == "file name" or last.read >= evidence.day:
            return Judged(verdict="stale", reason=_joined(_again(evidence), "the second one of that day"))
        day = evidence.day
    alarm, why = silence(parsed.format, day, history)
    return Judged(verdict="stale", reason=_joined(_again(evidence), why), alarm=alarm)


def _again(evidence: Evidence) -> str:
    last = evidence.history[0] if evidence.history else None
    all_of = "the only paper" if evidence.papers == 1 else f"all {evidence.papers:,} papers"
    was = "was" if evidence.papers == 1 else "were"
    if evidence.same and last:
        return f"the listing of {last.taken.date()} again: {all_of} {was} in {last.dump}"
    dated = f", the newest is of {evidence.newest}" if evidence.newest else ""
    return f"{all_of} {was} known already{dated}"


def _old(evidence: Evidence) -> str | None:
    """That it is older inside than it should be, in words: by its own date, or by its newest paper."""
    parsed, day = evidence.parsed, evidence.parsed.taken.date()
    if parsed.taken_from not in ("file name", "mail date"):
        return None
    if parsed.stated and parsed.format in DAILY and working_days(parsed.stated.date(), day) >= _DAYS_OLD:
        made = parsed.stated.date()
        return f"made on {made}, {(day - made).days} days before it was taken; {_numbers(evidence)}"
    lags = [
        (past.taken.date() - past.newest).days
        for past in evidence.history
        if past.newest and past.verdict == "complete"
    ]
    if evidence.newest is None or len(lags) < LEAST:
        return None
    lag, longest = (day - evidence.newest).days, max(0, *lags)
    if lag > longest + _LAG and lag > 2 * longest:
        usual = "1 day" if longest == 1 else f"{longest} days"
        return f"its newest paper is of {evidence.newest}, {lag} days before it was taken, where {usual} is usual"
    return None


def _joined(told: str, why: str) -> str:
    return f"{told}; {why}" if why else told


def _numbers(evidence: Evidence) -> str:
    updated = f", {evidence.updated:,} updated" if evidence.updated else ""
    new = f"{evidence.papers - evidence.known:,} of them new{updated}"
    return f"{_papers(evidence.papers)}, {new}; {_percent(evidence.parsed.account.coverage)} % understood"


def _papers(number: int) -> str:
    return "1 paper" if number == 1 else f"{number:,} papers"


def _first(serious: Sequence[Problem]) -> str:
    if not serious:
        return "the rest is no paper"
    more = f" (and {len(serious) - 1:,} more)" if len(serious) > 1 else ""
    return f"{serious[0].reason}{more}"


def _percent(coverage: float) -> str:
    """At most two decimals, and cut rather than rounded: 99.999 is not 100."""
    return f"{int(coverage * 100 + 1e-9) / 100:.2f}".rstrip("0").rstrip(".")
