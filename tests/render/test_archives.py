"""The documents of past months (RFC 5005): found from the subscription document, complete, and never changed again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date

import feedparser  # type: ignore[import-untyped]
import pytest
from lxml import etree

from broadsheet.config import Feed, Site
from broadsheet.render import is_over, months_of, render_archives, render_feeds
from broadsheet.types import Digest, Ranked

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}archive"
SITE = Site(url="https://digests.example.org/papers/", tag="digests.example.org,2026")
BASE = f"{SITE.url}serving/"
DAYS = (date(2026, 7, 3), date(2026, 7, 4), date(2026, 9, 1), date(2026, 10, 30), date(2026, 10, 31))

MakeDigests = Callable[..., list[Digest]]


@pytest.fixture
def digests(make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]) -> list[Digest]:
    return [
        make_digest(tuple(make_row(f"Paper {n}.{m}", number=10 * n + m) for m in range(3)), day=day)
        for n, day in enumerate(DAYS, start=1)
    ]


def archives(digests: Sequence[Digest], months: Sequence[str] | None = None, site: Site = SITE) -> dict[str, bytes]:
    """All documents of all these months."""
    known = months_of(digest.day for digest in digests)
    made: dict[str, bytes] = {}
    for month in known:
        of_month = [digest for digest in digests if f"{digest.day:%Y-%m}" == month]
        made |= {a.name: a.content for a in render_archives("serving", of_month, months or known, site)}
    return made


def links(content: bytes) -> dict[str, str]:
    return {
        str(link.get("rel")): str(link.get("href"))
        for link in etree.fromstring(content).iter(f"{ATOM}link")
        if link.get("rel") in {"self", "current", "prev-archive", "next-archive", "next"}
    }


def test_months_are_those_of_the_days() -> None:
    assert months_of(reversed(DAYS)) == ("2026-07", "2026-09", "2026-10")
    assert months_of([]) == ()


def test_a_month_has_a_document_in_each_format(digests: list[Digest]) -> None:
    assert list(archives(digests[:2])) == [
        f"site/serving/archive/2026-07.{ending}" for ending in ("rss.xml", "atom.xml", "json")
    ]
    kinds = [artifact.media_type for artifact in render_archives("serving", digests[:2], ["2026-07"], SITE)]
    assert kinds == ["application/rss+xml", "application/atom+xml", "application/feed+json"]


@pytest.mark.parametrize("ending", ["rss.xml", "atom.xml"])
def test_documents_name_each_other(digests: list[Digest], ending: str) -> None:
    made = archives(digests)

    def of(month: str) -> dict[str, str]:
        return links(made[f"site/serving/archive/{month}.{ending}"])

    place = f"{BASE}archive/2026"
    assert of("2026-07") == {
        "self": f"{place}-07.{ending}",
        "current": f"{BASE}{ending}",
        "next-archive": f"{place}-09.{ending}",
    }
    assert of("2026-09") == {
        "self": f"{place}-09.{ending}",
        "current": f"{BASE}{ending}",
        "prev-archive": f"{place}-07.{ending}",
        "next-archive": f"{place}-10.{ending}",
    }
    assert of("2026-10") == {
        "self": f"{place}-10.{ending}",
        "current": f"{BASE}{ending}",
        "prev-archive": f"{place}-09.{ending}",
    }
    months = months_of(DAYS)
    fed = {a.name: a.content for a in render_feeds("serving", "Serving", digests, SITE, Feed(items=1), months)}
    assert links(fed[f"site/serving/{ending}"]) == {
        "self": f"{BASE}{ending}",
        "prev-archive": f"{place}-09.{ending}",
        "next": f"{place}-10.{ending}",
    }


def test_only_a_month_that_is_over_is_an_archive(digests: list[Digest]) -> None:
    for name, content in archives(digests).items():
        if name.endswith(".xml"):
            over = etree.fromstring(content).find(f".//{HISTORY}") is not None
            assert over == ("2026-10" not in name)
        if name.endswith("atom.xml"):
            assert is_over(content) == ("2026-10" not in name)


def test_every_paper_is_reached_from_the_subscription_document(digests: list[Digest]) -> None:
    months = months_of(DAYS)
    fed = {a.name: a.content for a in render_feeds("serving", "Serving", digests, SITE, Feed(items=2), months)}
    served = {name.replace("site/", SITE.url): content for name, content in (fed | archives(digests)).items()}
    for file, following in (("atom.xml", ("next", "prev-archive")), ("rss.xml", ("next", "prev-archive"))):
        at: str | None = f"{BASE}{file}"
        found, seen = set(), list[str]()
        while at and at not in seen:
            seen.append(at)
            root = etree.fromstring(served[at])
            found |= {element.text for element in root.iter(f"{ATOM}title", "title")}
            known = links(served[at])
            at = next((known[relation] for relation in following if relation in known), None)
        assert found >= {f"Paper {n}.{m}" for n in range(1, 6) for m in range(3)}
        assert len(seen) == 4
    told, at = set(), f"{BASE}feed.json"
    while at:
        whole = json.loads(served[at])
        told |= {item["title"] for item in whole["items"]}
        at = whole.get("next_url")
        assert at != whole["feed_url"]
    assert told == {f"Paper {n}.{m}" for n in range(1, 6) for m in range(3)}


def test_a_month_that_is_over_never_changes_again(
    digests: list[Digest], make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    """Neither by new days and months, nor by a new title of the profile, nor by papers that are listed again."""
    before = archives(digests)
    later = [
        make_digest((make_row("Paper 1.0, again", number=10, kind="updated"),), day=day, title="Another title")
        for day in (date(2026, 11, 2), date(2027, 1, 5))
    ]
    after = archives([*digests, *later])
    for name, content in before.items():
        # Of the month that was not over, only the XML says so.
        assert (after[name] == content) == ("2026-10" not in name or name.endswith(".json")), name
    assert archives(list(reversed(digests))) == before
    # The month that was not over then is now, with the same papers, and stays so.
    more = archives([*digests, *later, make_digest((), day=date(2027, 2, 1))])
    assert all(more[name] == after[name] for name in after if "2027-01" not in name)


def test_ids_are_those_of_the_feed(digests: list[Digest]) -> None:
    fed = {a.name: a.content for a in render_feeds("serving", "Serving", digests, SITE, Feed())}
    current = etree.fromstring(fed["site/serving/atom.xml"])
    known = {entry.findtext(f"{ATOM}id") for entry in current.iter(f"{ATOM}entry")}
    archived = set()
    for name, content in archives(digests).items():
        if name.endswith("atom.xml"):
            root = etree.fromstring(content)
            assert root.findtext(f"{ATOM}id") == current.findtext(f"{ATOM}id")
            archived |= {entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")}
    assert archived == known


def test_a_month_without_papers_is_a_document(make_digest: Callable[..., Digest]) -> None:
    made = archives([make_digest()])
    assert feedparser.parse(made["site/serving/archive/2026-07.atom.xml"]).version == "atom10"
    assert json.loads(made["site/serving/archive/2026-07.json"])["items"] == []
    assert "July 2026" in json.loads(made["site/serving/archive/2026-07.json"])["title"]


def test_there_are_none_while_the_site_has_no_address(digests: list[Digest]) -> None:
    assert archives(digests, site=Site()) == {}
    for artifact in render_feeds("serving", "Serving", digests, Site(), Feed(), months_of(DAYS)):
        assert b"archive" not in artifact.content
        assert b"next_url" not in artifact.content


def test_a_feed_without_archives_has_no_word_of_them(digests: list[Digest]) -> None:
    for artifact in render_feeds("serving", "Serving", digests, SITE, Feed()):
        assert b"archive" not in artifact.content
        assert b"next_url" not in artifact.content
