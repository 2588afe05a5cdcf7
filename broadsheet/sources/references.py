"""What bibliographies and reference managers write of one work -> its ids, links and date. Pure.

Knows no format: RIS, BibTeX, ISI, EndNote, Ovid, DBLP and Scholar's alerts hand in their fields. Invents nothing: what
is no id is left out, and named, so that it can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TypedDict

from .. import dates, ids
from ..types import Precision
from . import stated

#: Characters of a field that may name an id; longer ones are prose.
_LONGEST = 2_000
_URL = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_ARXIV = re.compile(r"(?i)arxiv[:\s]\s{0,3}((?:[a-z-]{2,20}(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d{1,3})?)(?!\d)")
_ARXIV_URL = re.compile(r"(?i)https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/[\w./-]+")
# Publishers' own resolvers take a DOI in their path as doi.org does.
_DOI_HOST = re.compile(r"(?i)https?://(?:dx\.)?doi(?:\.[a-z-]+){1,3}/(?=10\.)")
_DOI_PATH = re.compile(
    r"(?i)https?://[^/\s]+/(?:doi/(?:abs/|full/|pdf/|epdf/)?|(?:article|chapter)/)(10\.\d{4,9}/[^?#\s]+)"
)
_DOI_IN = re.compile(r"(?i)(?:^|doi[:\s]\s{0,3}|doi\.org/)(10\.\d{4,9}/\S+)")
_DOI_STRAY = re.compile(r"^(10\.\d{4,9}/\S+?)\s*\[doi\]$", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_MONTH = re.compile(rf"(?i)\b{dates.MONTH}(?![a-z])")
_DAY = re.compile(r"(?<![\d/])(\d{1,2})(?![\d/])")


class Named(TypedDict):
    """What Reading.entry takes of it."""

    ids: dict[str, str]
    links: dict[str, str]
    related: dict[str, str]
    version: int | None


def named(
    *,
    dois: Iterable[str] = (),
    notes: Iterable[str] = (),
    arxiv: Iterable[str] = (),
    urls: Iterable[str] = (),
    pdfs: Iterable[str] = (),
    pmid: str = "",
    journal: bool = False,
) -> tuple[Named, list[str]]:
    """The ids and links of a work, and what stands in a field for DOIs and is none.

    dois: fields for a DOI; notes: fields that may hold one. arxiv: fields that hold nothing but such an id, or text
    that names one behind "arXiv:". urls: where it can be read; pdfs: its PDF. journal: it is a work published in a
    journal or book, so that a preprint that it names is another; otherwise a DOI that it names next to arXiv's id is
    that of the published version.
    """
    dois = [text for text in map(str.strip, dois) if text]
    found, wrong = _dois(dois)
    found += _dois(notes)[0]
    addresses = [url for text in urls for url in links_in(text)]
    eprint = _arxiv_id([*arxiv, *found, *addresses])
    numbers = [*found, *filter(None, map(doi_of_url, addresses))]
    number = next((one for one in numbers if not one.startswith(ids.ARXIV_DOI)), None)
    said = Named(ids={}, links={}, related={}, version=None)
    if addresses:
        said["links"]["abstract"] = addresses[0]
    elif number:
        said["links"]["abstract"] = f"https://doi.org/{number}"
    for url in [url for text in pdfs for url in links_in(text)][:1]:
        said["links"]["pdf"] = url
    if eprint and (journal and number):
        said["related"][f"arxiv:{eprint[0]}"] = "preprint"
        said["links"]["preprint"] = ids.arxiv_links(eprint[0])["abstract"]
    elif eprint:
        said["ids"]["arxiv"], said["version"] = eprint
        said["links"] = {**said["links"], **ids.arxiv_links(eprint[0])}
        if number:
            said["related"][f"doi:{number}"] = "published version"
            said["links"]["published"] = f"https://doi.org/{number}"
    if number and "arxiv" not in said["ids"]:
        said["ids"]["doi"] = number
    known = ids.pmid(pmid.strip()) if pmid else None
    if known:
        said["ids"]["pmid"] = known
    return said, wrong


def links_in(text: str) -> list[str]:
    """The web addresses in a field, in their order, without the punctuation behind them."""
    return [url.rstrip(".,;)") for url in _URL.findall(text[:_LONGEST])]


def doi_of_url(url: str) -> str | None:
    """The DOI that a web address is of; None for any other."""
    url = url[:_LONGEST]
    plain = _DOI_HOST.sub("", url)
    if plain != url:
        return ids.doi(plain)
    found = _DOI_PATH.match(url)
    return ids.doi(re.sub(r"(?i)(?:\.pdf|/full|/fulltext|/abstract)$", "", found[1])) if found else None


def _dois(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    found, wrong = [], []
    for text in texts:
        plain = _DOI_HOST.sub("", text.strip()[:_LONGEST])
        stray = _DOI_STRAY.match(plain) or _DOI_IN.search(plain)
        value = ids.doi(plain) or (ids.doi(stray[1]) if stray else None)
        if value:
            found.append(value.rstrip(".,;"))
        else:
            wrong.append(text)
    return found, wrong


def _arxiv_id(texts: Iterable[str]) -> tuple[str, int | None] | None:
    for text in texts:
        text = text.strip()[:_LONGEST]
        inside = _ARXIV.search(text) or _ARXIV_URL.search(text)
        value = ids.arxiv_id(text) or (ids.arxiv_id(inside[inside.lastindex or 0]) if inside else None)
        if value:
            return value
    return None


def date_of(*texts: str) -> tuple[date, Precision] | tuple[None, None]:
    """The most exact date in these fields, the first of equals: "2001/09/01/", "2016/12//", "Sep 2015"."""
    best: tuple[date, Precision] | tuple[None, None] = None, None
    ranks = {None: 0, "year": 1, "month": 2, "day": 3}
    for text in texts:
        found = _date(text.strip()[:200])
        if ranks[found[1]] > ranks[best[1]]:
            best = found
    return best


def _date(text: str) -> tuple[date, Precision] | tuple[None, None]:
    if re.match(r"\d{4}\s*(?:[-/.]|$)", text):
        found = stated.day(text)
        if found[0]:
            return found
    year = _YEAR.search(text)
    if not year:
        return None, None
    month = _MONTH.search(text)
    if not month:
        return stated.parts(year[1])
    rest = text[: month.start()] + " " + text[month.end() :].replace(year[1], " ", 1)
    day = _DAY.search(rest.replace(year[1], " ", 1))
    name = month[0].rstrip(".").capitalize()
    return _sound(year[1], name, day[1] if day else None)


def _sound(year: str, month: str, day: str | None) -> tuple[date, Precision] | tuple[None, None]:
    found = stated.parts(year, month, day)
    return found if found[0] else stated.parts(year, month)
