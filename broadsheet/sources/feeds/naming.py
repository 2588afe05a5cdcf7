"""The fields of a record that name the paper -> its ids and links.

Only what names the paper itself: a link in the text of a news post is not its id. Checks no id with anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urljoin, urlsplit

from ... import ids
from ..reading import Reading
from .fields import Field, Record, record_of

_DOI_FIELDS = ("prism:doi", "dc:doi", "citation_doi", "doi")
_BARE_DOI = re.compile(r"(?:info:)?(?:doi\s*[:/]?\s*)?(?=10\.\d{4,9}[./])", re.IGNORECASE)
_IN_PATH = re.compile(
    r"/(?:doi/(?:abs/|full/|pdf/|epdf/|pdfdirect/|book/|ref/|suppl/)?|articles?/|chapter/|content/(?:pdf/|early/)?|full/|"
    r"abstract/|)(10\.\d{4,9}(?:\.\d+)*/[^?#\s]{1,200})"
)
_BEHIND_DOI = re.compile(
    r"(?:/(?:abstract|full|fulltext|pdf|meta|html|epub|suppl)|\.full(?:\.pdf)?|\.abstract|\.pdf)/?$"
)
_BIORXIV = re.compile(r"^(10\.(?:1101|64898)/[\d.]{4,40})v(\d{1,3})(?:\..*)?$")
_NATURE = re.compile(r"/articles/((?:s4\d{4}|d41586)-[\w-]{5,40})(?:\.pdf)?/?$")
_PUBMED = re.compile(r"pubmed(?:\.ncbi\.nlm\.nih\.gov|/|:)\D{0,3}(\d{1,9})\b", re.IGNORECASE)
_PREPRINT = re.compile(
    r"https?://(?:\w{1,20}\.)?(?:bio|med)rxiv\.org/[^\s?#]{1,200}?\dv(\d{1,3})(?:[.?#/]|$)", re.IGNORECASE
)
#: What the parts of a name are called where each has an element of its own.
_GIVEN = frozenset({"given_name", "given-names", "given", "first_name", "firstname", "forename", "forenames"})
_MIDDLE = frozenset({"middle_name", "middlename"})
_FAMILY = frozenset({"last_name", "lastname", "family_name", "family", "surname", "keyname"})
#: Places that name papers by their arXiv ids.
_MIRRORS = re.compile(
    r"^https?://(?:www\.)?(?:arxiv\.org|[a-z]+\.arxiv\.org|ar5iv\.org|ar5iv\.labs\.arxiv\.org|alphaxiv\.org|"
    r"huggingface\.co|hf\.co|tldr\.takara\.ai|scirate\.com|emergentmind\.com)"
    r"/(?:abs|pdf|html|papers?|p|arxiv|overview)/([^?#\s]{5,40}?)(?:\.pdf)?(?:[?#]\S*)?$",
    re.IGNORECASE,
)


def links_of(record: Record, base: str) -> dict[str, str]:
    """Where a record leads; base: the address of the feed, for links that are relative."""
    found: dict[str, str] = {}
    other = ""
    for field in record.all("feedburner:origlink", "link", "prism:url", "guid", "id"):
        address = (field.attributes.get("href") or field.text).strip()
        kind = field.attributes.get("rel", "alternate").lower()
        if field.name in {"guid", "id"} and not re.match(r"https?://", address):
            continue
        if field.name == "guid" and field.attributes.get("ispermalink", "").lower() == "false":
            other = other or address
            continue
        is_pdf = field.attributes.get("type") == "application/pdf" or field.attributes.get("title", "").lower() == "pdf"
        if kind == "alternate" and not is_pdf:
            found.setdefault("abstract", _absolute(address, base))
        elif is_pdf and kind in {"alternate", "related"}:
            found.setdefault("pdf", _absolute(address, base))
    if not found.get("abstract") and other:
        found["abstract"] = other
    return {name: address for name, address in found.items() if _is_url(address)}


def ids_of(record: Record, links: dict[str, str], reading: Reading, hint: str) -> tuple[dict[str, str], int | None]:
    """The ids of a record, and the version that they name. hint: a DOI that its text states as its own."""
    found: dict[str, str] = {}
    version: int | None = None
    for text in _candidates(record, links):
        if "arxiv" not in found and (arxiv := _arxiv(text)):
            found["arxiv"], version = arxiv[0], arxiv[1] or version
        elif "doi" not in found and (doi := _doi(text)):
            preprint = _BIORXIV.match(doi)
            found["doi"], version = (preprint[1], int(preprint[2])) if preprint else (doi, version)
        elif "openreview" not in found and (forum := _openreview(text)):
            found["openreview"] = forum
        if "pmid" not in found and (pmid := _pmid(text)):
            found["pmid"] = pmid
    for address in links.values():
        if version is None and (preprint := _PREPRINT.match(address)):
            version = int(preprint[1])
    if "doi" not in found and not found.get("arxiv") and hint and (doi := ids.doi(hint)):
        found["doi"] = doi
    for field in record.all(*_DOI_FIELDS):
        if (text := field.text.strip()) and not ids.doi(text):
            reading.note("note", "is no DOI; left out", place=(reading.total + 1,) * 2, text=text)
    return found, version


def _candidates(record: Record, links: dict[str, str]) -> Iterator[str]:
    """Everything that may name the paper, surest first."""
    for field in record.all(*_DOI_FIELDS, "dc:identifier", "dcterms:identifier", "guid", "id", "link", "prism:url"):
        yield field.text.strip() or field.attributes.get("href", "") or field.attributes.get("rdf:resource", "")
    yield from links.values()


def _arxiv(text: str) -> tuple[str, int | None] | None:
    mirrored = _MIRRORS.match(text)
    if mirrored:
        return ids.arxiv_id(mirrored[1])
    # A bare "1234.5678" may be anybody's number.
    return (
        ids.arxiv_id(text)
        if re.match(r"(?i)oai:arxiv|arxiv:|10\.48550/arxiv|(?:doi:|https?://).*arxiv", text)
        else None
    )


def _doi(text: str) -> str | None:
    if bare := _BARE_DOI.match(text):
        found = ids.doi(text[bare.end() :])
    elif re.match(r"https?://(?:dx\.|www\.)?doi\.org/", text, re.IGNORECASE):
        found = ids.doi(unquote(re.split("[?#]", text, maxsplit=1)[0]).replace("://www.doi", "://doi"))
    elif (parts := _split(text)) is None:
        return None
    elif nature := _NATURE.search(parts[1]) if parts[0].endswith("nature.com") else None:
        found = ids.doi(f"10.1038/{nature[1]}")
    else:
        in_path = _IN_PATH.search(unquote(parts[1])) or re.search(r"\bid=(10\.\d{4,9}/[^&#\s]+)", unquote(parts[2]))
        found = ids.doi(in_path[1]) if in_path else None
    if found and "://" in text:
        found = ids.doi(_BEHIND_DOI.sub("", found))
    return None if found and found.startswith(ids.ARXIV_DOI) else found


def _openreview(text: str) -> str | None:
    parts = _split(text)
    if parts is None or parts[0] != "openreview.net":
        return None
    forum = re.search(r"(?:^|&)id=([\w-]{4,40})(?:&|$)", parts[2])
    return ids.openreview(forum[1]) if forum else None


def _pmid(text: str) -> str | None:
    if text[:5].lower() == "pmid:":
        return ids.pmid(text)
    found = _PUBMED.search(text[:500])
    return ids.pmid(found[1]) if found else None


def _split(text: str) -> tuple[str, str, str] | None:
    """Host, path and query of a URL."""
    if not re.match(r"https?://", text, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(text)
        return (parts.hostname or "").removeprefix("www."), parts.path, parts.query
    except ValueError:
        return None


def _is_url(address: str) -> bool:
    parts = _split(address)
    return parts is not None and bool(parts[0]) and not re.search(r"\s", address)


def _absolute(address: str, base: str) -> str:
    if re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE) or not base or not address:
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def base_of(around: Record, source: str) -> str:
    """The address of the feed's site: xml:base, or the link of the feed itself."""
    stated = re.search(r"""xml:base\s*=\s*["'](https?://[^"'<>\s]{1,500})""", source[:5000])
    if stated:
        return stated[1]
    for field in around.all("link"):
        address = (field.attributes.get("href") or field.text).strip()
        if field.attributes.get("rel", "alternate") == "alternate" and address.startswith("http"):
            return address
    return ""


def names_in_author(inner: str) -> list[str]:
    """The names inside an author of Atom, or a list of authors; empty where none is in an element of its own."""
    if "<" not in inner:
        return []
    fields = record_of(inner, {}).fields
    people = [field for field in fields if field.name.rpartition(":")[2] == "author"]
    if not people:
        return _named(fields)
    found: list[str] = []
    for person in people:
        parts = record_of(person.inner, {}).fields if "<" in person.inner else ()
        found += _named(parts) if parts else [person.text]
    return found


def _named(fields: Sequence[Field]) -> list[str]:
    """The names in these fields, each in one field, or one of them in several."""
    parts = [(field.name.rpartition(":")[2], " ".join(field.text.split())) for field in fields]
    whole = [text for name, text in parts if name == "name" and text]
    if whole or not any(name in _FAMILY for name, _ in parts):
        return whole
    order = (_GIVEN, _MIDDLE, _FAMILY)
    return [" ".join(filter(None, (next((text for name, text in parts if name in kind), "") for kind in order)))]
