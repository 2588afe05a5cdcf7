"""Facts in words: counts, changes, the summary. The same words in every form; escapes nothing, and asks no locale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from ..types import Digest, Entry, FieldChange, Match, SourceReport, Verdict
from ..wording import weighed, words_of
from .days import short_day

#: Verdicts in the order in which they are told.
VERDICTS: tuple[Verdict, ...] = ("complete", "partial", "stale", "empty", "broken")

# Up to this many names are written out; of more, the first two, the last and how many stand between.
_MOST_NAMES = 4
# Of a changed text, this many words around the place that changed, and at most this many characters in all.
_CONTEXT = 3
_LONGEST_CHANGE = 120
# So many sources without news are named, and days of mails in doubt.
_MOST_SOURCES = 12
_LONGEST_SOURCE = 60
_MOST_DOUBTS = 3


def count(number: int, noun: str, plural: str = "") -> str:
    """1 paper, 2 papers, 1,204 papers."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def authors(entry: Entry) -> str:
    """The authors in short: their names, or only their number where the listing names none; empty where unknown."""
    names = entry.authors
    if not names:
        return count(entry.author_count, "author") if entry.author_count else ""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{names[0]}, {names[1]} … {names[-1]} ({len(names)} authors)"


def shortened(text: str, longest: int) -> str:
    """The text, cut at a word's end and with an ellipsis where it is longer than so many characters."""
    if len(text) <= longest:
        return text
    blank = text.rfind(" ", longest // 2, longest)
    return text[: blank if blank > 0 else longest - 1].rstrip() + "…"


def matched_words(match: Match) -> str:
    """The words that made a rule match; the query itself where it holds without any."""
    return words_of(match.hits) if match.hits else match.when


def boost(match: Match) -> str:
    """How the points came about where a match in the title raised them: "3 × 2, title"; else empty."""
    product = weighed(match)
    return f"{product}, title" if product and match.boosted else product


def changed(change: FieldChange) -> tuple[str, str, str, str]:
    """What differs in a field, in short: some words before it, what it was, what it is, some words behind it.

    What it was or is may be empty: words were put in, or taken out.
    """
    old, new = (change.old or "").split(), (change.new or "").split()
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    before, behind = new[:head], new[len(new) - tail :]
    return (
        ("… " if head > _CONTEXT else "") + " ".join(before[-_CONTEXT:]),
        "unknown" if change.old is None else shortened(" ".join(old[head : len(old) - tail]), _LONGEST_CHANGE),
        "unknown" if change.new is None else shortened(" ".join(new[head : len(new) - tail]), _LONGEST_CHANGE),
        " ".join(behind[:_CONTEXT]) + (" …" if tail > _CONTEXT else ""),
    )


def verdicts(reports: Iterable[SourceReport]) -> str:
    """3 dumps, all complete; 3 dumps, 2 complete and 1 broken; no dump was read."""
    counts = Counter(report.verdict for report in reports)
    total = sum(counts.values())
    if not total:
        return "no dump was read since the last edition"
    told = [verdict for verdict in VERDICTS if counts[verdict]]
    if len(told) == 1:
        return f"{count(total, 'dump')}, {'all ' if total > 1 else ''}{told[0]}"
    return f"{count(total, 'dump')}, {listed(f'{counts[verdict]} {verdict}' for verdict in told)}"


def corrected(papers: int) -> str:
    """What re-reading old dumps mended, as a sentence; empty for nothing."""
    if not papers:
        return ""
    return f"{count(papers, 'paper')} {'was' if papers == 1 else 'were'} corrected by re-reading old dumps."


def unchanged(sources: Sequence[str]) -> str:
    """Which sources were asked and had nothing new, as a sentence; empty for none."""
    if not sources:
        return ""
    shown, more = sources[:_MOST_SOURCES], len(sources) - _MOST_SOURCES
    names = [shortened(source, _LONGEST_SOURCE) for source in shown]
    return f"Asked, and nothing new: {listed([*names, *([f'{more:,} more'] if more > 0 else [])])}."


def in_doubt(days: Sequence[date]) -> str:
    """Which digests may not have arrived, as a sentence; empty for none."""
    if not days:
        return ""
    shown, more = [short_day(day) for day in days[-_MOST_DOUBTS:]], len(days) - _MOST_DOUBTS
    named = listed([*([f"{more:,} earlier days"] if more > 0 else []), *shown])
    mails = "mail" if len(days) == 1 else "mails"
    return f"The {mails} of {named} may not have arrived everywhere: the sender was stopped at the very moment."


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them: a, b and c."""
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last


def rest(digest: Digest) -> list[str]:
    """What became of the papers that are not shown, as parts of a sentence."""
    return [
        text
        for number, text in (
            (digest.folded, f"{digest.folded:,} folded into near copies"),
            (len(digest.held_back), f"{len(digest.held_back):,} held back"),
            (len(digest.muted), f"{len(digest.muted):,} muted"),
            (digest.unmatched, f"{digest.unmatched:,} matched no rule"),
        )
        if number
    ]


def summary(digest: Digest) -> str:
    """The digest in one sentence: what is shown of how much, what became of the rest, and what the dumps were like."""
    if not digest.considered:
        return f"Nothing is new or updated; {verdicts(digest.sources)}."
    parts = [f"{digest.shown:,} of {count(digest.considered, 'new or updated paper')}", *rest(digest)]
    return f"{', '.join(parts)}; {verdicts(digest.sources)}."


def nothing(digest: Digest) -> str:
    """What was looked at, for a digest that shows no paper; empty for one that does."""
    if digest.shown:
        return ""
    return " ".join(filter(None, (_looked_at(digest), unchanged(digest.unchanged))))


def _looked_at(digest: Digest) -> str:
    if digest.considered:
        looked_at = count(digest.considered, "new or updated paper was", "new or updated papers were")
        return f"{looked_at} looked at: {listed(rest(digest))}."
    if not digest.sources:
        return "No dump was read since the last edition, so there was nothing to look at."
    entries = sum(report.entries for report in digest.sources)
    was, it = ("was", "it") if len(digest.sources) == 1 else ("were", "them")
    read = f"{count(len(digest.sources), 'dump')} with {count(entries, 'entry', 'entries')}"
    return f"{read} {was} read: nothing in {it} is new or updated."
