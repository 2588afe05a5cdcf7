"""bioRxiv's and medRxiv's feeds (RSS 1.0) -> entries: a feed like others (feeds/), with marks in its abstracts.

Each feed is of one subject, which it names in its own title and in no record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..text import fold_space
from ..types import Entry
from . import feeds
from .biorxiv_marks import mend
from .head import Head
from .reading import Reading

NAME = "biorxiv-rss"
TITLE = "bioRxiv's and medRxiv's feeds"

_CHANNEL = re.compile(r"<channel\b[^<>]{0,300}\b(?:bio|med)rxiv\.org", re.IGNORECASE)
_SITE = re.compile(r"<(?:link|title)>\s*(?:https?://(?:www\.)?)?(?:bio|med)rxiv(?:\.org|\s+Subject\b)", re.IGNORECASE)
_RECORD = re.compile(r"<(?:\w{1,20}:)?item[\s>]")
_SUBJECT = re.compile(rb'<title>\s*(?:<!\[CDATA\[)?\s*\w+Rxiv Subject Collection:\s*([^<>\]"]{2,80})', re.IGNORECASE)


def sniff(head: Head) -> float:
    """How sure it is that a dump that begins so is such a feed."""
    if head.root not in {"rdf", "rss"}:
        return 0.0
    channel = _RECORD.split(head.text, maxsplit=1)[0]
    return 0.95 if _CHANNEL.search(channel) or _SITE.search(channel) else 0.0


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of a feed; raises ParseFailed as the reader of all feeds does."""
    with reading.content() as stream:
        found = _SUBJECT.search(stream.read(10_000))
    subject = fold_space(found[1].decode("utf-8", "replace").replace("&amp;", "&")) if found else ""
    for entry in feeds.read(reading, mend=mend):
        yield replace(entry, categories=(subject,)) if subject.lower() not in {"", "all"} else entry
