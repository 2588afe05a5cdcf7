"""A page or mail in HTML that names papers by their links among other things -> entries.

A paper is what a link to huggingface.co/papers/ID or arxiv.org/abs/ID leads to; its title is the link's own words, or
the first heading of the smallest part around it that has one and is about this paper alone. All other links are news,
and furniture.

Takes no abstract: what such a digest says of a paper are its own words. Does not follow links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ..text import fold_space
from ..types import Entry
from . import markup, stated
from .decode import decode
from .head import Head
from .hugging_face import links_of
from .reading import Reading

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

NAME = "paper-links"
TITLE = "Pages and mails with links to papers of Hugging Face or arXiv"

_LINK = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co/papers|arxiv\.org/(?:abs|pdf))/(\d{4}\.\d{4,5})(?:v\d{1,2})?(?:\.pdf)?(?!\d)"
)
_ANY_LINK = re.compile(r"""https?://[^\s"'<>]{4,2000}""")
_ENOUGH = 2
#: Characters of a page; a digest has some 50,000.
_LONGEST_PAGE = 5_000_000
#: Words of links that say where they lead, not what is there.
_SIGNPOSTS = {
    *(
        "abs",
        "abstract",
        "arxiv",
        "at",
        "details",
        "face",
        "full",
        "here",
        "hf",
        "html",
        "hugging",
        "huggingface",
        "in",
    ),
    *("link", "more", "on", "open", "page", "paper", "pdf", "read", "source", "text", "the", "this", "to", "view"),
}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
#: How many parts around a link are searched for its heading.
_HIGHEST = 12
_SHORTEST, _LONGEST = 4, 400  # characters of a title
_DAY = re.compile(r"(?<!\d)20\d\d-[01]\d-[0-3]\d(?!\d)")


def sniff(head: Head) -> float:
    """A little sure of a page with links to several papers, as any format of pages that knows its own is surer."""
    if not head.is_html:
        return 0.0
    return 0.3 if len({link[1] for link in _LINK.finditer(head.text)}) >= _ENOUGH else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each paper that a link leads to, in the order of the first links."""
    with reading.content() as content:
        decoded = decode(content.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    page = decoded.text
    if len(page) > _LONGEST_PAGE:
        reading.note("error", f"only the first {_LONGEST_PAGE:,} characters were read", text=page[_LONGEST_PAGE:])
        page = page[:_LONGEST_PAGE]
    # A link that the page ends with may go on: its id may be another's.
    links = {link[1]: link for link in reversed(list(_LINK.finditer(page)))}
    links = dict(sorted(links.items(), key=lambda pair: pair[1].start()))
    news = {url[0] for url in _ANY_LINK.finditer(page) if not _LINK.match(url[0])}
    reading.furniture(len(news))
    tree = markup.soup(page)
    day = _DAY.search(tree.get_text(" ")[:20_000])
    when, precision = stated.day(day[0]) if day else (None, None)
    if when and precision == "day":
        reading.dated(when)
    holders = _holders(tree)
    named_in = _named_in(holders)
    for named, link in links.items():
        title = _title(named, holders.get(named, []), named_in)
        torn = not page[link.end() :].strip() or (title and page.find("<", link.end()) < 0)
        if torn:
            reading.refuse("error", "the file ends within the link to this paper", text=link[0])
        elif not title:
            reading.refuse("warning", "a link to a paper that nothing gives a title", text=link[0])
        else:
            entry = reading.entry(title=title, ids={"arxiv": named}, links=links_of(named))
            if entry:
                yield entry


def _holders(tree: BeautifulSoup) -> dict[str, list[Tag]]:
    """The elements that link to each paper, or hold its address as text, in their order."""
    found: dict[str, list[Tag]] = {}
    for anchor in tree.find_all("a", href=True):
        link = _LINK.search(str(anchor["href"]))
        if link:
            found.setdefault(link[1], []).append(anchor)
    for text in tree.find_all(string=_LINK):
        for link in _LINK.finditer(str(text)):
            if text.parent is not None:
                found.setdefault(link[1], []).append(text.parent)
    return found


def _title(named: str, holders: list[Tag], named_in: dict[int, set[str]]) -> str:
    for holder in holders:
        words = fold_space(holder.get_text(" "))
        if holder.name == "a" and _is_title(words) and not _is_signpost(words):
            return words
    for is_heading in (_is_heading, _is_strong):
        for holder in holders:
            for part in islice(holder.parents, _HIGHEST):
                if part.name in ("body", "html", "[document]") or named_in[id(part)] != {named}:
                    break
                headings = (fold_space(heading.get_text(" ")) for heading in part.find_all(is_heading))
                words = next((words for words in headings if _is_title(words) and not _LINK.search(words)), "")
                if words:
                    return words
    return ""


def _named_in(holders: dict[str, list[Tag]]) -> dict[int, set[str]]:
    """The papers that the elements around links lead to, by the element's own identity."""
    found: dict[int, set[str]] = {}
    for named, tags in holders.items():
        for tag in tags:
            for part in (tag, *islice(tag.parents, _HIGHEST)):
                found.setdefault(id(part), set()).add(named)
    return found


def _is_signpost(words: str) -> bool:
    plain = re.sub(r"https?://\S+|\d{4}\.\d{4,5}(?:v\d+)?", " ", words.lower())
    return all(word in _SIGNPOSTS for word in re.findall(r"\w+", plain))


def _is_heading(tag: Tag) -> bool:
    return tag.name in _HEADINGS or any("title" in str(name).lower() for name in tag.get("class") or ())


def _is_strong(tag: Tag) -> bool:
    return tag.name in ("b", "strong")


def _is_title(words: str) -> bool:
    return _SHORTEST <= len(words) <= _LONGEST
