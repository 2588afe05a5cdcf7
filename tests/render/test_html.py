from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Site
from broadsheet.render import Templates, render_digest
from broadsheet.render.characters import shown
from broadsheet.render.links import web_url
from broadsheet.types import Digest, FieldChange, HeldBack, Hit, Match, Muted, Problem, Ranked, SourceReport

FEEDS = {f"../../site/serving/{name}" for name in ("rss.xml", "atom.xml", "feed.json", "digests/atom.xml")}
OURS = {"#main", "../../index.html", *FEEDS, "digest.md", "digest.json"}


def page_of(digest: Digest, templates: Templates, site: Site) -> Any:
    page = next(artifact for artifact in render_digest(digest, templates, site) if artifact.name.endswith(".html"))
    return lxml.html.document_fromstring(page.content, parser=lxml.html.HTMLParser(encoding="utf-8"))


def texts(page: Any, selector: str) -> list[str]:
    """The texts of all elements with these classes, each "name" or "outer inner"."""
    path = "".join(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]" for name in selector.split())
    return [element.text_content() for element in page.xpath(path)]


def check(text: str, page: Any) -> None:
    wanted = shown(text)
    assert texts(page, "title") == [wanted, wanted]
    assert texts(page, "abstract text") == [wanted, shown(f"One. {text}")]
    assert texts(page, "organization") == [wanted, wanted]
    assert texts(page, "rule")[0] == wanted
    assert texts(page, "names")[0] == ", ".join([wanted] * 5)
    assert texts(page, "source")[0] == wanted
    assert page.xpath("//h1/span")[0].text_content() == wanted
    assert page.xpath("//tbody//th/bdi")[0].text_content() == wanted
    assert wanted in texts(page, "judged")[0]
    assert texts(page, "problems reason") == [wanted]
    assert not page.xpath("//script | //img | //svg | //iframe | //object | //form | //@onerror | //@onload")
    for href in page.xpath("//@href"):
        assert href in OURS or web_url(href) == href, href


def test_a_naughty_text_reads_back_from_every_field(
    naughty: str, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    check(naughty, page_of(digest_of(naughty), templates, site))


@given(st.text(st.characters(), min_size=1).filter(lambda text: bool(text.strip())))
def test_any_text_reads_back_from_every_field(
    digest_of: Callable[[str], Digest], templates: Templates, site: Site, text: str
) -> None:
    check(text, page_of(digest_of(text), templates, site))


def test_rendering_twice_gives_equal_bytes(
    naughty: str, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    first = render_digest(digest_of(naughty), templates, site)
    assert [artifact.content for artifact in first] == [
        artifact.content for artifact in render_digest(digest_of(naughty), templates, site)
    ]
    assert [(artifact.name, artifact.media_type) for artifact in first] == [
        ("serving/2026-07-03/digest.md", "text/markdown"),
        ("serving/2026-07-03/digest.html", "text/html"),
        ("serving/2026-07-03/digest.json", "application/json"),
    ]


def test_the_score_is_the_sum_of_the_points_on_the_badges(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    templates: Templates,
    site: Site,
) -> None:
    matches = (make_match("a", 6.0, weight=3.0), make_match("b", 0.5), make_match("c", -2.25))
    page = page_of(make_digest((make_row(matches=matches), make_row(number=2))), templates, site)
    for row in page.find_class("row"):
        points = [float(points.text_content()) for points in row.find_class("points")]
        assert float(row.find_class("score")[0].find("data").text_content()) == sum(points)
    assert texts(page, "badge")[0] == '+6 a "a" (3 × 2, title)'
    assert texts(page, "score")[:2] == ["4.25 points", "3 points"]


def test_matched_words_are_marked_in_title_sentence_and_abstract(
    make_digest: Callable[..., Digest],
    make_row: Callable[..., Ranked],
    make_match: Callable[..., Match],
    templates: Templates,
    site: Site,
) -> None:
    hits = (
        Hit(field="title", text="caches", start=6, end=12),
        Hit(field="abstract", text="stores", start=22, end=28),
        Hit(field="abstract", text="pages", start=29, end=34),
    )
    page = page_of(make_digest((make_row(matches=(make_match("a", 3.0, *hits),)),)), templates, site)
    assert [mark.text for mark in page.xpath("//h3//mark")] == ["caches"]
    assert texts(page, "sentence") == ["It stores pages of 1.5 kB, e.g. keys."]
    assert [mark.text for mark in page.xpath("//summary//mark")] == ["stores", "pages"]
    assert [mark.text for mark in page.xpath("//p[@class='text']//mark")] == ["stores", "pages"]


def test_the_style_sheet_is_the_one_that_the_page_allows(
    make_digest: Callable[..., Digest], templates: Templates, site: Site
) -> None:
    page = page_of(make_digest(), templates, site)
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    digest = hashlib.sha256(page.xpath("//style")[0].text.encode()).digest()
    assert f"style-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    assert not page.xpath("//*[@style] | //script | //img | //link[@rel='stylesheet']")


def test_headings_go_down_one_step_at_a_time_and_ids_are_unique(
    digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    page = page_of(digest_of("text"), templates, site)
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {"main", "new", "new-1", "updated-1", "held-back", "muted", "sources"} <= set(ids)


def test_a_paper_without_a_link_is_searched_for_and_the_link_says_so(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    page = page_of(make_digest((make_row("A & B"),)), templates, site)
    (link,) = page.find_class("title")
    assert link.get("href") == "https://huggingface.co/papers?q=A%20%26%20B"
    assert link.get("title") == "The listing gives no link: search huggingface.co for this title"


def test_a_paper_links_to_its_own_page_and_to_what_else_it_has(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    links = {"abstract": "https://example.org/abs/1", "code": "https://example.net/code", "pdf": "javascript:alert(1)"}
    page = page_of(make_digest((make_row(links=links),)), templates, site)
    assert page.find_class("title")[0].get("href") == "https://example.org/abs/1"
    assert page.xpath("//li[@class='link']/a/@href") == ["https://example.net/code"]


def test_without_a_place_to_search_a_title_is_only_a_title(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates
) -> None:
    page = page_of(make_digest((make_row(),)), templates, Site(find=""))
    assert page.find_class("title")[0].tag == "span"


def test_late_and_updated_papers_wear_a_badge_and_tell_what_changed(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    fields = (
        FieldChange(field="title", old="Two caches", new="Three caches"),
        FieldChange(field="abstract", old=None, new="New."),
        FieldChange(field="organization", old="Made up here", new="Made here"),
    )
    rows = (make_row(kind="updated", fields=fields), make_row(number=2, kind="returned"))
    page = page_of(make_digest((make_row(number=3, late=True),), rows), templates, site)
    assert texts(page, "flag") == ["late", "updated", "returned"]
    changes = [" ".join(text.split()) for text in texts(page, "changes")[0].strip().split("\n")]
    assert changes == ["title Two → Three caches", "abstract unknown → New.", "organization Made up here"]


def test_the_facts_of_a_paper_are_told(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    row = make_row(
        author_count=12,
        organization="Made Up",
        categories=("cs.XX", "cs.YY"),
        published=date(2026, 7, 1),
        published_precision="month-day",
        comments=3,
        upvotes=1,
    )
    page = page_of(make_digest((row,)), templates, site)
    assert texts(page, "facts")[0].split("\n")[1:-1] == [
        *("12 authors", "Made Up", "cs.XX, cs.YY", "made-up", "1 Jul", "3 comments", "1 upvote")
    ]
    assert page.xpath("//li[@class='published']/time/@datetime") == ["07-01"]


def test_a_paper_without_an_abstract_says_so(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    page = page_of(make_digest((make_row(abstract=None), make_row(abstract="  ", number=2))), templates, site)
    assert texts(page, "none") == ["No abstract in the listing."] * 2


def test_what_is_not_shown_is_listed_with_its_reason(
    make_digest: Callable[..., Digest], make_row: Callable[..., Ranked], templates: Templates, site: Site
) -> None:
    guid = make_row().change.paper.guid
    digest = make_digest(
        held_back=(
            HeldBack(guid=guid, title="Cut", score=2.5, reason="limit", rank=26),
            HeldBack(guid=guid, title="Low", score=1, reason="threshold", rank=None),
        ),
        muted=tuple(Muted(guid=guid, title=title, rule=rule) for title, rule in (("C", "z"), ("A", "y"), ("B", "y"))),
        unmatched=4,
    )
    page = page_of(digest, templates, site)
    held, muted = (" ".join(text.split()) for text in texts(page, "left-out"))
    assert held == "Held back 2 2.5 Cut beyond the limit of 25, at rank 26 1 Low below 2"
    assert muted == "Muted 3 y 2 A B z 1 C"
    assert not page.xpath("//section[contains(@class, 'left-out')]/details[@open]")
    assert texts(page, "empty") == [
        "\nNo paper today\n9 new or updated papers were looked at: 2 held back, 3 muted and 4 matched no rule.\n"
    ]


def test_the_foot_tells_sources_and_problems(
    make_digest: Callable[..., Digest], make_report: Callable[..., SourceReport], templates: Templates, site: Site
) -> None:
    problems = (
        Problem(source="s", dump="d", place=(7, 7), level="note", reason="odd", text="x " * 1000),
        Problem(source="s", dump="d", place=None, level="error", reason="cut off"),
    )
    sources = (
        make_report(problems=problems, coverage=99.999, verdict="partial"),
        make_report(dump="bad.bin", format=None, taken=None, taken_from=None, verdict="broken", reason="no text"),
    )
    page = page_of(make_digest(sources=sources), templates, site)
    cells = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]
    assert cells == [
        [
            *("made-up.txt made-up · made-up-text", "3 Jul 2026 page date, year inferred"),
            *("partial 63 papers, 60 of them new; 100 % understood", "63", "60", "2", "99.99 %"),
        ],
        ["bad.bin made-up · not recognised", "unknown", "broken no text", "63", "60", "2", "none"],
    ]
    told = [" ".join(text.split()) for text in texts(page, "problems")[0].strip().split("\n")]
    assert told[0].startswith("note made-up.txt, line 7 odd x x x")
    assert len(told[0]) < 250
    assert told[1] == "error made-up.txt cut off"


def test_the_foot_tells_places_in_the_unit_of_the_dump_and_marks_alarms(
    make_digest: Callable[..., Digest], make_report: Callable[..., SourceReport], templates: Templates, site: Site
) -> None:
    problem = Problem(source="s", dump="d", place=(7, 9), level="warning", reason="odd")
    sources = (
        make_report(problems=(problem,), unit="records", alarm=True, verdict="partial"),
        make_report(verdict="stale"),
    )
    page = page_of(replace(make_digest(sources=sources), corrected=12), templates, site)
    assert "made-up.txt, records 7-9" in " ".join(texts(page, "problems")[0].split())
    assert page.xpath("//span[contains(@class, 'verdict')]/@class") == ["verdict partial alarm", "verdict stale"]
    assert "12 papers were corrected by re-reading old dumps." in texts(page, "imprint")[0]


def test_of_very_many_problems_the_first_are_told_and_the_others_counted(
    make_digest: Callable[..., Digest], make_report: Callable[..., SourceReport], templates: Templates, site: Site
) -> None:
    problem = Problem(source="s", dump="d", place=(7, 9), level="warning", reason="odd")
    page = page_of(make_digest(sources=(make_report(problems=(problem,) * 10_000),)), templates, site)
    lines = page.xpath("//ul[@class='problems']/li")
    assert len(lines) == 51
    assert "and 9950 more in made-up.txt" in lines[-1].text_content()


def test_a_digest_of_no_dump_is_not_blank(make_digest: Callable[..., Digest], templates: Templates, site: Site) -> None:
    page = page_of(make_digest(sources=()), templates, site)
    assert "No dump was read since the last edition" in texts(page, "empty")[0]
    assert "No change of the log." in texts(page, "imprint")[0]


@pytest.mark.parametrize("name", ["digest.md", "digest.html"])
def test_no_line_of_a_form_ends_in_blanks(
    name: str, digest_of: Callable[[str], Digest], templates: Templates, site: Site
) -> None:
    for artifact in render_digest(digest_of("some text"), templates, site):
        if artifact.name.endswith(name):
            assert not re.search(rb"[ \t]\n", artifact.content)
            assert artifact.content.endswith(b"\n")
            assert not artifact.content.endswith(b"\n\n")
