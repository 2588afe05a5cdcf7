"""The "Daily Papers" page of Hugging Face, copied as text: header, then title, abstract and tail of each paper.

    sniffing.py   is this such a copy?
    pages.py      lines -> pages -> runs of text with the tail below (header.py, tails.py: how those look)
    segments.py   a run of text -> titles and abstracts (wording.py, wrapping.py: what it goes by)
    dating.py     when the dump was taken, and the years that the page hides
    entries.py    all of it -> entries, problems and the account

Reads no markup: Markdown and HTML copies of the page are other formats.
"""

from __future__ import annotations

from .entries import parse
from .sniffing import sniff

__all__ = ["parse", "sniff"]
