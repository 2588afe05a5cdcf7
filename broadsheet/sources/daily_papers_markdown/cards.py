"""Links and texts in their order -> the cards of the page, each with what it says, and what belongs to no card.

A card begins with its title, a link to huggingface.co/papers/ID (a heading in Markdown); its votes stand above it or at
the end. What follows may be missing: the abstract (a link of its own or text), the authors' number or an organisation,
a date, the number of comments.

Does not date anything; that is dating.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...dates import MONTH, YEAR, ShownDate, days_in, month_number
from .page import Card, Page
from .pieces import Piece

_SITE = r"(?:https?://(?:www\.)?huggingface\.co)?"
_PAPER = re.compile(
    rf"{_SITE}/papers/(\d{{4}}\.\d{{4,5}}|[a-z-]{{2,20}}/\d{{7}})(?:v\d{{1,2}})?/?(#community)?(?:[?#]\S*)?"
)
_LOGIN = re.compile(rf"{_SITE}/login\?next=(?:%2F|/)papers(?:%2F|/)([\w.-]{{4,30}})", re.IGNORECASE)
_OWNER = re.compile(rf"{_SITE}/([\w.-]{{1,100}})/?")
_NO_OWNERS = {
    *(
        "about",
        "blog",
        "brand",
        "chat",
        "collections",
        "datasets",
        "docs",
        "enterprise",
        "huggingface",
        "join",
        "learn",
    ),
    *(
        "login",
        "models",
        "new",
        "organizations",
        "papers",
        "posts",
        "pricing",
        "privacy",
        "settings",
        "spaces",
        "storage",
    ),
    *("support", "tasks", "terms-of-service"),
}
_DAY_LINK = re.compile(rf"{_SITE}/papers/date/(\d{{4}}-\d\d-\d\d)")
_FRONT_MATTER = re.compile(
    r"(?:[-*]\s)?(?:retrieved|exported|date|captured|created|published)(?:\s\(UTC\))?\s?:\s?[\"']?(\d{4}-\d\d-\d\d).*",
    re.IGNORECASE,
)
_CUT = re.compile(r"\[?(?:content|text|output)? ?truncated\]?", re.IGNORECASE)

_AUTHORS = re.compile(r"(?:[-*•·]\s?)*(\d{1,6}) authors?(?:\]\(\S{0,300}\))?")
_DATE = re.compile(
    rf"[·⋅・•\s]*(?:Published on )?({MONTH}) (\d{{1,2}})(?:, ({YEAR})(?!\d))?(?: (\d{{1,5}}))?", re.IGNORECASE
)
_VOTES = re.compile(r"(?:\[[- x]*\]\s?)?(?:-\s\[[ x]\]\s?)?(?:upvote\s?)?(\d{1,6}|-)?", re.IGNORECASE)
_NOTHING = re.compile(
    r"[-*•·⋅\[\]\\()\s]*|(?:[-*•]\s?)?!?\[[^\[\]]{0,100}\]|<a id=\S{1,100}></a>"
    r"|`{3}\w{0,20}|arXiv Page|Upvote|GitHub(?: [\d.]+k?)?|\d{1,6}",
    re.IGNORECASE,
)
_SUBMITTED = re.compile(r"[·⋅]?\s?Submitted by\b.{0,80}", re.IGNORECASE)
_TITLE_LIKE = re.compile(r"/papers/\d{4}\.\d|\A#{1,6} ?\[")
_BRACKETED = re.compile(r"\A(?:\[[^\[\]]{0,200}\]\s?)+")
#: Characters of what stands above the first paper or below the last and is no paper's text.
_LONGEST_FURNITURE = 160
_LONGEST_NAME = 60
_SHORTEST_ABSTRACT = 60


class Cards:
    """Takes pieces one after the other, and makes a page of them."""

    def __init__(self, *, by_heading: bool) -> None:
        self.page = Page()
        self._by_heading = by_heading
        self._seen: set[str] = set()
        #: Votes that stand above their paper, with their lines.
        self._above: dict[str, tuple[int | None, set[int]]] = {}
        self._text_at = 0

    def take_all(self, pieces: Iterable[Piece]) -> Page:
        """The page that the pieces are."""
        for piece in pieces:
            if piece.url:
                self._link(piece)
            else:
                self._text(piece)
        for _, lines in self._above.values():
            self.page.furniture |= lines
        return self.page

    @property
    def _card(self) -> Card | None:
        return self.page.cards[-1] if self.page.cards else None

    def _link(self, piece: Piece) -> None:
        card = self._card
        paper, login = _PAPER.fullmatch(piece.url), _LOGIN.match(piece.url)
        if login:
            self._votes(piece, login[1])
        elif paper and self._is_title(piece, paper):
            self._begin(piece, paper[1])
        elif paper and card and paper[1] == card.named:
            self._own_link(card, piece, comments=bool(paper[2]))
        elif paper:
            # The picture above a title, or a text whose own title is lost.
            self._close()
            if len(piece.text) < _SHORTEST_ABSTRACT:
                self._other(piece)
        elif card is None:
            day = _DAY_LINK.match(piece.url)
            if day:
                self.page.days.append(day[1])
            self._header(piece)
        else:
            self._link_in(card, piece)

    def _link_in(self, card: Card, piece: Piece) -> None:
        """A link of the current card that leads to no paper."""
        if _DAY_LINK.match(piece.url):
            # The page's foot begins.
            self._close()
            self._other(piece)
        elif card.phase == "abstract" and card.abstract and piece.first == self._text_at:
            card.abstract.append(piece.text)
            self._keep(card, piece)
        elif card.phase == "abstract" and not card.abstract and len(piece.text) >= 4 * _SHORTEST_ABSTRACT:
            # An abstract whose address is damaged.
            card.abstract.append(piece.text)
            self._tail(card, piece)
        elif self._is_owner(card, piece):
            name = _BRACKETED.sub("", piece.text)
            card.organization = name if len(name) <= 2 * _LONGEST_NAME else ""
            self._tail(card, piece)
        else:
            if piece.url.startswith("https://github.com/") and not card.code and card.phase != "closed":
                card.code = piece.url
                # It stands below the abstract, and on some pages nothing else does.
                card.tail = True
            self._other(piece)

    def _is_title(self, piece: Piece, paper: re.Match[str]) -> bool:
        if paper[2] or not piece.text or _AUTHORS.fullmatch(piece.text):
            return False
        if self._by_heading:
            return piece.heading
        return self._card is None or paper[1] != self._card.named

    def _is_owner(self, card: Card, piece: Piece) -> bool:
        """Whether it is the organisation, which stands in the place of the authors' number."""
        owner = _OWNER.fullmatch(piece.url)
        if owner is None or owner[1].lower() in _NO_OWNERS or card.phase == "closed":
            return False
        return not (card.organization or card.author_count is not None or card.date or card.comments is not None)

    def _close(self) -> None:
        if self._card:
            self._card.phase = "closed"

    def _begin(self, piece: Piece, named: str) -> None:
        votes, lines = self._above.pop(named, (None, set()))
        card = Card(named, piece.text, lines | _lines(piece), upvotes=votes, repeats=named in self._seen)
        self._seen.add(named)
        self.page.cards.append(card)

    def _votes(self, piece: Piece, named: str) -> None:
        found = _VOTES.fullmatch(piece.text)
        votes = int(found[1]) if found and found[1] and found[1] != "-" else None
        card = self._card
        if card and card.named == named and (card.upvotes is None or card.repeats):
            card.upvotes = votes
            self._tail(card, piece)
        else:
            self._above[named] = votes, self._above.get(named, (None, set()))[1] | _lines(piece)
            self._close()

    def _own_link(self, card: Card, piece: Piece, *, comments: bool) -> None:
        authors = _AUTHORS.search(piece.text) if len(piece.text) < _SHORTEST_ABSTRACT * 4 else None
        if comments:
            card.comments = int(piece.text) if piece.text.isdecimal() and len(piece.text) < 7 else None
        elif authors:
            card.author_count = int(authors[1])
        elif card.phase == "abstract" and (card.abstract or len(piece.text) >= _SHORTEST_ABSTRACT):
            card.abstract.append(piece.text)
        self._tail(card, piece)

    def _text(self, piece: Piece) -> None:
        card = self._card
        date, authors = _DATE.fullmatch(piece.text), _AUTHORS.fullmatch(piece.text)
        if card is None:
            self._header(piece, date)
        elif _CUT.fullmatch(piece.text):
            self.page.all_dated = True
            self._keep(card, piece)
        elif _SUBMITTED.fullmatch(piece.text):
            self._close()
            self.page.furniture |= _lines(piece)
        elif date and card.phase != "closed" and card.date is None and (shown := _shown(date)):
            card.date, card.dated_at = shown, piece.last
            card.comments = int(date[4]) if date[4] else card.comments
            self._tail(card, piece)
        elif authors and card.phase != "closed":
            card.author_count = int(authors[1])
            self._tail(card, piece)
        elif _NOTHING.fullmatch(piece.text):
            self._other(piece)
        elif card.phase == "abstract":
            card.abstract.append(piece.text)
            self._keep(card, piece)
            self._text_at = piece.last
        elif len(piece.text) <= _LONGEST_NAME and not (date or authors or _TITLE_LIKE.search(piece.text)):
            self.page.furniture |= _lines(piece)

    def _header(self, piece: Piece, date: re.Match[str] | None = None) -> None:
        if date and self.page.date is None:
            self.page.date = _shown(date)
        stated = _FRONT_MATTER.fullmatch(piece.text)
        if stated:
            self.page.days.append(stated[1])
        is_paper = _PAPER.match(piece.url) or _TITLE_LIKE.search(piece.text)
        if not is_paper and len(piece.text) <= _LONGEST_FURNITURE:
            self.page.furniture |= _lines(piece)

    def _other(self, piece: Piece) -> None:
        """What says nothing that is kept: part of the card's tail, or of the page."""
        card = self._card
        if card is None or card.phase == "closed":
            self.page.furniture |= _lines(piece)
        else:
            if piece.text or piece.url:
                card.phase = "tail"
            self._keep(card, piece)

    def _tail(self, card: Card, piece: Piece) -> None:
        card.phase = "tail"
        card.tail = True
        self._keep(card, piece)

    def _keep(self, card: Card, piece: Piece) -> None:
        card.lines |= _lines(piece)


def _lines(piece: Piece) -> set[int]:
    return set(range(piece.first, piece.last + 1))


def _shown(date: re.Match[str]) -> ShownDate | None:
    month, day = month_number(date[1].capitalize()), int(date[2])
    return (
        ShownDate(month=month, day=day, year=int(date[3]) if date[3] else None) if 1 <= day <= days_in(month) else None
    )
