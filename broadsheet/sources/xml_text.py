"""The bytes of XML -> characters in pieces, and a record's text -> XML that every parser reads.

Looks into no element. What cannot be said in XML is said in another way, never left out: a bare "&" and names of HTML
("&ouml;") become characters, sections of CDATA become text, controls become blanks.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from html.entities import html5

from .decode import encoding_of
from .reading import Reading

_CHUNK = 1 << 16
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:-]{1,40})""", re.IGNORECASE)
#: Encodings that a file may claim for itself, in the superset that is meant. ISO 8859-1 is not among them: what is not
#: UTF-8 is read as Windows-1252 anyway, and many files that claim it are UTF-8.
_CLAIMS = re.compile(
    r"iso-?8859-?(?:[2-9]|1[013-6])|(?:windows|cp)-?125[0134567]|koi8-[ru]|gbk?|gb2312|gb18030|big5(?:-?hkscs)?|"
    r"shift[_-]jis|sjis|windows-31j|euc-(?:jp|kr|cn)|ks_c_5601-1987|iso-2022-jp|tis-620|windows-874"
)
_MEANT = {"gb2312": "gb18030", "gbk": "gb18030", "gb": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932"}
_MEANT |= {
    "sjis": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-874": "cp874",
}
_LATIN = re.compile(r"iso-?8859-?1|latin-?1|(?:windows|cp)-?1252|(?:us-)?ascii")

# Controls that XML cannot hold, as blanks; all of them are one byte in every encoding that begins as ASCII does.
_BLANKED = bytes(32 if byte < 32 and byte not in b"\t\n\r" else byte for byte in range(256))
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STRAY = re.compile("[\udc80-\udcff]")
# decode.py's reading of what is no UTF-8.
_CP1252 = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}

_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,8};|[A-Za-z]\w{0,40};)?")
#: A "<" that begins nothing.
_BARE = re.compile(r"<(?![^\W\d]|/[^\W\d]|\?)")
#: A tag of which every part is as it should be: whether it ends something, its name, whether it is empty.
_TAG = re.compile(r"""<(/?)([^\W\d][\w.:-]*+)(?:\s++[^\W\d][\w.:-]*+\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+\s*+(/?)>""")
_DEEPEST = 100
_ELEMENT = re.compile(r"<([^\s<>/!?]{1,200})[^<>]*>[^<]*\Z")
_SECTION = "<![CDATA["


def characters(reading: Reading) -> Iterator[str]:
    """The text of a dump in pieces of any length: by its mark, as UTF-8 where it is that, else as it says it is.

    Bytes that are neither are read as Windows-1252, with a note; a character cut by the end of the file is left out.
    """
    with reading.content() as stream:
        chunk = stream.read(_CHUNK)
        encoding, mark = encoding_of(chunk)
        chunk = chunk[mark:]
        claimed = _claimed(chunk) if encoding == "utf-8" else ""
        if claimed and _is_utf8(chunk):
            reading.note("note", f"says that it is {claimed.upper()} and is UTF-8; read as that")
            claimed = ""
        errors = "surrogateescape" if encoding == "utf-8" and not claimed else "replace"
        decoder = codecs.getincrementaldecoder(_MEANT.get(claimed, claimed) or encoding)(errors)
        bare = _LATIN.fullmatch(_declared(chunk)) is not None
        faulty = False
        while chunk:
            if encoding == "utf-8" and claimed != "iso-2022-jp":
                chunk = chunk.translate(_BLANKED)
            text = decoder.decode(chunk)
            if not text.isascii():
                if errors == "replace":
                    faulty = faulty or "\ufffd" in text
                elif _STRAY.search(text):
                    faulty = True
                    text = text.translate(_CP1252)
            # Bytes were cleared of controls before; what is left of them are characters of several bytes.
            if encoding != "utf-8" or "\uffff" in text or "\ufffe" in text:
                text = _CONTROL.sub(" ", text)
            yield text
            chunk = stream.read(_CHUNK)
    if faulty and not bare:
        name = (claimed or encoding).upper()
        as_what = "read as Windows-1252" if errors == "surrogateescape" else "read as \ufffd"
        reading.note("note", f"not all of it is {name}; the bytes that are not were {as_what}")


def _declared(chunk: bytes) -> str:
    found = _DECLARED.search(chunk, 0, 1024)
    return found[1].decode("ascii", "replace").lower() if found else ""


def _claimed(chunk: bytes) -> str:
    """An encoding that the declaration claims, and that is neither UTF-8 nor read as that."""
    declared = _declared(chunk)
    if not _CLAIMS.fullmatch(declared):
        return ""
    try:
        codecs.lookup(_MEANT.get(declared, declared))
    except LookupError:
        return ""
    return declared


def _is_utf8(chunk: bytes) -> bool:
    if chunk.isascii():
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def mended(text: str) -> tuple[str, str]:
    """A record (or the start tags before it) as XML without CDATA and names of entities; what was wrong, or ""."""
    if "<!" not in text:
        return _references(text), ""
    parts: list[str] = []
    wrong = ""
    at = 0
    ends = _Ends(text)
    while (found := text.find("<!", at)) >= 0:
        parts.append(_references(text[at:found]))
        if text.startswith("<!--", found):
            end = ends.next("-->", found + 4)
            if end < 0 or text.find("<!--", found + 4, end) >= 0:
                parts.append("&lt;!--")
                at, wrong = found + 4, wrong or "a comment that does not end"
            else:
                at = end + 3
        elif text.startswith(_SECTION, found):
            end, at = _section(text, found, ends)
            wrong = wrong or ("a section of CDATA that does not end" if at == end else "")
            parts.append(html.escape(text[found + len(_SECTION) : end], quote=False))
        else:
            parts.append("&lt;!")
            at, wrong = found + 2, wrong or "a declaration within a record"
    parts.append(_references(text[at:]))
    return "".join(parts), wrong


class _Ends:
    """Where the next of something stands, in time that does not grow with how often it is asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, int] = {}

    def next(self, what: str, begin: int) -> int:
        """Where `what` stands at or behind `begin`, which never goes back; -1 for nowhere."""
        known = self._found.get(what, 0)
        if 0 <= known < begin or what not in self._found:
            known = self._found[what] = self._text.find(what, begin)
        return known


def _section(text: str, begin: int, ends: _Ends) -> tuple[int, int]:
    """Where the text of a section of CDATA ends, and what follows begins; the same place where it has no end."""
    first = begin + len(_SECTION)
    end = ends.next("]]>", first)
    if end >= 0 and text.find(_SECTION, first, end) < 0:
        return end, end + 3
    # Then it ends with the element that it is the text of.
    element = _ELEMENT.search(text, max(0, begin - 2_000), begin)
    closing = ends.next(f"</{element[1]}", first) if element else -1
    if closing < 0:
        closing = ends.next("<", first)
    closing = closing if closing >= 0 else len(text)
    return closing, closing


def _references(text: str) -> str:
    if "&" in text:
        text = _AMPERSAND.sub(_reference, text)
    return _BARE.sub("&lt;", text)


def balanced(text: str) -> str:
    """What mended() gave, with an end for every start: parsers give up a record at some kinds of damage.

    Damaged tags become text, an end closes what it all but names or what it skips, and one that nothing begins is
    left out.
    """
    parts: list[str] = []
    opened: list[str] = []
    at = 0
    for tag in _TAG.finditer(text):
        parts.append(text[at : tag.start()].replace("<", "&lt;"))
        at = tag.end()
        closing, name, empty = tag.groups()
        if not closing:
            if len(opened) < _DEEPEST:
                parts.append(tag[0])
                opened += () if empty else (name,)
        elif opened and _alike(name, opened[-1]):
            parts.append(f"</{opened.pop()}>")
        elif name in opened:
            while opened[-1] != name:
                parts.append(f"</{opened.pop()}>")
            parts.append(f"</{opened.pop()}>")
    parts.append(text[at:].replace("<", "&lt;"))
    parts += [f"</{name}>" for name in reversed(opened)]
    return "".join(parts)


def _alike(one: str, other: str) -> bool:
    """Whether two names differ in two characters at most."""
    return one == other or (len(one) == len(other) and sum(map(str.__ne__, one, other)) <= 2 < len(one))


def _reference(found: re.Match[str]) -> str:
    name = found[1]
    if not name:
        return "&amp;"
    if name[0] == "#":
        # As browsers do: what stands for no character that XML has is read as the sign that Windows-1252 has there.
        return html.escape(_CONTROL.sub(" ", html.unescape(found[0])))
    return html.escape(html5[name]) if name in html5 else f"&amp;{name}"
