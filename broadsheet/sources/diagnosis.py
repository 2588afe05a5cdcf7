"""What a dump of no known format looks like, in one line with a remedy.

Looks at the first bytes and at no more; recognises no listing (the formats' own sniffing does that).
"""

from __future__ import annotations

import re

from ..text import fold_space
from .decode import encoding_of, head_of
from .head import Head

_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ\x90\x00", "a Windows program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)
_RENEW = "save or copy the listing again"
_AS_TEXT = "save the listing's page as text"

# Controls that no text holds; tab, line breaks, form feed, escape and what old editors end files with are not here.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_TITLE = re.compile(r"<(?:title|h1)\b[^<>]{0,200}>([^<]{1,300})<", re.IGNORECASE)
_PAPER_LINK = re.compile(
    r"\]\((?:https://huggingface\.co)?/papers/\d{4}\.|^https://huggingface\.co/papers/\d{4}\.", re.M
)


def unreadable(content: bytes) -> str | None:
    """Why no text format can read this: empty, white space, binary; None where one might."""
    if not content:
        return f"the file is empty; {_RENEW}"
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return f"is {kind}, not a listing; {_AS_TEXT}"
    head = head_of(content)
    controls = len(_CONTROLS.findall(head))
    # A text may hold a stray control, and a damaged one a NUL or two; many of them are data.
    if head.count("\0") > max(2, len(head) // 1000) or controls * 20 > len(head):
        return f"holds binary data, not text; {_AS_TEXT}"
    if not fold_space(head) and not fold_space(head_of(content, len(content))):
        return f"holds nothing but white space; {_RENEW}"
    return None


def looks_like(content: bytes) -> str:
    """What it looks like, and what to do: for content that unreadable() lets pass and no format knows."""
    text = head_of(content)
    head = Head(text)
    if head.is_html or re.match(r"<[!?A-Za-z]", head.start):
        return _markup(head)
    if head.is_json:
        return "looks like JSON, of which no format is known here; " + _AS_TEXT
    if _PAPER_LINK.search(text):
        return "looks like a Markdown or notebook export of the Daily Papers page; " + _AS_TEXT
    lines = text.splitlines()
    if encoding_of(content)[0] == "utf-8" and not re.search(rb"[\r\n]", content.rstrip(b"\r\n")):
        return f"is one line of {_characters(content)} characters; {_RENEW}, with its line breaks"
    known = f"{len(lines)} lines" if len(content) <= len(text) else f"{len(lines)} lines at its begin"
    return f"is text ({known} seen) in which no listing of papers is recognised; name its format if it is one"


def _characters(content: bytes) -> int:
    """How many, without decoding a huge line: all bytes but those that continue a character of UTF-8."""
    return len(content.rstrip(b"\r\n").translate(None, delete=bytes(range(0x80, 0xC0))))


def _markup(head: Head) -> str:
    declared = head.start.startswith("<?xml")
    if head.is_html or not (declared or head.root):
        title = _TITLE.search(head.start)
        named = f" titled {fold_space(title[1])!r}" if title and fold_space(title[1]) else ""
        return f"looks like an HTML page{named}, not a listing copied as text; {_RENEW}"
    # As it is written: the head has it in lower case.
    element = re.search(rf"<((?:[\w.-]{{1,60}}:)?{re.escape(head.root or '>')})(?![\w.:-])", head.start, re.IGNORECASE)
    name = element[1] if element else ""
    return f"looks like XML{f' (root element {name})' if name else ''}, of which no format is known here; {_AS_TEXT}"
