"""One <dt> and <dd> of a listing page -> an entry. Each is parsed by lxml by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from ... import ids
from ...types import Entry
from .. import names
from ..reading import Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

_ABS = re.compile(r"""(?:https?://(?:[a-z]+\.)?arxiv\.org)?/abs/([^\s?#"'<>]{1,60})""", re.IGNORECASE)
_NAMED = re.compile(r"arXiv:\s{0,20}([A-Za-z0-9./-]{7,40})")
_CODE = re.compile(r"\(([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]{2,12})?)\)")
_UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINK_WORDS = re.compile(r"this (?:https?|ftp) URL")


class Record:
    """The parts of one record; what is missing is empty."""

    def __init__(self, term: str, description: str) -> None:
        head, body = _tree(term), _tree(description)
        self._markup = term
        #: The text of <dt>: number, id, kind.
        self.term = _words(head)
        self._hrefs = [link.get("href") or "" for link in head.iter("a")] if head is not None else []
        parts = _parts(body)
        self.title = _words(parts.get("list-title"))
        self.abstract = _words(parts.get("mathjax"))
        self.subjects = _words(parts.get("list-subjects"))
        self._authors = parts.get("list-authors")

    def ids(self) -> list[tuple[str, int | None]]:
        """Every id of arXiv that it names as its own, with its version: first that of the link to the paper's page."""
        found = [link[1] for href in self._hrefs if (link := _ABS.match(href.strip()))]
        found += _NAMED.findall(self.term) or _ABS.findall(self._markup)
        return [known for known in map(ids.arxiv_id, found) if known]

    def kind(self, section: str | None) -> str | None:
        """new, cross or replace; None where neither the section nor the record says. section: what it stands under."""
        if "(replaced" in self.term:
            return "replace"
        return "cross" if "(cross-list" in self.term else section

    def authors(self) -> tuple[tuple[str, ...], int | None]:
        """The names, and how many there are where the page says that it shows fewer."""
        text = _words(self._authors)
        links = [] if self._authors is None else [_words(link) for link in self._authors.iter("a")]
        shown = tuple(name for name in (link.strip() for link in links) if name) or names.split(text)
        hidden = names.not_shown(text)
        return shown, len(shown) + hidden if hidden else None

    def entry(self, reading: Reading, section: str | None, day: date | None) -> Entry | None:
        """The entry. day: when the section it stands in was announced."""
        named = self.ids()
        found = named[0] if named else None
        if len({arxiv for arxiv, _ in named}) != 1:
            reason = "names several ids of arXiv; the first is kept" if found else "names no id of arXiv"
            reading.note("warning", reason, place=(reading.total + 1,) * 2, text=self.term)
        kind = self.kind(section)
        authors, count = self.authors()
        return reading.entry(
            title=self.title,
            abstract=self.abstract,
            authors=authors,
            author_count=count,
            # What is cross-listed or replaced appeared before.
            published=day if kind in {None, "new"} else None,
            updated=day if kind == "replace" else None,
            categories=_CODE.findall(self.subjects),
            ids={"arxiv": found[0]} if found else {},
            links=ids.arxiv_links(found[0]) if found else {},
            announce_type=kind,
            version=found[1] if found else None,
        )


def _tree(markup: str) -> _Element | None:
    from lxml import etree

    if not markup:
        return None
    try:
        tree = etree.HTML(markup)
    except (etree.LxmlError, ValueError):
        return None
    if tree is not None:
        _as_written(tree)
    return tree


def _as_written(tree: _Element) -> None:
    """Undo what arXiv's page and a browser make of a text: breaks, words in place of URLs, typeset math."""
    for element in list(tree.iter("br", "a", "script", "style", "span", "div")):
        tag, name = element.tag, element.get("class") or ""
        if tag == "br":
            element.tail = " " + _sound(element.tail)
        elif tag == "a":
            if _LINK_WORDS.fullmatch((element.text or "").strip()) and element.get("href"):
                element.text = _sound(element.get("href"))
        elif tag == "script" and (element.get("type") or "").startswith("math/tex"):
            sign = "$$" if "display" in (element.get("type") or "") else "$"
            element.text = f"{sign}{_sound(element.text)}{sign}"
        elif tag in {"script", "style"} or name.startswith("MathJax"):
            tail = _sound(element.tail)
            element.clear()
            element.tail = tail


def _sound(text: str | None) -> str:
    """The text without what lxml reads out of a damaged page, and refuses to take back."""
    return _UNSOUND.sub("", text or "")


def _parts(body: _Element | None) -> Mapping[str, _Element]:
    """The divisions of a description by the first word of their class, and its abstract as "mathjax"."""
    parts: dict[str, _Element] = {}
    for element in () if body is None else body.iter("div", "p", "span"):
        name = ((element.get("class") or "").split() or [""])[0]
        if name == "descriptor":
            element.text = ""
        elif name.startswith("list-") or (name == "mathjax" and element.tag == "p"):
            parts.setdefault(name, element)
    return parts


def _words(element: _Element | None) -> str:
    return "" if element is None else "".join(map(str, element.itertext("*"))).strip()
