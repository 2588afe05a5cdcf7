"""Bytes of XML -> text: as decode.py does it, and by the encoding that the file claims where that is what fits.

UTF-8 that is sound is UTF-8, whatever is claimed: publishers change the encoding and forget the claim far more often
than bytes of another encoding happen to be sound UTF-8. Does not know UTF-7, which can hide markup.
"""

from __future__ import annotations

import codecs
import re

from ..decode import Remark, Text, decode, encoding_of

_CLAIM = re.compile(rb"""^[^<]{0,1000}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.DOTALL)
#: Claims that are wrong in the same way everywhere: what is called Latin-1 is Windows-1252, and so on.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
_REFUSED = {"utf-7", "utf-8", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8-sig"}


def text_of_xml(content: bytes) -> Text:
    """The whole dump as text, without its byte-order mark; never raises."""
    claimed = _claimed(content)
    if claimed is None or encoding_of(content) != ("utf-8", 0):
        return decode(content)
    # Only the escapes of ISO 2022 tell it from ASCII.
    if not claimed.startswith("iso2022") or b"\x1b" not in content:
        decoded = decode(content)
        # Nothing was read as Windows-1252 but, at most, a character that the end of the file cut.
        if all(remark.level != "note" for remark in decoded.remarks):
            return decoded
    try:
        return Text(text=content.decode(claimed), encoding=claimed)
    except (UnicodeError, ValueError):
        text = content.decode(claimed, "replace")
        reason = f"not all of it is {claimed}, which it claims to be; what is not reads as \ufffd"
        return Text(text=text, encoding=claimed, remarks=(Remark(level="warning", reason=reason),))


def _claimed(content: bytes) -> str | None:
    """Python's name of the encoding that the declaration names; None for none, an unknown one and Unicode's own."""
    found = _CLAIM.search(content[:2000])
    if not found:
        return None
    try:
        info = codecs.lookup(found[1].decode("ascii"))
        b"".decode(info.name)  # Some codecs are for text alone, or for bytes alone.
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(info.name, info.name)
    return None if name in _REFUSED else name
