"""What arXiv's feeds and answers have in common: the fields of a record, its id and version, what it was announced as.

Used by arxiv_rss.py, arxiv_atom.py, arxiv_rdf.py, arxiv_api.py and oai/. Is no format itself.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .. import ids
from ..text import fold_space
from ..types import Precision
from . import markup, names, stated
from .reading import Reading
from .xml_records import local

if TYPE_CHECKING:
    from lxml.etree import _Element

Elements = Sequence["_Element"]
Fields = Mapping[str, Elements]

#: The namespace of arXiv's own elements in feeds.
NAMESPACE = "http://arxiv.org/schemas/atom"

#: What arXiv puts before an abstract: "arXiv:2401.01234v1 Announce Type: new \nAbstract: ".
_PREFIX = re.compile(r"\s*arXiv:\s*(\S{1,60})\s+Announce Type:\s*([a-z-]{1,30})\s+(?:Abstract:\s*)?", re.IGNORECASE)
#: What it put behind a title until 2024, with a dot of its own: "Title. (arXiv:1805.06430v2 [nucl-th] UPDATED)".
_SUFFIX = re.compile(r"\.?\s*\(arXiv:\s?([^\s()]{1,60})\s*(?:\[([^\[\]\s]{1,40})\])?\s*([A-Z -]{0,40})\)\s*\Z")
_REPLACED, _LISTED = "UPDATED", "CROSS LISTED"
_ANCHOR = re.compile(r"<a\b[^<>]*>([^<]*)</a\s*>", re.IGNORECASE)
_LONGEST_DATE = 100
_ABSTRACT = re.compile(r"\s*Abstract:\s+")
#: How arXiv entitles a feed that holds an error and no papers.
_FAILED = re.compile(r"\s*Feed error\b", re.IGNORECASE)
_MONTH = re.compile(r"(?:[a-z-]+(?:\.[A-Z]{2})?/)?(\d\d)(0[1-9]|1[0-2])")
_PARAGRAPH = re.compile(r"\s*<p>(.*)</p>\s*", re.IGNORECASE | re.DOTALL)
#: Elements that hold text and nothing else; where another field stands in one of them, its end tag is missing.
_FLAT = frozenset(
    {"title", "link", "description", "summary", "guid", "id", "category", "pubDate", "published", "updated"}
)
_FLAT |= {"announce_type", "creator", "abstract", "categories", "comments", "doi", "created"}


def fields(record: _Element) -> Fields:
    """All elements in a record by local name, in their order, however deep: a missing end tag hides none of them."""
    found: defaultdict[str, list[_Element]] = defaultdict(list)
    for element in record.iterdescendants():
        found[local(element)].append(element)
    return found


def words(found: Fields, name: str) -> str:
    """The text of the first element with a name; empty without one."""
    elements = found.get(name)
    return text_in(elements[0]) if elements else ""


def text_in(element: _Element) -> str:
    """The text of an element, up to where another field begins in it."""
    text = str(element.text or "")
    if not len(element):
        return text
    parts = [text]
    for inner in element:
        if local(inner) in _FLAT:
            break
        parts += map(str, inner.itertext())
        parts.append(str(inner.tail or ""))
    return "".join(parts)


@lru_cache(maxsize=1 << 12)
def _day(text: str) -> tuple[date, Precision] | tuple[None, None]:
    return stated.day(text)


def day(text: str) -> tuple[date, Precision] | tuple[None, None]:
    """stated.day; all of a feed have the same few days."""
    return _day(text) if len(text) < _LONGEST_DATE else (None, None)


def dated(reading: Reading, text: str) -> None:
    """Date the dump by a text that says when it was made, if it says so."""
    when = stated.moment(text) if len(text) < _LONGEST_DATE else None
    if when:
        reading.dated(when)


def refused(reading: Reading, header: Fields, reason: str) -> None:
    """Tell of a feed that holds an error instead of papers, as its title says. reason: the element that says which."""
    title = words(header, "title")
    if _FAILED.match(title):
        reading.refusal = fold_space(words(header, reason)) or fold_space(title)


def without_prefix(text: str) -> tuple[str, str, str]:
    """An abstract as feeds have it -> the abstract itself, the id before it and the announce type; "" without one."""
    paragraph = _PARAGRAPH.fullmatch(text) if "</" in text else None
    if paragraph:
        text = paragraph[1]
    prefix = _PREFIX.match(text)
    if prefix:
        return text[prefix.end() :], prefix[1], prefix[2].lower()
    bare = _ABSTRACT.match(text)
    return text[bare.end() if bare else 0 :], "", ""


class Suffix(NamedTuple):
    """What stands behind a title of before 2024; empty where nothing does."""

    #: The id, with its version.
    named: str = ""
    category: str = ""
    #: In the words of the feeds that came after.
    announced: str = ""


def without_suffix(title: str) -> tuple[str, Suffix]:
    """A title as feeds had it until 2024 -> the title itself, and what stood behind it."""
    found = _SUFFIX.search(title[-300:])
    if not found:
        return title, Suffix()
    announced = "replace" if _REPLACED in found[3] else "" if _LISTED in found[3] else "new"
    if _LISTED in found[3]:
        announced = f"{announced}-cross" if announced else "cross"
    return title[: len(title) - len(found[0])], Suffix(found[1], found[2] or "", announced)


def identify(reading: Reading, *named: str) -> tuple[dict[str, str], int | None]:
    """The id and version of a paper that is named in several ways, the best first; none, with a note, without one."""
    value: str | None = None
    for name in named:
        found = ids.arxiv_id(name) if name else None
        if found and (value is None or found[0] == value):
            value = found[0]
            if found[1] is not None:
                return {"arxiv": value}, found[1]
    if value is None:
        place = reading.total + 1
        text = "\n".join(filter(None, named))
        reading.note(
            "warning", "names no paper of arXiv; the paper is kept without an id", place=(place, place), text=text
        )
        return {}, None
    return {"arxiv": value}, None


def links(identity: Mapping[str, str], otherwise: str = "") -> dict[str, str]:
    """Where arXiv has a paper; what the listing says where it has no id."""
    if "arxiv" in identity:
        return ids.arxiv_links(identity["arxiv"])
    return {"abstract": otherwise.strip()} if otherwise.strip() else {}


def published_as(reading: Reading, dois: Iterable[str], to: dict[str, str]) -> dict[str, str]:
    """The versions in journals that a preprint names, as `related`; the first is put into the links `to`."""
    related: dict[str, str] = {}
    for text in dois:
        for part in text.split():
            found = ids.doi(part.rstrip(",;"))
            if found is None:
                place = reading.total + 1
                reading.note("note", "what stands for a DOI is none; left out", place=(place, place), text=part)
            elif not found.startswith(ids.ARXIV_DOI):
                related[f"doi:{found}"] = "published version"
                to.setdefault("published", f"https://doi.org/{found}")
    return related


def appeared(when: date | None, announced: str | None, value: str | None) -> tuple[date | None, date | None]:
    """The day of an announcement -> when the paper appeared, and when this version of it did, where that is known.

    A replacement is announced when it is made. A paper that is cross-listed may have appeared long before; its id says
    in which month.
    """
    if when is None or (announced or "").startswith("replace"):
        return None, when
    if announced == "cross" and value and value[:4].isdigit():
        months = (when.year % 100 * 12 + when.month) - (int(value[:2]) * 12 + int(value[2:4]))
        return (when if months in {0, 1} else None), None
    return when, None


def first_day(
    when: date | None, precision: Precision | None, value: str | None
) -> tuple[date, Precision] | tuple[None, None]:
    """The day on which a paper was created -> the same; none where its id was given in an earlier month.

    arXiv's own answers give the day of a later version for many papers.
    """
    if when is None or precision is None:
        return None, None
    month = _MONTH.match(value or "")
    # An id is given by the clock in Ithaca, a day by UTC.
    before = when - timedelta(days=1) if when > date.min else when
    # The first ids are of 1991.
    if month and ((before.year - 1991) % 100, before.month) > ((int(month[1]) - 91) % 100, int(month[2])):
        return None, None
    return when, precision


def authors(found: Fields) -> list[str]:
    """The names in the authors of a record of Atom, one an element."""
    return [text_in(part) for author in found.get("author", ()) for part in author if local(part) == "name"]


def authors_in_html(text: str) -> Sequence[str]:
    """The names in a creator of before 2024: links in HTML, or plain text."""
    anchors = _ANCHOR.findall(text)
    return [html.unescape(name) for name in anchors] if anchors else names.split(markup.text_of(text))
