"""Sound feeds read here and by feedparser say the same; what it does to others is why it reads none here."""

from __future__ import annotations

import html
import re
from typing import Any

import feedparser  # type: ignore[import-untyped]
import pytest

from broadsheet import sources

from .test_feed import DATA, dump

SOUND = ("acm", "aps", "atom", "atom-prefixed", "ieee", "nature", "plos", "pubmed", "science", "springer", "wiley")


def oracle(content: bytes) -> list[Any]:
    return list(feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False).entries)


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"</?(?:i|em|div)\b[^<>]*>", "", text)).split())


@pytest.mark.parametrize("stem", SOUND)
def test_titles_links_and_days_are_equal(stem: str) -> None:
    content = (DATA / f"{stem}.xml").read_bytes()
    entries = sources.parse(dump(content), format="feed").entries
    theirs = oracle(content)

    assert [entry.title_raw for entry in entries] == [words(their.title) for their in theirs]
    assert len(entries) == len(theirs) > 0
    for entry, their in zip(entries, theirs, strict=True):
        if not their.link.startswith("/"):
            assert entry.links["abstract"] == their.link
        stated = their.get("published_parsed") or their.get("date_parsed")
        if entry.published and entry.published_precision == "day" and stated and stated.tm_hour < 20:
            # Fields differ in which of several dates they prefer, never by more than the time to an issue.
            assert abs((entry.published.year - stated.tm_year) * 12 + entry.published.month - stated.tm_mon) <= 2


@pytest.mark.parametrize("stem", ["acm", "nature", "pubmed", "atom-prefixed"])
def test_authors_are_equal_where_each_has_a_field(stem: str) -> None:
    content = (DATA / f"{stem}.xml").read_bytes()

    for entry, their in zip(sources.parse(dump(content), format="feed").entries, oracle(content), strict=True):
        assert list(entry.authors) == [author.name for author in their.get("authors", [])]


def test_what_it_makes_of_a_torn_feed_is_made_up() -> None:
    torn = (DATA / "cut-in-a-record.xml").read_bytes()

    assert len(oracle(torn)) == 2
    assert len(sources.parse(dump(torn), format="feed").entries) == 1


def test_what_it_raises_on_is_read() -> None:
    broken = b"<rss><channel><item><title>Sound</title></width></item></channel></rss>"

    with pytest.raises(TypeError):
        feedparser.parse(b"</width>")
    assert [entry.title for entry in sources.parse(dump(broken), format="feed").entries] == ["Sound"]
