"""What PubMed's two formats (XML, MEDLINE) write alike: days, titles in brackets, preprint servers. Pure."""

from __future__ import annotations

import re
from datetime import date

from ..types import Precision
from . import stated

Stated = tuple[date, Precision] | tuple[None, None]

_DAY = re.compile(
    r"\s*(\d{4})(?:\s*[ /-]\s*(?:(\d{1,2})|([A-Za-z]{3})[a-z]{0,6}\.?))?(?:\s*[ /-]\s*(\d{1,2}))?(?![\w])(\s*-)?"
)
_PACKED = re.compile(r"\s*(\d{4})(\d{2})(\d{2})?\s*")
_BRACKETS = re.compile(r"\s*\[\s*(.*?)\s*\]\s*([.?!]?)\s*", re.DOTALL)
_NO_TITLE = re.compile(r"\s*\[?\s*(?:not available|in process citation)\s*\]?\s*\.?\s*", re.IGNORECASE)
#: Where a preprint stands, as the source of a comment names it.
PREPRINT_SERVERS = re.compile(r"\b(?:arxiv|biorxiv|medrxiv|res(?:earch)? sq(?:uare)?|ssrn|chemrxiv|preprints)\b", re.I)


def day(text: str) -> Stated:
    """The begin of a day, month, year or range of them: "2002 Sep", "1998 Dec-1999 Jan", "2012 Spring", "20180330"."""
    packed = _PACKED.fullmatch(text)
    if packed:
        return stated.parts(packed[1], packed[2], packed[3])
    found = _DAY.match(text)
    if not found:
        year = re.search(r"(?<!\d)(1[5-9]|20)\d{2}(?!\d)", text)
        return stated.parts(year[0]) if year else (None, None)
    month = found[2] or found[3]
    # "2000 Sep 15-30" is a range of days: no more than its month is stated.
    whole_day = None if found[5] else found[4]
    stating = stated.parts(found[1], month, whole_day if month else None) if month else (None, None)
    if stating[0] is None and month:
        stating = stated.parts(found[1], month)
    return stating if stating[0] else stated.parts(found[1])


def first(in_print: Stated, electronic: Stated) -> Stated:
    """The earlier of two days; of a day and the month or year it lies in, the day."""
    if in_print[0] is None or electronic[0] is None:
        return electronic if in_print[0] is None else in_print
    whole = {"year": 1, "month": 2}.get(str(in_print[1]), 3)
    if in_print[0].timetuple()[:whole] == electronic[0].timetuple()[:whole]:
        return electronic
    return min(in_print, electronic)


def unbracketed(title: str) -> str:
    """A title without the brackets that mark it as a translation; empty where it says that there is none."""
    if _NO_TITLE.fullmatch(title):
        return ""
    found = _BRACKETS.fullmatch(title)
    # "[A] and [B]" is no translation.
    if not found or "]" in found[1].partition("[")[0]:
        return title
    return found[1] + found[2]
