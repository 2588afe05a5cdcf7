"""URLs that may be followed. Escaping is not enough for a link: `javascript:` needs no special character.

Checks the form only; asks nobody whether there is anything at the other end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ..config import Site
from .characters import one_line

#: What a title leads to, the best first; links of other names come after them, in the order of their names.
PREFERRED = ("abstract", "page", "doi", "html", "pdf")

# A title that long is no longer searched for better by being longer.
_LONGEST_SEARCH = 300

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\\]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something to follow."""

    href: str
    #: What it leads to: "abstract", "pdf", "code".
    name: str
    host: str
    #: It looks for the title, because the listing gave no link.
    searches: bool = False


def web_url(url: str) -> str | None:
    """The URL in ASCII, ready for a link; None unless it is http or https, with a host, and without tricks.

    Refused are user names (https://arxiv.org@example.net), backslashes, white space and controls inside, bad ports.
    Hosts are given in punycode, other characters beyond ASCII percent-encoded (RFC 3986).
    """
    url = url.strip()
    if _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
            return None
        netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:  # a bracket that is not closed, a port that is no number, a host that IDNA refuses
        return None
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(:[0-9]*)?", netloc):
        return None
    tail = url[url.index("//") + 2 + len(parts.netloc) :]
    path, mark, fragment = tail.partition("#")
    return f"{parts.scheme.lower()}://{netloc}{_encoded(path)}{mark}{_encoded(fragment)}"


def _encoded(text: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe="%/?:@!$&'()*+,;=-._~")


def search_url(title: str, site: Site) -> str | None:
    """Where a paper of this title is looked for; None if the site's own setting is no URL."""
    wanted = quote(one_line(title)[:_LONGEST_SEARCH].strip(), safe="")
    return web_url(site.find.replace("{title}", wanted))


def links_of(title: str, links: Mapping[str, str], site: Site) -> tuple[Link, ...]:
    """What a paper leads to, the best first; where nothing of it may be followed, a search for its title."""
    names = [name for name in PREFERRED if name in links] + sorted(set(links) - set(PREFERRED))
    found = [(name, url) for name in names if (url := web_url(links[name]))]
    if found:
        return tuple(Link(href=url, name=name, host=host_of(url)) for name, url in found)
    return search_of(title, site)


def search_of(title: str, site: Site) -> tuple[Link, ...]:
    """A search for the title, as the only link; empty where there is no place to search."""
    url = search_url(title, site)
    return (Link(href=url, name="search", host=host_of(url), searches=True),) if url else ()


def host_of(url: str) -> str:
    """The host of a checked URL, in lower case."""
    return urlsplit(url).hostname or ""
