"""The bytes of XML -> characters in pieces, in whatever encoding they are; controls become blanks.

Looks into no element.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from .decode import CP1252, encoding_of
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
#: What is no character of XML.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STRAY = re.compile("[\udc80-\udcff]")


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
                    text = text.translate(CP1252)
            # Bytes were cleared of controls before; what is left of them are characters of several bytes.
            if encoding != "utf-8" or "\uffff" in text or "\ufffe" in text:
                text = CONTROL.sub(" ", text)
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
