"""Mail addresses, as far as we write to them: plain ASCII, one at a time, nothing that a header could mistake.

Stricter than RFC 5321 on purpose: no quoted local part, no address literal, no comment. Asks nobody whether there is a
mailbox at the other end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.ASCII)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.ASCII)
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")

# RFC 5321, sections 4.5.3.1.1 to 4.5.3.1.3; the path with its brackets has 256.
_LONGEST_LOCAL = 64
_LONGEST = 254
_LONGEST_DOMAIN = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Who a mail is from: a name, which may be empty, and an address."""

    name: str
    address: str


def is_domain(text: str) -> bool:
    """Whether it is a domain of at least two labels, in ASCII."""
    return len(text) <= _LONGEST_DOMAIN and _DOMAIN.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether it is one bare address that a mail may go to."""
    local, _, domain = text.rpartition("@")
    return (
        len(text) <= _LONGEST
        and len(local) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and is_domain(domain)
    )


def mailbox(text: str) -> Mailbox | None:
    """The mailbox of "name <address>" or of a bare address; None for anything else."""
    text = text.strip()
    named = _NAMED.fullmatch(text)
    name, address = (named["name"], named["address"]) if named else ("", text)
    name = name.strip().removeprefix('"').removesuffix('"').strip()
    if not is_address(address) or not (name.isprintable() and '"' not in name):
        return None
    return Mailbox(name=name, address=address)
