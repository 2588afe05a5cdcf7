"""OpenAlex, answers of its works API and JSON lines of its snapshot -> entries.

The abstract is put together from its inverted index. Of a work that OpenAlex knows by a DOI, its place at arXiv is a
preprint (`related`); a work that has none but arXiv's is the arXiv paper. Everything with a title is a paper here,
data sets and paratext too. Does not read authors, sources or topics.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .. import ids
from ..types import Entry
from . import jats, stated
from .answers import Api, Record, dicts, inside, known_ids, named, number, records, shown, string, strings
from .head import Head
from .reading import LONGEST_ABSTRACT, Reading

NAME = "openalex"
TITLE = "OpenAlex JSON"

_WORK = re.compile(r"openalex\.org\\?/(?:works\\?/)?W\d")
#: Words of an abstract.
_MOST_WORDS = 20_000


def sniff(head: Head) -> float:
    """Whether it begins as an answer of OpenAlex, or with one of its works."""
    if not head.is_json:
        return 0.0
    if _WORK.search(head.text) and head.keys & {"authorships", "abstract_inverted_index", "display_name", "title"}:
        return 0.96
    if head.keys >= {"authorships", "title"} or head.keys & {"abstract_inverted_index", "db_response_time_ms"}:
        return 0.9
    return 0.3 if head.keys == {"error", "message"} else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The works of answers, of a list, or of JSON lines."""
    for work in records(reading, _API):
        title = jats.text(string(work.get("title")) or string(work.get("display_name")))
        if not title.strip():
            reading.refuse("error", "a work without a title", text=shown(work))
            continue
        known, related, links = _ids(reading, work)
        published, precision = stated.day(string(work.get("publication_date")))
        if published is None:
            published, precision = stated.parts(number(work.get("publication_year")))
        authors = [_author(one) for one in dicts(work.get("authorships"))]
        entry = reading.entry(
            title=title,
            abstract=_abstract(reading, work),
            authors=authors,
            # Lists name the first hundred only.
            author_count=max(number(work.get("authors_count")) or 0, len(authors)) or None,
            published=published,
            published_precision=precision,
            categories=[string(one.get("display_name")) for one in _topics(work)],
            ids=known,
            links=links,
            related=related,
        )
        if entry:
            yield entry


def _total(answer: Record) -> tuple[int | None, bool]:
    count, size = number(inside(answer, "meta", "count")), number(inside(answer, "meta", "per_page"))
    return count, count is not None and size is not None and count <= size


def _accept(record: Record) -> bool:
    name = string(record.get("id"))
    return bool(_WORK.search(name) or "title" in record or "authorships" in record)


_API = Api(name="OpenAlex", lists=("results",), accept=_accept, total=_total)


def _author(authorship: Record) -> str:
    return string(inside(authorship, "author", "display_name")) or string(authorship.get("raw_author_name"))


def _topics(work: Record) -> list[Record]:
    return [*dicts(work.get("primary_topic")), *dicts(work.get("topics"))] or dicts(work.get("concepts"))


def _ids(reading: Reading, work: Record) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    given = {
        "doi": work.get("doi") or inside(work, "ids", "doi"),
        "pmid": work.get("pmid") or inside(work, "ids", "pmid"),
    }
    known = known_ids(reading, given)
    if own := ids.openalex(string(work.get("id"))):
        known["openalex"] = own
    places = [one for key in ("primary_location", "best_oa_location", "locations") for one in dicts(work.get(key))]
    pages = [text for place in places for key in ("landing_page_url", "pdf_url") for text in strings(place.get(key))]
    related: dict[str, str] = {}
    for page in pages:
        paper = ids.arxiv_id(page)
        if not paper or "arxiv" in known:
            continue
        if "doi" in known:
            related[f"arxiv:{paper[0]}"] = "preprint"
        else:
            known["arxiv"] = paper[0]
    links = {}
    if "doi" in known:
        links["abstract"] = f"https://doi.org/{known['doi']}"
    elif pages:
        links["abstract"] = next((string(one.get("landing_page_url")) for one in places), "")
    links["pdf"] = next((text for place in places for text in strings(place.get("pdf_url"))), "")
    return known, {name: kind for name, kind in related.items() if named(*name.split(":", 1))}, links


def _abstract(reading: Reading, work: Record) -> str | None:
    """The words of the inverted index in their order, each as often as it stands there."""
    index: Any = work.get("abstract_inverted_index")
    if not isinstance(index, dict):
        return string(work.get("abstract")) or None
    words: list[tuple[int, str]] = []
    for word, places in index.items():
        words += [(at, word) for at in places if type(at) is int and at >= 0] if isinstance(places, list) else []
        if len(words) > _MOST_WORDS:
            place = (reading.total + 1, reading.total + 1)
            reading.note("error", f"an abstract of more than {_MOST_WORDS:,} words is left out", place=place)
            return None
    text = " ".join(word for _, word in sorted(words))
    return jats.text(text) if len(text) <= LONGEST_ABSTRACT else text
