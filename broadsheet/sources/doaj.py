"""DOAJ (Directory of Open Access Journals), answers of its API and JSON lines of its public dump -> entries.

Records of journals are furniture. A date is no finer than a month. Does not read OAI-PMH, which DOAJ also speaks.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..types import Entry
from . import jats, stated
from .answers import Api, Record, dicts, inside, known_ids, number, records, shown, string
from .head import Head
from .reading import Reading

NAME = "doaj"
TITLE = "DOAJ JSON"


def sniff(head: Head) -> float:
    """Whether it begins as an answer of DOAJ, or with one of its records."""
    if not head.is_json:
        return 0.0
    if "bibjson" in head.keys:
        return 0.96
    if head.keys >= {"total", "page", "pageSize", "results"}:
        return 0.85
    return 0.4 if head.keys == {"status", "error"} else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The records of answers, of a list, or of JSON lines."""
    for record in records(reading, _API):
        held = record.get("bibjson")
        work = held if isinstance(held, dict) else {}
        title = jats.text(string(work.get("title")))
        if not title.strip():
            reading.refuse("error", "a record without a title", text=shown(record))
            continue
        told = [one for one in dicts(work.get("identifier")) if string(one.get("type")).lower() == "doi"]
        known = known_ids(reading, {"doi": told[0].get("id") if told else None})
        published, precision = stated.parts(number(work.get("year")), _month(work))
        entry = reading.entry(
            title=title,
            abstract=jats.abstract(string(work.get("abstract"))),
            authors=[string(one.get("name")) for one in dicts(work.get("author"))],
            published=published,
            published_precision=precision,
            categories=[string(one.get("term")) for one in dicts(work.get("subject"))],
            ids=known,
            links=_links(record, work, known),
        )
        if entry:
            yield entry


def _total(answer: Record) -> tuple[int | None, bool]:
    total, size = number(answer.get("total")), number(answer.get("pageSize"))
    return total, total is not None and size is not None and total <= size


def _accept(record: Record) -> bool:
    return isinstance(record.get("bibjson"), dict)


def _is_journal(record: Record) -> bool:
    keys = _accept(record) and record["bibjson"].keys()
    return bool(
        keys and keys & {"eissn", "pissn", "apc", "editorial"} and not keys & {"identifier", "author", "journal"}
    )


_API = Api(name="DOAJ", lists=("results",), accept=_accept, total=_total, furniture=_is_journal, made="timestamp")


def _month(work: Record) -> str | int | None:
    """The month, which is a number or a name; None for 0 and for what is neither."""
    month = string(work.get("month")).strip()
    as_number = number(month)
    if as_number is None:
        return month if stated.parts(2000, month)[0] else None
    return as_number if 1 <= as_number <= 12 else None


def _links(record: Record, work: Record, known: dict[str, str]) -> dict[str, str]:
    links: dict[str, str] = {}
    for link in dicts(work.get("link")):
        is_pdf = "pdf" in string(link.get("content_type")).lower() or string(link.get("url")).lower().endswith(".pdf")
        links.setdefault("pdf" if is_pdf else "abstract", string(link.get("url")).strip())
    if "doi" in known:
        links["abstract"] = f"https://doi.org/{known['doi']}"
    elif "abstract" not in links and inside(record, "id"):
        links["abstract"] = f"https://doaj.org/article/{string(record.get('id'))}"
    return links
