"""Hugging Face's Daily Papers as JSON -> entries: answers of its API, and archives that others made of them.

/api/daily_papers in every shape it had since 2024, /api/papers/search, /api/papers/ID; the same records one a line, in
{"papers": [...]}, in {"status", "date", "count", "data": [...]}, there also as strings of Python; scrapers' records of
title, url, authors, pdf_url, abstract, upvotes.

Does not fetch further pages of an answer, and takes no AI summary for an abstract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..types import Entry
from .decode import decode
from .head import Head
from .hugging_face import entry_of, records_in
from .reading import Reading

NAME = "daily-papers-json"
TITLE = "Hugging Face Daily Papers, from its API as JSON"

#: The most papers that one answer of the API holds.
_CAP = 50

_OF_PAGE = {"numComments", "submittedBy", "isAuthorParticipating", "thumbnail", "mediaUrl", "mediaUrls"}
_OF_PAPER = {"upvotes", "publishedAt", "submittedOnDailyAt", "ai_summary", "discussionId"}
_PYTHON = re.compile(r'"\{\'paper\': ?\{')
_ARXIV_ID = re.compile(r'"(?:id|arxiv_id)"\s{0,9}:\s{0,9}"(?:\d{4}\.\d{4,5}|[a-z-]{2,20}/\d{7})(?:v\d{1,2})?"')
_PAGE = re.compile(r'"https?://huggingface\.co/papers/\d{4}\.\d{4,5}"')
_EMPTY = re.compile(r"\[\s*\]\s*\Z")


def sniff(head: Head) -> float:
    """How sure it is, by the keys of the records and by what their ids look like."""
    if not head.is_json:
        return 0.0
    keys = head.keys
    if (keys >= {"paper", "title", "id"} and keys & (_OF_PAGE | _OF_PAPER)) or _PYTHON.search(head.text):
        return 0.97
    if keys >= {"title", "url", "abstract"} and "upvotes" in keys and _PAGE.search(head.text):
        return 0.95
    if keys >= {"title", "summary"} and _ARXIV_ID.search(head.text):
        return 0.9 if keys & _OF_PAPER else 0.55
    if len(keys) > 1 and keys <= {"status", "date", "count", "data", "papers"} and keys & {"data", "papers"}:
        return 0.4
    # A day without papers, and what the API says in place of an answer: said alike by others.
    return 0.2 if _EMPTY.match(head.start) or keys == {"error"} else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of all records, in their order."""
    with reading.content() as content:
        decoded = decode(content.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    of_api = 0
    for place, record in records_in(reading, decoded.text):
        of_api += isinstance(record, Mapping) and "paper" in record
        entry = entry_of(reading, record, place=place)
        if entry:
            yield entry
    if of_api == reading.total == _CAP and decoded.text.lstrip("\ufeff \t\r\n\0").startswith("["):
        reading.note("note", f"{_CAP} papers is the most one answer holds; the day may have more")
