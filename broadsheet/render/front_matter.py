"""What stands before a digest in Markdown, between two lines of dashes: YAML for Obsidian, Hugo and Jekyll at once.

Written by PyYAML, never by a template. Every text is in double quotes: what a bare word means ("no", "0o7", "1_000")
differs from one reader of YAML to the next.
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import yaml  # type: ignore[import-untyped]

from ..types import Digest
from .characters import one_line
from .edition import Edition
from .markdown_text import Markdown

_FENCE = "---\n"


class _Text(str):
    """Text that is to stand in quotes, unlike the names of the fields."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # the library has no types
    """Writes what safe_dump writes, with texts in quotes and times as RFC 3339 has them: with a T."""


_Dumper.add_representer(
    _Text, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)
_Dumper.add_representer(
    datetime, lambda dumper, moment: dumper.represent_scalar("tag:yaml.org,2002:timestamp", moment.isoformat())
)


def front_matter(digest: Digest, edition: Edition) -> Markdown:
    """The YAML with its two fences.

    aliases: Obsidian takes them for further names of the note, Hugo for paths that lead to the page; so there is one
    that is both, and that no text from outside has a part in. tags: Obsidian takes none of digits alone.
    """
    name = digest.profile
    fields = {
        "title": _Text(f"{one_line(edition.title)}, {edition.day}"),
        "date": datetime.combine(digest.day, time(), tzinfo=ZoneInfo(digest.timezone)),
        "draft": False,
        "description": _Text(one_line(edition.summary)),
        "tags": [_Text("digest"), _Text(f"profile-{name}" if name.isdecimal() else name)],
        "aliases": [_Text(f"{name}-{digest.day.isoformat()}")],
    }
    # No line is folded: a text of dashes could begin the next one.
    told = yaml.dump(fields, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))
    return Markdown(f"{_FENCE}{told}{_FENCE}")


def without_front_matter(text: str) -> str:
    """A digest in Markdown without what stands before it, for a page that reads no front matter."""
    if not text.startswith(_FENCE):
        return text
    _, fence, rest = text[len(_FENCE) :].partition(f"\n{_FENCE}")
    return rest.lstrip("\n") if fence else text
