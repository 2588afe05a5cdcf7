"""A row of a digest as templates see it: everything told, nothing escaped. The same for a page and for Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from ..config import Site
from ..types import Entry, FieldChange, Match, Ranked
from ..wording import format_points, signed_points
from . import words
from .days import Moment, published
from .links import Link, links_of
from .marks import Piece, pieces, spans_of
from .sentences import telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A rule that matched: one summand of the score."""

    rule: str
    #: The points it gave, as a number for programs and as it is added up: "+6".
    value: str
    points: str
    #: The exact words that matched.
    words: str
    #: "3 × 2, title" where a match in the title raised the points over the rule's weight; else empty.
    boost: str
    #: The rule's query.
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A field of an updated paper, in short."""

    field: str
    #: Some words around the place, as they are now; empty at an end of the field.
    before: str
    after: str
    #: What was there, and what is; empty where words were only put in, or taken out.
    old: str
    new: str

    @property
    def told(self) -> str:
        """The change on one line, for a form without a way to strike out."""
        sides = [f"“{side}”" if side else "nothing" for side in (self.old, self.new)]
        return " ".join(part for part in (self.before, " → ".join(sides), self.after) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A near copy of a paper, under another title."""

    title: str
    link: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One paper of a digest."""

    #: Of its element, unique in the page: "new-1".
    anchor: str
    #: In its section, from 1.
    rank: int
    guid: str
    title: tuple[Piece, ...]
    #: What the title leads to; None where there is nothing.
    link: Link | None
    #: Everything else it leads to.
    more_links: tuple[Link, ...]
    authors: str
    #: All names, marked; empty where `authors` has them all.
    all_authors: tuple[Piece, ...]
    organization: str
    source: str
    categories: tuple[str, ...]
    published: Moment | None
    #: "3 comments"; empty where there are none.
    comments: str
    upvotes: str
    score: str
    points_noun: str
    why: tuple[Why, ...]
    #: One sentence of the abstract; empty where there is no abstract.
    sentence: tuple[Piece, ...]
    #: Something of the abstract is not in the sentence.
    more: bool
    abstract: tuple[Piece, ...]
    changes: tuple[Changed, ...]
    #: The same work under other titles.
    copies: tuple[Copy, ...]
    #: Why it is not simply new: "late", "updated", "returned".
    flags: tuple[str, ...]

    @property
    def title_text(self) -> str:
        """The title without its marks."""
        return "".join(piece.text for piece in self.title)

    @property
    def facts(self) -> tuple[str, ...]:
        """What is known of the paper beside its words, for a form that has one line for it."""
        facts = (
            *(self.authors, self.organization, ", ".join(self.categories), self.source),
            *(self.published.text if self.published else "", self.comments, self.upvotes),
        )
        return tuple(fact for fact in facts if fact)


def row_of(ranked: Ranked, section: str, rank: int, site: Site) -> Row:
    """The row of a paper that stands at a rank (from 1) of a section."""
    change, matches = ranked.change, ranked.matches
    best = change.paper.best
    abstract = best.abstract or ""
    marks = spans_of(matches, "abstract", abstract)
    sentence = telling(abstract, marks)
    names = ", ".join(best.authors)
    told = words.authors(best)
    link, *more_links = links_of(best.title, best.links, site) or (None,)
    score = format_points(ranked.score)
    return Row(
        anchor=f"{section}-{rank}",
        rank=rank,
        guid=change.paper.guid,
        title=pieces(best.title, spans_of(matches, "title", best.title)),
        link=link,
        more_links=tuple(more for more in more_links if more),
        authors=told,
        all_authors=pieces(names, spans_of(matches, "author", names)) if told != names else (),
        organization=best.organization or "",
        source=best.provenance.source if best.provenance else "",
        categories=best.categories,
        published=published(best),
        comments=words.count(best.comments, "comment") if best.comments else "",
        upvotes=words.count(best.upvotes, "upvote") if best.upvotes else "",
        score=score,
        points_noun="point" if score == "1" else "points",
        why=tuple(_why(match) for match in matches),
        sentence=pieces(abstract, marks, sentence) if sentence else (),
        more=sentence is not None and abstract[slice(*sentence)] != abstract.strip(),
        abstract=pieces(abstract, marks),
        changes=tuple(_changed(field) for field in change.fields),
        copies=tuple(_copy(copy.paper.best, site) for copy in ranked.copies),
        flags=(*(("late",) if change.late else ()), *((change.kind,) if change.kind != "new" else ())),
    )


def _copy(entry: Entry, site: Site) -> Copy:
    return Copy(title=entry.title, link=next(iter(links_of(entry.title, entry.links, site)), None))


def _why(match: Match) -> Why:
    return Why(
        rule=match.rule,
        value=format_points(match.points),
        points=signed_points(match.points),
        words=words.matched_words(match),
        boost=words.boost(match),
        when=match.when,
    )


def _changed(change: FieldChange) -> Changed:
    before, old, new, after = words.changed(change)
    return Changed(field=change.field, before=before, old=old, new=new, after=after)
