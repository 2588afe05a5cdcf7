"""Is silence usual? Whether a source may bring nothing on a day: by what is known of its kind, and by its own past.

Looks at days and earlier verdicts alone. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from ..types import Past
from .holidays import holiday, slow, works

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: So many earlier dumps, at least, before anything is called usual.
LEAST = 3
#: A share of days that makes a habit.
_HABIT = 2 / 3
#: So many of the latest working days tell whether a source is one that brings something every day.
_LATELY = 10
#: So many of the latest dumps tell how much is usual, and so many that are alike make a new usual.
_COUNTED, _ALIKE = 20, 4
#: Far from usual: less than a quarter, more than six times; pages of one source range from 63 to 220 papers. And far
#: from all that ever came: less than a third of the smallest, more than three times the largest. After only three dumps
#: an eighth of the smallest.
_FEWER, _MORE, _BEYOND, _EARLY = 4, 6, 3, 8
#: Of sources that bring less than this, nothing can be said by counting.
_COUNTABLE = 8


#: Listings that are made anew on each of arXiv's days, and carry the date of that day.
DAILY = frozenset(("arxiv-rss", "arxiv-atom", "arxiv-rdf", "arxiv-listing"))
#: Those that follow arXiv's days, and those that follow Hugging Face's.
_ARXIV, _HUGGING_FACE = DAILY | {"arxiv-mail"}, "daily-papers"


def _has_rhythm(form: str) -> bool:
    """Whether it is known on which days listings of a format bring something."""
    return form in _ARXIV or form.startswith(_HUGGING_FACE)


def known_quiet(form: str, day: date) -> str | None:
    """Why listings of a format bring nothing on a day, where that is known of their kind: "on Saturdays".

    arXiv announces on no Friday and Saturday evening and on no holiday, so that the next day's listing is empty; the
    Daily Papers show Friday's page until Monday.
    """
    if not _has_rhythm(form):
        return None
    if day.weekday() >= 5:
        return f"on {WEEKDAYS[day.weekday()]}s"
    before = day - timedelta(days=1) if day > date.min else day
    for when, words in ((day, "on"), (before, "after")):
        if name := holiday(when):
            return f"{words} a holiday ({name})"
    return None


def silence(form: str, day: date, history: Sequence[Past]) -> tuple[bool, str]:
    """Whether it is alarming that a source brings nothing on a day, and why (not), in words; "" where nothing is known.

    history: its earlier dumps, the newest first.
    """
    weekday = WEEKDAYS[day.weekday()]
    same = [_quiet(past) for past in history if past.taken.weekday() == day.weekday()]
    quiet = sum(same)
    if len(same) >= LEAST and quiet >= _HABIT * len(same):
        return False, f"nothing on {weekday}s, as usual ({quiet} of {len(same)} times)"
    if why := known_quiet(form, day):
        return False, f"nothing {why}, as usual"
    if len(same) >= LEAST:
        return True, f"on {weekday}s it brought something {len(same) - quiet} of {len(same)} times"
    if day.weekday() >= 5:
        # Too little is known of its weekends; two that brought something are enough to miss the third.
        return len(same) > 1 and not quiet, f"it is a {weekday}"
    lately = [_quiet(past) for past in history if works(past.taken.date())][:_LATELY]
    if not lately:
        return False, ""
    fresh = len(lately) - sum(lately)
    told = f"it brought something on {fresh} of its last {len(lately)} working days"
    if fresh >= _HABIT * len(lately):
        return True, told
    return _silent_for_longer(history), told


def repetition(form: str, day: date, history: Sequence[Past]) -> tuple[bool, str]:
    """The same for a file that holds the very bytes of an earlier one, which is no dump of its own.

    It is in nobody's history, so that a habit of it cannot be learnt: only a format of known rhythm can miss something.
    """
    alarm, why = silence(form, day, history)
    return alarm and _has_rhythm(form) and len(history) >= LEAST, why


def _quiet(past: Past) -> bool:
    return past.verdict in ("stale", "empty")


def _silent_for_longer(history: Sequence[Past]) -> bool:
    """Whether the source has now brought nothing for longer than it ever did before it brought something again."""
    runs, length = [], 0
    for past in reversed(history):
        if _quiet(past):
            length += 1
        else:
            runs.append(length)
            length = 0
    before = [run for run in runs if run]
    return bool(before) and length + 1 > max(before)


def unusual_count(entries: int, day: date, history: Sequence[Past]) -> str | None:
    """That a dump lists far fewer or far more papers than is usual for its source, in words; None where it does not.

    Measured against the median of the complete dumps of the same kind of day: working days, or weekends and holidays.
    """
    alike = [past for past in history if works(past.taken.date()) == works(day) and past.entries]
    counts = [past.entries for past in alike if past.verdict == "complete"][:_COUNTED]
    lately = [past.entries for past in alike if past.verdict in ("complete", "partial")][:_ALIKE]
    if len(counts) < LEAST:
        return None
    usual = round(median(counts))
    if usual < _COUNTABLE:
        return None
    settled = len(lately) == _ALIKE
    beyond = _BEYOND if len(counts) > LEAST else _EARLY
    if slow(day) and entries < usual:
        return None
    if entries * _FEWER < usual and entries * beyond < min(counts) and not (settled and max(lately) <= entries * 2):
        return f"{entries:,} {'paper' if entries == 1 else 'papers'}, where {usual:,} are usual"
    if entries > usual * _MORE and entries > max(counts) * beyond and not (settled and min(lately) * 2 >= entries):
        return f"{entries:,} papers, where {usual:,} are usual: it may be another listing"
    return None
