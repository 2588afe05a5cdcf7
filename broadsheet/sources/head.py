"""The begin of a dump, looked at once for all formats: is it XML, HTML, JSON, and with which names in it?

Recognises no format; each format's `sniff` does that with what stands here.
"""

from __future__ import annotations

import re
from functools import cached_property

_PROLOGUE = re.compile(
    r"\s*(?:<\?[^>]{0,500}>|<!--.{0,5000}?-->|<!doctype[^>\[]{0,500}(?:\[[^\]]{0,5000}\])?\s*>)", re.I | re.S
)
_ELEMENT = re.compile(r"\s*<([A-Za-z_][\w.:-]{0,60})")
_XMLNS = re.compile(r"""xmlns(?::[\w.-]+)?\s*=\s*["']([^"'<>]{1,300})["']""")
_TAG = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_KEY = re.compile(r'"((?:[^"\\]|\\.){1,60})"\s*:')
_JSON = re.compile(r"[\[{]\s*(?:[\"\[{\]}\d-]|null|true|false)")
_HTML = {
    "html",
    "head",
    "body",
    "title",
    "meta",
    "link",
    "style",
    "script",
    "div",
    "table",
    "p",
    "h1",
    "h3",
    "dl",
    "dt",
    "center",
    "main",
}


class Head:
    """The first 64 KiB of a dump as text, and what they show at a glance."""

    def __init__(self, text: str) -> None:
        self.text = text
        #: Without what stands before the first sign.
        self.start = text.lstrip("\ufeff \t\r\n\f\0")

    @cached_property
    def root(self) -> str:
        """The local name of the first element of XML or HTML, in lower case; empty for anything else."""
        rest = self.start
        if not rest.startswith("<"):
            return ""
        while found := _PROLOGUE.match(rest):
            rest = rest[found.end() :]
        element = _ELEMENT.match(rest)
        return element[1].rpartition(":")[2].lower() if element else ""

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """Every XML namespace that is declared."""
        return frozenset(_XMLNS.findall(self.text)) if self.root else frozenset()

    @cached_property
    def tags(self) -> frozenset[str]:
        """The names of all elements of markup, with their prefixes, as written."""
        return frozenset(_TAG.findall(self.text)) if self.root else frozenset()

    @cached_property
    def is_html(self) -> bool:
        """Whether it is a page, or a piece of one."""
        doctype = re.match(r"<!doctype\s+html", self.start, re.IGNORECASE)
        return bool(doctype) or self.root in _HTML

    @cached_property
    def is_json(self) -> bool:
        """Whether it begins as JSON does."""
        return bool(_JSON.match(self.start))

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key of every object of JSON, however deep."""
        return frozenset(_KEY.findall(self.text)) if self.is_json else frozenset()
