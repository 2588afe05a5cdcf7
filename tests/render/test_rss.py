from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser  # type: ignore[import-untyped]
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from broadsheet.config import Feed, Site
from broadsheet.render import render_feeds
from broadsheet.render.characters import composed
from broadsheet.render.feeds.entries import tag_of
from broadsheet.types import Digest, FieldChange, Guid, Hit, Match, Ranked

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
SELF = "{http://www.w3.org/2005/Atom}link"


def feed_of(*digests: Digest, site: Site | None = None, items: int = 100) -> bytes:
    site = site or Site(url="https://digests.example.org/papers/", tag="digests.example.org,2026")
    return render_feeds("serving", "Efficient serving", digests, site, Feed(items=items))[0].content


def items_of(content: bytes) -> list[Any]:
    return list(etree.fromstring(content).iter("item"))


def check(content: bytes) -> None:
    """What the feed validators of the W3C and of the RSS Advisory Board complain of."""
    channel = etree.fromstring(content)[0]
    assert [child.tag for child in channel][:3] == ["title", "link", "description"]
    for link in channel.iter("link"):
        assert link.text
        assert re.fullmatch(r"https?://[!-~]+", link.text)
    guids = [guid.text for guid in channel.iter("guid")]
    assert len(set(guids)) == len(guids)
    for guid in channel.iter("guid"):
        assert guid.get("isPermaLink") == "false"
        assert re.fullmatch(r"tag:[a-z.-]+,\d{4}:[A-Za-z0-9._~!$'()*+,;=:@/%-]+", guid.text or "")
    for moment in [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]:
        # The weekday is the right one: the date is written the same way again.
        parsed = parsedate_to_datetime(moment.text or "")
        assert parsed.strftime("%a, %d %b %Y %H:%M:%S %z") == moment.text
    assert (channel.findtext("ttl") or "").isdigit()
    for name in ("title", "description", "category", CREATOR):
        for element in channel.iter(name):
            assert element.text
            assert element.text.strip() == element.text
            assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", element.text)
    for item in channel.iter("item"):
        order = [child.tag for child in item]
        names = ["title", "link", "guid", "pubDate", CREATOR, "category", "description", CONTENT]
        assert [names.index(tag) for tag in order] == sorted(names.index(tag) for tag in order)
        assert item.findtext("description")
        body = lxml.html.fragment_fromstring(item.findtext(CONTENT), create_parent="div")
        assert {element.tag for element in body.iter()} <= {"div", "p", "ul", "li", "strong", "em", "a"}
        assert all(set(element.attrib) <= {"href"} for element in body.iter())
        assert all(re.fullmatch(r"https?://[!-~]+", href) for href in body.xpath("//@href"))


def test_a_naughty_text_reads_back(naughty: str, digest_of: Callable[[str], Digest]) -> None:
    content = feed_of(digest_of(naughty))
    check(content)
    told = composed(naughty)
    for item in items_of(content):
        assert item.findtext("title") == told
        assert [creator.text for creator in item.iter(CREATOR)] == [told] * 5
        assert item.findtext("category") == told
        body = lxml.html.fragment_fromstring(item.findtext(CONTENT), create_parent="div")
        assert told in "".join(" ".join(body.itertext()).split("\n"))
    parsed = feedparser.parse(content)
    assert not parsed.bozo
    assert parsed.version == "rss20"
    assert len(parsed.entries) == 2


@given(st.text(st.characters(), min_size=1).filter(lambda text: bool(composed(text))))
def test_any_text_reads_back(digest_of: Callable[[str], Digest], text: str) -> None:
    content = feed_of(digest_of(text))
    check(content)
    assert [item.findtext("title") for item in items_of(content)] == [composed(text)] * 2


def test_rendering_twice_gives_equal_bytes_whatever_the_order(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    one = make_digest((make_row(),))
    other = make_digest((make_row(number=2),), day=date(2026, 7, 4))
    assert feed_of(one, other) == feed_of(other, one) == feed_of(one, other)


def test_the_newest_digest_comes_first_and_then_the_rank(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    first = make_digest((make_row("c", number=3), make_row("d", number=4)))
    second = make_digest((make_row("a", number=1),), (make_row("b", number=2, kind="updated"),), day=date(2026, 7, 4))
    content = feed_of(first, second)
    check(content)
    assert [item.findtext("title") for item in items_of(content)] == ["a", "b", "c", "d"]


def test_dates_are_those_of_the_digest_one_second_a_place_and_all_different(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    rows = tuple(make_row(number=number) for number in (1, 2))
    content = feed_of(make_digest(rows, (make_row(number=3, kind="updated"),), timezone="Europe/Berlin"))
    dates = [item.findtext("pubDate") for item in items_of(content)]
    assert dates == [f"Thu, 02 Jul 2026 23:59:{second} +0200" for second in (59, 58, 57)]
    assert etree.fromstring(content).findtext("channel/lastBuildDate") == dates[0]


def test_a_paper_of_several_digests_is_one_item_with_its_first_date_and_its_last_content(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    old = make_digest((make_row("Old title", number=7), make_row("Other", number=8)))
    fields = (FieldChange(field="title", old="Old title", new="New title"),)
    new = make_digest((), (make_row("New title", number=7, kind="updated", fields=fields),), day=date(2026, 7, 9))
    before, after = items_of(feed_of(old))[0], items_of(feed_of(old, new))
    assert [item.findtext("title") for item in after] == ["New title", "Other"]
    assert after[0].findtext("guid") == before.findtext("guid")
    assert after[0].findtext("pubDate") == before.findtext("pubDate")
    assert "title</em>: “Old” → “New” title" in (after[0].findtext(CONTENT) or "")
    assert etree.fromstring(feed_of(old, new)).findtext("channel/lastBuildDate") == "Wed, 08 Jul 2026 23:59:59 +0000"


def test_only_so_many_papers_stand_in_the_feed(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    rows = tuple(make_row(f"Paper {number}", number=number) for number in range(1, 6))
    assert [item.findtext("title") for item in items_of(feed_of(make_digest(rows), items=2))] == ["Paper 1", "Paper 2"]


@pytest.mark.parametrize(
    ("guid", "tag"),
    [
        ("arxiv:2401.01234", "arxiv:2401.01234"),
        ("arxiv:math/0211159", "arxiv:math/0211159"),
        ("doi:10.1000/(sici)1<2>é", "doi:10.1000/(sici)1%3C2%3E%C3%A9"),
        ("title:0123abcd", "sha256:0123abcd"),
        ("doi:10.1/a b#c?d%e", "doi:10.1/a%20b%23c%3Fd%25e"),
    ],
)
def test_an_id_is_a_tag_of_the_paper_alone(guid: str, tag: str) -> None:
    assert tag_of(Guid(guid), Site(tag="example.org,2026")) == f"tag:example.org,2026:paper:{tag}"


def test_a_site_with_an_address_is_linked_to_and_the_feed_names_itself(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    content = feed_of(make_digest((make_row(),)))
    channel = etree.fromstring(content)[0]
    (link,) = channel.iter(SELF)
    assert dict(link.attrib.items()) == {
        "href": "https://digests.example.org/papers/serving/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert channel.findtext("link") == "https://digests.example.org/papers/"
    assert "https://digests.example.org/papers/serving/2026-07-03/index.html#new-1" in content.decode()


def test_a_site_without_an_address_links_to_where_papers_are_looked_for(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    content = feed_of(make_digest((make_row(),)), site=Site())
    check(content)
    channel = etree.fromstring(content)[0]
    assert channel.findtext("link") == "https://huggingface.co/"
    assert not list(channel.iter(SELF))
    assert etree.fromstring(feed_of(site=Site(find="nowhere"))).findtext("channel/link") == "https://example.org/"


def test_a_feed_without_papers_is_a_feed() -> None:
    content = feed_of()
    check(content)
    assert etree.fromstring(content).find("channel/lastBuildDate") is None
    assert feedparser.parse(content).version == "rss20"


def test_titles_hold_their_brackets_as_numbers(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    content = feed_of(make_digest((make_row("a<b & c>d &lt;"),))).decode()
    assert "<title>a&#x3C;b &#x26; c&#x3E;d &#x26;lt;</title>" in content


def test_an_item_says_why_it_is_there(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], make_match: Callable[..., Match]
) -> None:
    match = make_match("caching", 3.0, Hit(field="abstract", text="stores", start=22, end=28))
    row = make_row(
        matches=(match,), author_count=12, links={"pdf": "https://example.org/1.pdf", "x": "http://x.example"}
    )
    (item,) = items_of(feed_of(make_digest((row,))))
    assert item.findtext("link") == "https://example.org/1.pdf"
    assert item.findtext("description") == "It stores pages of 1.5 kB, e.g. keys."
    assert item.findtext(CONTENT) == (
        "<p><strong>3 points</strong> in Efficient serving: new, rank 1</p>"
        "<ul><li>+3 <strong>caching</strong>: stores</li></ul>"
        "<p>12 authors · made-up</p>"
        "<p>We invent a cache. It <strong>stores</strong> pages of 1.5 kB, e.g. keys. Nothing else is known.</p>"
        '<p><a href="http://x.example">x</a> · '
        '<a href="https://digests.example.org/papers/serving/2026-07-03/index.html#new-1">the digest</a></p>'
    )


def test_a_paper_without_an_abstract_says_so(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    (item,) = items_of(feed_of(make_digest((make_row(abstract=None),))))
    assert item.findtext("description") == "No abstract in the listing."
    assert "<p><em>No abstract in the listing.</em></p>" in item.findtext(CONTENT)


def test_no_date_lies_behind_the_beginning_of_the_day(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    (item,) = items_of(feed_of(make_digest((make_row(),), timezone="Pacific/Kiritimati")))
    moment = parsedate_to_datetime(item.findtext("pubDate"))
    assert moment < datetime(2026, 7, 3, tzinfo=moment.tzinfo)
