"""JSON of any shape that answers come in, as far as it can be read: what a torn document still says is not lost.

Knows no format. Documents are held as a whole; json_lines.py streams.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..errors import ParseFailed
from .decode import decode
from .reading import Reading

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}


def load(reading: Reading) -> Any:
    """The value a dump is, as Python has it.

    Of a document that ends too early everything is kept up to the last complete item of its outermost array that was
    open, and the torn item is told and counted as one record. Raises ParseFailed where nothing can be read.
    """
    with reading.content() as stream:
        decoded = decode(stream.read())
    for remark in decoded.remarks:
        reading.note(remark.level, remark.reason)
    text = decoded.text.lstrip("\ufeff \t\r\n\0").rstrip(" \t\r\n\0")
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise ParseFailed(reading.dump.name, "is nested too deeply to be a listing") from None
    except json.JSONDecodeError as error:
        return _mended(reading, text, error)
    except ValueError as error:
        raise ParseFailed(reading.dump.name, f"is JSON that cannot be read: {error}") from None


def _mended(reading: Reading, text: str, error: json.JSONDecodeError) -> Any:
    cut, torn = _complete_part(text, error.pos)
    if cut is None:
        reason = f"is no sound JSON: {error.msg} (line {error.lineno}); save the answer again"
        raise ParseFailed(reading.dump.name, reason)
    try:
        value = json.loads(cut, strict=False)
    except (ValueError, RecursionError):
        reason = f"is no sound JSON: {error.msg} (line {error.lineno}); save the answer again"
        raise ParseFailed(reading.dump.name, reason) from None
    reason = f"the file ends, or is damaged, in line {error.lineno}; what follows the last whole record is lost"
    if torn:
        reading.refuse("error", reason, text=torn)
    else:
        reading.note("error", reason)
    return value


def _complete_part(text: str, until: int) -> tuple[str | None, str]:
    """The document closed behind the last whole item of the outermost open array, and the rest; None without one."""
    stack: list[str] = []
    outermost = -1  # depth of the first array that is open
    good: tuple[int, str] | None = None
    for token in _TOKEN.finditer(text, 0, until):
        sign = token[0]
        if sign in "[{":
            if sign == "[" and outermost < 0:
                outermost = len(stack)
                good = token.end(), "".join(_CLOSING[one] for one in reversed([*stack, sign]))
            stack.append(sign)
        elif sign in "]}":
            if not stack or _CLOSING[stack[-1]] != sign:
                break
            stack.pop()
            if len(stack) == outermost:
                outermost, good = -1, None
        if outermost >= 0 and len(stack) == outermost + 1 and sign in "]},":
            end = token.start() if sign == "," else token.end()
            good = end, "".join(_CLOSING[one] for one in reversed(stack))
    if good is None:
        return None, ""
    return text[: good[0]] + good[1], text[good[0] :].lstrip(", \t\r\n")
