"""What a feed reader shows of a paper or a day: a little HTML out of p, ul, ol, li, strong, em and a, without classes.

Readers drop all else. Built as a tree and serialised, so that no text of a dump is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from ...config import Site
from ...types import Digest
from ..characters import composed
from ..edition import Edition
from ..marks import Piece
from ..rows import Row
from .entries import page_of

#: A text, or a text in an element of this name, or in a link to this address.
_Run = str | tuple[str, str]


def content_of(row: Row, digest: Digest, site: Site) -> str:
    """Why the paper is there, what changed, who wrote it, and its abstract with the matched words marked."""
    told = [
        _paragraph([("strong", f"{row.score} {row.points_noun}"), f" in {digest.title}: {', '.join(_flags(row))}"]),
        _list([[f"{why.points} ", ("strong", why.rule), f": {why.words}"] for why in row.why]),
    ]
    if row.changes:
        told.append(_paragraph([("strong", "What changed")]))
        told.append(_list([[("em", change.field), f": {change.told}"] for change in row.changes]))
    if row.copies:
        told.append(_paragraph(["Also listed as: ", ("em", "; ".join(copy.title for copy in row.copies))]))
    if row.facts:
        told.append(_paragraph([" · ".join(row.facts)]))
    told.append(
        _paragraph(_marked(row.abstract)) if row.abstract else _paragraph([("em", "No abstract in the listing.")])
    )
    if links := _links(row, digest, site):
        told.append(_paragraph(links))
    return "".join(etree.tostring(element, method="html", encoding="unicode") for element in told)


def list_of(edition: Edition) -> str:
    """A whole digest: its summary, and every paper with its points, its sentence and the rules that matched."""
    told = [_paragraph([edition.summary])]
    if edition.nothing:
        told.append(_paragraph([edition.nothing]))
    for part in edition.sections:
        told.append(_paragraph([("strong", part.title)]))
        told.append(_list([_line(row) for row in part.rows], "ol"))
    told += [
        _paragraph([("strong", f"{source.source}: {source.verdict}"), f", {source.reason}"])
        for source in edition.sources
        if source.alarm
    ]
    return "".join(etree.tostring(element, method="html", encoding="unicode") for element in told)


def _line(row: Row) -> list[_Run]:
    title: _Run = (row.link.href, row.title_text) if row.link else ("strong", row.title_text)
    sentence = "".join(piece.text for piece in row.sentence)
    why = ", ".join(f"{why.points} {why.rule}" for why in row.why)
    return [title, f" — {sentence}" if sentence else "", " ", ("em", f"{row.score} {row.points_noun}: {why}")]


def _flags(row: Row) -> list[str]:
    return [*(row.flags or ("new",)), f"rank {row.rank}"]


def _links(row: Row, digest: Digest, site: Site) -> list[_Run]:
    links = [(link.href, link.name) for link in row.more_links]
    if page := page_of(digest.profile, digest.day, site, f"#{row.anchor}"):
        links.append((page, "the digest"))
    runs: list[_Run] = []
    for href, name in links:
        runs += [" · ", (href, name)] if runs else [(href, name)]
    return runs


def _marked(pieces: Iterable[Piece]) -> list[_Run]:
    return [("strong", piece.text) if piece.marked else piece.text for piece in pieces]


def _list(lines: Iterable[Sequence[_Run]], name: str = "ul") -> etree._Element:
    element = etree.Element(name)
    for line in lines:
        _fill(etree.SubElement(element, "li"), line)
    return element


def _paragraph(runs: Sequence[_Run]) -> etree._Element:
    element = etree.Element("p")
    _fill(element, runs)
    return element


def _fill(element: etree._Element, runs: Sequence[_Run]) -> None:
    """Put runs of text into an element, in their order."""
    last: etree._Element | None = None
    for run in runs:
        if isinstance(run, str):
            text = _clean(run)
            if last is None:
                element.text = (element.text or "") + text
            else:
                last.tail = (last.tail or "") + text
            continue
        kind, text = run
        last = etree.SubElement(element, "a", {"href": kind}) if ":" in kind else etree.SubElement(element, kind)
        last.text = _clean(text)


def _clean(text: str) -> str:
    """As the rest of the feed, with the blanks at its ends, which part it from its neighbours."""
    # Bars keep the blanks at the ends, and no mark combines with a bar.
    return composed(f"|{text}|")[1:-1]
