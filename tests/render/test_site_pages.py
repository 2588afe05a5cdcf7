"""The pages of the site: whole, related to each other by relative links, and safe with any text in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import lxml.html
import pytest

from broadsheet.config import Site
from broadsheet.histories import Appearance, DayCount, Event, History, Sighting, Told
from broadsheet.render import Templates
from broadsheet.render.characters import shown
from broadsheet.render.site import overview
from broadsheet.render.site.days import render_day, render_profile
from broadsheet.render.site.frame import Press, open_press
from broadsheet.render.site.names import paper_page
from broadsheet.render.site.papers import render_paper
from broadsheet.render.site.search_pages import render_search
from broadsheet.types import Artifact, Digest, Guid, Paper, Ranked

DAY = date(2026, 7, 3)
MakeDigest = Callable[..., Digest]


@pytest.fixture(scope="module")
def press(templates: Templates, site: Site) -> Press:
    return open_press(templates, site, [("serving", "Efficient serving"), ("AI", "All of it")])


def history_of(digest: Digest, text: str = "plain") -> History:
    """The first paper of a digest, with this text wherever a history has one."""
    ranked = digest.sections[0].rows[0]
    updated = digest.sections[1].rows[0].change.fields if digest.sections[1].rows else ()
    seen = datetime(2026, 7, 3, tzinfo=UTC)
    paper = replace(ranked.change.paper, version=2)
    return History(
        paper=paper,
        sightings=(
            Sighting(source=text, dump=text, taken=seen, day=DAY, span=(1, 4)),
            Sighting(source=text, dump=f"{text} again", taken=None, day=DAY),
        ),
        events=(
            Event(seq=1, kind="new", day=DAY, source=text, dump=text),
            Event(seq=2, kind="updated", day=DAY, source=text, dump=text, fields=updated, late=True, reparsed=True),
        ),
        appearances=(
            Appearance(
                profile="serving", title=text, day=DAY, section="new", rank=1, score=4.0, why=((text, 3.0), ("x", 1.0))
            ),
        ),
        related={f"doi:{text}": ("published version", Guid(f"doi:{text}")), text: (text, None)},
    )


def pages(digest: Digest, press: Press, text: str = "plain") -> dict[str, Artifact]:
    told = [Told(day=DAY, report=report) for report in digest.sources]
    counts = [
        DayCount(day=DAY, shown={"new": 2}, covers=3, lead=text, lead_guid=Guid(text)),
        DayCount(day=date(2026, 7, 1), shown={}, covers=0),
        DayCount(day=date(2026, 6, 30), shown={"new": 20, "updated": 1}, covers=40),
    ]
    return {
        "day": render_day(digest, press, before=date(2026, 7, 1), after=date(2026, 7, 6)),
        "profile": render_profile("serving", text, counts, press),
        "paper": render_paper(history_of(digest, text), press),
        "sources": overview.render_sources({text or "x": told, "": told}, press),
        "source": overview.render_source(text, told, press),
        "today": overview.render_today([(digest, counts)], press),
        "feeds": overview.render_feeds_page(press),
        "missing": overview.render_missing(press),
        "search": render_search(press, [("2026-07", 3)]),
    }


KINDS = ("day", "profile", "paper", "sources", "source", "today", "feeds", "missing", "search")


@pytest.fixture(scope="module")
def made(digest_of: Callable[[str], Digest], press: Press) -> dict[str, Artifact]:
    return pages(digest_of("An ordinary text"), press, "An ordinary text")


def tree(artifact: Artifact) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(artifact.content.decode("utf-8"))


def read(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def expected(text: str) -> str:
    return " ".join(shown(text).split())


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_a_frame(made: dict[str, Artifact], kind: str) -> None:
    artifact = made[kind]
    page = tree(artifact)
    assert artifact.content.startswith(b"<!DOCTYPE html>\n")
    assert page.get("lang") == "en"
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == len(page.xpath("//main/descendant-or-self::*[@id='main']")) == 1
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    assert [read(link) for link in page.xpath("//body/header[@class='ears']//nav//a")] == [
        *("Today", "Efficient serving", "All of it", "Search", "Sources", "Feeds")
    ]
    assert page.xpath("//link[@rel='alternate']/@href")
    assert page.xpath("//link[@rel='stylesheet']/@href") != []
    assert page.xpath("//*[@style] | //style | //script[not(@src)] | //*[@onclick]") == []
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)
    assert {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")} <= set(ids)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "missing"])
def test_all_links_to_our_own_files_are_relative_and_stay_inside(made: dict[str, Artifact], kind: str) -> None:
    page, depth = tree(made[kind]), made[kind].name.count("/") - 1
    for href in page.xpath("//@href | //@src"):
        if re.match(r"https?://", href):
            continue
        assert not href.startswith(("/", "javascript:", "file:")), href
        assert href.count("../") <= depth, href


def test_the_page_for_a_missing_address_links_from_the_path_of_the_site(made: dict[str, Artifact]) -> None:
    assert tree(made["missing"]).xpath("//link[@rel='stylesheet']/@href")[0].startswith("/papers/style.css?v=")


def test_a_day_leads_to_its_neighbours_its_papers_and_its_sources(made: dict[str, Artifact]) -> None:
    page = tree(made["day"])
    assert page.xpath("//head/link[@rel='prev']/@href") == ["../2026-07-01/index.html"]
    assert page.xpath("//nav//a[@rel='next']/@href") == ["../2026-07-06/index.html"]
    assert page.xpath("//li[contains(@class, 'own')]/a/@href")[0].startswith("../../papers/")
    assert page.xpath("//section[@id='sources']//tbody//a/@href")[0].startswith("../../sources/")


def test_chips_count_rows_and_lead_to_the_first_of_them(
    make_digest: MakeDigest, make_row: Callable[..., Ranked], make_match: Callable[..., object], press: Press
) -> None:
    one, two = make_match("caching", 3.0), make_match("speed", 2.0)
    rows = (make_row(matches=(one,)), make_row(number=2, matches=(one, two)), make_row(number=3, matches=(two,)))
    page = tree(render_day(make_digest(rows, (make_row(number=4, matches=(one,)),)), press))
    chips = [(read(chip), chip.get("href"), chip.get("data-filter")) for chip in page.xpath("//a[@class='chip']")]
    assert chips == [
        ("New 3", "#new", "section:new"),
        ("Updated 1", "#updated", "section:updated"),
        ("caching 3", "#new-1", "rule:caching"),
        ("speed 2", "#new-2", "rule:speed"),
    ]


def test_a_profile_tells_its_days_and_draws_them(made: dict[str, Artifact]) -> None:
    page = tree(made["profile"])
    assert [read(heading) for heading in page.xpath("//main//h2")] == ["July 2026 2", "June 2026 21"]
    assert [read(row) for row in page.xpath("//ol[@class='all-days']/li/a[@class='date']")] == [
        *("Friday, 3 July", "Wednesday, 1 July", "Tuesday, 30 June")
    ]
    chart = page.xpath("//*[local-name()='svg']")[0]
    assert chart.get("aria-label") == "Papers shown a day from 30 Jun 2026 to 3 Jul 2026: between 0 and 21"
    # One bar for each digest, the second without height, and a gap for the day that has none.
    assert re.findall(r"M(\d+) 40h3v-(\d+)", chart[0].get("d")) == [("0", "40"), ("4", "0"), ("12", "4")]


def test_a_paper_tells_its_history(make_digest: MakeDigest, make_row: Callable[..., Ranked], press: Press) -> None:
    from broadsheet.types import FieldChange

    fields = (FieldChange(field="abstract", old="It stores nine pages.", new="It stores seven pages."),)
    digest = make_digest(
        (make_row(authors=("A. One", "B. Two")),), (make_row(number=2, kind="updated", fields=fields),)
    )
    page = tree(render_paper(history_of(digest, "made-up"), press))
    assert read(page.xpath("//h1")[0]) == "Paged caches for invented models"
    assert read(page.xpath("//p[@class='authors']")[0]) == "A. One, B. Two"
    assert [read(part) for part in page.xpath("//details[@class='rewritten']//del")] == ["nine"]
    assert [read(part) for part in page.xpath("//details[@class='rewritten']//ins")] == ["seven"]
    assert page.xpath("//ol[@class='shown']//a/@href") == ["../../serving/2026-07-03/index.html#new-1"]
    assert [read(why) for why in page.xpath("//ol[@class='shown']//li[@class='badge']")] == ["+3 made-up", "+1 x"]
    related = page.xpath("//ul[@class='relatives']//a/@href")
    assert related == [f"../../{paper_page(Guid('doi:made-up'))}"]
    assert "lines 1-4" in read(page.xpath("//ul[@class='sightings']")[0])


def test_a_related_work_that_was_never_listed_leads_to_where_it_is(
    make_digest: MakeDigest, make_row: Callable[..., Ranked], press: Press
) -> None:
    history = replace(
        history_of(make_digest((make_row(),))),
        related={
            "doi:10.1000/<x>": ("published version", None),
            "arxiv:2401.01234": ("preprint", None),
            "odd": ("?", None),
        },
    )
    links = tree(render_paper(history, press)).xpath("//ul[@class='relatives']//a/@href")
    assert links == ["https://arxiv.org/abs/2401.01234", "https://doi.org/10.1000/%3Cx%3E"]


def test_a_paper_that_nothing_is_known_of_is_a_page_all_the_same(
    make_digest: MakeDigest, make_row: Callable[..., Ranked], press: Press
) -> None:
    paper: Paper = make_digest((make_row("", None),)).sections[0].rows[0].change.paper
    page = tree(render_paper(History(paper=paper, forgotten=True), press))
    assert "No dump lists this paper any more" in page.text_content()
    assert "It has stood in no digest." in page.text_content()


@pytest.mark.parametrize("kind", ["day", "profile", "paper", "sources", "source", "today"])
def test_a_naughty_text_is_text(
    naughty: str, digest_of: Callable[[str], Digest], made: dict[str, Artifact], press: Press, kind: str
) -> None:
    page = tree(pages(digest_of(naughty), press, naughty)[kind])
    plain = tree(made[kind])
    # No element more and none less than with an ordinary text, but for links that a text cannot become.
    kinds = [element.tag for element in page.iter() if element.tag not in ("a", "span", "bdi", "li", "ul", "mark")]
    usual = [element.tag for element in plain.iter() if element.tag not in ("a", "span", "bdi", "li", "ul", "mark")]
    skipped = {"p", "ins", "del", "dd", "dt", "div", "dl", "math", "mi", "mn", "mo", "mrow", "msup", "msub", "mtext"}
    assert [tag for tag in kinds if tag not in skipped] == [tag for tag in usual if tag not in skipped]
    for url in page.xpath("//@href | //@src"):
        assert re.match(r"(https?://[\x21-\x7e]+|[#.a-z0-9])", url), url
        assert "javascript:" not in url.split("?")[0] or url.startswith("https://"), url
    # Math helpers may rewrite a formula; every other text reads back to the letter.
    if "$" not in naughty and "\\" not in naughty:
        assert expected(naughty) in read(page)


def test_the_same_facts_give_the_same_bytes(digest_of: Callable[[str], Digest], press: Press) -> None:
    digest = digest_of("A text")
    assert pages(digest, press) == pages(digest, press)


def test_the_look_changes_with_whatever_pages_are_made_of(templates: Templates, site: Site, press: Press) -> None:
    def look(profiles: list[tuple[str, str]], settings: Site) -> str:
        return open_press(templates, settings, profiles).look()

    same = [("serving", "Efficient serving"), ("AI", "All of it")]
    assert look(same, site) == press.look()
    assert look(same, replace(site, title="Other")) != press.look()
    assert look([("serving", "Efficient serving"), ("AI", "Other")], site) != press.look()
