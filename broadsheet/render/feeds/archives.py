"""The papers of a month as documents of their feed (RFC 5005), for readers that come late or have missed some.

The subscription document has the newest papers alone. A month that is over has a document that never changes again:
what it says comes from that month's digests, and from whether there is a month behind it. The month that is not over
has one, too, which grows: without it, papers without room in the subscription document would be nowhere until it ends.

How whoever publishes decides what to write, for each profile that has digests (`months_of` their days):
- nothing at all while the site has no address: the documents find each other by addresses alone;
- the last month each time, as it grows;
- any other month whose Atom document is missing or is not over yet (`is_over`). What is there stays: a digest that is
  cut later for a day of such a month is in the subscription document, and rewriting what readers have kept would not
  reach them;
- the feeds last, with the same months, so that they never point at what is not there.

Writes nothing itself, and knows no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from ...config import Feed, Site
from ...types import Artifact, Digest
from ..days import long_month
from ..links import web_url
from ..site.names import archive_folder
from .entries import Shelf, archived
from .formats import FORMATS
from .papers import papers_feed

# What stands before the first entry is shorter than this.
_HEAD = 20_000


def months_of(days: Iterable[date]) -> tuple[str, ...]:
    """The months that these days are in, as "2026-10", the oldest first."""
    return tuple(sorted({f"{day:%Y-%m}" for day in days}))


def atom_archive(profile_name: str, month: str) -> str:
    """The name of the Atom document of a month."""
    return f"site/{archive_folder(profile_name)}/{month}.atom.xml"


def is_over(content: bytes) -> bool:
    """Whether an Atom document of a month is one that never changes again."""
    return b"<fh:archive " in content[:_HEAD]


def render_archives(
    profile_name: str, digests: Sequence[Digest], months: Sequence[str], site: Site
) -> tuple[Artifact, ...]:
    """The documents of one month: site/<profile>/archive/2026-10.{rss.xml,atom.xml,json}.

    digests: all of that month, at least one, in any order. months: all that have digests, the oldest first; where one
    follows, this one is over. Nothing while the site has no address.
    """
    if not web_url(site.url):
        return ()
    (month,) = months_of(digest.day for digest in digests)
    newest = max(digests, key=lambda digest: digest.day)
    # The title is that of the month's own digests: a profile may have another one by now.
    document = papers_feed(profile_name, newest.title, digests, site, Feed(items=_most(digests)))
    at = months.index(month)
    document = replace(
        document,
        title=f"{newest.title}, {long_month(newest.day)} · {site.title}",
        shelf=Shelf(
            month=month, previous="".join(months[max(0, at - 1) : at]), following="".join(months[at + 1 : at + 2])
        ),
    )
    return tuple(
        Artifact(
            name=f"site/{document.folder}/{archived(file, month)}",
            media_type=media_type,
            content=write(document, site),
        )
        for file, (media_type, write) in FORMATS.items()
    )


def _most(digests: Sequence[Digest]) -> int:
    return sum(digest.shown for digest in digests)
