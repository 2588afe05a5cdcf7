"""DBLP's XML (dblp.xml, the pages of persons, single records, answers to a search) -> entries.

Proceedings as a whole and home pages of persons are no papers. Needs no DTD: xml_records knows the entities that DBLP
declares there. DBLP has no abstracts.
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
from .references import date_of, named

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "dblp"
TITLE = "DBLP's XML"
STREAMS = True

_PAPERS = ("article", "inproceedings", "incollection", "book", "phdthesis", "mastersthesis", "data")
#: What holds a paper in the answer to a search.
_FOUND = "info"
_NO_PAPERS = {"proceedings", "www", "person"}
_EDITED = "Editorship"
# Persons of one name are told apart by a number: "Wei Wang 0004".
_HOMONYM = re.compile(r"\s+\d{4}$")


def sniff(head: Head) -> float:
    """Sure of DBLP's root element; of one record on its own by its key."""
    if head.root in ("dblp", "dblpperson"):
        return 0.98
    if head.root == "result" and {"hits", "hit", _FOUND} <= head.tags and "dblp.org/" in head.text:
        return 0.9
    if head.root in _PAPERS and re.search(r'<\w+\b[^<>]*\skey="(?:journals|conf|books|phd|series)/', head.text):
        return 0.7
    return 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry for each record of a paper, book, thesis or data set."""
    for record in xml_records.records(reading, *(f"{{*}}{tag}" for tag in (*_PAPERS, _FOUND, *sorted(_NO_PAPERS)))):
        if _is_no_paper(record):
            reading.furniture()
            continue
        entry = _entry(reading, record)
        if entry:
            yield entry


def _is_no_paper(record: _Element) -> bool:
    tag = str(record.tag).rpartition("}")[2]
    # A person or a venue that a search found has no title.
    return tag in _NO_PAPERS or (tag == _FOUND and not _values(record, "title")) or _EDITED in _values(record, "type")


def _entry(reading: Reading, record: _Element) -> Entry | None:
    title = " ".join(words_of(record.find("{*}title")).split())
    # DBLP ends every title with a full stop, but for those that end with another sign.
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1]
    place = (reading.total + 1, reading.total + 1)
    key = record.get("key") or "".join(_values(record, "key")[:1])
    electronic = [url for url in _values(record, "ee") if " " not in url]
    journal = [*_values(record, "journal"), *_values(record, "publisher"), *_values(record, "venue")]
    preprint = record.get("publtype", "").startswith("informal") or "CoRR" in journal
    volume = _values(record, "volume")
    for url in (url for url in _values(record, "ee") if " " in url):
        # What stands before the blank may be the DOI of the whole volume.
        reading.note("note", "an address with a blank in it; left out", place=place, text=url)
    works, _ = named(
        urls=electronic,
        arxiv=[number.removeprefix("abs/") for number in volume] if "CoRR" in journal else (),
        journal=not preprint,
    )
    if re.fullmatch(r"[\w./:+-]{3,300}", key):
        works["ids"]["dblp"] = key
        works["links"]["dblp"] = f"https://dblp.org/rec/{key}"
        works["links"].setdefault("abstract", works["links"]["dblp"])
    year, month = "".join(_values(record, "year")[:1]), "".join(_values(record, "month")[:1])
    published, precision = date_of(f"{month} {year}")
    return reading.entry(
        place=place,
        title=title,
        authors=[_HOMONYM.sub("", name) for name in _values(record, "author") or _values(record, "authors/{*}author")],
        published=published,
        published_precision=precision,
        **works,
    )


def _values(record: _Element, name: str) -> list[str]:
    return [" ".join(words_of(child).split()) for child in record.iterfind(f"{{*}}{name}")]
