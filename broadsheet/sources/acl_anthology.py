"""The ACL Anthology's own XML -> entries.

An id is made of collection, volume and paper as the Anthology makes it. Front matter is no paper. Reads the XML of its
repository, not the pages of the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..types import Entry
from . import xml_records
from .head import Head
from .markup import words_of
from .reading import Reading
from .references import date_of, links_in, named

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "acl-anthology"
TITLE = "The ACL Anthology's XML"
STREAMS = True

_SITE = "https://aclanthology.org/"
_ID = re.compile(r"\d{4}\.[a-z\d_]{1,40}-[a-z\d_]{1,40}\.\d{1,5}|[A-Z]\d\d-\d{4}")


def sniff(head: Head) -> float:
    """Sure where a collection holds volumes of papers."""
    if head.root == "collection" and {"volume", "meta"} & head.tags and {"paper", "frontmatter"} & head.tags:
        return 0.97
    return 0.6 if head.root in ("volume", "collection") and {"paper", "bibkey"} <= head.tags else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each paper of each volume."""
    volume = None
    for record in xml_records.records(reading, "{*}paper", furniture=("{*}meta", "{*}frontmatter")):
        name = str(record.tag).rpartition("}")[2]
        if name == "meta":
            volume = _Volume(record)
        elif name == "frontmatter":
            reading.furniture()
        else:
            entry = _entry(reading, record, volume)
            if entry:
                yield entry


class _Volume:
    """What a volume says for all of its papers."""

    def __init__(self, meta: _Element) -> None:
        self.year, self.month = words_of(meta.find("{*}year")), words_of(meta.find("{*}month"))
        self.venues = [words_of(venue) for venue in meta.iterfind("{*}venue")]


def _entry(reading: Reading, paper: _Element, volume: _Volume | None) -> Entry | None:
    place = (reading.total + 1, reading.total + 1)
    value = _id(paper)
    works, wrong = named(dois=[words_of(doi) for doi in paper.iterfind("{*}doi")], journal=True)
    for doi in wrong:
        reading.note("note", "no DOI; left out", place=place, text=doi)
    if value:
        works["ids"]["acl"] = value
        works["links"] |= {"abstract": f"{_SITE}{value}/", "pdf": f"{_SITE}{value}.pdf"}
    elif addresses := links_in(words_of(paper.find("{*}url"))):
        works["links"].setdefault("abstract", addresses[0])
    code = paper.find("{*}pwccode")
    if code is not None and code.get("url"):
        works["links"]["code"] = code.get("url", "")
    year = words_of(paper.find("{*}year")) or (volume.year if volume else "")
    month = words_of(paper.find("{*}month")) or (volume.month if volume else "")
    published, precision = date_of(f"{month} {year}" if not month.isdigit() else f"{year}-{month}")
    return reading.entry(
        place=place,
        title=_words(paper.find("{*}title")),
        abstract=_words(paper.find("{*}abstract")),
        authors=[_name(author) for author in paper.iterfind("{*}author")],
        # Days in a month ("July 5--10") are those of the conference.
        published=published.replace(day=1) if published else None,
        published_precision="month" if precision == "day" else precision,
        categories=volume.venues if volume else (),
        **works,
    )


def _words(element: _Element | None) -> str:
    """The text of mixed content, with dollar signs around what is TeX."""
    if element is None:
        return ""
    for formula in element.iter("{*}tex-math"):
        inside = words_of(formula)
        del formula[:]
        formula.text = f"${inside}$"
    return words_of(element)


def _name(author: _Element) -> str:
    parts = [words_of(author.find(f"{{*}}{part}")) for part in ("first", "last", "suffix")]
    return " ".join(part.strip() for part in parts if part.strip()) or words_of(author)


def _id(paper: _Element) -> str | None:
    """The Anthology's id of a paper; None where it has none, which leaves its links out."""
    stated = words_of(paper.find("{*}url")).strip().removeprefix(_SITE).strip("/").removesuffix(".pdf")
    if _ID.fullmatch(stated):
        return stated
    volume = paper.getparent()
    collection = volume.getparent() if volume is not None else None
    number, inside = paper.get("id", ""), volume.get("id", "") if volume is not None else ""
    outside = collection.get("id", "") if collection is not None else ""
    if not outside:
        made = f"{inside}-{number.zfill(4)}"
    elif outside[:1].isdigit():
        made = f"{outside}-{inside}.{number}"
    elif outside[:1] == "W" or outside == "C69" or (outside == "D19" and inside.isdigit() and int(inside[:3]) >= 5):
        made = f"{outside}-{inside.zfill(2)}{number.zfill(2)}"
    else:
        made = f"{outside}-{inside}{number.zfill(3)}"
    return made if _ID.fullmatch(made) else None
