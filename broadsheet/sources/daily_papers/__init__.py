"""The "Daily Papers" page of Hugging Face, copied as text: header, then title, abstract and tail of each paper.

    sniffing.py   is this such a copy?
    pages.py      lines -> pages -> runs of text with the tail below (header.py, tails.py: how those look)
    segments.py   a run of text -> titles and abstracts (wording.py, wrapping.py: what it goes by)
    dating.py     when the dump was taken, and the years that the page hides
    entries.py    all of it -> entries, problems and the account

Reads no markup: Markdown and HTML copies of the page are other formats.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...types import Entry
from ..head import Head
from ..reading import Reading
from .entries import NAME, parse
from .sniffing import sniff as sniff_text

__all__ = ["NAME", "TITLE", "read", "sniff"]

TITLE = "Hugging Face Daily Papers, copied as text"


def sniff(head: Head) -> float:
    """How sure it is that a dump that begins so is such a copy."""
    return sniff_text(head.text)


def read(reading: Reading) -> Iterator[Entry]:
    """The entries of a copy; it is read as a whole, as its pages explain one another."""
    parsed = parse(reading.dump)
    reading.adopt(parsed)
    return iter(parsed.entries)
