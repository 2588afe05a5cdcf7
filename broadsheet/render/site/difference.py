"""What changed in a text, word by word. Says only which words came and went; a page has its own way to show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# A word with the white space behind it, so that the runs put together are the text again.
_WORD = re.compile(r"\S+\s*|\s+")
# Of two texts that differ in more, the part that differs is told as a whole: comparing costs the product of lengths.
_MOST_PAIRS = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words that stayed, went or came."""

    kind: Literal["same", "gone", "come"]
    text: str


def difference(old: str, new: str) -> tuple[Run, ...]:
    """The new text with what went and came; what is not "gone" is the new text, what is not "come" the old one.

    White space counts as part of the word before it, and alone changes nothing: the new text's is kept.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    left, right = [word.strip() for word in before], [word.strip() for word in after]
    head = _shared(left, right)
    tail = _shared(left[head:][::-1], right[head:][::-1])
    runs = [Run(kind="same", text="".join(after[:head]))]
    ends = len(before) - tail, len(after) - tail
    runs += _between(before[head : ends[0]], after[head : ends[1]])
    runs.append(Run(kind="same", text="".join(after[ends[1] :])))
    return tuple(run for run in runs if run.text)


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    shorter = min(len(left), len(right))
    return next((place for place in range(shorter) if left[place] != right[place]), shorter)


def _between(before: Sequence[str], after: Sequence[str]) -> list[Run]:
    if len(before) * len(after) > _MOST_PAIRS or not before or not after:
        return [Run(kind="gone", text="".join(before)), Run(kind="come", text="".join(after))]
    left, right = [word.strip() for word in before], [word.strip() for word in after]
    runs = []
    for kind, first, last, start, end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(Run(kind="same", text="".join(after[start:end])))
            continue
        runs.append(Run(kind="gone", text="".join(before[first:last])))
        runs.append(Run(kind="come", text="".join(after[start:end])))
    return runs
