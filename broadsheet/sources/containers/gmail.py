"""Mails as Gmail's API answers with them: JSON, the parts in base64 for URLs without its padding -> mails."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ..decode import decode
from ..head import Head
from .mails import Mail, Part, Unreadable, date_of, read, text

_OF_MESSAGE = {"threadId", "labelIds", "internalDate", "historyId", "snippet", "sizeEstimate"}
_DEEPEST = 50
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9_-]+")


def begins(head: Head) -> bool:
    """Whether content begins as such an answer does."""
    return (
        head.is_json
        and len(head.keys & _OF_MESSAGE) >= 2
        and ({"payload", "headers"} <= head.keys or {"payload", "mimeType"} <= head.keys or "raw" in head.keys)
    )


def mails(content: bytes) -> Iterator[tuple[str, Mail | str]]:
    """Each message with its id; a message that cannot be read comes as the reason. Raises Unreadable for all of it."""
    for number, message in enumerate(_messages(decode(content).text), start=1):
        name = str(message.get("id") or f"mail {number}") if isinstance(message, dict) else f"mail {number}"
        try:
            yield name, _mail(message)
        except (Unreadable, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            yield name, f"is no message as Gmail gives it ({error}); fetch it again"


def _messages(said: str) -> list[Any]:
    try:
        whole = json.loads(said, strict=False)
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except ValueError as error:
        lines = [line for line in said.splitlines() if line.strip()]
        try:
            whole = [json.loads(line, strict=False) for line in lines] if len(lines) > 1 else None
        except (ValueError, RecursionError):
            whole = None
        if whole is None:
            raise Unreadable(f"is no sound JSON ({error})") from None
    if isinstance(whole, dict):
        whole = whole["messages"] if isinstance(whole.get("messages"), list) else [whole]
    return whole if isinstance(whole, list) else []


def _mail(message: Any) -> Mail:
    if isinstance(message.get("raw"), str):
        return read(_decoded(message["raw"]))
    payload = message["payload"]
    date = date_of(_header(payload, "Date"))
    if date is None and str(message.get("internalDate", "")).isdecimal():
        date = _moment(int(message["internalDate"]))
    return Mail(subject=_header(payload, "Subject"), posted=date, root=_part(payload, 0))


def _moment(milliseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _header(part: Any, name: str) -> str:
    fields = part.get("headers") or []
    found = (field for field in fields if str(field.get("name", "")).lower() == name.lower())
    return next((str(field.get("value") or "") for field in found), "")


def _part(part: Any, depth: int) -> Part:
    kind = str(part.get("mimeType") or "text/plain").lower()
    if depth > _DEEPEST:
        raise Unreadable("has parts within parts beyond all measure")
    if isinstance(part.get("parts"), list) and part["parts"]:
        return Part(type=kind, parts=tuple(_part(one, depth + 1) for one in part["parts"]))
    file = str(part.get("filename") or "")
    content = _decoded(str((part.get("body") or {}).get("data") or ""))
    if not file and kind.startswith("text/"):
        charset = re.search(r"charset\s{0,9}=\s{0,9}\"?([\w.:-]{1,40})", _header(part, "Content-Type"), re.IGNORECASE)
        content = text(content, charset[1] if charset else "")
    return Part(type=kind, file=file, content=content)


def _decoded(data: str) -> bytes:
    plain = data.encode("ascii", "replace").replace(b"+", b"-").replace(b"/", b"_")
    plain = _NO_BASE64.sub(b"", plain)
    # One letter too many encodes nothing.
    plain = plain[:-1] if len(plain) % 4 == 1 else plain
    return base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))
