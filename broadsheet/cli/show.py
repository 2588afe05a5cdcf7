"""Answers as lines of text for a terminal; every text of a dump is made safe before it gets there."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..changes import Difference
from ..checking import Checkup
from ..explanation import Explanation, Sentence, sentences_of
from ..rehearsal import Replay, ReplayedDay
from ..rules.explain import lacking, mute_of, reason, standing
from ..searching import Findings
from ..types import Digest, Hit, Ranked
from ..wording import format_points, words_of
from .terminal import out, safe, strong


def _wrapped(text: str, indent: str) -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    return textwrap.fill(safe(text), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)


def show_digest(digest: Digest, limit: int | None) -> None:
    """The rows of a digest with their reasons, and what was kept back."""
    if not digest.considered:
        out(safe(f"{digest.title}: nothing has come since the last digest\n"))
        return
    out(strong(safe(f"{digest.title}: {digest.shown} of {digest.considered} papers")))
    for section in digest.sections:
        if section.rows:
            out(f"  {section.title}")
        for rank, row in enumerate(section.rows[:limit], start=1):
            _show_row(rank, row)
        if limit and len(section.rows) > limit:
            out(f"    and {len(section.rows) - limit} more")
    out(f"  {len(digest.held_back)} held back, {len(digest.muted)} muted, {digest.unmatched} matched no rule\n")


def _show_row(rank: int, row: Ranked) -> None:
    late = " [late]" if row.change.late else ""
    out(f"{rank:>4}. {strong(safe(row.change.paper.best.title))}{late}")
    out(f"      {format_points(row.score)} points")
    for match in row.matches:
        out(_wrapped(reason(match), " " * 8))


def show_difference(difference: Difference) -> None:
    """Two dumps against each other, in the words added, removed, changed."""
    for sign, guids in (("+", difference.added), ("-", difference.removed)):
        for _, entry in guids:
            out(f"{sign} {safe(entry.title)}")
    for changed in difference.changed:
        out(f"~ {safe(changed.new.title)}")
        for field in changed.fields:
            out(_wrapped(f"{field.field}: {field.old or 'unknown'}", "    - "))
            out(_wrapped(f"{field.field}: {field.new or 'unknown'}", "    + "))
    out(
        f"{len(difference.added)} added, {len(difference.removed)} removed, "
        f"{len(difference.changed)} changed, {difference.unchanged} unchanged"
    )


# So many of the rules that did not match are shown; --json has them all.
_CLOSEST = 3


def show_explanation(explanation: Explanation) -> None:
    """What one profile makes of a paper: where it stands, the points rule by rule, and what other rules lack."""
    profile, paper, judgement = explanation.profile, explanation.paper, explanation.judgement
    out(strong(safe(f"{profile.title}: {paper.best.title}")))
    out(_wrapped(standing(profile, paper, judgement), "  "))
    if judgement.muted_by is not None:
        _show_sentences(mute_of(profile, paper, judgement.muted_by)[1], explanation)
    for match in judgement.matches:
        out(_wrapped(reason(match), "    "))
        _show_sentences(match.hits, explanation)
    out(_wrapped(explanation.place, "  "))
    if not explanation.enough and judgement.muted_by is None:
        _show_closest(explanation)
    out()


def _show_closest(explanation: Explanation) -> None:
    if explanation.closest:
        out("  the rules that came closest:")
    for miss in explanation.closest[:_CLOSEST]:
        for line in lacking(miss):
            out(_wrapped(line.strip(), "      " if line.startswith(" ") else "    "))
        _show_sentences([hit for gap in miss.gaps for hit in gap.hits], explanation)


def _show_sentences(hits: Iterable[Hit], explanation: Explanation) -> None:
    for sentence in sentences_of(hits, explanation.paper):
        out(_wrapped(f"{sentence.field}: {marked(sentence)}", " " * 8))


def marked(sentence: Sentence) -> str:
    """The sentence with [brackets] around the words that matched; words that overlap stand in one pair."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(sentence.words):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    text, at = "", sentence.start
    for start, end in joined:
        text += sentence.text[at - sentence.start : start - sentence.start]
        text += f"[{sentence.text[start - sentence.start : end - sentence.start]}]"
        at = end
    return text + sentence.text[at - sentence.start :]


def show_findings(findings: Findings) -> None:
    """What a query finds: a paper a line, with the words and where they stand."""
    for result in findings.results:
        best = result.paper.best
        day = best.published or result.paper.first_seen.date()
        out(f"{day}  {strong(safe(best.title))}")
        told = words_of(result.hits)
        out(_wrapped(f"{result.paper.guid}, first in {result.dump}" + (f": {told}" if told else ""), " " * 12))
        for sentence in sentences_of(result.hits, result.paper):
            if sentence.field == "abstract":
                out(_wrapped(marked(sentence), " " * 12))
    out(f"{findings.found:,} of {findings.papers:,} papers")


def show_warnings(checkup: Checkup) -> None:
    """What is doubtful in the profiles, each with its line and a caret, and a sum."""
    for warning in checkup.lints:
        mistake = warning.mistake
        named = f'"{warning.rule}": ' if warning.rule else ""
        out(safe(str(replace(mistake, message=f"warning: {named}{mistake.message}"))))
    rules = sum(len(profile.rules) + len(profile.mutes) for profile in checkup.profiles)
    told = f"{len(checkup.profiles)} profiles, {rules} rules, {len(checkup.lints)} warnings"
    if checkup.papers:
        out(f"{told}; tried on {checkup.papers:,} stored papers")
    else:
        out(f"{told}; too few stored papers to tell rules that find none")


# A bar of the chart has at most so many characters.
_BAR = 50


def show_rehearsal(replay: Replay) -> None:
    """What each past day would have gained and lost: a chart, then the papers."""
    out(strong(safe(f"{replay.profile}: {_compared(replay)}")))
    longest = max((day.kept + len(day.gained) + len(day.lost) for day in replay.days), default=0)
    for day in replay.days:
        out(_bar(day, longest))
    sums = [sum(numbers) for numbers in zip(*map(_counts, replay.days), strict=True)] or [0, 0, 0]
    if len(replay.days) > 1:
        out(f"  {'in all':10}  {'':{min(longest, _BAR) + 2}}  {_told(sums)}")
    for day in replay.days:
        for sign, moved in (*(("+", one) for one in day.gained), *(("-", one) for one in day.lost)):
            out(f"  {day.day} {sign} {safe(moved.title)}")
            reasons = f"; {'; '.join(moved.because)}" if moved.because else ""
            out(_wrapped(f"score {format_points(moved.score)}, rank {moved.rank}{reasons}", " " * 15))
            out(_wrapped(f"{'was' if sign == '+' else 'now'}: {moved.otherwise}", " " * 15))
    out()


def _compared(replay: Replay) -> str:
    if not replay.days:
        return "nothing is stored of these days"
    if replay.against is None:
        return "no digest of it is stored, so all is gained"
    same = ", which had the same rules" if replay.unedited else ""
    days = f"{len(replay.days)} day{'s' if len(replay.days) > 1 else ''}"
    return f"{days}, against the digests of {replay.against}{same}"


def _counts(day: ReplayedDay) -> tuple[int, int, int]:
    return day.kept, len(day.gained), len(day.lost)


def _told(counts: Sequence[int]) -> str:
    return f"{counts[0]} kept, {counts[1]} gained, {counts[2]} lost"


def _bar(day: ReplayedDay, longest: int) -> str:
    """A day as a line: "=" for what is kept, "+" for what is gained, "-" for what is lost."""
    scale = min(1, _BAR / longest) if longest else 1
    # What there is has at least one sign.
    signs = "".join(
        sign * max(bool(count), round(count * scale)) for sign, count in zip("=+-", _counts(day), strict=True)
    )
    return f"  {day.day}  {signs:{min(longest, _BAR) + 2}}  {_told(_counts(day))}"
