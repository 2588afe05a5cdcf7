"""Where the pages of the site lie: file names from guids, profiles and sources. Relative to the folder of the site.

Names are safe on every file system and in every URL (lower-case letters, digits, "-" and "_"), at most 100 characters
long, the same in every run, and different for what is different, also where case does not count.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date

from ...types import Guid

# What we put beside the folders of profiles, and names that Windows keeps for itself.
_TAKEN = {"papers", "sources", "search", "feeds", "archive", "index", "con", "prn", "aux", "nul"}
_TAKEN |= {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_HASH = 20
_HASHED = re.compile(rf"-[a-z2-7]{{{_HASH}}}")
# Of the text that a name is made of, so many characters stand before the hash, for people.
_TOLD = 60


def _hash(text: str) -> str:
    """100 bits of the SHA-256 of a text, in letters of one case and digits."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:_HASH]


def _named(text: str) -> str:
    told = re.sub(r"[^a-z0-9.]+", "-", text.lower()).replace("..", ".").strip("-.")[:_TOLD].strip("-.")
    return f"{told or 'x'}-{_hash(text)}"


def _folder(name: str) -> str:
    """The name itself where it is safe, and cannot be taken for one that was made safe."""
    safe = _PLAIN.fullmatch(name) and name not in _TAKEN and not _HASHED.search(name)
    return name if safe else _named(name)


def paper_page(guid: Guid) -> str:
    """The page of a paper: papers/ab/arxiv-2401.01234-<hash>.html; no folder holds more than a thousandth of them."""
    name = _named(guid)
    return f"papers/{name[-_HASH : 2 - _HASH]}/{name}.html"


def profile_folder(profile: str) -> str:
    """The folder of a profile: its pages and its feeds."""
    return _folder(profile)


def profile_page(profile: str) -> str:
    """The page of a profile: all its days."""
    return f"{profile_folder(profile)}/index.html"


def day_page(profile: str, day: date) -> str:
    """The page of a digest."""
    return f"{profile_folder(profile)}/{day.isoformat()}/index.html"


def archive_folder(profile: str) -> str:
    """Where the feeds of past months lie (RFC 5005)."""
    return f"{profile_folder(profile)}/archive"


def source_page(source: str) -> str:
    """The page of a source; "" is that of files which hold others."""
    return f"sources/{_folder(source) if source else 'files-that-hold-others'}.html"
