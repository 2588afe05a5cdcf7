"""The digest as JSON: the value itself, for programs, and the way back.

Written are all fields of broadsheet.types.Digest under their own names, and beside them `score` of each row and `shown`
of the digest, which the value works out; reading leaves these two aside and works them out again. Not written is what a
paper carries for the next comparison alone (_BOOKKEEPING): no form shows it, and it is read back as empty.
docs/digest.schema.json says what every field means.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ..errors import RenderError
from ..types import Digest

#: Fields of a paper that are broadsheet.changes' own.
_BOOKKEEPING = ("stamps", "said")

_HALF = re.compile("[\ud800-\udfff]")


def digest_json(digest: Digest) -> bytes:
    """The digest in UTF-8, indented, with a line end behind it; equal digests give equal bytes.

    Half a surrogate pair, which no JSON reader takes, becomes U+FFFD.
    """
    plain = msgspec.to_builtins(digest, order="deterministic")
    for told, section in zip(plain["sections"], digest.sections, strict=True):
        for row, ranked in zip(told["rows"], section.rows, strict=True):
            row["score"] = ranked.score
            for change in (row["change"], *row["copies"]):
                for name in _BOOKKEEPING:
                    del change["paper"][name]
    plain["shown"] = digest.shown
    try:
        content = msgspec.json.encode(plain)
    except UnicodeEncodeError:
        content = msgspec.json.encode(_whole(plain))
    return msgspec.json.format(content, indent=2) + b"\n"


def read_digest(content: bytes) -> Digest:
    """The digest that digest_json wrote, without its papers' bookkeeping. Raises RenderError for anything else."""
    try:
        return msgspec.json.decode(content, type=Digest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RenderError("digest.json", None, f"is no digest: {error}") from error


def _whole(value: Any) -> Any:
    """The value with no half of a surrogate pair in any of its texts."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [_whole(part) for part in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(part) for key, part in value.items()}
    return value
