"""DataCite, answers of its REST API and lists of their attributes -> entries.

Everything with a title is a paper here, data sets and software too. A DOI of arXiv is an arXiv paper; another DOI that
it is a version of is its published version (`related`). The abstract is the description of that type, and no other.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..text import fold_space
from ..types import Entry
from . import jats, names, stated
from .answers import (
    Api,
    Record,
    Stated,
    best_day,
    dicts,
    inside,
    known_ids,
    named,
    number,
    records,
    shown,
    string,
    strings,
)
from .head import Head
from .reading import Reading

NAME = "datacite"
TITLE = "DataCite JSON"

_OWN = {"creators", "titles", "descriptions", "relatedIdentifiers", "publicationYear", "resourceTypeGeneral", "types"}
_PREPRINT = "published version"
#: What a relation says that the other work is.
_RELATIONS = {
    "IsPreprintOf": _PREPRINT,
    "HasPreprint": "preprint",
    "IsVersionOf": "other version",
    "HasVersion": "other version",
    "IsNewVersionOf": "other version",
    "IsPreviousVersionOf": "other version",
    "IsVariantFormOf": "other version",
    "IsOriginalFormOf": "other version",
    "IsIdenticalTo": "other version",
}
_SCHEMES = {"doi": "doi", "arxiv": "arxiv", "pmid": "pmid"}
#: Dates of a work that say when it appeared, surest first.
_DATES = ("Issued", "Available", "Submitted", "Created")


def sniff(head: Head) -> float:
    """Whether it begins as an answer of DataCite, or with the attributes of one of its records."""
    if not head.is_json:
        return 0.0
    if head.keys >= {"data", "attributes"} and len(head.keys & _OWN) >= 2:
        return 0.97
    if head.keys >= {"titles", "creators"} or head.keys >= {"attributes", "relatedIdentifiers"}:
        return 0.9
    if head.keys >= {"data", "meta"} and head.keys & {"totalPages", "resourceTypes", "linkChecksStatus"}:
        return 0.85
    return 0.4 if head.keys == {"errors", "status", "title"} else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The records of answers, of a list, or of JSON lines."""
    for record in records(reading, _API):
        held = record.get("attributes")
        work = held if isinstance(held, dict) else record
        title = _title(work)
        if not title:
            reading.refuse("error", "a record without a title", text=shown(record))
            continue
        known = known_ids(reading, {"doi": work.get("doi") or work.get("DOI") or record.get("id")})
        related = _related(work, known)
        published, precision = _published(work)
        version = number(work.get("version")) if "arxiv" in known else None
        entry = reading.entry(
            title=title,
            abstract=_abstract(work),
            authors=[name for name in map(_name, dicts(work.get("creators") or work.get("author"))) if name],
            published=published,
            published_precision=precision,
            updated=stated.day(_date(work, "Updated"))[0],
            categories=[string(one.get("subject")) for one in dicts(work.get("subjects"))],
            ids=known,
            links=_links(work, known, related),
            related=related,
            version=version,
        )
        if entry:
            yield entry


def _total(answer: Record) -> tuple[int | None, bool]:
    total = number(inside(answer, "meta", "total"))
    return total, total is not None and number(inside(answer, "meta", "totalPages")) in {0, 1}


def _accept(record: Record) -> bool:
    return isinstance(record.get("attributes"), dict) or len(record.keys() & _OWN) >= 2


_API = Api(name="DataCite", lists=("data",), accept=_accept, single="data", total=_total)


def _title(work: Record) -> str:
    """The first title that is no other title of the same, and behind a colon the subtitle."""
    titles = dicts(work.get("titles"))
    main = [one for one in titles if not one.get("titleType")] or titles
    told = [string(one.get("title")) for one in main] or strings(work.get("titles")) or strings(work.get("title"))
    title = fold_space(jats.text(told[0])) if told else ""
    subtitle = next((string(one.get("title")) for one in titles if one.get("titleType") == "Subtitle"), "")
    subtitle = fold_space(jats.text(subtitle))
    return f"{title}: {subtitle}" if title and subtitle and subtitle.casefold() not in title.casefold() else title


def _abstract(work: Record) -> str:
    told = dicts(work.get("descriptions"))
    found = [string(one.get("description")) for one in told if one.get("descriptionType") == "Abstract"]
    found = found or [string(one.get("description")) for one in told if not one.get("descriptionType")]
    return jats.abstract(found[0] if found else string(work.get("description")))


def _name(creator: Record) -> str:
    given, family = (string(creator.get(key)).strip() for key in ("givenName", "familyName"))
    name = string(creator.get("name") or creator.get("literal") or creator.get("creatorName")).strip()
    kind = creator.get("nameType")
    if kind == "Organizational":
        return name
    if family:
        return f"{given} {family}".strip()
    # Without its type, "Institute of Kites, Department of Strings" looks like a person.
    person = kind == "Personal" or (name.count(",") == 1 and len(name.split()) <= 5)
    return names.upright(name) if person else name or f"{string(creator.get('given'))} {string(creator.get('family'))}"


def _date(work: Record, kind: str) -> str:
    return next((string(one.get("date")) for one in dicts(work.get("dates")) if one.get("dateType") == kind), "")


def _published(work: Record) -> Stated:
    year = stated.parts(number(work.get("publicationYear")))
    return best_day(*(stated.day(_date(work, kind)) for kind in _DATES[:1]), year, *_days(work))


def _days(work: Record) -> list[Stated]:
    return [stated.day(_date(work, kind)) for kind in _DATES[1:]]


def _related(work: Record, known: dict[str, str]) -> dict[str, str]:
    related: dict[str, str] = {}
    for other in dicts(work.get("relatedIdentifiers")):
        meaning = _RELATIONS.get(string(other.get("relationType")))
        scheme = _SCHEMES.get(string(other.get("relatedIdentifierType")).lower())
        name = named(scheme, string(other.get("relatedIdentifier"))) if scheme else None
        if not meaning or not name or name in {f"{one}:{value}" for one, value in known.items()}:
            continue
        preprint = "arxiv" in known or inside(work, "types", "resourceTypeGeneral") == "Preprint"
        if preprint and other.get("relationType") == "IsVersionOf" and not name.startswith("arxiv:"):
            meaning = _PREPRINT
        elif "arxiv" not in known and name.startswith("arxiv:"):
            meaning = "preprint"
        related.setdefault(name, meaning)
    return related


def _links(work: Record, known: dict[str, str], related: dict[str, str]) -> dict[str, str]:
    links = {"abstract": string(work.get("url")) or f"https://doi.org/{known.get('doi', '')}"}
    if "arxiv" in known:
        links["pdf"] = f"https://arxiv.org/pdf/{known['arxiv']}"
    for name, meaning in related.items():
        if meaning == _PREPRINT and name.startswith("doi:"):
            links.setdefault("published", f"https://doi.org/{name[4:]}")
    return links
