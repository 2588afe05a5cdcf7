"""PubMed XML (efetch, baseline and update files) -> entries.

Published is the earlier of the day in print and the electronic one, the finer of the two where one lies in the other.
Deleted citations are furniture. Titles lose the brackets that mark a translation (the raw title keeps them). The DTD
that every file names is never loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..text import fold_space
from ..types import Entry
from . import pubmed_text, stated, xml_records
from .answers import known_ids
from .head import Head
from .markup import words_of
from .pubmed_text import Stated
from .reading import Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "pubmed"
TITLE = "PubMed XML"
STREAMS = True

_ROOTS = {"pubmedarticleset", "pubmedarticle", "pubmedbookarticleset", "pubmedbookarticle", "medlinecitationset"}
_CITATION = ("MedlineCitation/Article", "Article", "BookDocument")


def sniff(head: Head) -> float:
    """Whether its root is a set of PubMed's records, or one of them."""
    if head.root in _ROOTS:
        return 0.97
    if head.root == "efetchresult":
        return 0.8
    return 0.9 if head.tags & {"PubmedArticle", "PubmedBookArticle"} and not head.is_html else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """Papers and chapters of books, each counted once."""
    tags = ("{*}PubmedArticle", "{*}PubmedBookArticle")
    for record in xml_records.records(reading, *tags, furniture=("{*}DeleteCitation", "{*}ERROR")):
        name = xml_records.local(record)
        if name == "DeleteCitation":
            reading.furniture()
        elif name == "ERROR":
            reading.refusal = fold_space(words_of(record)) or "an error without words"
            reading.refuse("error", f"PubMed refused: {reading.refusal}", text=words_of(record))
        else:
            entry = _entry(reading, record)
            if entry:
                yield entry


def _entry(reading: Reading, record: _Element) -> Entry | None:
    work = next((found for path in _CITATION if (found := record.find(path)) is not None), record)
    raw = _title(work)
    title = pubmed_text.unbracketed(raw) or fold_space(_text(work.find("VernacularTitle")))
    known = _ids(reading, record, work)
    if not title:
        reading.refuse("error", "a record without a title", text=f"{known} {fold_space(words_of(record))}")
        return None
    published, precision = _published(work)
    entry = reading.entry(
        title=title,
        abstract=_abstract(work),
        authors=_authors(work),
        published=published,
        published_precision=precision,
        categories=[words_of(one) for one in record.iterfind(".//MeshHeading/DescriptorName")]
        or [words_of(one) for one in record.iterfind(".//Keyword")],
        ids=known,
        links=_links(record, work, known),
        related=_related(record),
    )
    # Brackets mark a translation, and stay in what the dump says.
    return replace(entry, title_raw=fold_space(raw)) if entry and pubmed_text.unbracketed(raw) == title else entry


def _text(element: _Element | None) -> str:
    """The words of a field, formulas once: as they are shown, not again as TeX."""
    if element is not None:
        for formula in element.iter("{*}annotation", "{*}annotation-xml"):
            formula.text = None
            del formula[:]
    return words_of(element)


def _title(work: _Element) -> str:
    found = work.find("ArticleTitle")
    if found is None:
        found = work.find("Book/BookTitle")
    return _text(found)


def _abstract(work: _Element) -> str:
    parts = []
    for part in work.iterfind("Abstract/AbstractText"):
        words, label = _text(part).strip(), fold_space(part.get("Label", ""))
        if words:
            parts.append(f"{label}: {words}" if label and label.upper() != "UNLABELLED" else words)
    return "\n".join(parts)


def _authors(work: _Element) -> list[str]:
    names = []
    for author in work.iterfind("AuthorList/Author"):
        if author.get("ValidYN") == "N" or _parent_type(author) == "editors":
            continue
        given = fold_space(words_of(author.find("ForeName")) or words_of(author.find("Initials")))
        family, suffix = (fold_space(words_of(author.find(tag))) for tag in ("LastName", "Suffix"))
        group = fold_space(words_of(author.find("CollectiveName")))
        names.append(" ".join(filter(None, (given, family, suffix))) or group)
    return [name for name in names if name]


def _parent_type(author: _Element) -> str:
    parent = author.getparent()
    return "" if parent is None else parent.get("Type", "")


def _published(work: _Element) -> Stated:
    in_print = _day(work.find("Journal/JournalIssue/PubDate"))
    if in_print[0] is None:
        in_print = _day(work.find("ContributionDate"))
    if in_print[0] is None:
        in_print = _day(work.find("Book/PubDate"))
    return pubmed_text.first(in_print, _day(work.find("ArticleDate")))


def _day(element: _Element | None) -> Stated:
    if element is None:
        return None, None
    year, month, of_month = (fold_space(words_of(element.find(tag))) for tag in ("Year", "Month", "Day"))
    if not year:
        return pubmed_text.day(words_of(element.find("MedlineDate")))
    found = stated.parts(year, month or None, of_month or None)
    return found if found[0] else pubmed_text.day(year)


def _article_ids(record: _Element, work: _Element) -> dict[str, str]:
    """What the record itself is called; references have such lists too, deeper down."""
    found: dict[str, str] = {}
    for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"):
        for one in record.iterfind(path):
            found.setdefault(one.get("IdType", ""), fold_space(words_of(one)))
    for one in work.iterfind("ArticleIdList/ArticleId"):
        found.setdefault(one.get("IdType", ""), fold_space(words_of(one)))
    for one in work.iterfind("ELocationID"):
        if one.get("ValidYN") != "N":
            found.setdefault(one.get("EIdType", ""), fold_space(words_of(one)))
    return found


def _ids(reading: Reading, record: _Element, work: _Element) -> dict[str, str]:
    found = _article_ids(record, work)
    pmid = record.find("MedlineCitation/PMID")
    if pmid is None:
        pmid = work.find("PMID")
    return known_ids(reading, {"doi": found.get("doi"), "pmid": words_of(pmid) or found.get("pubmed")})


def _links(record: _Element, work: _Element, known: dict[str, str]) -> dict[str, str]:
    links = {}
    if "pmid" in known:
        links["abstract"] = f"https://pubmed.ncbi.nlm.nih.gov/{known['pmid']}/"
    elif "doi" in known:
        links["abstract"] = f"https://doi.org/{known['doi']}"
    free = re.fullmatch(r"PMC\d+", _article_ids(record, work).get("pmc", ""))
    if free:
        links["pmc"] = f"https://pmc.ncbi.nlm.nih.gov/articles/{free[0]}/"
    return links


def _related(record: _Element) -> dict[str, str]:
    """The preprint of a paper, and the published version of a preprint."""
    related: dict[str, str] = {}
    is_preprint = any(words_of(one) == "Preprint" for one in record.iterfind(".//PublicationType"))
    for one in record.iterfind("MedlineCitation/CommentsCorrectionsList/CommentsCorrections"):
        pmid = re.fullmatch(r"[1-9]\d{0,8}", fold_space(words_of(one.find("PMID"))))
        if not pmid:
            continue
        if is_preprint and one.get("RefType") == "UpdateIn":
            related[f"pmid:{pmid[0]}"] = "published version"
        elif one.get("RefType") == "UpdateOf" and pubmed_text.PREPRINT_SERVERS.search(words_of(one.find("RefSource"))):
            related[f"pmid:{pmid[0]}"] = "preprint"
    return related
