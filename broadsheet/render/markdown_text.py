"""Text as CommonMark and GFM read it back: every character stands for itself, in one line.

Also inert for what reads Markdown beyond the standard: Obsidian's tags and links, Jekyll's and Hugo's braces, mentions
and emoji names, mathematics in dollars. Lays nothing out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from .characters import one_line
from .links import web_url
from .marks import Piece
from .sentences import Span


class Markdown(str):
    """Text that is Markdown already."""

    __slots__ = ()


# A URL that every reader shows letter for letter: none decodes %20, entities or punycode in it of its own accord.
_PLAIN_URL = re.compile(r"https?://(?!.*xn--)[A-Za-z0-9][A-Za-z0-9./_~?=+#:,;!-]*[A-Za-z0-9/]", re.IGNORECASE)
_BEHIND_URL = re.compile(r"[.,:;!?'\"”’)\]}*_]*\Z")

# One pass: what one rule has escaped, another must not see again.
_SPECIAL = re.compile(
    r"""
    \A(?P<digits>[0-9]{1,9})(?P<list>[.)])                   # the beginning of a numbered list
  | (?P<url>https?://[^\s<>]+)
  | (?P<scheme>(?:https?|ftp|mailto|xmpp))(?P<colon>:)       # a link that is not followed, a URL we would not write
  | (?P<www>www)(?P<dot>\.)
  | (?P<entity>&(?=[\#\w]|\Z))
  | (?P<percent>(?<=[{%])%|%(?=%))                           # a tag of Jekyll or Hugo, a comment of Obsidian
  | (?P<escape>
        [\\`*_\[\]<>|~$^{}]
      | \A[#>+\-=:]                                          # a heading, a quote, a list, an underline, a definition
      | \#(?=\w) | (?<=\s)\#+\Z                              # a tag, the end of a heading
      | !(?=\[|\Z) | @(?=\w) | :(?=[\w+-]+:) | =(?==)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def escape(text: str) -> Markdown:
    """The text for any place inside a line of Markdown."""
    return Markdown(_SPECIAL.sub(_literal, one_line(text)))


def _literal(match: re.Match[str]) -> str:
    whole = match.group()
    match match.lastgroup:
        case "list":
            return f"{match['digits']}\\{match['list']}"
        case "url":
            return _url(whole)
        case "colon" | "dot":
            return f"{whole[:-1]}\\{whole[-1]}"
        case "entity":
            return "&amp;"
        case "percent":
            return "&#37;"  # Jekyll stops at "{\%", and not all that read Markdown drop a backslash there
        case _:
            return "".join(f"\\{char}" for char in whole)


def _url(text: str) -> str:
    """As a link between < and >, because some readers keep the backslashes that a bare URL would need.

    Where it is no URL that we would write, it is text that no reader takes for one.
    """
    behind = _BEHIND_URL.search(text)
    url, rest = (text[: behind.start()], behind.group()) if behind else (text, "")
    if _PLAIN_URL.fullmatch(url) and web_url(url) == url:
        return f"<{url}>{inside(rest)}"
    scheme, rest = text.split(":", 1)
    return f"{scheme}\\:{inside(rest)}"


def for_markdown(value: object) -> object:
    """A value on its way into Markdown: escaped unless it is Markdown already."""
    return value if isinstance(value, Markdown) else escape(str(value))


def inside(text: str) -> Markdown:
    """The text, escaped for a place that is not the beginning of a line: "+3" needs nothing there."""
    return Markdown(escape(f"x{text}")[1:])


def link(url: str) -> Markdown:
    """A checked URL as a link that shows itself."""
    return Markdown(f"<{url}>")


def below(number: int) -> Markdown:
    """The blanks in front of what belongs to a numbered line of a list: as wide as its number, full stop and blank."""
    return Markdown(" " * (len(str(number)) + 2))


def bold(pieces: Iterable[Piece]) -> Markdown:
    """Text with its marked words in bold, where bold is sure to be read as such: between letters and digits."""
    text, spans = _joined(pieces)
    specials = [match.span() for match in _SPECIAL.finditer(text)]
    plain = [
        (start, end)
        for start, end in spans
        if text[start].isalnum()
        and text[end - 1].isalnum()
        and not any(first <= start < last or first < end <= last for first, last in specials)
    ]
    stars = sorted(place for span in plain for place in span)
    out, at = [], 0
    for match in _SPECIAL.finditer(text):
        out += [_starred(text, at, match.start(), stars), _literal(match)]
        at = match.end()
    return Markdown("".join([*out, _starred(text, at, len(text), stars)]))


def _starred(text: str, start: int, end: int, stars: Iterable[int]) -> str:
    """A part of the text that holds nothing special, with the stars that stand in it or at its ends."""
    cuts = [start, *(place for place in stars if start <= place <= end), end]
    return "**".join(text[first:last] for first, last in pairwise(cuts))


def _joined(pieces: Iterable[Piece]) -> tuple[str, list[Span]]:
    """The pieces as one line, and where the marked ones stand in it."""
    text, spans = "", list[Span]()
    for piece in pieces:
        # A letter on either side keeps the white space at the piece's ends, which may part it from its neighbours.
        line = one_line(f"x{piece.text}x")[1:-1]
        if not text or text.endswith(" "):
            line = line.removeprefix(" ")
        if piece.marked and line.strip():
            start = len(text) + len(line) - len(line.lstrip())
            # Two marks side by side are one: four stars in a row would end nothing.
            first = spans.pop()[0] if spans and spans[-1][1] == start else start
            spans.append((first, start + len(line.strip())))
        text += line
    return text.rstrip(), spans
