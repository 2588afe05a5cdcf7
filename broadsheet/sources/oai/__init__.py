"""Answers in OAI-PMH -> entries, whichever of arXiv, arXivRaw and oai_dc their metadata are in; also bare records.

    arxiv.py           metadata in arXiv's own forms
    dublin_core.py     metadata in oai_dc, of arXiv and of others

Deleted records are furniture. An answer that goes on in another says so; nothing is asked for. A record's datestamp, of
its last change of any kind, is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...text import fold_space
from ...types import Entry
from .. import arxiv_feeds, markup, xml_records
from ..head import Head
from ..reading import Reading
from . import arxiv, dublin_core

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "oai"
TITLE = "OAI-PMH answers (arXiv, arXivRaw and oai_dc)"
STREAMS = True

_FORMS = {"arXiv": arxiv.structured, "arXivRaw": arxiv.raw, "arXivOld": arxiv.raw, "dc": dublin_core.entry}
_ENVELOPE = "http://www.openarchives.org/OAI/2.0/"
_METADATA = ("http://arxiv.org/OAI/arXiv", "http://www.openarchives.org/OAI/2.0/oai_dc/")
#: Errors that say that there is nothing, which is no error for who reads a listing.
_EMPTY = "noRecordsMatch"


def sniff(head: Head) -> float:
    """By the envelope; without one, by records with the metadata that are known here."""
    begin = head.text[:20_000]
    if head.is_html:
        return 0.0
    if "<OAI-PMH" in begin or (head.root == "oai-pmh"):
        return 0.95
    if "<record" in begin and "<header" in begin and any(one in head.text for one in (*_METADATA, "oai:arXiv.org:")):
        return 0.94
    return 0.6 if "<record" in begin and _ENVELOPE in head.namespaces else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """One entry a record; see `Format.read`."""
    around = ("{*}OAI-PMH", "{*}error", "{*}resumptionToken")
    for element in xml_records.records(reading, "{*}record", furniture=around):
        name = xml_records.local(element)
        if name == "record":
            entry = _record(reading, element)
            if entry:
                yield entry
        else:
            _around(reading, element)


def _around(reading: Reading, element: _Element) -> None:
    """What stands around the records: when the answer was made, whether it is an error, whether it goes on."""
    for part in element.iter():
        name, text = xml_records.local(part), fold_space(markup.words_of(part))
        if name == "responseDate":
            arxiv_feeds.dated(reading, text)
        elif name == "error" and part.get("code") != _EMPTY:
            reading.refusal = (
                ": ".join(filter(None, (str(part.get("code") or ""), text))) or "an error without a reason"
            )
        elif name == "resumptionToken" and text:
            reading.note("note", "the answer goes on: ask for the rest with its resumptionToken", text=text)
        elif name in {"ListIdentifiers", "Identify", "ListSets", "ListMetadataFormats"}:
            reading.note("warning", f"an answer to {name}, which holds no titles; ask for ListRecords")


def _record(reading: Reading, record: _Element) -> Entry | None:
    found = arxiv_feeds.fields(record)
    if any((header.get("status") or "").strip() == "deleted" for header in found.get("header", ())):
        reading.furniture()
        return None
    for name, form in _FORMS.items():
        if name in found:
            return form(reading, found, arxiv_feeds.words(found, "identifier").strip())
    metadata = [xml_records.local(part) for one in found.get("metadata", ()) for part in one]
    known = f"metadata in a form that is not known here ({metadata[0]}); ask for arXiv or oai_dc" if metadata else ""
    reading.refuse("error", known or "a record without metadata", text=fold_space(markup.words_of(record)))
    return None
