"""A digest as the templates of a mail see it: what a page tells, cut to what a mail can hold. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from ..links import Link
from ..marks import Piece
from .headers import Leaving


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A rule that matched, with its points and words."""

    points: str
    rule: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One paper in full."""

    rank: int
    title: tuple[Piece, ...]
    title_text: str
    #: https only; None where there is nothing that may be followed.
    link: Link | None
    flags: tuple[str, ...]
    score: str
    why: tuple[Reason, ...]
    #: "2 more rules"; empty where all are told.
    more_rules: str
    facts: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    copies: tuple[str, ...]
    sentence: tuple[Piece, ...]
    sentence_text: str

    @property
    def account(self) -> str:
        """Where its points come from, for a form that has one text for it."""
        told = [f"{why.points} {why.rule}{f' ({why.words})' if why.words else ''}" for why in self.why]
        return f"{self.score}: {', '.join([*told, *([self.more_rules] if self.more_rules else [])])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section: its first papers in full, the next ones by their titles, and how many are only counted."""

    title: str
    #: How many papers it has: "1,204".
    size: str
    whole: tuple[Story, ...]
    titles: tuple[Story, ...]
    #: "12 more papers"; empty where all are told.
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A source that somebody should look at."""

    dump: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A digest in the words of a mail."""

    title: str
    publication: str
    day: str
    summary: str
    #: What was looked at, where no paper is shown; else empty.
    nothing: str
    #: What a list of mails shows behind the subject.
    preview: str
    parts: tuple[Part, ...]
    alarms: tuple[Alarm, ...]
    more_alarms: str
    bounds: str
    remarks: str
    #: The digest's page; None where it is not served by https.
    page: str | None
    #: Its file in the output folder, or its address where that is no https.
    place: str
    leaving: Leaving
    receiver: str
