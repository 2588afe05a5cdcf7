"""Digest -> Letter: what a mail tells of a digest, each text and list no longer than a mail can hold. Escapes nothing.

As everything has a longest length, a mail's size is bounded by how many papers it tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...config import Mail, Site
from ...types import Digest
from ..characters import one_line
from ..edition import Edition
from ..links import Link, web_url
from ..marks import Piece
from ..rows import Row
from ..site.names import day_page
from ..words import count, shortened
from .fitting import Fit
from .headers import https, leaving_of
from .letter import Alarm, Letter, Part, Reason, Story

_LONGEST_TITLE = 300
_LONGEST_TEXT = 440
_LONGEST_FACT = 160
_LONGEST_CHANGE = 240
_LONGEST_WORDS = 100
_LONGEST_PREVIEW = 140
_LONGEST_LINK = 800
#: So many of each: rules of a paper, what changed in it, its near copies; marked words of a text; sources.
_MOST_RULES = 6
_MOST_CHANGES = 3
_MOST_MARKS = 12
_MOST_SOURCES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that a letter may be made of; made once, as a letter is tried at several lengths."""

    frame: Letter
    sections: tuple[tuple[str, tuple[Story, ...]], ...]

    @property
    def papers(self) -> int:
        """How many papers there are to tell."""
        return sum(len(stories) for _, stories in self.sections)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles in the order in which they are told."""
        return tuple(story.title_text for _, stories in self.sections for story in stories)


def material_of(digest: Digest, edition: Edition, site: Site, mail: Mail, receiver: str) -> Material:
    """The letter without its papers, and the papers."""
    sections = tuple((part.title, tuple(_story(row) for row in part.rows)) for part in edition.sections)
    name = day_page(digest.profile, digest.day)
    address = site.url and web_url(site.url + name)
    alarms = [source for source in edition.sources if source.alarm]
    frame = Letter(
        title=shortened(edition.title, _LONGEST_FACT),
        publication=shortened(site.title, _LONGEST_FACT),
        day=edition.day,
        summary=edition.summary,
        nothing=_nothing(edition),
        preview=_preview(edition, [story.title_text for _, stories in sections for story in stories[:3]]),
        parts=(),
        alarms=tuple(
            Alarm(
                dump=shortened(source.dump, _LONGEST_WORDS),
                verdict=source.verdict,
                reason=shortened(source.reason, _LONGEST_FACT),
            )
            for source in alarms[:_MOST_SOURCES]
        ),
        more_alarms=_beyond(len(alarms), _MOST_SOURCES, "source"),
        bounds=edition.bounds,
        remarks=edition.remarks,
        page=https(address or ""),
        place=address or f"site/{name}",
        leaving=leaving_of(digest, site, mail, receiver),
        receiver=receiver,
    )
    return Material(frame=frame, sections=sections)


def _nothing(edition: Edition) -> str:
    """What was looked at, where no paper is shown, with the names: silence about a source is no "all quiet" of it."""
    # Those that need a look are told by themselves.
    fine = [source for source in edition.sources if not source.alarm]
    if not edition.nothing or not fine:
        return edition.nothing
    names = [f"{shortened(source.dump, _LONGEST_WORDS)} ({source.verdict})" for source in fine[:_MOST_SOURCES]]
    more = _beyond(len(fine), _MOST_SOURCES, "source")
    return f"{edition.nothing} Checked: {', '.join(names)}{f' and {more}' if more else ''}."


def parts_of(material: Material, fit: Fit) -> tuple[Part, ...]:
    """The sections with as much as fits, the first ranks of all sections before the later ones."""
    order = sorted((story.rank, n) for n, (_, stories) in enumerate(material.sections) for story in stories)
    whole, told = order[: fit.whole], order[: fit.whole + fit.titles]
    parts = []
    for n, (title, stories) in enumerate(material.sections):
        first = sum(section == n for _, section in whole)
        last = sum(section == n for _, section in told)
        more = _beyond(len(stories), last, "paper")
        size = f"{len(stories):,}"
        parts.append(Part(title=title, size=size, whole=stories[:first], titles=stories[first:last], more=more))
    return tuple(parts)


def _beyond(number: int, told: int, noun: str) -> str:
    return count(number - told, f"more {noun}") if number > told else ""


def _preview(edition: Edition, titles: Sequence[str]) -> str:
    return shortened(one_line("; ".join(titles[1:3]) or edition.summary), _LONGEST_PREVIEW)


def _story(row: Row) -> Story:
    title, sentence = _cut(row.title, _LONGEST_TITLE), _cut(row.sentence, _LONGEST_TEXT)
    return Story(
        rank=row.rank,
        title=title,
        title_text="".join(piece.text for piece in title),
        link=_secure(row.link),
        flags=row.flags,
        score=f"{row.score} {row.points_noun}",
        why=tuple(
            Reason(
                points=why.points,
                rule=shortened(why.rule, _LONGEST_WORDS),
                words="" if why.words == why.rule else shortened(why.words, _LONGEST_WORDS),
            )
            for why in row.why[:_MOST_RULES]
        ),
        more_rules=_beyond(len(row.why), _MOST_RULES, "rule"),
        facts=tuple(shortened(fact, _LONGEST_FACT) for fact in row.facts),
        changes=tuple(
            (shortened(change.field, _LONGEST_WORDS), shortened(change.told, _LONGEST_CHANGE))
            for change in row.changes[:_MOST_CHANGES]
        ),
        copies=tuple(shortened(copy.title, _LONGEST_FACT) for copy in row.copies[:_MOST_CHANGES]),
        sentence=sentence,
        sentence_text="".join(piece.text for piece in sentence),
    )


def _cut(pieces: Sequence[Piece], longest: int) -> tuple[Piece, ...]:
    """The pieces up to so many characters, with so many marks that they cannot outweigh the text."""
    whole = "".join(piece.text for piece in pieces)
    room = len(shortened(whole, longest).removesuffix("…")) if len(whole) > longest else len(whole)
    out, marks = list[Piece](), 0
    for piece in pieces:
        text = piece.text[:room]
        room -= len(text)
        marks += piece.marked
        if text:
            out.append(Piece(text=text, marked=piece.marked and marks <= _MOST_MARKS))
    if len(whole) > longest:
        out.append(Piece(text="…", marked=False))
    return tuple(out)


def _secure(link: Link | None) -> Link | None:
    """The link over https: what lists papers answers there, and a mail's links are followed from anywhere."""
    if link is None or len(link.href) > _LONGEST_LINK:
        return None
    if link.href.startswith("https://"):
        return link
    if urlsplit(link.href).port is not None:
        return None
    return Link(href=f"https{link.href.removeprefix('http')}", name=link.name, host=link.host, searches=link.searches)
