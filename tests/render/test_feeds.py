"""Atom, JSON Feed, the feeds of whole days and OPML: what their specifications ask, and that every text survives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import feedparser  # type: ignore[import-untyped]
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from broadsheet.config import Feed, Site
from broadsheet.render import render_feeds, render_opml
from broadsheet.render.characters import composed
from broadsheet.types import Digest, FieldChange, Ranked

ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(r"tag:[a-z.-]+,\d{4}:[A-Za-z0-9._~!$'()*+,;=:@/%-]+")
SITE = Site(url="https://digests.example.org/papers/", tag="digests.example.org,2026")

MakeDigest = Callable[..., Digest]
MakeRow = Callable[..., Ranked]


def feeds(*digests: Digest, site: Site = SITE, items: int = 100) -> dict[str, bytes]:
    made = render_feeds("serving", "Efficient serving", digests, site, Feed(items=items))
    return {artifact.name: artifact.content for artifact in made}


def atom_of(content: bytes) -> list[dict[str, Any]]:
    """The entries of an Atom feed that has all RFC 4287 asks for."""
    root = etree.fromstring(content)
    assert root.tag == f"{ATOM}feed"
    ids = [element.text or "" for element in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    assert all(TAG.fullmatch(one) for one in ids)
    for parent in [root, *root.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
    updated = [entry.findtext(f"{ATOM}updated") for entry in root.iter(f"{ATOM}entry")]
    assert len(set(updated)) == len(updated)
    for element in [*root.iter(f"{ATOM}updated"), *root.iter(f"{ATOM}published")]:
        assert datetime.fromisoformat(element.text or "").tzinfo
    for link in root.iter(f"{ATOM}link"):
        assert re.fullmatch(r"https?://[!-~]+", link.get("href") or "")
        assert link.get("rel") in {"self", "alternate", "related"}
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    return [
        {
            "id": entry.findtext(f"{ATOM}id"),
            "title": entry.findtext(f"{ATOM}title"),
            "summary": entry.findtext(f"{ATOM}summary"),
            "html": entry.findtext(f"{ATOM}content"),
            "authors": [author.findtext(f"{ATOM}name") for author in entry.iter(f"{ATOM}author")],
            "tags": [category.get("term") for category in entry.iter(f"{ATOM}category")],
            "published": entry.findtext(f"{ATOM}published"),
            "updated": entry.findtext(f"{ATOM}updated"),
        }
        for entry in root.iter(f"{ATOM}entry")
    ]


def json_of(content: bytes) -> list[dict[str, Any]]:
    """The items of a JSON Feed that has all version 1.1 asks for."""
    whole = json.loads(content)
    assert whole["version"] == "https://jsonfeed.org/version/1.1"
    assert whole["title"]
    assert whole.get("feed_url", "https://").startswith("https://")
    for item in whole["items"]:
        assert TAG.fullmatch(item["id"])
        assert item["content_html"]
        assert all(datetime.fromisoformat(item[name]).tzinfo for name in ("date_published", "date_modified"))
        assert all(author["name"] for author in item.get("authors", []))
        assert not any("." in key for key in item["_broadsheet"])
    assert len({item["id"] for item in whole["items"]}) == len(whole["items"])
    return [
        {
            "id": item["id"],
            "title": item["title"],
            "summary": item["summary"],
            "html": item["content_html"],
            "authors": [author["name"] for author in item.get("authors", [])],
            "tags": item.get("tags", []),
            "published": item["date_published"],
            "updated": item["date_modified"],
        }
        for item in whole["items"]
    ]


def rss_of(content: bytes) -> list[tuple[str | None, str | None]]:
    return [(item.findtext("guid"), item.findtext("title")) for item in etree.fromstring(content).iter("item")]


def check_alike(made: dict[str, bytes]) -> list[dict[str, Any]]:
    """Three formats say the same."""
    entries = atom_of(made["site/serving/atom.xml"])
    assert json_of(made["site/serving/feed.json"]) == entries
    assert rss_of(made["site/serving/rss.xml"]) == [(entry["id"], entry["title"]) for entry in entries]
    days = atom_of(made["site/serving/digests/atom.xml"])
    assert json_of(made["site/serving/digests/feed.json"]) == days
    assert rss_of(made["site/serving/digests/rss.xml"]) == [(entry["id"], entry["title"]) for entry in days]
    return entries


def test_a_naughty_text_reads_back_from_every_format(naughty: str, digest_of: Callable[[str], Digest]) -> None:
    made = feeds(digest_of(naughty))
    told = composed(naughty)
    for entry in check_alike(made):
        assert (entry["title"], entry["authors"], entry["tags"]) == (told, [told] * 5, [told])
        body = lxml.html.fragment_fromstring(entry["html"], create_parent="div")
        assert told in " ".join("".join(body.itertext()).split("\n"))
    for content in (made["site/serving/atom.xml"], made["site/serving/digests/atom.xml"]):
        parsed = feedparser.parse(content)
        assert (parsed.bozo, parsed.version) == (False, "atom10")
    for entry in atom_of(made["site/serving/digests/atom.xml"]):
        body = lxml.html.fragment_fromstring(entry["html"], create_parent="div")
        assert {element.tag for element in body.iter()} <= {"div", "p", "ul", "ol", "li", "strong", "em", "a"}
        assert all(re.fullmatch(r"https?://[!-~]+", str(href)) for href in body.xpath("//@href"))
        assert told in " ".join("".join(body.itertext()).split("\n"))


@given(st.text(st.characters(), min_size=1).filter(lambda text: bool(composed(text))))
def test_any_text_reads_back_from_every_format(digest_of: Callable[[str], Digest], text: str) -> None:
    assert {entry["title"] for entry in check_alike(feeds(digest_of(text)))} == {composed(text)}


def test_order_of_digests_does_not_matter(make_digest: MakeDigest, make_row: MakeRow) -> None:
    one, other = make_digest((make_row(),)), make_digest((make_row(number=2),), day=date(2026, 7, 4))
    assert feeds(one, other) == feeds(other, one) == feeds(one, other)


def test_an_updated_paper_is_one_entry_with_two_dates(make_digest: MakeDigest, make_row: MakeRow) -> None:
    old = make_digest((make_row("Old title", number=7),))
    fields = (FieldChange(field="title", old="Old title", new="New title"),)
    new = make_digest((), (make_row("New title", number=7, kind="updated", fields=fields),), day=date(2026, 7, 9))
    (before,), (after,) = check_alike(feeds(old)), check_alike(feeds(old, new))
    assert (before["id"], before["published"]) == (after["id"], after["published"])
    assert before["published"] == before["updated"] < after["updated"]
    assert (before["title"], after["title"]) == ("Old title", "New title")


def test_the_feed_of_days_has_an_entry_a_day_with_all_papers(make_digest: MakeDigest, make_row: MakeRow) -> None:
    quiet = make_digest(())
    busy = make_digest((make_row("A kite", number=1), make_row("A sail", number=2)), day=date(2026, 7, 4))
    newest, oldest = atom_of(feeds(quiet, busy)["site/serving/digests/atom.xml"])
    assert "4 July 2026: 2 papers" in newest["title"]
    assert "3 July 2026: 0 papers" in oldest["title"]
    assert newest["id"] == "tag:digests.example.org,2026:digest:serving:2026-07-04"
    assert "A kite" in newest["html"]
    assert "A sail" in newest["html"]
    assert newest["updated"] > oldest["updated"]


@pytest.mark.parametrize("site", [SITE, Site()])
def test_a_feed_names_itself_where_the_site_has_an_address(
    make_digest: MakeDigest, make_row: MakeRow, site: Site
) -> None:
    made = feeds(make_digest((make_row(),)), site=site)
    own = [
        link.get("href")
        for link in etree.fromstring(made["site/serving/atom.xml"]).iter(f"{ATOM}link")
        if link.get("rel") == "self"
    ]
    assert own == (["https://digests.example.org/papers/serving/atom.xml"] if site.url else [])
    whole = json.loads(made["site/serving/feed.json"])
    assert whole.get("feed_url") == ("https://digests.example.org/papers/serving/feed.json" if site.url else None)
    (item,) = whole["items"]
    assert ("external_url" in item) == bool(site.url)
    assert item["url"].startswith("https://digests.example.org/papers/serving/2026-07-03/" if site.url else "https://")


def test_feeds_without_papers_are_feeds() -> None:
    made = feeds()
    assert check_alike(made) == []
    assert feedparser.parse(made["site/serving/atom.xml"]).version == "atom10"


def outlines(content: bytes) -> Sequence[etree._Element]:
    return list(etree.fromstring(content).iter("outline"))


def test_opml_lists_both_feeds_of_every_profile(make_digest: MakeDigest, make_row: MakeRow) -> None:
    (artifact,) = render_opml([[make_digest((make_row(),))]], SITE)
    folder, papers, days = outlines(artifact.content)
    assert folder.keys() == ["text"]
    profile = make_digest(()).profile
    assert [outline.get("xmlUrl") for outline in (papers, days)] == [
        f"{SITE.url}{profile}/atom.xml",
        f"{SITE.url}{profile}/digests/atom.xml",
    ]
    for outline in (papers, days):
        assert outline.get("type") == "rss"
        assert outline.get("text") == outline.get("title")
    assert render_opml([[make_digest((make_row(),))]], Site()) == ()
