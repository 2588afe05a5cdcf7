"""Feeds of any publisher: RSS of all versions and Atom, sound or damaged.

    charset.py    bytes -> text
    records.py    a feed -> its records, each whole or told to be torn
    fields.py     a record -> its fields; wording.py: a field -> words
    people.py naming.py bodies.py    authors; ids and links; abstracts, and what publishers write around them
    papers.py     all of it -> entries
    others.py     feeds of kinds that only feedparser knows

Most feeds are not read by feedparser: it invents the end of a torn paper, changes backslashes in entities and raises
on some damage; the tests hold both against each other on feeds that are sound. arXiv, Hugging Face and bioRxiv have
feeds of their own kind, which other formats read.
"""

from __future__ import annotations

import re

from ..head import Head
from .papers import read

__all__ = ["NAME", "TITLE", "read", "sniff"]

NAME = "feed"
TITLE = "feeds of journals, publishers and blogs (RSS, Atom, RDF)"

_RSS_1 = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_ROOT = re.compile(
    r"<(?:rss\s[^<>]{0,500}version|(?:\w{1,20}:)?feed\s[^<>]{0,500}xmlns|\w{1,20}:RDF\s[^<>]{0,2000}rss)"
)
_BETWEEN = re.compile(r"</(item|entry)>\s*<\1[\s>]")


def sniff(head: Head) -> float:
    """How sure it is that a dump that begins so is a feed; a format that knows whose feed it is has it first."""
    if head.root in {"rss", "feed"}:
        return 0.5
    if head.root == "channel":
        return 0.4
    if head.root == "rdf":
        return 0.5 if any(space in head.text for space in _RSS_1) or "item" in head.tags else 0.0
    if head.is_html or head.is_json:
        return 0.0
    # Junk before it, or a begin that is lost.
    if "<" in head.text and _ROOT.search(head.text[:4000]):
        return 0.5
    return 0.4 if _BETWEEN.search(head.text) and "<title" in head.text and "<link" in head.text else 0.0
